//! The value of a body: an object with every attribute and nested block of the schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::schema::{Attribute, Block, NestedBlock, Nesting};
use recon_core::value::{Data, Name, Sequence};
use recon_core::{Diagnostic, Diagnostics, Value, convert};

use super::dynamic;
use crate::config::{Argument, Body};
use crate::evaluate::evaluate;
use crate::scope::Scope;

/// The value of a body: absent arguments are null, values have the schema's types. What [`super::check_body`] finds
/// is not found again.
pub fn decode_body(body: &Body, schema: &Block, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let value = match body.attributes.get(name).filter(|_| attribute.is_settable()) {
            Some(argument) => found.take(argument_value(name, attribute, argument, scope)),
            None => None,
        };
        let value = value.unwrap_or_else(|| Value::null(attribute.ty.clone()));
        attributes.insert(name.clone(), if attribute.sensitive { value.sensitive() } else { value });
    }
    for (name, nested) in &schema.blocks {
        let value = found.take(blocks_value(body, name, nested, scope));
        attributes.insert(name.clone(), value.unwrap_or_else(|| Value::null(nested.ty())));
    }
    found.into_result(Data::Object(Arc::new(attributes)).into())
}

fn argument_value(
    name: &Name,
    attribute: &Attribute,
    argument: &Argument,
    scope: &dyn Scope,
) -> Result<Value, Diagnostics> {
    let value = evaluate(&argument.value, scope)?;
    if value.deep_marks().is_ephemeral() {
        let detail = format!("The argument \"{name}\" is stored, and an ephemeral value must not be.");
        return Err(Diagnostic::error("Invalid use of ephemeral value", detail).at(argument.value.span).into());
    }
    let required = attribute.mode == recon_core::schema::Mode::Required;
    if required && value.is_null() {
        let detail = format!("The argument \"{name}\" is required, but its value is null.");
        return Err(Diagnostic::error("Missing required argument", detail).at(argument.value.span).into());
    }
    convert::convert(&value, &attribute.ty).map_err(|mismatch| {
        let place = if mismatch.path.0.is_empty() { String::new() } else { format!("{}: ", mismatch.path) };
        let detail = format!("Inappropriate value for attribute \"{name}\": {place}{mismatch}.");
        Diagnostic::error("Incorrect attribute value type", detail).at(argument.value.span).into()
    })
}

/// All occurrences of one nested block as one value.
fn blocks_value(body: &Body, name: &Name, nested: &NestedBlock, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut items = Vec::new();
    for block in &body.blocks {
        if block.name == *name {
            items.extend(found.take(decode_body(&block.body, &nested.block, scope)));
        } else if &*block.name == "dynamic" && block.labels.first() == Some(name) {
            match found.take(dynamic::expand(&block.body, name, &nested.block, scope)) {
                Some(Some(more)) => items.extend(more),
                // How many there are is known only after apply.
                Some(None) => return found.into_result(Value::unknown(nested.ty())),
                None => {}
            }
        }
    }
    check_number(body, name, nested, items.len(), &mut found);
    let element = nested.block.ty();
    let value = match nested.nesting {
        Nesting::Single => items.into_iter().next().unwrap_or_else(|| Value::null(element)),
        Nesting::List(..) => Value::list(element, items),
        Nesting::Set(..) if items.iter().all(Value::is_wholly_known) => Value::set(element, items),
        Nesting::Set(..) => Data::Set(Arc::new(Sequence { element, items })).into(),
    };
    found.into_result(value)
}

/// `dynamic` blocks make their number known only here.
fn check_number(body: &Body, name: &Name, nested: &NestedBlock, number: usize, found: &mut Diagnostics) {
    let Some(block) = body.blocks.iter().find(|block| &*block.name == "dynamic" && block.labels.first() == Some(name)) else {
        return;
    };
    let (min, max) = match nested.nesting {
        Nesting::Single => (0, 1),
        Nesting::List(min, max) | Nesting::Set(min, max) => (min, max),
    };
    if number < min || (max > 0 && number > max) {
        let detail = format!("There are {number} \"{name}\" blocks; at least {min} and at most {max} are allowed.");
        found.push(Diagnostic::error(format!("Wrong number of {name} blocks"), detail).at(block.name_span));
    }
}
