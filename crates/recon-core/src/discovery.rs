//! What a provider finds that nobody declared yet, and how its types say what of that is worth writing down.

use crate::provider::ProviderError;
use crate::value::Name;
use crate::{Known, Value};

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// All that there is in the region.
    Everything,
    /// What begins at objects whose names fit a pattern with `*` and `?`.
    Named(String),
    /// What begins at one sort of objects: `api` and an id, or `function` and a name or pattern.
    Sort {
        /// The sort, in the provider's words.
        sort: String,
        /// Which.
        name: String,
    },
    /// What begins at objects with this tag.
    Tag {
        /// The tag's key.
        key: String,
        /// Its value.
        value: String,
    },
}

/// One object that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The resource type.
    pub kind: Name,
    /// Its import id.
    pub id: String,
    /// All its attributes.
    pub value: Known,
    /// The attributes that tell it from others of its type.
    pub identity: &'static [&'static str],
    /// What to call its block.
    pub name: Name,
    /// What to call a block that stands for it and its like.
    pub family: Name,
    /// What to call it among its like.
    pub key: Name,
    /// What it is written together with.
    pub topic: Name,
    /// What it belongs to: only objects with the same owner are alike.
    pub owner: Name,
}

/// Something that could not be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// What, in words.
    pub what: String,
    /// Why.
    pub error: ProviderError,
}

/// What a search came to.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// What was found, in an order that reads well.
    pub found: Vec<Found>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// What the user should know, in sentences.
    pub notes: Vec<String>,
    /// What a block of the provider has to say, where there is none.
    pub provider: Vec<(&'static str, Value)>,
}

/// Hears how far a search is.
pub type Listener<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// Says that an argument's value is the attribute of another object.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The argument, within a block `BLOCK.ARGUMENT`.
    pub argument: &'static str,
    /// What of it.
    pub part: LinkedPart,
    /// The other object's type.
    pub kind: &'static str,
    /// Its attribute.
    pub attribute: &'static str,
    /// Attributes that have to be equal besides: this type's name, then the other's.
    pub same: &'static [(&'static str, &'static str)],
}

/// What of an argument names another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkedPart {
    /// Its value, the elements of a list or the values of a map.
    Values,
    /// The keys of a map.
    Keys,
    /// What follows this beginning in its value.
    After(&'static str),
}

/// How objects of a type are written down.
#[derive(Clone, Copy)]
pub struct Manner {
    /// Arguments that name other objects; the first that fits counts.
    pub links: &'static [Link],
    /// Attributes that other texts may contain: ARNs and ids.
    pub mentioned: &'static [&'static str],
    /// Whether an argument (`settings.logging_level` within a block) says only what the service chooses by itself;
    /// given the argument, its value and the whole object.
    pub implied: fn(&str, &Value, &Value) -> bool,
    /// The file that an object is made from, for types that have one.
    pub code: Option<Code>,
}

/// The file that objects of a type are made from.
#[derive(Clone, Copy)]
pub struct Code {
    /// The argument that names the file.
    pub argument: &'static str,
    /// What to call the file of an object; nothing for one that is made from something else.
    pub file: fn(&Value) -> Option<String>,
    /// The arguments that are left to others where code is not managed.
    pub left: &'static [&'static str],
}

impl Default for Manner {
    fn default() -> Self {
        Self { links: &[], mentioned: &[], implied: |_, _, _| false, code: None }
    }
}
