//! Finds secrets in values that were derived from them: `/token` from a sensitive `token`. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::value::{Data, Mapping, Sequence};
use crate::{Known, Value};

/// From this length on, a text that merely contains a secret is one; shorter ones must stand alone in it, because
/// otherwise a secret `1` would hide every text with that digit.
const CONTAINED_FROM: usize = 4;

/// What stands in a text for a secret.
const HIDDEN: &str = "(sensitive value)";

/// The texts and numbers that must never be shown.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeSet<Arc<str>>);

impl Secrets {
    /// What a value carries marked.
    pub fn of(value: &Value) -> Self {
        let mut secrets = Self::default();
        secrets.add(value);
        secrets
    }

    /// Adds what is marked in a value.
    pub fn add(&mut self, value: &Value) {
        self.collect(value, false);
    }

    /// The same value, with everything in it marked that equals or contains a secret.
    #[must_use]
    pub fn conceal(&self, value: &Value) -> Value {
        if self.0.is_empty() || value.marks.is_sensitive() {
            return value.clone();
        }
        let conceal = |value: &Value| self.conceal(value);
        let data = match &value.data {
            Data::String(text) if self.are_in(text) => return value.clone().derived(),
            Data::Number(number) if self.0.contains(&*number.to_string()) => {
                return value.clone().derived();
            }
            Data::List(sequence) => Data::List(Arc::new(each(sequence, &conceal))),
            Data::Set(sequence) => Data::Set(Arc::new(each(sequence, &conceal))),
            Data::Tuple(items) => Data::Tuple(Arc::new(items.iter().map(conceal).collect())),
            Data::Map(mapping) => Data::Map(Arc::new(Mapping {
                element: mapping.element.clone(),
                entries: mapping.entries.iter().map(|(name, value)| (name.clone(), conceal(value))).collect(),
            })),
            Data::Object(attributes) => Data::Object(Arc::new(
                attributes.iter().map(|(name, value)| (name.clone(), conceal(value))).collect(),
            )),
            other => other.clone(),
        };
        Value { data, marks: value.marks }
    }

    /// [`Self::conceal`] of a value without unknowns.
    #[must_use]
    pub fn conceal_known(&self, value: &Known) -> Known {
        Known::with_nulls(&self.conceal(value))
    }

    /// The same text, or nothing if a secret is in it.
    #[must_use]
    pub fn without<'a>(&self, text: &'a str) -> Option<&'a str> {
        (!self.are_in(text)).then_some(text)
    }

    /// The text with every secret in it replaced.
    pub fn hidden_in(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            if secret.len() < CONTAINED_FROM {
                without_word(&text, secret)
            } else {
                text.replace(&**secret, HIDDEN)
            }
        })
    }

    fn collect(&mut self, value: &Value, inside: bool) {
        let secret = inside || value.marks.is_sensitive();
        match &value.data {
            Data::String(text) if secret && !text.is_empty() => drop(self.0.insert(Arc::clone(text))),
            Data::Number(number) if secret => drop(self.0.insert(number.to_string().into())),
            _ => value.children().for_each(|child| self.collect(child, secret)),
        }
    }

    fn are_in(&self, text: &str) -> bool {
        let alone = || text.split(|c: char| !c.is_alphanumeric());
        self.0.contains(text)
            || self.0.iter().any(|secret| {
                if secret.len() < CONTAINED_FROM {
                    alone().any(|word| word == &**secret)
                } else {
                    text.contains(&**secret)
                }
            })
    }
}

/// The text with a word replaced wherever it stands alone.
fn without_word(text: &str, word: &str) -> String {
    let stands_alone = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let mut hidden = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices(word).filter(|(at, _)| stands_alone(*at)) {
        hidden.push_str(&text[done..at]);
        hidden.push_str(HIDDEN);
        done = at + word.len();
    }
    hidden.push_str(&text[done..]);
    hidden
}

fn each(sequence: &Sequence, conceal: &dyn Fn(&Value) -> Value) -> Sequence {
    Sequence { element: sequence.element.clone(), items: sequence.items.iter().map(conceal).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concealed(secret: Value, derived: &str) -> bool {
        let mut secrets = Secrets::default();
        secrets.add(&Value::object([("path_part", secret.sensitive())]));
        let value =
            Value::object([("path", Value::from(derived)), ("tags", Value::string_map([("a", derived)]))]);
        let found = secrets.conceal(&value);
        assert_eq!(found.get("path").marks, found.get("tags").get("a").marks);
        found.get("path").marks.is_sensitive()
    }

    #[test]
    fn what_contains_a_secret_is_one() {
        assert!(concealed(Value::from("hunter2"), "/api/hunter2x"));
        assert!(!concealed(Value::from("hunter2"), "/api/hunter"));
        assert!(concealed(Value::from(1234_i64), "pin 1234"));
    }

    #[test]
    fn secrets_are_hidden_in_texts() {
        let mut secrets = Secrets::default();
        secrets.add(&Value::tuple(vec![Value::from("hunter2"), Value::from("ab")]).sensitive());
        assert_eq!(secrets.hidden_in("role/hunter2: no ab, cab"), format!("role/{HIDDEN}: no {HIDDEN}, cab"));
        assert_eq!(Secrets::default().hidden_in("role/hunter2"), "role/hunter2");
    }

    #[test]
    fn a_short_secret_must_stand_alone() {
        assert!(concealed(Value::from("ab"), "/x/ab"));
        assert!(!concealed(Value::from("ab"), "/x/cab"));
        assert!(!concealed(Value::from(""), "/x"));
    }
}
