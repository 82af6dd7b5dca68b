//! Rules for single arguments, and the diagnostics that say which one is broken.

use recon_core::path::Step;
use recon_core::{Diagnostic, Path, Value};

/// What is wrong with arguments.
pub(crate) type Findings = Vec<(Path, Diagnostic)>;

/// The argument must be one of these texts.
pub(crate) fn one_of(found: &mut Findings, config: &Value, name: &str, allowed: &[&str]) {
    one_of_at(found, &Path::root(), config, name, allowed);
}

/// The argument of a nested block must be one of these texts.
pub(crate) fn one_of_at(found: &mut Findings, at: &Path, config: &Value, name: &str, allowed: &[&str]) {
    if let Some(text) = config.str(name)
        && !allowed.contains(&text)
    {
        let similar = allowed.iter().find(|allowed| allowed.eq_ignore_ascii_case(text));
        let hint = similar.map_or_else(String::new, |allowed| format!(" Did you mean `{allowed}`?"));
        let detail = format!("`{name}` must be one of {}; it is {text:?}.{hint}", list(allowed));
        found.push((at.then(Step::Attribute(name.into())), Diagnostic::error("Invalid argument", detail)));
    }
}

/// The argument must be within these bounds.
pub(crate) fn between(found: &mut Findings, config: &Value, name: &str, least: i64, most: i64) {
    between_at(found, &Path::root(), config, name, (least, most));
}

/// The argument of a nested block must be within these bounds.
pub(crate) fn between_at(found: &mut Findings, at: &Path, config: &Value, name: &str, bounds: (i64, i64)) {
    let (least, most) = bounds;
    let Some(number) = config.get(name).as_number() else { return };
    if !number.as_i64().is_some_and(|number| (least..=most).contains(&number)) {
        let detail = format!("`{name}` must be a whole number from {least} to {most}; it is {number}.");
        found.push((at.then(Step::Attribute(name.into())), Diagnostic::error("Invalid argument", detail)));
    }
}

/// The argument must be an ARN.
pub(crate) fn arn(found: &mut Findings, config: &Value, name: &str) {
    if let Some(text) = config.text(name)
        && !is_arn(text)
    {
        let detail = format!("`{name}` must be an ARN (`arn:aws:…`); it is {text:?}.");
        found.push((Path::attribute(name), Diagnostic::error("Invalid argument", detail)));
    }
}

/// Two arguments exclude each other.
pub(crate) fn not_both(found: &mut Findings, config: &Value, one: &str, other: &str) {
    if is_set(config, one) && is_set(config, other) {
        let detail = format!("`{one}` and `{other}` exclude each other. Set one of them.");
        found.push((Path::attribute(one), Diagnostic::error("Conflicting arguments", detail)));
    }
}

/// The text must have no more characters than that.
pub(crate) fn longest(found: &mut Findings, config: &Value, name: &str, characters_max: usize) {
    if let Some(text) = config.str(name)
        && text.chars().count() > characters_max
    {
        let detail = format!("`{name}` must have at most {characters_max} characters.");
        found.push((Path::attribute(name), Diagnostic::error("Invalid argument", detail)));
    }
}

/// Something is wrong with an argument.
pub(crate) fn wrong(found: &mut Findings, name: &str, detail: impl Into<String>) {
    found.push((Path::attribute(name), Diagnostic::error("Invalid argument", detail.into())));
}

/// Whether the configuration sets an argument, be it to something unknown.
pub(crate) fn is_set(config: &Value, name: &str) -> bool {
    let value = config.get(name);
    !value.is_null() && value.as_str() != Some("")
}

/// Whether a text has the form of an ARN.
pub(crate) fn is_arn(text: &str) -> bool {
    text.split(':').count() >= 6 && text.starts_with("arn:")
}

fn list(allowed: &[&str]) -> String {
    allowed.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}
