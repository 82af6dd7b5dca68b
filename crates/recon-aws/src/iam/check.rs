//! Checks of arguments that IAM's types share. What is not known yet is not judged.

use recon_core::{Diagnostic, Path, Value};

use super::name::SUFFIX_LENGTH;
use crate::iam::json_keys::duplicate_key;

/// What is wrong with an argument.
pub(crate) type Finding = (Path, Diagnostic);

/// Finds a policy that IAM could not read; absent is fine.
pub(crate) fn policy(config: &Value, argument: &str) -> Option<Finding> {
    let detail = wrong_policy(config.str(argument)?, argument)?;
    Some(invalid(argument, detail))
}

/// What keeps a text from being a policy document.
pub(crate) fn wrong_policy(text: &str, argument: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return Some(format!("\"{argument}\" is an empty string, which is not a valid JSON policy."));
    }
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        return Some(format!(
            "\"{argument}\" contains an invalid JSON policy: invalid JSON: {error}. `jsonencode` and the data source `aws_iam_policy_document` make valid ones."
        ));
    }
    if !text.starts_with('{') {
        let hint = if text.starts_with('"') { " It looks as if it had been encoded twice." } else { "" };
        return Some(format!("\"{argument}\" contains an invalid JSON policy: not a JSON object.{hint}"));
    }
    let twin = duplicate_key(text)?;
    Some(format!(
        "\"{argument}\" contains duplicate JSON keys: duplicate key \"{twin}\". AWS keeps only one of them, so merge them."
    ))
}

/// Finds a `name` or `name_prefix` that IAM would refuse, and both at once.
pub(crate) fn names(config: &Value, length_max: usize) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    found.extend(name(config, "name", length_max));
    found.extend(name(config, "name_prefix", length_max - SUFFIX_LENGTH));
    let is_set = |argument| !config.get(argument).is_null();
    if is_set("name") && is_set("name_prefix") {
        let detail = "\"name\": conflicts with name_prefix. Set one of them, or none for a generated name.";
        found.push((
            Path::attribute("name"),
            Diagnostic::error("Conflicting configuration arguments", detail),
        ));
    }
    found
}

/// Finds a name that IAM would refuse.
pub(crate) fn name(config: &Value, argument: &str, length_max: usize) -> Option<Finding> {
    let text = config.str(argument)?;
    if text.chars().count() > length_max {
        return Some(invalid(
            argument,
            format!(
                "expected length of {argument} to be at most {length_max} characters, got {}.",
                text.chars().count()
            ),
        ));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (!text.chars().all(fits)).then(|| {
        invalid(
            argument,
            format!("`{argument}` is `{text}`, but may have letters, digits and `_+=,.@-` only."),
        )
    })
}

/// Finds a text that is too long.
pub(crate) fn at_most(config: &Value, argument: &str, length_max: usize) -> Option<Finding> {
    let length = config.str(argument)?.chars().count();
    let detail =
        format!("expected length of {argument} to be at most {length_max} characters, got {length}.");
    (length > length_max).then(|| invalid(argument, detail))
}

/// Finds a number that is out of range.
pub(crate) fn within(
    config: &Value,
    argument: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Option<Finding> {
    let number = config.get(argument).as_i64()?;
    let (least, most) = (range.start(), range.end());
    let detail = format!("expected {argument} to be in the range ({least} - {most}), got {number}.");
    (!range.contains(&number)).then(|| invalid(argument, detail))
}

/// Finds a text that is not an ARN; absent and empty are fine.
pub(crate) fn arn(config: &Value, argument: &str) -> Option<Finding> {
    config.text(argument).and_then(|text| not_an_arn(text, argument))
}

/// Finds an element that is not an ARN.
pub(crate) fn arns(config: &Value, argument: &str) -> Option<Finding> {
    config.get(argument).items().iter().filter_map(Value::as_str).find_map(|text| not_an_arn(text, argument))
}

fn not_an_arn(text: &str, argument: &str) -> Option<Finding> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let fits = parts.len() == 6
        && parts[0] == "arn"
        && !parts[1].is_empty()
        && !parts[2].is_empty()
        && !parts[5].is_empty();
    (!fits).then(|| invalid(argument, format!("\"{argument}\" ({text}) is an invalid ARN.")))
}

/// The diagnostic of an argument whose value IAM would not accept.
pub(crate) fn invalid(argument: &str, detail: impl Into<String>) -> Finding {
    (Path::attribute(argument), Diagnostic::error("Invalid argument", detail))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(r#"{"Version":"2012-10-17"}"#, None; "fine")]
    #[test_case("", Some("empty string"); "empty")]
    #[test_case("[]", Some("not a JSON object"); "list")]
    #[test_case(r#""{}""#, Some("encoded twice"); "twice")]
    #[test_case("{", Some("contains an invalid JSON policy:"); "cut off")]
    #[test_case(r#"{"A":1,"A":2}"#, Some("duplicate key \"A\""); "duplicate")]
    fn policies(text: &str, complaint: Option<&str>) {
        let found = wrong_policy(text, "policy");
        assert_eq!(found.is_some(), complaint.is_some());
        assert!(found.unwrap_or_default().contains(complaint.unwrap_or_default()));
    }

    #[test]
    fn a_name_and_a_prefix_conflict() {
        let config =
            Value::object([("name", Value::from("a b")), ("name_prefix", Value::from("p".repeat(39)))]);
        assert_eq!(names(&config, 64).len(), 3);
    }

    #[test_case("arn:aws:iam::aws:policy/ReadOnlyAccess", true)]
    #[test_case("ReadOnlyAccess", false)]
    fn arns_have_six_parts(text: &str, fits: bool) {
        assert_eq!(arn(&Value::object([("policy_arn", Value::from(text))]), "policy_arn").is_none(), fits);
    }
}
