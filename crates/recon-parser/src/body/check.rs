//! What is wrong with a body whatever its values: arguments and blocks that are unknown, missing, or too many.

use recon_core::schema::{Attribute, Block, Mode, NestedBlock, Nesting};
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Span};

use crate::config::{Body, NestedBody};

/// How alike two names must be for one to be suggested for the other.
const LIKENESS_MIN: f64 = 0.8;

/// What is wrong with a body whatever its values.
pub fn check_body(body: &Body, schema: &Block) -> Diagnostics {
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
                found.push(Diagnostic::error("Invalid configuration for read-only attribute", detail).at(argument.name_span));
            }
            None if schema.blocks.contains_key(name) => {
                let detail = format!("\"{name}\" is a block: write `{name} {{ … }}`, without an equals sign.");
                found.push(Diagnostic::error("Unsupported argument", detail).at(argument.name_span));
            }
            None => found.push(unsupported("argument", name, settable(schema), argument.name_span)),
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

fn settable(schema: &Block) -> Vec<&Name> {
    let settable = |(_, attribute): &(&Name, &Attribute)| attribute.is_settable();
    schema.attributes.iter().filter(settable).map(|(name, _)| name).collect()
}

fn check_nested(nested: &NestedBody, schema: &Block, found: &mut Diagnostics) {
    let is_dynamic = &*nested.name == "dynamic";
    let name = if is_dynamic { nested.labels.first().unwrap_or(&nested.name) } else { &nested.name };
    let Some(inner) = schema.blocks.get(name) else {
        if schema.attributes.contains_key(name) {
            let detail = format!("\"{name}\" is an argument: write `{name} = …`.");
            found.push(Diagnostic::error("Unsupported block type", detail).at(nested.name_span));
        } else {
            found.push(unsupported("block type", name, schema.blocks.keys().collect(), nested.name_span));
        }
        return;
    };
    if is_dynamic {
        let contents = nested.body.blocks.iter().filter(|block| &*block.name == "content");
        contents.for_each(|content| found.extend(check_body(&content.body, &inner.block)));
    } else {
        found.extend(check_body(&nested.body, &inner.block));
    }
}

fn check_number(body: &Body, name: &Name, nested: &NestedBlock, found: &mut Diagnostics) {
    let (min, max) = match nested.nesting {
        Nesting::Single => (0, 1),
        Nesting::List(min, max) | Nesting::Set(min, max) => (min, max),
    };
    let written: Vec<&NestedBody> = body.blocks.iter().filter(|block| block.name == *name).collect();
    let is_dynamic = body.blocks.iter().any(|block| &*block.name == "dynamic" && block.labels.first() == Some(name));
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

fn unsupported(what: &str, name: &str, candidates: Vec<&Name>, span: Span) -> Diagnostic {
    let likeness = |candidate: &&Name| strsim::jaro_winkler(name, candidate);
    let best = candidates.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let advice = best.filter(|best| likeness(best) >= LIKENESS_MIN).map(|best| format!(" Did you mean \"{best}\"?"));
    let (summary, subject) = match what {
        "argument" => ("Unsupported argument", "An argument named"),
        _ => ("Unsupported block type", "Blocks of type"),
    };
    let verb = if what == "argument" { "is" } else { "are" };
    let detail = format!("{subject} \"{name}\" {verb} not expected here.{}", advice.unwrap_or_default());
    Diagnostic::error(summary, detail).at(span)
}
