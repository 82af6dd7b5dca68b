//! The data plane: calls of a stage, answered by mock integrations and gateway responses.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mock::{self, Reply};
use super::state::{Definition, Document, Method, Region, Resource, members, text};
use super::template::Exchange;
use super::{gateway_response, usage_plan};
use crate::wire::{Answer, Call};
use crate::world::World;

/// What a call of the data plane asks for.
#[derive(Debug, PartialEq, Eq)]
struct Target<'a> {
    api: &'a str,
    stage: &'a str,
    path: Vec<&'a str>,
}

/// Says whether a call is for a stage rather than for the control plane.
pub(super) fn is_meant(call: &Call) -> bool {
    target(call).is_some()
}

/// Answers a call of a stage; none when the call is for the control plane.
pub(super) fn invoke(world: &World, call: &Call) -> Option<Answer> {
    let target = target(call)?;
    let reply = answer(world, call, &target);
    let mut answer = Answer::bytes(reply.status, "", reply.body.into_bytes());
    answer.headers = reply.headers;
    Some(answer)
}

/// A stage is named by the path, or by the host and the path.
fn target(call: &Call) -> Option<Target<'_>> {
    let segments: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let host = call.header("host").and_then(|host| host.split_once(".execute-api.")).map(|(api, _)| api);
    let (api, stage, path) = match (segments.as_slice(), host) {
        (["restapis", api, stage, "_user_request_", path @ ..], _) => (*api, *stage, path),
        ([stage, path @ ..], Some(api)) => (api, *stage, path),
        _ => return None,
    };
    Some(Target { api, stage, path: path.iter().copied().filter(|part| !part.is_empty()).collect() })
}

fn answer(world: &World, call: &Call, target: &Target<'_>) -> Reply {
    let nothing = Definition::default();
    let Some((region, api)) = world.apigateway.find_api(target.api) else {
        return refused(&nothing, "ACCESS_DENIED", "Forbidden");
    };
    let stage = api.stages.get(target.stage);
    let deployment = stage.and_then(|stage| api.deployments.get(text(stage, "deploymentId")));
    let (Some(stage), Some(deployment)) = (stage, deployment) else {
        return refused(&nothing, "ACCESS_DENIED", "Forbidden");
    };
    let definition = &deployment.snapshot;
    let found = find(definition, &target.path).and_then(|(resource, parameters)| {
        let method = resource.methods.get(&call.method).or_else(|| resource.methods.get("ANY"))?;
        Some((resource, method, parameters))
    });
    let Some((resource, method, path_parameters)) = found else {
        return refused(definition, "MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
    };
    let exchange = exchange(call, target, stage, resource, path_parameters);
    if let Some(reply) = check(region, definition, method, (&exchange, target)) {
        return reply;
    }
    mock::run(method, &exchange)
        .unwrap_or_else(|| refused(definition, "API_CONFIGURATION_ERROR", "Internal server error"))
}

/// Finds the resource of a path: a fixed part goes before a variable one, and that before a greedy one.
pub(super) fn find<'d>(
    definition: &'d Definition,
    path: &[&str],
) -> Option<(&'d Resource, BTreeMap<String, String>)> {
    let mut best: Option<(Vec<u8>, &Resource, BTreeMap<String, String>)> = None;
    for resource in definition.resources.values() {
        let Some((rank, parameters)) = fit(&resource.path, path) else { continue };
        if best.as_ref().is_none_or(|(held, _, _)| rank < *held) {
            best = Some((rank, resource, parameters));
        }
    }
    best.map(|(_, resource, parameters)| (resource, parameters))
}

/// Fits a path to the pattern of a resource: how loosely each part fits, and what its variables stand for.
pub(super) fn fit(pattern: &str, path: &[&str]) -> Option<(Vec<u8>, BTreeMap<String, String>)> {
    let (mut rank, mut parameters, mut rest) = (Vec::new(), BTreeMap::new(), path);
    for want in pattern.split('/').filter(|part| !part.is_empty()) {
        let (first, after) = rest.split_first()?;
        let variable = want.strip_prefix('{').and_then(|want| want.strip_suffix('}'));
        match variable.map(|name| (name, name.strip_suffix('+'))) {
            Some((_, Some(name))) => {
                parameters.insert(name.to_owned(), rest.join("/"));
                rank.push(2);
                rest = &[];
                continue;
            }
            Some((name, None)) => {
                parameters.insert(name.to_owned(), (*first).to_owned());
                rank.push(1);
            }
            None if want == *first => rank.push(0),
            None => return None,
        }
        rest = after;
    }
    rest.is_empty().then_some((rank, parameters))
}

fn exchange(
    call: &Call,
    target: &Target<'_>,
    stage: &Document,
    resource: &Resource,
    path_parameters: BTreeMap<String, String>,
) -> Exchange {
    let first = |values: &Vec<String>| values.first().cloned().unwrap_or_default();
    Exchange {
        api_id: target.api.to_owned(),
        stage: target.stage.to_owned(),
        verb: call.method.clone(),
        resource_path: resource.path.clone(),
        path: format!("/{}/{}", target.stage, target.path.join("/")),
        request_id: call.request_id.clone(),
        variables: members(stage, "variables")
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        path_parameters,
        query: call.query.iter().map(|(name, values)| (name.clone(), first(values))).collect(),
        headers: call.headers.clone(),
        body: String::from_utf8_lossy(&call.body).into_owned(),
    }
}

/// Returns the refusal of a call that lacks what its method demands.
fn check(
    region: &Region,
    definition: &Definition,
    method: &Method,
    (exchange, target): (&Exchange, &Target<'_>),
) -> Option<Reply> {
    let signed = exchange.headers.contains_key("authorization");
    match text(&method.about, "authorizationType") {
        "AWS_IAM" if !signed => {
            return Some(refused(definition, "MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token"));
        }
        "CUSTOM" | "COGNITO_USER_POOLS" if !signed => {
            return Some(refused(definition, "UNAUTHORIZED", "Unauthorized"));
        }
        _ => {}
    }
    let value = exchange.headers.get("x-api-key").map_or("", String::as_str);
    let demands_key = method.about.get("apiKeyRequired") == Some(&Value::Bool(true));
    if demands_key && !opens(region, value, target) {
        return Some(refused(definition, "INVALID_API_KEY", "Forbidden"));
    }
    let validator = definition.request_validators.get(text(&method.about, "requestValidatorId"))?;
    let validates = validator.get("validateRequestParameters") == Some(&Value::Bool(true));
    let missing = missing_parameters(&method.about, exchange);
    (validates && !missing.is_empty()).then(|| {
        let message = format!("Missing required request parameters: [{}]", missing.join(", "));
        refused(definition, "BAD_REQUEST_PARAMETERS", &message)
    })
}

fn opens(region: &Region, value: &str, target: &Target<'_>) -> bool {
    let Some(id) = region.key_ids_by_value.get(value) else { return false };
    let enabled = region.api_keys.get(id).is_some_and(|key| key.get("enabled") == Some(&Value::Bool(true)));
    let mut plans = region.usage_plans.values().filter(|plan| plan.keys.contains_key(id));
    enabled
        && plans.any(|plan| {
            usage_plan::stages(&plan.about)
                .any(|stage| text(stage, "apiId") == target.api && text(stage, "stage") == target.stage)
        })
}

fn missing_parameters<'m>(method: &'m Document, exchange: &Exchange) -> Vec<&'m str> {
    members(method, "requestParameters")
        .filter(|(_, required)| **required == Value::Bool(true))
        .filter_map(|(key, _)| key.strip_prefix("method.request.")?.split_once('.'))
        .filter(|(place, name)| match *place {
            "header" => !exchange.headers.contains_key(&name.to_ascii_lowercase()),
            "querystring" => !exchange.query.contains_key(*name),
            _ => !exchange.path_parameters.contains_key(*name),
        })
        .map(|(_, name)| name)
        .collect()
}

/// Answers with the gateway response of a type.
fn refused(definition: &Definition, kind: &str, message: &str) -> Reply {
    let about = gateway_response::effective(definition, kind);
    let quoted = Value::from(message).to_string();
    let (content_type, template) =
        members(&about, "responseTemplates").next().map_or(("application/json", ""), |(kind, template)| {
            (kind.as_str(), template.as_str().unwrap_or_default())
        });
    let body = template
        .replace("$context.error.messageString", &quoted)
        .replace("$context.error.message", message)
        .replace("$context.error.responseType", kind);
    let mut headers = vec![
        ("Content-Type".to_owned(), content_type.to_owned()),
        ("x-amzn-ErrorType".to_owned(), error_type(kind).to_owned()),
    ];
    for (to, from) in members(&about, "responseParameters") {
        if let (Some(name), Some(value)) = (to.strip_prefix("gatewayresponse.header."), mock::fixed(from)) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    Reply { status: text(&about, "statusCode").parse().unwrap_or(500), headers, body }
}

fn error_type(kind: &str) -> &'static str {
    match kind {
        "MISSING_AUTHENTICATION_TOKEN" => "MissingAuthenticationTokenException",
        "UNAUTHORIZED" => "UnauthorizedException",
        "BAD_REQUEST_PARAMETERS" => "BadRequestException",
        "API_CONFIGURATION_ERROR" => "InternalServerErrorException",
        _ => "ForbiddenException",
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn definition(paths: &[&str]) -> Definition {
        let resource =
            |path: &&str| ((*path).to_owned(), Resource { path: (*path).to_owned(), ..Resource::default() });
        Definition { resources: paths.iter().map(resource).collect(), ..Definition::default() }
    }

    #[test_case(&[] => Some("/"))]
    #[test_case(&["pets"] => Some("/pets"))]
    #[test_case(&["pets", "7"] => Some("/pets/{id}"))]
    #[test_case(&["pets", "new"] => Some("/pets/new"))]
    #[test_case(&["other"] => Some("/{proxy+}"))]
    #[test_case(&["pets", "7", "toys"] => Some("/{proxy+}"))]
    fn closest_resource(path: &[&str]) -> Option<&'static str> {
        let paths = ["/", "/pets", "/pets/{id}", "/pets/new", "/{proxy+}"];
        let definition = definition(&paths);
        let found = find(&definition, path)?.0.path.clone();
        paths.into_iter().find(|path| *path == found)
    }

    #[test]
    fn greedy_variable_takes_the_rest() {
        let (_, parameters) = fit("/a/{proxy+}", &["a", "b", "c"]).unwrap();
        assert_eq!(parameters["proxy"], "b/c");
    }

    #[test]
    fn control_plane_calls_are_left_alone() {
        let call = Call { path: vec!["restapis".to_owned(), "abc".to_owned()], ..Call::default() };
        assert_eq!(target(&call), None);
    }

    #[test]
    fn host_names_the_api() {
        let call = Call {
            path: vec!["prod".to_owned(), "pets".to_owned()],
            headers: BTreeMap::from([(
                "host".to_owned(),
                "abc.execute-api.eu-west-1.amazonaws.com".to_owned(),
            )]),
            ..Call::default()
        };
        assert_eq!(target(&call), Some(Target { api: "abc", stage: "prod", path: vec!["pets"] }));
    }
}
