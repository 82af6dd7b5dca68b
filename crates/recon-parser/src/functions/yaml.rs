//! `yamlencode` and `yamldecode`, to the byte as Terraform writes YAML: every string in quotes or as a literal block.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use recon_core::{Data, Value};

use super::string::within_limit;
use super::{Function, Refusal, Returns, any, open, pure, str_of, text};

pub(super) static FUNCTIONS: &[Function] = &[
    pure("yamlencode", &[any("value").nullable().of_open_type()], Returns::String, |a| {
        Ok(encode(&a[0])?.into())
    }),
    pure("yamldecode", &[text("src")], Returns::Decided(open), |a| super::yaml_read::decode(str_of(&a[0]))),
];

/// Where a quoted string is folded at its next space.
const WIDTH: usize = 80;

/// A key that is longer stands behind a question mark.
const SIMPLE_KEY_BYTES_MAX: usize = 128;

fn encode(value: &Value) -> Result<String, Refusal> {
    let mut writer = Writer::default();
    writer.node(value, 0)?;
    // A plain scalar could go on, so the document says that it ends.
    if matches!(value.data, Data::Null(_) | Data::Bool(_) | Data::Number(_)) {
        writer.yaml.push_str("\n...");
    }
    if !writer.yaml.ends_with('\n') {
        writer.yaml.push('\n');
    }
    Ok(writer.yaml)
}

#[derive(Default)]
struct Writer {
    yaml: String,
}

impl Writer {
    /// Writes a value whose collection, if it is one, stands at a column; the line so far leads up to it.
    fn node(&mut self, value: &Value, column: usize) -> Result<(), Refusal> {
        within_limit(self.yaml.len())?;
        match &value.data {
            Data::Null(_) | Data::Unknown(_) => self.yaml.push_str("null"),
            Data::Bool(value) => self.yaml.push_str(if *value { "true" } else { "false" }),
            Data::Number(number) => self.yaml.push_str(&number.to_string()),
            Data::String(text) => self.text(text, column.max(2)),
            Data::List(_) | Data::Set(_) | Data::Tuple(_) if value.items().is_empty() => {
                self.yaml.push_str("[]");
            }
            Data::List(_) | Data::Set(_) | Data::Tuple(_) => self.sequence(value, column)?,
            Data::Map(_) | Data::Object(_) if value.entries().is_none_or(BTreeMap::is_empty) => {
                self.yaml.push_str("{}");
            }
            Data::Map(_) | Data::Object(_) => self.mapping(value, column)?,
        }
        Ok(())
    }

    fn sequence(&mut self, value: &Value, column: usize) -> Result<(), Refusal> {
        for (index, item) in value.items().iter().enumerate() {
            if index > 0 {
                self.line(column);
            }
            self.yaml.push_str("- ");
            self.node(item, column + 2)?;
        }
        Ok(())
    }

    fn mapping(&mut self, value: &Value, column: usize) -> Result<(), Refusal> {
        for (index, (key, item)) in value.entries().into_iter().flatten().enumerate() {
            if index > 0 {
                self.line(column);
            }
            let simple = !key.contains('\n') && key.len() <= SIMPLE_KEY_BYTES_MAX;
            if simple {
                quote(key, None, &mut self.yaml);
                self.yaml.push(':');
                self.after_key(item, column)?;
            } else {
                self.yaml.push_str("? ");
                self.text(key, column + 2);
                self.line(column);
                self.yaml.push_str(": ");
                self.node(item, column + 2)?;
            }
        }
        Ok(())
    }

    /// A sequence below a key stands at the key's own column, a mapping two further in.
    fn after_key(&mut self, item: &Value, column: usize) -> Result<(), Refusal> {
        let empty = item.children().next().is_none();
        match &item.data {
            Data::List(_) | Data::Set(_) | Data::Tuple(_) if !empty => {
                self.line(column);
                self.sequence(item, column)
            }
            Data::Map(_) | Data::Object(_) if !empty => {
                self.line(column + 2);
                self.mapping(item, column + 2)
            }
            _ => {
                self.yaml.push(' ');
                self.node(item, column + 2)
            }
        }
    }

    fn line(&mut self, column: usize) {
        if !self.yaml.ends_with('\n') {
            self.yaml.push('\n');
        }
        self.yaml.push_str(&" ".repeat(column));
    }

    fn text(&mut self, text: &str, column: usize) {
        if text.contains('\n') && fits_block(text) {
            self.block(text, column);
        } else {
            quote(text, Some(column), &mut self.yaml);
        }
    }

    fn block(&mut self, text: &str, column: usize) {
        self.yaml.push('|');
        if text.starts_with([' ', '\n']) {
            self.yaml.push('2');
        }
        self.yaml.push_str(match text.strip_suffix('\n') {
            None => "-",
            Some(rest) if rest.is_empty() || rest.ends_with('\n') => "+",
            Some(_) => "",
        });
        self.yaml.push('\n');
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.yaml.push_str(&" ".repeat(column));
                self.yaml.push_str(line);
            }
            self.yaml.push('\n');
        }
        if text.strip_suffix('\n').is_none() {
            self.yaml.pop();
        }
    }
}

/// Whether every character of the text may stand in a literal block as it is.
fn fits_block(text: &str) -> bool {
    !text.ends_with(' ')
        && !text.contains(" \n")
        && text.chars().all(|c| c == '\n' || (is_printable(c) && !is_break(c)))
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{fffd}') && c != '\u{feff}'
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Writes a string in double quotes, folded onto lines at a column if it may be.
fn quote(text: &str, fold: Option<usize>, yaml: &mut String) {
    yaml.push('"');
    let mut width = yaml.len() - yaml.rfind('\n').map_or(0, |end| end + 1);
    let mut after_space = false;
    let mut letters = text.chars().peekable();
    let mut first = true;
    while let Some(letter) = letters.next() {
        let before = yaml.len();
        let inside = !first && letters.peek().is_some();
        match fold {
            Some(column) if letter == ' ' && !after_space && width > WIDTH && inside => {
                yaml.push('\n');
                yaml.push_str(&" ".repeat(column));
                width = column;
                if letters.peek() == Some(&' ') {
                    yaml.push('\\');
                    width += 1;
                }
            }
            _ => {
                escape(letter, yaml);
                width += yaml[before..].chars().count();
            }
        }
        after_space = letter == ' ';
        first = false;
    }
    yaml.push('"');
}

fn escape(letter: char, yaml: &mut String) {
    let short = match letter {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        other if is_printable(other) => return yaml.push(other),
        _ => "",
    };
    if !short.is_empty() {
        return yaml.push_str(short);
    }
    let code = u32::from(letter);
    // Writing to a string cannot fail.
    let _ = match code {
        ..=0xff => write!(yaml, "\\x{code:02X}"),
        0x100..=0xffff => write!(yaml, "\\u{code:04X}"),
        _ => write!(yaml, "\\U{code:08X}"),
    };
}
