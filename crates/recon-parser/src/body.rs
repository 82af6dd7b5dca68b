//! Bodies of blocks against a schema: first what can be told without values, then the value itself.

mod check;
mod decode;
mod dynamic;

use recon_core::path::Step;
use recon_core::{Path, Span};

pub use check::check_body;
pub use decode::decode_body;

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
    let nested = blocks.nth(index)?;
    argument_span(&nested.body, &Path(rest.to_vec())).or(Some(nested.name_span))
}
