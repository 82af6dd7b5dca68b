//! Types as JSON, in the spelling that Terraform's output formats use: `"string"`, `["list","string"]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::Type;
use recon_core::value::Name;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeTuple, Serializer};
use serde_json::Value as Json;

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
        from_json(&Json::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

/// Reads a type.
pub(crate) fn from_json(json: &Json) -> Result<Type, &'static str> {
    const WRONG: &str = "this is not a type";
    if let Some(name) = json.as_str() {
        return match name {
            "dynamic" => Ok(Type::Any),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            _ => Err(WRONG),
        };
    }
    let Some([kind, of]) = json.as_array().map(Vec::as_slice) else { return Err(WRONG) };
    match (kind.as_str(), of) {
        (Some("list"), of) => Ok(Type::list(from_json(of)?)),
        (Some("set"), of) => Ok(Type::set(from_json(of)?)),
        (Some("map"), of) => Ok(Type::map(from_json(of)?)),
        (Some("tuple"), Json::Array(items)) => {
            let items: Result<Vec<_>, _> = items.iter().map(from_json).collect();
            Ok(Type::Tuple(Arc::new(items?)))
        }
        (Some("object"), Json::Object(attributes)) => {
            let read = |(name, ty): (&String, &Json)| Ok((Name::from(name.as_str()), from_json(ty)?));
            let attributes: Result<BTreeMap<_, _>, _> = attributes.iter().map(read).collect();
            Ok(Type::Object(Arc::new(attributes?)))
        }
        _ => Err(WRONG),
    }
}
