//! Integrations: what a method calls, and how the request is mapped.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::patch::{
    self, ADD_REMOVE, ADD_REMOVE_REPLACE, Op, REPLACE, REPLACE_REMOVE, Rule, Step, Wording, rule,
};
use super::refuse::{Constraints, bad_request, not_found};
use super::state::{Document, Integration, Method, text};
use super::{mapping, method, resource};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/type", REPLACE, patch::text),
    rule("/httpMethod", REPLACE, patch::text),
    rule("/uri", REPLACE, patch::text),
    rule("/credentials", REPLACE_REMOVE, patch::text),
    rule("/connectionType", REPLACE, patch::text),
    rule("/connectionId", REPLACE, patch::text),
    rule("/integrationTarget", REPLACE_REMOVE, patch::text),
    rule("/passthroughBehavior", REPLACE, patch::text),
    rule("/contentHandling", REPLACE_REMOVE, patch::text),
    rule("/responseTransferMode", REPLACE, patch::text),
    rule("/timeoutInMillis", REPLACE, timeout),
    rule("/cacheNamespace", REPLACE, patch::text),
    rule("/cacheKeyParameters/{name}", ADD_REMOVE, cache_key),
    rule("/tlsConfig/insecureSkipVerification", REPLACE, patch::flag),
    rule("/requestParameters/{name}", ADD_REMOVE_REPLACE, parameter),
    rule("/requestTemplates/{type}", ADD_REMOVE_REPLACE, template),
];

const TYPES: [&str; 5] = ["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"];
const TIMEOUT_MS_DEFAULT: i64 = 29_000;
const TIMEOUT_MS_MIN: i64 = 50;
/// What a streamed response may take.
const TIMEOUT_MS_STREAM: i64 = 900_000;

/// Says that the method has no integration.
pub(super) fn no_integration() -> Refusal {
    not_found("Invalid Integration identifier specified")
}

/// Returns the integration, or says that there is none.
pub(super) fn of<'w>(
    world: &'w mut World,
    call: &Call,
    at: &Captures,
) -> Result<&'w mut Integration, Refusal> {
    method::of(world, call, at)?.integration.as_mut().ok_or_else(no_integration)
}

pub(super) fn put(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    check_enums(&body)?;
    let resource = resource::of(world, call, at)?;
    let id = resource.id.clone();
    let method = resource.methods.get_mut(at.at(2)).ok_or_else(method::no_method)?;
    let about = read(&body, &id)?;
    check(&about, method)?;
    let integration = Integration { about, ..Integration::default() };
    let answer = method::show_integration(&integration);
    method.integration = Some(integration);
    Ok(Answer::json(201, &answer))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    Ok(Answer::json(200, &method::show_integration(of(world, call, at)?)))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateIntegration")?;
    let resource = resource::of(world, call, at)?;
    let id = resource.id.clone();
    let method = resource.methods.get_mut(at.at(2)).ok_or_else(method::no_method)?;
    let before = &method.integration.as_ref().ok_or_else(no_integration)?.about;
    let mut about = patch::apply(before, &patches, RULES, Wording::Plain)?;
    about.entry("cacheKeyParameters").or_insert_with(|| json!([]));
    about.entry("cacheNamespace").or_insert_with(|| json!(id));
    check(&about, method)?;
    let integration = method.integration.as_mut().ok_or_else(no_integration)?;
    integration.about = about;
    Ok(Answer::json(200, &method::show_integration(integration)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let resource = resource::of(world, call, at)?;
    let method = resource.methods.get_mut(at.at(2)).ok_or_else(method::no_method)?;
    method.integration.take().ok_or_else(no_integration)?;
    Ok(Answer::empty(204))
}

fn check_enums(body: &Body) -> Result<(), Refusal> {
    let kind = body.text("type")?;
    let mut constraints = Constraints::default();
    constraints.present("putIntegrationInput.type", kind.as_ref());
    let mut one_of = |key: &str, allowed: &[&str]| -> Result<(), Refusal> {
        constraints.one_of(&format!("putIntegrationInput.{key}"), body.text(key)?.as_deref(), allowed);
        Ok(())
    };
    one_of("type", &TYPES)?;
    one_of("connectionType", &["VPC_LINK", "INTERNET"])?;
    one_of("contentHandling", &["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"])?;
    one_of("responseTransferMode", &["BUFFERED", "STREAM"])?;
    constraints.settle()
}

/// Reads an integration from a request, or from the extension of an imported document, which has the same members.
pub(super) fn read(body: &Body, resource_id: &str) -> Result<Document, Refusal> {
    let templates = body.text_map("requestTemplates")?.map(mapping::blank_templates);
    let tls =
        body.structure("tlsConfig")?.map(|tls| tls.flag("insecureSkipVerification")).transpose()?.flatten();
    Ok(Draft::default()
        .set("type", body.text("type")?)
        .set("httpMethod", body.text("httpMethod")?)
        .set("uri", body.text("uri")?.filter(|uri| !uri.is_empty()))
        .set("connectionType", body.text("connectionType")?)
        .set("connectionId", body.text("connectionId")?.filter(|id| !id.is_empty()))
        .set("integrationTarget", body.text("integrationTarget")?)
        .set("credentials", body.text("credentials")?.filter(|role| !role.is_empty()))
        .set("requestParameters", body.text_map("requestParameters")?.filter(|map| !map.is_empty()))
        .set("requestTemplates", templates.filter(|map| !map.is_empty()))
        .put(
            "passthroughBehavior",
            body.text("passthroughBehavior")?.unwrap_or_else(|| "WHEN_NO_MATCH".to_owned()),
        )
        .set("contentHandling", body.text("contentHandling")?)
        .put("timeoutInMillis", body.integer("timeoutInMillis")?.unwrap_or(TIMEOUT_MS_DEFAULT))
        .put(
            "cacheNamespace",
            body.text("cacheNamespace")?
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| resource_id.to_owned()),
        )
        .put("cacheKeyParameters", body.texts("cacheKeyParameters")?.unwrap_or_default())
        .set("tlsConfig", tls.map(|skip| json!({ "insecureSkipVerification": skip })))
        .set("responseTransferMode", body.text("responseTransferMode")?)
        .done())
}

/// Checks an integration by itself and against its method.
pub(super) fn check(about: &Document, method: &Method) -> Result<(), Refusal> {
    check_target(about)?;
    check_connection(about)?;
    let credentials = text(about, "credentials");
    if !credentials.is_empty() && !["arn:", "${"].iter().any(|start| credentials.starts_with(start)) {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    let behaviors = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];
    if !behaviors.contains(&text(about, "passthroughBehavior")) {
        let valid = behaviors.join(", ");
        return Err(bad_request(format!(
            "Invalid passthrough behavior specified. Valid options are {valid}"
        )));
    }
    let timeout = about.get("timeoutInMillis").and_then(Value::as_i64).unwrap_or(TIMEOUT_MS_DEFAULT);
    let streams = text(about, "responseTransferMode") == "STREAM";
    let longest = if streams { TIMEOUT_MS_STREAM } else { TIMEOUT_MS_DEFAULT };
    if !(TIMEOUT_MS_MIN..=longest).contains(&timeout) {
        return Err(bad_request(format!("Timeout should be between {TIMEOUT_MS_MIN} ms and {longest} ms")));
    }
    mapping::check_content_types(about, "requestTemplates")?;
    if let Some(parameters) = about.get("requestParameters").and_then(Value::as_object) {
        mapping::check_request(parameters, &method.about)?;
    }
    mapping::check_cache_keys(about, &method.about)
}

fn check_target(about: &Document) -> Result<(), Refusal> {
    let (kind, uri) = (text(about, "type"), text(about, "uri"));
    if !TYPES.contains(&kind) {
        return Err(bad_request(format!("Invalid integration type specified: {kind}")));
    }
    if kind == "MOCK" {
        return Ok(());
    }
    let verb = text(about, "httpMethod");
    if verb.is_empty() {
        return Err(bad_request("Enumeration value for HttpMethod must be non-empty"));
    }
    method::check_verb(verb)?;
    if kind.starts_with("HTTP") {
        let link = text(about, "connectionType") == "VPC_LINK";
        let address = ["http://", "https://"]
            .iter()
            .any(|scheme| uri.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let fits = address || uri.starts_with("${stageVariables.") || (link && uri.is_empty());
        return if fits { Ok(()) } else { Err(bad_request("Invalid HTTP endpoint specified for URI")) };
    }
    check_arn(kind, uri)
}

/// Checks `arn:aws:apigateway:REGION:SERVICE:path|action/…`.
fn check_arn(kind: &str, uri: &str) -> Result<(), Refusal> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let [scheme, partition, service, _, target, rest] = parts.as_slice() else {
        return Err(bad_request("Invalid ARN specified in the request"));
    };
    if *scheme != "arn" || !partition.starts_with("aws") || *service != "apigateway" {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    if !rest.starts_with("path/") && !rest.starts_with("action/") {
        return Err(bad_request("AWS ARN for integration must contain path or action"));
    }
    if kind == "AWS_PROXY" && !["lambda", "firehose"].contains(target) {
        return Err(bad_request(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
        ));
    }
    let calls_function = *target == "lambda" && rest.starts_with("path/");
    if calls_function
        && (!rest.contains("functions/")
            || !rest.contains("/invocations") && !rest.contains("/response-streaming-invocations"))
    {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    Ok(())
}

fn check_connection(about: &Document) -> Result<(), Refusal> {
    let connection = text(about, "connectionType");
    if !["", "INTERNET", "VPC_LINK"].contains(&connection) {
        return Err(bad_request("Invalid connection type specified. Valid options are INTERNET, VPC_LINK"));
    }
    if connection == "VPC_LINK" && text(about, "connectionId").is_empty() {
        return Err(bad_request("Connection ID must be specified for connection type VPC_LINK"));
    }
    Ok(())
}

fn timeout(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.text().is_empty() {
        patch::place(about, &step.parts, Some(TIMEOUT_MS_DEFAULT.into()));
        return Ok(());
    }
    patch::integer(about, step)
}

fn cache_key(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    patch::list_element(about, step)?;
    about.entry("cacheKeyParameters").or_insert_with(|| json!([]));
    Ok(())
}

/// Patches one parameter mapping, as integration responses do too.
pub(super) fn parameter(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op == Op::Remove && patch::lookup(about, &step.parts).is_none() {
        return Err(not_found("Invalid parameter name specified"));
    }
    patch::text(about, step)
}

/// Patches one template; an empty one is kept as null.
pub(super) fn template(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op == Op::Remove {
        if patch::lookup(about, &step.parts).is_none() {
            return Err(not_found("Content-Type specified was not found"));
        }
        patch::place(about, &step.parts, None);
        return Ok(());
    }
    let template = if step.text().is_empty() { Value::Null } else { Value::from(step.text()) };
    patch::place(about, &step.parts, Some(template));
    Ok(())
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const LAMBDA: &str = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f:${stageVariables.alias}/invocations";

    fn refusal(value: &Value) -> Option<String> {
        let mut about = Draft::default().put("passthroughBehavior", "WHEN_NO_MATCH").done();
        about.extend(value.as_object().unwrap().clone());
        check(&about, &Method::default()).err().map(|refusal| refusal.message)
    }

    #[test_case(&json!({"type": "MOCK"}) => None; "mock")]
    #[test_case(&json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": LAMBDA}) => None; "lambda with stage variable")]
    #[test_case(&json!({"type": "AWS", "uri": LAMBDA})
        => Some("Enumeration value for HttpMethod must be non-empty".to_owned()); "no method")]
    #[test_case(&json!({"type": "AWS", "httpMethod": "POST", "uri": "nope"})
        => Some("Invalid ARN specified in the request".to_owned()); "no arn")]
    #[test_case(&json!({"type": "AWS", "httpMethod": "POST", "uri": "arn:aws:apigateway:r:sqs:x/y"})
        => Some("AWS ARN for integration must contain path or action".to_owned()); "no path")]
    #[test_case(&json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": "arn:aws:apigateway:r:sqs:path/y"})
        => Some("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.".to_owned()); "proxy to a queue")]
    #[test_case(&json!({"type": "HTTP", "httpMethod": "GET", "uri": "ftp://x"})
        => Some("Invalid HTTP endpoint specified for URI".to_owned()); "no http")]
    #[test_case(&json!({"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://x/{proxy}"}) => None; "http")]
    #[test_case(&json!({"type": "MOCK", "timeoutInMillis": 49})
        => Some("Timeout should be between 50 ms and 29000 ms".to_owned()); "timeout")]
    #[test_case(&json!({"type": "HTTP", "httpMethod": "GET", "uri": "http://x", "connectionType": "VPC_LINK"})
        => Some("Connection ID must be specified for connection type VPC_LINK".to_owned()); "no link")]
    fn rules(value: &Value) -> Option<String> {
        refusal(value)
    }
}
