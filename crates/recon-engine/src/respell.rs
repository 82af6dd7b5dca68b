//! Keeps the spelling a user chose where a service answers another one that means the same. Pure.

use std::sync::Arc;

use recon_core::sameness::same;
use recon_core::schema::{Block, Nesting};
use recon_core::value::Data;
use recon_core::{Known, Value};

/// The answer of a service, spelled as in `spoken` wherever both mean the same, and marked as `spoken` and the schema
/// say.
pub(crate) fn respell(block: &Block, spoken: &Value, answered: Known) -> Known {
    Known::with_nulls(&respell_block(block, spoken, answered.into_value()))
}

fn respell_block(block: &Block, spoken: &Value, answered: Value) -> Value {
    let Value { data: Data::Object(mut attributes), marks } = answered else { return answered };
    let entries = Arc::make_mut(&mut attributes);
    for (name, attribute) in &block.attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let old = spoken.get(name);
        if !old.is_unknown() && same(attribute.sameness, old, value) {
            *value = old.clone().marked(value.marks);
        } else {
            // Where in the new value the secret is, nobody knows.
            value.marks = value.marks.and(old.deep_marks());
        }
        if attribute.sensitive {
            value.marks = value.marks.and(recon_core::Marks::SENSITIVE);
        }
    }
    for (name, nested) in &block.blocks {
        let Some(value) = entries.get_mut(name) else { continue };
        let old = spoken.get(name);
        if let (Nesting::List(..), Data::List(sequence)) = (nested.nesting, &mut value.data) {
            let items = &mut Arc::make_mut(sequence).items;
            for (index, item) in items.iter_mut().enumerate() {
                let null = Value::null(recon_core::Type::Any);
                let old = old.items().get(index).unwrap_or(&null);
                *item = respell_block(&nested.block, old, item.clone());
            }
        } else if let Nesting::Set(..) = nested.nesting {
            // Elements of a set have no place, so marks go to the whole.
            value.marks = value.marks.and(old.deep_marks());
        }
    }
    Value { data: Data::Object(attributes), marks: marks.and(spoken.marks) }
}
