//! Writes the definition that a stage runs as an OpenAPI document, in either dialect.

use serde_json::{Map, Value, json};

use super::export_operation::{Dialect, Extensions, operation};
use super::refuse::bad_request;
use super::state::{Definition, RestApi, text};
use super::{gateway_response, rest_api, stage};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(stage::no_stage)?;
    let dialect = match at.at(2) {
        "swagger" => Dialect::Swagger,
        "oas30" => Dialect::OpenApi,
        other => return Err(bad_request(format!("No API exporter for type '{other}'"))),
    };
    let (snapshot, about) = deployed(api, at.at(1))?;
    let document = document(call, snapshot, about, dialect);
    let seconds = crate::time::iso(call.now_ms);
    let (text, extension) = match call.header("accept") {
        Some(accept) if accept.contains("yaml") => (yaml(&document), "yaml"),
        _ => (serde_json::to_string_pretty(&document).unwrap_or_default(), "json"),
    };
    let answer = Answer::bytes(200, "application/octet-stream", text.into_bytes());
    let name = format!("attachment; filename=\"{}_{seconds}.{extension}\"", at.at(2));
    Ok(answer.with("Content-Disposition", name))
}

fn yaml(document: &Value) -> String {
    format!("---\n{}", serde_saphyr::to_string(document).unwrap_or_default())
}

/// Returns the definition a stage runs, and the attributes of the stage.
pub(super) fn deployed<'a>(
    api: &'a RestApi,
    name: &str,
) -> Result<(&'a Definition, &'a Map<String, Value>), Refusal> {
    let about = api.stages.get(name).ok_or_else(stage::no_stage)?;
    let deployment = api.deployments.get(text(about, "deploymentId")).ok_or_else(stage::no_stage)?;
    Ok((&deployment.snapshot, about))
}

/// Returns the whole document.
pub(super) fn document(
    call: &Call,
    definition: &Definition,
    stage: &Map<String, Value>,
    dialect: Dialect,
) -> Value {
    let extensions = Extensions::asked(call);
    let id = text(&definition.about, "id");
    let host = format!("{id}.execute-api.{}.amazonaws.com", call.region);
    let base_path = format!("/{}", text(stage, "stageName"));
    let mut info =
        json!({ "title": text(&definition.about, "name"), "version": crate::time::iso(call.now_ms) });
    if let Some(description) = definition.about.get("description") {
        info["description"] = description.clone();
    }
    let mut paths = Map::new();
    for (resource, verb, method) in definition.methods() {
        let verb =
            if verb == "ANY" { "x-amazon-apigateway-any-method".to_owned() } else { verb.to_lowercase() };
        let item = paths.entry(resource.path.clone()).or_insert_with(|| json!({}));
        item[verb] = operation(definition, method, dialect, extensions);
    }
    let (schemas, security) = (schemas(definition, dialect), security_schemes(definition, extensions));
    let mut document = match dialect {
        Dialect::Swagger => json!({
            "swagger": "2.0", "info": info, "host": host, "basePath": base_path, "schemes": ["https"], "paths": paths,
        }),
        Dialect::OpenApi => json!({
            "openapi": "3.0.1", "info": info,
            "servers": [{ "url": format!("https://{host}/{{basePath}}"), "variables": { "basePath": { "default": base_path } } }],
            "paths": paths, "components": {},
        }),
    };
    let (schemas_at, security_at) = match dialect {
        Dialect::Swagger => ("/definitions", "/securityDefinitions"),
        Dialect::OpenApi => ("/components/schemas", "/components/securitySchemes"),
    };
    for (pointer, members) in [(schemas_at, schemas), (security_at, security)] {
        put(&mut document, pointer, members);
    }
    if extensions.gateway {
        add_extensions(&mut document, definition);
    }
    document
}

/// Adds a map to the document unless it is empty.
fn put(document: &mut Value, pointer: &str, members: Map<String, Value>) {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    if let Some(Value::Object(holder)) = document.pointer_mut(parent).filter(|_| !members.is_empty()) {
        holder.insert(key.to_owned(), Value::Object(members));
    }
}

fn schemas(definition: &Definition, dialect: Dialect) -> Map<String, Value> {
    let linked = |about: &Map<String, Value>| {
        let base =
            format!("https://apigateway.amazonaws.com/restapis/{}/models/", text(&definition.about, "id"));
        let schema = text(about, "schema").replace(&base, dialect.schemas());
        let mut schema: Value = serde_json::from_str(&schema).unwrap_or_else(|_| json!({}));
        if let Value::Object(members) = &mut schema {
            members.shift_remove("$schema");
        }
        schema
    };
    definition.models.iter().map(|(name, about)| (name.clone(), linked(about))).collect()
}

fn security_schemes(definition: &Definition, extensions: Extensions) -> Map<String, Value> {
    let mut schemes = Map::new();
    if definition
        .methods()
        .any(|(_, _, method)| method.about.get("apiKeyRequired") == Some(&Value::Bool(true)))
    {
        schemes
            .insert("api_key".to_owned(), json!({ "type": "apiKey", "name": "x-api-key", "in": "header" }));
    }
    if definition.methods().any(|(_, _, method)| text(&method.about, "authorizationType") == "AWS_IAM") {
        let mut scheme = json!({ "type": "apiKey", "name": "Authorization", "in": "header" });
        if extensions.authorizers {
            scheme["x-amazon-apigateway-authtype"] = json!("awsSigv4");
        }
        schemes.insert("sigv4".to_owned(), scheme);
    }
    for about in definition.authorizers.values() {
        let header = text(about, "identitySource").strip_prefix("method.request.header.").unwrap_or("Unused");
        let mut scheme = json!({ "type": "apiKey", "name": header, "in": "header" });
        if extensions.authorizers {
            let left_out = ["id", "name", "authType", "type"];
            let mut shown: Map<String, Value> = about
                .iter()
                .filter(|(key, _)| !left_out.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            shown.insert("type".to_owned(), json!(text(about, "type").to_lowercase()));
            scheme["x-amazon-apigateway-authtype"] = json!(text(about, "authType"));
            scheme["x-amazon-apigateway-authorizer"] = Value::Object(shown);
        }
        schemes.insert(text(about, "name").to_owned(), scheme);
    }
    schemes
}

fn add_extensions(document: &mut Value, definition: &Definition) {
    let about = &definition.about;
    let policy =
        about.get("policy").and_then(Value::as_str).and_then(|policy| serde_json::from_str(policy).ok());
    let validators: Map<String, Value> = definition
        .request_validators
        .values()
        .map(|validator| {
            let flag = |key: &str| validator.get(key).cloned().unwrap_or_default();
            let shown = json!({
                "validateRequestParameters": flag("validateRequestParameters"),
                "validateRequestBody": flag("validateRequestBody"),
            });
            (text(validator, "name").to_owned(), shown)
        })
        .collect();
    let responses: Map<String, Value> = definition
        .gateway_responses
        .keys()
        .map(|kind| {
            let mut shown = gateway_response::effective(definition, kind);
            shown.shift_remove("responseType");
            shown.shift_remove("defaultResponse");
            (kind.clone(), Value::Object(shown))
        })
        .collect();
    let source = about.get("apiKeySource").filter(|source| *source != "HEADER").cloned();
    let parts = [
        ("x-amazon-apigateway-policy", policy),
        ("x-amazon-apigateway-binary-media-types", about.get("binaryMediaTypes").cloned()),
        ("x-amazon-apigateway-minimum-compression-size", about.get("minimumCompressionSize").cloned()),
        ("x-amazon-apigateway-api-key-source", source),
        (
            "x-amazon-apigateway-request-validators",
            (!validators.is_empty()).then_some(Value::Object(validators)),
        ),
        (
            "x-amazon-apigateway-gateway-responses",
            (!responses.is_empty()).then_some(Value::Object(responses)),
        ),
    ];
    for (key, value) in parts {
        if let Some(value) = value {
            document[key] = value;
        }
    }
}
