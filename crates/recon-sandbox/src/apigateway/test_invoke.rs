//! Test invocations: a method is run as it stands, deployed or not, and the answer carries its log.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::authorizer::no_authorizer;
use super::body::Body;
use super::mock::{self, Reply};
use super::state::{Document, text};
use super::template::Exchange;
use super::{invoke, method, resource, rest_api};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, parse_form};
use crate::world::World;

pub(super) fn method(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let resource = resource::of(world, call, at)?;
    let method = resource.methods.get(at.at(2)).ok_or_else(method::no_method)?;
    let asked = body.text("pathWithQueryString")?.filter(|path| !path.is_empty());
    let asked = asked.unwrap_or_else(|| resource.path.clone());
    let (path, query) = asked.split_once('?').unwrap_or((&asked, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let exchange = Exchange {
        api_id: at.at(0).to_owned(),
        stage: "test-invoke-stage".to_owned(),
        verb: at.at(2).to_owned(),
        resource_path: resource.path.clone(),
        path: path.to_owned(),
        request_id: call.request_id.clone(),
        variables: texts(body.text_map("stageVariables")?, str::to_owned),
        path_parameters: invoke::fit(&resource.path, &parts)
            .map(|(_, parameters)| parameters)
            .unwrap_or_default(),
        query: parse_form(query).into_iter().map(|(key, values)| (key, values.join(","))).collect(),
        headers: texts(body.text_map("headers")?, str::to_ascii_lowercase),
        body: body.text_or_empty("body")?,
    };
    let ran = mock::run(method, &exchange);
    let log = log(call, &exchange, ran.as_ref());
    let reply = ran.unwrap_or_else(failed);
    let headers: Map<String, Value> =
        reply.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let lists: Map<String, Value> =
        reply.headers.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    Ok(Answer::json(
        200,
        &json!({
            "status": reply.status,
            "body": reply.body,
            "headers": headers,
            "multiValueHeaders": lists,
            "log": log,
            "latency": 1,
        }),
    ))
}

/// No function runs here, so the answer is that of an authorizer that failed.
pub(super) fn authorizer(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_authorizer)?;
    let about = api.definition.authorizers.get(at.at(1)).ok_or_else(no_authorizer)?;
    let header = text(about, "identitySource").strip_prefix("method.request.header.").unwrap_or_default();
    let headers = Body::of(call)?.text_map("headers")?.unwrap_or_default();
    let given = header.is_empty() || headers.keys().any(|key| key.eq_ignore_ascii_case(header));
    let (status, reason) = if given {
        (500, "Execution failed due to configuration error: the sandbox runs no functions")
    } else {
        (401, "Unauthorized request: the identity source is missing")
    };
    Ok(Answer::json(200, &json!({ "clientStatus": status, "log": reason, "latency": 1 })))
}

fn failed() -> Reply {
    Reply {
        status: 500,
        headers: vec![("x-amzn-ErrorType".to_owned(), "InternalServerErrorException".to_owned())],
        body: json!({ "message": "Internal server error" }).to_string(),
    }
}

fn log(call: &Call, exchange: &Exchange, ran: Option<&Reply>) -> String {
    let at = crate::time::http(call.now_ms);
    let spelled = |map: &BTreeMap<String, String>| {
        let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{{{}}}", pairs.join(", "))
    };
    let mut lines = vec![
        format!("Starting execution for request: {}", exchange.request_id),
        format!("HTTP Method: {}, Resource Path: {}", exchange.verb, exchange.path),
        format!("Method request path: {}", spelled(&exchange.path_parameters)),
        format!("Method request query string: {}", spelled(&exchange.query)),
        format!("Method request headers: {}", spelled(&exchange.headers)),
        format!("Method request body before transformations: {}", exchange.body),
    ];
    if let Some(reply) = ran {
        let headers = spelled(&reply.headers.iter().cloned().collect());
        lines.push(format!("Method response body after transformations: {}", reply.body));
        lines.push(format!("Method response headers: {headers}"));
        lines.push("Successfully completed execution".to_owned());
        lines.push(format!("Method completed with status: {}", reply.status));
    } else {
        lines.push("Execution failed due to configuration error: no mock integration answers".to_owned());
        lines.push("Method completed with status: 500".to_owned());
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("{at} : {line}\n")).collect();
    format!("Execution log for request {}\n{}", exchange.request_id, lines.concat())
}

fn texts(map: Option<Document>, spell: impl Fn(&str) -> String) -> BTreeMap<String, String> {
    map.unwrap_or_default()
        .iter()
        .map(|(key, value)| (spell(key), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}
