//! `{ key = value }`.

use std::collections::BTreeMap;

use recon_core::convert::convert;
use recon_core::value::Name;
use recon_core::{Data, Diagnostics, Marks, Type, Value};

use super::{Context, evaluate_in};
use crate::expression::{Expression, Kind};

pub(super) fn evaluate(
    expression: &Expression,
    entries: &[(Expression, Expression)],
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut attributes = BTreeMap::new();
    let mut marks = Marks::NONE;
    let mut open = false;
    for (key, value) in entries {
        let name = diagnostics.take(key_of(key, context));
        let value = diagnostics.take(evaluate_in(value, context));
        let (Some(name), Some(value)) = (name, value) else { continue };
        marks = marks.and(name.marks);
        match name.data {
            Data::String(name) => drop(attributes.insert(name, value)),
            _ => {
                open = true;
                marks = marks.and(value.deep_marks());
            }
        }
    }
    context.spend(entries.len(), expression)?;
    let whole: Value = Data::Object(std::sync::Arc::new(attributes)).into();
    let whole = if open { Value::unknown(Type::Any).marked(whole.deep_marks()) } else { whole };
    diagnostics.into_result(whole.marked(marks))
}

pub(super) fn key_of(key: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    if let Some(name) = bare_reference(key) {
        let detail = format!(
            "If this is meant as a reference that starts with `{name}`, put it in parentheses; if it is meant as a \
             literal name that contains a period, put it in quotes."
        );
        return Err(context.fail(key, "Ambiguous attribute key", detail));
    }
    let value = evaluate_in(key, context)?;
    if value.is_null() {
        return Err(context.fail(key, "Null value as key", "Can't use a null value as a key."));
    }
    convert(&value, &Type::String).map_err(|mismatch| {
        context.fail(key, "Incorrect key type", format!("Can't use this value as a key: {mismatch}."))
    })
}

/// The root of a reference that stands as a key without parentheses.
fn bare_reference(key: &Expression) -> Option<&Name> {
    let (Kind::Attribute(first, _) | Kind::Index(first, _)) = &*key.kind else { return None };
    let mut source = first;
    loop {
        source = match &*source.kind {
            Kind::Attribute(source, _) | Kind::Index(source, _) => source,
            Kind::Variable(name) => return Some(name),
            _ => return None,
        };
    }
}
