//! What the schemas say of values in a Terraform state: what must never be shown, of which such a state notes only some, and
//! what a default stands for, which some readers there leave null.

use std::sync::Arc;

use recon_core::schema::{Attribute, Block, Mode};
use recon_core::value::{Data, Sequence};
use recon_core::{Marks, Value};

/// The value with every attribute that the schema calls sensitive marked, and with defaults in place of null.
pub(super) fn completed(block: &Block, value: &Value) -> Value {
    let mut value = value.clone();
    match &mut value.data {
        Data::Object(attributes) => {
            for (name, part) in Arc::make_mut(attributes) {
                if let Some(attribute) = block.attributes.get(name) {
                    complete(attribute, part);
                } else if let Some(nested) = block.blocks.get(name) {
                    *part = completed(&nested.block, part);
                }
            }
        }
        Data::List(sequence) | Data::Set(sequence) => *sequence = each(block, sequence),
        _ => {}
    }
    value
}

fn complete(attribute: &Attribute, part: &mut Value) {
    if let Mode::Default(default) = &attribute.mode
        && part.is_null()
    {
        *part = default.clone().into_value();
    }
    if attribute.sensitive && !part.is_null() {
        part.marks = part.marks.and(Marks::SENSITIVE);
    }
}

fn each(block: &Block, sequence: &Sequence) -> Arc<Sequence> {
    let Sequence { element, items } = sequence;
    let items = items.iter().map(|item| completed(block, item)).collect();
    Arc::new(Sequence { element: element.clone(), items })
}
