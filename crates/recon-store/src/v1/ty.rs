//! Types as JSON, in the spelling that Terraform's output formats use: `"string"`, `["list","string"]`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use recon_core::Type;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// A type in its JSON form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ty(pub(crate) Type);

impl Serialize for Ty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Type::Any => serializer.serialize_str("dynamic"),
            Type::Bool => serializer.serialize_str("bool"),
            Type::Number => serializer.serialize_str("number"),
            Type::String => serializer.serialize_str("string"),
            Type::List(element) => pair(serializer, "list", &Self((**element).clone())),
            Type::Set(element) => pair(serializer, "set", &Self((**element).clone())),
            Type::Map(element) => pair(serializer, "map", &Self((**element).clone())),
            Type::Tuple(items) => {
                let items: Vec<Self> = items.iter().cloned().map(Self).collect();
                pair(serializer, "tuple", &items)
            }
            Type::Object(attributes) => {
                let attributes: BTreeMap<&str, Self> =
                    attributes.iter().map(|(name, ty)| (&**name, Self(ty.clone()))).collect();
                pair(serializer, "object", &attributes)
            }
        }
    }
}

fn pair<S: Serializer>(serializer: S, kind: &str, of: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut tuple = serializer.serialize_tuple(2)?;
    tuple.serialize_element(kind)?;
    tuple.serialize_element(of)?;
    tuple.end()
}

impl<'de> Deserialize<'de> for Ty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TyVisitor)
    }
}

struct TyVisitor;

impl<'de> Visitor<'de> for TyVisitor {
    type Value = Ty;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Ty, E> {
        Ok(Ty(match name {
            "dynamic" => Type::Any,
            "bool" => Type::Bool,
            "number" => Type::Number,
            "string" => Type::String,
            _ => return Err(E::custom("this is not a type")),
        }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Ty, A::Error> {
        let missing = || A::Error::custom("this is not a type");
        let ty = match access.next_element::<Kind>()?.ok_or_else(missing)? {
            Kind::List => Type::list(access.next_element::<Ty>()?.ok_or_else(missing)?.0),
            Kind::Set => Type::set(access.next_element::<Ty>()?.ok_or_else(missing)?.0),
            Kind::Map => Type::map(access.next_element::<Ty>()?.ok_or_else(missing)?.0),
            Kind::Tuple => {
                let items: Vec<Ty> = access.next_element()?.ok_or_else(missing)?;
                Type::Tuple(Arc::new(items.into_iter().map(|item| item.0).collect()))
            }
            Kind::Object => {
                let attributes: BTreeMap<String, Ty> = access.next_element()?.ok_or_else(missing)?;
                Type::object(attributes.into_iter().map(|(name, ty)| (name, ty.0)))
            }
        };
        match access.next_element::<IgnoredAny>()? {
            Some(_) => Err(missing()),
            None => Ok(Ty(ty)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    List,
    Set,
    Map,
    Tuple,
    Object,
}
