//! `import` blocks: which addresses take over which objects.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::address::{Key, ModulePath};
use recon_core::change::{Change, ResourceChange};
use recon_core::state::{Health, Object, ProviderKey};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Identity, Known, ResourceMode, Span};
use recon_parser::config::{Import, Resource};
use recon_parser::evaluate;
use recon_parser::expression::{Expression, Kind};

use crate::input::{Ask, Input, Question};
use crate::plan::Walk;
use crate::scope::Place;
use crate::triggers::key_of;
use crate::world::World;

/// What an `import` block wants.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    id: String,
    span: Span,
}

/// Evaluates all `import` blocks of the root module.
pub(crate) fn find(world: &World<'_>, input: &Input<'_>) -> Result<BTreeMap<Address, Wanted>, Diagnostics> {
    let mut found = BTreeMap::new();
    let mut diagnostics = Diagnostics::new();
    for import in &input.module.imports {
        let entries = diagnostics.take(entries(world, import)).unwrap_or_default();
        for (address, id) in entries {
            let wanted = Wanted { id, span: import.span };
            if let Some(other) = found.insert(address.clone(), wanted) {
                let detail =
                    format!("Two import blocks name {address}; an address can take over one object.");
                diagnostics.push(
                    Diagnostic::error("Duplicate import", detail)
                        .at(import.span)
                        .label(other.span, "the other"),
                );
            }
        }
    }
    diagnostics.into_result(found)
}

fn entries(world: &World<'_>, import: &Import) -> Result<Vec<(Address, String)>, Diagnostics> {
    let root = ModulePath::root();
    let keys = match &import.for_each {
        Some(expression) => crate::repetition::keys(
            &recon_parser::config::Repetition::ForEach(expression.clone()),
            &world.place(&root),
            crate::repetition::Open::Refused,
        )?,
        None => crate::world::Keys::Once,
    };
    let mut found = Vec::new();
    for key in keys.list() {
        let place = world.instance_place(&root, key.as_ref(), &keys);
        found.push((address(&import.to, world, &place)?, id(&import.id, &place)?));
    }
    Ok(found)
}

fn id(expression: &Expression, place: &Place<'_, '_>) -> Result<String, Diagnostics> {
    let value = evaluate::evaluate(expression, place)?;
    let wrong = |detail: &str| Diagnostic::error("Invalid import id", detail).at(expression.span).into();
    match (value.as_str(), value.is_unknown(), value.marks.is_sensitive()) {
        (_, true, _) => Err(wrong("The id must be known when planning.")),
        (_, _, true) => Err(wrong("The id is sensitive, and it would show in the plan.")),
        (Some(""), ..) => Err(wrong("The id must not be empty.")),
        (Some(id), ..) => Ok(id.to_owned()),
        (None, ..) => Err(wrong("The id must be a string.")),
    }
}

/// The steps of an address expression, from its root.
enum Part {
    Word(Name),
    Key(Key),
}

fn address(
    expression: &Expression,
    world: &World<'_>,
    place: &Place<'_, '_>,
) -> Result<Address, Diagnostics> {
    let wrong = || -> Diagnostics {
        let detail =
            "The `to` argument must be the address of a resource, like aws_lambda_alias.prod[\"eu\"].";
        Diagnostic::error("Invalid import address", detail).at(expression.span).into()
    };
    let mut parts = Vec::new();
    collect(expression, place, &mut parts)?;
    let mut parts = parts.into_iter().peekable();
    let mut module = ModulePath::root();
    let Some(Part::Word(mut word)) = parts.next() else { return Err(wrong()) };
    while &*word == "module" {
        let Some(Part::Word(name)) = parts.next() else { return Err(wrong()) };
        let key = match parts.next_if(|part| matches!(part, Part::Key(_))) {
            Some(Part::Key(key)) => Some(key),
            _ => None,
        };
        module = module.child(name, key);
        word = match parts.next() {
            Some(Part::Word(word)) => word,
            _ => return Err(wrong()),
        };
    }
    let Some(Part::Word(name)) = parts.next() else { return Err(wrong()) };
    let key = match parts.next() {
        Some(Part::Key(key)) => Some(key),
        None => None,
        Some(Part::Word(_)) => return Err(wrong()),
    };
    Ok(world.address(&module, ResourceMode::Managed, &word, &name).instance(key))
}

fn collect(expression: &Expression, place: &Place<'_, '_>, parts: &mut Vec<Part>) -> Result<(), Diagnostics> {
    match &*expression.kind {
        Kind::Variable(name) => parts.push(Part::Word(name.clone())),
        Kind::Attribute(source, name) => {
            collect(source, place, parts)?;
            parts.push(Part::Word(name.clone()));
        }
        Kind::Index(source, key) => {
            collect(source, place, parts)?;
            parts.extend(key_of(&evaluate::evaluate(key, place)?).map(Part::Key));
        }
        _ => {}
    }
    Ok(())
}

/// The object that planning starts from: the remembered one, or the one that an `import` block takes over, with its id.
pub(crate) fn prior(
    walk: &mut Walk<'_>,
    address: &Address,
    config: &Resource,
) -> Result<(Option<String>, Option<Object>), Diagnostics> {
    let remembered = walk.state.object(address).cloned();
    let Some(wanted) = walk.imports.get(address).cloned() else { return Ok((None, remembered)) };
    // An import block that has done its work does nothing.
    if remembered.is_some() {
        return Ok((None, remembered));
    }
    let provider = walk.facts.get(&address.resource).map(|facts| facts.provider.clone());
    let provider = provider.unwrap_or_else(|| config.provider.clone());
    let question = Question::Import(wanted.id.clone());
    match walk.input.answers.get(&provider, &config.kind, &question).cloned() {
        Some(Ok(Some(value))) => {
            let schema_version =
                walk.input.catalog.at(&address.resource).map_or(0, |kind| kind.schema().version);
            Ok((Some(wanted.id), Some(Object { schema_version, value, health: Health::Good })))
        }
        Some(Ok(None)) => {
            let detail = format!("There is no {} with the import id \"{}\".", config.kind, wanted.id);
            Err(Diagnostic::error("Cannot import non-existent remote object", detail)
                .at(wanted.span)
                .about(address)
                .into())
        }
        Some(Err(error)) => {
            Err(Diagnostic::error("Import failed", error.to_string()).at(wanted.span).about(address).into())
        }
        None => {
            let kind = config.kind.clone();
            walk.asks.insert(Ask { provider, kind, question, address: address.clone() });
            Err(Diagnostics::new())
        }
    }
}

/// An object of a provider.
type Which = (Option<ProviderKey>, Identity);

/// What is to be said of imports of objects that another address has, or gets: two would change, and destroy, one object.
pub(crate) fn owned(walk: &Walk<'_>) -> Diagnostics {
    let imported: Vec<(&Address, &Known)> = walk.changes.list.iter().filter_map(imported_object).collect();
    if imported.is_empty() {
        return Diagnostics::new();
    }
    let kinds: BTreeSet<&Name> = imported.iter().map(|(address, _)| address.kind()).collect();
    // What a `removed` block makes recon forget may go to another address in the same plan.
    let stays = |address: &&Address| {
        kinds.contains(address.kind())
            && !walk.changes.at(address).is_some_and(|found| matches!(found.change, Change::Forget { .. }))
    };
    let remembered = walk.state.resources.iter().filter(|(address, _)| stays(address));
    let mut owners: BTreeMap<Which, &Address> = BTreeMap::new();
    for (address, instance) in remembered {
        if let Some(object) = &instance.object {
            let identity = Identity::of(address.kind(), &object.value);
            owners.insert((Some(instance.provider.clone()), identity), address);
        }
    }
    let mut diagnostics = Diagnostics::new();
    for (address, value) in imported {
        let provider = walk.facts.get(&address.resource).map(|facts| facts.provider.clone());
        let which = (provider, Identity::of(address.kind(), value));
        let Some(owner) = owners.insert(which, address) else { continue };
        let Some(wanted) = walk.imports.get(address) else { continue };
        let advice = match walk.imports.get(owner) {
            Some(other) if other.id == wanted.id => "Leave one of the two import blocks out.".to_owned(),
            _ => format!("To give it another one, write a `moved` block from {owner} to {address} instead."),
        };
        let detail = format!(
            "The object with the import id \"{}\" is that of {owner} already, and one object has one address. {advice}",
            wanted.id
        );
        let diagnostic = Diagnostic::error("Object already managed by recon", detail).at(wanted.span);
        diagnostics.push(diagnostic.about(address));
    }
    diagnostics
}

fn imported_object(change: &ResourceChange) -> Option<(&Address, &Known)> {
    change.imported.as_ref()?;
    Some((&change.address, change.change.before()?))
}

/// Import blocks whose address no block declares.
fn missing<'w>(walk: &'w Walk<'_>) -> impl Iterator<Item = (&'w Address, &'w Wanted)> {
    walk.imports.iter().filter(|(address, _)| {
        walk.world.keys(&address.resource).is_none_or(|keys| !keys.has(address.key.as_ref()))
    })
}

/// What import blocks take over that no block declares: the address and the id.
pub(crate) fn unwritten(walk: &Walk<'_>) -> Vec<(Address, String)> {
    let found = missing(walk).filter(|(address, _)| walk.state.object(address).is_none());
    found.map(|(address, wanted)| (address.clone(), wanted.id.clone())).collect()
}

/// What is to be said of import blocks whose address no block declares.
pub(crate) fn undeclared(walk: &Walk<'_>) -> Diagnostics {
    missing(walk)
        .filter(|(address, _)| !may_be_lost(walk, address))
        .map(|(address, wanted)| {
            Diagnostic::error("Configuration for import target does not exist", advice(walk, address))
                .at(wanted.span)
                .about(address)
        })
        .collect()
}

/// Whether an address may be declared where nothing could be read.
fn may_be_lost(walk: &Walk<'_>, address: &Address) -> bool {
    let mut module = walk.input.module;
    for step in address.module().steps() {
        match module.calls.get(&step.name) {
            Some(call) => module = &call.module,
            None => return module.gaps.has_files || module.gaps.calls.contains(&step.name),
        }
    }
    module.gaps.has_files
}

/// What is to be done so that an address is declared.
fn advice(walk: &Walk<'_>, address: &Address) -> String {
    let (resource, kind, name) = (&address.resource, address.kind(), &address.resource.name);
    match (walk.world.keys(resource), &address.key) {
        (Some(crate::world::Keys::Once), _) => {
            format!("{resource} has neither count nor for_each, so name it without a key.")
        }
        (Some(_), None) => format!("{resource} has several instances; name one of them by its key."),
        (Some(_), Some(_)) => format!(
            "{resource} has no instance {address}: its count or for_each does not include that key. Add the key, or correct `to`."
        ),
        (None, None) if address.module().is_root() => format!(
            "No block declares {address}. Write the resource block that it is to become, or have recon write it from \
             the object, then look it over:\n\n    recon plan -generate-config-out=generated.tf"
        ),
        (None, key) => {
            let repetition = match key {
                Some(Key::Index(_)) => "      count = …\n",
                Some(Key::Text(_)) => "      for_each = …\n",
                None => "",
            };
            format!(
                "No block declares {address}. -generate-config-out writes no blocks with count or for_each and none inside of modules, \
                 so write it yourself:\n\n    resource \"{kind}\" \"{name}\" {{\n{repetition}      # its arguments\n    }}"
            )
        }
    }
}
