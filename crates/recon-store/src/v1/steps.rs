//! Paths into plain JSON, as `jq`'s `getpath` takes them: `["environment",0,"variables","STAGE"]`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// One step: the name of an attribute or the key of an element, or a position.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => serializer.serialize_str(name),
            Self::Index(index) => serializer.serialize_u64(*index as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Steps;
        impl Visitor<'_> for Steps {
            type Value = Step;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a position")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Step, E> {
                Ok(Step::Name(name.to_owned()))
            }

            fn visit_u64<E: Error>(self, index: u64) -> Result<Step, E> {
                usize::try_from(index).map(Step::Index).map_err(|_| E::custom("a position is too large"))
            }
        }
        deserializer.deserialize_any(Steps)
    }
}
