//! Deployments: frozen definitions, and the stage that one may come with.

use serde_json::{Map, Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{Constraints, bad_request, not_found};
use super::state::{Definition, Deployment, RestApi, text};
use super::{canary, endpoint, rest_api, stage};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/description", REPLACE, patch::text)];

/// Returns the deployment, or says that there is none.
pub(super) fn of<'a>(api: &'a RestApi, id: &str) -> Result<&'a Deployment, Refusal> {
    api.deployments.get(id).ok_or_else(no_deployment)
}

/// Says that there is no such deployment.
pub(super) fn no_deployment() -> Refusal {
    not_found("Invalid Deployment identifier specified")
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let mut constraints = Constraints::default();
    let size = body.text("cacheClusterSize")?;
    constraints.one_of("createDeploymentInput.cacheClusterSize", size.as_deref(), &stage::CACHE_SIZES);
    constraints.settle()?;
    let id = world.ids.next_id(6);
    let api = rest_api::of(world, call, at.at(0))?;
    check_complete(&api.definition)?;
    let about = Draft::default()
        .put("id", id.clone())
        .set("description", body.text("description")?.filter(|description| !description.is_empty()))
        .put("createdDate", call.now_ms.div_euclid(1000))
        .done();
    let name = body.text("stageName")?.filter(|name| !name.is_empty());
    let staged = match (body.structure("canarySettings")?, name) {
        (Some(settings), name) => Some(canary::release(api, name.as_deref(), &settings, &id)?),
        (None, Some(name)) => Some(stage::deployed(api, call, &body, &name, &id)?),
        (None, None) => None,
    };
    if let Some(staged) = staged {
        api.stages.insert(text(&staged, "stageName").to_owned(), staged);
    }
    let answer = Answer::json(201, &Value::Object(about.clone()));
    api.deployments.insert(id, Deployment { about, snapshot: api.definition.clone() });
    Ok(answer)
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let deployment = of(rest_api::of(world, call, at.at(0))?, at.at(1))?;
    let mut shown = deployment.about.clone();
    let embeds = call.query.get("embed").is_some_and(|values| {
        values.iter().flat_map(|value| value.split(',')).any(|value| value.trim() == "apisummary")
    });
    if embeds {
        shown.insert("apiSummary".to_owned(), summary(&deployment.snapshot));
    }
    Ok(Answer::json(200, &Value::Object(shown)))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    page(call, &api.deployments, |deployment| Some(Value::Object(deployment.about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateDeployment")?;
    let api = rest_api::of(world, call, at.at(0))?;
    let deployment = api.deployments.get_mut(at.at(1)).ok_or_else(no_deployment)?;
    deployment.about = patch::apply(&deployment.about, &patches, RULES, Wording::Listed)?;
    Ok(Answer::json(200, &Value::Object(deployment.about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    of(api, at.at(1))?;
    let id = Some(at.at(1));
    if api.stages.values().any(|stage| stage.get("deploymentId").and_then(Value::as_str) == id) {
        return Err(bad_request("Active stages pointing to this deployment must be moved or deleted"));
    }
    if api.stages.values().any(|stage| canary::deployment_id(stage) == id) {
        return Err(bad_request(
            "Active stages with canary settings pointing to this deployment must be moved or deleted",
        ));
    }
    api.deployments.remove(at.at(1));
    Ok(Answer::empty(202))
}

/// Demands what the service demands before it freezes a definition.
fn check_complete(definition: &Definition) -> Result<(), Refusal> {
    if endpoint::kind(&definition.about) == "PRIVATE" && !definition.about.contains_key("policy") {
        return Err(bad_request("Private REST API doesn't have a resource policy attached to it"));
    }
    let mut methods = definition.methods().peekable();
    if methods.peek().is_none() {
        return Err(bad_request("The REST API doesn't contain any methods"));
    }
    if methods.any(|(_, _, method)| method.integration.is_none()) {
        return Err(bad_request("No integration defined for method"));
    }
    Ok(())
}

/// Returns what each method demands of its callers, by path and verb.
fn summary(definition: &Definition) -> Value {
    let mut paths = Map::new();
    for (resource, verb, method) in definition.methods() {
        let verbs = paths.entry(resource.path.clone()).or_insert_with(|| json!({}));
        verbs[verb] = json!({
            "authorizationType": text(&method.about, "authorizationType"),
            "apiKeyRequired": method.about.get("apiKeyRequired"),
        });
    }
    Value::Object(paths)
}
