//! Stage variables: what their names and values may hold.

use serde_json::Value;

use super::patch::{self, Op, Step};
use super::refuse::{bad_request, limit_exceeded};
use super::state::Document;
use crate::wire::Refusal;

const COUNT_MAX: usize = 100;
const NAME_CHARACTERS_MAX: usize = 64;
const VALUE_CHARACTERS_MAX: usize = 512;

/// Checks a whole map of variables.
pub(super) fn check(variables: Option<&Document>) -> Result<(), Refusal> {
    let Some(variables) = variables else { return Ok(()) };
    if variables.len() > COUNT_MAX {
        return Err(limit_exceeded(format!(
            "Maximum number of stage variables for this stage is {COUNT_MAX}"
        )));
    }
    variables.iter().try_for_each(|(name, value)| check_one(name, value.as_str().unwrap_or_default()))
}

/// Checks one variable.
pub(super) fn check_one(name: &str, value: &str) -> Result<(), Refusal> {
    let named = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.is_empty() || !named {
        return Err(bad_request(format!(
            "Invalid stage variable name: {name}.  Please use names with only word characters."
        )));
    }
    if name.len() > NAME_CHARACTERS_MAX {
        return Err(bad_request(format!(
            "Invalid stage variable name: {name}.  Please use names of at most {NAME_CHARACTERS_MAX} characters."
        )));
    }
    let valued = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte));
    if value.is_empty() || value.len() > VALUE_CHARACTERS_MAX || !valued {
        return Err(bad_request(format!(
            "Invalid stage variable value: {value}. Please use values with alphanumeric characters and the symbols \
             '-', '.', '_', '~', ':', '/', '?', '#', '&', '=', and ','."
        )));
    }
    Ok(())
}

/// Patches one variable of a stage.
pub(super) fn set(stage: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op != Op::Remove {
        check_one(step.name(), step.text())?;
    }
    patch::text(stage, step)?;
    check(stage.get("variables").and_then(Value::as_object))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("alias", "live" => true)]
    #[test_case("a_1", "arn:aws:lambda:eu-west-1:1:function/x?y=1&z#,~" => true)]
    #[test_case("a-b", "x" => false; "hyphen in name")]
    #[test_case("", "x" => false; "no name")]
    #[test_case("a", "" => false; "no value")]
    #[test_case("a", "b c" => false; "space in value")]
    #[test_case("a", "$LATEST" => false; "dollar in value")]
    fn characters(name: &str, value: &str) -> bool {
        check_one(name, value).is_ok()
    }
}
