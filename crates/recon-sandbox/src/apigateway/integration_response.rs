//! Integration responses: how what comes back becomes a method response.

use serde_json::Value;

use super::body::{Body, Draft};
use super::integration::{no_integration, parameter, template};
use super::method_response::{check_status, no_response};
use super::patch::{self, ADD_REMOVE_REPLACE, REPLACE, REPLACE_REMOVE, Rule, Step, Wording, rule};
use super::refuse::{Constraints, bad_request};
use super::state::{Document, Method, text};
use super::{mapping, method, resource};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/selectionPattern", REPLACE, selection_pattern),
    rule("/contentHandling", REPLACE_REMOVE, patch::text),
    rule("/responseParameters/{name}", ADD_REMOVE_REPLACE, parameter),
    rule("/responseTemplates/{type}", ADD_REMOVE_REPLACE, template),
];

const CONTENT_HANDLINGS: [&str; 2] = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let mut constraints = Constraints::default();
    let handling = body.text("contentHandling")?;
    let member = "putIntegrationResponseInput.contentHandling";
    constraints.one_of(member, handling.as_deref(), &CONTENT_HANDLINGS);
    constraints.status_code(at.at(3));
    constraints.settle()?;
    let method = method::of(world, call, at)?;
    let about = read(&body, at.at(3))?;
    check(&about, method, at.at(3))?;
    let integration = method.integration.as_mut().ok_or_else(no_integration)?;
    integration.responses.insert(at.at(3).to_owned(), about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

/// Reads an integration response from a request, or from the extension of an imported document.
pub(super) fn read(body: &Body, status: &str) -> Result<Document, Refusal> {
    Ok(Draft::default()
        .put("statusCode", status)
        .set("selectionPattern", body.text("selectionPattern")?)
        .set("responseParameters", body.text_map("responseParameters")?.filter(|map| !map.is_empty()))
        .set("responseTemplates", body.text_map("responseTemplates")?.map(mapping::blank_templates))
        .set("contentHandling", body.text("contentHandling")?)
        .done())
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_status(at)?;
    let integration = method::of(world, call, at)?.integration.as_ref().ok_or_else(no_integration)?;
    let about = integration.responses.get(at.at(3)).ok_or_else(no_response)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let mut constraints = Constraints::default();
    let patches = patch::read_checked(call, "UpdateIntegrationResponse", &mut constraints)?;
    constraints.status_code(at.at(3));
    constraints.settle()?;
    let method = method::of(world, call, at)?;
    let integration = method.integration.as_ref().ok_or_else(no_integration)?;
    let about = integration.responses.get(at.at(3)).ok_or_else(no_response)?;
    let changed = patch::apply(about, &patches, RULES, Wording::Plain)?;
    check(&changed, method, at.at(3))?;
    let integration = method.integration.as_mut().ok_or_else(no_integration)?;
    integration.responses.insert(at.at(3).to_owned(), changed.clone());
    Ok(Answer::json(200, &Value::Object(changed)))
}

/// A missing method counts as a missing integration here.
pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_status(at)?;
    let method = resource::of(world, call, at)?.methods.get_mut(at.at(2)).ok_or_else(no_integration)?;
    let integration = method.integration.as_mut().ok_or_else(no_integration)?;
    integration.responses.remove(at.at(3)).ok_or_else(no_response)?;
    Ok(Answer::empty(204))
}

/// Checks an integration response against the method response it becomes.
pub(super) fn check(about: &Document, method: &Method, status: &str) -> Result<(), Refusal> {
    if method.integration.is_none() {
        return Err(no_integration());
    }
    let response = method.responses.get(status).ok_or_else(no_response)?;
    let handling = text(about, "contentHandling");
    if !handling.is_empty() && !CONTENT_HANDLINGS.contains(&handling) {
        let valid = CONTENT_HANDLINGS.join(", ");
        return Err(bad_request(format!("Invalid content handling specified. Valid options are {valid}")));
    }
    mapping::check_content_types(about, "responseTemplates")?;
    let parameters = about.get("responseParameters").and_then(Value::as_object);
    parameters.map_or(Ok(()), |parameters| mapping::check_response(parameters, response))
}

/// An empty pattern is kept: it makes the response the default one.
#[expect(clippy::unnecessary_wraps, reason = "setters share one signature")]
fn selection_pattern(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    patch::place(about, &step.parts, Some(Value::from(step.text())));
    Ok(())
}
