//! Base path mappings: which stage of which API answers below a path of a domain name.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::domain_name;
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::state::{Document, Region, text};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/basePath", REPLACE, patch::text),
    rule("/restapiId", REPLACE, patch::text),
    rule("/stage", REPLACE, patch::text),
];

/// How the service spells the empty path.
const NONE: &str = "(none)";

fn no_mapping() -> Refusal {
    not_found("Invalid base path mapping identifier specified")
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let api = body.text("restApiId")?;
    let mut constraints = Constraints::default();
    constraints.present("createBasePathMappingInput.restApiId", api.as_ref());
    constraints.settle()?;
    domain_name::of(world, call, at)?;
    let about = Draft::default()
        .put("basePath", spelled(&body.text_or_empty("basePath")?))
        .set("restApiId", api)
        .set("stage", body.text("stage")?.filter(|stage| !stage.is_empty()))
        .done();
    check(world.apigateway.region(&call.region), &about)?;
    let domain = domain_name::of(world, call, at)?;
    if domain.mappings.contains_key(text(&about, "basePath")) {
        return Err(conflict("Base path already exists for this domain name"));
    }
    domain.mappings.insert(text(&about, "basePath").to_owned(), about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let domain = domain_name::of(world, call, at)?;
    let about = domain.mappings.get(&spelled(at.at(1))).ok_or_else(no_mapping)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let domain = domain_name::of(world, call, at)?;
    page(call, &domain.mappings, |about| Some(Value::Object(about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateBasePathMapping")?;
    let old = spelled(at.at(1));
    let domain = domain_name::of(world, call, at)?;
    let before = domain.mappings.get(&old).ok_or_else(no_mapping)?;
    let mut about = patch::apply(before, &patches, RULES, Wording::Listed)?;
    // The path of the patch and the member it changes are spelled differently.
    if let Some(api) = about.shift_remove("restapiId") {
        about.insert("restApiId".to_owned(), api);
    }
    let new = spelled(text(&about, "basePath"));
    about.insert("basePath".to_owned(), json!(new));
    check(world.apigateway.region(&call.region), &about)?;
    let domain = domain_name::of(world, call, at)?;
    if new != old && domain.mappings.contains_key(&new) {
        return Err(conflict("Base path already exists for this domain name"));
    }
    domain.mappings.remove(&old);
    domain.mappings.insert(new, about.clone());
    Ok(Answer::json(200, &Value::Object(about)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let domain = domain_name::of(world, call, at)?;
    domain.mappings.remove(&spelled(at.at(1))).ok_or_else(no_mapping)?;
    Ok(Answer::empty(202))
}

fn spelled(path: &str) -> String {
    if path.is_empty() { NONE.to_owned() } else { path.to_owned() }
}

fn check(region: &Region, about: &Document) -> Result<(), Refusal> {
    if text(about, "basePath").contains('/') {
        return Err(bad_request(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. \
             To create a multi-level base path mapping, use API Gateway V2.",
        ));
    }
    let path = text(about, "basePath");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&byte);
    if path != NONE && !path.bytes().all(allowed) {
        return Err(bad_request(
            "Invalid base path. Base paths may only contain letters, numbers and the characters $-_.+!*'()",
        ));
    }
    let api = region.apis.get(text(about, "restApiId"));
    let api = api.ok_or_else(|| bad_request("Invalid REST API identifier specified"))?;
    let stage = text(about, "stage");
    if !stage.is_empty() && !api.stages.contains_key(stage) {
        return Err(bad_request("Invalid stage identifier specified"));
    }
    Ok(())
}
