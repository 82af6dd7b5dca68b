//! Values with their types, unknowns and marks: what comes back is what was written.
//!
//! What JSON says by itself stands as it is: bool, text, number, tuple, and a null of no type. The rest is an object
//! with one key: `{"list":["string",["a"]]}`. What is ephemeral is never stored: null stands in its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::value::{Data, Mapping, Name, Sequence};
use recon_core::{Marks, Number, Type, Unknown, Value};
use serde::ser::{Serialize, SerializeMap, SerializeTuple, Serializer};
use serde_json::{Map, Value as Json};

use super::ty::{Ty, from_json};

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
            Data::Null(Type::Any) => serializer.serialize_unit(),
            Data::Null(ty) => tagged(serializer, "null", &Ty(ty.clone())),
            Data::Unknown(unknown) => {
                tagged(serializer, "unknown", &(Ty(unknown.ty.clone()), unknown.not_null))
            }
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Number(number) => match number.as_i64() {
                Some(small) => serializer.serialize_i64(small),
                None => tagged(serializer, "number", &number.to_string()),
            },
            Data::String(text) => serializer.serialize_str(text),
            Data::List(list) => tagged(serializer, "list", &Typed(&list.element, Items(&list.items))),
            Data::Set(set) => tagged(serializer, "set", &Typed(&set.element, Items(&set.items))),
            Data::Map(map) => tagged(serializer, "map", &Typed(&map.element, Entries(&map.entries))),
            Data::Tuple(items) => Items(items).serialize(serializer),
            Data::Object(attributes) => tagged(serializer, "object", &Entries(attributes)),
        }
    }
}

struct Typed<'a, T>(&'a Type, T);

impl<T: Serialize> Serialize for Typed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(2)?;
        tuple.serialize_element(&Ty(self.0.clone()))?;
        tuple.serialize_element(&self.1)?;
        tuple.end()
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

/// Reads a value.
pub(crate) fn decode(json: Json) -> Result<Value, &'static str> {
    Ok(match json {
        Json::Null => Value::null(Type::Any),
        Json::Bool(value) => Value::from(value),
        Json::Number(number) => Value::from(number.as_i64().ok_or("a number is out of range")?),
        Json::String(text) => Value::from(text),
        Json::Array(items) => Value::tuple(decode_items(items)?),
        Json::Object(tagged) => decode_tagged(tagged)?,
    })
}

fn decode_tagged(tagged: Map<String, Json>) -> Result<Value, &'static str> {
    const WRONG: &str = "this is not a value";
    let mut tagged = tagged.into_iter();
    let (Some((tag, of)), None) = (tagged.next(), tagged.next()) else { return Err(WRONG) };
    Ok(match (tag.as_str(), of) {
        ("null", ty) => Value::null(from_json(&ty)?),
        ("number", Json::String(text)) => Value::from(text.parse::<Number>().map_err(|_| WRONG)?),
        ("object", Json::Object(attributes)) => Data::Object(Arc::new(decode_entries(attributes)?)).into(),
        ("sensitive", of) => decode(of)?.marked(Marks::SENSITIVE),
        (tag, Json::Array(pair)) => {
            let Ok([ty, of]) = <[Json; 2]>::try_from(pair) else { return Err(WRONG) };
            let element = from_json(&ty)?;
            match (tag, of) {
                ("unknown", Json::Bool(not_null)) => Data::Unknown(Unknown { ty: element, not_null }).into(),
                ("list", Json::Array(items)) => Value::list(element, decode_items(items)?),
                // Written in the set's own order, which unknown elements make another than the sorted one.
                ("set", Json::Array(items)) => {
                    Data::Set(Arc::new(Sequence { element, items: decode_items(items)? })).into()
                }
                ("map", Json::Object(entries)) => {
                    Data::Map(Arc::new(Mapping { element, entries: decode_entries(entries)? })).into()
                }
                _ => return Err(WRONG),
            }
        }
        _ => return Err(WRONG),
    })
}

fn decode_items(items: Vec<Json>) -> Result<Vec<Value>, &'static str> {
    items.into_iter().map(decode).collect()
}

fn decode_entries(entries: Map<String, Json>) -> Result<BTreeMap<Name, Value>, &'static str> {
    entries.into_iter().map(|(name, item)| Ok((Name::from(name), decode(item)?))).collect()
}
