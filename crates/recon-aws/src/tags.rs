//! Tags: what `default_tags` adds, what `ignore_tags` hides, and which of an object's tags its block declares.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use recon_core::resource_type::Proposal;
use recon_core::schema::{Attribute, Sameness, optional, optional_computed};
use recon_core::{Known, Type, Value};

use crate::aws::Aws;

/// Tags that recon does not look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct IgnoredTags {
    pub(crate) keys: BTreeSet<String>,
    pub(crate) prefixes: Vec<String>,
}

impl IgnoredTags {
    fn covers(&self, key: &str) -> bool {
        // AWS sets these itself, and nobody else may.
        key.starts_with("aws:")
            || self.keys.contains(key)
            || self.prefixes.iter().any(|prefix| key.starts_with(prefix))
    }
}

/// The argument `tags`.
pub(crate) fn tags() -> Attribute {
    optional(Type::Map(Type::String.into()), "Tags of the object.").compared(Sameness::EmptyIsNull)
}

/// The attribute `tags_all`.
pub(crate) fn tags_all() -> Attribute {
    optional_computed(
        Type::Map(Type::String.into()),
        "All tags, with those of the provider's `default_tags`.",
    )
    .compared(Sameness::EmptyIsNull)
}

/// The planned `tags_all`, or the question to the provider that must be answered before.
pub(crate) fn plan(proposal: &Proposal<'_>) -> Result<Value, Known> {
    let question = question();
    let defaults = proposal.answers.answer(&question).ok_or(question)?.get("default_tags").clone();
    let tags = proposal.proposed.get("tags");
    if !tags.is_wholly_known() {
        return Ok(Value::unknown(Type::Map(Type::String.into())).marked(tags.marks));
    }
    let mut all = defaults.entries().cloned().unwrap_or_default();
    for (key, value) in tags.entries().into_iter().flatten() {
        all.insert(key.clone(), value.clone());
    }
    Ok(Value::map(Type::String, all).marked(tags.deep_marks()))
}

/// A planned value with its `tags_all`.
pub(crate) fn planned(proposal: &Proposal<'_>) -> Result<Value, Known> {
    let all = plan(proposal)?;
    let proposed = proposal.proposed.clone();
    // The remembered spelling stays where both mean no tags.
    let before = proposal.prior.map(|prior| prior.get("tags_all"));
    let is_empty = |value: &Value| value.is_null() || value.entries().is_some_and(BTreeMap::is_empty);
    match before {
        Some(before) if is_empty(before) && is_empty(&all) => Ok(proposed.with("tags_all", before.clone())),
        _ => Ok(proposed.with("tags_all", all)),
    }
}

fn question() -> Known {
    Known::with_nulls(&Value::object([("question", Value::from("default_tags"))]))
}

/// The answer, if the question is about tags.
pub(crate) fn answer(aws: &Aws, asked: &Known) -> Option<Known> {
    let defaults =
        Value::string_map(aws.default_tags.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    (*asked == question()).then(|| Known::with_nulls(&Value::object([("default_tags", defaults)])))
}

/// All tags that an object is to have.
pub(crate) fn wanted(aws: &Aws, want: &Known) -> BTreeMap<String, String> {
    let mut all = aws.default_tags.clone();
    all.extend(want.string_entries("tags"));
    all
}

/// The same, as the SDK takes them; nothing when there are none.
pub(crate) fn wanted_map(aws: &Aws, want: &Known) -> Option<HashMap<String, String>> {
    let all: HashMap<String, String> = wanted(aws, want).into_iter().collect();
    (!all.is_empty()).then_some(all)
}

/// `tags` and `tags_all` of an object that has these tags: a tag that equals a default one counts as declared only
/// where the block declares it.
pub(crate) fn observed(
    aws: &Aws,
    have: &Known,
    live: impl IntoIterator<Item = (String, String)>,
) -> [(&'static str, Value); 2] {
    let live: BTreeMap<String, String> =
        live.into_iter().filter(|(key, _)| !aws.ignored_tags.covers(key)).collect();
    let declared = have.string_entries("tags");
    let own = live.iter().filter(|(key, value)| {
        declared.contains_key(*key) || aws.default_tags.get(*key).is_none_or(|default| default != *value)
    });
    let own = Value::string_map(own.map(|(key, value)| (key.as_str(), value.as_str())));
    let all = Value::string_map(live.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    [
        ("tags", crate::shape::keep_empty(have, "tags", own)),
        ("tags_all", crate::shape::keep_empty(have, "tags_all", all)),
    ]
}

/// What must be done to an object's tags.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) set: BTreeMap<String, String>,
    pub(crate) remove: Vec<String>,
}

/// What must be done to the tags of `have` so that they are those of `want`.
pub(crate) fn difference(aws: &Aws, have: &Known, want: &Known) -> Difference {
    between(&have.string_entries("tags_all"), wanted(aws, want))
}

fn between(have: &BTreeMap<String, String>, want: BTreeMap<String, String>) -> Difference {
    let remove = have.keys().filter(|key| !want.contains_key(*key)).cloned().collect();
    let set = want.into_iter().filter(|(key, value)| have.get(key) != Some(value)).collect();
    Difference { set, remove }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_differs_is_written() {
        let found =
            between(&map(&[("a", "1"), ("b", "2"), ("c", "3")]), map(&[("a", "1"), ("b", "9"), ("d", "4")]));
        assert_eq!(found, Difference { set: map(&[("b", "9"), ("d", "4")]), remove: vec!["c".to_owned()] });
    }

    #[test]
    fn aws_own_tags_are_not_looked_at() {
        let ignored =
            IgnoredTags { keys: BTreeSet::from(["x".to_owned()]), prefixes: vec!["team/".to_owned()] };
        assert!(["aws:cloudformation:stack", "x", "team/a"].iter().all(|key| ignored.covers(key)));
        assert!(!ignored.covers("y"));
    }
}
