//! The functions of Terraform's own provider: values as the text of variable files and expressions, and back.

use recon_core::{FileId, Value};

use super::{Function, Outcome, Refusal, Returns, World, any, argument, open, pure, str_of, text, worldly};
use crate::decode::name::is_name;
use crate::evaluate::evaluate_in;
use crate::render;

pub(super) static FUNCTIONS: &[Function] = &[
    pure("provider::terraform::encode_expr", &[any("value")], Returns::String, |a| {
        Ok(render::expression(&a[0]).into())
    }),
    pure("provider::terraform::encode_tfvars", &[any("value")], Returns::String, encode_tfvars),
    worldly("provider::terraform::decode_tfvars", &[text("src")], Returns::Decided(open), decode_tfvars),
];

fn encode_tfvars(arguments: &[Value]) -> Outcome {
    let Some(entries) = arguments[0].entries() else {
        return argument(0, "a map or object is required, with the names of variables as keys");
    };
    if let Some(name) = entries.keys().find(|name| !is_name(name)) {
        return argument(0, format!("{name:?} is not a valid variable name"));
    }
    Ok(render::arguments(entries).into())
}

fn decode_tfvars(world: &World<'_>, arguments: &[Value]) -> Outcome {
    let refuse = |found: recon_core::Diagnostics| {
        let told: Vec<String> =
            found.iter().map(|found| format!("{}: {}", found.summary, found.detail)).collect();
        Refusal::of(0, told.join("; "))
    };
    let (body, found) = crate::syntax::parse_body(FileId(u32::MAX), str_of(&arguments[0]));
    if found.has_errors() {
        return Err(refuse(found));
    }
    if let Some(block) = body.blocks.first() {
        return argument(0, format!("there is a block {:?}, where only arguments are allowed", &*block.name));
    }
    // A variable file refers to nothing, so it is evaluated as a template without variables.
    let nothing = std::collections::BTreeMap::new();
    let names = world.context.bind(crate::evaluate::Binding::Template(&nothing));
    let context = world.context.inside(&names);
    let mut attributes = Vec::new();
    for (name, argument) in &body.attributes {
        attributes.push((name.clone(), evaluate_in(&argument.value, &context).map_err(refuse)?));
    }
    Ok(Value::object(attributes))
}
