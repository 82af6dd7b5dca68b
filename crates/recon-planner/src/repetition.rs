//! How many instances a block has, and with which keys.

use std::collections::BTreeMap;

use recon_core::convert::may_convert;
use recon_core::value::{Data, Name};
use recon_core::{Diagnostic, Diagnostics, Span, Type, Value};
use recon_parser::config::Repetition;
use recon_parser::evaluate;
use recon_parser::scope::Scope;

use crate::world::{Keys, Repeats};

/// The most instances that `count` may ask for.
const COUNT_MAX: i64 = 1_000_000;

/// What an unknown `count` or `for_each` means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// A mistake: a plan must know its instances.
    Refused,
    /// One instance that stands for all: a validation knows less than there will be in a plan.
    Tolerated,
}

/// What makes keys of a value.
type Read = fn(&Value, Open, Span) -> Result<Keys, Diagnostic>;

/// Evaluates `count` or `for_each`.
pub(crate) fn keys(repetition: &Repetition, scope: &dyn Scope, open: Open) -> Result<Keys, Diagnostics> {
    let (expression, read): (_, Read) = match repetition {
        Repetition::Once => return Ok(Keys::Once),
        Repetition::Count(expression) => (expression, count),
        Repetition::ForEach(expression) => (expression, for_each),
    };
    let value = evaluate::evaluate(expression, scope)?;
    read(&value, open, expression.span).map_err(Diagnostics::from)
}

fn count(value: &Value, open: Open, span: Span) -> Result<Keys, Diagnostic> {
    let wrong = |detail: &str| Diagnostic::error("Invalid count argument", detail).at(span);
    if value.marks.is_ephemeral() {
        return Err(wrong(
            "The \"count\" value is ephemeral, so it may differ in every run; the instances must not.",
        ));
    }
    let is_number = may_convert(&value.ty(), &Type::Number);
    if value.is_unknown() && is_number && open == Open::Tolerated {
        return Ok(Keys::Open(Repeats::Count));
    }
    if value.is_unknown() && is_number {
        return Err(wrong(
            "The \"count\" value depends on attributes that are known only after apply, so recon cannot tell how many \
             instances there will be. Apply what it depends on first, with -target, or make the count depend on \
             something known.",
        ));
    }
    let number = recon_core::convert::convert(value, &Type::Number).ok();
    match number.as_ref().and_then(Value::as_i64) {
        Some(count @ 0..=COUNT_MAX) => Ok(Keys::Count(count.unsigned_abs())),
        Some(_) => Err(wrong("The \"count\" value must be between 0 and 1,000,000.")),
        None if value.is_null() => Err(wrong("The \"count\" value is null; a whole number is required.")),
        None => Err(wrong("The \"count\" value must be a whole number.")),
    }
}

fn for_each(value: &Value, open: Open, span: Span) -> Result<Keys, Diagnostic> {
    let wrong = |detail: String| Diagnostic::error("Invalid for_each argument", detail).at(span);
    if value.marks.is_sensitive() {
        return Err(wrong(
            "The \"for_each\" value is sensitive, and its keys would show in every address. Use a value that is not, \
             or nonsensitive() if the keys are no secret."
                .to_owned(),
        ));
    }
    if value.marks.is_ephemeral() {
        return Err(wrong("The \"for_each\" value is ephemeral, so it may differ in every run.".to_owned()));
    }
    let not_known = |values: Type| {
        if open == Open::Tolerated {
            return Ok(Keys::Open(Repeats::ForEach(values)));
        }
        Err(wrong(
            "The \"for_each\" keys depend on attributes that are known only after apply, so recon cannot tell which \
             instances there will be. Use keys that are known, and attributes that are not only in the values."
                .to_owned(),
        ))
    };
    match &value.data {
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Any | Type::Object(_) => not_known(Type::Any),
            Type::Map(element) => not_known((**element).clone()),
            Type::Set(element) if matches!(**element, Type::Any | Type::String) => not_known(Type::String),
            Type::Set(element) => Err(wrong(strings_required(element))),
            other => Err(wrong(map_required(other))),
        },
        Data::Null(_) => {
            Err(wrong("The \"for_each\" value is null. Use {} or toset([]) for no instances.".to_owned()))
        }
        Data::Map(_) | Data::Object(_) => {
            let entries = value.entries().into_iter().flatten();
            Ok(Keys::ForEach(entries.map(|(key, value)| (key.clone(), value.clone())).collect()))
        }
        Data::Set(_) => {
            let mut entries: BTreeMap<Name, Value> = BTreeMap::new();
            for item in value.items() {
                match &item.data {
                    Data::String(text) => drop(entries.insert(text.clone(), item.clone())),
                    Data::Unknown(_) => return not_known(Type::String),
                    Data::Null(_) => return Err(wrong("The \"for_each\" set holds null.".to_owned())),
                    _ => return Err(wrong(strings_required(&item.ty()))),
                }
            }
            Ok(Keys::ForEach(entries))
        }
        _ => Err(wrong(map_required(&value.ty()))),
    }
}

fn strings_required(element: &Type) -> String {
    format!("A \"for_each\" set must hold strings; this one holds {}.", element.friendly())
}

fn map_required(ty: &Type) -> String {
    format!(
        "A map, or a set of strings, is required; this is a {}. A list becomes a set with toset().",
        ty.friendly()
    )
}
