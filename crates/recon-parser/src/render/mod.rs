//! Values as text: as the console shows them, and as expressions that would make them.

mod expression;
#[cfg(test)]
mod properties;
mod types;

use recon_core::{Data, Type, Value};

pub use expression::{arguments, expression};
pub use types::ty;

/// The value as the console shows it; sensitive and ephemeral ones never, unknown ones as such.
pub fn value(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

fn write(value: &Value, indent: usize, text: &mut String) {
    if let Some(instead) = hidden(value) {
        return text.push_str(instead);
    }
    match &value.data {
        Data::Null(ty) => text.push_str(&null(ty)),
        Data::Unknown(_) => text.push_str("(known after apply)"),
        Data::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) => text.push_str(&number.to_string()),
        Data::String(string) => write_string(string, indent, text),
        Data::Tuple(items) => write_items(items, ("[", "]"), indent, text),
        Data::List(list) => write_items(&list.items, ("tolist([", "])"), indent, text),
        Data::Set(set) => write_items(&set.items, ("toset([", "])"), indent, text),
        Data::Object(_) => write_entries(value, ("{", "}"), indent, text),
        Data::Map(_) => write_entries(value, ("tomap({", "})"), indent, text),
    }
}

fn hidden(value: &Value) -> Option<&'static str> {
    if value.is_unknown() {
        return None;
    }
    if value.marks.is_sensitive() {
        return Some("(sensitive value)");
    }
    value.marks.is_ephemeral().then_some("(ephemeral value)")
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Any => "null".to_owned(),
        Type::String => "tostring(null)".to_owned(),
        Type::Number => "tonumber(null)".to_owned(),
        Type::Bool => "tobool(null)".to_owned(),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly()),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly()),
    }
}

fn write_items(items: &[Value], (open, close): (&str, &str), indent: usize, text: &mut String) {
    text.push_str(open);
    for item in items {
        new_line(indent + 2, text);
        write(item, indent + 2, text);
        text.push(',');
    }
    if !items.is_empty() {
        new_line(indent, text);
    }
    text.push_str(close);
}

fn write_entries(value: &Value, (open, close): (&str, &str), indent: usize, text: &mut String) {
    text.push_str(open);
    let mut any = false;
    for (name, item) in value.entries().into_iter().flatten() {
        any = true;
        new_line(indent + 2, text);
        write_string(name, indent + 2, text);
        text.push_str(" = ");
        write(item, indent + 2, text);
    }
    if any {
        new_line(indent, text);
    }
    text.push_str(close);
}

fn new_line(indent: usize, text: &mut String) {
    text.push('\n');
    text.push_str(&" ".repeat(indent));
}

/// Text of several lines as a heredoc, other text in quotes.
fn write_string(string: &str, indent: usize, text: &mut String) {
    if !string.contains('\n') {
        return quote(string, text);
    }
    let mut delimiter = "EOT".to_owned();
    while string.lines().any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    text.push_str(if indent > 0 { "<<-" } else { "<<" });
    text.push_str(&delimiter);
    for line in string.split('\n') {
        new_line(indent, text);
        text.push_str(line);
    }
    new_line(indent, text);
    text.push_str(&delimiter);
}

fn quote(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{7}' => text.push_str("\\a"),
            '\u{8}' => text.push_str("\\b"),
            '\u{b}' => text.push_str("\\v"),
            '\u{c}' => text.push_str("\\f"),
            other if is_visible(other) => text.push(other),
            other => text.push_str(&escaped(other)),
        }
    }
    text.push('"');
}

fn escaped(letter: char) -> String {
    match u32::from(letter) {
        code @ ..=0x7f => format!("\\x{code:02x}"),
        code @ 0x80..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Whether a terminal shows the character as something of its own.
fn is_visible(letter: char) -> bool {
    let formats = matches!(letter,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e007f}' | '\u{f0000}'..);
    letter == ' ' || !(letter.is_control() || letter.is_whitespace() || formats)
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case(&Value::null(Type::Any), "null")]
    #[test_case(&Value::null(Type::String), "tostring(null)")]
    #[test_case(&Value::null(Type::list(Type::String)), "tolist(null) /* of string */")]
    #[test_case(&Value::unknown(Type::String).sensitive(), "(known after apply)")]
    #[test_case(&Value::from("x").sensitive(), "(sensitive value)")]
    #[test_case(&Value::from("a\"\u{1}"), "\"a\\\"\\x01\"")]
    #[test_case(&Value::from("a\nEOT"), "<<EOT_\na\nEOT\nEOT_")]
    #[test_case(&Value::strings(["a"]), "tolist([\n  \"a\",\n])")]
    #[test_case(&Value::object([("k", Value::tuple(vec![]))]), "{\n  \"k\" = []\n}")]
    #[test_case(&Value::object([("k", Value::from("a\nb"))]), "{\n  \"k\" = <<-EOT\n  a\n  b\n  EOT\n}")]
    fn the_console_shows(given: &Value, expected: &str) {
        assert_eq!(value(given), expected);
    }
}
