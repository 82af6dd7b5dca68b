//! What is fed with arbitrary bytes: the parser, the evaluator, the state reader. No input may make them panic, hang or
//! fill the memory; and what they accept, they must give back.

use std::path::Path;

use recon_core::{Diagnostic, FileId, ResourceAddress, SourceMap, Span, Type, Value};
use recon_core::{Known, value::Name};
use recon_parser::files::{FileError, Files};
use recon_parser::scope::{Clock, Lookup, Scope};
use recon_parser::{evaluate, format, load, parse_expression, parse_template, render};
use recon_store::Schemas;

/// A directory with one file.
struct OneFile<'a> {
    name: &'a str,
    bytes: &'a [u8],
}

impl Files for OneFile<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == self.name { Ok(self.bytes.to_vec()) } else { Err(FileError::Missing) }
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        Ok(path == self.name)
    }

    fn walk(&self, _: &str) -> Result<Vec<String>, FileError> {
        Ok(vec![self.name.to_owned()])
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Ok(vec![self.name.to_owned()])
    }

    fn current_directory(&self) -> String {
        "/project".to_owned()
    }

    fn home_directory(&self) -> Option<String> {
        None
    }

    fn absolute(&self, path: &str) -> String {
        format!("/project/{path}")
    }
}

/// A module in which every variable has a value: known, secret or unknown.
struct Somewhere<'a>(OneFile<'a>);

impl Scope for Somewhere<'_> {
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        match lookup {
            Lookup::Variable(name) | Lookup::Local(name) => Ok(match name.len() % 4 {
                0 => Value::from(name.clone()),
                1 => Value::strings(["a", "b"]).sensitive(),
                2 => Value::unknown(Type::Any),
                _ => Value::object([("a", Value::from(1)), ("b", Value::null(Type::String))]),
            }),
            _ => Err(Diagnostic::error("Nothing here", "This module has variables only.").at(span)),
        }
    }

    fn files(&self) -> &dyn Files {
        &self.0
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 0, applying: Some((0, 7)) }
    }
}

/// A configuration file, in both syntaxes, and its layout.
pub(crate) fn configuration(bytes: &[u8]) {
    for name in ["main.tf", "main.tf.json"] {
        let mut sources = SourceMap::default();
        drop(load(&OneFile { name, bytes }, &mut sources, &load::Options::default()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(once) = format::format(FileId(0), text) {
        let twice = format::format(FileId(0), &once);
        assert!(twice.as_ref() == Ok(&once), "a layout that is laid out anew:\n{once}\n---\n{twice:?}");
    }
}

/// An expression and a template, with their values.
pub(crate) fn expression(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let scope = Somewhere(OneFile { name: "file.txt", bytes });
    for parsed in [parse_expression(FileId(0), text), parse_template(FileId(0), text)] {
        if let Ok(expression) = parsed
            && let Ok(value) = evaluate::evaluate(&expression, &scope)
        {
            drop((render::value(&value), value.ty()));
        }
    }
}

/// Types that have no schema, or a small one.
struct Few(Type);

impl Schemas for Few {
    fn ty(&self, block: &ResourceAddress) -> Option<(u32, Type)> {
        (&*block.kind == "terraform_data").then(|| (0, self.0.clone()))
    }

    fn upgrade(&self, _: &ResourceAddress, _: u32, value: Known) -> Result<Known, String> {
        Ok(value)
    }
}

fn few() -> Few {
    let text = |name: &str| (Name::from(name), Type::String);
    let open = |name: &str| (Name::from(name), Type::Any);
    Few(Type::object([text("id"), open("input"), open("output"), open("triggers_replace")]))
}

/// A state file.
pub(crate) fn state(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let schemas = few();
    let path = Path::new("state.json");
    let Ok(state) = recon_store::parse_state(text, path, &schemas) else { return };
    let printed = String::from_utf8(recon_store::print_state(&state, &schemas)).expect("a state is text");
    let again = recon_store::parse_state(&printed, path, &schemas);
    assert!(again.is_ok_and(|again| again == state), "a state that reads otherwise once written:\n{printed}");
}
