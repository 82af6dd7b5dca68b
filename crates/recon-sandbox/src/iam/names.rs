//! Which names and paths IAM accepts.

use super::params::validation;
use crate::wire::Refusal;

/// Checks a name of letters, digits and `+=,.@_-`.
pub(crate) fn check_name(member: &str, name: &str, length_max: usize) -> Result<(), Refusal> {
    if name.chars().count() > length_max {
        return Err(validation(format!(
            "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must have \
             length less than or equal to {length_max}"
        )));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(validation(format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the \
             following: +=,.@_-"
        )));
    }
    Ok(())
}

/// Checks a path: `/`, or text between slashes.
pub(crate) fn check_path(path: &str) -> Result<(), Refusal> {
    let printable = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if path.starts_with('/') && path.ends_with('/') && printable && path.len() <= 512 {
        return Ok(());
    }
    Err(validation(
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric \
         characters and/or / characters.",
    ))
}

/// Checks how long a session may last, in seconds.
pub(crate) fn check_session_seconds(text: &str) -> Result<u32, Refusal> {
    match text.parse::<u32>() {
        Ok(seconds @ 3600..=43_200) => Ok(seconds),
        Ok(seconds) if seconds < 3600 => Err(validation(format!(
            "1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy constraint: \
             Member must have value greater than or equal to 3600"
        ))),
        _ => Err(validation(format!(
            "1 validation error detected: Value '{text}' at 'maxSessionDuration' failed to satisfy constraint: \
             Member must have value less than or equal to 43200"
        ))),
    }
}
