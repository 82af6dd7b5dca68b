//! What recon remembers of what it made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::value::Name;
use crate::{Address, Known, ResourceAddress};

/// Which history of states a state belongs to; made once, with the first state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lineage(pub Arc<str>);

/// Which configured provider an object belongs to: `aws`, or `aws.eu` for an alias.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderKey {
    /// `aws` or `terraform`.
    pub name: Name,
    /// The `alias` of the provider block.
    pub alias: Option<Name>,
}

/// Names one of the objects that a create-first replacement has yet to destroy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeposedKey(pub Arc<str>);

/// Everything recon remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Which history this belongs to.
    pub lineage: Lineage,
    /// Raised by one with every write.
    pub serial: u64,
    /// Every instance, by address.
    pub resources: BTreeMap<Address, Instance>,
    /// The root module's outputs.
    pub outputs: BTreeMap<Name, Known>,
}

/// One remembered instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The provider that manages it.
    pub provider: ProviderKey,
    /// The blocks that must be destroyed after it.
    pub depends_on: Arc<Vec<ResourceAddress>>,
    /// Whether a replacement creates the new object first.
    pub create_before_destroy: bool,
    /// The object; nothing while only deposed ones are left.
    pub object: Option<Object>,
    /// Objects that wait to be destroyed.
    pub deposed: BTreeMap<DeposedKey, Object>,
}

/// One remembered object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The version of the schema that its value follows.
    pub schema_version: u32,
    /// All its attributes.
    pub value: Known,
    /// Whether it was made completely.
    pub health: Health,
}

/// Whether an object was made completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It is as planned.
    Good,
    /// Its creation failed half way, or the user doubts it: the next plan replaces it.
    Tainted,
}

impl State {
    /// A state that remembers nothing.
    pub fn empty(lineage: Lineage) -> Self {
        Self { lineage, serial: 0, resources: BTreeMap::new(), outputs: BTreeMap::new() }
    }

    /// The current object of an instance.
    pub fn object(&self, address: &Address) -> Option<&Object> {
        self.resources.get(address)?.object.as_ref()
    }
}

impl fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.alias {
            Some(alias) => write!(f, "{}.{alias}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
