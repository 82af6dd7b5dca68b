//! What holds of every state: checked after each read and before each write.

use std::fmt;

use recon_core::state::{Instance, Object, State};
use recon_core::value::Data;
use recon_core::{Address, Value};

/// How a state contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It has no lineage.
    NoLineage,
    /// Two entries have one address.
    Twice(Address),
    /// An entry has neither an object nor deposed ones.
    Nothing(Address),
    /// An object's value is not an object.
    Shapeless(Address),
    /// An entry has no provider.
    NoProvider(Address),
    /// A deposed object has no key.
    NoKey(Address),
    /// What was only read has objects to destroy.
    DeposedData(Address),
}

/// All contradictions of a state, in address order.
pub fn flaws(state: &State) -> Vec<Flaw> {
    let lineage = state.lineage.0.is_empty().then_some(Flaw::NoLineage);
    let resources = state.resources.iter().flat_map(|(address, instance)| instance_flaws(address, instance));
    lineage.into_iter().chain(resources).collect()
}

fn instance_flaws(address: &Address, instance: &Instance) -> Vec<Flaw> {
    let Instance { provider, depends_on: _, create_before_destroy: _, object, deposed } = instance;
    let mut found = Vec::new();
    let mut note = |wrong: bool, flaw: fn(Address) -> Flaw| {
        if wrong {
            found.push(flaw(address.clone()));
        }
    };
    note(provider.name.is_empty(), Flaw::NoProvider);
    note(object.is_none() && deposed.is_empty(), Flaw::Nothing);
    note(object.iter().chain(deposed.values()).any(is_shapeless), Flaw::Shapeless);
    note(deposed.keys().any(|key| key.0.is_empty()), Flaw::NoKey);
    note(address.is_data() && !deposed.is_empty(), Flaw::DeposedData);
    found
}

fn is_shapeless(object: &Object) -> bool {
    let value: &Value = &object.value;
    !matches!(value.data, Data::Object(_))
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLineage => f.write_str("it has no lineage"),
            Self::Twice(address) => write!(f, "{address} is in it twice"),
            Self::Nothing(address) => write!(f, "{address} has no object"),
            Self::Shapeless(address) => write!(f, "{address} has an object without attributes"),
            Self::NoProvider(address) => write!(f, "{address} has no provider"),
            Self::NoKey(address) => write!(f, "{address} has a deposed object without a key"),
            Self::DeposedData(address) => write!(f, "{address} is only read, but has deposed objects"),
        }
    }
}
