//! The constraints of the API model: ranges, lengths, patterns, and enumerations.

use serde_json::Value;

use super::refuse::validation;
use crate::wire::Refusal;

/// Checks a range.
pub(super) fn between(member: &str, number: i64, least: i64, most: i64) -> Result<(), Refusal> {
    let bound = |relation: &str, bound: i64| {
        validation(format!(
            "Value '{number}' at '{member}' failed to satisfy constraint: Member must have value {relation} than or \
             equal to {bound}"
        ))
    };
    if number < least {
        return Err(bound("greater", least));
    }
    if number > most {
        return Err(bound("less", most));
    }
    Ok(())
}

/// Checks a length in characters.
pub(super) fn length(member: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() <= most {
        return Ok(());
    }
    Err(validation(format!(
        "Value '{text}' at '{member}' failed to satisfy constraint: Member must have length less than or equal to {most}"
    )))
}

/// Checks that a text is one of a set.
pub(super) fn one_of(member: &str, text: &str, set: &[&str]) -> Result<(), Refusal> {
    if set.contains(&text) {
        return Ok(());
    }
    Err(validation(format!(
        "Value '{text}' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
        set.join(", ")
    )))
}

/// Refuses a text that does not satisfy a pattern; whether it does is the caller's to say.
pub(super) fn pattern(member: &str, text: &str, satisfied: bool, pattern: &str) -> Result<(), Refusal> {
    if satisfied {
        return Ok(());
    }
    Err(validation(format!(
        "Value '{text}' at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: \
         {pattern}"
    )))
}

/// Returns a member that must be there.
pub(super) fn need<'a>(body: &'a Value, key: &str) -> Result<&'a Value, Refusal> {
    match body.get(key) {
        Some(value) if !value.is_null() => Ok(value),
        _ => {
            let mut member = key.to_owned();
            if let Some(first) = member.get_mut(0..1) {
                first.make_ascii_lowercase();
            }
            Err(validation(format!(
                "Value null at '{member}' failed to satisfy constraint: Member must not be null"
            )))
        }
    }
}

/// Returns a text member that must be there.
pub(super) fn need_text<'a>(body: &'a Value, key: &str) -> Result<&'a str, Refusal> {
    let value = need(body, key)?;
    value.as_str().ok_or_else(|| mistyped(key))
}

/// Returns a text member, if it is there.
pub(super) fn text<'a>(body: &'a Value, key: &str) -> Result<Option<&'a str>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(mistyped(key)),
    }
}

/// Returns a whole number, if it is there.
pub(super) fn number(body: &Value, key: &str) -> Result<Option<i64>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(|| mistyped(key)),
    }
}

/// Returns a truth value, false where it is not there.
pub(super) fn flag(body: &Value, key: &str) -> bool {
    body.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Refuses a member of the wrong JSON type.
pub(super) fn mistyped(key: &str) -> Refusal {
    Refusal::new(400, "SerializationException", format!("Unexpected type of value for {key}"))
}

/// Says whether a text looks like an ARN.
pub(super) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(6, ':').count() == 6
}
