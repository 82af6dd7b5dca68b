//! Attributes in Terraform's state: plain JSON by the schema's type, and with its type beside it where the schema leaves that
//! open.

use std::collections::BTreeMap;

use recon_core::value::{Data, Name};
use recon_core::{Known, Type, Value, path};
use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::wire::PathStep;
use crate::v1::plain::{NoteTree, Notes, Plain, TypeAt, decode};
use crate::v1::state::words_of;
use crate::v1::steps::Step;
use crate::v1::ty::Ty;

/// A value whose type the schema leaves open.
#[derive(Deserialize)]
struct Open<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(rename = "type")]
    ty: Ty,
}

/// Reads an object's attributes; errors hold no value.
pub(super) fn attributes_in(raw: &str, ty: &Type, sensitive: &[Vec<PathStep>]) -> Result<Known, String> {
    let paths = sensitive.iter().filter_map(|path| path.iter().map(PathStep::step).collect());
    let mut notes = Notes { sensitive: paths.collect(), types: Vec::new() };
    let opened = opened(raw, ty, &mut notes)?;
    let text = opened.as_deref().unwrap_or(raw);
    let value = decode(text, ty, &NoteTree::from(notes)).map_err(|error| words_of(&error))?;
    if !matches!(value.data, Data::Object(_)) {
        return Err("it has no attributes".to_owned());
    }
    Ok(Known::with_nulls(&value))
}

/// The text with open values in place of what they are wrapped in, their types noted; nothing if the schema has no open types.
fn opened(raw: &str, ty: &Type, notes: &mut Notes) -> Result<Option<String>, String> {
    let Type::Object(attributes) = ty else { return Ok(None) };
    let open: Vec<&Name> =
        attributes.iter().filter(|(_, ty)| **ty == Type::Any).map(|(name, _)| name).collect();
    if open.is_empty() {
        return Ok(None);
    }
    let words = |error: serde_json::Error| words_of(&error);
    let mut parts: BTreeMap<String, &RawValue> =
        serde_json::from_str(raw).map_err(|_| "it has no attributes".to_owned())?;
    for name in open {
        let Some(part) = parts.get_mut(&**name).filter(|part| part.get() != "null") else { continue };
        let Open { value, ty } =
            serde_json::from_str(part.get()).map_err(|_| format!("`{name}` has no type beside its value"))?;
        notes.types.push(TypeAt { path: vec![Step::Name(name.to_string())], ty });
        // Marks lie inside of the value, not inside of its wrapping.
        *part = value;
    }
    serde_json::to_string(&parts).map(Some).map_err(words)
}

/// An object's attributes, to write, but for those that only recon knows.
pub(super) struct Attributes<'a> {
    pub(super) value: &'a Value,
    pub(super) own: &'static [&'static str],
    /// Attributes whose type the schema leaves open.
    pub(super) open: &'a [Name],
    /// Nested blocks that occur any number of times: there are none of them rather than null.
    pub(super) repeated: &'a [Name],
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, part) in self.value.entries().into_iter().flatten() {
            if self.own.contains(&&**name) {
                continue;
            }
            if part.is_null() && self.repeated.contains(name) {
                map.serialize_entry(&**name, &[(); 0])?;
            } else if !part.is_null() && self.open.contains(name) {
                let (value, ty) = (Plain(part), Ty(part.ty()));
                map.serialize_entry(&**name, &Wrapped { value, ty })?;
            } else {
                map.serialize_entry(&**name, &Plain(part))?;
            }
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Wrapped<'a> {
    value: Plain<'a>,
    #[serde(rename = "type")]
    ty: Ty,
}

/// The paths of what must never be shown. What is in a set has none of its own: the whole set is marked.
pub(super) fn sensitive_out(value: &Value, own: &[&str]) -> Vec<Vec<PathStep>> {
    let mut found = Vec::new();
    for path in recon_core::json::sensitive_paths(value) {
        if path.argument().is_some_and(|name| own.contains(&name)) {
            continue;
        }
        let mut at = value;
        let mut steps = Vec::new();
        for step in &path.0 {
            if matches!(at.data, Data::Set(_)) {
                break;
            }
            steps.push(match step {
                path::Step::Attribute(name) => PathStep::GetAttr(name.to_string()),
                path::Step::Key(key) => PathStep::key(key),
                path::Step::Index(index) => PathStep::position(*index),
            });
            at = match step {
                path::Step::Attribute(name) | path::Step::Key(name) => at.get(name),
                path::Step::Index(index) => at.items().get(*index).unwrap_or(at),
            };
        }
        found.push(steps);
    }
    found
}
