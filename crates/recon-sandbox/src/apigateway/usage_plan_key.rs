//! The keys of a usage plan, and what they used.

use serde_json::{Map, Value, json};

use super::body::Body;
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{bad_request, conflict, not_found};
use super::state::{Document, text};
use super::{api_key, usage_plan};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/remaining", REPLACE, patch::integer)];

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let key = body.text_or_empty("keyId")?;
    if body.text("keyType")?.as_deref() != Some("API_KEY") {
        return Err(bad_request("Invalid key type specified. Valid options are API_KEY"));
    }
    let plan = usage_plan::of(world, call, at.at(0))?;
    if plan.keys.contains_key(&key) {
        return Err(conflict("Usage Plan Key already exists"));
    }
    let region = world.apigateway.region(&call.region);
    let shown = show(api_key::of(region, &key)?);
    check_stages(region, at.at(0), &key)?;
    usage_plan::of(world, call, at.at(0))?.keys.insert(key, None);
    Ok(Answer::json(201, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    member(world, call, at)?;
    let region = world.apigateway.region(&call.region);
    Ok(Answer::json(200, &show(api_key::of(region, at.at(1))?)))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let keys = usage_plan::of(world, call, at.at(0))?.keys.clone();
    let region = world.apigateway.region(&call.region);
    let held = keys.into_keys().filter_map(|id| region.api_keys.get(&id).map(|about| (id, about))).collect();
    let name = call.query_one("name");
    page(call, &held, |about| {
        let named = name.is_none_or(|prefix| text(about, "name").starts_with(prefix));
        named.then(|| show(about))
    })
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    member(world, call, at)?;
    usage_plan::of(world, call, at.at(0))?.keys.remove(at.at(1));
    Ok(Answer::empty(202))
}

/// Nobody is metered here: a key has used nothing on any day.
pub(super) fn usage(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let plan = usage_plan::of(world, call, at.at(0))?;
    let (Some(start), Some(end)) = (call.query_one("startDate"), call.query_one("endDate")) else {
        return Err(bad_request("Start date and end date must be specified"));
    };
    let limit = plan.about.get("quota").and_then(|quota| quota["limit"].as_i64());
    let asked = call.query_one("keyId");
    let values: Map<String, Value> = plan
        .keys
        .iter()
        .filter(|(key, _)| asked.is_none_or(|asked| asked == key.as_str()))
        .filter_map(|(key, remaining)| Some((key.clone(), json!([[0, remaining.or(limit)?]]))))
        .collect();
    Ok(Answer::json(
        200,
        &json!({ "usagePlanId": at.at(0), "startDate": start, "endDate": end, "values": values }),
    ))
}

pub(super) fn update_usage(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateUsage")?;
    member(world, call, at)?;
    let changed = patch::apply(&Document::new(), &patches, RULES, Wording::Listed)?;
    let plan = usage_plan::of(world, call, at.at(0))?;
    let remaining = changed.get("remaining").and_then(Value::as_i64);
    plan.keys.insert(at.at(1).to_owned(), remaining);
    let today = crate::time::iso(call.now_ms);
    let today = today.get(..10).unwrap_or_default();
    let values = json!({ at.at(1): [[0, remaining]] });
    Ok(Answer::json(
        200,
        &json!({ "usagePlanId": at.at(0), "startDate": today, "endDate": today, "values": values }),
    ))
}

fn member(world: &mut World, call: &Call, at: &Captures) -> Result<(), Refusal> {
    let plan = usage_plan::of(world, call, at.at(0))?;
    if plan.keys.contains_key(at.at(1)) {
        return Ok(());
    }
    Err(not_found("Invalid Usage Plan Key identifier specified"))
}

/// A key may open each stage through one plan only.
fn check_stages(region: &super::state::Region, plan: &str, key: &str) -> Result<(), Refusal> {
    let Some(joining) = region.usage_plans.get(plan) else { return Ok(()) };
    let opens = |about: &Document, stage: &Document| {
        let same = |other: &Document, member: &str| text(other, member) == text(stage, member);
        usage_plan::stages(about).any(|other| same(other, "apiId") && same(other, "stage"))
    };
    for other in region.usage_plans.values().filter(|other| other.keys.contains_key(key)) {
        if let Some(stage) = usage_plan::stages(&joining.about).find(|stage| opens(&other.about, stage)) {
            let (api, stage) = (text(stage, "apiId"), text(stage, "stage"));
            return Err(conflict(format!(
                "API Key {key} is already subscribed to API Stage {api}:{stage} through another Usage Plan"
            )));
        }
    }
    Ok(())
}

fn show(key: &Document) -> Value {
    let mut shown = json!({ "id": text(key, "id"), "type": "API_KEY", "value": text(key, "value") });
    if let Some(name) = key.get("name") {
        shown["name"] = name.clone();
    }
    shown
}
