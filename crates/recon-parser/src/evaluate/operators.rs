//! Operators: arithmetic, comparison, logic.

use std::cmp::Ordering;

use recon_core::convert::convert;
use recon_core::number::NoResult;
use recon_core::{Data, Diagnostics, Number, Type, Unknown, Value};

use super::{Context, equal, evaluate_in};
use crate::expression::{BinaryOperator, Expression, Kind, UnaryOperator};

const NULL: &str = "Error during operation: argument must not be null.";

pub(super) fn unary(
    expression: &Expression,
    operator: UnaryOperator,
    operand: &Expression,
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let ty = match operator {
        UnaryOperator::Not => Type::Bool,
        UnaryOperator::Negate => Type::Number,
    };
    let value = evaluate_in(operand, context)?;
    let value = convert(&value, &ty).map_err(|mismatch| {
        context.fail(operand, "Invalid operand", format!("Unsuitable value for unary operand: {mismatch}."))
    })?;
    let (value, marks) = value.unmarked();
    let result = match &value.data {
        Data::Null(_) => return Err(context.fail(expression, "Operation failed", NULL)),
        Data::Bool(value) => Value::from(!value),
        Data::Number(number) => Value::from(number.negated()),
        _ => not_null(ty),
    };
    Ok(result.marked(marks))
}

/// Something of that type, known after apply and certain not to be null.
pub(crate) fn not_null(ty: Type) -> Value {
    Data::Unknown(Unknown::not_null(ty)).into()
}

/// Evaluates a chain such as `a + b + c` from its left end, so that its length costs no depth.
pub(super) fn binary(expression: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let mut chain = Vec::new();
    let mut leftmost = expression;
    while let Kind::Binary(left, operator, right) = &*leftmost.kind {
        chain.push((leftmost, *operator, left, right));
        leftmost = left;
    }
    let mut value = evaluate_in(leftmost, context);
    while let Some((whole, operator, left, right)) = chain.pop() {
        context.spend(1, whole)?;
        value = combine(whole, operator, [(left, value), (right, evaluate_in(right, context))], context);
    }
    value
}

fn combine(
    expression: &Expression,
    operator: BinaryOperator,
    [left, right]: [(&Expression, Result<Value, Diagnostics>); 2],
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let operands = [(left, "left"), (right, "right")].map(|((operand, value), side)| {
        let value = diagnostics.take(value)?;
        let Some(ty) = operand_type(operator) else { return Some(value) };
        let converted = convert(&value, &ty).map_err(|mismatch| {
            let detail = format!("Unsuitable value for {side} operand: {mismatch}.");
            context.fail(operand, "Invalid operand", detail)
        });
        diagnostics.take(converted)
    });
    let [Some(left), Some(right)] = operands else { return Err(diagnostics) };
    let ((left, left_marks), (right, right_marks)) = (left.unmarked_deep(), right.unmarked_deep());
    let result =
        apply(operator, &left, &right).map_err(|why| context.fail(expression, "Operation failed", why))?;
    Ok(result.marked(left_marks.and(right_marks)))
}

/// What both operands are converted to; nothing where they stay as they are.
fn operand_type(operator: BinaryOperator) -> Option<Type> {
    use BinaryOperator as Op;
    match operator {
        Op::Equal | Op::NotEqual => None,
        Op::And | Op::Or => Some(Type::Bool),
        Op::Add
        | Op::Subtract
        | Op::Multiply
        | Op::Divide
        | Op::Remainder
        | Op::Less
        | Op::LessOrEqual
        | Op::Greater
        | Op::GreaterOrEqual => Some(Type::Number),
    }
}

/// The type of what an operator gives.
pub(super) fn result_type(operator: BinaryOperator) -> Type {
    use BinaryOperator as Op;
    match operator {
        Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder => Type::Number,
        Op::Equal
        | Op::NotEqual
        | Op::Less
        | Op::LessOrEqual
        | Op::Greater
        | Op::GreaterOrEqual
        | Op::And
        | Op::Or => Type::Bool,
    }
}

fn apply(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, String> {
    use BinaryOperator as Op;
    match operator {
        Op::Equal => return Ok(equal(left, right).map_or_else(|| not_null(Type::Bool), Value::from)),
        Op::NotEqual => {
            return Ok(equal(left, right).map_or_else(|| not_null(Type::Bool), |same| Value::from(!same)));
        }
        _ if left.is_null() || right.is_null() => return Err(NULL.to_owned()),
        _ => {}
    }
    Ok(match (operator, &left.data, &right.data) {
        (Op::And, Data::Bool(a), Data::Bool(b)) => Value::from(*a && *b),
        (Op::Or, Data::Bool(a), Data::Bool(b)) => Value::from(*a || *b),
        (_, Data::Number(a), Data::Number(b)) => return arithmetic(operator, a, b),
        _ => not_null(result_type(operator)),
    })
}

fn arithmetic(operator: BinaryOperator, a: &Number, b: &Number) -> Result<Value, String> {
    use BinaryOperator as Op;
    let number = |result: Result<Number, NoResult>| {
        result.map(Value::from).map_err(|why| format!("Error during operation: {why}."))
    };
    match operator {
        Op::Add => number(a.plus(b)),
        Op::Subtract => number(a.minus(b)),
        Op::Multiply => number(a.times(b)),
        Op::Divide => number(a.divided_by(b)),
        Op::Remainder => number(a.remainder(b)),
        Op::Less => Ok((a < b).into()),
        Op::LessOrEqual => Ok((a <= b).into()),
        Op::Greater => Ok((a > b).into()),
        Op::GreaterOrEqual => Ok((a >= b).into()),
        Op::Equal | Op::NotEqual => Ok((a.cmp(b) == Ordering::Equal).into()),
        Op::And | Op::Or => Ok(Value::null(Type::Bool)),
    }
}
