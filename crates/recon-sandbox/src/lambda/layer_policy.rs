//! Who may use a layer version.

use serde_json::json;

use super::constraint::{need_text, pattern, text};
use super::layer::{LayerTarget, version_arn};
use super::permission::{Policy, check_sid};
use super::refuse::{not_found, stale};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::{World, is_account};

pub(super) fn add(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = LayerTarget::of(captures)?;
    let body = call.json()?;
    let sid = need_text(&body, "StatementId")?;
    let action = need_text(&body, "Action")?;
    let principal = need_text(&body, "Principal")?;
    check_sid(sid)?;
    pattern("action", action, action == "lambda:GetLayerVersion", "lambda:GetLayerVersion")?;
    let account = is_account(principal);
    let known = r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root";
    pattern("principal", principal, account || principal == "*" || principal.starts_with("arn:"), known)?;
    let principal =
        if account { json!({ "AWS": format!("arn:aws:iam::{principal}:root") }) } else { json!(principal) };
    let mut statement = json!({
        "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action,
        "Resource": version_arn(&call.region, &target.name, target.number),
    });
    if let Some(organisation) = text(&body, "OrganizationId")? {
        statement["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": organisation } });
    }
    let revision = world.ids.uuid();
    let version = target.find(world, &call.region)?;
    let mut policy = version.policy.clone().unwrap_or_default();
    if call.query_one("RevisionId").is_some_and(|asked| asked != policy.revision) {
        return Err(stale("GetLayerPolicy"));
    }
    policy.add(statement.clone(), revision)?;
    let shown = json!({ "Statement": statement.to_string(), "RevisionId": policy.revision });
    version.policy = Some(policy);
    Ok(Answer::json(201, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = LayerTarget::of(captures)?;
    let policy: Option<&Policy> = target.find(world, &call.region)?.policy.as_ref();
    let policy = policy.ok_or_else(|| no_policy(&target, call))?;
    Ok(Answer::json(200, &json!({ "Policy": policy.document(), "RevisionId": policy.revision })))
}

pub(super) fn remove(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = LayerTarget::of(captures)?;
    let sid = captures.at(2);
    let revision = world.ids.uuid();
    let version = target.find(world, &call.region)?;
    let policy = version.policy.as_mut().ok_or_else(|| no_policy(&target, call))?;
    if call.query_one("RevisionId").is_some_and(|asked| asked != policy.revision) {
        return Err(stale("GetLayerPolicy"));
    }
    let place = policy.place(sid);
    let place =
        place.ok_or_else(|| not_found(format!("Statement {sid} is not found in resource policy.")))?;
    policy.statements.remove(place);
    policy.revision = revision;
    if policy.statements.is_empty() {
        version.policy = None;
    }
    Ok(Answer::empty(204))
}

fn no_policy(target: &LayerTarget, call: &Call) -> Refusal {
    let arn = version_arn(&call.region, &target.name, target.number);
    not_found(format!("No policy is associated with the given resource: {arn}"))
}
