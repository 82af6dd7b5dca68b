//! `condition ? yes : no`: both results have one type, whichever is chosen.

use recon_core::convert::{convert, unify};
use recon_core::{Data, Diagnostics, Marks, Type, Unknown, Value};

use super::{Context, evaluate_in, partial};
use crate::expression::Expression;

const MISMATCH: &str = "Inconsistent conditional result types";

pub(super) fn evaluate(
    expression: &Expression,
    [condition, yes, no]: [&Expression; 3],
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let decision = evaluate_in(condition, context)?;
    if decision.is_null() {
        let detail = "The condition value is null. Conditions must either be true or false.";
        return Err(context.fail(condition, "Null condition", detail));
    }
    let decision = convert(&decision, &Type::Bool).map_err(|mismatch| {
        let detail = format!("The condition expression must be of type bool: {mismatch}.");
        context.fail(condition, "Incorrect condition type", detail)
    })?;
    // What is wrong with the result that is not chosen does not matter, but its type does.
    let chosen = decision.as_bool();
    let results = match chosen {
        Some(true) => [evaluate_in(yes, context)?, discarded(no, context)?],
        Some(false) => [discarded(yes, context)?, evaluate_in(no, context)?],
        None => [evaluate_in(yes, context)?, evaluate_in(no, context)?],
    };
    let ty = common_type(&results).ok_or_else(|| {
        let detail = format!(
            "The true and false result expressions must have consistent types. {}",
            difference(&results[0].ty(), &results[1].ty())
        );
        context.fail(expression, MISMATCH, detail)
    })?;
    let [yes, no] = results;
    // Which result it is tells something of the other, so the marks of both are on it.
    let marks = decision.marks.and(yes.marks).and(no.marks);
    let result = match chosen {
        Some(true) => yes,
        Some(false) => no,
        None => return Ok(either(&yes, &no, ty).marked(marks)),
    };
    let result = convert(&result, &ty).map_err(|mismatch| {
        let detail = format!("The chosen result value has the wrong type: {}.", mismatch.full());
        context.fail(expression, MISMATCH, detail)
    })?;
    Ok(result.marked(marks))
}

fn discarded(expression: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let context = &context.quiet();
    evaluate_in(expression, context)
        .or_else(|found| if context.is_astray() { Err(found) } else { Ok(partial::of(expression, context)) })
}

/// The type of the whole; `Any` leaves the chosen result as it is.
pub(super) fn common_type([yes, no]: &[Value; 2]) -> Option<Type> {
    let bare_null = |value: &Value| value.marks == Marks::NONE && matches!(value.data, Data::Null(Type::Any));
    let (yes_type, no_type) = (yes.ty(), no.ty());
    match (bare_null(yes), bare_null(no)) {
        (true, _) => Some(no_type),
        (_, true) => Some(yes_type),
        _ if yes_type == Type::Any || no_type == Type::Any => Some(Type::Any),
        _ => unify(&[yes_type, no_type]),
    }
}

/// What is known while the condition is not.
fn either(yes: &Value, no: &Value, ty: Type) -> Value {
    let marks = yes.deep_marks().and(no.deep_marks());
    if yes.is_null() && no.is_null() {
        return Value::null(ty).marked(marks);
    }
    let not_null = |value: &Value| match &value.data {
        Data::Null(_) => false,
        Data::Unknown(unknown) => unknown.not_null,
        _ => true,
    };
    let unknown = Unknown { not_null: not_null(yes) && not_null(no), ..Unknown::of(ty) };
    Value::from(Data::Unknown(unknown)).marked(marks)
}

fn difference(yes: &Type, no: &Type) -> String {
    match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            let only = |this: &std::collections::BTreeMap<_, Type>,
                        other: &std::collections::BTreeMap<_, Type>| {
                this.keys().find(|name| !other.contains_key(*name)).cloned()
            };
            if let Some(name) = only(a, b) {
                return format!(
                    "The 'true' value includes object attribute \"{name}\", which is absent in the 'false' value."
                );
            }
            if let Some(name) = only(b, a) {
                return format!(
                    "The 'false' value includes object attribute \"{name}\", which is absent in the 'true' value."
                );
            }
            let differing = a.iter().find(|(name, ty)| unify(&[(*ty).clone(), b[*name].clone()]).is_none());
            differing.map_or_else(String::new, |(name, ty)| {
                format!("Type mismatch for object attribute \"{name}\": {}", difference(ty, &b[name]))
            })
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() != b.len() => {
            format!("The 'true' tuple has length {}, but the 'false' tuple has length {}.", a.len(), b.len())
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            let differing = a
                .iter()
                .zip(&**b)
                .enumerate()
                .find(|(_, (a, b))| unify(&[(*a).clone(), (*b).clone()]).is_none());
            differing.map_or_else(String::new, |(index, (a, b))| {
                format!("Type mismatch for tuple element {index}: {}", difference(a, b))
            })
        }
        (yes, no) => {
            format!("The 'true' value is {}, but the 'false' value is {}.", yes.friendly(), no.friendly())
        }
    }
}
