//! `csvdecode`: RFC 4180, strict about quotes, as Terraform reads it.
//!
//! Written here because readers of CSV in the field forgive a quote inside a bare field, which is an error in this language.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Type, Value};

use super::{Function, Outcome, Returns, normal, open, pure, str_of, text};

pub(super) static FUNCTIONS: &[Function] =
    &[pure("csvdecode", &[text("str")], Returns::Decided(open), |a| csvdecode(str_of(&a[0])))];

fn csvdecode(text: &str) -> Outcome {
    let mut reader = Reader { rest: text, line: 1 };
    let header = reader.row()?.ok_or("missing header line")?;
    let names: Vec<Name> = header.iter().map(|name| crate::syntax::normalized(name)).collect();
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(format!("duplicate column name {name:?}").into());
        }
    }
    let mut rows = Vec::new();
    loop {
        let line = reader.line;
        let Some(row) = reader.row()? else { break };
        if row.len() != names.len() {
            return Err(format!("CSV parse error on line {line}: wrong number of fields").into());
        }
        let fields = names.iter().cloned().zip(row.iter().map(|field| normal(field)));
        rows.push(Value::object(fields.collect::<BTreeMap<_, _>>()));
    }
    let element = Type::object(names.into_iter().map(|name| (name, Type::String)));
    Ok(Value::list(element, rows))
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// The fields of the next row that is not empty.
    fn row(&mut self) -> Result<Option<Vec<String>>, String> {
        while let Some(after) = line_end(self.rest) {
            self.rest = after;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        loop {
            fields.push(if self.rest.starts_with('"') { self.quoted()? } else { self.bare()?.to_owned() });
            if let Some(after) = self.rest.strip_prefix(',') {
                self.rest = after;
                continue;
            }
            if let Some(after) = line_end(self.rest) {
                self.rest = after;
                self.line += 1;
            }
            return Ok(Some(fields));
        }
    }

    fn bare(&mut self) -> Result<&'a str, String> {
        let line = self.rest.find('\n').unwrap_or(self.rest.len());
        let end =
            self.rest[..line].find(',').unwrap_or_else(|| self.rest[..line].trim_end_matches('\r').len());
        let (field, rest) = self.rest.split_at(end);
        if field.contains('"') {
            return Err(format!("CSV parse error on line {}: bare \" in non-quoted field", self.line));
        }
        self.rest = rest;
        Ok(field)
    }

    fn quoted(&mut self) -> Result<String, String> {
        let unbalanced =
            |line: usize| format!("CSV parse error on line {line}: extraneous or missing \" in quoted-field");
        let mut field = String::new();
        self.rest = &self.rest[1..];
        loop {
            let (before, after) = self.rest.split_once('"').ok_or_else(|| unbalanced(self.line))?;
            self.line += before.matches('\n').count();
            field.push_str(&before.replace("\r\n", "\n"));
            self.rest = after;
            if let Some(more) = after.strip_prefix('"') {
                field.push('"');
                self.rest = more;
                continue;
            }
            let ends = after.is_empty() || after.starts_with(',') || line_end(after).is_some();
            return if ends { Ok(field) } else { Err(unbalanced(self.line)) };
        }
    }
}

/// What follows a line end, if `text` starts with one.
fn line_end(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'))
}
