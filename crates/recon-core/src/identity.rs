//! Which object a value is, wherever a state or a plan has it.

use crate::Value;
use crate::value::Name;

/// Attributes that tell objects of one type apart, as far as a type has them: an id alone may not. Two functions may
/// have permissions of one name, and one key may be on two usage plans.
const TELLING: [&str; 7] =
    ["id", "function_name", "qualifier", "rest_api_id", "resource_id", "usage_plan_id", "statement_id"];

/// Which object a value is.
///
/// ```
/// use recon_core::{Identity, Value};
///
/// let key = |plan: &str| Value::object([("id", Value::from("k1")), ("usage_plan_id", Value::from(plan))]);
/// let of = |value: &Value| Identity::of(&"aws_api_gateway_usage_plan_key".into(), value);
/// assert_eq!(of(&key("p1")), of(&key("p1")));
/// assert_ne!(of(&key("p1")), of(&key("p2")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity(Name, [Option<String>; TELLING.len()]);

impl Identity {
    /// That of an object of a type.
    pub fn of(kind: &Name, value: &Value) -> Self {
        Self::told(kind, |attribute| value.str(attribute).map(str::to_owned))
    }

    /// The same, from whatever gives the texts of attributes.
    pub fn told(kind: &Name, text: impl Fn(&str) -> Option<String>) -> Self {
        Self(kind.clone(), TELLING.map(text))
    }
}
