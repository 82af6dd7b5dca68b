//! The value of a body: an object with every attribute and nested block of the schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::convert::convert;
use recon_core::schema::{Attribute, Block, Mode, NestedBlock, Nesting};
use recon_core::value::{Data, Name};
use recon_core::{Diagnostic, Diagnostics, Value};

use super::dynamic::{self, is_dynamic};
use super::json::native;
use crate::config::{Argument, Body};
use crate::evaluate::{Budget, Context, evaluate_in};
use crate::reference;
use crate::scope::Scope;

/// The value of a body: absent arguments are null, values have the schema's types. What [`super::check_body`] finds
/// is not found again.
pub fn decode_body(body: &Body, schema: &Block, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    let (value, found) = decode_mistaken(body, schema, scope);
    found.into_result(value)
}

/// The same in spite of mistakes: what is wrong is unknown in the value, so that the rest of it can still be judged.
pub fn decode_mistaken(body: &Body, schema: &Block, scope: &dyn Scope) -> (Value, Diagnostics) {
    let misuses = reference::misuses_in_body(body);
    if misuses.has_errors() {
        return (Value::unknown(schema.ty()), misuses);
    }
    let budget = Budget::default();
    decode_parts(body, schema, &Context::new(scope, &budget))
}

/// The value of a body where names are bound around it.
pub(super) fn decode_in(body: &Body, schema: &Block, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let (value, found) = decode_parts(body, schema, context);
    found.into_result(value)
}

fn decode_parts(body: &Body, schema: &Block, context: &Context<'_>) -> (Value, Diagnostics) {
    let body = &*native(body, schema);
    let mut found = Diagnostics::new();
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let argument = body.attributes.get(name).filter(|_| attribute.is_settable());
        let value = match argument {
            Some(argument) => found
                .take(argument_value(name, attribute, argument, context))
                .unwrap_or_else(|| Value::unknown(attribute.ty.clone())),
            None => Value::null(attribute.ty.clone()),
        };
        let secret = attribute.sensitive && !value.is_null();
        attributes.insert(name.clone(), if secret { value.sensitive() } else { value });
    }
    for (name, nested) in &schema.blocks {
        let value = found.take(blocks_value(body, name, nested, context));
        attributes.insert(name.clone(), value.unwrap_or_else(|| Value::unknown(nested.ty())));
    }
    (Data::Object(Arc::new(attributes)).into(), found)
}

fn argument_value(
    name: &Name,
    attribute: &Attribute,
    argument: &Argument,
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let value = evaluate_in(&argument.value, context)?;
    if value.deep_marks().is_ephemeral() {
        let detail = format!("The argument \"{name}\" is stored, and an ephemeral value must not be.");
        return Err(context.fail(&argument.value, "Invalid use of ephemeral value", detail));
    }
    if attribute.mode == Mode::Required && value.is_null() {
        let detail = format!("The argument \"{name}\" is required, but its value is null.");
        return Err(context.fail(&argument.value, "Missing required argument", detail));
    }
    convert(&value, &attribute.ty).map_err(|mismatch| {
        let detail = format!("Inappropriate value for attribute \"{name}\": {}.", mismatch.full());
        context.fail(&argument.value, "Incorrect attribute value type", detail)
    })
}

/// All occurrences of one nested block as one value.
fn blocks_value(
    body: &Body,
    name: &Name,
    nested: &NestedBlock,
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut items = Vec::new();
    for block in &body.blocks {
        if block.name == *name {
            items.extend(found.take(decode_in(&block.body, &nested.block, context)));
        } else if is_dynamic(block, name) {
            match found.take(dynamic::expand(block, &nested.block, context)) {
                Some(dynamic::Blocks::Known(more)) => items.extend(more),
                // How many there are is known only after apply.
                Some(dynamic::Blocks::Unknown(marks)) => {
                    return found.into_result(Value::unknown(nested.ty()).marked(marks));
                }
                None => {}
            }
        }
    }
    check_number(body, name, nested, items.len(), &mut found);
    let element = nested.block.ty();
    let value = match nested.nesting {
        Nesting::Single => items.into_iter().next().unwrap_or_else(|| Value::null(element)),
        Nesting::List(..) => Value::list(element, items),
        Nesting::Set(..) => Value::set_of(element, items),
    };
    found.into_result(value)
}

/// `dynamic` blocks make their number known only here.
fn check_number(body: &Body, name: &Name, nested: &NestedBlock, number: usize, found: &mut Diagnostics) {
    let Some(block) = body.blocks.iter().find(|block| is_dynamic(block, name)) else { return };
    let (min, max) = match nested.nesting {
        Nesting::Single => (0, 1),
        Nesting::List(min, max) | Nesting::Set(min, max) => (min, max),
    };
    let problem = if max > 0 && number > max {
        Diagnostic::error(
            format!("Too many {name} blocks"),
            format!("No more than {max} \"{name}\" blocks are allowed, and this makes {number}."),
        )
    } else if number < min {
        Diagnostic::error(
            format!("Insufficient {name} blocks"),
            format!("At least {min} \"{name}\" blocks are required, and this makes {number}."),
        )
    } else {
        return;
    };
    found.push(problem.at(block.name_span));
}
