//! Method responses: the status codes, headers and models that callers of a method may get.

use serde_json::Value;

use super::body::{Body, Draft};
use super::patch::{self, ADD_REMOVE_REPLACE, Op, Rule, Step, Wording, rule};
use super::refuse::{Constraints, conflict, not_found};
use super::state::{Definition, Document};
use super::{mapping, method, rest_api};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/responseParameters/{name}", ADD_REMOVE_REPLACE, parameter),
    rule("/responseModels/{type}", ADD_REMOVE_REPLACE, model),
];

/// Says that there is no response of this status code.
pub(super) fn no_response() -> Refusal {
    not_found("Invalid Response status code specified")
}

/// Demands a status code in the path.
pub(super) fn check_status(at: &Captures) -> Result<(), Refusal> {
    let mut constraints = Constraints::default();
    constraints.status_code(at.at(3));
    constraints.settle()
}

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_status(at)?;
    let body = Body::of(call)?;
    if method::of(world, call, at)?.responses.contains_key(at.at(3)) {
        return Err(conflict("Response already exists for this resource"));
    }
    let about = Draft::default()
        .put("statusCode", at.at(3))
        .set("responseParameters", body.flag_map("responseParameters")?)
        .set("responseModels", body.text_map("responseModels")?)
        .done();
    check(&rest_api::of(world, call, at.at(0))?.definition, &about)?;
    let method = method::of(world, call, at)?;
    method.responses.insert(at.at(3).to_owned(), about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_status(at)?;
    let about = method::of(world, call, at)?.responses.get(at.at(3)).ok_or_else(no_response)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

/// The service answers an update of this one kind with 201.
pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let mut constraints = Constraints::default();
    let patches = patch::read_checked(call, "UpdateMethodResponse", &mut constraints)?;
    constraints.status_code(at.at(3));
    constraints.settle()?;
    let about = method::of(world, call, at)?.responses.get(at.at(3)).ok_or_else(no_response)?;
    let changed = patch::apply(about, &patches, RULES, Wording::Plain)?;
    check(&rest_api::of(world, call, at.at(0))?.definition, &changed)?;
    method::of(world, call, at)?.responses.insert(at.at(3).to_owned(), changed.clone());
    Ok(Answer::json(201, &Value::Object(changed)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_status(at)?;
    method::of(world, call, at)?.responses.remove(at.at(3)).ok_or_else(no_response)?;
    Ok(Answer::empty(204))
}

fn check(api: &Definition, about: &Document) -> Result<(), Refusal> {
    mapping::check_models(about, "responseModels", &api.models)?;
    mapping::check_content_types(about, "responseModels")?;
    let parameters = about.get("responseParameters").and_then(Value::as_object);
    parameters.map_or(Ok(()), mapping::check_declared_response)
}

fn parameter(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    known(about, step, "Invalid parameter name specified")?;
    patch::flag(about, step)
}

fn model(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    known(about, step, "Content-Type specified was not found")?;
    patch::text(about, step)
}

fn known(about: &Document, step: &Step<'_>, otherwise: &str) -> Result<(), Refusal> {
    let known = step.op == Op::Add || patch::lookup(about, &step.parts).is_some();
    if known { Ok(()) } else { Err(not_found(otherwise)) }
}
