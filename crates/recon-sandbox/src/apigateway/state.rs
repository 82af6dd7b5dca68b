//! What API Gateway remembers: per region, the APIs with what hangs below them, and what stands beside them.
//!
//! Attributes are kept as the wire documents the service answers with, so that absent and empty stay distinct;
//! structure (what belongs to what) is typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The attributes of one object, as on the wire.
pub(super) type Document = Map<String, Value>;

/// All regions.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct ApiGateway {
    regions: BTreeMap<String, Region>,
}

impl ApiGateway {
    /// Returns a region, made on first use.
    pub(super) fn region(&mut self, name: &str) -> &mut Region {
        if !self.regions.contains_key(name) {
            self.regions.insert(name.to_owned(), Region::default());
        }
        self.regions.entry(name.to_owned()).or_default()
    }

    /// Returns the API of this id with the region it lives in.
    pub(super) fn find_api(&self, id: &str) -> Option<(&Region, &RestApi)> {
        self.regions.values().find_map(|region| Some((region, region.apis.get(id)?)))
    }
}

/// What one region holds.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Region {
    pub(super) apis: BTreeMap<String, RestApi>,
    pub(super) api_keys: BTreeMap<String, Document>,
    /// Values are unique among keys; this finds the owner without a scan.
    pub(super) key_ids_by_value: BTreeMap<String, String>,
    pub(super) usage_plans: BTreeMap<String, UsagePlan>,
    pub(super) account: Document,
    pub(super) client_certificates: BTreeMap<String, Document>,
    pub(super) domain_names: BTreeMap<String, DomainName>,
    pub(super) access_associations: BTreeMap<String, Document>,
    pub(super) vpc_links: BTreeMap<String, Document>,
}

impl Region {
    /// Says whether a path of a domain name is mapped to what is looked for.
    pub(super) fn maps(&self, target: impl Fn(&Document) -> bool) -> bool {
        self.domain_names.values().any(|domain| domain.mappings.values().any(&target))
    }
}

/// One REST API.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RestApi {
    /// What a deployment freezes.
    pub(super) definition: Definition,
    pub(super) deployments: BTreeMap<String, Deployment>,
    pub(super) stages: BTreeMap<String, Document>,
    pub(super) documentation_parts: BTreeMap<String, Document>,
    pub(super) documentation_versions: BTreeMap<String, DocumentationVersion>,
}

/// The part of an API that reaches callers only through a deployment.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Definition {
    /// The attributes of the API itself, its id and tags included.
    pub(super) about: Document,
    pub(super) resources: BTreeMap<String, Resource>,
    pub(super) authorizers: BTreeMap<String, Document>,
    /// By name.
    pub(super) models: BTreeMap<String, Document>,
    pub(super) request_validators: BTreeMap<String, Document>,
    /// By response type; only those that differ from the service's own.
    pub(super) gateway_responses: BTreeMap<String, Document>,
}

impl Definition {
    /// Returns the id of the resource `/`.
    pub(super) fn root_id(&self) -> &str {
        text(&self.about, "rootResourceId")
    }

    /// Returns every method with the resource it belongs to.
    pub(super) fn methods(&self) -> impl Iterator<Item = (&Resource, &str, &Method)> {
        self.resources.values().flat_map(|resource| {
            resource.methods.iter().map(move |(verb, method)| (resource, verb.as_str(), method))
        })
    }
}

/// One resource of the path tree.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Resource {
    pub(super) id: String,
    /// Absent on the root alone.
    pub(super) parent_id: Option<String>,
    /// Empty on the root.
    pub(super) path_part: String,
    pub(super) path: String,
    pub(super) methods: BTreeMap<String, Method>,
}

/// One method of a resource.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Method {
    pub(super) about: Document,
    pub(super) responses: BTreeMap<String, Document>,
    pub(super) integration: Option<Integration>,
}

/// What a method calls.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Integration {
    pub(super) about: Document,
    pub(super) responses: BTreeMap<String, Document>,
}

/// A frozen definition.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Deployment {
    pub(super) about: Document,
    pub(super) snapshot: Definition,
}

/// A frozen set of documentation parts.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DocumentationVersion {
    pub(super) about: Document,
    pub(super) parts: BTreeMap<String, Document>,
}

/// A usage plan and the keys on it.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct UsagePlan {
    pub(super) about: Document,
    /// By key id; the value is what is left of the quota where it was set by hand.
    pub(super) keys: BTreeMap<String, Option<i64>>,
}

/// A custom domain name and what is mapped below it.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DomainName {
    pub(super) about: Document,
    /// By base path, `(none)` for the empty one.
    pub(super) mappings: BTreeMap<String, Document>,
}

/// Returns a text attribute, empty when it is absent.
pub(super) fn text<'a>(about: &'a Document, key: &str) -> &'a str {
    about.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the members of a nested document; none when it is absent.
pub(super) fn members<'a>(about: &'a Document, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    about.get(key).and_then(Value::as_object).into_iter().flatten()
}

/// Returns the document without its tags when it has none, as the answers to creating and listing are.
pub(super) fn without_empty_tags(about: &Document) -> Value {
    let mut shown = about.clone();
    if members(about, "tags").next().is_none() {
        shown.shift_remove("tags");
    }
    Value::Object(shown)
}
