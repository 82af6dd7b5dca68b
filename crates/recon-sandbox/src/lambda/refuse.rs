//! The refusals of Lambda.

use crate::wire::Refusal;

/// Something named does not exist.
pub(super) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", message).with("Type", "User")
}

/// No function has this ARN.
pub(super) fn no_function(arn: &str) -> Refusal {
    not_found(format!("Function not found: {arn}"))
}

/// The thing exists already, or its state forbids the operation.
pub(super) fn conflict(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "ResourceConflictException", message).with("Type", "User")
}

/// A parameter does not make sense.
pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterValueException", message).with("Type", "User")
}

/// Parameters do not satisfy the constraints of the API model.
pub(super) fn validation(constraint: impl AsRef<str>) -> Refusal {
    let message = format!("1 validation error detected: {}", constraint.as_ref());
    Refusal::new(400, "ValidationException", message)
}

/// The caller's revision id is not the latest.
pub(super) fn stale(api: &str) -> Refusal {
    let message = format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {api} API to retrieve the latest \
         Revision Id"
    );
    Refusal::new(412, "PreconditionFailedException", message).with("Type", "User")
}

/// The caller may not do this.
pub(super) fn denied(message: impl Into<String>) -> Refusal {
    Refusal::new(403, "AccessDeniedException", message)
}

/// The request is too large.
pub(super) fn too_large(message: impl Into<String>) -> Refusal {
    Refusal::new(413, "RequestEntityTooLargeException", message).with("Type", "User")
}
