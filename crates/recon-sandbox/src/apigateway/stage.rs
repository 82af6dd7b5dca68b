//! Stages: what callers reach, bound to one deployment.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::refuse::{Constraints, bad_request, conflict, limit_exceeded, not_found};
use super::state::{Document, RestApi, text, without_empty_tags};
use super::{canary, deployment, patch, rest_api, stage_patch, stage_variables, usage_plan};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// The sizes a cache cluster may have, in gigabytes.
pub(super) const CACHE_SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

const STAGES_MAX: usize = 10;

/// Says that there is no such stage, or no such API: the service does not say which.
pub(super) fn no_stage() -> Refusal {
    not_found("Invalid stage identifier specified")
}

/// Returns the stage, or says that there is none.
pub(super) fn of<'w>(world: &'w mut World, call: &Call, at: &Captures) -> Result<&'w mut Document, Refusal> {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_stage)?;
    api.stages.get_mut(at.at(1)).ok_or_else(no_stage)
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let mut constraints = Constraints::default();
    let size = body.text("cacheClusterSize")?;
    constraints.present("createStageInput.stageName", body.text("stageName")?.as_ref());
    constraints.present("createStageInput.deploymentId", body.text("deploymentId")?.as_ref());
    constraints.one_of("createStageInput.cacheClusterSize", size.as_deref(), &CACHE_SIZES);
    constraints.settle()?;
    let api = rest_api::of(world, call, at.at(0))?;
    let name = body.text_or_empty("stageName")?;
    check_new(api, &name)?;
    let deployment_id = body.text_or_empty("deploymentId")?;
    deployment::of(api, &deployment_id)?;
    let version = body.text("documentationVersion")?.filter(|version| !version.is_empty());
    if version.as_ref().is_some_and(|version| !api.documentation_versions.contains_key(version)) {
        return Err(not_found("Invalid Documentation version identifier specified"));
    }
    let mut stage = blank(call, &name, &deployment_id);
    configure(&mut stage, &body, "description")?;
    stage.extend(
        Draft::default()
            .set("documentationVersion", version)
            .set("canarySettings", canary_settings(api, &body, &deployment_id)?)
            .set("tags", body.text_map("tags")?.filter(|tags| !tags.is_empty()))
            .done(),
    );
    let answer = answered(&stage, None);
    api.stages.insert(name, stage);
    Ok(Answer::json(201, &answer))
}

/// Returns the stage that a deployment makes, or moves to itself.
pub(super) fn deployed(
    api: &RestApi,
    call: &Call,
    body: &Body,
    name: &str,
    deployment_id: &str,
) -> Result<Document, Refusal> {
    let mut stage = if let Some(stage) = api.stages.get(name) {
        stage.clone()
    } else {
        check_new(api, name)?;
        blank(call, name, deployment_id)
    };
    stage.insert("deploymentId".to_owned(), json!(deployment_id));
    stage.insert("lastUpdatedDate".to_owned(), json!(call.now_ms.div_euclid(1000)));
    configure(&mut stage, body, "stageDescription")?;
    Ok(stage)
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    Ok(Answer::json(200, &without_empty_tags(of(world, call, at)?)))
}

/// Not paginated, and under a key of its own.
pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    let deployment = call.query_one("deploymentId");
    let stages =
        api.stages.values().filter(|stage| deployment.is_none_or(|id| text(stage, "deploymentId") == id));
    let items: Vec<Value> = stages.map(without_empty_tags).collect();
    Ok(Answer::json(200, &json!({ "item": items })))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateStage")?;
    let before = of(world, call, at)?.clone();
    let region = world.apigateway.region(&call.region);
    let api = region.apis.get_mut(at.at(0)).ok_or_else(no_stage)?;
    let mut stage = stage_patch::apply(&before, &patches)?;
    stage_patch::check(api, &region.client_certificates, &before, &stage)?;
    stage.insert("lastUpdatedDate".to_owned(), json!(call.now_ms.div_euclid(1000)));
    settle_cache(&mut stage);
    let answer = answered(&stage, Some(&before));
    api.stages.insert(at.at(1).to_owned(), stage);
    Ok(Answer::json(200, &answer))
}

/// A usage plan forgets a stage that goes away, as the service does without a word; a mapping holds it.
pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    of(world, call, at)?;
    let region = world.apigateway.region(&call.region);
    if region.maps(|mapping| text(mapping, "restApiId") == at.at(0) && text(mapping, "stage") == at.at(1)) {
        return Err(bad_request(
            "Please remove all base path mappings related to the stage in your account before deleting the stage.",
        ));
    }
    if let Some(api) = region.apis.get_mut(at.at(0)) {
        api.stages.remove(at.at(1));
    }
    for plan in region.usage_plans.values_mut() {
        usage_plan::forget(plan, |api, stage| api == at.at(0) && stage == at.at(1));
    }
    Ok(Answer::empty(202))
}

/// Nothing is cached here, so flushing is only checked for its target.
pub(super) fn flush(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    of(world, call, at)?;
    Ok(Answer::empty(202))
}

fn check_new(api: &RestApi, name: &str) -> Result<(), Refusal> {
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if name.is_empty() || name.len() > 128 || !fits {
        return Err(bad_request("Stage name only allows a-zA-Z0-9_-"));
    }
    if api.stages.contains_key(name) {
        return Err(conflict("Stage already exists"));
    }
    if api.stages.len() >= STAGES_MAX {
        return Err(limit_exceeded("Maximum number of stages for this API has been reached"));
    }
    Ok(())
}

fn blank(call: &Call, name: &str, deployment_id: &str) -> Document {
    let now = call.now_ms.div_euclid(1000);
    Draft::default()
        .put("deploymentId", deployment_id)
        .put("stageName", name)
        .put("cacheClusterEnabled", false)
        .put("cacheClusterStatus", "NOT_AVAILABLE")
        .put("methodSettings", json!({}))
        .put("tracingEnabled", false)
        .put("createdDate", now)
        .put("lastUpdatedDate", now)
        .done()
}

/// Sets what making a stage and making a deployment have in common.
fn configure(stage: &mut Document, body: &Body, description: &str) -> Result<(), Refusal> {
    let variables = body.text_map("variables")?.filter(|variables| !variables.is_empty());
    stage_variables::check(variables.as_ref())?;
    stage.extend(
        Draft::default()
            .set("description", body.text(description)?.filter(|text| !text.is_empty()))
            .set("cacheClusterEnabled", body.flag("cacheClusterEnabled")?)
            .set("cacheClusterSize", body.text("cacheClusterSize")?)
            .set("tracingEnabled", body.flag("tracingEnabled")?)
            .set("variables", variables)
            .done(),
    );
    settle_cache(stage);
    Ok(())
}

fn canary_settings(api: &RestApi, body: &Body, deployment_id: &str) -> Result<Option<Value>, Refusal> {
    let Some(settings) = body.structure("canarySettings")? else { return Ok(None) };
    let id = settings.text("deploymentId")?.unwrap_or_else(|| deployment_id.to_owned());
    if !api.deployments.contains_key(&id) {
        return Err(bad_request("Deployment id does not exist"));
    }
    canary::read(&settings, &id).map(|settings| Some(Value::Object(settings)))
}

/// Brings size and status of the cache in line with whether there is one. One that was taken away is said to be on its
/// way for as long as anybody looks, which is what callers of the service see.
fn settle_cache(stage: &mut Document) {
    let enabled = stage.get("cacheClusterEnabled") == Some(&Value::Bool(true));
    let status = match (enabled, text(stage, "cacheClusterStatus")) {
        (true, _) => "AVAILABLE",
        (false, "AVAILABLE" | "DELETE_IN_PROGRESS") => "DELETE_IN_PROGRESS",
        (false, _) => "NOT_AVAILABLE",
    };
    stage.insert("cacheClusterStatus".to_owned(), json!(status));
    if enabled {
        stage.entry("cacheClusterSize").or_insert_with(|| json!("0.5"));
    }
}

/// The call that starts a cache is answered before that is done; reads find it done.
fn answered(stage: &Document, before: Option<&Document>) -> Value {
    let mut shown = stage.clone();
    let enabled = |stage: &Document| stage.get("cacheClusterEnabled") == Some(&Value::Bool(true));
    if enabled(stage) && !before.is_some_and(enabled) {
        shown.insert("cacheClusterStatus".to_owned(), json!("CREATE_IN_PROGRESS"));
    }
    without_empty_tags(&shown)
}
