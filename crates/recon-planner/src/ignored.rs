//! What `ignore_changes` names must be there to be ignored.

use recon_core::path::Step;
use recon_core::schema::Block;
use recon_core::{Diagnostic, Diagnostics};
use recon_parser::config::{IgnoreChanges, Resource};
use recon_parser::suggest::did_you_mean;

/// Entries of `ignore_changes` that name nothing that the resource type has.
pub(crate) fn check(config: &Resource, block: &Block) -> Diagnostics {
    let IgnoreChanges::Paths(paths) = &config.lifecycle.ignore_changes else { return Diagnostics::new() };
    let mut found = Diagnostics::new();
    for (path, span) in paths {
        let Some(Step::Attribute(name)) = path.0.first() else { continue };
        if block.attributes.contains_key(name) || block.blocks.contains_key(name) {
            continue;
        }
        let known = block.attributes.keys().chain(block.blocks.keys()).map(|name| &**name);
        let hint = did_you_mean(name, known);
        let detail = format!("{} has no argument or block named \"{name}\" to ignore.{hint}", config.kind);
        found.push(Diagnostic::error("Unsupported attribute", detail).at(*span));
    }
    found
}
