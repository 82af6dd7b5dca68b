//! `resource` and `data` blocks: the language's own arguments are taken out, the rest is left to the type's schema.

use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, ResourceMode};

use super::lifecycle::lifecycle;
use super::{name, read};
use crate::config::{Body, NestedBody, Repetition, Resource};

/// Arguments and blocks that belong to the language.
const ARGUMENTS: [&str; 4] = ["count", "for_each", "depends_on", "provider"];

/// A `resource` or `data` block with its two labels.
pub(super) fn resource(
    block: &NestedBody,
    mode: ResourceMode,
    canonical: &dyn Fn(ProviderKey) -> ProviderKey,
    diagnostics: &mut Diagnostics,
) -> Option<Resource> {
    let NestedBody { name: _, labels, name_span: span, body } = block;
    let [kind, own_name] = labels.as_slice() else { return None };
    let what = if mode == ResourceMode::Data { "data source" } else { "resource" };
    diagnostics.extend(name::check(kind, &format!("{what} type"), *span));
    diagnostics.extend(name::check(own_name, what, *span));
    let provider = match body.attributes.get("provider") {
        Some(argument) => read::provider(&argument.value, diagnostics),
        None => None,
    };
    Some(Resource {
        mode,
        kind: kind.clone(),
        name: own_name.clone(),
        span: *span,
        repetition: repetition(body, diagnostics),
        depends_on: read::depends_on(body, diagnostics),
        provider: canonical(provider.unwrap_or_else(|| implied_provider(kind))),
        lifecycle: lifecycle(body, mode, diagnostics),
        body: without_meta(body),
    })
}

/// `count` or `for_each`, not both.
pub(super) fn repetition(body: &Body, diagnostics: &mut Diagnostics) -> Repetition {
    match (body.attributes.get("count"), body.attributes.get("for_each")) {
        (Some(count), Some(for_each)) => {
            let detail = "`count` and `for_each` both say how many instances there are. Keep one of the two.";
            let problem = Diagnostic::error("Invalid combination of \"count\" and \"for_each\"", detail);
            diagnostics.push(problem.at(for_each.name_span).label(count.name_span, "`count` is here"));
            Repetition::Count(count.value.clone())
        }
        (Some(count), None) => Repetition::Count(count.value.clone()),
        (None, Some(for_each)) => Repetition::ForEach(for_each.value.clone()),
        (None, None) => Repetition::Once,
    }
}

/// The provider that a type belongs to by its name: what stands before the first underscore.
fn implied_provider(kind: &Name) -> ProviderKey {
    let name = kind.split('_').next().unwrap_or(kind);
    ProviderKey { name: name.into(), alias: None }
}

fn without_meta(body: &Body) -> Body {
    let attributes = body.attributes.iter().filter(|(name, _)| !ARGUMENTS.contains(&&***name));
    let blocks = body.blocks.iter().filter(|block| &*block.name != "lifecycle");
    Body {
        attributes: attributes.map(|(name, argument)| (name.clone(), argument.clone())).collect(),
        blocks: blocks.cloned().collect(),
        broken: body.broken.clone(),
        span: body.span,
        notation: body.notation,
    }
}
