//! Evaluates what may refer to nothing: defaults of variables and of optional attributes.

use recon_core::{Diagnostic, Diagnostics, Span, Value};

use crate::evaluate::evaluate;
use crate::expression::Expression;
use crate::files::{FileError, Files};
use crate::scope::{Clock, Lookup, Scope};

/// The value of an expression in which no name has a meaning.
pub(crate) fn constant(expression: &Expression) -> Result<Value, Diagnostics> {
    evaluate(expression, &Nothing)
}

/// A scope without names and files.
struct Nothing;

impl Scope for Nothing {
    fn lookup(&self, _: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        let detail = "Only a fixed value can stand here, because it is needed before anything else is known. References cannot be used.";
        Err(Diagnostic::error("Variables not allowed", detail).at(span))
    }

    fn files(&self) -> &dyn Files {
        self
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 0, applying: None }
    }
}

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::Missing)
    }

    fn exists(&self, _: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn walk(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::Missing)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::Missing)
    }

    fn current_directory(&self) -> String {
        ".".to_owned()
    }

    fn home_directory(&self) -> Option<String> {
        None
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }
}
