//! Authorizers: who decides whether a caller may call.

use serde_json::Value;

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, ADD_REMOVE, REPLACE, Rule, Step, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, limit_exceeded, not_found};
use super::rest_api;
use super::state::{Definition, Document, text};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/name", REPLACE, patch::text),
    rule("/type", REPLACE, patch::text),
    rule("/authType", REPLACE, patch::text),
    rule("/authorizerUri", REPLACE, patch::text),
    rule("/authorizerCredentials", REPLACE, patch::text),
    rule("/identitySource", REPLACE, patch::text),
    rule("/identityValidationExpression", REPLACE, patch::text),
    rule("/authorizerResultTtlInSeconds", REPLACE, ttl),
    rule("/providerARNs", ADD_REMOVE, patch::list_value),
];

const TYPES: [&str; 3] = ["TOKEN", "REQUEST", "COGNITO_USER_POOLS"];
/// How long a decision is kept when nobody says.
const TTL_SECONDS_DEFAULT: i64 = 300;
const TTL_SECONDS_MAX: i64 = 3600;
/// The quota on authorizers per API.
const AUTHORIZERS_MAX: usize = 10;

/// Says that there is no such authorizer.
pub(super) fn no_authorizer() -> Refusal {
    not_found("Invalid Authorizer identifier specified")
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let (name, kind) = (body.text("name")?, body.text("type")?);
    let mut constraints = Constraints::default();
    constraints.present("createAuthorizerInput.name", name.as_ref());
    constraints.present("createAuthorizerInput.type", kind.as_ref());
    constraints.one_of("createAuthorizerInput.type", kind.as_deref(), &TYPES);
    constraints.settle()?;
    let id = world.ids.next_id(6);
    let api = rest_api::of(world, call, at.at(0))?;
    let mut about = read(&body, kind.as_deref().unwrap_or_default())?;
    about.insert("id".to_owned(), Value::from(id.clone()));
    check(&api.definition, &about)?;
    if api.definition.authorizers.len() >= AUTHORIZERS_MAX {
        return Err(limit_exceeded("Maximum number of Authorizers for this API has been reached"));
    }
    api.definition.authorizers.insert(id, about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

/// Reads an authorizer from a request; its id is for the caller to set.
pub(super) fn read(body: &Body, kind: &str) -> Result<Document, Refusal> {
    let cognito = kind == "COGNITO_USER_POOLS";
    let auth_type = if cognito { "cognito_user_pools" } else { "custom" };
    let ttl = body.integer("authorizerResultTtlInSeconds")?;
    Ok(Draft::default()
        .set("name", body.text("name")?)
        .put("type", kind)
        .set("providerARNs", body.texts("providerARNs")?.filter(|arns| !arns.is_empty()))
        .put("authType", body.text("authType")?.unwrap_or_else(|| auth_type.to_owned()))
        .set("authorizerUri", body.text("authorizerUri")?.filter(|uri| !uri.is_empty()))
        .set("authorizerCredentials", body.text("authorizerCredentials")?.filter(|role| !role.is_empty()))
        .set("identitySource", body.text("identitySource")?.filter(|source| !source.is_empty()))
        .set(
            "identityValidationExpression",
            body.text("identityValidationExpression")?.filter(|expression| !expression.is_empty()),
        )
        .set("authorizerResultTtlInSeconds", ttl.or((!cognito).then_some(TTL_SECONDS_DEFAULT)))
        .done())
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_authorizer)?;
    let about = api.definition.authorizers.get(at.at(1)).ok_or_else(no_authorizer)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    page(call, &api.definition.authorizers, |about| Some(Value::Object(about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateAuthorizer")?;
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_authorizer)?;
    let before = api.definition.authorizers.get(at.at(1)).ok_or_else(no_authorizer)?;
    let about = patch::apply(before, &patches, RULES, Wording::Listed)?;
    check(&api.definition, &about)?;
    api.definition.authorizers.insert(at.at(1).to_owned(), about.clone());
    Ok(Answer::json(200, &Value::Object(about)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_authorizer)?;
    let about = api.definition.authorizers.get(at.at(1)).ok_or_else(no_authorizer)?;
    let user =
        api.definition.methods().find(|(_, _, method)| text(&method.about, "authorizerId") == at.at(1));
    if let Some((resource, verb, _)) = user {
        let (name, path) = (text(about, "name"), &resource.path);
        return Err(conflict(format!(
            "Cannot delete authorizer '{name}', is referenced in method: {path}/{verb}"
        )));
    }
    api.definition.authorizers.remove(at.at(1));
    Ok(Answer::empty(202))
}

/// Checks an authorizer by itself and against its siblings.
pub(super) fn check(api: &Definition, about: &Document) -> Result<(), Refusal> {
    let (name, kind, source) = (text(about, "name"), text(about, "type"), text(about, "identitySource"));
    if name.is_empty() {
        return Err(bad_request("Authorizer name cannot be empty"));
    }
    let mut others = api.authorizers.values().filter(|other| text(other, "id") != text(about, "id"));
    if others.any(|other| text(other, "name") == name) {
        return Err(conflict(format!(
            "Authorizer name must be unique. Authorizer {name} already exists in this RestApi."
        )));
    }
    if !TYPES.contains(&kind) {
        return Err(bad_request(format!(
            "Invalid authorizer type specified. Valid options are {}",
            TYPES.join(", ")
        )));
    }
    let ttl =
        about.get("authorizerResultTtlInSeconds").and_then(Value::as_i64).unwrap_or(TTL_SECONDS_DEFAULT);
    if !(0..=TTL_SECONDS_MAX).contains(&ttl) {
        return Err(bad_request(format!(
            "Authorizer result TTL must be between 0 and {TTL_SECONDS_MAX} seconds"
        )));
    }
    if kind == "COGNITO_USER_POOLS" {
        if !about.contains_key("providerARNs") {
            return Err(bad_request("Invalid Authorizer: at least one provider ARN must be specified"));
        }
        let pools = about.get("providerARNs").and_then(Value::as_array).into_iter().flatten();
        let mut pools = pools.filter_map(Value::as_str);
        if let Some(odd) = pools.find(|arn| !arn.starts_with("arn:") || !arn.contains(":cognito-idp:")) {
            return Err(bad_request(format!("Invalid Authorizer: {odd} is no ARN of a Cognito user pool")));
        }
    } else {
        check_uri(text(about, "authorizerUri"))?;
    }
    let credentials = text(about, "authorizerCredentials");
    if !credentials.is_empty() && !credentials.starts_with("arn:") {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    if source.is_empty() && (kind != "REQUEST" || ttl > 0) {
        return Err(bad_request("Identity source must be specified"));
    }
    let places = ["method.request.", "context.", "stageVariables."];
    let odd = source
        .split(',')
        .map(str::trim)
        .find(|part| !part.is_empty() && !places.iter().any(|place| part.starts_with(place)));
    odd.map_or(Ok(()), |part| Err(bad_request(format!("Invalid identity source specified: {part}"))))
}

fn check_uri(uri: &str) -> Result<(), Refusal> {
    let calls_function = uri.starts_with("arn:aws")
        && uri.contains(":lambda:path/")
        && uri.contains("functions/")
        && uri.ends_with("/invocations");
    if calls_function {
        return Ok(());
    }
    Err(bad_request(format!(
        "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway ARN that represents \
         a Lambda function invocation."
    )))
}

fn ttl(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.text().is_empty() {
        patch::place(about, &step.parts, Some(TTL_SECONDS_DEFAULT.into()));
        return Ok(());
    }
    patch::integer(about, step)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use test_case::test_case;

    use super::*;

    const URI: &str =
        "arn:aws:apigateway:r:lambda:path/2015-03-31/functions/arn:aws:lambda:r:1:function:f/invocations";
    const SOURCE: &str = "method.request.header.Authorization";

    #[test_case("TOKEN" => Some(300))]
    #[test_case("REQUEST" => Some(300))]
    #[test_case("COGNITO_USER_POOLS" => None)]
    fn decisions_of_functions_are_kept_for_five_minutes(kind: &str) -> Option<i64> {
        let body = Body::of(&Call { body: b"{}".to_vec(), ..Call::default() }).unwrap();
        read(&body, kind).unwrap().get("authorizerResultTtlInSeconds").and_then(Value::as_i64)
    }

    #[test_case(json!({"type": "TOKEN", "authorizerUri": URI, "identitySource": SOURCE}) => true; "token")]
    #[test_case(json!({"type": "TOKEN", "authorizerUri": URI}) => false; "token without source")]
    #[test_case(json!({"type": "TOKEN", "authorizerUri": "x", "identitySource": SOURCE}) => false; "token without function")]
    #[test_case(json!({"type": "REQUEST", "authorizerUri": URI}) => false; "request cached without source")]
    #[test_case(json!({"type": "REQUEST", "authorizerUri": URI, "authorizerResultTtlInSeconds": 0}) => true; "request")]
    #[test_case(json!({"type": "COGNITO_USER_POOLS", "identitySource": SOURCE, "providerARNs": ["arn:aws:cognito-idp:r:1:userpool/p"]}) => true; "cognito")]
    #[test_case(json!({"type": "COGNITO_USER_POOLS", "identitySource": SOURCE, "providerARNs": ["p"]}) => false; "cognito without arn")]
    #[test_case(json!({"type": "TOKEN", "authorizerUri": URI, "identitySource": SOURCE, "authorizerCredentials": "r"}) => false; "credentials without arn")]
    #[test_case(json!({"type": "COGNITO_USER_POOLS", "identitySource": SOURCE}) => false; "cognito without pool")]
    #[test_case(json!({"type": "TOKEN", "authorizerUri": URI, "identitySource": SOURCE, "authorizerResultTtlInSeconds": 3601}) => false; "long ttl")]
    fn rules(mut about: Value) -> bool {
        about["name"] = json!("a");
        check(&Definition::default(), about.as_object().unwrap()).is_ok()
    }
}
