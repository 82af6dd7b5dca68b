//! Calls of functions.

use recon_core::convert::{Mismatch, convert};
use recon_core::value::Name;
use recon_core::{Data, Diagnostics, Marks, Span, Type, Value};

use super::operators::not_null;
use super::{Context, evaluate_in};
use crate::expression::{Expression, Kind};
use crate::functions::{self, Function, Refusal, World};
use crate::suggest::did_you_mean;

const INVALID: &str = "Invalid function argument";
const FAILED: &str = "Error in function call";

pub(super) fn evaluate(expression: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let Kind::Call { name, name_span, arguments, expand } = &*expression.kind else {
        return evaluate_in(expression, context);
    };
    let known = name.strip_prefix("core::").unwrap_or(name);
    match known {
        "try" | "can" if *expand => match written_out(arguments, context)? {
            Some(arguments) if known == "try" => attempt(expression, &arguments, context),
            Some(arguments) => can(expression, &arguments, context),
            None => Ok(Value::unknown(Type::Any)),
        },
        "try" => attempt(expression, arguments, context),
        "can" => can(expression, arguments, context),
        "type" => {
            let detail = "The `type` function is for the console, and only as a whole expression.";
            Err(context.fail(expression, "Invalid use of type function", detail))
        }
        _ => match functions::find(name) {
            Some(function) => call(expression, function, (arguments, *expand), context),
            None => Err(unknown_function(expression, name, *name_span, context)),
        },
    }
}

fn unknown_function(expression: &Expression, name: &Name, span: Span, context: &Context<'_>) -> Diagnostics {
    let (summary, detail) = if name.contains("::") && !name.starts_with("core::") {
        let detail = format!(
            "There is no function named \"{name}\". Functions of providers start with \"provider::\", and only those \
             of \"provider::terraform::\" are available."
        );
        ("Unknown provider function", detail)
    } else {
        let hint = did_you_mean(name, functions::names());
        ("Call to unknown function", format!("There is no function named \"{name}\".{hint}"))
    };
    let place = Expression { kind: expression.kind.clone(), span };
    context.quiet().fail(&place, summary, detail)
}

/// The arguments as if each element of the last stood there itself; nothing while it is unknown.
fn written_out(
    arguments: &[Expression],
    context: &Context<'_>,
) -> Result<Option<Vec<Expression>>, Diagnostics> {
    let Some((last, first)) = arguments.split_last() else { return Ok(Some(Vec::new())) };
    let values = vec![evaluate_in(last, context)?];
    let Arguments::Known(values, _) = expanded(arguments, values, true, context)? else { return Ok(None) };
    let literals = values.into_iter().map(|value| Expression::new(Kind::Literal(value), last.span));
    Ok(Some(first.iter().cloned().chain(literals).collect()))
}

/// The first argument that has a value; an unknown one may still turn out to have none.
fn attempt(
    expression: &Expression,
    arguments: &[Expression],
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    if arguments.is_empty() {
        return Err(context.fail(
            expression,
            FAILED,
            "Call to function \"try\" failed: at least one argument is required.",
        ));
    }
    let mut failures = Vec::new();
    for argument in arguments {
        match evaluate_in(argument, &context.quiet()) {
            Ok(value) if value.is_wholly_known() => return Ok(value),
            Ok(value) => return Ok(Value::unknown(Type::Any).marked(value.deep_marks())),
            Err(found) if context.is_astray() => return Err(found),
            Err(found) => failures.extend(found),
        }
    }
    let told: Vec<String> =
        failures.iter().map(|found| format!("- {}: {}", found.summary, found.detail)).collect();
    let detail = format!(
        "Call to function \"try\" failed: no expression succeeded:\n{}\n\nAt least one expression must produce a \
         successful result.",
        told.join("\n")
    );
    Err(context.fail(expression, FAILED, detail))
}

fn can(
    expression: &Expression,
    arguments: &[Expression],
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let [argument] = arguments else {
        let summary = if arguments.is_empty() {
            "Not enough function arguments"
        } else {
            "Too many function arguments"
        };
        let detail = format!("Function \"can\" takes one argument, not {}.", arguments.len());
        return Err(context.fail(expression, summary, detail));
    };
    Ok(match evaluate_in(argument, &context.quiet()) {
        Ok(value) if value.is_wholly_known() => true.into(),
        Ok(value) => not_null(Type::Bool).marked(value.deep_marks()),
        Err(found) if context.is_astray() => return Err(found),
        Err(_) => false.into(),
    })
}

fn call(
    expression: &Expression,
    function: &Function,
    (arguments, expand): (&[Expression], bool),
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let values = super::evaluate_all(arguments, context)?;
    let (values, marks) = match expanded(arguments, values, expand, context)? {
        Arguments::Known(values, marks) => (values, marks),
        Arguments::Unknown(marks) => return Ok(Value::unknown(Type::Any).marked(marks)),
    };
    check_count(expression, function, values.len(), context)?;
    let place = |index: usize| arguments.get(index).or(arguments.last()).unwrap_or(expression);
    let mut diagnostics = Diagnostics::new();
    let mut converted = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let Some(parameter) = function.parameter(index) else { continue };
        let result = convert(value, &parameter.ty()).map_err(|mismatch| {
            let detail =
                format!("Invalid value for \"{}\" parameter: {}.", parameter.name, shown(&mismatch, value));
            context.fail(place(index), INVALID, detail)
        });
        converted.extend(diagnostics.take(result));
    }
    let converted = diagnostics.into_result(converted)?;
    super::size::check(&converted, expression, context)?;
    let world = World { context, call: expression };
    function.call(&world, converted).map(|value| value.marked(marks)).map_err(|refusal| match refusal {
        Refusal::Argument(index, why) => {
            let name = function.parameter(index).map_or("?", |parameter| parameter.name);
            context.fail(
                place(index),
                INVALID,
                format!("Invalid value for \"{name}\" parameter: {}", sentence(&why)),
            )
        }
        Refusal::Call(why) => {
            let detail = format!("Call to function \"{}\" failed: {}", function.name, sentence(&why));
            context.fail(expression, FAILED, detail)
        }
    })
}

/// The way to a part of a sensitive value is not shown, because its keys are sensitive as well.
fn shown(mismatch: &Mismatch, value: &Value) -> String {
    if value.deep_marks().is_sensitive() { mismatch.message.clone() } else { mismatch.full() }
}

fn sentence(why: &str) -> String {
    if why.ends_with(['.', '?', '!']) { why.to_owned() } else { format!("{why}.") }
}

enum Arguments {
    Known(Vec<Value>, Marks),
    Unknown(Marks),
}

/// The arguments, with the elements of the last in its place if `...` follows it.
fn expanded(
    written: &[Expression],
    mut values: Vec<Value>,
    expand: bool,
    context: &Context<'_>,
) -> Result<Arguments, Diagnostics> {
    let last = if expand { values.pop().zip(written.last()) } else { None };
    let Some((last, place)) = last else { return Ok(Arguments::Known(values, Marks::NONE)) };
    let refuse = |detail: &str| Err(context.fail(place, "Invalid expanding argument value", detail));
    match &last.data {
        Data::Null(_) => refuse("The expanding argument (indicated by ...) must not be null."),
        Data::Unknown(unknown)
            if matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) =>
        {
            Ok(Arguments::Unknown(
                values.iter().fold(last.marks, |marks, value| marks.and(value.deep_marks())),
            ))
        }
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            values.extend(last.items().iter().map(|item| item.clone().marked(last.marks)));
            Ok(Arguments::Known(values, last.marks))
        }
        _ => refuse("The expanding argument (indicated by ...) must be of a tuple, list, or set type."),
    }
}

fn check_count(
    expression: &Expression,
    function: &Function,
    given: usize,
    context: &Context<'_>,
) -> Result<(), Diagnostics> {
    let expected = function.parameters.len();
    let name = function.name;
    if let Some(missing) = function.parameters.get(given) {
        let at_least = if function.variadic.is_some() { "at least " } else { "" };
        let detail = format!(
            "Function \"{name}\" expects {at_least}{expected} argument(s). Missing value for \"{}\".",
            missing.name
        );
        return Err(context.fail(expression, "Not enough function arguments", detail));
    }
    if given > expected && function.variadic.is_none() {
        let detail =
            format!("Function \"{name}\" expects only {expected} argument(s), and {given} are given.");
        return Err(context.fail(expression, "Too many function arguments", detail));
    }
    Ok(())
}
