//! Values as expressions that make them again, in the layout of `fmt`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use recon_core::value::Name;
use recon_core::{Data, Value};

use crate::decode::name::is_name;

/// The value as an expression. Collections become tuples and objects, which convert back where a type is asked for.
///
/// Marks do not show in the text: who prints it must look at them first.
pub fn expression(value: &Value) -> String {
    written(value, 0)
}

/// Arguments, one to a line, as a variable file holds them.
pub fn arguments(entries: &BTreeMap<Name, Value>) -> String {
    lines(entries, 0)
}

fn written(value: &Value, indent: usize) -> String {
    match &value.data {
        Data::Null(_) | Data::Unknown(_) => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => quoted(text),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            let items: Vec<String> = value.items().iter().map(|item| written(item, indent)).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(_) | Data::Object(_) => match value.entries() {
            Some(entries) if !entries.is_empty() => {
                format!("{{\n{}{}}}", lines(entries, indent + 2), " ".repeat(indent))
            }
            _ => "{}".to_owned(),
        },
    }
}

/// The equals signs of neighbouring lines stand below each other; what takes several lines has none.
fn lines(entries: &BTreeMap<Name, Value>, indent: usize) -> String {
    let written: Vec<(String, String)> =
        entries.iter().map(|(name, value)| (key(name), written(value, indent))).collect();
    let several = |entry: &(String, String)| entry.1.contains('\n');
    let mut text = String::new();
    for group in written.chunk_by(|a, b| several(a) == several(b) && !several(a)) {
        let width = group.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        for (key, value) in group {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}{key:width$} = {value}", " ".repeat(indent));
        }
    }
    text
}

fn key(name: &str) -> String {
    if is_name(name) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => {
                quoted.push(letter);
                quoted.push(letter);
            }
            other if other.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(other));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_lines_are_aligned() {
        let inner = Value::object([("x y", Value::from(true)), ("zz", Value::tuple(vec![]))]);
        let entries =
            [("a", Value::from(1i64)), ("bcd", "${x}".into()), ("e", inner)].map(|(k, v)| (Name::from(k), v));
        assert_eq!(
            arguments(&BTreeMap::from(entries)),
            "a   = 1\nbcd = \"$${x}\"\ne = {\n  \"x y\" = true\n  zz    = []\n}\n"
        );
    }
}
