//! `dynamic` blocks: one block per element of a collection.

use recon_core::schema::Block;
use recon_core::value::{Data, Name};
use recon_core::{Diagnostic, Diagnostics, Marks, Number, Value};

use super::decode::decode_in;
use crate::config::NestedBody;
use crate::evaluate::{Binding, Context, evaluate_in};
use crate::expression::{Expression, Kind};

/// What a `dynamic` block makes.
pub(super) enum Blocks {
    Known(Vec<Value>),
    /// Not even how many is known before apply.
    Unknown(Marks),
}

/// Whether a block is a `dynamic` one that makes blocks of that name.
pub(super) fn is_dynamic(block: &NestedBody, name: &Name) -> bool {
    &*block.name == "dynamic" && block.labels.first() == Some(name)
}

/// The name under which the content sees the current element.
pub(crate) fn iterator(block: &NestedBody) -> Option<&Name> {
    let named = block.body.attributes.get("iterator").and_then(|argument| match &*argument.value.kind {
        // JSON writes it as a text.
        Kind::Variable(name) | Kind::Literal(Value { data: Data::String(name), .. }) => Some(name),
        _ => None,
    });
    named.or(block.labels.first())
}

/// The blocks that a `dynamic` block makes.
pub(super) fn expand(
    block: &NestedBody,
    schema: &Block,
    context: &Context<'_>,
) -> Result<Blocks, Diagnostics> {
    let missing = |what: &str| -> Diagnostics {
        let detail = format!("A dynamic block needs {what}.");
        Diagnostic::error("Invalid dynamic block", detail).at(block.name_span).into()
    };
    let for_each = block.body.attributes.get("for_each").ok_or_else(|| missing("a `for_each` argument"))?;
    let content = block.body.blocks.iter().find(|block| &*block.name == "content");
    let content = content.ok_or_else(|| missing("a `content` block"))?;
    let iterator = iterator(block).ok_or_else(|| missing("the name of the block to make as its label"))?;
    let collection = evaluate_in(&for_each.value, context)?;
    let Some(elements) = elements(&collection, &for_each.value, context)? else {
        return Ok(Blocks::Unknown(collection.deep_marks()));
    };
    let mut found = Diagnostics::new();
    let mut blocks = Vec::with_capacity(elements.len());
    for (key, value) in elements {
        context.spend(1, &for_each.value)?;
        let element = Value::object([("key", key), ("value", value)]);
        let names = context.bind(Binding::Variables(None, Value::from(false), iterator, element));
        let made =
            found.take(decode_in(&content.body, schema, &context.inside_parts(&names, collection.marks)));
        blocks.extend(made.map(|made| with_marks(made, collection.marks)));
    }
    found.into_result(Blocks::Known(blocks))
}

/// That a block is there follows from the collection, so everything in it carries the collection's marks.
fn with_marks(block: Value, marks: Marks) -> Value {
    if marks == Marks::NONE {
        return block;
    }
    let attributes = block.entries().into_iter().flatten();
    Value::object(attributes.map(|(name, value)| (name.clone(), value.clone().marked(marks))))
}

/// The elements with their keys; nothing while they are known only after apply.
fn elements(
    collection: &Value,
    place: &Expression,
    context: &Context<'_>,
) -> Result<Option<Vec<(Value, Value)>>, Diagnostics> {
    let invalid = |detail: String| Err(context.fail(place, "Invalid dynamic for_each value", detail));
    let named = |(key, value): (&Name, &Value)| (Value::from(key.clone()), value.clone());
    Ok(Some(match &collection.data {
        Data::Unknown(_) => return Ok(None),
        Data::Set(_) if collection.has_open_length() => return Ok(None),
        Data::Set(set) => set.items.iter().map(|item| (item.clone(), item.clone())).collect(),
        Data::List(_) | Data::Tuple(_) => {
            let numbered = collection.items().iter().enumerate();
            numbered.map(|(index, item)| (Number::from(index).into(), item.clone())).collect()
        }
        Data::Map(mapping) => mapping.entries.iter().map(named).collect(),
        Data::Object(attributes) => attributes.iter().map(named).collect(),
        Data::Null(_) => {
            return invalid(
                "Cannot use a null value in for_each. Use an empty list to make no blocks.".to_owned(),
            );
        }
        Data::Bool(_) | Data::Number(_) | Data::String(_) => {
            return invalid(format!(
                "Cannot use a {} value in for_each. An iterable collection is required.",
                collection.ty().friendly()
            ));
        }
    }))
}
