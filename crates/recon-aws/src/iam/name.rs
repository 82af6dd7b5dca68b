//! Names that nobody chose: a prefix and a suffix that is unique and sorts by time, as Terraform makes them.
//!
//! The suffix is decided while planning, by asking the provider. So the intent of a create holds the whole name, and
//! an interrupted one is found again. Only where the prefix itself is not known yet is the name left to the create.

use std::hash::{BuildHasher, Hasher, RandomState};

use recon_core::resource_type::Proposal;
use recon_core::{Known, Value};

/// What a generated name begins with if the configuration does not say.
const PREFIX: &str = "terraform-";
/// Digits of the time in a suffix: to a tenth of a millisecond.
const TIME_LENGTH: usize = 18;
/// Digits of a suffix: of the time, and eight of chance.
pub(super) const SUFFIX_LENGTH: usize = TIME_LENGTH + 8;

/// The planned value with its `name`, or the question to the provider that must be answered before.
pub(crate) fn planned(proposal: &Proposal<'_>, planned: Value) -> Result<Value, Known> {
    let config = proposal.config;
    if let Some(prior) = proposal.prior {
        // An empty name or prefix is as good as none.
        let empty = ["name", "name_prefix"].into_iter().filter(|argument| config.str(argument) == Some(""));
        return Ok(empty.fold(planned, |value, argument| value.with(argument, prior.get(argument).clone())));
    }
    let prefix = config.get("name_prefix");
    let is_named = !config.get("name").is_null() && config.str("name") != Some("");
    if is_named || prefix.is_unknown() {
        return Ok(planned);
    }
    let question = question(&proposal.address.to_string());
    let answer = proposal.answers.answer(&question).ok_or(question)?;
    let suffix = answer.str("suffix").unwrap_or_default();
    let name = format!("{}{suffix}", config.text("name_prefix").unwrap_or(PREFIX));
    Ok(planned.with("name", Value::from(name).marked(prefix.marks)))
}

fn question(address: &str) -> Known {
    let parts = [("question", Value::from("unique suffix")), ("address", Value::from(address))];
    Known::with_nulls(&Value::object(parts))
}

/// The answer to the question of [`planned`].
pub(crate) fn answer() -> Known {
    Known::with_nulls(&Value::object([("suffix", Value::from(unique_suffix()))]))
}

/// The name that was planned, or a new one.
pub(crate) fn chosen(want: &Known) -> String {
    want.text("name").map_or_else(|| format!("{}{}", prefix_wanted(want), unique_suffix()), str::to_owned)
}

/// Whether a create of `want`, begun at `since_ms`, could have chosen that name.
pub(crate) fn could_be(name: &str, want: &Known, since_ms: i64) -> bool {
    match want.text("name") {
        Some(planned) => name == planned,
        None => {
            let suffix = name.strip_prefix(prefix_wanted(want)).filter(|suffix| is_suffix(suffix));
            suffix.is_some_and(|suffix| *suffix >= *stamp(since_ms))
        }
    }
}

/// The prefix of a generated name; empty where the name is somebody's choice.
pub(crate) fn prefix_of(name: &str) -> &str {
    match name.len().checked_sub(SUFFIX_LENGTH).and_then(|length| name.split_at_checked(length)) {
        Some((prefix, suffix)) if is_suffix(suffix) => prefix,
        _ => "",
    }
}

/// 26 digits: of the time, and of chance.
pub(crate) fn unique_suffix() -> String {
    let chance = RandomState::new().build_hasher().finish() & 0xffff_ffff;
    format!("{}{chance:08x}", stamp(crate::provider::now_ms()))
}

fn prefix_wanted(want: &Known) -> &str {
    want.text("name_prefix").unwrap_or(PREFIX)
}

fn is_suffix(text: &str) -> bool {
    text.len() == SUFFIX_LENGTH
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A time as 18 digits.
fn stamp(time_ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(time_ms).unwrap_or_default();
    format!("{}{:03}0", time.strftime("%Y%m%d%H%M%S"), time.subsec_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(name: Option<&str>, prefix: Option<&str>) -> Known {
        let text = |text: Option<&str>| crate::shape::text(text);
        Known::with_nulls(&Value::object([("name", text(name)), ("name_prefix", text(prefix))]))
    }

    #[test]
    fn a_generated_name_shows_its_prefix() {
        let name = chosen(&want(None, Some("job-")));
        assert_eq!(name.len(), "job-".len() + SUFFIX_LENGTH);
        assert_eq!(prefix_of(&name), "job-");
        assert_eq!((prefix_of("job-1"), prefix_of("é")), ("", ""));
        assert!(chosen(&want(None, None)).starts_with("terraform-"));
    }

    #[test]
    fn a_create_could_only_have_chosen_a_later_name() {
        let now = crate::provider::now_ms();
        let name = chosen(&want(None, None));
        assert!(could_be(&name, &want(None, None), now));
        assert!(!could_be(&name, &want(None, None), now + 60_000));
        assert!(!could_be(&name, &want(None, Some("job-")), now));
        assert!(could_be("a", &want(Some("a"), None), now));
    }

    #[test]
    fn the_time_has_eighteen_digits() {
        assert_eq!(stamp(1_700_000_000_123), "202311142213201230");
    }
}
