//! The ways API Gateway says no, and the constraint errors its front end raises before any handler runs.

use crate::wire::Refusal;

/// The request contradicts a rule of the service.
pub(super) fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "BadRequestException", message)
}

/// Something named in the request does not exist.
pub(super) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "NotFoundException", message)
}

/// The request collides with what exists.
pub(super) fn conflict(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "ConflictException", message)
}

/// A quota that waiting does not help with.
pub(super) fn limit_exceeded(message: impl Into<String>) -> Refusal {
    Refusal::new(429, "LimitExceededException", message)
}

/// The wording for a parameter mapping that the service cannot use.
pub(super) fn bad_mapping(error: &str) -> Refusal {
    bad_request(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
    ))
}

/// The resource of a method, or its API, does not exist: the service does not say which.
pub(super) fn no_resource() -> Refusal {
    not_found("Invalid Resource identifier specified")
}

/// Constraint errors, collected because the front end reports them all at once.
#[derive(Default)]
pub(super) struct Constraints(Vec<String>);

impl Constraints {
    /// Demands that a value, where there is one, be among the allowed ones.
    pub(super) fn one_of(&mut self, member: &str, value: Option<&str>, allowed: &[&str]) {
        if let Some(value) = value.filter(|value| !allowed.contains(value)) {
            let allowed = allowed.join(", ");
            self.0.push(format!(
                "Value '{value}' at '{member}' failed to satisfy constraint: \
                 Member must satisfy enum value set: [{allowed}]"
            ));
        }
    }

    /// Demands that every element of a list be among the allowed ones.
    pub(super) fn each_of(&mut self, member: &str, values: &[String], allowed: &[&str]) {
        if values.iter().any(|value| !allowed.contains(&value.as_str())) {
            let (values, allowed) = (values.join(", "), allowed.join(", "));
            self.0.push(format!(
                "Value '[{values}]' at '{member}' failed to satisfy constraint: \
                 Member must satisfy constraint: [Member must satisfy enum value set: [{allowed}]]"
            ));
        }
    }

    /// Demands an HTTP status code of three digits.
    pub(super) fn status_code(&mut self, value: &str) {
        let bytes = value.as_bytes();
        let fits =
            bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && bytes.iter().all(u8::is_ascii_digit);
        if !fits {
            self.0.push(format!(
                "Value '{value}' at 'statusCode' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: [1-5]\\d\\d"
            ));
        }
    }

    /// Demands that a member be there.
    pub(super) fn present<T>(&mut self, member: &str, value: Option<&T>) {
        if value.is_none() {
            self.0.push(format!(
                "Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
    }

    /// Refuses if anything was violated.
    pub(super) fn settle(self) -> Result<(), Refusal> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        let message = format!("{count} validation error{plural} detected: {}", self.0.join("; "));
        Err(Refusal::new(400, "ValidationException", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraint_errors_are_reported_together() {
        let mut constraints = Constraints::default();
        constraints.one_of("op", Some("wrong"), &["add", "remove"]);
        constraints.status_code("wrong");
        let refusal = constraints.settle().unwrap_err();
        assert_eq!(refusal.code, "ValidationException");
        assert!(refusal.message.starts_with("2 validation errors detected: Value 'wrong' at 'op'"));
        assert!(refusal.message.ends_with("[1-5]\\d\\d"));
    }

    #[test]
    fn kept_constraints_settle() {
        let mut constraints = Constraints::default();
        constraints.one_of("op", None, &["add"]);
        constraints.status_code("204");
        assert!(constraints.settle().is_ok());
    }
}
