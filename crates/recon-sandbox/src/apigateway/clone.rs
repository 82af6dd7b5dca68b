//! Copies a definition into a new API: what has an id of its own gets a new one, and references follow.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::state::{Definition, Document, Method, Resource, text};
use crate::ids::Ids;

/// Returns the definition with new ids; the attributes of the API itself are left to the caller.
pub(super) fn with_new_ids(source: Definition, root: &str, ids: &mut Ids) -> Definition {
    let old_root = source.root_id().to_owned();
    let Definition { about: _, resources, authorizers, models, request_validators, gateway_responses } =
        source;
    let mut renamed: BTreeMap<String, String> = BTreeMap::from([(old_root.clone(), root.to_owned())]);
    for id in resources.keys().filter(|id| **id != old_root) {
        renamed.insert(id.clone(), ids.next_id(6));
    }
    for id in authorizers.keys().chain(request_validators.keys()) {
        renamed.insert(id.clone(), ids.next_id(6));
    }
    let models = models
        .into_iter()
        .map(|(name, mut about)| {
            about.insert("id".to_owned(), json!(ids.next_id(6)));
            (name, about)
        })
        .collect();
    Definition {
        about: Document::new(),
        resources: resources.into_values().map(|resource| moved(resource, &renamed)).collect(),
        authorizers: authorizers.into_values().map(|about| identified(about, &renamed)).collect(),
        models,
        request_validators: request_validators
            .into_values()
            .map(|about| identified(about, &renamed))
            .collect(),
        gateway_responses,
    }
}

fn moved(mut resource: Resource, renamed: &BTreeMap<String, String>) -> (String, Resource) {
    for id in std::iter::once(&mut resource.id).chain(resource.parent_id.as_mut()) {
        if let Some(new) = renamed.get(id.as_str()) {
            new.clone_into(id);
        }
    }
    for method in resource.methods.values_mut() {
        follow(method, renamed);
    }
    (resource.id.clone(), resource)
}

fn follow(method: &mut Method, renamed: &BTreeMap<String, String>) {
    for key in ["authorizerId", "requestValidatorId"] {
        rename(&mut method.about, key, renamed);
    }
    if let Some(integration) = &mut method.integration {
        rename(&mut integration.about, "cacheNamespace", renamed);
    }
}

fn identified(mut about: Document, renamed: &BTreeMap<String, String>) -> (String, Document) {
    rename(&mut about, "id", renamed);
    (text(&about, "id").to_owned(), about)
}

fn rename(about: &mut Document, key: &str, renamed: &BTreeMap<String, String>) {
    if let Some(Value::String(id)) = about.get_mut(key)
        && let Some(new) = renamed.get(id.as_str())
    {
        new.clone_into(id);
    }
}
