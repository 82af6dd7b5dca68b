//! What differs between two values, path by path; secrets keep their values to themselves.

use std::collections::BTreeSet;

use recon_core::path::Step;
use recon_core::{Data, Path, Value, json};
use serde_json::Value as Json;

use super::Difference;

/// The differences of two values, either of which may be absent.
pub(super) fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    collect(&Path::default(), before, after, &mut found);
    found
}

fn collect(at: &Path, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    let [before, after] = [before, after].map(|side| side.filter(|value| !value.is_null()));
    let is_sensitive = [before, after].iter().flatten().any(|value| value.marks.is_sensitive());
    match (before, after) {
        (None, None) => return,
        (Some(old), Some(new)) if old.same(new) => return,
        _ if is_sensitive => {}
        (old, new) if is_keyed(old) && is_keyed(new) && !at.0.is_empty() || at.0.is_empty() => {
            return keyed(at, old, new, found);
        }
        (Some(old), Some(new)) if is_list(old) && is_list(new) => return listed(at, old, new, found),
        _ => {}
    }
    found.push(Difference {
        path: at.to_string(),
        before: side(before, is_sensitive),
        after: side(after, is_sensitive),
        is_sensitive,
        ignored: None,
    });
}

fn is_keyed(value: Option<&Value>) -> bool {
    value.is_some_and(|value| matches!(value.data, Data::Map(_) | Data::Object(_)))
}

fn is_list(value: &Value) -> bool {
    matches!(value.data, Data::List(_) | Data::Tuple(_))
}

fn keyed(at: &Path, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    let sides = [before, after];
    let entries = sides.iter().flatten().filter_map(|value| value.entries());
    let is_map = sides.iter().flatten().any(|value| matches!(value.data, Data::Map(_)));
    let names: BTreeSet<_> = entries.flat_map(|entries| entries.keys()).collect();
    for name in names {
        let step = if is_map { Step::Key(name.clone()) } else { Step::Attribute(name.clone()) };
        let [old, new] = sides.map(|side| side.map(|value| value.get(name)));
        collect(&at.then(step), old, new, found);
    }
}

fn listed(at: &Path, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    let (old, new) = (before.items(), after.items());
    for index in 0..old.len().max(new.len()) {
        collect(&at.then(Step::Index(index)), old.get(index), new.get(index), found);
    }
}

/// One side of a difference. Secrets are not shown, not even inside of what is.
fn side(value: Option<&Value>, is_sensitive: bool) -> Option<Json> {
    let value = value.filter(|_| !is_sensitive)?;
    Some(shown(value))
}

fn shown(value: &Value) -> Json {
    if value.marks.is_sensitive() {
        return Json::String("(sensitive)".to_owned());
    }
    if value.is_unknown() {
        return Json::String("(known after apply)".to_owned());
    }
    match &value.data {
        Data::Object(attributes) => {
            attributes.iter().map(|(name, value)| (name.to_string(), shown(value))).collect()
        }
        Data::Map(mapping) => {
            mapping.entries.iter().map(|(name, value)| (name.to_string(), shown(value))).collect()
        }
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => value.items().iter().map(shown).collect(),
        _ => json::to_json_with_nulls(value),
    }
}
