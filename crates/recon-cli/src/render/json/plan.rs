//! A plan in Terraform's JSON output format.

use std::collections::BTreeMap;

use recon_core::change::{Change, DeleteReason, ReplaceOrder, ReplaceReason, ResourceChange};
use recon_core::path::Step;
use recon_core::plan::{Drift, OutputChange, Plan, PlanKind};
use recon_core::resource_type::Catalog;
use recon_core::value::Name;
use recon_core::{Address, Key, ModulePath, Path, Type, Value, json};
use recon_parser::config::Module;
use serde_json::{Map, Value as Json, json};

use super::configuration::configuration;
use super::resource::{identity, module_tree};
use super::values::{known_parts, sensitive_marks, ty, unknown_marks};
use super::{RECON_VERSION, TERRAFORM_VERSION, state};

/// The version of the format.
const FORMAT_VERSION: &str = "1.2";

/// A plan as a document, made at `timestamp` (RFC 3339) from `module`, unless that has been changed since.
pub(crate) fn plan(plan: &Plan, catalog: &Catalog, timestamp: &str, module: Option<&Module>) -> Json {
    let variables = plan.base.variables.iter();
    let variables: Map<String, Json> =
        variables.map(|(name, value)| (name.to_string(), json!({ "value": json::to_json(value) }))).collect();
    let mut document = Map::new();
    let mut put = |name: &str, value: Json| drop(document.insert(name.to_owned(), value));
    put("format_version", json!(FORMAT_VERSION));
    put("terraform_version", json!(TERRAFORM_VERSION));
    put("recon_version", json!(RECON_VERSION));
    if !variables.is_empty() {
        put("variables", Json::Object(variables));
    }
    let absent = null_outputs(plan, module);
    put("planned_values", planned_values(plan, &absent, catalog));
    if !plan.drift.is_empty() {
        put("resource_drift", plan.drift.iter().map(|one| drift(one, catalog)).collect());
    }
    put("resource_changes", changes(plan).map(|one| change(one, catalog)).collect());
    put("output_changes", Json::Object(output_changes(plan, &absent)));
    if !plan.steps.is_empty() {
        put("recon_needs", super::super::needs::json(&recon_core::needs::needs(plan, catalog)));
    }
    put("prior_state", state::state(Some(&plan.refreshed)));
    put(
        "configuration",
        module.map_or_else(|| providers_of(plan, catalog), |module| configuration(module, catalog)),
    );
    put("timestamp", json!(timestamp));
    put("applyable", json!(!plan.is_empty()));
    put("complete", json!(true));
    put("errored", json!(false));
    Json::Object(document)
}

/// The changes that the format tells of: a data source that was read while planning is a part of the state before.
fn changes(plan: &Plan) -> impl Iterator<Item = &ResourceChange> {
    plan.changes.iter().filter(|one| !(one.address.is_data() && one.change.is_keep()))
}

fn provider(catalog: &Catalog, address: &Address) -> &'static str {
    catalog.provider_of(&address.resource).unwrap_or("aws")
}

/// Outputs that have no value before and none after: a plan does not hold them, and the format does. Each with whether it
/// is sensitive.
fn null_outputs(plan: &Plan, module: Option<&Module>) -> Vec<(Name, bool)> {
    let declared = module.filter(|_| plan.kind != PlanKind::Destroy).map(|module| &module.outputs);
    declared
        .into_iter()
        .flatten()
        .filter(|(name, output)| !output.ephemeral && !plan.outputs.contains_key(*name))
        .map(|(name, output)| (name.clone(), output.sensitive))
        .collect()
}

fn planned_values(plan: &Plan, absent: &[(Name, bool)], catalog: &Catalog) -> Json {
    let mut modules: BTreeMap<ModulePath, Vec<Json>> = BTreeMap::new();
    for one in changes(plan).filter(|one| one.deposed.is_none()) {
        let Some(after) = one.change.after() else { continue };
        let mut fields = identity(&one.address, provider(catalog, &one.address));
        let version = catalog.at(&one.address.resource).map_or(0, |kind| kind.schema().version);
        fields.insert("schema_version".to_owned(), json!(version));
        fields.insert("values".to_owned(), known_parts(after));
        fields.insert("sensitive_values".to_owned(), sensitive_marks(after));
        modules.entry(one.address.module().clone()).or_default().push(Json::Object(fields));
    }
    let outputs =
        plan.outputs.iter().filter_map(|(name, change)| Some((name.to_string(), planned_output(change)?)));
    let absent = absent.iter().map(|(name, sensitive)| {
        (name.to_string(), json!({ "sensitive": sensitive, "type": ty(&Type::Any), "value": null }))
    });
    let outputs: Map<String, Json> = outputs.chain(absent).collect();
    let mut document = Map::new();
    if !outputs.is_empty() {
        document.insert("outputs".to_owned(), Json::Object(outputs));
    }
    document.insert("root_module".to_owned(), module_tree(&modules));
    Json::Object(document)
}

fn planned_output(change: &OutputChange) -> Option<Json> {
    let after = change.after.as_ref()?;
    let sensitive = after.deep_marks().is_sensitive();
    if !after.is_wholly_known() {
        return Some(json!({ "sensitive": sensitive }));
    }
    Some(json!({ "sensitive": sensitive, "type": ty(&after.ty()), "value": known_parts(after) }))
}

/// One entry of `resource_changes`.
pub(crate) fn change(one: &ResourceChange, catalog: &Catalog) -> Json {
    let ResourceChange { address, deposed, moved_from, imported, change } = one;
    let mut fields = identity(address, provider(catalog, address));
    if !address.module().is_root() {
        fields.insert("module_address".to_owned(), json!(address.module().to_string()));
    }
    if let Some(key) = deposed {
        fields.insert("deposed".to_owned(), json!(key.to_string()));
    }
    if let Some(from) = moved_from {
        fields.insert("previous_address".to_owned(), json!(from.to_string()));
    }
    let mut inner = sides(actions(change), change.before().map(|known| -> &Value { known }), change.after());
    if change.is_keep() {
        // Of what stays, everything is known.
        inner.insert("after_unknown".to_owned(), json!({}));
    }
    if let Change::Replace { because: ReplaceReason::Arguments(paths), .. } = change {
        inner.insert("replace_paths".to_owned(), paths.iter().map(path).collect());
    }
    if let Some(id) = imported {
        inner.insert("importing".to_owned(), json!({ "id": id }));
    }
    fields.insert("change".to_owned(), Json::Object(inner));
    if let Some(reason) = reason(one) {
        fields.insert("action_reason".to_owned(), json!(reason));
    }
    Json::Object(fields)
}

fn sides(actions: &[&str], before: Option<&Value>, after: Option<&Value>) -> Map<String, Json> {
    let marks = |side: Option<&Value>| side.map_or(json!(false), sensitive_marks);
    let mut fields = Map::new();
    fields.insert("actions".to_owned(), json!(actions));
    fields.insert("before".to_owned(), before.map_or(Json::Null, known_parts));
    fields.insert(
        "after".to_owned(),
        after.filter(|value| !value.is_unknown()).map_or(Json::Null, known_parts),
    );
    fields.insert("after_unknown".to_owned(), after.map_or(json!({}), unknown_marks));
    fields.insert("before_sensitive".to_owned(), marks(before));
    fields.insert("after_sensitive".to_owned(), marks(after));
    fields
}

/// One entry of `resource_drift`.
pub(crate) fn drift(drift: &Drift, catalog: &Catalog) -> Json {
    let Drift { address, before, after } = drift;
    let mut fields = identity(address, provider(catalog, address));
    let actions: &[&str] = if after.is_some() { &["update"] } else { &["delete"] };
    fields.insert("change".to_owned(), Json::Object(sides(actions, Some(before), after.as_deref())));
    Json::Object(fields)
}

/// `output_changes`, by name.
fn output_changes(plan: &Plan, absent: &[(Name, bool)]) -> Map<String, Json> {
    let entry = |change: &OutputChange| {
        let OutputChange { before, after } = change;
        let actions: &[&str] = match (before, after) {
            _ if change.is_keep() => &["no-op"],
            (None, _) => &["create"],
            (_, None) => &["delete"],
            _ => &["update"],
        };
        let mut fields = sides(actions, before.as_deref(), after.as_ref());
        if after.as_ref().is_none_or(Value::is_wholly_known) {
            fields.insert("after_unknown".to_owned(), json!(false));
        }
        if after.as_ref().is_some_and(Value::is_unknown) {
            fields.remove("after");
        }
        // An output is sensitive as a whole, before as well as after.
        let secret = [before.as_deref(), after.as_ref()]
            .into_iter()
            .flatten()
            .any(|value| value.deep_marks().is_sensitive());
        fields.insert("before_sensitive".to_owned(), json!(secret));
        fields.insert("after_sensitive".to_owned(), json!(secret));
        Json::Object(fields)
    };
    let absent = absent.iter().map(|(name, sensitive)| {
        let stays = json!({
            "actions": ["no-op"],
            "before": null,
            "after": null,
            "after_unknown": false,
            "before_sensitive": sensitive,
            "after_sensitive": sensitive,
        });
        (name.to_string(), stays)
    });
    let changes = plan.outputs.iter().map(|(name, change)| (name.to_string(), entry(change)));
    changes.chain(absent).collect()
}

fn actions(change: &Change) -> &'static [&'static str] {
    match change {
        Change::Create { .. } => &["create"],
        Change::Update { .. } => &["update"],
        Change::Replace { order: ReplaceOrder::DestroyFirst, .. } => &["delete", "create"],
        Change::Replace { order: ReplaceOrder::CreateFirst, .. } => &["create", "delete"],
        Change::Delete { .. } => &["delete"],
        Change::Read { .. } => &["read"],
        Change::Forget { .. } => &["forget"],
        Change::Keep { .. } => &["no-op"],
    }
}

/// Why the change is made, in the words of the format.
pub(crate) fn reason(one: &ResourceChange) -> Option<&'static str> {
    Some(match &one.change {
        Change::Replace { because, .. } => match because {
            ReplaceReason::Arguments(_) => "replace_because_cannot_update",
            ReplaceReason::Tainted => "replace_because_tainted",
            ReplaceReason::Requested => "replace_by_request",
            ReplaceReason::Triggered(_) => "replace_by_triggers",
        },
        Change::Delete { because, .. } => match because {
            DeleteReason::NoBlock | DeleteReason::Declared => "delete_because_no_resource_config",
            DeleteReason::NoKey => match one.address.key {
                Some(Key::Index(_)) => "delete_because_count_index",
                Some(Key::Text(_)) => "delete_because_each_key",
                None => "delete_because_wrong_repetition",
            },
            DeleteReason::Destroy => return None,
        },
        Change::Read { .. } => "read_because_config_unknown",
        Change::Forget { .. } => "delete_because_no_resource_config",
        _ => return None,
    })
}

fn path(path: &Path) -> Json {
    path.0
        .iter()
        .map(|step| match step {
            Step::Attribute(name) | Step::Key(name) => json!(&**name),
            Step::Index(index) => json!(index),
        })
        .collect()
}

/// What a plan itself knows of its configuration.
fn providers_of(plan: &Plan, catalog: &Catalog) -> Json {
    let mut providers: Map<String, Json> = Map::new();
    for one in &plan.changes {
        let name = provider(catalog, &one.address);
        let entry = json!({ "name": name, "full_name": super::resource::provider_name(name) });
        providers.entry(name.to_owned()).or_insert(entry);
    }
    json!({ "provider_config": providers, "root_module": {} })
}
