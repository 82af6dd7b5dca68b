//! Makes or changes an API from an OpenAPI document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::Draft;
use super::import_document::{OpenApi, parse};
use super::import_method::Importing;
use super::refuse::{Constraints, bad_request};
use super::state::{Definition, Document, Resource, text, without_empty_tags};
use super::{documentation_part, endpoint, import_api, import_method, resource, rest_api};
use crate::ids::Ids;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let document = OpenApi::of(parse(&call.body)?)?;
    let about = Draft::default()
        .put("createdDate", call.now_ms.div_euclid(1000))
        .put("apiKeySource", "HEADER")
        .put("endpointConfiguration", endpoint::imported(call)?)
        .put("disableExecuteApiEndpoint", false)
        .put("tags", json!({}))
        .done();
    let mut definition = rest_api::begin(world, call, about)?;
    let warnings = import(world, call, &mut definition, &document)?;
    let id = text(&definition.about, "id").to_owned();
    let shown = answer(&definition.about, &warnings);
    rest_api::keep(world, call, definition);
    documentation_part::take_over(world, call, &id, document.root())?;
    Ok(Answer::json(201, &without_empty_tags(&shown)))
}

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let mode = call.query_one("mode");
    let mut constraints = Constraints::default();
    constraints.one_of("mode", mode, &["merge", "overwrite"]);
    constraints.settle()?;
    let before = rest_api::of(world, call, at.at(0))?.definition.clone();
    let document = OpenApi::of(parse(&call.body)?)?;
    let overwrites = mode == Some("overwrite");
    let mut definition = if overwrites { emptied(&before) } else { before };
    let warnings = import(world, call, &mut definition, &document)?;
    let shown = answer(&definition.about, &warnings);
    let api = rest_api::of(world, call, at.at(0))?;
    api.definition = definition;
    if overwrites {
        api.documentation_parts.clear();
    }
    documentation_part::take_over(world, call, at.at(0), document.root())?;
    Ok(Answer::json(200, &Value::Object(shown)))
}

/// Reads the document into the definition and returns what the service would warn of.
fn import(
    world: &mut World,
    call: &Call,
    definition: &mut Definition,
    document: &OpenApi,
) -> Result<Vec<String>, Refusal> {
    let id = text(&definition.about, "id").to_owned();
    import_api::attributes(document, &mut definition.about)?;
    rest_api::check_policy(
        &mut definition.about,
        &rest_api::execution_arn(&world.account, &call.region, &id),
    )?;
    let mut warnings = import_api::models(document, definition, &mut world.ids);
    import_api::request_validators(document, definition, &mut world.ids);
    import_api::gateway_responses(document, definition)?;
    import_api::authorizers(document, definition, &mut world.ids)?;
    for (path, item) in document.paths() {
        let item = document.resolve(item);
        let path = placed(document, call, path);
        let resource_id = ensure_path(definition, &path, &mut world.ids)?;
        for (verb, operation) in OpenApi::operations(item) {
            let mut importing =
                Importing { document, definition, ids: &mut world.ids, warnings: &mut warnings };
            let method = import_method::read(&mut importing, item, (&verb, operation), &resource_id)
                .map_err(|refusal| {
                    failed(&format!("put method '{verb}' on resource at path '{path}'"), &refusal)
                })?;
            if let Some(resource) = definition.resources.get_mut(&resource_id) {
                resource.methods.insert(verb, method);
            }
        }
    }
    if call.query_one("failonwarnings") == Some("true") && !warnings.is_empty() {
        return Err(bad_request(format!("Warnings found during import:\n\t{}", warnings.join("\n\t"))));
    }
    Ok(warnings)
}

/// Keeps what a document cannot carry.
fn emptied(before: &Definition) -> Definition {
    let kept = ["id", "name", "createdDate", "endpointConfiguration", "rootResourceId", "tags"];
    let mut about: Document = before
        .about
        .iter()
        .filter(|(key, _)| kept.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    about.insert("apiKeySource".to_owned(), json!("HEADER"));
    about.insert("disableExecuteApiEndpoint".to_owned(), json!(false));
    let id = before.root_id().to_owned();
    let root = Resource { id: id.clone(), path: "/".to_owned(), ..Resource::default() };
    Definition { about, resources: BTreeMap::from([(id, root)]), ..Definition::default() }
}

/// Returns where a path goes, which the caller chooses with `basepath`.
fn placed(document: &OpenApi, call: &Call, path: &str) -> String {
    let base = document.base_path();
    match call.query_one("basepath") {
        Some("prepend") => format!("{base}{path}"),
        Some("split") => {
            let rest = base.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
            if rest.is_empty() { path.to_owned() } else { format!("/{rest}{path}") }
        }
        _ => path.to_owned(),
    }
}

/// Returns the id of the resource at a path, made with its parents where they are missing.
fn ensure_path(definition: &mut Definition, path: &str, ids: &mut Ids) -> Result<String, Refusal> {
    let mut id = definition.root_id().to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let below = definition
            .resources
            .values()
            .find(|resource| resource.parent_id.as_deref() == Some(&id) && resource.path_part == part)
            .map(|resource| resource.id.clone());
        id = if let Some(below) = below {
            below
        } else {
            let made = resource::child(&definition.resources, &id, part, ids.next_id(6))
                .map_err(|refusal| failed(&format!("create resource at path '{path}'"), &refusal))?;
            let made_id = made.id.clone();
            definition.resources.insert(made_id.clone(), made);
            made_id
        };
    }
    Ok(id)
}

/// Words what is wrong with one part of a document, which makes the whole a bad request.
fn failed(what: &str, refusal: &Refusal) -> Refusal {
    bad_request(format!("Errors found during import:\n\tUnable to {what}: {}", refusal.message))
}

fn answer(about: &Document, warnings: &[String]) -> Document {
    let mut shown = rest_api::show(about);
    if !warnings.is_empty() {
        shown.insert("warnings".to_owned(), json!(warnings));
    }
    shown
}
