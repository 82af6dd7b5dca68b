//! What a service allows and what a change takes from it: quotas, and the calls that a write needs. Pure.

use std::fmt;

use crate::{Known, Value};

/// A published quota of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// `apigateway:CreateDeployment`, or `apigateway` for all operations of the service together.
    pub name: &'static str,
    /// As people call it: `CreateDeployment`, `API Gateway`.
    pub label: &'static str,
    /// Calls per second.
    pub rate: f64,
    /// Calls at once.
    pub burst: f64,
}

/// `one in 5 s`, `10 per second`
impl fmt::Display for Quota {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rate < 1.0 {
            return write!(out, "one in {} s", (1.0 / self.rate).round());
        }
        write!(out, "{} per second", self.rate)
    }
}

/// One change of one object, as far as its values are known.
#[derive(Clone, Copy, Debug)]
pub enum Write<'a> {
    /// It is made.
    Create {
        /// As it will be.
        want: &'a Value,
    },
    /// It is changed in place.
    Update {
        /// As it is.
        have: &'a Known,
        /// As it will be.
        want: &'a Value,
    },
    /// It is destroyed.
    Delete {
        /// As it is.
        have: &'a Known,
    },
}

/// A call that can change one object on behalf of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The operation.
    pub operation: &'static str,
    /// The attributes that say which object it changes.
    pub by: &'static [&'static str],
}

/// What the changes of a provider's objects cost.
pub trait Prices: Send + Sync {
    /// The operations that a change calls, once for each call, when every call succeeds and nothing must be waited for.
    fn calls(&self, kind: &str, write: Write<'_>) -> Vec<&'static str>;

    /// The call of a change that changes of other objects can be part of; nothing where each needs one of its own.
    fn shared(&self, kind: &str, write: Write<'_>) -> Option<Shared> {
        let _: (&str, Write<'_>) = (kind, write);
        None
    }

    /// The quotas that one call of an operation takes from.
    fn quotas(&self, operation: &str) -> Vec<&'static Quota>;
}
