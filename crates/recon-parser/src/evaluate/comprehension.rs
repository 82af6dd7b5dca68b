//! `[for …]` and `{for …}`.

use std::collections::BTreeMap;

use recon_core::convert::convert;
use recon_core::value::Name;
use recon_core::{Data, Diagnostics, Marks, Type, Value};

use super::context::Binding;
use super::{Context, evaluate_in};
use crate::expression::{Expression, For};

/// The elements of a collection with their keys, and the marks that were on the collection as a whole.
pub(super) enum Elements {
    Known(Vec<(Value, Value)>, Marks),
    Unknown,
}

/// The elements of what a loop goes over.
pub(super) fn elements(
    collection: &Expression,
    value: &Value,
    context: &Context<'_>,
) -> Result<Elements, Diagnostics> {
    let named = |(key, value): (&Name, &Value)| (Value::from(key.clone()), value.clone());
    let not_iterable = |ty: &Type| {
        let detail = format!(
            "A value of type {} cannot be used as the collection in a 'for' expression.",
            ty.friendly()
        );
        Err(context.fail(collection, "Iteration over non-iterable value", detail))
    };
    let pairs = match &value.data {
        Data::Null(_) => {
            let detail = "A null value cannot be used as the collection in a 'for' expression.";
            return Err(context.fail(collection, "Iteration over null value", detail));
        }
        Data::Unknown(unknown) if unknown.ty.is_primitive() => return not_iterable(&unknown.ty),
        Data::Unknown(_) => return Ok(Elements::Unknown),
        Data::Bool(_) | Data::Number(_) | Data::String(_) => return not_iterable(&value.ty()),
        Data::Set(_) if value.has_open_length() => return Ok(Elements::Unknown),
        Data::Set(set) => set.items.iter().map(|item| (item.clone(), item.clone())).collect(),
        Data::List(_) | Data::Tuple(_) => {
            let numbered = value.items().iter().enumerate();
            numbered
                .map(|(index, item)| (Value::from(recon_core::Number::from(index)), item.clone()))
                .collect()
        }
        Data::Map(mapping) => mapping.entries.iter().map(named).collect(),
        Data::Object(attributes) => attributes.iter().map(named).collect(),
    };
    Ok(Elements::Known(pairs, value.marks))
}

pub(super) fn evaluate(
    expression: &Expression,
    for_: &For,
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let source = evaluate_in(&for_.collection, context)?;
    let (pairs, marks) = match elements(&for_.collection, &source, context)? {
        Elements::Known(pairs, marks) => (pairs, marks),
        Elements::Unknown => return Ok(Value::unknown(Type::Any).marked(source.marks)),
    };
    let mut made = Made { marks, ..Made::default() };
    for (key, value) in pairs {
        context.spend(1, expression)?;
        let names = context.bind(Binding::Variables(for_.key.as_ref(), key, &for_.value, value));
        let inside = context.inside_parts(&names, marks);
        if made.includes(for_, &inside)? {
            made.add(for_, &inside)?;
        }
    }
    Ok(made.finish(for_))
}

/// What a loop has made so far.
#[derive(Default)]
struct Made {
    items: Vec<Value>,
    entries: BTreeMap<Name, Vec<Value>>,
    /// A condition or key is unknown, and with it the shape of the whole.
    open: bool,
    marks: Marks,
}

impl Made {
    fn includes(&mut self, for_: &For, context: &Context<'_>) -> Result<bool, Diagnostics> {
        let Some(condition) = &for_.condition else { return Ok(true) };
        let value = evaluate_in(condition, context)?;
        self.marks = self.marks.and(value.marks);
        if value.is_null() {
            let detail = "The value of the 'if' clause must not be null.";
            return Err(context.fail(condition, "Condition is null", detail));
        }
        let include = convert(&value, &Type::Bool).map_err(|mismatch| {
            let detail = format!("The 'if' clause value is invalid: {mismatch}.");
            context.fail(condition, "Invalid 'for' condition", detail)
        })?;
        self.open |= include.is_unknown();
        Ok(include.as_bool().unwrap_or(false))
    }

    fn add(&mut self, for_: &For, context: &Context<'_>) -> Result<(), Diagnostics> {
        let Some(key_result) = &for_.key_result else {
            self.items.push(evaluate_in(&for_.result, context)?);
            return Ok(());
        };
        let key = evaluate_in(key_result, context)?;
        self.marks = self.marks.and(key.marks);
        if key.is_null() {
            let detail = "Key expression in 'for' expression must not produce a null value.";
            return Err(context.fail(key_result, "Invalid object key", detail));
        }
        let key = convert(&key, &Type::String).map_err(|mismatch| {
            let detail = format!("The key expression produced an invalid result: {mismatch}.");
            context.fail(key_result, "Invalid object key", detail)
        })?;
        let value = evaluate_in(&for_.result, context)?;
        let Data::String(key) = key.data else {
            self.open = true;
            return Ok(());
        };
        let group = self.entries.entry(key.clone()).or_default();
        if !group.is_empty() && !for_.grouped {
            let key = if self.marks.is_sensitive() {
                "a sensitive key".to_owned()
            } else {
                format!("the key \"{key}\"")
            };
            let detail = format!(
                "Two different items produced {key} in this 'for' expression. If duplicates are expected, use the \
                 ellipsis (...) after the value expression to enable grouping by key."
            );
            return Err(context.fail(key_result, "Duplicate object key", detail));
        }
        group.push(value);
        Ok(())
    }

    fn finish(self, for_: &For) -> Value {
        let value = if self.open {
            let all = self.items.iter().chain(self.entries.values().flatten());
            let marks = all.fold(Marks::NONE, |marks, item| marks.and(item.deep_marks()));
            Value::unknown(Type::Any).marked(marks)
        } else if for_.key_result.is_none() {
            Value::tuple(self.items)
        } else if for_.grouped {
            Value::object(self.entries.into_iter().map(|(key, group)| (key, Value::tuple(group))))
        } else {
            let only = |(key, group): (Name, Vec<Value>)| Some((key, group.into_iter().next()?));
            Value::object(self.entries.into_iter().filter_map(only))
        };
        value.marked(self.marks)
    }
}
