//! What can be said of an expression that has no value: its type, as far as the parts that have one decide it.
//!
//! The result of a conditional that is not chosen may fail, and still has a say in the type of the whole.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Type, Value};

use super::conditional::common_type;
use super::object::key_of;
use super::operators::{not_null, result_type};
use super::{Context, evaluate_in};
use crate::expression::{Expression, Kind, Part, UnaryOperator};

/// The value of an expression that failed, with unknowns for what is wrong in it.
pub(super) fn of(expression: &Expression, context: &Context<'_>) -> Value {
    let Ok(context) = &context.deeper(expression) else { return Value::unknown(Type::Any) };
    match &*expression.kind {
        Kind::Parenthesis(inner) => known_or(inner, context),
        Kind::Tuple(items) => Value::tuple(items.iter().map(|item| known_or(item, context)).collect()),
        Kind::Object(entries) => object(entries, context).unwrap_or_else(|| Value::unknown(Type::Any)),
        Kind::Template(parts) => match parts.as_slice() {
            [Part::Interpolation(only)] => known_or(only, context),
            _ => not_null(Type::String),
        },
        Kind::Unary(UnaryOperator::Not, _) => not_null(Type::Bool),
        Kind::Unary(UnaryOperator::Negate, _) => not_null(Type::Number),
        Kind::Binary(_, operator, _) => not_null(result_type(*operator)),
        Kind::Conditional(_, yes, no) => {
            let results = [known_or(yes, context), known_or(no, context)];
            Value::unknown(common_type(&results).unwrap_or(Type::Any))
        }
        Kind::Literal(_)
        | Kind::Variable(_)
        | Kind::Attribute(..)
        | Kind::Index(..)
        | Kind::Splat { .. }
        | Kind::SplatItem
        | Kind::Call { .. }
        | Kind::For(_) => Value::unknown(Type::Any),
    }
}

fn known_or(expression: &Expression, context: &Context<'_>) -> Value {
    evaluate_in(expression, context).unwrap_or_else(|_| of(expression, context))
}

/// Nothing if not even the names of its attributes are known.
fn object(entries: &[(Expression, Expression)], context: &Context<'_>) -> Option<Value> {
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    for (key, value) in entries {
        let name = key_of(key, context).ok()?;
        attributes.insert(name.as_str()?.into(), known_or(value, context));
    }
    Some(Value::object(attributes))
}
