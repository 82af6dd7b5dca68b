//! Reading JSON, with every digit of its numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Number, Type, Value};
use serde_json::value::RawValue;

use super::Outcome;

/// How deep JSON may nest.
const DEPTH_MAX: u32 = 120;

const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// The value of JSON text: arrays become tuples, objects become objects.
pub(super) fn decode(text: &str) -> Outcome {
    if text.trim().is_empty() {
        return Err("the text is empty, and JSON is required".into());
    }
    let text = with_lone_surrogates_replaced(text);
    Ok(read(first_value(&text)?, 0)?)
}

/// The text of the value that the text begins with. What follows does not matter if a closing bracket begins it: so
/// it is in Terraform.
fn first_value(text: &str) -> Result<&str, String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let first = values.next().ok_or("the text is empty, and JSON is required")?;
    let first = first.map_err(|error| error.to_string())?;
    let rest = text[values.byte_offset()..].trim_start_matches(WHITE_SPACE);
    if rest.is_empty() || rest.starts_with([']', '}']) {
        return Ok(first.get());
    }
    Err("there is something after the end of the JSON value".to_owned())
}

/// Half of a pair of escapes stands for a character that there is not.
fn with_lone_surrogates_replaced(text: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let (length, is_lone) = match (surrogate(text, at), surrogate(text, at + 6)) {
            (Some(Half::First), Some(Half::Second)) => (12, false),
            (Some(_), _) => (6, true),
            (None, _) => (1 + text[at + 1..].chars().next().map_or(0, char::len_utf8), false),
        };
        if is_lone {
            mended.push_str(&text[kept..at]);
            mended.push_str("\\ufffd");
            kept = at + length;
        }
        at += length;
    }
    if kept == 0 { Cow::Borrowed(text) } else { Cow::Owned(mended + &text[kept..]) }
}

/// Of a character that takes two escapes.
enum Half {
    First,
    Second,
}

/// Which half of a character the escape at that place stands for, if it is one.
fn surrogate(text: &str, at: usize) -> Option<Half> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::First),
        0xdc00..=0xdfff => Some(Half::Second),
        _ => None,
    }
}

fn read(text: &str, depth: u32) -> Result<Value, String> {
    if depth > DEPTH_MAX {
        return Err(format!("the JSON nests more than {DEPTH_MAX} levels deep"));
    }
    let text = text.trim_matches(WHITE_SPACE);
    let fault = |error: serde_json::Error| error.to_string();
    match text.as_bytes().first() {
        Some(b'{') => {
            let entries: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(fault)?;
            let mut attributes = BTreeMap::new();
            for (name, raw) in entries {
                attributes
                    .insert(Name::from(&*crate::syntax::normalized(&name)), read(raw.get(), depth + 1)?);
            }
            Ok(Value::object(attributes))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(fault)?;
            let items = items.into_iter().map(|raw| read(raw.get(), depth + 1));
            Ok(Value::tuple(items.collect::<Result<_, _>>()?))
        }
        Some(b'"') => {
            let string: String = serde_json::from_str(text).map_err(fault)?;
            Ok(crate::syntax::normalized(&string).into())
        }
        Some(b'-' | b'0'..=b'9') => {
            let _: &RawValue = serde_json::from_str(text).map_err(fault)?;
            text.parse::<Number>()
                .map(Value::from)
                .map_err(|_| "a number is beyond what can be held".to_owned())
        }
        _ => {
            let literal: Option<bool> = serde_json::from_str(text).map_err(fault)?;
            Ok(literal.map_or_else(|| Value::null(Type::Any), Value::from))
        }
    }
}
