//! Request validators: whether body and parameters are checked before a method runs.

use serde_json::Value;

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, Rule, Step, Wording, rule};
use super::refuse::{bad_request, conflict, not_found};
use super::rest_api;
use super::state::{Document, text};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// The order is the one in which the service lists them.
const RULES: &[Rule] = &[
    rule("/name", REPLACE, name),
    rule("/validateRequestParameters", REPLACE, patch::flag),
    rule("/validateRequestBody", REPLACE, patch::flag),
];

fn no_validator() -> Refusal {
    not_found("Invalid Request Validator identifier specified")
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let id = world.ids.next_id(6);
    let api = rest_api::find(world, call, at.at(0))
        .ok_or_else(|| bad_request("Invalid REST API identifier specified"))?;
    let about = Draft::default()
        .put("id", id.clone())
        .set("name", body.text("name")?.filter(|name| !name.is_empty()))
        .put("validateRequestBody", body.flag("validateRequestBody")?.unwrap_or(false))
        .put("validateRequestParameters", body.flag("validateRequestParameters")?.unwrap_or(false))
        .done();
    api.definition.request_validators.insert(id, about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_validator)?;
    let about = api.definition.request_validators.get(at.at(1)).ok_or_else(no_validator)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    page(call, &api.definition.request_validators, |about| Some(Value::Object(about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateRequestValidator")?;
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_validator)?;
    let about = api.definition.request_validators.get_mut(at.at(1)).ok_or_else(no_validator)?;
    *about = patch::apply(about, &patches, RULES, Wording::Listed)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_validator)?;
    let about = api.definition.request_validators.get(at.at(1)).ok_or_else(no_validator)?;
    let user =
        api.definition.methods().find(|(_, _, method)| text(&method.about, "requestValidatorId") == at.at(1));
    if let Some((resource, verb, _)) = user {
        let (name, path) = (text(about, "name"), &resource.path);
        return Err(conflict(format!(
            "Cannot delete request validator '{name}', is referenced in method: {path}/{verb}"
        )));
    }
    api.definition.request_validators.remove(at.at(1));
    Ok(Answer::empty(202))
}

fn name(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.text().trim().is_empty() {
        return Err(bad_request("Request Validator name cannot be blank"));
    }
    patch::text(about, step)
}
