//! Patches of a stage: its attributes, variables, access log, canary, and the settings of its methods.

use std::collections::BTreeMap;

use serde_json::Value;

use super::patch::{self, ADD_REMOVE_REPLACE, Op, Patch, REPLACE, REPLACE_REMOVE, Rule, Step, Wording, rule};
use super::refuse::bad_request;
use super::state::{Document, RestApi, text};
use super::{canary, method_settings, stage, stage_variables};
use crate::wire::Refusal;

const REMOVE: &[Op] = &[Op::Remove];

const RULES: &[Rule] = &[
    rule("/deploymentId", REPLACE, patch::text),
    rule("/description", REPLACE_REMOVE, patch::text),
    rule("/cacheClusterEnabled", REPLACE, patch::flag),
    rule("/cacheClusterSize", REPLACE, cache_size),
    rule("/clientCertificateId", REPLACE_REMOVE, patch::text),
    rule("/documentationVersion", REPLACE_REMOVE, patch::text),
    rule("/tracingEnabled", REPLACE, patch::flag),
    rule("/variables/{variable_name}", ADD_REMOVE_REPLACE, stage_variables::set),
    rule("/accessLogSettings", REMOVE, access_log),
    rule("/accessLogSettings/destinationArn", REPLACE, access_log),
    rule("/accessLogSettings/format", REPLACE, access_log),
    rule("/canarySettings", REMOVE, canary::remove),
    rule("/canarySettings/percentTraffic", REPLACE, canary::percent),
    rule("/canarySettings/deploymentId", REPLACE, canary::deployment),
    rule("/canarySettings/useStageCache", REPLACE, canary::use_stage_cache),
    rule("/canarySettings/stageVariableOverrides/{name}", ADD_REMOVE_REPLACE, canary::variable),
];

/// Returns the stage with the patches applied.
pub(super) fn apply(stage: &Document, patches: &[Patch]) -> Result<Document, Refusal> {
    let mut changed = stage.clone();
    for patch in patches {
        match patch.op {
            Op::Copy => copy(&mut changed, patch)?,
            _ if method_settings::names_setting(patch.path()) => method_settings::set(&mut changed, patch)?,
            _ if patch::knows(RULES, patch) => {
                changed = patch::apply(&changed, std::slice::from_ref(patch), RULES, Wording::Plain)?;
            }
            Op::Remove => method_settings::remove(&mut changed, patch)?,
            Op::Replace => return Err(method_settings::no_such_path(patch.path())),
            Op::Add | Op::Move | Op::Test => {
                let (op, path) = (patch.op.name(), patch.path());
                return Err(bad_request(format!("Invalid {op} operation with path: {path}")));
            }
        }
    }
    Ok(changed)
}

/// Checks what a patched stage newly refers to.
pub(super) fn check(
    api: &RestApi,
    certificates: &BTreeMap<String, Document>,
    before: &Document,
    stage: &Document,
) -> Result<(), Refusal> {
    let ids = [Some(text(stage, "deploymentId")), canary::deployment_id(stage)];
    if ids.into_iter().flatten().any(|id| !api.deployments.contains_key(id)) {
        return Err(bad_request("Deployment id does not exist"));
    }
    let new = |key: &str| Some(text(stage, key)).filter(|id| !id.is_empty() && *id != text(before, key));
    if new("clientCertificateId").is_some_and(|id| !certificates.contains_key(id)) {
        return Err(bad_request("Invalid client certificate identifier specified"));
    }
    if new("documentationVersion").is_some_and(|version| !api.documentation_versions.contains_key(version)) {
        return Err(bad_request("Invalid Documentation version identifier specified"));
    }
    Ok(())
}

/// Copying is how a canary is promoted.
fn copy(stage: &mut Document, patch: &Patch) -> Result<(), Refusal> {
    let (from, path) = (patch.from.as_deref().unwrap_or("null"), patch.path());
    let id = canary::deployment_id(stage).map(Value::from);
    match (from, path, id) {
        ("/canarySettings/deploymentId", "/deploymentId", Some(id)) => {
            stage.insert("deploymentId".to_owned(), id);
            Ok(())
        }
        ("/canarySettings/stageVariableOverrides", "/variables", Some(_)) => {
            canary::promote_variables(stage);
            Ok(())
        }
        ("/canarySettings/deploymentId", "/deploymentId", None)
        | ("/canarySettings/stageVariableOverrides", "/variables", None) => {
            Err(bad_request("Promotion not available. Canary does not exist."))
        }
        _ => Err(bad_request(format!(
            "Invalid copy operation with path: {path} and from {from}. Valid copy:path are \
             [/deploymentId, /variables] and valid copy:from are \
             [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]"
        ))),
    }
}

fn cache_size(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if !step.text().is_empty() && !stage::CACHE_SIZES.contains(&step.text()) {
        let sizes = stage::CACHE_SIZES.join(", ");
        return Err(bad_request(format!("Invalid cache cluster size specified. Valid options are {sizes}")));
    }
    patch::text(about, step)
}

fn access_log(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let names_arn = step.name() == "destinationArn" && !step.text().is_empty();
    if names_arn && !step.text().starts_with("arn:") {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    if step.op != Op::Remove && step.text().is_empty() {
        patch::place(about, &step.parts, None);
        return Ok(());
    }
    patch::text(about, step)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(operations: &[(&str, &str, Option<&str>)]) -> Result<Value, String> {
        let stage = json!({
            "deploymentId": "one",
            "variables": {"alias": "live"},
            "canarySettings": {"deploymentId": "two", "stageVariableOverrides": {"alias": "next"}},
        });
        let operations: Vec<Value> = operations
            .iter()
            .map(|(op, path, value)| match op.split_once(' ') {
                Some((op, from)) => json!({"op": op, "path": path, "from": from}),
                None => json!({"op": op, "path": path, "value": value}),
            })
            .collect();
        let body = json!({ "patchOperations": operations }).to_string().into_bytes();
        let call = crate::wire::Call { body, ..Default::default() };
        let patches = patch::read(&call, "UpdateStage").map_err(|refusal| refusal.message)?;
        apply(stage.as_object().unwrap(), &patches).map(Value::Object).map_err(|refusal| refusal.message)
    }

    #[test]
    fn variables_come_and_go() {
        let changed = patched(&[
            ("replace", "/variables/alias", Some("blue")),
            ("replace", "/variables/z", Some("1")),
            ("remove", "/variables/z", None),
        ]);
        assert_eq!(changed.unwrap()["variables"], json!({"alias": "blue"}));
    }

    #[test]
    fn promoting_a_canary_copies_deployment_and_variables() {
        let changed = patched(&[
            ("copy /canarySettings/deploymentId", "/deploymentId", None),
            ("copy /canarySettings/stageVariableOverrides", "/variables", None),
            ("remove", "/canarySettings", None),
        ])
        .unwrap();
        assert_eq!(changed, json!({"deploymentId": "two", "variables": {"alias": "next"}}));
    }

    #[test]
    fn unknown_paths_are_worded_by_operation() {
        let message = |op, path| patched(&[(op, path, Some("x"))]).unwrap_err();
        assert!(
            message("replace", "/bogus")
                .starts_with("Invalid method setting path: /bogus. Must be one of: [")
        );
        assert_eq!(
            message("remove", "/canarySettings/badPath"),
            "Cannot remove method setting canarySettings/badPath because there is no method setting for this method "
        );
        assert_eq!(
            message("add", "/canarySettings/deploymentId"),
            "Invalid add operation with path: /canarySettings/deploymentId"
        );
    }
}
