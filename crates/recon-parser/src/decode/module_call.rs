//! `module` blocks: which module they call, and whether what they pass is what it takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::state::ProviderKey;
use recon_core::{Diagnostic, Diagnostics, Span};

use super::resource::repetition;
use super::terraform::canonical;
use super::{name, read};
use crate::config::{Body, Module, ModuleCall, NestedBody, Repetition};
use crate::expression::Kind;
use crate::suggest::closest;

/// Arguments that belong to the language.
const ARGUMENTS: [&str; 6] = ["source", "version", "count", "for_each", "depends_on", "providers"];

/// Finds the module in a directory, given the text of `source` with its place.
pub(crate) type Resolve<'a> = dyn FnMut(&str, Span, &mut Diagnostics) -> Option<Arc<Module>> + 'a;

/// A `module` block; nothing where the module that it calls cannot be read.
pub(super) fn module_call(
    block: &NestedBody,
    caller: &Module,
    resolve: &mut Resolve<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ModuleCall> {
    let NestedBody { name: _, labels, name_span: span, body } = block;
    if let Some(name) = labels.first() {
        diagnostics.extend(name::check(name, "module instance", *span));
    }
    let source = read::required(body, "source", *span, diagnostics)?;
    if let Some(version) = body.attributes.get("version") {
        let detail = "A module in a local directory has no versions. Remove `version`.";
        diagnostics
            .push(Diagnostic::error("Invalid module version constraint", detail).at(version.name_span));
    }
    let text = read::text("source", source, diagnostics)?;
    let module = resolve(&text, source.value.span, diagnostics)?;
    let inputs: BTreeMap<_, _> = body
        .attributes
        .iter()
        .filter(|(name, _)| !ARGUMENTS.contains(&&***name))
        .map(|(name, argument)| (name.clone(), argument.clone()))
        .collect();
    let call = ModuleCall {
        span: *span,
        inputs,
        repetition: repetition(body, diagnostics),
        depends_on: read::depends_on(body, diagnostics),
        providers: providers(body, caller, &module, diagnostics),
        module,
    };
    check_inputs(&call, diagnostics);
    check_providers(&call, diagnostics);
    Some(call)
}

fn check_inputs(call: &ModuleCall, diagnostics: &mut Diagnostics) {
    let variables = &call.module.variables;
    for (name, argument) in &call.inputs {
        if !variables.contains_key(name) && !call.module.gaps.has_files {
            let advice = match closest(name, variables.keys().map(|known| &**known)) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => format!(
                    "Declare it in `{}` with `variable \"{name}\" {{}}`, or remove it.",
                    call.module.directory
                ),
            };
            let detail = format!("The module has no variable `{name}`. {advice}");
            diagnostics.push(Diagnostic::error("Unsupported argument", detail).at(argument.name_span));
        }
    }
    for (name, variable) in variables {
        if variable.default.is_none() && !call.inputs.contains_key(name) {
            let detail = format!("The module's variable `{name}` has no default, so this call must set it.");
            diagnostics.push(
                Diagnostic::error("Missing required argument", detail)
                    .at(call.span)
                    .label(variable.span, "declared here"),
            );
        }
    }
}

/// `providers = { inner = outer }`, both under the names that the configuration of the root gives them.
fn providers(
    body: &Body,
    caller: &Module,
    called: &Module,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<ProviderKey, ProviderKey> {
    const SUMMARY: &str = "Invalid providers argument";
    let mut found = BTreeMap::new();
    let Some(argument) = body.attributes.get("providers") else { return found };
    let Kind::Object(entries) = &*argument.value.kind else {
        let detail = "`providers` takes a map written out, like `{ aws = aws.eu }`.";
        diagnostics.push(Diagnostic::error(SUMMARY, detail).at(argument.value.span));
        return found;
    };
    for (inner, outer) in entries {
        let key = read::provider(inner, diagnostics);
        let value = read::provider(outer, diagnostics);
        if let (Some(key), Some(value)) = (key, value) {
            let repeated = found.insert(canonical(called, key), canonical(caller, value)).is_some();
            if repeated {
                let detail = "The same provider is passed twice. Remove one of the two entries.";
                diagnostics.push(Diagnostic::error(SUMMARY, detail).at(inner.span));
            }
        }
    }
    found
}

/// What the called module asks to be passed must be passed.
fn check_providers(call: &ModuleCall, diagnostics: &mut Diagnostics) {
    for requirement in call.module.required_providers.values() {
        for alias in &requirement.aliases {
            let key = canonical(&call.module, alias.clone());
            if !call.providers.contains_key(&key) {
                let detail = format!(
                    "The module needs the provider configuration `{alias}`. Pass it: `providers = {{ {alias} = … }}`."
                );
                diagnostics.push(
                    Diagnostic::error("Missing required provider configuration", detail)
                        .at(call.span)
                        .label(requirement.span, "required here"),
                );
            }
        }
    }
    let once = matches!(call.repetition, Repetition::Once) && call.depends_on.is_empty();
    if !once && let Some(block) = call.module.providers.values().next() {
        let detail = "A module that configures providers itself cannot be called with `count`, `for_each` or `depends_on`. Move its \
                      `provider` block to the root module.";
        diagnostics.push(
            Diagnostic::error("Module is incompatible with count, for_each, and depends_on", detail)
                .at(call.span)
                .label(block.span, "configured here"),
        );
    }
}
