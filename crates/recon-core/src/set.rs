//! Sets: distinct elements in the order in which the language iterates them.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::value::{Data, Sequence};
use crate::{Marks, Type, Value};

impl Value {
    /// A set of elements that already have the type `element`; sorts and removes duplicates.
    ///
    /// Unknown elements stay, after the known ones: any of them may turn out to equal another element.
    pub fn set(element: Type, mut items: Vec<Value>) -> Self {
        if items.iter().all(is_plain) {
            items.sort_by(compare_plain);
        } else {
            items.sort_by_cached_key(|item| (rank(item), fingerprint(item)));
        }
        items.dedup_by(|a, b| a == b && a.is_wholly_known());
        Data::Set(Arc::new(Sequence { element, items })).into()
    }

    /// A set like [`Value::set`]; the marks of its elements move to the set, because equal elements cannot differ in
    /// marks.
    #[must_use]
    pub fn set_of(element: Type, items: Vec<Value>) -> Self {
        let marks = items.iter().fold(Marks::NONE, |marks, item| marks.and(item.deep_marks()));
        if marks == Marks::NONE {
            return Self::set(element, items);
        }
        Self::set(element, items.iter().map(|item| item.without_marks(marks)).collect()).marked(marks)
    }
}

impl Value {
    /// Whether this is a set whose unknown elements may turn out to equal others, so that even its length is open.
    pub fn has_open_length(&self) -> bool {
        matches!(&self.data, Data::Set(set) if set.items.len() > 1) && !self.is_wholly_known()
    }
}

fn is_plain(value: &Value) -> bool {
    value.children().next().is_none() && value.items().is_empty() && value.entries().is_none()
}

fn compare_plain(a: &Value, b: &Value) -> Ordering {
    rank(a).cmp(&rank(b)).then_with(|| a.data.cmp(&b.data)).then_with(|| a.marks.cmp(&b.marks))
}

/// Null comes after what is known, and what is unknown after that.
fn rank(value: &Value) -> u8 {
    match value.data {
        Data::Null(_) => 1,
        Data::Unknown(_) => 2,
        _ => 0,
    }
}

/// Compound elements have no order of their own; this one is stable and does not depend on how they were made.
fn fingerprint(value: &Value) -> String {
    let mut text = String::new();
    write_fingerprint(value, &mut text);
    text
}

fn write_fingerprint(value: &Value, text: &mut String) {
    match &value.data {
        Data::Null(_) => text.push('~'),
        Data::Unknown(_) => text.push('?'),
        Data::Bool(value) => text.push(if *value { 'T' } else { 'F' }),
        Data::Number(number) => text.push_str(&number.digits()),
        Data::String(string) => {
            // Writing to a string cannot fail.
            let _ = write!(text, "{string:?}");
        }
        Data::List(sequence) | Data::Set(sequence) => write_items(&sequence.items, '[', ']', text),
        Data::Tuple(items) => write_items(items.iter(), '<', '>', text),
        Data::Object(attributes) => write_items(attributes.values(), '<', '>', text),
        Data::Map(mapping) => {
            text.push('{');
            for (key, item) in &mapping.entries {
                let _ = write!(text, "{key:?}:");
                write_fingerprint(item, text);
                text.push(';');
            }
            text.push('}');
        }
    }
}

fn write_items<'a>(items: impl IntoIterator<Item = &'a Value>, open: char, close: char, text: &mut String) {
    text.push(open);
    for item in items {
        write_fingerprint(item, text);
        text.push(';');
    }
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_comes_last_and_twins_fall_together() {
        let set =
            Value::set(Type::String, vec![Value::null(Type::String), "b".into(), "a".into(), "b".into()]);
        assert_eq!(set.items(), [Value::from("a"), "b".into(), Value::null(Type::String)]);
    }

    #[test]
    fn unknown_elements_stay_apart() {
        let unknown = || Value::unknown(Type::String);
        assert_eq!(Value::set(Type::String, vec![unknown(), unknown(), "a".into()]).items().len(), 3);
    }

    #[test]
    fn marks_of_elements_move_to_the_set() {
        let set = Value::set_of(Type::String, vec![Value::from("a").sensitive(), "a".into()]);
        assert_eq!((set.items().len(), set.marks), (1, Marks::SENSITIVE));
    }
}
