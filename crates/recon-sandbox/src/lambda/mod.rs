//! Lambda: functions, versions, aliases, policies, layers, mappings, over REST-JSON.

mod account;
mod alias;
mod code;
mod concurrency;
mod constraint;
mod create;
mod event_invoke;
mod function;
mod invoke;
mod layer;
mod layer_policy;
mod locate;
mod mapping;
mod mapping_settings;
mod model;
mod page;
mod permission;
mod provisioned;
mod refuse;
mod routes;
mod runtime;
mod runtime_management;
mod settings;
mod signing;
mod tag;
mod update;
mod url;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use self::function::Function;
use crate::wire::{Call, Outcome, Refusal};
use crate::world::World;

/// What Lambda remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lambda {
    /// What each region holds.
    regions: BTreeMap<String, Region>,
    /// The code packages of all functions and layers, once per content.
    packages: code::Packages,
}

/// What one region holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Region {
    /// The functions by name.
    pub functions: BTreeMap<String, Function>,
    /// The layers by name.
    pub layers: BTreeMap<String, layer::Layer>,
    /// The event source mappings by UUID.
    pub mappings: BTreeMap<String, mapping::Mapping>,
    /// The code signing configurations by ARN.
    pub signing: BTreeMap<String, signing::Signing>,
}

impl Lambda {
    /// Returns what a region holds.
    fn region(&mut self, name: &str) -> &mut Region {
        self.regions.entry(name.to_owned()).or_default()
    }

    /// Drops the code that no version and no layer uses any more.
    pub(crate) fn sweep(&mut self) {
        let mut used = BTreeSet::new();
        for region in self.regions.values() {
            for function in region.functions.values() {
                used.extend(function.all_versions().filter_map(|(.., version)| version.code.digest()));
            }
            let layers = region.layers.values().flat_map(|layer| layer.versions.values());
            used.extend(layers.filter_map(|version| version.code.digest()));
        }
        let used = used.into_iter().map(str::to_owned).collect();
        self.packages.sweep(&used);
    }

    /// Returns a code package by its digest.
    pub(crate) fn package(&self, digest: &str) -> Option<&[u8]> {
        self.packages.get(digest)
    }
}

/// Returns the operation a call is for.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    routes::find(call).map(|(route, _)| route.operation)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let (route, captures) = routes::find(call).ok_or_else(|| Refusal::unknown(call))?;
    // What is invoked decides what its payload is; it need not even be an object.
    let body = if route.operation.starts_with("Invoke") { Value::Null } else { call.json()? };
    let member = |name: &str| {
        let listed = call
            .query
            .get(name)
            .map(|values| if name == "tagKeys" { json!(values) } else { json!(values.first()) });
        body.get(name).cloned().or(listed).or_else(|| route.captured(&captures, name).map(Value::from))
    };
    if let Some(message) = crate::model::violations(model::CONSTRAINTS, route.operation, member) {
        return Err(Refusal::new(400, "ValidationException", message));
    }
    (route.handler)(world, call, &captures)
}

#[cfg(test)]
mod constraint_tests;
#[cfg(test)]
mod tests;
