//! What a failing expression saw: the references in it with their values, in words short enough for a message.

use recon_core::{Data, Type, Value};

use super::{Context, evaluate_in};
use crate::expression::{Expression, Kind};
use crate::reference::free_names;

/// Past these a message does not get clearer.
const REFERENCES_MAX: usize = 8;
const TEXT_CHARACTERS_MAX: usize = 60;

/// The references of an expression with what they are, as far as they have values.
pub(super) fn values(expression: &Expression, context: &Context<'_>) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    free_names(expression, &mut |_, whole| {
        if seen.len() >= REFERENCES_MAX {
            return;
        }
        let Some((name, value)) = largest_part(whole, context) else { return };
        if seen.iter().all(|(known, _)| *known != name) {
            seen.push((name, words(&value)));
        }
    });
    seen
}

/// The reference, or the largest part of it that has a value.
fn largest_part(mut whole: &Expression, context: &Context<'_>) -> Option<(String, Value)> {
    loop {
        if let (Ok(value), Some(name)) = (evaluate_in(whole, context), spelling(whole)) {
            return Some((name, value));
        }
        whole = match &*whole.kind {
            Kind::Attribute(source, _) | Kind::Index(source, _) => source,
            _ => return None,
        };
    }
}

fn spelling(expression: &Expression) -> Option<String> {
    match &*expression.kind {
        Kind::Variable(name) => Some(name.to_string()),
        Kind::Attribute(source, name) => Some(format!("{}.{name}", spelling(source)?)),
        Kind::Index(source, key) => {
            let source = spelling(source)?;
            let key = match &*key.kind {
                Kind::Literal(value) => words(value),
                _ => spelling(key)?,
            };
            Some(format!("{source}[{key}]"))
        }
        _ => None,
    }
}

/// A value in a few words; a sensitive one only as such.
fn words(value: &Value) -> String {
    if value.deep_marks().is_sensitive() {
        return "a sensitive value".to_owned();
    }
    if value.deep_marks().is_ephemeral() {
        return "an ephemeral value".to_owned();
    }
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match &value.data {
        Data::Null(_) => "null".to_owned(),
        Data::Unknown(unknown) => match unknown.ty {
            Type::Any => "a value known only after apply".to_owned(),
            ref ty => format!("a {}, known only after apply", ty.friendly()),
        },
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) if text.chars().count() > TEXT_CHARACTERS_MAX => {
            format!("{:?} …", text.chars().take(TEXT_CHARACTERS_MAX).collect::<String>())
        }
        Data::String(text) => format!("{text:?}"),
        Data::List(sequence) | Data::Set(sequence) => {
            format!("{} with {}", value.ty().friendly(), counted(sequence.items.len(), "element"))
        }
        Data::Map(mapping) => {
            format!("{} with {}", value.ty().friendly(), counted(mapping.entries.len(), "element"))
        }
        Data::Tuple(items) => format!("tuple with {}", counted(items.len(), "element")),
        Data::Object(attributes) => format!("object with {}", counted(attributes.len(), "attribute")),
    }
}
