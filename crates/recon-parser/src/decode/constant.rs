//! Evaluates what may refer to nothing: defaults of variables and of optional attributes.

use recon_core::{Diagnostic, Diagnostics, Span, Value};

use crate::evaluate::evaluate;
use crate::expression::{Expression, Kind, Part};
use crate::files::{Files, NoFiles};
use crate::scope::{Clock, Lookup, Scope};

/// The value of an expression in which no name has a meaning and no function can be called.
pub(crate) fn constant(expression: &Expression) -> Result<Value, Diagnostics> {
    if let Some(place) = call_in(expression) {
        let detail = "Only a fixed value can stand here, because it is needed before anything else is known. Functions cannot be called.";
        return Err(Diagnostic::error("Function calls not allowed", detail).at(place).into());
    }
    evaluate(expression, &Nothing)
}

/// Where a function is called in an expression. A `for` or a template with directives is left to the evaluation.
fn call_in(expression: &Expression) -> Option<Span> {
    match &*expression.kind {
        Kind::Call { name_span, .. } => Some(*name_span),
        Kind::Attribute(inner, _) | Kind::Unary(_, inner) | Kind::Parenthesis(inner) => call_in(inner),
        Kind::Index(a, b) | Kind::Binary(a, _, b) => call_in(a).or_else(|| call_in(b)),
        Kind::Splat { source, each } => call_in(source).or_else(|| call_in(each)),
        Kind::Conditional(a, b, c) => [a, b, c].into_iter().find_map(call_in),
        Kind::Tuple(items) => items.iter().find_map(call_in),
        Kind::Object(entries) => {
            entries.iter().find_map(|(key, value)| call_in(key).or_else(|| call_in(value)))
        }
        Kind::For(inner) => call_in(&inner.collection).or_else(|| call_in(&inner.result)),
        Kind::Template(parts) => parts.iter().find_map(|part| match part {
            Part::Interpolation(inner) => call_in(inner),
            Part::Text(_) | Part::If { .. } | Part::For { .. } => None,
        }),
        Kind::Literal(_) | Kind::Variable(_) | Kind::SplatItem => None,
    }
}

/// A scope without names and files.
struct Nothing;

impl Scope for Nothing {
    fn lookup(&self, _: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        let detail = "Only a fixed value can stand here, because it is needed before anything else is known. References cannot be used.";
        Err(Diagnostic::error("Variables not allowed", detail).at(span))
    }

    fn files(&self) -> &dyn Files {
        &NoFiles
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 0, applying: None }
    }
}
