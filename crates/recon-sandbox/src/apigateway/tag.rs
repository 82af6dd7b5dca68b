//! Tags, by the ARN of what carries them.

use serde_json::{Value, json};

use super::body::Body;
use super::refuse::{bad_request, not_found};
use super::state::{Document, Region};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const TAGS_MAX: usize = 50;

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let given = Body::of(call)?.text_map("tags")?.unwrap_or_default();
    if given.keys().any(|key| key.starts_with("aws:") || key.is_empty()) {
        return Err(bad_request("Invalid tag key specified. Tag keys cannot be empty or start with 'aws:'"));
    }
    let about = tagged(world, call, at.at(0))?;
    let mut tags = about.get("tags").and_then(Value::as_object).cloned().unwrap_or_default();
    tags.extend(given);
    if tags.len() > TAGS_MAX {
        return Err(bad_request(format!("The number of tags exceeds the limit of {TAGS_MAX}")));
    }
    about.insert("tags".to_owned(), Value::Object(tags));
    Ok(Answer::empty(204))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let about = tagged(world, call, at.at(0))?;
    Ok(Answer::json(200, &json!({ "tags": about.get("tags").cloned().unwrap_or_else(|| json!({})) })))
}

pub(super) fn remove(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let keys = call.query.get("tagKeys").cloned().unwrap_or_default();
    let about = tagged(world, call, at.at(0))?;
    if let Some(Value::Object(tags)) = about.get_mut("tags") {
        tags.retain(|key, _| !keys.iter().flat_map(|listed| listed.split(',')).any(|listed| listed == key));
    }
    Ok(Answer::empty(204))
}

/// Returns what the ARN names, `arn:aws:apigateway:REGION::/restapis/ID/stages/NAME` and the like.
fn tagged<'w>(world: &'w mut World, call: &Call, arn: &str) -> Result<&'w mut Document, Refusal> {
    let malformed = || bad_request(format!("Invalid ARN specified in the request: {arn}"));
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "apigateway", region, _, path] = parts.as_slice() else { return Err(malformed()) };
    if !partition.starts_with("aws") || !path.starts_with('/') {
        return Err(malformed());
    }
    let name = if region.is_empty() { call.region.as_str() } else { region };
    let held = world.apigateway.region(name);
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    find(held, &segments, arn)
        .ok_or_else(|| not_found(format!("Invalid resource identifier specified: {arn}")))
}

fn find<'r>(region: &'r mut Region, segments: &[&str], arn: &str) -> Option<&'r mut Document> {
    match segments {
        ["restapis", id] => region.apis.get_mut(*id).map(|api| &mut api.definition.about),
        ["restapis", id, "stages", stage] => region.apis.get_mut(*id)?.stages.get_mut(*stage),
        ["apikeys", id] => region.api_keys.get_mut(*id),
        ["usageplans", id] => region.usage_plans.get_mut(*id).map(|plan| &mut plan.about),
        ["clientcertificates", id] => region.client_certificates.get_mut(*id),
        ["domainnames", name] => region.domain_names.get_mut(*name).map(|domain| &mut domain.about),
        ["vpclinks", id] => region.vpc_links.get_mut(*id),
        ["domainnameaccessassociations", ..] => region.access_associations.get_mut(arn),
        _ => None,
    }
}
