//! Methods: what a resource answers to, and who may ask.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::patch::{
    self, ADD_REMOVE, ADD_REMOVE_REPLACE, Op, REPLACE, REPLACE_REMOVE, Rule, Step, Wording, rule,
};
use super::refuse::{Constraints, bad_request, conflict, no_resource, not_found};
use super::state::{Definition, Document, Integration, Method, text};
use super::{mapping, resource, rest_api};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/apiKeyRequired", REPLACE, patch::flag),
    rule("/authorizationType", REPLACE, patch::text),
    rule("/authorizerId", REPLACE_REMOVE, patch::text),
    rule("/requestValidatorId", REPLACE_REMOVE, patch::text),
    rule("/operationName", REPLACE, patch::text),
    rule("/requestParameters/{name}", ADD_REMOVE_REPLACE, parameter),
    rule("/requestModels/{type}", ADD_REMOVE_REPLACE, model),
    rule("/authorizationScopes", ADD_REMOVE, patch::list_value),
    rule("/authorizationScopes/{scope}", ADD_REMOVE, patch::list_element),
];

const VERBS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

/// Returns the method, or says that there is none.
pub(super) fn of<'w>(world: &'w mut World, call: &Call, at: &Captures) -> Result<&'w mut Method, Refusal> {
    resource::of(world, call, at)?.methods.get_mut(at.at(2)).ok_or_else(no_method)
}

/// Says that there is no such method.
pub(super) fn no_method() -> Refusal {
    not_found("Invalid Method identifier specified")
}

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let mut constraints = Constraints::default();
    constraints.present("putMethodInput.authorizationType", body.text("authorizationType")?.as_ref());
    constraints.settle()?;
    let resource = resource::of(world, call, at)?;
    let verb = at.at(2).to_owned();
    check_verb(&verb)?;
    if resource.methods.contains_key(&verb) {
        return Err(conflict("Method already exists for this resource"));
    }
    let mut about = Draft::default()
        .put("httpMethod", verb.clone())
        .set("authorizationType", body.text("authorizationType")?)
        .set("authorizerId", body.text("authorizerId")?)
        .put("apiKeyRequired", body.flag("apiKeyRequired")?.unwrap_or(false))
        .set("requestValidatorId", body.text("requestValidatorId")?.filter(|id| !id.is_empty()))
        .set("operationName", body.text("operationName")?)
        .set("requestParameters", body.flag_map("requestParameters")?.filter(|map| !map.is_empty()))
        .set("requestModels", body.text_map("requestModels")?.filter(|map| !map.is_empty()))
        .set("authorizationScopes", body.texts("authorizationScopes")?.filter(|scopes| !scopes.is_empty()))
        .done();
    let api = rest_api::of(world, call, at.at(0))?;
    settle(&api.definition, &mut about)?;
    let method = Method { about, ..Method::default() };
    let answer = show(&method);
    let resource = api.definition.resources.get_mut(at.at(1)).ok_or_else(no_resource)?;
    resource.methods.insert(verb, method);
    Ok(Answer::json(201, &answer))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    Ok(Answer::json(200, &show(of(world, call, at)?)))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateMethod")?;
    let mut about = patch::apply(&of(world, call, at)?.about, &patches, RULES, Wording::Plain)?;
    let api = rest_api::of(world, call, at.at(0))?;
    settle(&api.definition, &mut about)?;
    let method = of(world, call, at)?;
    method.about = about;
    Ok(Answer::json(200, &show(method)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let resource = resource::of(world, call, at)?;
    resource.methods.remove(at.at(2)).ok_or_else(no_method)?;
    Ok(Answer::empty(204))
}

/// Returns the method as an answer carries it, with everything below it.
pub(super) fn show(method: &Method) -> Value {
    let mut shown = method.about.clone();
    if !method.responses.is_empty() {
        shown.insert("methodResponses".to_owned(), json!(method.responses));
    }
    if let Some(integration) = &method.integration {
        shown.insert("methodIntegration".to_owned(), show_integration(integration));
    }
    Value::Object(shown)
}

/// Returns the integration as an answer carries it, with its responses.
pub(super) fn show_integration(integration: &Integration) -> Value {
    let mut shown = integration.about.clone();
    if !integration.responses.is_empty() {
        shown.insert("integrationResponses".to_owned(), json!(integration.responses));
    }
    Value::Object(shown)
}

/// Demands a verb that methods may have.
pub(super) fn check_verb(verb: &str) -> Result<(), Refusal> {
    if VERBS.contains(&verb) {
        return Ok(());
    }
    Err(bad_request(format!("Invalid HttpMethod specified. Valid options are {}", VERBS.join(","))))
}

/// Checks a method against the API it belongs to, and drops what its authorization type has no use for.
pub(super) fn settle(api: &Definition, about: &mut Document) -> Result<(), Refusal> {
    let kind = text(about, "authorizationType").to_owned();
    match kind.as_str() {
        "NONE" | "AWS_IAM" => drop(about.shift_remove("authorizerId")),
        "CUSTOM" | "COGNITO_USER_POOLS" => check_authorizer(api, &kind, text(about, "authorizerId"))?,
        _ => {
            return Err(bad_request(
                "Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS",
            ));
        }
    }
    let validator = text(about, "requestValidatorId");
    if !validator.is_empty() && !api.request_validators.contains_key(validator) {
        return Err(bad_request("Invalid Request Validator identifier specified"));
    }
    mapping::check_models(about, "requestModels", &api.models)?;
    mapping::check_content_types(about, "requestModels")?;
    let parameters = about.get("requestParameters").and_then(Value::as_object);
    parameters.map_or(Ok(()), mapping::check_declared_request)
}

fn check_authorizer(api: &Definition, kind: &str, id: &str) -> Result<(), Refusal> {
    let cognito = |about: &Document| text(about, "type") == "COGNITO_USER_POOLS";
    let fits = api.authorizers.get(id).is_some_and(|about| cognito(about) == (kind == "COGNITO_USER_POOLS"));
    if fits {
        return Ok(());
    }
    Err(bad_request(
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS \
         requires a valid authorizer.",
    ))
}

fn parameter(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let known = patch::lookup(about, &step.parts).is_some();
    if step.op == Op::Remove && !known {
        return Err(not_found("Invalid parameter name specified"));
    }
    patch::flag(about, step)
}

fn model(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let known = patch::lookup(about, &step.parts).is_some();
    if step.op == Op::Remove && !known {
        return Err(not_found("Content-Type specified was not found"));
    }
    patch::text(about, step)
}
