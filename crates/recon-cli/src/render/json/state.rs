//! A state in Terraform's JSON output format.

use std::collections::BTreeMap;

use recon_core::state::{Health, Instance, Object, State};
use recon_core::{Address, ModulePath, json};
use serde_json::{Map, Value as Json, json};

use super::resource::{identity, module_tree};
use super::values::{outputs, sensitive_marks};
use super::{RECON_VERSION, TERRAFORM_VERSION};

/// The version of the format.
const FORMAT_VERSION: &str = "1.0";

/// A state as a document; one without values if there is no state yet.
pub(crate) fn state(state: Option<&State>) -> Json {
    let mut document = Map::new();
    document.insert("format_version".to_owned(), json!(FORMAT_VERSION));
    if let Some(state) = state {
        document.insert("terraform_version".to_owned(), json!(TERRAFORM_VERSION));
        document.insert("recon_version".to_owned(), json!(RECON_VERSION));
        document.insert("values".to_owned(), values(state));
    }
    Json::Object(document)
}

fn values(state: &State) -> Json {
    let mut modules: BTreeMap<ModulePath, Vec<Json>> = BTreeMap::new();
    for (address, instance) in &state.resources {
        modules.entry(address.module().clone()).or_default().extend(objects(address, instance));
    }
    json!({ "outputs": outputs(&state.outputs), "root_module": module_tree(&modules) })
}

fn objects(address: &Address, instance: &Instance) -> Vec<Json> {
    let Instance { provider, depends_on, create_before_destroy: _, object: current, deposed } = instance;
    let depends_on: Vec<String> = depends_on.iter().map(ToString::to_string).collect();
    let entry = |one: &Object| object(address, &provider.name, one, &depends_on);
    let mut found: Vec<Json> = current.iter().map(|one| Json::Object(entry(one))).collect();
    for (key, one) in deposed {
        let mut fields = entry(one);
        fields.insert("deposed_key".to_owned(), json!(key.to_string()));
        found.push(Json::Object(fields));
    }
    found
}

fn object(address: &Address, provider: &str, object: &Object, depends_on: &[String]) -> Map<String, Json> {
    let Object { schema_version, value, health } = object;
    let mut fields = identity(address, provider);
    fields.insert("schema_version".to_owned(), json!(schema_version));
    fields.insert("values".to_owned(), json::to_json(value));
    fields.insert("sensitive_values".to_owned(), sensitive_marks(value));
    if !depends_on.is_empty() {
        fields.insert("depends_on".to_owned(), json!(depends_on));
    }
    if *health == Health::Tainted {
        fields.insert("tainted".to_owned(), json!(true));
    }
    fields
}
