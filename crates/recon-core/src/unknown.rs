//! What is not known yet, and the promise that everything is.

use std::cmp::Ordering;
use std::num::NonZeroU32;
use std::ops::Deref;

use crate::{Type, Value};

/// A value that is known only after apply, and what is known of it already.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The type it will have (`Type::Any` when even that is open).
    pub ty: Type,
    /// Whether it is certain not to be null.
    pub not_null: bool,
    /// Which attribute of which planned object it stands for, as a number that no other has; lost by every operation
    /// that makes another value of it. No part of the value, so comparisons do not look at it.
    pub origin: Option<NonZeroU32>,
}

impl Unknown {
    /// Something of that type, perhaps null.
    pub fn of(ty: Type) -> Self {
        Self { ty, not_null: false, origin: None }
    }

    /// Something of that type, certain not to be null.
    pub fn not_null(ty: Type) -> Self {
        Self { ty, not_null: true, origin: None }
    }
}

impl PartialEq for Unknown {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Unknown {}

impl PartialOrd for Unknown {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Unknown {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.ty, self.not_null).cmp(&(&other.ty, other.not_null))
    }
}

/// A value in which nothing is unknown: all that states and providers ever see.
///
/// A newtype rather than a type parameter of [`Value`], so that a value that turns out to be known is one without
/// being copied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known(Value);

impl Known {
    /// The value as a known one, or nothing if any part of it is unknown.
    pub fn new(value: Value) -> Option<Self> {
        value.is_wholly_known().then_some(Self(value))
    }

    /// The value with `null` of the same type wherever it is unknown.
    pub fn with_nulls(value: &Value) -> Self {
        Self(if value.is_wholly_known() {
            value.clone()
        } else {
            value.map_unknown(&|unknown| Value::null(unknown.ty.clone()))
        })
    }

    /// An attribute or map element; `null` when there is none.
    #[must_use]
    pub fn part(&self, name: &str) -> Known {
        Self(self.0.get(name).clone())
    }

    /// The same object with one attribute set.
    #[must_use]
    pub fn with_part(self, name: &str, value: Known) -> Known {
        Self(self.0.with(name, value.0))
    }

    /// The value, where unknowns are allowed.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl Deref for Known {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl From<Known> for Value {
    fn from(known: Known) -> Self {
        known.0
    }
}
