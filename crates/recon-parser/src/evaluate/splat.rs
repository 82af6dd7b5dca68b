//! `source[*].rest`: the same steps taken from every element, or from a single value as if it were a list of one.

use std::sync::Arc;

use recon_core::convert::{convert, unify};
use recon_core::{Data, Diagnostics, Type, Value};

use super::context::Binding;
use super::{Context, evaluate_in};
use crate::expression::Expression;

pub(super) fn evaluate(
    expression: &Expression,
    source: &Expression,
    each: &Expression,
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let source = evaluate_in(source, context)?;
    let marks = source.marks;
    let ty = source.ty();
    let is_sequence = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
    let visit = |item: &Value| {
        context.spend(1, expression)?;
        let names = context.bind(Binding::Item(item.clone()));
        evaluate_in(each, &context.inside_parts(&names, marks))
    };
    let result = match &source.data {
        Data::Null(_) if is_sequence => {
            let detail = "Splat expressions (with the * symbol) cannot be applied to null sequences.";
            return Err(context.fail(expression, "Splat of null value", detail));
        }
        Data::Null(_) => Value::tuple(Vec::new()),
        // Not null, and certainly one value.
        Data::Unknown(unknown) if unknown.not_null && !is_sequence && unknown.ty != Type::Any => {
            Value::tuple(vec![visit(&source)?])
        }
        Data::Unknown(unknown) => unknown_result(&unknown.ty, &visit)?,
        Data::Set(_) if source.has_open_length() => {
            let marks = source.deep_marks();
            unknown_result(&ty, &visit)?.marked(marks)
        }
        Data::List(list) | Data::Set(list) if list.items.is_empty() => {
            let item = visit(&Value::unknown(list.element.clone()))?;
            Value::list(item.ty(), Vec::new())
        }
        Data::List(_) | Data::Set(_) => {
            let items = source.items().iter().map(visit).collect::<Result<Vec<_>, _>>()?;
            let tuple = Value::tuple(items);
            convert(&tuple, &Type::list(Type::Any)).unwrap_or(tuple)
        }
        Data::Tuple(items) => Value::tuple(items.iter().map(visit).collect::<Result<_, _>>()?),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Map(_) | Data::Object(_) => {
            // The marks of a single value are on its one element as well.
            Value::tuple(vec![visit(&source)?])
        }
    };
    Ok(result.marked(marks))
}

/// What can be said of the result while the source is unknown: its type, where the source has one.
fn unknown_result(
    ty: &Type,
    visit: &dyn Fn(&Value) -> Result<Value, Diagnostics>,
) -> Result<Value, Diagnostics> {
    let item = |ty: &Type| visit(&Value::unknown(ty.clone())).map(|value| value.ty());
    Ok(Value::unknown(match ty {
        Type::List(element) | Type::Set(element) => Type::list(unify(&[item(element)?]).unwrap_or(Type::Any)),
        Type::Tuple(items) => Type::Tuple(Arc::new(items.iter().map(item).collect::<Result<_, _>>()?)),
        Type::Any => Type::Any,
        // A single value may yet turn out to be null, which makes the result empty.
        Type::Bool | Type::Number | Type::String | Type::Map(_) | Type::Object(_) => {
            item(ty)?;
            Type::Any
        }
    }))
}
