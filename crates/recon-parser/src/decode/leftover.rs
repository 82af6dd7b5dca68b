//! Blocks that say that something is gone or has moved while it is still declared.

use recon_core::address::Target;
use recon_core::{Diagnostic, Diagnostics, ModulePath, Span};

use crate::config::{Module, Moved, Removed};

/// What is declared although a `moved` or `removed` block says that it is not.
pub(super) fn check(module: &Module, diagnostics: &mut Diagnostics) {
    for Removed { span, from, destroy: _ } in &module.removed {
        if let Some(declared) = declaration(module, from) {
            let detail = format!(
                "`{}` is declared, so it cannot be removed. Remove its block, or this one.",
                shown(from)
            );
            diagnostics.push(
                Diagnostic::error("Removed object still exists", detail)
                    .at(*span)
                    .label(declared, "declared here"),
            );
        }
    }
    for Moved { span, from, to } in &module.moved {
        // Between instances of one block, the block stays.
        if has_key(from) || is_same_block(from, to) {
            continue;
        }
        if let Some(declared) = declaration(module, from) {
            let detail = format!(
                "`{}` is declared, so its object cannot have become `{}`. Remove or rename its block, or remove this one.",
                shown(from),
                shown(to)
            );
            diagnostics.push(
                Diagnostic::error("Moved object still exists", detail)
                    .at(*span)
                    .label(declared, "declared here"),
            );
        }
    }
}

fn declaration(module: &Module, target: &Target) -> Option<Span> {
    match target {
        Target::Module(path) => {
            let (parent, step) = path.parent()?;
            Some(inside(module, &parent)?.calls.get(&step.name)?.span)
        }
        Target::Resource(address) => {
            let block = &address.resource;
            let resources = &inside(module, &block.module)?.resources;
            Some(resources.get(&(block.mode, block.kind.clone(), block.name.clone()))?.span)
        }
    }
}

fn inside<'a>(module: &'a Module, path: &ModulePath) -> Option<&'a Module> {
    path.steps().iter().try_fold(module, |module, step| Some(&*module.calls.get(&step.name)?.module))
}

fn has_key(target: &Target) -> bool {
    let (module, key) = match target {
        Target::Module(module) => (module, None),
        Target::Resource(address) => (address.module(), address.key.as_ref()),
    };
    key.is_some() || module.steps().iter().any(|step| step.key.is_some())
}

fn is_same_block(from: &Target, to: &Target) -> bool {
    let names = |path: &ModulePath| path.steps().iter().map(|step| step.name.clone()).collect::<Vec<_>>();
    match (from, to) {
        (Target::Module(from), Target::Module(to)) => names(from) == names(to),
        (Target::Resource(from), Target::Resource(to)) => {
            let (from, to) = (&from.resource, &to.resource);
            from.kind == to.kind && from.name == to.name && names(&from.module) == names(&to.module)
        }
        _ => false,
    }
}

fn shown(target: &Target) -> String {
    match target {
        Target::Module(path) => path.to_string(),
        Target::Resource(address) => address.to_string(),
    }
}
