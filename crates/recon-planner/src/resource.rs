//! Plans one block: finds its instances, and decides over each.

use std::sync::Arc;

use recon_core::address::{Key, ModulePath};
use recon_core::change::{Change, DeleteReason, ReplaceReason, ResourceChange};
use recon_core::resource_type::{Neighbours, ResourceType};
use recon_core::secrets::Secrets;
use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Known, Path, ResourceAddress, ResourceMode, Span, Value};
use recon_parser::body;
use recon_parser::config::Resource;
use recon_parser::suggest::closest;

use crate::condition;
use crate::decide::{Candidate, Decision, decide};
use crate::input::{Ask, Question, TypeAnswers};
use crate::nodes::{Nodes, What};
use crate::order::BlockFacts;
use crate::plan::Walk;
use crate::repetition::Open;
use crate::world::Keys;

/// Plans all instances of a block in one module instance.
pub(crate) fn plan_block(walk: &mut Walk<'_>, node: usize, module: &ModulePath, config: &Arc<Resource>) {
    let block = walk.world.address(module, config.mode, &config.kind, &config.name);
    let Some(kind) = walk.input.catalog.at(&block) else {
        walk.diagnostics.push(unsupported(walk, config));
        return walk.world.declare(&block, Keys::Broken);
    };
    let mut wrong = body::check_body(&config.body, &kind.schema().block);
    wrong.extend(crate::ignored::check(config, &kind.schema().block));
    let is_wrong = wrong.has_errors();
    walk.diagnostics.extend(wrong);
    remember_facts(walk, node, &block, config);
    if walk.nodes.circling.contains(&node) {
        return walk.world.declare(&block, Keys::Broken);
    }
    if !walk.compares() {
        return keep_block(walk, &block);
    }
    // Which instances there will be need not be known of a block that stays as it is.
    let passed_over = walk.selection.passes_over(node, &block);
    let open = if passed_over { Open::Tolerated } else { walk.open_repetition };
    let keys = crate::repetition::keys(&config.repetition, &walk.world.place(module), open);
    let keys = walk.diagnostics.take(keys).unwrap_or(Keys::Broken);
    let are_open = matches!(keys, Keys::Broken | Keys::Open(_));
    if passed_over && are_open {
        return keep_block(walk, &block);
    }
    walk.world.declare(&block, keys.clone());
    if is_wrong || are_open {
        return survey(walk, &block, &keys, config, kind);
    }
    for key in keys.list() {
        let address = block.instance(key);
        if walk.selection.includes(Some(node), &address) {
            plan_instance(walk, &address, &keys, config, kind);
        } else {
            keep(walk, &address);
        }
    }
    for address in walk.by_block.get(&block).cloned().unwrap_or_default() {
        if !keys.has(address.key.as_ref()) {
            plan_absent(walk, Some(node), &address, DeleteReason::NoKey);
        }
    }
}

/// Finds what is wrong, or what else is, on one instance of a block that cannot be planned.
fn survey(
    walk: &mut Walk<'_>,
    block: &Arc<ResourceAddress>,
    keys: &Keys,
    config: &Arc<Resource>,
    kind: &dyn ResourceType,
) {
    let keys = if *keys == Keys::Broken { &Keys::of_any(&config.repetition) } else { keys };
    let Some(key) = keys.list().into_iter().next() else { return };
    let address = block.instance(key);
    let evaluated = evaluate(walk, &address, keys, config, kind);
    let value = walk.diagnostics.take(evaluated).filter(|_| matches!(keys, Keys::Open(_)));
    if let Some(value) = value {
        walk.world.set(&address, crate::propose::propose(&kind.schema().block, None, &value));
    }
}

fn unsupported(walk: &Walk<'_>, config: &Resource) -> Diagnostic {
    let catalog = walk.input.catalog;
    let (summary, what, candidates): (_, _, Vec<String>) = match config.mode {
        ResourceMode::Managed => (
            "Unsupported resource type",
            "resource type",
            catalog.resources().map(|kind| kind.name().to_owned()).collect(),
        ),
        ResourceMode::Data => (
            "Unsupported data source",
            "data source",
            catalog.data_sources().map(|kind| kind.name().to_owned()).collect(),
        ),
    };
    let advice = match closest(&config.kind, candidates.iter().map(String::as_str)) {
        Some(meant) => format!("Did you mean \"{meant}\"?"),
        None => "recon manages Lambda, API Gateway and what belongs to them; keep other resources in the tool that made \
                 them, and pass what is needed from there as variables."
            .to_owned(),
    };
    Diagnostic::error(summary, format!("recon has no {what} \"{}\". {advice}", config.kind)).at(config.span)
}

fn remember_facts(walk: &mut Walk<'_>, node: usize, block: &Arc<ResourceAddress>, config: &Resource) {
    let needs = walk.world.needs(node, &block.module);
    let provider = provider_key(walk, &block.module, &config.provider);
    let create_first = config.lifecycle.create_before_destroy.unwrap_or_default();
    let depends_on = Arc::new(needs.iter().map(|need| (**need).clone()).collect());
    walk.facts.insert(Arc::clone(block), BlockFacts { needs, depends_on, provider, create_first });
}

/// The root module's provider that a module's own provider key stands for.
pub(crate) fn provider_key(walk: &Walk<'_>, module: &ModulePath, key: &ProviderKey) -> ProviderKey {
    let mut key = key.clone();
    let mut module = module.clone();
    while let Some((caller, step)) = module.parent() {
        let call = walk.world.modules.get(&caller).and_then(|instance| instance.config.calls.get(&step.name));
        if let Some(outer) = call.and_then(|call| call.providers.get(&key)) {
            key = outer.clone();
        }
        module = caller;
    }
    key
}

/// Takes all instances of a block as they are in the state.
fn keep_block(walk: &mut Walk<'_>, block: &Arc<ResourceAddress>) {
    let addresses = walk.by_block.get(block).cloned().unwrap_or_default();
    let keys = match addresses.last().map(|address| &address.key) {
        None | Some(None) => Keys::Once,
        Some(Some(Key::Index(last))) => Keys::Count(last + 1),
        Some(Some(Key::Text(_))) => Keys::ForEach(
            addresses
                .iter()
                .filter_map(|address| match &address.key {
                    Some(Key::Text(text)) => Some((text.clone(), Value::from(text.clone()))),
                    _ => None,
                })
                .collect(),
        ),
    };
    walk.world.declare(block, keys);
    let is_destroy = walk.input.options.kind == recon_core::plan::PlanKind::Destroy;
    for address in addresses {
        if !is_destroy {
            keep(walk, &address);
        } else if let Some(object) = walk.state.object(&address) {
            // A destroy decided over it already; its values are still what provider arguments may refer to.
            walk.world.set(&address, standing(walk, &address, &object.value));
        }
    }
}

fn standing(walk: &Walk<'_>, address: &Address, object: &Value) -> Value {
    match walk.input.catalog.at(&address.resource) {
        Some(kind) => crate::propose::standing(&kind.schema().block, object),
        None => object.clone(),
    }
}

/// Leaves an instance as it is.
pub(crate) fn keep(walk: &mut Walk<'_>, address: &Address) {
    if let Some(object) = walk.state.object(address) {
        walk.world.set(address, standing(walk, address, &object.value));
        add(walk, address, None, Change::Keep { value: object.value.clone() });
    }
}

/// Plans what becomes of an instance that the configuration does not have.
pub(crate) fn plan_absent(walk: &mut Walk<'_>, node: Option<usize>, address: &Address, reason: DeleteReason) {
    if !walk.selection.includes(node, address) {
        return keep(walk, address);
    }
    let Some(instance) = walk.state.resources.get(address) else { return };
    let instance = instance.clone();
    plan_deposed(walk, address);
    let Some(object) = instance.object else { return };
    if address.is_data() {
        // Nothing of it is outside of the state, where it is left out from now on.
        return;
    }
    let (reason, forget) = match crate::moves::removed(walk.input.module, address) {
        Some(removed) if reason == DeleteReason::NoBlock => (DeleteReason::Declared, !removed.destroy),
        _ => (reason, false),
    };
    if forget {
        return add(walk, address, None, Change::Forget { before: object.value });
    }
    if let Some(diagnostic) = prevented(walk, node, address) {
        walk.diagnostics.push(diagnostic);
    }
    add(walk, address, None, Change::Delete { before: object.value, because: reason });
}

/// Objects that an earlier replacement left to be destroyed.
fn plan_deposed(walk: &mut Walk<'_>, address: &Address) {
    let Some(instance) = walk.state.resources.get(address) else { return };
    for (key, object) in instance.deposed.clone() {
        let change = Change::Delete { before: object.value, because: DeleteReason::Declared };
        let change = ResourceChange {
            address: address.clone(),
            deposed: Some(key),
            moved_from: None,
            imported: None,
            change,
        };
        walk.changes.add(change);
    }
}

fn prevented(walk: &Walk<'_>, node: Option<usize>, address: &Address) -> Option<Diagnostic> {
    let config = config_of(walk.nodes, node?)?;
    if !config.lifecycle.prevent_destroy {
        return None;
    }
    let detail = format!(
        "{address} has `prevent_destroy = true`, but the plan calls for destroying it. Take that out of its lifecycle \
         block if you mean it, or keep it out of this plan with -target or -exclude."
    );
    Some(Diagnostic::error("Instance cannot be destroyed", detail).at(config.span).about(address))
}

fn plan_instance(
    walk: &mut Walk<'_>,
    address: &Address,
    keys: &Keys,
    config: &Arc<Resource>,
    kind: &dyn ResourceType,
) {
    let evaluated = evaluate(walk, address, keys, config, kind);
    let Some(value) = walk.diagnostics.take(evaluated) else { return };
    match config.mode {
        ResourceMode::Data => plan_data(walk, address, config, &value, kind),
        ResourceMode::Managed => plan_managed(walk, address, config, value, kind),
    }
    plan_deposed(walk, address);
    let after = walk.changes.at(address).and_then(|change| change.change.after()).cloned();
    if let Some(after) = after {
        let mut place = walk.world.instance_place(address.module(), address.key.as_ref(), keys);
        place.this = Some(&after);
        let conditions = &config.lifecycle.postconditions;
        // A failed condition is reported where it is judged.
        let _ = condition::of_resource(walk, conditions, "Resource postcondition failed", &place);
    }
}

/// The instance's arguments, coerced to the schema.
fn evaluate(
    walk: &Walk<'_>,
    address: &Address,
    keys: &Keys,
    config: &Resource,
    kind: &dyn ResourceType,
) -> Result<Value, Diagnostics> {
    let place = walk.world.instance_place(address.module(), address.key.as_ref(), keys);
    let conditions = &config.lifecycle.preconditions;
    if condition::of_resource(walk, conditions, "Resource precondition failed", &place).is_err() {
        return Err(Diagnostics::new());
    }
    let (value, mut found) = body::decode_mistaken(&config.body, &kind.schema().block, &place);
    if !value.is_unknown() {
        // What is wrong beside a mistake is told with it.
        found.extend(placed(kind.check(&value), config, address));
    }
    found.into_result(value)
}

/// Points diagnostics of a type at the arguments that they are about.
fn placed(found: Vec<(Path, Diagnostic)>, config: &Resource, address: &Address) -> Diagnostics {
    let place = |(path, diagnostic): (Path, Diagnostic)| {
        let span = body::argument_span(&config.body, &path).unwrap_or(config.span);
        diagnostic.or_at(span).about(address)
    };
    found.into_iter().map(place).collect()
}

fn plan_data(
    walk: &mut Walk<'_>,
    address: &Address,
    config: &Resource,
    value: &Value,
    kind: &dyn ResourceType,
) {
    let provider = facts_provider(walk, address);
    let waits = waits_for_changes(walk, address, config);
    let Some(arguments) = Known::new(value.clone()).filter(|_| !waits) else {
        let planned = crate::propose::propose(&kind.schema().block, None, value);
        walk.world.set(address, planned.clone());
        return add(walk, address, None, Change::Read { planned });
    };
    let question = Question::Data(arguments);
    match walk.input.answers.get(&provider, &config.kind, &question).cloned() {
        Some(Ok(Some(found))) => {
            let found = remark(&found, value);
            walk.world.set(address, found.clone().into_value());
            add(walk, address, None, Change::Keep { value: found });
        }
        Some(Ok(None)) => walk.diagnostics.push(not_found(config.span, address)),
        Some(Err(error)) => {
            let mut detail = error.to_string();
            if let Some(help) = &error.help {
                detail = format!("{detail}. {help}");
            }
            let detail = Secrets::of(value).hidden_in(&detail);
            walk.diagnostics.push(
                Diagnostic::error("Data source could not be read", detail).at(config.span).about(address),
            );
        }
        None => {
            walk.world.set(address, Value::unknown(kind.schema().block.ty()));
            let (kind, address) = (config.kind.clone(), address.clone());
            walk.asks.insert(Ask { provider, kind, question, address });
        }
    }
}

fn not_found(span: Span, address: &Address) -> Diagnostic {
    let detail = "There is no such object. Correct the arguments, or create it first.";
    Diagnostic::error("Data source found nothing", detail).at(span).about(address)
}

/// What is sensitive in the arguments is sensitive in the answer, wherever it turns up there.
fn remark(found: &Known, arguments: &Value) -> Known {
    let paths = recon_core::json::sensitive_paths(arguments);
    if paths.is_empty() {
        return found.clone();
    }
    Secrets::of(arguments).conceal_known(&recon_core::json::mark_sensitive(found.clone(), &paths))
}

/// Whether a read comes after changes: of managed objects that its block names, in arguments or in `depends_on`.
fn waits_for_changes(walk: &Walk<'_>, address: &Address, config: &Resource) -> bool {
    let named = body_references(config).into_iter().any(|(mode, kind, name)| {
        let block = walk.world.address(address.module(), mode, &kind, &name);
        mode == ResourceMode::Managed && is_changing(walk, &block)
    });
    let facts = walk.facts.get(&address.resource).filter(|_| !config.depends_on.is_empty());
    named || facts.is_some_and(|facts| facts.needs.iter().any(|need| is_changing(walk, need)))
}

fn body_references(config: &Resource) -> Vec<(ResourceMode, Name, Name)> {
    let references = recon_parser::reference::of_body(&config.body).into_iter();
    let blocks = references.filter_map(|reference| match reference.target {
        recon_parser::reference::Target::Resource(mode, kind, name) => Some((mode, kind, name)),
        _ => None,
    });
    blocks.collect()
}

fn is_changing(walk: &Walk<'_>, block: &Arc<ResourceAddress>) -> bool {
    let keys = walk.world.keys(block).map(Keys::list).unwrap_or_default();
    let mut changes = keys.into_iter().filter_map(|key| walk.changes.at(&block.instance(key)));
    changes.any(|change| !change.change.is_keep())
}

fn facts_provider(walk: &Walk<'_>, address: &Address) -> ProviderKey {
    let fallback = || ProviderKey { name: "terraform".into(), alias: None };
    walk.facts.get(&address.resource).map_or_else(fallback, |facts| facts.provider.clone())
}

fn plan_managed(
    walk: &mut Walk<'_>,
    address: &Address,
    config: &Arc<Resource>,
    value: Value,
    kind: &dyn ResourceType,
) {
    let (imported, prior) = match crate::imports::prior(walk, address, config) {
        Ok(found) => found,
        Err(pending) => {
            walk.world.set(address, Value::unknown(kind.schema().block.ty()));
            return walk.diagnostics.extend(pending);
        }
    };
    let replace = requested(walk, address, config)
        .or_else(|| prior.as_ref().and_then(|prior| lost_with(walk, &config.kind, &prior.value)));
    let provider = facts_provider(walk, address);
    let answers = TypeAnswers { book: walk.input.answers, provider: &provider, kind: &config.kind };
    let candidate = Candidate {
        address,
        kind,
        config: value,
        prior: prior.as_ref(),
        lifecycle: &config.lifecycle,
        replace,
        neighbours: &walk.changes,
        answers: &answers,
    };
    match decide(&candidate) {
        Decision::Change(change) => accept(walk, address, config, imported, change),
        Decision::Ask(question) => {
            walk.world.set(address, Value::unknown(kind.schema().block.ty()));
            let question = Question::Refine(question);
            match walk.input.answers.get(&provider, &config.kind, &question) {
                Some(Err(error)) => {
                    let diagnostic = Diagnostic::error(
                        "Planning needs an answer that could not be had",
                        error.to_string(),
                    );
                    walk.diagnostics.push(diagnostic.at(config.span).about(address));
                }
                _ => {
                    let (kind, address) = (config.kind.clone(), address.clone());
                    walk.asks.insert(Ask { provider, kind, question, address });
                }
            }
        }
        Decision::Refused(found) => walk.diagnostics.extend(placed(found, config, address)),
    }
}

fn accept(
    walk: &mut Walk<'_>,
    address: &Address,
    config: &Resource,
    imported: Option<String>,
    change: Change,
) {
    if matches!(change, Change::Replace { .. })
        && config.lifecycle.prevent_destroy
        && let Some(diagnostic) = prevented(walk, node_of(walk.nodes, &address.resource), address)
    {
        walk.diagnostics.push(diagnostic);
    }
    let change = walk.origins.tell(change);
    if let Some(after) = change.after() {
        walk.world.set(address, after.clone());
    }
    add(walk, address, imported, change);
}

/// The container that is replaced in this plan, and takes the object with it.
fn lost_with(walk: &Walk<'_>, kind: &str, prior: &Known) -> Option<ReplaceReason> {
    let containers = walk.input.catalog.within(kind).iter();
    let mut replaced = containers.filter_map(|within| {
        let (mine, its) = within.same.first()?;
        let candidates = walk.changes.with_text(within.kind, its, prior.text(mine)?);
        let found = candidates.into_iter().find(|(_, change)| match change {
            Change::Replace { before, .. } => {
                within.same.iter().all(|(mine, its)| prior.get(mine).same(before.get(its)))
            }
            _ => false,
        });
        found.map(|(address, _)| ReplaceReason::Triggered(address.to_string()))
    });
    replaced.next()
}

/// `-replace` and `replace_triggered_by`.
fn requested(walk: &Walk<'_>, address: &Address, config: &Resource) -> Option<ReplaceReason> {
    if walk.input.options.replace.contains(address) {
        return Some(ReplaceReason::Requested);
    }
    let mut triggers = config.lifecycle.replace_triggered_by.iter();
    triggers
        .find_map(|expression| crate::triggers::changed(walk, address, expression))
        .map(ReplaceReason::Triggered)
}

fn add(walk: &mut Walk<'_>, address: &Address, imported: Option<String>, change: Change) {
    let moved_from = walk.moved_from.get(address).cloned();
    walk.changes.add(ResourceChange {
        address: address.clone(),
        deposed: None,
        moved_from,
        imported,
        change,
    });
}

/// The node of a block, if the configuration has it.
pub(crate) fn node_of(nodes: &Nodes, block: &ResourceAddress) -> Option<usize> {
    let mut module = 0;
    for step in block.module.steps() {
        module = *nodes.modules.get(module)?.children.get(&step.name)?;
    }
    nodes.find(module, &What::Resource(block.mode, block.kind.clone(), block.name.clone()))
}

/// The block of a node.
pub(crate) fn config_of(nodes: &Nodes, node: usize) -> Option<&Arc<Resource>> {
    let node = nodes.all.get(node)?;
    let What::Resource(mode, kind, name) = &node.what else { return None };
    nodes.modules[node.module].module.resources.get(&(*mode, kind.clone(), name.clone()))
}

/// Where a block stands.
pub(crate) fn span_of(nodes: &Nodes, block: &ResourceAddress) -> Option<Span> {
    config_of(nodes, node_of(nodes, block)?).map(|config| config.span)
}
