//! Checks of arguments that several types share. What is not known yet is not judged.

use recon_core::{Diagnostic, Path, Value};

use crate::rules::{self, Findings};

/// The verbs that a method may have.
pub(super) const VERBS: &[&str] = &["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Finds a text that is none of those allowed; absent and empty are fine.
pub(super) fn one_of(config: &Value, argument: &'static str, allowed: &[&str]) -> Option<(Path, Diagnostic)> {
    config.text(argument)?;
    let mut found = Findings::new();
    rules::one_of(&mut found, config, argument, allowed);
    found.pop()
}

/// Finds a number that is out of range.
pub(super) fn within(
    config: &Value,
    argument: &'static str,
    range: std::ops::RangeInclusive<i64>,
) -> Option<(Path, Diagnostic)> {
    let mut found = Findings::new();
    rules::between(&mut found, config, argument, *range.start(), *range.end());
    found.pop()
}

/// Finds a text that is not a JSON document; absent and empty are fine.
pub(super) fn json(config: &Value, argument: &'static str) -> Option<(Path, Diagnostic)> {
    let given = config.text(argument)?;
    let error = serde_json::from_str::<serde_json::Value>(given).err()?;
    let detail =
        format!("`{argument}` has to be a JSON document, but is not: {error}. `jsonencode` makes one.");
    Some(invalid(argument, detail))
}

/// The diagnostic of an argument whose value AWS would not accept.
pub(super) fn invalid(argument: &str, detail: impl Into<String>) -> (Path, Diagnostic) {
    (Path::attribute(argument), Diagnostic::error("Invalid argument", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_in_lower_case_is_refused_with_the_right_one() {
        let config = Value::object([("http_method", Value::from("get"))]);
        let (_, diagnostic) = one_of(&config, "http_method", VERBS).unwrap();
        assert!(diagnostic.detail.ends_with("Did you mean `GET`?"));
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let config = Value::object([("http_method", Value::unknown(recon_core::Type::String))]);
        assert!(one_of(&config, "http_method", VERBS).is_none());
    }
}
