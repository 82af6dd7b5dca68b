//! The parts of an OpenAPI document that belong to the API as a whole.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::import_document::OpenApi;
use super::refuse::bad_request;
use super::rest_api::compression_size;
use super::state::{Definition, Document, text};
use super::{authorizer, endpoint, gateway_response, patch};
use crate::ids::Ids;
use crate::wire::{Call, Refusal};

/// Reads name, description and the settings of the API.
pub(super) fn attributes(document: &OpenApi, about: &mut Document) -> Result<(), Refusal> {
    let root = document.root();
    let mut set = |key: &str, value: Value| {
        if !value.is_null() {
            about.insert(key.to_owned(), value);
        }
    };
    let info = &root["info"];
    set("name", info["title"].clone());
    set("description", info["description"].clone());
    set("version", scalar(&info["version"]));
    let media = &root["x-amazon-apigateway-binary-media-types"];
    set(
        "binaryMediaTypes",
        if media.as_array().is_some_and(|types| !types.is_empty()) { media.clone() } else { Value::Null },
    );
    set(
        "apiKeySource",
        root["x-amazon-apigateway-api-key-source"]
            .as_str()
            .map_or(Value::Null, |source| json!(source.to_uppercase())),
    );
    let size = &root["x-amazon-apigateway-minimum-compression-size"];
    if !size.is_null() {
        let size = size.as_str().map_or_else(|| size.to_string(), str::to_owned);
        set("minimumCompressionSize", json!(compression_size(&size)?));
    }
    let policy = &root["x-amazon-apigateway-policy"];
    if policy.is_object() {
        set("policy", json!(policy.to_string()));
    }
    let key = "x-amazon-apigateway-endpoint-configuration";
    let server = &root["servers"][0][key];
    let configuration = if server.is_object() { server } else { &root[key] };
    set("disableExecuteApiEndpoint", configuration["disableExecuteApiEndpoint"].clone());
    let links = configuration["vpcEndpointIds"].clone();
    if links.is_array() && endpoint::kind(about) == "PRIVATE" {
        let path = ["endpointConfiguration".to_owned(), "vpcEndpointIds".to_owned()];
        patch::place(about, &path, Some(links));
    }
    if text(about, "name").is_empty() {
        return Err(bad_request("API title must be specified in the document"));
    }
    Ok(())
}

/// Returns a scalar as a text: hand-written YAML has numbers for versions.
fn scalar(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.to_string()),
        Value::String(text) if !text.is_empty() => value.clone(),
        _ => Value::Null,
    }
}

/// Reads the named schemas as models and returns warnings about those that cannot be.
pub(super) fn models(document: &OpenApi, definition: &mut Definition, ids: &mut Ids) -> Vec<String> {
    let mut warnings = Vec::new();
    for (name, schema) in document.schemas() {
        if name.bytes().any(|byte| !byte.is_ascii_alphanumeric()) {
            warnings.push(format!("Schema '{name}' was renamed: model names must be alphanumeric"));
        }
        add_model(definition, ids, &model_name(name), schema);
    }
    warnings
}

/// Returns the name a schema has as a model.
pub(super) fn model_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Stores a schema as a model; one of the same name is replaced.
pub(super) fn add_model(definition: &mut Definition, ids: &mut Ids, name: &str, schema: &Value) {
    let id = ids.next_id(6);
    let mut schema = schema.clone();
    relink(&mut schema, text(&definition.about, "id"));
    let about = Draft::default()
        .put("id", id)
        .put("name", name)
        .set("description", schema["description"].as_str())
        .put("schema", schema.to_string())
        .put("contentType", "application/json")
        .done();
    definition.models.insert(name.to_owned(), about);
}

/// Points references at the models of the API.
fn relink(schema: &mut Value, api_id: &str) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(reference) if key == "$ref" && reference.starts_with("#/") => {
                        let name = model_name(reference.rsplit('/').next().unwrap_or_default());
                        *reference =
                            format!("https://apigateway.amazonaws.com/restapis/{api_id}/models/{name}");
                    }
                    other => relink(other, api_id),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| relink(item, api_id)),
        _ => {}
    }
}

/// Reads the request validators; one of the same name keeps its id.
pub(super) fn request_validators(document: &OpenApi, definition: &mut Definition, ids: &mut Ids) {
    let given = document.root()["x-amazon-apigateway-request-validators"].as_object();
    for (name, validator) in given.into_iter().flatten() {
        let fresh = ids.next_id(6);
        let known = definition.request_validators.values().find(|known| text(known, "name") == name);
        let id = known.map_or(fresh, |known| text(known, "id").to_owned());
        let about = Draft::default()
            .put("id", id.clone())
            .put("name", name.as_str())
            .put("validateRequestBody", validator["validateRequestBody"] == true)
            .put("validateRequestParameters", validator["validateRequestParameters"] == true)
            .done();
        definition.request_validators.insert(id, about);
    }
}

/// Reads the gateway responses.
pub(super) fn gateway_responses(document: &OpenApi, definition: &mut Definition) -> Result<(), Refusal> {
    let given = document.root()["x-amazon-apigateway-gateway-responses"].as_object();
    for (kind, response) in given.into_iter().flatten() {
        if !gateway_response::is_type(kind) {
            return Err(bad_request(format!("Invalid gateway response type specified: {kind}")));
        }
        let about = gateway_response::made(kind, &texts_only(response)?)?;
        gateway_response::check(&about)?;
        definition.gateway_responses.insert(kind.clone(), about);
    }
    Ok(())
}

/// Reads the authorizers among the security schemes; one of the same name keeps its id.
pub(super) fn authorizers(
    document: &OpenApi,
    definition: &mut Definition,
    ids: &mut Ids,
) -> Result<(), Refusal> {
    for (name, scheme) in document.security_schemes().into_iter().flatten() {
        let scheme = document.resolve(scheme);
        let given = &scheme["x-amazon-apigateway-authorizer"];
        if !given.is_object() {
            continue;
        }
        let fresh = ids.next_id(6);
        let known = definition.authorizers.values().find(|known| text(known, "name") == name);
        let id = known.map_or(fresh, |known| text(known, "id").to_owned());
        let kind = given["type"].as_str().unwrap_or_default().to_uppercase();
        let mut about = authorizer::read(&texts_only(given)?, &kind)?;
        about.insert("name".to_owned(), json!(name));
        about.insert("id".to_owned(), json!(id));
        if let Some(auth_type) = scheme["x-amazon-apigateway-authtype"].as_str() {
            about.insert("authType".to_owned(), json!(auth_type));
        }
        let header = scheme["name"].as_str().filter(|_| scheme["in"] == "header");
        if let Some(header) = header.filter(|_| kind != "REQUEST" && !about.contains_key("identitySource")) {
            about.insert("identitySource".to_owned(), json!(format!("method.request.header.{header}")));
        }
        authorizer::check(definition, &about)?;
        definition.authorizers.insert(id, about);
    }
    Ok(())
}

/// Reads part of a document as a request body; numbers where texts are wanted are common in hand-written ones.
pub(super) fn texts_only(part: &Value) -> Result<Body, Refusal> {
    let mut part = part.clone();
    for key in ["statusCode"] {
        if let Some(value) = part.get_mut(key)
            && value.is_number()
        {
            *value = json!(value.to_string());
        }
    }
    Body::of(&Call { body: part.to_string().into_bytes(), ..Call::default() })
}
