//! The configuration of providers: evaluated before anything is read, from variables and locals alone.

use std::collections::BTreeMap;

use recon_core::address::ModulePath;
use recon_core::state::ProviderKey;
use recon_core::{Diagnostic, Diagnostics, Known, Span, Value};
use recon_parser::body;
use recon_parser::config::Module;
use recon_parser::scope::Clock;
use recon_parser::suggest::did_you_mean;

use crate::input::Input;
use crate::nodes;
use crate::world::{Surroundings, World};

/// The arguments of every provider that the configuration or the state uses; all null where no block configures it.
pub fn providers(input: &Input<'_>) -> Result<BTreeMap<ProviderKey, Known>, Diagnostics> {
    let (values, mut diagnostics) = evaluate(input);
    let mut found = BTreeMap::new();
    for (key, value) in values {
        match Known::new(value.clone()) {
            Some(known) => drop(found.insert(key, known)),
            None => {
                let span = input.module.providers.get(&key).map(|block| block.span);
                diagnostics.push(not_known(&value, span));
            }
        }
    }
    diagnostics.into_result(found)
}

/// What is wrong with provider blocks, whatever their arguments will be.
pub(crate) fn mistakes(input: &Input<'_>) -> Diagnostics {
    evaluate(input).1
}

fn evaluate(input: &Input<'_>) -> (BTreeMap<ProviderKey, Value>, Diagnostics) {
    let (nodes, _) = nodes::build(input.module, input.catalog);
    let clock = Clock { planned_at_ms: input.planned_at_ms, applying: None };
    let around = Surroundings { files: input.files, clock, workspace: input.workspace };
    let world = World::new(around, &nodes, input.variables);
    let mut found = BTreeMap::new();
    let mut diagnostics = Diagnostics::new();
    for (key, place) in used(input) {
        let root = ModulePath::root();
        let block = input.module.providers.get(&key);
        let Some(schema) = input.catalog.provider(&key.name) else {
            diagnostics.extend(block.map(|block| unsupported(&key, block.span, input)));
            continue;
        };
        if block.is_none() && key.alias.is_some() {
            if !input.module.gaps.has_files {
                diagnostics.push(not_declared(&key, place, input));
            }
            continue;
        }
        let empty = recon_parser::config::Body::default();
        let source = block.map_or(&empty, |block| &block.body);
        diagnostics.extend(body::check_body(source, &schema.block));
        let value = body::decode_body(source, &schema.block, &world.place(&root));
        if let Some(value) = diagnostics.take(value) {
            found.insert(key, value);
        }
        diagnostics.extend(std::mem::take(&mut *world.diagnostics.borrow_mut()));
    }
    (found, diagnostics)
}

fn unsupported(key: &ProviderKey, span: Span, input: &Input<'_>) -> Diagnostic {
    let hint = did_you_mean(&key.name, input.catalog.providers().map(|(name, _)| name));
    let detail = format!("recon has no provider \"{}\", so this block configures nothing.{hint}", key.name);
    Diagnostic::warning("Unsupported provider", detail).at(span)
}

fn not_declared(key: &ProviderKey, place: Option<Span>, input: &Input<'_>) -> Diagnostic {
    let declared: Vec<String> = input.module.providers.keys().map(ToString::to_string).collect();
    let hint = did_you_mean(&key.to_string(), declared.iter().map(String::as_str));
    let detail =
        format!("No provider block has the alias that `{key}` names.{hint} Declare it in the root module.");
    let diagnostic = Diagnostic::error("Provider configuration not present", detail);
    match place {
        Some(place) => diagnostic.at(place),
        None => diagnostic,
    }
}

fn not_known(value: &Value, span: Option<Span>) -> Diagnostic {
    let entries = value.entries().into_iter().flatten();
    let unknown: Vec<String> =
        entries.filter(|(_, value)| !value.is_wholly_known()).map(|(name, _)| format!("`{name}`")).collect();
    let detail = format!(
        "{} depends on resources or data sources, which are read with the provider itself. Use variables and locals.",
        unknown.join(", ")
    );
    let diagnostic = Diagnostic::error("Provider argument is not known", detail);
    match span {
        Some(span) => diagnostic.at(span),
        None => diagnostic,
    }
}

/// The providers that the configuration or the state uses, each with the place of the block that uses it.
fn used(input: &Input<'_>) -> BTreeMap<ProviderKey, Option<Span>> {
    let blocks = input.module.providers.iter();
    let mut keys: BTreeMap<_, _> = blocks.map(|(key, block)| (key.clone(), Some(block.span))).collect();
    collect(input.module, &BTreeMap::new(), &mut keys);
    for instance in input.remembered.resources.values() {
        keys.entry(instance.provider.clone()).or_insert(None);
    }
    keys
}

/// Adds the keys that a module's blocks use, as the root module calls them.
fn collect(
    module: &Module,
    outer: &BTreeMap<ProviderKey, ProviderKey>,
    keys: &mut BTreeMap<ProviderKey, Option<Span>>,
) {
    let name = |key: &ProviderKey| outer.get(key).cloned().unwrap_or_else(|| key.clone());
    for resource in module.resources.values() {
        keys.entry(name(&resource.provider)).or_insert(Some(resource.span));
    }
    for call in module.calls.values() {
        let mut inner: BTreeMap<ProviderKey, ProviderKey> =
            call.providers.iter().map(|(inner, key)| (inner.clone(), name(key))).collect();
        for (key, value) in outer {
            inner.entry(key.clone()).or_insert_with(|| value.clone());
        }
        collect(&call.module, &inner, keys);
    }
}
