//! `jsonencode` and `jsondecode`, to the byte as Terraform writes JSON.

use std::fmt::Write as _;

use recon_core::{Data, Value};

use super::string::within_limit;
use super::{Function, Refusal, Returns, any, open, pure, text};

pub(super) static FUNCTIONS: &[Function] = &[
    pure("jsonencode", &[any("val").nullable().of_open_type()], Returns::String, |a| {
        Ok(encode(&a[0])?.into())
    }),
    pure("jsondecode", &[text("str")], Returns::Decided(open), |a| {
        super::json_read::decode(super::str_of(&a[0]))
    }),
];

/// The value as one line of JSON.
pub(crate) fn encode(value: &Value) -> Result<String, Refusal> {
    let mut json = String::new();
    write(value, &mut json)?;
    Ok(json)
}

fn write(value: &Value, json: &mut String) -> Result<(), Refusal> {
    within_limit(json.len())?;
    match &value.data {
        Data::Null(_) | Data::Unknown(_) => json.push_str("null"),
        Data::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) if number.is_infinite() => {
            return Err("an infinite number has no JSON form".into());
        }
        Data::Number(number) => json.push_str(&number.to_string()),
        Data::String(text) => write_text(text, json),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            json.push('[');
            for (index, item) in value.items().iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write(item, json)?;
            }
            json.push(']');
        }
        Data::Map(_) | Data::Object(_) => {
            json.push('{');
            for (index, (name, item)) in value.entries().into_iter().flatten().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_text(name, json);
                json.push(':');
                write(item, json)?;
            }
            json.push('}');
        }
    }
    Ok(())
}

/// Escapes also what would be markup if the JSON stood in a web page, as Terraform does.
pub(crate) fn write_text(text: &str, json: &mut String) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\u{0}'..='\u{1f}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(letter));
            }
            other => json.push(other),
        }
    }
    json.push('"');
}
