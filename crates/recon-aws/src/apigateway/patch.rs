//! Patch operations: what an update sends for the difference between two values.
//!
//! Paths are JSON pointers; a segment that holds `/` or `~` is escaped.

use std::collections::BTreeSet;

use aws_sdk_apigateway::types::{Op, PatchOperation};
use recon_core::{Data, Value};

/// Patch operations in the order in which they are applied.
#[derive(Debug, Default)]
pub(crate) struct Patches(Vec<PatchOperation>);

/// What an object was and what it will be.
#[derive(Clone, Copy)]
pub(super) struct Difference<'a> {
    /// As it is.
    pub(super) have: &'a Value,
    /// As it will be.
    pub(super) want: &'a Value,
}

impl Difference<'_> {
    /// Whether an argument differs; absent and empty are one.
    pub(super) fn of(&self, argument: &str) -> bool {
        let (have, want) = (self.have.get(argument), self.want.get(argument));
        !(have.same(want) || (crate::shape::is_empty(have) && crate::shape::is_empty(want)))
    }
}

impl Patches {
    /// Adds what is at `path`.
    pub(super) fn add(&mut self, path: impl Into<String>, value: impl Into<String>) {
        self.push(Op::Add, path.into(), Some(value.into()));
    }

    /// Replaces what is at `path`; without a value, clears it.
    pub(super) fn replace(&mut self, path: impl Into<String>, value: Option<String>) {
        self.push(Op::Replace, path.into(), value);
    }

    /// Removes what is at `path`.
    pub(super) fn remove(&mut self, path: impl Into<String>) {
        self.push(Op::Remove, path.into(), None);
    }

    /// Removes one element of the list at `path`.
    pub(super) fn remove_element(&mut self, path: impl Into<String>, value: impl Into<String>) {
        self.push(Op::Remove, path.into(), Some(value.into()));
    }

    /// Replaces a text, number or flag if it differs; one that is gone becomes the empty text.
    pub(super) fn scalar(&mut self, path: &str, difference: Difference<'_>, argument: &str) {
        if difference.of(argument) {
            let value = scalar(difference.want.get(argument)).unwrap_or_default();
            self.replace(path, Some(value));
        }
    }

    /// The same, where AWS refuses the empty text and takes no value instead.
    pub(super) fn scalar_or_nothing(&mut self, path: &str, difference: Difference<'_>, argument: &str) {
        if difference.of(argument) {
            let value = scalar(difference.want.get(argument)).filter(|value| !value.is_empty());
            self.replace(path, value);
        }
    }

    /// Adds, replaces and removes the entries of a map below `path`.
    pub(super) fn entries(&mut self, path: &str, difference: Difference<'_>, argument: &str) {
        let empty = std::collections::BTreeMap::new();
        let have = difference.have.get(argument).entries().unwrap_or(&empty);
        let want = difference.want.get(argument).entries().unwrap_or(&empty);
        for key in have.keys().filter(|key| !want.contains_key(*key)) {
            self.remove(format!("{path}/{}", escape(key)));
        }
        for (key, value) in want {
            let path = format!("{path}/{}", escape(key));
            let text = scalar(value).unwrap_or_default();
            match have.get(key) {
                None => self.add(path, text),
                Some(old) if !old.same(value) => self.replace(path, Some(text)),
                Some(_) => {}
            }
        }
    }

    /// Replaces and removes the entries of a map of stage variables, where adding is replacing.
    pub(super) fn values(&mut self, path: &str, difference: Difference<'_>, argument: &str) {
        let have = difference.have.string_entries(argument);
        let want = difference.want.string_entries(argument);
        for key in have.keys().filter(|key| !want.contains_key(*key)) {
            self.remove(format!("{path}/{}", escape(key)));
        }
        for (key, text) in want.iter().filter(|(key, text)| have.get(*key) != Some(text)) {
            self.replace(format!("{path}/{}", escape(key)), Some(text.clone()));
        }
    }

    /// Adds and removes the elements of a list whose elements are values of operations on `path` itself.
    pub(super) fn elements(&mut self, path: &str, difference: Difference<'_>, argument: &str) {
        let (gone, new) = exchanged(difference, argument);
        for item in gone {
            self.remove_element(path, item);
        }
        for item in new {
            self.add(path, item);
        }
    }

    /// Adds and removes the elements of a list whose elements are segments of the path.
    pub(super) fn segments(&mut self, path: &str, difference: Difference<'_>, argument: &str) {
        let (gone, new) = exchanged(difference, argument);
        for item in gone {
            self.remove(format!("{path}/{}", escape(&item)));
        }
        for item in new {
            self.push(Op::Add, format!("{path}/{}", escape(&item)), None);
        }
    }

    /// Adds what another object patches besides.
    pub(super) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The operations, as the setters of the SDK take them.
    #[expect(clippy::unnecessary_wraps, reason = "the SDK sets an optional list")]
    pub(super) fn operations(&self) -> Option<Vec<PatchOperation>> {
        Some(self.0.clone())
    }

    fn push(&mut self, op: Op, path: String, value: Option<String>) {
        self.0.push(PatchOperation::builder().op(op).path(path).set_value(value).build());
    }
}

/// A segment of a JSON pointer.
pub(super) fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// A text, number or flag as a patch spells it; nothing for null.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match &value.data {
        Data::String(text) => Some(text.to_string()),
        Data::Number(number) => Some(number.to_string()),
        Data::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The elements that go and those that come.
fn exchanged(difference: Difference<'_>, argument: &str) -> (Vec<String>, Vec<String>) {
    let have: BTreeSet<String> = difference.have.string_items(argument).into_iter().collect();
    let want: BTreeSet<String> = difference.want.string_items(argument).into_iter().collect();
    (have.difference(&want).cloned().collect(), want.difference(&have).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(patches: &Patches) -> Vec<String> {
        let spell = |op: &PatchOperation| {
            let verb = op.op().map_or("", Op::as_str);
            format!("{verb} {} {}", op.path().unwrap_or(""), op.value().unwrap_or("-"))
        };
        patches.0.iter().map(spell).collect()
    }

    fn both<'a>(have: &'a Value, want: &'a Value) -> Difference<'a> {
        Difference { have, want }
    }

    #[test]
    fn entries_are_added_replaced_and_removed_with_escaped_keys() {
        let have = Value::object([("m", Value::string_map([("a/b", "1"), ("same", "s"), ("x", "1")]))]);
        let want = Value::object([("m", Value::string_map([("same", "s"), ("x", "2"), ("~", "3")]))]);
        let mut patches = Patches::default();
        patches.entries("/p", both(&have, &want), "m");
        assert_eq!(spelled(&patches), ["remove /p/a~1b -", "replace /p/x 2", "add /p/~0 3"]);
    }

    #[test]
    fn media_types_are_segments_and_scopes_are_values() {
        let have = Value::object([("l", Value::strings(["image/png"]))]);
        let want = Value::object([("l", Value::strings(["image/gif"]))]);
        let mut patches = Patches::default();
        patches.segments("/binaryMediaTypes", both(&have, &want), "l");
        patches.elements("/scopes", both(&have, &want), "l");
        assert_eq!(
            spelled(&patches),
            [
                "remove /binaryMediaTypes/image~1png -",
                "add /binaryMediaTypes/image~1gif -",
                "remove /scopes image/png",
                "add /scopes image/gif"
            ]
        );
    }

    #[test]
    fn absent_and_empty_are_no_difference() {
        let have = Value::object([("t", Value::from(""))]);
        let want = Value::object([("t", Value::null(recon_core::Type::String))]);
        let mut patches = Patches::default();
        patches.scalar("/t", both(&have, &want), "t");
        assert!(patches.is_empty());
    }
}
