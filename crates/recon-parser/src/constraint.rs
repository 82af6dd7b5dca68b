//! Type constraints of variables: types in which attributes may be optional, with defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::value::Name;
use recon_core::{Type, Value};

/// A type constraint: `object({ name = string, size = optional(number, 3) })`.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// A type without optional attributes anywhere.
    Exactly(Type),
    /// `list(…)`
    List(Arc<Constraint>),
    /// `set(…)`
    Set(Arc<Constraint>),
    /// `map(…)`
    Map(Arc<Constraint>),
    /// `tuple([…])`
    Tuple(Vec<Constraint>),
    /// `object({…})`
    Object(BTreeMap<Name, Field>),
}

/// One attribute of an object constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it accepts.
    pub constraint: Constraint,
    /// Whether it may be absent, and what it then is (null by default).
    pub optional: Option<Value>,
}
