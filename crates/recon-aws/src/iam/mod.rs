//! IAM: roles, their policies and attachments, and managed policies.

pub(crate) mod check;
pub(crate) mod discover;
mod inline;
mod json_keys;
mod managed;
mod name;
mod policy;
mod policy_live;
pub(crate) mod policy_reads;
pub(crate) mod policy_text;
pub(crate) mod reads;
mod role;
mod role_delete;
pub(crate) mod role_live;
mod role_policy;
mod role_policy_attachment;
pub(crate) mod tags;

use aws_smithy_types::DateTime;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::value::Name;
use recon_core::{Known, Value};

use crate::live::Registered;

/// By how much the clocks of IAM and of this machine may differ, in milliseconds.
const CLOCKS_DIFFER_MS: i64 = 5 * 60 * 1000;

/// The resource types of IAM.
pub(crate) fn resource_types() -> Vec<Registered> {
    vec![
        Registered::of(policy::Policy),
        Registered::of(role::Role),
        Registered::of(role_policy::RolePolicy),
        Registered::of(role_policy_attachment::RolePolicyAttachment),
    ]
}

/// Parallel writes to one role conflict, so they queue; `argument` holds the role's name.
fn role_queue(value: &Value, argument: &str) -> Option<Name> {
    value.text(argument).map(|name| format!("iam:role:{name}").into())
}

/// The answer, or nothing if the object is not there.
pub(crate) fn if_there<T>(answer: Result<T, ProviderError>) -> Result<Option<T>, ProviderError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a service error is called where IAM leaves out what it always sends.
pub(crate) fn incomplete(operation: &str, what: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Service, operation, format!("the answer has no {what}"))
}

/// The text of an argument that a known object always has; empty otherwise, which IAM refuses.
fn key<'a>(value: &'a Value, name: &str) -> &'a str {
    value.str(name).unwrap_or_default()
}

/// Whether an argument is to change.
fn changes(have: &Known, want: &Known, argument: &str) -> bool {
    let empty = |value: &Value| value.is_null() || value.as_str() == Some("");
    let (have, want) = (have.get(argument), want.get(argument));
    !(have.same(want) || empty(have) && empty(want))
}

/// Whether an object may have been made since then.
fn is_recent(made: &DateTime, since_ms: i64) -> bool {
    made.to_millis().is_ok_and(|made_ms| made_ms.saturating_add(CLOCKS_DIFFER_MS) >= since_ms)
}
