//! `moved`, `removed` and `import` blocks: what becomes of objects that exist.

use std::sync::Arc;

use recon_core::address::{Key, Target};
use recon_core::state::ProviderKey;
use recon_core::{Diagnostic, Diagnostics, ModulePath, ResourceAddress, ResourceMode, Span};

use super::read::{self, Step};
use crate::config::{Body, Import, Moved, NestedBody, Removed};
use crate::expression::Expression;

/// A `moved` block.
pub(super) fn moved(block: &NestedBody, diagnostics: &mut Diagnostics) -> Option<Moved> {
    let from = target(&block.body, "from", block.name_span, diagnostics);
    let to = target(&block.body, "to", block.name_span, diagnostics);
    let ((from, from_span), (to, to_span)) = (from?, to?);
    let same_sort = matches!(
        (&from, &to),
        (Target::Module(_), Target::Module(_)) | (Target::Resource(_), Target::Resource(_))
    );
    if !same_sort {
        let detail = "One end of this move is a module and the other a resource. Both must be of one sort.";
        let problem = Diagnostic::error("Invalid \"moved\" addresses", detail);
        diagnostics.push(problem.at(to_span).label(from_span, "moved from here"));
        return None;
    }
    Some(Moved { span: block.name_span, from, to })
}

/// A `removed` block.
pub(super) fn removed(block: &NestedBody, diagnostics: &mut Diagnostics) -> Option<Removed> {
    let lifecycle = block.body.blocks.iter().find(|inner| &*inner.name == "lifecycle");
    let destroy = lifecycle.and_then(|lifecycle| read::flag(&lifecycle.body, "destroy", diagnostics));
    let (from, place) = target(&block.body, "from", block.name_span, diagnostics)?;
    let has_key = match &from {
        Target::Module(module) => module.steps().iter().any(|step| step.key.is_some()),
        Target::Resource(address) => {
            address.key.is_some() || address.module().steps().iter().any(|step| step.key.is_some())
        }
    };
    if has_key {
        let detail = "A `removed` block is about all instances, because it replaces the whole block. Remove the key in brackets.";
        diagnostics.push(Diagnostic::error("Resource instance keys not allowed", detail).at(place));
        return None;
    }
    Some(Removed { span: block.name_span, from, destroy: destroy.unwrap_or(true) })
}

/// An `import` block.
pub(super) fn import(
    block: &NestedBody,
    canonical: &dyn Fn(ProviderKey) -> ProviderKey,
    diagnostics: &mut Diagnostics,
) -> Option<Import> {
    let body = &block.body;
    let to = read::required(body, "to", block.name_span, diagnostics);
    let id = read::required(body, "id", block.name_span, diagnostics);
    let provider =
        body.attributes.get("provider").and_then(|argument| read::provider(&argument.value, diagnostics));
    let to = read::written_in(body, &to?.value);
    if !names_resource(&to) {
        let detail = "`to` is the address of a managed resource, like `aws_lambda_function.items` or `module.api.aws_lambda_alias.prod[\"eu\"]`.";
        diagnostics.push(Diagnostic::error("Invalid import address", detail).at(to.span));
        return None;
    }
    Some(Import {
        span: block.name_span,
        to,
        id: id?.value.clone(),
        for_each: body.attributes.get("for_each").map(|argument| argument.value.clone()),
        provider: provider.map(canonical),
    })
}

fn names_resource(expression: &Expression) -> bool {
    let Some((root, steps)) = read::steps(expression) else { return false };
    let mut words = std::iter::once(Step::Attribute(root)).chain(steps).peekable();
    loop {
        let Some(Step::Attribute(word)) = words.next() else { return false };
        if &*word == "data" {
            return false;
        }
        if !matches!(words.next(), Some(Step::Attribute(_))) {
            return false;
        }
        while words.next_if(|step| !matches!(step, Step::Attribute(_))).is_some() {}
        if &*word != "module" {
            return words.next().is_none();
        }
    }
}

/// The address that an argument spells, without anything that must be evaluated.
fn target(body: &Body, name: &str, owner: Span, diagnostics: &mut Diagnostics) -> Option<(Target, Span)> {
    let argument = read::required(body, name, owner, diagnostics)?;
    let place = argument.value.span;
    let found =
        read::steps(&read::written_in(body, &argument.value)).and_then(|(root, steps)| address(root, steps));
    if found.is_none() {
        let detail = format!(
            "`{name}` is the address of a resource, like `aws_lambda_function.items`, or of a module, like `module.api`, with fixed keys."
        );
        diagnostics.push(Diagnostic::error("Invalid address", detail).at(place));
    }
    Some((found?, place))
}

fn address(root: Arc<str>, steps: Vec<Step>) -> Option<Target> {
    let mut steps = std::iter::once(Step::Attribute(root)).chain(steps).peekable();
    let mut module = ModulePath::root();
    loop {
        let word = attribute(steps.next()?)?;
        if &*word == "data" {
            return None;
        }
        let word = if &*word == "resource" { attribute(steps.next()?)? } else { word };
        let name = attribute(steps.next()?)?;
        let key = match steps.next_if(|step| matches!(step, Step::Index(_))) {
            Some(Step::Index(key)) => Some(key),
            _ => None,
        };
        if &*word != "module" {
            return match steps.next() {
                None => Some(resource(module, word, name, key)),
                Some(_) => None,
            };
        }
        module = module.child(name, key);
        if steps.peek().is_none() {
            return Some(Target::Module(module));
        }
    }
}

fn resource(module: ModulePath, kind: Arc<str>, name: Arc<str>, key: Option<Key>) -> Target {
    let block = ResourceAddress { module, mode: ResourceMode::Managed, kind, name };
    Target::Resource(Arc::new(block).instance(key))
}

fn attribute(step: Step) -> Option<Arc<str>> {
    match step {
        Step::Attribute(name) => Some(name),
        Step::Index(_) | Step::Dynamic => None,
    }
}
