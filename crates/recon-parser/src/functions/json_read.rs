//! Reading JSON, with every digit of its numbers.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Number, Type, Value};
use serde_json::value::RawValue;

use super::Outcome;

/// How deep JSON may nest.
const DEPTH_MAX: u32 = 120;

/// The value of JSON text: arrays become tuples, objects become objects.
pub(super) fn decode(text: &str) -> Outcome {
    if text.trim().is_empty() {
        return Err("the text is empty, and JSON is required".into());
    }
    Ok(read(text, 0)?)
}

fn read(text: &str, depth: u32) -> Result<Value, String> {
    if depth > DEPTH_MAX {
        return Err(format!("the JSON nests more than {DEPTH_MAX} levels deep"));
    }
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
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
