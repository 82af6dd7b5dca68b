//! `terraform` blocks: versions, required providers, and where the state lives.

use std::collections::btree_map::Entry;

use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Span, Value};

use super::read;
use super::version::{allows, compares_pre_release};
use crate::config::{Argument, Body, Module, NestedBody, ProviderRequirement};
use crate::expression::{Expression, Kind};

/// The version of Terraform's language that recon reads.
const LANGUAGE_VERSION: &str = "1.11.4";

/// The version of the AWS provider whose arguments and attributes recon has.
const AWS_PROVIDER_VERSION: &str = "5.100.0";

/// Takes a `terraform` block into the module.
pub(super) fn terraform(block: &NestedBody, module: &mut Module, diagnostics: &mut Diagnostics) {
    let body = &block.body;
    if let Some(argument) = body.attributes.get("required_version")
        && let Some(text) = read::text("required_version", argument, diagnostics)
    {
        check_language(&text, argument, diagnostics);
        module.required_versions.push((text, argument.value.span));
    }
    if let Some(argument) = body.attributes.get("experiments") {
        refuse_experiments(argument, diagnostics);
    }
    for inner in &body.blocks {
        match &*inner.name {
            "required_providers" => required_providers(&inner.body, module, diagnostics),
            "backend" => backend(inner, module, diagnostics),
            _ => {}
        }
    }
}

fn check_language(text: &str, argument: &Argument, diagnostics: &mut Diagnostics) {
    let place = argument.value.span;
    match allows(text, LANGUAGE_VERSION).filter(|_| !compares_pre_release(text)) {
        Some(true) => {}
        Some(false) => diagnostics.push(
            Diagnostic::error(
                "Unsupported Terraform Core version",
                format!(
                    "recon reads the language of Terraform {LANGUAGE_VERSION}, which \"{text}\" does not allow. If the configuration does \
                     not need another version, widen the constraint."
                ),
            )
            .at(place),
        ),
        None => diagnostics.push(invalid_constraint(text).at(place)),
    }
}

fn invalid_constraint(text: &str) -> Diagnostic {
    let detail = format!(
        "\"{text}\" is not a version constraint. Write one like `>= 1.5`, `~> 5.31` or `>= 1.5, < 2.0`; the signs are =, !=, >, >=, <, <= \
         and ~>."
    );
    Diagnostic::error("Invalid version constraint", detail)
}

fn refuse_experiments(argument: &Argument, diagnostics: &mut Diagnostics) {
    let detail = "recon has no experimental features of the language. Remove `experiments`.";
    diagnostics.push(Diagnostic::error("Unknown experiment keyword", detail).at(argument.value.span));
}

fn backend(block: &NestedBody, module: &mut Module, diagnostics: &mut Diagnostics) {
    let Some(kind) = block.labels.first() else { return };
    if module.backend.is_some() {
        let detail = "A module has one backend. Remove one of the two blocks.";
        diagnostics.push(Diagnostic::error("Duplicate backend configuration", detail).at(block.name_span));
        return;
    }
    module.backend = Some((kind.clone(), block.body.clone()));
}

fn required_providers(body: &Body, module: &mut Module, diagnostics: &mut Diagnostics) {
    for (name, argument) in &body.attributes {
        let found = requirement(name, argument, diagnostics);
        match module.required_providers.entry(name.clone()) {
            Entry::Vacant(free) => {
                free.insert(found);
            }
            Entry::Occupied(taken) => {
                let what = format!("The requirement of the provider `{name}`");
                let summary = "Duplicate required provider".to_owned();
                diagnostics.push(read::duplicate(summary, &what, argument.name_span, taken.get().span));
            }
        }
    }
}

fn requirement(name: &Name, argument: &Argument, diagnostics: &mut Diagnostics) -> ProviderRequirement {
    let mut found =
        ProviderRequirement { span: argument.name_span, source: None, version: None, aliases: Vec::new() };
    match &*argument.value.kind {
        Kind::Object(entries) => {
            for (key, value) in entries {
                requirement_entry(&mut found, key, value, diagnostics);
            }
        }
        // The old form: only a version.
        _ => found.version = read::text(name, argument, diagnostics),
    }
    check_source(name, &found, place_of("source", argument), diagnostics);
    check_version(name, &found, place_of("version", argument), diagnostics);
    found
}

/// Where a property of a required provider has its value.
fn place_of(property: &str, argument: &Argument) -> Span {
    let Kind::Object(entries) = &*argument.value.kind else { return argument.value.span };
    let is_meant = |key: &Expression| read::literal(key).and_then(Value::as_str) == Some(property);
    entries.iter().find(|(key, _)| is_meant(key)).map_or(argument.name_span, |(_, value)| value.span)
}

fn requirement_entry(
    found: &mut ProviderRequirement,
    key: &Expression,
    value: &Expression,
    diagnostics: &mut Diagnostics,
) {
    let name = read::literal(key).and_then(Value::as_str).unwrap_or_default();
    let argument = Argument { name_span: key.span, value: value.clone() };
    match name {
        "source" => found.source = read::text(name, &argument, diagnostics),
        "version" => found.version = read::text(name, &argument, diagnostics),
        "configuration_aliases" => {
            let items = read::list(name, &argument, diagnostics);
            found.aliases = items.iter().filter_map(|item| read::provider(item, diagnostics)).collect();
        }
        other => {
            let detail = format!(
                "`{other}` is not known here. A required provider has `source`, `version` and `configuration_aliases`."
            );
            diagnostics.push(Diagnostic::error("Invalid required_providers object", detail).at(key.span));
        }
    }
}

fn check_source(name: &Name, found: &ProviderRequirement, place: Span, diagnostics: &mut Diagnostics) {
    let Some(source) = &found.source else { return };
    let parts: Vec<&str> = source.split('/').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
        let detail = format!(
            "\"{source}\" is not the source of a provider. It has the form `namespace/name`, like `hashicorp/aws`."
        );
        diagnostics.push(Diagnostic::error("Invalid provider source string", detail).at(place));
        return;
    }
    let official = parts.len() == 1 || ["hashicorp", "builtin", "opentofu"].contains(&parts[parts.len() - 2]);
    let ours = ["aws", "archive", "terraform"].contains(parts.last().unwrap_or(&""));
    if ours && !official {
        let detail = format!(
            "recon stands in for `hashicorp/aws`, not for `{source}`, which `{name}` asks for. Use the official source."
        );
        diagnostics.push(Diagnostic::error("Unsupported provider", detail).at(place));
    }
}

fn check_version(name: &Name, found: &ProviderRequirement, place: Span, diagnostics: &mut Diagnostics) {
    let Some(version) = &found.version else { return };
    match allows(version, AWS_PROVIDER_VERSION) {
        None => diagnostics.push(invalid_constraint(version).at(place)),
        Some(false) if provider_type(name, found) == "aws" => diagnostics.push(
            Diagnostic::warning(
                "Provider version not allowed",
                format!(
                    "recon's arguments and attributes are those of hashicorp/aws {AWS_PROVIDER_VERSION}, which \"{version}\" does not allow. \
                     Where that version differs, recon does too."
                ),
            )
            .at(place),
        ),
        Some(_) => {}
    }
}

fn provider_type<'a>(name: &'a str, requirement: &'a ProviderRequirement) -> &'a str {
    requirement.source.as_deref().and_then(|source| source.rsplit('/').next()).unwrap_or(name)
}

/// The provider that a module's own name of it stands for, by its `source`: `aws` for `hashicorp/aws`.
pub(super) fn canonical(module: &Module, key: ProviderKey) -> ProviderKey {
    match module.required_providers.get(&key.name) {
        Some(requirement) => {
            let name = provider_type(&key.name, requirement).into();
            ProviderKey { name, alias: key.alias }
        }
        None => key,
    }
}
