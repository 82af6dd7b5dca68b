//! Values with their types, unknowns and marks, as they are written; `exact_read` reads them.
//!
//! What JSON says by itself stands as it is: bool, text, whole number, tuple. The rest is an object with one key:
//! `{"list":["string","a","b"]}`. A bare null is no value, so that it can stand for there being none.
//!
//! What is ephemeral is never stored: null of its type stands in its place.

use std::collections::BTreeMap;

use recon_core::Value;
use recon_core::value::{Data, Mapping, Name, Sequence};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::ty::Ty;

/// A value in its exact form.
#[derive(Clone, Copy)]
pub(crate) struct Exact<'a>(pub(crate) &'a Value);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.marks.is_ephemeral() {
            return tagged(serializer, "null", &Ty(self.0.ty()));
        }
        if self.0.marks.is_sensitive() {
            return tagged(serializer, "sensitive", &Bare(&self.0.data));
        }
        Bare(&self.0.data).serialize(serializer)
    }
}

/// A value without its marks.
struct Bare<'a>(&'a Data);

impl Serialize for Bare<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Data::Null(ty) => tagged(serializer, "null", &Ty(ty.clone())),
            Data::Unknown(unknown) => {
                tagged(serializer, "unknown", &(Ty(unknown.ty.clone()), unknown.not_null))
            }
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Number(number) => match number.as_i64() {
                Some(small) => serializer.serialize_i64(small),
                None => tagged(serializer, "number", &number.digits()),
            },
            Data::String(text) => serializer.serialize_str(text),
            Data::List(list) => tagged(serializer, "list", &Typed(list)),
            Data::Set(set) => tagged(serializer, "set", &Typed(set)),
            Data::Map(map) => tagged(serializer, "map", &Keyed(map)),
            Data::Tuple(items) => Items(items).serialize(serializer),
            Data::Object(attributes) => tagged(serializer, "object", &Entries(attributes)),
        }
    }
}

/// The type of the elements, then the elements.
struct Typed<'a>(&'a Sequence);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Sequence { element, items } = self.0;
        let mut sequence = serializer.serialize_seq(Some(items.len() + 1))?;
        sequence.serialize_element(&Ty(element.clone()))?;
        items.iter().try_for_each(|item| sequence.serialize_element(&Exact(item)))?;
        sequence.end()
    }
}

/// The type of the elements, then keys and elements in turn: an object inside would be a level more.
struct Keyed<'a>(&'a Mapping);

impl Serialize for Keyed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Mapping { element, entries } = self.0;
        let mut sequence = serializer.serialize_seq(Some(2 * entries.len() + 1))?;
        sequence.serialize_element(&Ty(element.clone()))?;
        for (key, item) in entries {
            sequence.serialize_element(&**key)?;
            sequence.serialize_element(&Exact(item))?;
        }
        sequence.end()
    }
}

struct Items<'a>(&'a [Value]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Exact))
    }
}

struct Entries<'a>(&'a BTreeMap<Name, Value>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (&**name, Exact(value))))
    }
}

fn tagged<S: Serializer>(serializer: S, tag: &str, of: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(tag, of)?;
    map.end()
}
