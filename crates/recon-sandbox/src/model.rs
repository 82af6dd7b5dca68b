//! Checks calls against what the models of the APIs say about members: lengths, ranges, counts, patterns, sets.
//!
//! Each service has a table of them; what depends on more than one member is for the handlers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use regex::Regex;
use serde_json::Value;

/// What a member must satisfy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// It must be there, and not be null.
    Needed,
    /// A text of at least and at most so many characters.
    Length(usize, usize),
    /// A text that matches as a whole.
    Pattern(&'static str),
    /// A text that is one of these.
    OneOf(&'static [&'static str]),
    /// A whole number that is at least and at most this, as a number or as text.
    Range(i64, i64),
    /// A list or a map of at least and at most so many members.
    Count(usize, usize),
}

/// A member and what it must satisfy, in the operations that are named, or in all if none is.
///
/// The path of a member is `Outer.Inner`; `List[]` stands for each member of a list, `Map{}` for each value of a map
/// and `Map{key}` for each of its keys.
pub(crate) type Constraint = (&'static [&'static str], &'static str, &'static [Rule]);

/// Returns everything that a call does not satisfy, in the words of AWS; `None` if it satisfies all.
pub(crate) fn violations(
    constraints: &[Constraint],
    operation: &str,
    member: impl Fn(&str) -> Option<Value>,
) -> Option<String> {
    let concerned = constraints
        .iter()
        .filter(|(operations, ..)| operations.is_empty() || operations.contains(&operation));
    let mut found = Vec::new();
    for (_, path, rules) in concerned {
        let (head, rest) = split_head(path);
        let top = member(head);
        let mut values = Vec::new();
        collect(top.as_ref(), rest, &mut values);
        for value in values {
            found.extend(rules.iter().filter_map(|rule| rule.violation(path, value.as_ref())));
        }
    }
    let count = found.len();
    let noun = if count == 1 { "error" } else { "errors" };
    (count > 0).then(|| format!("{count} validation {noun} detected: {}", found.join("; ")))
}

/// Splits the name of the outermost member off a path.
fn split_head(path: &str) -> (&str, &str) {
    let end = path.find(['.', '[', '{']).unwrap_or(path.len());
    path.split_at(end)
}

/// Collects what the rest of a path leads to; a member that is not there counts if what would hold it is.
fn collect(value: Option<&Value>, rest: &str, found: &mut Vec<Option<Value>>) {
    if rest.is_empty() {
        found.push(value.filter(|value| !value.is_null()).cloned());
        return;
    }
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    if let Some(rest) = rest.strip_prefix("[]") {
        value.as_array().into_iter().flatten().for_each(|each| collect(Some(each), rest, found));
    } else if let Some(rest) = rest.strip_prefix("{}") {
        value.as_object().into_iter().flatten().for_each(|(_, each)| collect(Some(each), rest, found));
    } else if rest == "{key}" {
        let keys = value.as_object().into_iter().flatten().map(|(key, _)| Some(Value::from(key.as_str())));
        found.extend(keys);
    } else {
        let (name, rest) = split_head(rest.trim_start_matches('.'));
        collect(value.get(name), rest, found);
    }
}

impl Rule {
    /// Returns in which way a value does not satisfy the rule. A member that is not there satisfies all but `Needed`;
    /// a value of another type is for the handler to refuse.
    fn violation(self, path: &str, value: Option<&Value>) -> Option<String> {
        let Some(value) = value else {
            let needed = matches!(self, Self::Needed);
            return needed.then(|| refusal(path, "null", "Member must not be null"));
        };
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let constraint = match self {
            Self::Needed => None,
            Self::Length(least, most) => {
                let length = value.as_str().map(|text| text.chars().count());
                outside(length, least, most, "length")
            }
            Self::Pattern(pattern) => {
                let known = compiled(pattern);
                let differs = value.as_str().is_some_and(|text| !known.is_match(text));
                differs.then(|| format!("Member must satisfy regular expression pattern: {pattern}"))
            }
            Self::OneOf(set) => {
                let differs = value.as_str().is_some_and(|text| !set.contains(&text));
                differs.then(|| format!("Member must satisfy enum value set: [{}]", set.join(", ")))
            }
            Self::Range(least, most) => {
                let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
                outside(number, least, most, "value")
            }
            Self::Count(least, most) => {
                let count =
                    value.as_array().map(Vec::len).or_else(|| value.as_object().map(serde_json::Map::len));
                outside(count, least, most, "length")
            }
        };
        constraint.map(|constraint| refusal(path, &format!("'{shown}'"), &constraint))
    }
}

/// Returns a pattern ready for use; it is made ready once.
fn compiled(pattern: &'static str) -> Regex {
    static COMPILED: Mutex<BTreeMap<&str, Regex>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let make =
        || Regex::new(&format!("^(?:{pattern})$")).expect("the patterns of the tables are well formed");
    compiled.entry(pattern).or_insert_with(make).clone()
}

fn outside<T: Copy + PartialOrd + std::fmt::Display>(
    actual: Option<T>,
    least: T,
    most: T,
    noun: &str,
) -> Option<String> {
    let actual = actual?;
    if actual < least {
        return Some(format!("Member must have {noun} greater than or equal to {least}"));
    }
    (actual > most).then(|| format!("Member must have {noun} less than or equal to {most}"))
}

/// AWS spells the path of a member in camel case and without its place in a list.
fn refusal(path: &str, shown: &str, constraint: &str) -> String {
    let plain = path.replace("[]", "").replace("{}", "").replace("{key}", "");
    let camel: Vec<String> =
        plain.split('.').map(|name| name[..1].to_ascii_lowercase() + &name[1..]).collect();
    let path = camel.join(".");
    format!("Value {shown} at '{path}' failed to satisfy constraint: {constraint}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use test_case::test_case;

    use super::*;

    const TABLE: &[Constraint] = &[
        (&[], "Description", &[Rule::Length(0, 3)]),
        (&["Put"], "Tags", &[Rule::Needed, Rule::Count(1, 2)]),
        (&[], "Tags{key}", &[Rule::Pattern("[a-z]+")]),
        (&[], "Config.Arns[]", &[Rule::Pattern("arn:.*"), Rule::Length(0, 9)]),
        (&[], "Parts[].Name", &[Rule::Needed, Rule::OneOf(&["a", "b"])]),
        (&[], "MaxItems", &[Rule::Range(1, 50)]),
    ];

    fn violation(operation: &str, body: &Value) -> Option<String> {
        violations(TABLE, operation, |name| body.get(name).cloned())
    }

    #[test_case(&json!({}); "nothing")]
    #[test_case(&json!({ "Description": "abc", "Tags": { "a": "b" }, "MaxItems": "50" }); "within limits")]
    #[test_case(&json!({ "Config": { "Arns": ["arn:x"] }, "Parts": [{ "Name": "a" }] }); "nested")]
    #[test_case(&json!({ "Config": null, "Parts": null }); "null")]
    fn what_satisfies_all_is_accepted(body: &Value) {
        assert_eq!(violation("Get", body), None);
    }

    #[test_case(&json!({ "Description": "abcd" }), "Value 'abcd' at 'description' failed to satisfy constraint: Member must have length less than or equal to 3"; "length")]
    #[test_case(&json!({ "MaxItems": "0" }), "Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"; "range as text")]
    #[test_case(&json!({ "Tags": { "A": "b" } }), "Value 'A' at 'tags' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"; "key of a map")]
    #[test_case(&json!({ "Config": { "Arns": ["arn:x", "y"] } }), "Value 'y' at 'config.arns' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:.*"; "member of a list")]
    #[test_case(&json!({ "Parts": [{}] }), "Value null at 'parts.name' failed to satisfy constraint: Member must not be null"; "missing in a list")]
    #[test_case(&json!({ "Parts": [{ "Name": "c" }] }), "Value 'c' at 'parts.name' failed to satisfy constraint: Member must satisfy enum value set: [a, b]"; "set")]
    fn what_does_not_is_refused(body: &Value, message: &str) {
        let refused = violation("Get", body).unwrap_or_default();
        assert_eq!(refused, format!("1 validation error detected: {message}"));
    }

    #[test]
    fn all_violations_are_told_at_once() {
        let refused = violation("Put", &json!({ "Description": "abcd" })).unwrap_or_default();
        assert!(refused.starts_with("2 validation errors detected: Value 'abcd'"), "{refused}");
        assert!(
            refused.ends_with("Value null at 'tags' failed to satisfy constraint: Member must not be null"),
            "{refused}"
        );
    }
}
