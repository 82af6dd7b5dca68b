//! Gateway responses: what callers get when the gateway itself answers. Every type has one; an API may replace it.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::patch::{self, ADD_REMOVE_REPLACE, Op, Rule, Step, Wording, rule};
use super::refuse::{Constraints, bad_request, not_found};
use super::state::{Definition, Document, text};
use super::{mapping, rest_api};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/statusCode", ADD_REMOVE_REPLACE, status_code),
    rule("/responseParameters/{name}", ADD_REMOVE_REPLACE, entry),
    rule("/responseTemplates/{type}", ADD_REMOVE_REPLACE, entry),
];

/// Every type with the status the service gives it; the two families have none of their own.
const TYPES: [(&str, &str); 21] = [
    ("ACCESS_DENIED", "403"),
    ("API_CONFIGURATION_ERROR", "500"),
    ("AUTHORIZER_CONFIGURATION_ERROR", "500"),
    ("AUTHORIZER_FAILURE", "500"),
    ("BAD_REQUEST_BODY", "400"),
    ("BAD_REQUEST_PARAMETERS", "400"),
    ("DEFAULT_4XX", ""),
    ("DEFAULT_5XX", ""),
    ("EXPIRED_TOKEN", "403"),
    ("INTEGRATION_FAILURE", "504"),
    ("INTEGRATION_TIMEOUT", "504"),
    ("INVALID_API_KEY", "403"),
    ("INVALID_SIGNATURE", "403"),
    ("MISSING_AUTHENTICATION_TOKEN", "403"),
    ("QUOTA_EXCEEDED", "429"),
    ("REQUEST_TOO_LARGE", "413"),
    ("RESOURCE_NOT_FOUND", "404"),
    ("THROTTLED", "429"),
    ("UNAUTHORIZED", "401"),
    ("UNSUPPORTED_MEDIA_TYPE", "415"),
    ("WAF_FILTERED", "403"),
];

/// The order in which constraint errors list the types.
const LISTED: [&str; 21] = [
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "MISSING_AUTHENTICATION_TOKEN",
    "BAD_REQUEST_BODY",
    "INVALID_SIGNATURE",
    "INVALID_API_KEY",
    "BAD_REQUEST_PARAMETERS",
    "AUTHORIZER_FAILURE",
    "UNAUTHORIZED",
    "INTEGRATION_TIMEOUT",
    "ACCESS_DENIED",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "WAF_FILTERED",
    "QUOTA_EXCEEDED",
    "THROTTLED",
    "API_CONFIGURATION_ERROR",
    "UNSUPPORTED_MEDIA_TYPE",
    "INTEGRATION_FAILURE",
    "EXPIRED_TOKEN",
];

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    check_type(at)?;
    let api = rest_api::of(world, call, at.at(0))?;
    let about = made(at.at(1), &body)?;
    check(&about)?;
    api.definition.gateway_responses.insert(at.at(1).to_owned(), about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

/// Makes a response from a request, or from the extension of an imported document, which has the same members.
pub(super) fn made(kind: &str, body: &Body) -> Result<Document, Refusal> {
    let builtin = TYPES.iter().find(|(known, _)| *known == kind).map(|(_, status)| (*status).to_owned());
    let status = body.text("statusCode")?.filter(|status| !status.is_empty()).or(builtin);
    Ok(Draft::default()
        .put("responseType", kind)
        .set("statusCode", status.filter(|status| !status.is_empty()))
        .put("responseParameters", body.text_map("responseParameters")?.unwrap_or_default())
        .put("responseTemplates", body.text_map("responseTemplates")?.unwrap_or_else(plain_template))
        .put("defaultResponse", false)
        .done())
}

/// Checks the status and where parameters come from and go to.
pub(super) fn check(about: &Document) -> Result<(), Refusal> {
    if about.contains_key("statusCode") {
        let mut constraints = Constraints::default();
        constraints.status_code(text(about, "statusCode"));
        constraints.settle()?;
    }
    mapping::check_content_types(about, "responseTemplates")?;
    about.get("responseParameters").and_then(Value::as_object).map_or(Ok(()), mapping::check_gateway_response)
}

/// Says whether the service knows the type.
pub(super) fn is_type(kind: &str) -> bool {
    TYPES.iter().any(|(known, _)| *known == kind)
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_type(at)?;
    let api = rest_api::of(world, call, at.at(0))?;
    Ok(Answer::json(200, &Value::Object(effective(&api.definition, at.at(1)))))
}

/// Not paginated: every type is there.
pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    let items: Vec<Document> = TYPES.iter().map(|(kind, _)| effective(&api.definition, kind)).collect();
    Ok(Answer::json(200, &json!({ "item": items })))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let mut constraints = Constraints::default();
    let patches = patch::read_checked(call, "UpdateGatewayResponse", &mut constraints)?;
    constraints.one_of("responseType", Some(at.at(1)), &LISTED);
    constraints.settle()?;
    let api = rest_api::of(world, call, at.at(0))?;
    let before = effective(&api.definition, at.at(1));
    let mut about = patch::apply(&before, &patches, RULES, Wording::Plain)?;
    for key in ["responseParameters", "responseTemplates"] {
        about.entry(key).or_insert_with(|| json!({}));
    }
    about.insert("defaultResponse".to_owned(), json!(false));
    check(&about)?;
    api.definition.gateway_responses.insert(at.at(1).to_owned(), about.clone());
    Ok(Answer::json(200, &Value::Object(about)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    check_type(at)?;
    let api = rest_api::of(world, call, at.at(0))?;
    let removed = api.definition.gateway_responses.remove(at.at(1));
    removed.ok_or_else(|| not_found("Gateway response type not defined on api"))?;
    Ok(Answer::empty(202))
}

/// Returns the response of a type: the API's own, else the one of its family, else the service's.
pub(super) fn effective(api: &Definition, kind: &str) -> Document {
    if let Some(own) = api.gateway_responses.get(kind) {
        return own.clone();
    }
    let status = TYPES.iter().find(|(known, _)| *known == kind).map_or("", |(_, status)| status);
    let family = if status.starts_with('5') { "DEFAULT_5XX" } else { "DEFAULT_4XX" };
    let inherited = api.gateway_responses.get(family).filter(|_| !status.is_empty());
    let own_status = inherited.map_or("", |about| text(about, "statusCode"));
    let status = if own_status.is_empty() { status } else { own_status };
    let part = |key: &str| inherited.and_then(|about| about.get(key)).cloned();
    Draft::default()
        .put("responseType", kind)
        .set("statusCode", (!status.is_empty()).then_some(status))
        .put("responseParameters", part("responseParameters").unwrap_or_else(|| json!({})))
        .put(
            "responseTemplates",
            part("responseTemplates").unwrap_or_else(|| Value::Object(plain_template())),
        )
        .put("defaultResponse", true)
        .done()
}

fn plain_template() -> Document {
    Draft::default().put("application/json", "{\"message\":$context.error.messageString}").done()
}

fn check_type(at: &Captures) -> Result<(), Refusal> {
    let mut constraints = Constraints::default();
    constraints.one_of("responseType", Some(at.at(1)), &LISTED);
    constraints.settle()
}

fn status_code(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op != Op::Replace {
        return Err(bad_request("Invalid patch path /statusCode"));
    }
    patch::text(about, step)
}

fn entry(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let list = step.parts.first().map_or("", String::as_str);
    let known = patch::lookup(about, &step.parts).is_some();
    if step.op != Op::Add && !known {
        let parameter = list == "responseParameters";
        let message = if parameter {
            "Invalid parameter name specified"
        } else {
            "Content-Type specified was not found"
        };
        return Err(if step.op == Op::Replace && step.text().is_empty() {
            empty(list)
        } else {
            not_found(message)
        });
    }
    if step.op != Op::Remove && step.text().is_empty() {
        return Err(empty(list));
    }
    patch::text(about, step)
}

fn empty(list: &str) -> Refusal {
    bad_request(format!("Invalid null or empty value in {list}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_of_types_agree() {
        let mut listed = LISTED;
        listed.sort_unstable();
        assert_eq!(TYPES.map(|(kind, _)| kind), listed);
    }

    #[test]
    fn status_and_parameters_are_checked() {
        for (body, accepted) in [
            (json!({ "statusCode": "x" }), false),
            (json!({ "responseParameters": { "header.X": "'a'" } }), false),
            (json!({ "responseParameters": { "gatewayresponse.header.X": "a" } }), false),
            (
                json!({ "responseParameters": { "gatewayresponse.header.X": "method.request.header.Y" } }),
                true,
            ),
            (
                json!({ "responseParameters": { "gatewayresponse.header.X": "'a'" }, "statusCode": "418" }),
                true,
            ),
        ] {
            let call = crate::wire::Call { body: body.to_string().into_bytes(), ..Default::default() };
            let made = made("UNAUTHORIZED", &Body::of(&call).unwrap()).unwrap();
            assert_eq!(check(&made).is_ok(), accepted, "{body}");
        }
    }

    #[test]
    fn family_lends_status_and_templates() {
        let mut api = Definition::default();
        let body = crate::wire::Call { body: br#"{"statusCode": "599"}"#.to_vec(), ..Default::default() };
        let family = made("DEFAULT_5XX", &Body::of(&body).unwrap()).unwrap();
        api.gateway_responses.insert("DEFAULT_5XX".to_owned(), family);
        let lent = effective(&api, "INTEGRATION_FAILURE");
        assert_eq!((text(&lent, "statusCode"), &lent["defaultResponse"]), ("599", &json!(true)));
        assert_eq!(text(&effective(&api, "THROTTLED"), "statusCode"), "429");
        assert_eq!(effective(&api, "DEFAULT_4XX").get("statusCode"), None);
    }
}
