//! How JSON names an instance, and how modules nest.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::{Address, Key, ModulePath};
use serde_json::{Map, Value as Json, json};

/// The fields by which plans and states name an instance.
pub(crate) fn identity(address: &Address, provider: &str) -> Map<String, Json> {
    let mut fields = Map::new();
    fields.insert("address".to_owned(), json!(address.to_string()));
    fields.insert("mode".to_owned(), json!(if address.is_data() { "data" } else { "managed" }));
    fields.insert("type".to_owned(), json!(&**address.kind()));
    fields.insert("name".to_owned(), json!(&*address.resource.name));
    if let Some(key) = &address.key {
        fields.insert("index".to_owned(), index(key));
    }
    fields.insert("provider_name".to_owned(), json!(provider_name(provider)));
    fields
}

/// The fields by which events name an instance.
pub(crate) fn hook(address: &Address) -> Json {
    let local = Address {
        resource: std::sync::Arc::new(recon_core::ResourceAddress {
            module: ModulePath::root(),
            ..(*address.resource).clone()
        }),
        key: address.key.clone(),
    };
    json!({
        "addr": address.to_string(),
        "module": address.module().to_string(),
        "resource": local.to_string(),
        "implied_provider": address.kind().split('_').next().unwrap_or_default(),
        "resource_type": &**address.kind(),
        "resource_name": &*address.resource.name,
        "resource_key": address.key.as_ref().map_or(Json::Null, index),
    })
}

fn index(key: &Key) -> Json {
    match key {
        Key::Index(index) => json!(index),
        Key::Text(text) => json!(&**text),
    }
}

/// A provider's full name, as policies written for Terraform's documents expect it.
pub(crate) fn provider_name(provider: &str) -> String {
    match provider {
        "terraform" => "terraform.io/builtin/terraform".to_owned(),
        other => format!("registry.terraform.io/hashicorp/{other}"),
    }
}

/// Resources by module as one tree, from the root module down.
pub(crate) fn module_tree(resources: &BTreeMap<ModulePath, Vec<Json>>) -> Json {
    let mut children: BTreeMap<ModulePath, BTreeSet<ModulePath>> = BTreeMap::new();
    for module in resources.keys() {
        let mut inner = module.clone();
        while let Some((outer, _)) = inner.parent() {
            let known = !children.entry(outer.clone()).or_default().insert(inner);
            if known {
                break;
            }
            inner = outer;
        }
    }
    module(&ModulePath::root(), &children, resources)
}

fn module(
    path: &ModulePath,
    children: &BTreeMap<ModulePath, BTreeSet<ModulePath>>,
    resources: &BTreeMap<ModulePath, Vec<Json>>,
) -> Json {
    let mut fields = Map::new();
    if let Some(resources) = resources.get(path) {
        fields.insert("resources".to_owned(), json!(resources));
    }
    if !path.is_root() {
        fields.insert("address".to_owned(), json!(path.to_string()));
    }
    if let Some(inner) = children.get(path) {
        let inner: Vec<Json> = inner.iter().map(|path| module(path, children, resources)).collect();
        fields.insert("child_modules".to_owned(), json!(inner));
    }
    Json::Object(fields)
}
