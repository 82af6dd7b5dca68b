//! Reads values with their types, unknowns and marks, as `exact` writes them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use recon_core::value::{Data, Mapping, Name, Sequence};
use recon_core::{Marks, Number, Type, Unknown, Value};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::ty::Ty;

/// A value as read.
pub(crate) struct Read(pub(crate) Value);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Self)
    }
}

/// What an object's one key says about it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tag {
    Null,
    Unknown,
    Number,
    List,
    Set,
    Map,
    Object,
    Sensitive,
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value).map(Value::from).map_err(|_| E::custom("a number is out of range"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Read(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::tuple(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let wrong = || A::Error::custom("this is not a value");
        let value = match access.next_key::<Tag>()?.ok_or_else(wrong)? {
            Tag::Null => Value::null(access.next_value::<Ty>()?.0),
            Tag::Unknown => {
                let (Ty(ty), not_null) = access.next_value()?;
                Data::Unknown(Unknown { not_null, ..Unknown::of(ty) }).into()
            }
            Tag::Number => {
                let Read(text) = access.next_value()?;
                let number: Option<Number> = text.as_str().and_then(|text| Number::from_digits(text).ok());
                Value::from(number.ok_or_else(wrong)?)
            }
            Tag::List => Data::List(Arc::new(access.next_value::<Typed>()?.0)).into(),
            // Written in the set's own order, in which unknown elements have their place.
            Tag::Set => Data::Set(Arc::new(access.next_value::<Typed>()?.0)).into(),
            Tag::Map => Data::Map(Arc::new(access.next_value::<Keyed>()?.0)).into(),
            Tag::Object => Data::Object(Arc::new(access.next_value::<Attributes>()?.0)).into(),
            Tag::Sensitive => access.next_value::<Read>()?.0.marked(Marks::SENSITIVE),
        };
        match access.next_key::<Tag>()? {
            Some(_) => Err(wrong()),
            None => Ok(value),
        }
    }
}

struct Typed(Sequence);

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Sequence;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type and elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Sequence, A::Error> {
                let element = element_type(&mut access)?;
                let mut items = Vec::new();
                while let Some(Read(item)) = access.next_element()? {
                    items.push(item);
                }
                Ok(Sequence { element, items })
            }
        }
        deserializer.deserialize_seq(Elements).map(Self)
    }
}

struct Keyed(Mapping);

impl<'de> Deserialize<'de> for Keyed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Mapping;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type, keys and elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Mapping, A::Error> {
                let element = element_type(&mut access)?;
                let mut entries = BTreeMap::new();
                while let Some(key) = access.next_element::<String>()? {
                    let item = access.next_element::<Read>()?;
                    let Read(item) = item.ok_or_else(|| A::Error::custom("a key has no element"))?;
                    entries.insert(Name::from(key), item);
                }
                Ok(Mapping { element, entries })
            }
        }
        deserializer.deserialize_seq(Entries).map(Self)
    }
}

fn element_type<'de, A: SeqAccess<'de>>(access: &mut A) -> Result<Type, A::Error> {
    let ty: Option<Ty> = access.next_element()?;
    ty.map(|ty| ty.0).ok_or_else(|| A::Error::custom("a type is missing"))
}

struct Attributes(BTreeMap<Name, Value>);

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(Name, Value)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("attributes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some((Text(name), Read(value))) = access.next_entry()? {
                    pairs.push((name, value));
                }
                Ok(pairs)
            }
        }
        // Collecting what is in order already is cheaper than one insertion after the other.
        deserializer.deserialize_map(Pairs).map(|pairs| Self(pairs.into_iter().collect()))
    }
}

/// A name, made from the text without a copy between.
struct Text(Name);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl Visitor<'_> for Names {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
                Ok(Name::from(name))
            }
        }
        deserializer.deserialize_str(Names).map(Self)
    }
}
