//! Usage plans: which stages a plan opens, how fast and how often.

use serde_json::{Map, Value, json};

use super::body::{Body, Draft, number};
use super::page::page;
use super::patch;
use super::refuse::{Constraints, bad_request, not_found};
use super::state::{Document, Region, UsagePlan, text, without_empty_tags};
use super::usage_plan_patch;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// Says that there is no such plan.
pub(super) fn no_plan() -> Refusal {
    not_found("Invalid Usage Plan ID specified")
}

/// Returns the plan, or says that there is none.
pub(super) fn of<'w>(world: &'w mut World, call: &Call, id: &str) -> Result<&'w mut UsagePlan, Refusal> {
    world.apigateway.region(&call.region).usage_plans.get_mut(id).ok_or_else(no_plan)
}

pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let name = body.text("name")?;
    let mut constraints = Constraints::default();
    constraints.present("createUsagePlanInput.name", name.as_ref());
    let quota = body.structure("quota")?;
    let period = quota.as_ref().map(|quota| quota.text("period")).transpose()?.flatten();
    let member = "createUsagePlanInput.quota.period";
    constraints.one_of(member, period.as_deref(), &["DAY", "WEEK", "MONTH"]);
    constraints.settle()?;
    if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(bad_request("Usage Plan name cannot be blank"));
    }
    let id = world.ids.next_id(6);
    let throttle = body.structure("throttle")?.map(|throttle| read_throttle(&throttle)).transpose()?;
    let about = Draft::default()
        .put("id", id.clone())
        .set("name", name)
        .set("description", body.text("description")?)
        .put("apiStages", read_stages(&body)?)
        .set("throttle", throttle.filter(|throttle| !throttle.is_empty()))
        .set("quota", quota.map(|quota| read_quota(&quota)).transpose()?)
        .put("tags", body.text_map("tags")?.unwrap_or_default())
        .done();
    let region = world.apigateway.region(&call.region);
    check(region, &about)?;
    region.usage_plans.insert(id, UsagePlan { about: about.clone(), ..UsagePlan::default() });
    Ok(Answer::json(201, &without_empty_tags(&about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let about = of(world, call, at.at(0))?.about.clone();
    Ok(Answer::json(200, &Value::Object(about)))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let key = call.query_one("keyId");
    page(call, &region.usage_plans, |plan| {
        let joined = key.is_none_or(|key| plan.keys.contains_key(key));
        joined.then(|| {
            let mut shown = plan.about.clone();
            shown.shift_remove("tags");
            Value::Object(shown)
        })
    })
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateUsagePlan")?;
    let region = world.apigateway.region(&call.region);
    let plan = region.usage_plans.get(at.at(0)).ok_or_else(no_plan)?;
    let about = usage_plan_patch::apply(&plan.about, &patches)?;
    check(region, &about)?;
    let plan = region.usage_plans.get_mut(at.at(0)).ok_or_else(no_plan)?;
    plan.about = about;
    Ok(Answer::json(200, &Value::Object(plan.about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let plan = of(world, call, at.at(0))?;
    if stages(&plan.about).next().is_some() {
        return Err(bad_request(format!(
            "Cannot delete Usage Plan {} because there are API Stages associated with it. \
             Please remove all API stages from plan and try again.",
            at.at(0)
        )));
    }
    world.apigateway.region(&call.region).usage_plans.remove(at.at(0));
    Ok(Answer::empty(202))
}

/// Takes the stages away that `gone` recognises by API and name.
pub(super) fn forget(plan: &mut UsagePlan, gone: impl Fn(&str, &str) -> bool) {
    if let Some(Value::Array(stages)) = plan.about.get_mut("apiStages") {
        let part = |stage: &Value, key: &str| stage[key].as_str().unwrap_or_default().to_owned();
        stages.retain(|stage| !gone(&part(stage, "apiId"), &part(stage, "stage")));
    }
}

/// Returns the stages of a plan.
pub(super) fn stages(about: &Document) -> impl Iterator<Item = &Document> {
    let stages = about.get("apiStages").and_then(Value::as_array).into_iter().flatten();
    stages.filter_map(Value::as_object)
}

fn read_stages(body: &Body) -> Result<Vec<Value>, Refusal> {
    let read = |stage: &Body| -> Result<Value, Refusal> {
        let mut shown =
            json!({ "apiId": stage.text_or_empty("apiId")?, "stage": stage.text_or_empty("stage")? });
        if let Some(throttles) = stage.structure("throttle")? {
            let mut methods = Map::new();
            for method in throttles.keys() {
                let throttle =
                    throttles.structure(method)?.map(|throttle| read_throttle(&throttle)).transpose()?;
                methods.insert(method.to_owned(), Value::Object(throttle.unwrap_or_default()));
            }
            if !methods.is_empty() {
                shown["throttle"] = Value::Object(methods);
            }
        }
        Ok(shown)
    };
    body.structures("apiStages")?.iter().map(read).collect()
}

fn read_throttle(throttle: &Body) -> Result<Document, Refusal> {
    Ok(Draft::default()
        .set("burstLimit", throttle.integer("burstLimit")?)
        .set("rateLimit", throttle.number("rateLimit")?.map(number))
        .done())
}

fn read_quota(quota: &Body) -> Result<Document, Refusal> {
    Ok(Draft::default()
        .set("limit", quota.integer("limit")?)
        .put("offset", quota.integer("offset")?.unwrap_or(0))
        .set("period", quota.text("period")?)
        .done())
}

/// Checks the limits of a plan and that its stages exist.
fn check(region: &Region, about: &Document) -> Result<(), Refusal> {
    let mut seen = Vec::new();
    for stage in stages(about) {
        let (api, name) = (text(stage, "apiId"), text(stage, "stage"));
        if !region.apis.get(api).is_some_and(|held| held.stages.contains_key(name)) {
            return Err(not_found(format!("API Stage not found: {api}:{name}")));
        }
        if seen.contains(&(api, name)) {
            return Err(bad_request(format!(
                "API Stage {api}:{name} is already associated with the Usage Plan"
            )));
        }
        seen.push((api, name));
    }
    if let Some(throttle) = about.get("throttle") {
        check_throttle(throttle)?;
    }
    about.get("quota").map_or(Ok(()), check_quota)
}

fn check_throttle(throttle: &Value) -> Result<(), Refusal> {
    let negative = |key: &str| throttle[key].as_f64().is_some_and(|limit| limit < 0.0);
    if negative("burstLimit") || negative("rateLimit") {
        return Err(bad_request("Usage Plan throttle limits must be greater than or equal to zero"));
    }
    Ok(())
}

fn check_quota(quota: &Value) -> Result<(), Refusal> {
    let (Some(limit), Some(period)) = (quota["limit"].as_i64(), quota["period"].as_str()) else {
        return Err(bad_request("Usage Plan quota must have a limit and a period"));
    };
    if limit < 0 {
        return Err(bad_request("Usage Plan quota limit must be greater than or equal to zero"));
    }
    let (last, range) = match period {
        "DAY" => (0, "must be zero"),
        "WEEK" => (6, "must be between zero and six inclusive"),
        "MONTH" => (27, "must be between zero and 27 inclusive"),
        _ => return Err(bad_request("Invalid Usage Plan quota period. Valid options are DAY, WEEK, MONTH")),
    };
    if !(0..=last).contains(&quota["offset"].as_i64().unwrap_or(0)) {
        return Err(bad_request(format!("Usage Plan quota offset {range} in the {period} period")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(10, "DAY", 0 => None)]
    #[test_case(10, "DAY", 1 => Some("Usage Plan quota offset must be zero in the DAY period".to_owned()))]
    #[test_case(10, "WEEK", 6 => None)]
    #[test_case(10, "MONTH", 28
        => Some("Usage Plan quota offset must be between zero and 27 inclusive in the MONTH period".to_owned()))]
    #[test_case(-1, "DAY", 0 => Some("Usage Plan quota limit must be greater than or equal to zero".to_owned()))]
    fn quota(limit: i64, period: &str, offset: i64) -> Option<String> {
        let quota = json!({ "limit": limit, "period": period, "offset": offset });
        check_quota(&quota).err().map(|refusal| refusal.message)
    }
}
