//! Values from what the SDK answers: absent and empty become null, so that both read the same.

use std::collections::HashMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use recon_core::{Number, Type, Value};

/// A text; null where it is absent or empty.
pub(super) fn text(value: Option<impl AsRef<str>>) -> Value {
    match value {
        Some(text) if !text.as_ref().is_empty() => Value::from(text.as_ref()),
        _ => Value::null(Type::String),
    }
}

/// A map of texts; null where it is absent or empty.
pub(super) fn text_map(entries: Option<&HashMap<String, String>>) -> Value {
    match entries {
        Some(entries) if !entries.is_empty() => Value::string_map(sorted(entries)),
        _ => Value::null(Type::map(Type::String)),
    }
}

/// A map of flags; null where it is absent or empty.
pub(super) fn flag_map(entries: Option<&HashMap<String, bool>>) -> Value {
    match entries {
        Some(entries) if !entries.is_empty() => {
            let entries = entries.iter().map(|(key, flag)| (key.as_str().into(), Value::from(*flag)));
            Value::map(Type::Bool, entries.collect())
        }
        _ => Value::null(Type::map(Type::Bool)),
    }
}

/// A set of texts; null where it is absent or empty.
pub(super) fn text_set(items: Option<&Vec<String>>) -> Value {
    match items {
        Some(items) if !items.is_empty() => {
            Value::set(Type::String, items.iter().map(|item| Value::from(item.as_str())).collect())
        }
        _ => Value::null(Type::set(Type::String)),
    }
}

/// A list of texts, perhaps empty.
pub(super) fn text_list<S: AsRef<str>>(items: &[S]) -> Value {
    Value::strings(items.iter().map(|item| std::sync::Arc::<str>::from(item.as_ref())))
}

/// A whole number.
pub(super) fn whole(number: i32) -> Value {
    Value::from(i64::from(number))
}

/// A number.
pub(super) fn number(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| Value::null(Type::Number), Value::from)
}

/// A time, to the second: `2026-01-31T12:00:00Z`.
pub(super) fn date(time: Option<&DateTime>) -> Value {
    text(time.and_then(|time| DateTime::from_secs(time.secs()).fmt(Format::DateTime).ok()))
}

/// The entries in order of key.
fn sorted(entries: &HashMap<String, String>) -> Vec<(&str, &str)> {
    let mut entries: Vec<_> = entries.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    entries.sort_unstable();
    entries
}

/// The texts of a map argument, as the SDK takes them; nothing where there are none.
pub(super) fn to_map(value: &Value, name: &str) -> Option<HashMap<String, String>> {
    let entries = value.string_entries(name);
    (!entries.is_empty()).then(|| entries.into_iter().collect())
}

/// The flags of a map argument, as the SDK takes them; nothing where there are none.
pub(super) fn to_flags(value: &Value, name: &str) -> Option<HashMap<String, bool>> {
    let entries = value.get(name).entries()?;
    let flags: HashMap<_, _> =
        entries.iter().filter_map(|(key, flag)| Some((key.to_string(), flag.as_bool()?))).collect();
    (!flags.is_empty()).then_some(flags)
}

/// The texts of a list or set argument, as the SDK takes them; nothing where there are none.
pub(super) fn to_list(value: &Value, name: &str) -> Option<Vec<String>> {
    Some(value.string_items(name)).filter(|items| !items.is_empty())
}

/// The text of an argument, as the SDK takes it; nothing where it is absent or empty.
pub(super) fn to_text(value: &Value, name: &str) -> Option<String> {
    value.text(name).map(str::to_owned)
}
