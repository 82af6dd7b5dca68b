//! REST APIs: the object everything else hangs below.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{
    self, ADD_REMOVE, ADD_REMOVE_REPLACE, REPLACE, REPLACE_REMOVE, Rule, Step, Wording, rule,
};
use super::refuse::{Constraints, bad_request, not_found};
use super::state::{Definition, Document, Resource, RestApi, text, without_empty_tags};
use super::{clone, endpoint, model, policy};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/name", REPLACE, name),
    rule("/description", REPLACE_REMOVE, patch::text),
    rule("/version", REPLACE_REMOVE, patch::text),
    rule("/apiKeySource", REPLACE, api_key_source),
    rule("/minimumCompressionSize", REPLACE, compression),
    rule("/disableExecuteApiEndpoint", REPLACE, patch::flag),
    rule("/policy", REPLACE_REMOVE, patch::text),
    rule("/binaryMediaTypes/{type}", ADD_REMOVE_REPLACE, patch::list_element),
    rule("/endpointConfiguration/types/{type}", endpoint::ANY, endpoint::change_type),
    rule("/endpointConfiguration/ipAddressType", REPLACE, endpoint::change_ip_address_type),
    rule("/endpointConfiguration/vpcEndpointIds", ADD_REMOVE, patch::list_value),
    rule("/securityPolicy", REPLACE_REMOVE, patch::text),
    rule("/endpointAccessMode", REPLACE_REMOVE, patch::text),
];

/// Where compression may start, in bytes.
const COMPRESSION_BYTES_MAX: i64 = 10_485_760;

/// Returns the API, or says that there is none.
pub(super) fn of<'w>(world: &'w mut World, call: &Call, id: &str) -> Result<&'w mut RestApi, Refusal> {
    let World { account, apigateway, .. } = world;
    let missing = || not_found(format!("Invalid API identifier specified {account}:{id}"));
    apigateway.region(&call.region).apis.get_mut(id).ok_or_else(missing)
}

/// Returns the API if there is one.
pub(super) fn find<'w>(world: &'w mut World, call: &Call, id: &str) -> Option<&'w mut RestApi> {
    world.apigateway.region(&call.region).apis.get_mut(id)
}

/// Returns the ARN that calls of the API are authorised against.
pub(super) fn execution_arn(account: &str, region: &str, id: &str) -> String {
    format!("arn:aws:execute-api:{region}:{account}:{id}")
}

pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let mut constraints = Constraints::default();
    constraints.present("createRestApiInput.name", body.text("name")?.as_ref());
    let source = body.text("apiKeySource")?;
    constraints.one_of("createRestApiInput.apiKeySource", source.as_deref(), &["AUTHORIZER", "HEADER"]);
    let asked = endpoint::read(&body, "createRestApiInput", &mut constraints)?;
    constraints.settle()?;
    if body.text_or_empty("name")?.trim().is_empty() {
        return Err(bad_request("Name cannot be an empty string"));
    }
    if body.text("description")?.is_some_and(|description| description.is_empty()) {
        return Err(bad_request("Description cannot be an empty string"));
    }
    let endpoint = endpoint::settle(&asked)?;
    let size = body
        .text("minimumCompressionSize")
        .ok()
        .flatten()
        .map_or_else(|| body.integer("minimumCompressionSize"), |text| compression_size(&text).map(Some))?;
    if let Some(size) = size {
        compression_size(&size.to_string())?;
    }
    let about = Draft::default()
        .set("name", body.text("name")?)
        .set("description", body.text("description")?)
        .put("createdDate", call.now_ms.div_euclid(1000))
        .set("version", body.text("version")?)
        .set("binaryMediaTypes", body.texts("binaryMediaTypes")?.filter(|types| !types.is_empty()))
        .set("minimumCompressionSize", size)
        .put("apiKeySource", source.unwrap_or_else(|| "HEADER".to_owned()))
        .put("endpointConfiguration", endpoint)
        .set("policy", body.text("policy")?.filter(|policy| !policy.is_empty()))
        .put("disableExecuteApiEndpoint", body.flag("disableExecuteApiEndpoint")?.unwrap_or(false))
        .set("securityPolicy", body.text("securityPolicy")?)
        .set("endpointAccessMode", body.text("endpointAccessMode")?)
        .put("tags", body.text_map("tags")?.unwrap_or_default())
        .done();
    let source = match body.text("cloneFrom")? {
        Some(id) => Some(of(world, call, &id)?.definition.clone()),
        None => None,
    };
    let created = if let Some(source) = source {
        begin_from(world, call, about, source)?
    } else {
        let definition = begin(world, call, about)?;
        Definition { models: model::defaults(&mut world.ids), ..definition }
    };
    let answer = show(&created.about);
    keep(world, call, created);
    Ok(Answer::json(201, &without_empty_tags(&answer)))
}

/// Gives a new API its id and its root resource.
pub(super) fn begin(world: &mut World, call: &Call, mut about: Document) -> Result<Definition, Refusal> {
    let id = world.ids.next_id(10);
    let root = world.ids.next_id(10);
    check_policy(&mut about, &execution_arn(&world.account, &call.region, &id))?;
    about.insert("id".to_owned(), json!(id));
    about.insert("rootResourceId".to_owned(), json!(root));
    let resource = Resource { id: root.clone(), path: "/".to_owned(), ..Resource::default() };
    Ok(Definition { about, resources: BTreeMap::from([(root, resource)]), ..Definition::default() })
}

/// Stores a finished API.
pub(super) fn keep(world: &mut World, call: &Call, definition: Definition) {
    let id = text(&definition.about, "id").to_owned();
    let api = RestApi { definition, ..RestApi::default() };
    world.apigateway.region(&call.region).apis.insert(id, api);
}

fn begin_from(
    world: &mut World,
    call: &Call,
    about: Document,
    source: Definition,
) -> Result<Definition, Refusal> {
    let Definition { about, resources, .. } = begin(world, call, about)?;
    let root = resources.into_keys().next().unwrap_or_default();
    Ok(Definition { about, ..clone::with_new_ids(source, &root, &mut world.ids) })
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = of(world, call, at.at(0))?;
    Ok(Answer::json(200, &Value::Object(show(&api.definition.about))))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    page(call, &region.apis, |api| Some(without_empty_tags(&show(&api.definition.about))))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateRestApi")?;
    let arn = execution_arn(&world.account, &call.region, at.at(0));
    let api = of(world, call, at.at(0))?;
    let mut about = patch::apply(&api.definition.about, &patches, RULES, Wording::Plain)?;
    check_policy(&mut about, &arn)?;
    api.definition.about = about;
    Ok(Answer::json(200, &Value::Object(show(&api.definition.about))))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    of(world, call, at.at(0))?;
    let region = world.apigateway.region(&call.region);
    if region.maps(|mapping| text(mapping, "restApiId") == at.at(0)) {
        return Err(bad_request(
            "Please remove all base path mappings related to the API in your account before deleting the API.",
        ));
    }
    region.apis.remove(at.at(0));
    for plan in region.usage_plans.values_mut() {
        super::usage_plan::forget(plan, |api, _| api == at.at(0));
    }
    Ok(Answer::empty(202))
}

/// Returns the attributes as an answer carries them.
pub(super) fn show(about: &Document) -> Document {
    let mut shown = about.clone();
    if let Some(Value::String(stored)) = shown.get_mut("policy") {
        *stored = policy::shown(stored);
    }
    shown
}

/// Brings the policy into the form it is stored in.
pub(super) fn check_policy(about: &mut Document, arn_of_api: &str) -> Result<(), Refusal> {
    if let Some(Value::String(document)) = about.get_mut("policy") {
        *document = policy::stored(document, arn_of_api)?;
    }
    Ok(())
}

fn name(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.text().trim().is_empty() {
        return Err(bad_request("Name cannot be an empty string"));
    }
    patch::text(about, step)
}

fn api_key_source(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if !["HEADER", "AUTHORIZER"].contains(&step.text()) {
        return Err(bad_request("Invalid apiKeySource specified. Valid options are HEADER,AUTHORIZER"));
    }
    patch::text(about, step)
}

fn compression(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let size = if step.text().is_empty() { None } else { Some(compression_size(step.text())?) };
    patch::place(about, &step.parts, size.map(Value::from));
    Ok(())
}

/// Reads where compression starts, in bytes.
pub(super) fn compression_size(text: &str) -> Result<i64, Refusal> {
    text.parse()
        .ok()
        .filter(|size| (0..=COMPRESSION_BYTES_MAX).contains(size))
        .ok_or_else(|| bad_request("Invalid minimum compression size, must be between 0 and 10485760"))
}
