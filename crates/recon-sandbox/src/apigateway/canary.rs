//! Canary settings: the share of a stage's traffic that a second deployment gets.

use serde_json::{Value, json};

use super::body::{Body, Draft, number};
use super::patch::{self, Op, Step};
use super::refuse::bad_request;
use super::stage_variables;
use super::state::{Document, RestApi, members};
use crate::wire::Refusal;

/// Returns the deployment that the canary of a stage points at.
pub(super) fn deployment_id(stage: &Document) -> Option<&str> {
    stage.get("canarySettings")?.get("deploymentId")?.as_str()
}

/// Returns the stage with a new deployment as its canary.
pub(super) fn release(
    api: &RestApi,
    stage: Option<&str>,
    settings: &Body,
    deployment_id: &str,
) -> Result<Document, Refusal> {
    let refuse = |detail: String| bad_request(format!("Invalid deployment content specified.{detail}"));
    let Some(name) = stage else {
        return Err(refuse(
            "Non null and non empty stageName must be provided for canary deployment. Provided value is null"
                .to_owned(),
        ));
    };
    let Some(stage) = api.stages.get(name) else {
        return Err(refuse(format!(
            "Stage {name} must already be created before making a canary release deployment"
        )));
    };
    let mut changed = stage.clone();
    changed.insert("canarySettings".to_owned(), Value::Object(read(settings, deployment_id)?));
    Ok(changed)
}

/// Reads canary settings from a request.
pub(super) fn read(settings: &Body, deployment_id: &str) -> Result<Document, Refusal> {
    let overrides = settings.text_map("stageVariableOverrides")?.filter(|map| !map.is_empty());
    stage_variables::check(overrides.as_ref())?;
    let percent = settings.number("percentTraffic")?.unwrap_or(0.0);
    check_percent(percent)?;
    Ok(Draft::default()
        .put("percentTraffic", number(percent))
        .put("deploymentId", deployment_id)
        .set("stageVariableOverrides", overrides)
        .put("useStageCache", settings.flag("useStageCache")?.unwrap_or(false))
        .done())
}

/// Patches the whole of the settings, which can only be taken away.
#[expect(clippy::unnecessary_wraps, reason = "setters share one signature")]
pub(super) fn remove(stage: &mut Document, _: &Step<'_>) -> Result<(), Refusal> {
    stage.shift_remove("canarySettings");
    Ok(())
}

/// Patches the share of traffic.
pub(super) fn percent(stage: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    begin(stage);
    let percent = step.text().parse().unwrap_or(-1.0);
    check_percent(percent)?;
    patch::place(stage, &step.parts, Some(number(percent)));
    Ok(())
}

/// Patches the deployment of the canary.
pub(super) fn deployment(stage: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    begin(stage);
    patch::text(stage, step)
}

/// Patches whether the canary shares the cache.
pub(super) fn use_stage_cache(stage: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    begin(stage);
    patch::flag(stage, step)
}

/// Patches one variable that the canary overrides.
pub(super) fn variable(stage: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op != Op::Remove {
        begin(stage);
        stage_variables::check_one(step.name(), step.text())?;
    }
    patch::text(stage, step)
}

/// Promotes the variables of the canary: they overwrite those of the stage.
pub(super) fn promote_variables(stage: &mut Document) {
    let settings = stage.get("canarySettings").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut variables: Document =
        members(stage, "variables").map(|(key, value)| (key.clone(), value.clone())).collect();
    variables.extend(
        members(&settings, "stageVariableOverrides").map(|(key, value)| (key.clone(), value.clone())),
    );
    if !variables.is_empty() {
        stage.insert("variables".to_owned(), Value::Object(variables));
    }
}

/// A canary that a patch brings into being points at the deployment of the stage and gets no traffic yet.
fn begin(stage: &mut Document) {
    if !stage.contains_key("canarySettings") {
        let settings = json!({
            "percentTraffic": 0.0,
            "deploymentId": stage.get("deploymentId"),
            "useStageCache": false,
        });
        stage.insert("canarySettings".to_owned(), settings);
    }
}

fn check_percent(percent: f64) -> Result<(), Refusal> {
    if (0.0..=100.0).contains(&percent) {
        return Ok(());
    }
    Err(bad_request("Percent traffic must be between 0.0 and 100.0"))
}
