//! What is wrong with a body whatever its values: arguments and blocks that are unknown, missing, or too many.

use recon_core::schema::{Block, Mode, NestedBlock, Nesting};
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Span};

use super::json::native;
use crate::config::{Body, NestedBody};
use crate::suggest::did_you_mean;

/// What is wrong with a body whatever its values.
pub fn check_body(body: &Body, schema: &Block) -> Diagnostics {
    let body = &*native(body, schema);
    let mut found = Diagnostics::new();
    check_attributes(body, schema, &mut found);
    for nested in &body.blocks {
        check_nested(nested, schema, &mut found);
    }
    for (name, nested) in &schema.blocks {
        check_number(body, name, nested, &mut found);
    }
    found
}

fn check_attributes(body: &Body, schema: &Block, found: &mut Diagnostics) {
    for (name, argument) in &body.attributes {
        match schema.attributes.get(name) {
            Some(attribute) if attribute.is_settable() => {}
            Some(_) => {
                let detail = format!(
                    "The attribute \"{name}\" is decided by the provider; it can be read, but not set. Take it out."
                );
                found.push(
                    Diagnostic::error("Invalid configuration for read-only attribute", detail)
                        .at(argument.name_span),
                );
            }
            None if schema.blocks.contains_key(name) => {
                let detail =
                    format!("\"{name}\" is a block: write `{name} {{ … }}`, without an equals sign.");
                found.push(Diagnostic::error("Unsupported argument", detail).at(argument.name_span));
            }
            None => found.push(unsupported_argument(name, schema, argument.name_span)),
        }
    }
    for (name, attribute) in &schema.attributes {
        if attribute.mode == Mode::Required && !body.attributes.contains_key(name) {
            let detail = format!("The argument \"{name}\" is required, but no definition was found.");
            let diagnostic = Diagnostic::error("Missing required argument", detail);
            found.push(match body.span {
                Some(span) => diagnostic.at(span),
                None => diagnostic,
            });
        }
    }
}

fn check_nested(nested: &NestedBody, schema: &Block, found: &mut Diagnostics) {
    let is_dynamic = &*nested.name == "dynamic";
    let name = if is_dynamic { nested.labels.first().unwrap_or(&nested.name) } else { &nested.name };
    let Some(inner) = schema.blocks.get(name) else {
        if schema.attributes.contains_key(name) {
            let detail = format!("\"{name}\" is an argument, not a block: write `{name} = …`.");
            found.push(Diagnostic::error("Unsupported block type", detail).at(nested.name_span));
        } else {
            found.push(unsupported_block(name, schema, nested.name_span));
        }
        return;
    };
    if is_dynamic {
        check_dynamic(nested, &inner.block, found);
    } else if let Some(label) = nested.labels.first() {
        let detail = format!("A \"{name}\" block has no labels: take out \"{label}\".");
        found.push(Diagnostic::error("Extraneous label for block", detail).at(nested.name_span));
    } else {
        found.extend(check_body(&nested.body, &inner.block));
    }
}

fn check_dynamic(nested: &NestedBody, inner: &Block, found: &mut Diagnostics) {
    const ARGUMENTS: [&str; 3] = ["for_each", "iterator", "labels"];
    for (name, argument) in &nested.body.attributes {
        if !ARGUMENTS.contains(&&**name) {
            let hint = did_you_mean(name, ARGUMENTS);
            let detail = format!(
                "An argument named \"{name}\" is not expected in a dynamic block.{hint} What the made blocks hold stands \
                 in its `content` block."
            );
            found.push(Diagnostic::error("Unsupported argument", detail).at(argument.name_span));
        }
    }
    if !nested.body.attributes.contains_key("for_each") {
        let detail = "The argument \"for_each\" is required, but no definition was found.";
        found.push(Diagnostic::error("Missing required argument", detail).at(nested.name_span));
    }
    let mut contents = 0;
    for block in &nested.body.blocks {
        if &*block.name == "content" {
            contents += 1;
            found.extend(check_body(&block.body, inner));
        } else {
            let detail = format!(
                "Blocks of type \"{}\" are not expected in a dynamic block, only `content`.",
                block.name
            );
            found.push(Diagnostic::error("Unsupported block type", detail).at(block.name_span));
        }
    }
    if contents != 1 {
        let detail = format!("A dynamic block has exactly one `content` block, and this one has {contents}.");
        found.push(Diagnostic::error("Invalid dynamic block", detail).at(nested.name_span));
    }
}

fn check_number(body: &Body, name: &Name, nested: &NestedBlock, found: &mut Diagnostics) {
    let (min, max) = match nested.nesting {
        Nesting::Single => (0, 1),
        Nesting::List(min, max) | Nesting::Set(min, max) => (min, max),
    };
    let written: Vec<&NestedBody> = body.blocks.iter().filter(|block| block.name == *name).collect();
    let is_dynamic = body.blocks.iter().any(|block| super::dynamic::is_dynamic(block, name));
    if max > 0 && written.len() > max {
        let detail = format!("No more than {max} \"{name}\" blocks are allowed.");
        found.push(Diagnostic::error(format!("Too many {name} blocks"), detail).at(written[max].name_span));
    }
    if written.len() < min && !is_dynamic {
        let detail = format!("At least {min} \"{name}\" blocks are required.");
        let diagnostic = Diagnostic::error(format!("Insufficient {name} blocks"), detail);
        found.push(match body.span {
            Some(span) => diagnostic.at(span),
            None => diagnostic,
        });
    }
}

fn unsupported_argument(name: &Name, schema: &Block, span: Span) -> Diagnostic {
    let settable = schema.attributes.iter().filter(|(_, attribute)| attribute.is_settable());
    let hint =
        did_you_mean(name, settable.map(|(name, _)| &**name).chain(schema.blocks.keys().map(|name| &**name)));
    let detail = format!("An argument named \"{name}\" is not expected here.{hint}");
    Diagnostic::error("Unsupported argument", detail).at(span)
}

fn unsupported_block(name: &Name, schema: &Block, span: Span) -> Diagnostic {
    let hint = did_you_mean(name, schema.blocks.keys().map(|name| &**name));
    let detail = format!("Blocks of type \"{name}\" are not expected here.{hint}");
    Diagnostic::error("Unsupported block type", detail).at(span)
}
