//! Blocks to configuration: what the language itself says about each block and argument, and every mistake at once.

mod constant;
mod constraint;
mod leftover;
mod lifecycle;
mod module_call;
pub(crate) mod name;
mod overrides;
mod read;
mod refactor;
mod resource;
pub(crate) mod shape;
mod terraform;
#[cfg(test)]
mod tests;
mod variable;
mod version;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, ResourceMode, Span};

use crate::config::{
    Body, CheckBlock, Gaps, Local, Module, ModuleCall, NestedBody, Output, ProviderBlock, Resource, Variable,
};

pub(crate) use constant::constant;
pub(crate) use module_call::Resolve;

/// The parsed files of one directory.
#[derive(Default)]
pub(crate) struct Sources {
    /// Ordinary files.
    pub(crate) files: Vec<Body>,
    /// Files whose blocks change those of the ordinary ones.
    pub(crate) overrides: Vec<Body>,
    /// Whether some could not be read, or not as a whole.
    pub(crate) have_gaps: bool,
}

/// Which module the blocks are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// The one that the user runs recon in.
    Root,
    /// One that another module calls.
    Called,
}

/// Decodes the files of one directory. `resolve` finds the modules that they call.
pub(crate) fn module(
    sources: Sources,
    directory: &str,
    position: Position,
    resolve: &mut Resolve<'_>,
) -> (Module, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let gaps = Gaps { has_files: sources.have_gaps, ..Gaps::default() };
    let blocks = self::blocks(sources.files, &mut diagnostics);
    let changes = self::blocks(sources.overrides, &mut diagnostics);
    let blocks = overrides::merge(blocks, changes, &mut diagnostics);
    let mut module = Module { directory: directory.to_owned(), gaps, ..Module::default() };
    // The names of providers decide how the other blocks read.
    for block in blocks.iter().filter(|block| &*block.name == "terraform") {
        terraform::terraform(block, &mut module, &mut diagnostics);
    }
    for block in &blocks {
        add(block, &mut module, resolve, &mut diagnostics);
    }
    leftover::check(&module, &mut diagnostics);
    if position == Position::Called {
        refuse_in_called(&mut module, &mut diagnostics);
    }
    (module, diagnostics)
}

/// The blocks of files that have a place in a configuration.
fn blocks(files: Vec<Body>, diagnostics: &mut Diagnostics) -> Vec<NestedBody> {
    let mut found = Vec::new();
    for file in files {
        shape::check(&file, &shape::FILE, diagnostics);
        found.extend(file.blocks.into_iter().filter(|block| {
            shape::FILE.block(&block.name).is_some_and(|shape| shape::wrong_labels(block, shape).is_none())
        }));
    }
    found
}

fn add(block: &NestedBody, module: &mut Module, resolve: &mut Resolve<'_>, diagnostics: &mut Diagnostics) {
    match &*block.name {
        "provider" => provider(block, module, diagnostics),
        "variable" => {
            let variable = variable::variable(block, diagnostics);
            insert(&mut module.variables, block, "variable", variable, diagnostics);
        }
        "locals" => locals(block, module, diagnostics),
        "output" => {
            if let Some(output) = output(block, diagnostics) {
                insert(&mut module.outputs, block, "output", output, diagnostics);
            }
        }
        "resource" => add_resource(block, ResourceMode::Managed, module, diagnostics),
        "data" => add_resource(block, ResourceMode::Data, module, diagnostics),
        "module" => {
            if let Some(call) = module_call::module_call(block, module, resolve, diagnostics) {
                insert(&mut module.calls, block, "module call", call, diagnostics);
            } else if let Some(name) = block.labels.first() {
                module.gaps.calls.insert(name.clone());
            }
        }
        "moved" => module.moved.extend(refactor::moved(block, diagnostics)),
        "removed" => module.removed.extend(refactor::removed(block, diagnostics)),
        "import" => {
            let found = refactor::import(block, &|key| terraform::canonical(module, key), diagnostics);
            module.imports.extend(found);
        }
        "check" => check(block, module, diagnostics),
        _ => {}
    }
}

/// What a block with a name of its own becomes.
trait Declared {
    /// Where it stands.
    fn place(&self) -> Span;
}

impl Declared for Variable {
    fn place(&self) -> Span {
        self.span
    }
}

impl Declared for Output {
    fn place(&self) -> Span {
        self.span
    }
}

impl Declared for ModuleCall {
    fn place(&self) -> Span {
        self.span
    }
}

impl Declared for CheckBlock {
    fn place(&self) -> Span {
        self.span
    }
}

/// Adds a block under its label, which no other block of its kind may have.
fn insert<T: Declared>(
    known: &mut BTreeMap<Name, T>,
    block: &NestedBody,
    what: &str,
    value: T,
    diagnostics: &mut Diagnostics,
) {
    let Some(name) = block.labels.first() else { return };
    if what != "module call" {
        diagnostics.extend(name::check(name, what, block.name_span));
    }
    match known.entry(name.clone()) {
        Entry::Vacant(free) => {
            free.insert(value);
        }
        Entry::Occupied(taken) => {
            let summary = format!("Duplicate {what} declaration");
            let described = format!("The {what} \"{name}\"");
            diagnostics.push(read::duplicate(summary, &described, block.name_span, taken.get().place()));
        }
    }
}

fn locals(block: &NestedBody, module: &mut Module, diagnostics: &mut Diagnostics) {
    for (name, argument) in &block.body.attributes {
        diagnostics.extend(name::check(name, "local value", argument.name_span));
        match module.locals.entry(name.clone()) {
            Entry::Vacant(free) => {
                free.insert(Local { span: argument.name_span, value: argument.value.clone() });
            }
            Entry::Occupied(taken) => {
                let what = format!("The local value \"{name}\"");
                let summary = "Duplicate local value definition".to_owned();
                diagnostics.push(read::duplicate(summary, &what, argument.name_span, taken.get().span));
            }
        }
    }
}

fn output(block: &NestedBody, diagnostics: &mut Diagnostics) -> Option<Output> {
    let body = &block.body;
    let value = read::required(body, "value", block.name_span, diagnostics);
    let description = read::optional_text(body, "description", diagnostics);
    let sensitive = read::flag(body, "sensitive", diagnostics).unwrap_or(false);
    let ephemeral = read::flag(body, "ephemeral", diagnostics).unwrap_or(false);
    let depends_on = read::depends_on(body, diagnostics);
    let preconditions = variable::conditions(body, "precondition", diagnostics);
    let value = value?.value.clone();
    Some(Output {
        span: block.name_span,
        value,
        description,
        sensitive,
        ephemeral,
        depends_on,
        preconditions,
    })
}

fn provider(block: &NestedBody, module: &mut Module, diagnostics: &mut Diagnostics) {
    let Some(name) = block.labels.first() else { return };
    diagnostics.extend(name::check(name, "provider configuration", block.name_span));
    let alias = read::optional_text(&block.body, "alias", diagnostics);
    if let Some(version) = block.body.attributes.get("version") {
        let detail = "A provider's version is constrained in `required_providers` of the `terraform` block, and nowhere else. Move it there.";
        diagnostics.push(
            Diagnostic::warning(
                "Version constraints inside provider configuration blocks are deprecated",
                detail,
            )
            .at(version.name_span),
        );
    }
    if let Some(alias) = &alias {
        diagnostics.extend(name::check(alias, "provider configuration alias", block.name_span));
    }
    let key = terraform::canonical(module, ProviderKey { name: name.clone(), alias: alias.map(Name::from) });
    let mut body: Body = block.body.clone();
    body.attributes.retain(|name, _| !["alias", "version"].contains(&&**name));
    match module.providers.entry(key) {
        Entry::Vacant(free) => {
            free.insert(ProviderBlock { span: block.name_span, body });
        }
        Entry::Occupied(taken) => {
            let what = format!("The provider configuration `{}`", taken.key());
            let mut problem = read::duplicate(
                "Duplicate provider configuration".to_owned(),
                &what,
                block.name_span,
                taken.get().span,
            );
            problem.detail.push_str(" For a second configuration of one provider, give it an `alias`.");
            diagnostics.push(problem);
        }
    }
}

fn add_resource(block: &NestedBody, mode: ResourceMode, module: &mut Module, diagnostics: &mut Diagnostics) {
    let found = resource::resource(block, mode, &|key| terraform::canonical(module, key), diagnostics);
    if let Some(resource) = found {
        insert_resource(resource, module, diagnostics);
    }
}

fn insert_resource(resource: Resource, module: &mut Module, diagnostics: &mut Diagnostics) {
    let what = if resource.mode == ResourceMode::Data { "data" } else { "resource" };
    match module.resources.entry((resource.mode, resource.kind.clone(), resource.name.clone())) {
        Entry::Vacant(free) => {
            free.insert(Arc::new(resource));
        }
        Entry::Occupied(taken) => {
            let described = format!("The {} {what} named \"{}\"", resource.kind, resource.name);
            let summary = format!("Duplicate {what} \"{}\" configuration", resource.kind);
            diagnostics.push(read::duplicate(summary, &described, resource.span, taken.get().span));
        }
    }
}

fn check(block: &NestedBody, module: &mut Module, diagnostics: &mut Diagnostics) {
    let asserts = variable::conditions(&block.body, "assert", diagnostics);
    if !block.body.blocks.iter().any(|inner| &*inner.name == "assert") {
        let detail = "A `check` block without an `assert` block checks nothing. Add one with `condition` and `error_message`.";
        diagnostics.push(Diagnostic::error("Zero assert blocks", detail).at(block.name_span));
    }
    let mut data_blocks =
        block.body.blocks.iter().filter(|inner| &*inner.name == "data" && inner.labels.len() == 2);
    let data = data_blocks.next();
    for again in data_blocks {
        let detail = "A `check` block has at most one data source of its own. Move the other one out of it.";
        diagnostics.push(Diagnostic::error("Multiple data resource blocks", detail).at(again.name_span));
    }
    if let Some(data) = data {
        add_resource(data, ResourceMode::Data, module, diagnostics);
    }
    let data = data.map(|data| (data.labels[0].clone(), data.labels[1].clone()));
    let found = CheckBlock { span: block.name_span, data, asserts };
    insert(&mut module.checks, block, "check", found, diagnostics);
}

/// What has a meaning only in the root module.
fn refuse_in_called(module: &mut Module, diagnostics: &mut Diagnostics) {
    for import in module.imports.drain(..) {
        let detail = "`import` blocks stand in the root module only. Move it there; its `to` can name an address in this module.";
        diagnostics.push(Diagnostic::error("Invalid import configuration", detail).at(import.span));
    }
    if let Some((_, body)) = module.backend.take() {
        let detail =
            "The state's place is decided by the root module, so this block means nothing here. Remove it.";
        let problem = Diagnostic::warning("Backend configuration ignored", detail);
        diagnostics.push(body.span.map_or(problem.clone(), |span| problem.at(span)));
    }
    // An empty block in a called module only says that a provider is passed to it.
    module.providers.retain(|_, block| !block.body.attributes.is_empty() || !block.body.blocks.is_empty());
    for (key, block) in &module.providers {
        let detail = format!(
            "recon configures providers in the root module only. Move the configuration of `{key}` there, with an `alias` if need be, and pass it \
             with `providers` in the module block."
        );
        diagnostics
            .push(Diagnostic::error("Provider configuration in a called module", detail).at(block.span));
    }
}
