//! Bodies of blocks against a schema: first what can be told without values, then the value itself.

mod check;
mod decode;
mod dynamic;
mod json;
#[cfg(test)]
mod tests;

use recon_core::path::Step;
use recon_core::{Path, Span};

pub use check::check_body;
pub use decode::{decode_body, decode_mistaken};
pub(crate) use dynamic::iterator;

use crate::config::Body;

/// Where the argument, or else the block around it, stands that a path leads to.
pub fn argument_span(body: &Body, path: &Path) -> Option<Span> {
    let (first, rest) = path.0.split_first()?;
    let Step::Attribute(name) = first else { return None };
    if let Some(argument) = body.attributes.get(name) {
        return Some(argument.value.span);
    }
    let mut blocks = body.blocks.iter().filter(|nested| nested.name == *name);
    let (index, rest) = match rest.split_first() {
        Some((Step::Index(index), rest)) => (*index, rest),
        _ => (0, rest),
    };
    let Some(nested) = blocks.nth(index) else {
        // Blocks that a dynamic one makes all stand where its content does.
        let dynamic = body.blocks.iter().find(|block| dynamic::is_dynamic(block, name))?;
        let content = dynamic.body.blocks.iter().find(|block| &*block.name == "content");
        let inside = content.and_then(|content| argument_span(&content.body, &Path(rest.to_vec())));
        return inside.or(Some(dynamic.name_span));
    };
    argument_span(&nested.body, &Path(rest.to_vec())).or(Some(nested.name_span))
}
