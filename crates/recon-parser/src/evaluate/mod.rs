//! Evaluation: an expression and a scope give a value, or say what is wrong.
//!
//! What is unknown stays unknown and what is sensitive stays sensitive, through every operation.

mod call;
mod comprehension;
mod conditional;
#[cfg(test)]
mod conformance;
pub mod constraint;
mod context;
mod equality;
mod index;
mod object;
mod operators;
mod partial;
#[cfg(test)]
mod properties;
mod seen;
mod size;
mod splat;
mod steps;
mod template;
#[cfg(test)]
mod tests;

use recon_core::{Diagnostics, Value};

use crate::expression::{Expression, Kind};
use crate::reference;
use crate::scope::Scope;

pub(crate) use context::{Binding, Budget, Context};
pub(crate) use equality::equal;
pub(crate) use template::{TEXT_BYTES_MAX, evaluate_template};

/// The value of an expression, or everything that is wrong with it.
pub fn evaluate(expression: &Expression, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    let misuses = reference::misuses(expression);
    if misuses.has_errors() {
        return Err(misuses);
    }
    let budget = Budget::default();
    let context = Context::new(scope, &budget);
    let value = evaluate_in(expression, &context)?;
    size::check([&value], expression, &context)?;
    Ok(value)
}

/// The references in an expression with what they are, in a few words that show nothing sensitive.
pub fn seen(expression: &Expression, scope: &dyn Scope) -> Vec<(String, String)> {
    let budget = Budget::default();
    seen::values(expression, &Context::new(scope, &budget).looking_on())
}

/// The argument of `type(…)` if that is the whole expression: the console shows the type of a value, and nothing else does.
pub fn type_question(expression: &Expression) -> Option<&Expression> {
    match &*expression.kind {
        Kind::Parenthesis(inner) => type_question(inner),
        Kind::Call { name, arguments, expand: false, .. } if &**name == "type" => {
            match arguments.as_slice() {
                [only] => Some(only),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(crate) fn evaluate_in(expression: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let context = &context.deeper(expression)?;
    match &*expression.kind {
        Kind::Literal(value) => Ok(value.clone()),
        Kind::Parenthesis(inner) => evaluate_in(inner, context),
        Kind::Template(parts) => template::evaluate_quoted(expression, parts, context),
        Kind::Variable(_) | Kind::Attribute(..) | Kind::Index(..) => steps::evaluate(expression, context),
        Kind::SplatItem => Ok(context.splat_item()),
        Kind::Splat { source, each } => splat::evaluate(expression, source, each, context),
        Kind::Call { .. } => call::evaluate(expression, context),
        Kind::Conditional(condition, yes, no) => {
            conditional::evaluate(expression, [condition, yes, no], context)
        }
        Kind::Unary(operator, operand) => operators::unary(expression, *operator, operand, context),
        Kind::Binary(..) => operators::binary(expression, context),
        Kind::For(for_) => comprehension::evaluate(expression, for_, context),
        Kind::Tuple(items) => evaluate_all(items, context).map(Value::tuple),
        Kind::Object(entries) => object::evaluate(expression, entries, context),
    }
}

/// Evaluates all, and keeps what is wrong with any.
pub(crate) fn evaluate_all(items: &[Expression], context: &Context<'_>) -> Result<Vec<Value>, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.extend(diagnostics.take(evaluate_in(item, context)));
    }
    diagnostics.into_result(values)
}
