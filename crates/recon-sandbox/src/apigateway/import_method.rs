//! One operation of an OpenAPI document as a method with its responses and its integration.

use serde_json::{Map, Value, json};

use super::body::Draft;
use super::import_api::{add_model, model_name, texts_only};
use super::import_document::OpenApi;
use super::state::{Definition, Document, Integration, Method, text};
use super::{integration, integration_response, mapping, method};
use crate::ids::Ids;
use crate::wire::Refusal;

/// What reading an operation needs and adds to.
pub(super) struct Importing<'a> {
    pub(super) document: &'a OpenApi,
    pub(super) definition: &'a mut Definition,
    pub(super) ids: &'a mut Ids,
    pub(super) warnings: &'a mut Vec<String>,
}

/// Returns the method an operation describes.
pub(super) fn read(
    importing: &mut Importing<'_>,
    item: &Value,
    (verb, operation): (&str, &Value),
    resource_id: &str,
) -> Result<Method, Refusal> {
    let mut about = Draft::default()
        .put("httpMethod", verb)
        .put("apiKeyRequired", false)
        .put("authorizationType", "NONE")
        .set("operationName", operation["operationId"].as_str())
        .done();
    authorize(importing, operation, &mut about);
    let validator = request_validator(importing, operation);
    let (parameters, models) =
        (request_parameters(importing, item, operation), request_models(importing, item, operation));
    about.extend(
        Draft::default()
            .set("requestValidatorId", validator)
            .set("requestParameters", (!parameters.is_empty()).then_some(parameters))
            .set("requestModels", (!models.is_empty()).then_some(models))
            .done(),
    );
    method::settle(importing.definition, &mut about)?;
    let mut method = Method { about, ..Method::default() };
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        if status == "default" {
            importing.warnings.push("Ignoring response with status code 'default'".to_owned());
            continue;
        }
        let response = importing.document.resolve(response).clone();
        let about = method_response(importing, operation, status, &response);
        mapping::check_models(&about, "responseModels", &importing.definition.models)?;
        method.responses.insert(status.clone(), about);
    }
    let document = importing.document;
    let extension = document.resolve(&operation["x-amazon-apigateway-integration"]);
    if extension.is_object() {
        method.integration = Some(read_integration(extension, &method, resource_id)?);
    }
    Ok(method)
}

/// An operation without a word of its own has the security of the document.
fn authorize(importing: &Importing<'_>, operation: &Value, about: &mut Document) {
    let root = importing.document.root();
    let security = operation.get("security").unwrap_or(&root["security"]);
    let schemes = importing.document.security_schemes();
    for (name, scopes) in security.as_array().into_iter().flatten().filter_map(Value::as_object).flatten() {
        let Some(scheme) = schemes.and_then(|schemes| schemes.get(name)) else { continue };
        let authorizer = importing.definition.authorizers.values().find(|held| text(held, "name") == name);
        if let Some(authorizer) = authorizer {
            let cognito = text(authorizer, "type") == "COGNITO_USER_POOLS";
            let kind = if cognito { "COGNITO_USER_POOLS" } else { "CUSTOM" };
            about.insert("authorizationType".to_owned(), json!(kind));
            about.insert("authorizerId".to_owned(), json!(text(authorizer, "id")));
            if scopes.as_array().is_some_and(|scopes| !scopes.is_empty()) {
                about.insert("authorizationScopes".to_owned(), scopes.clone());
            }
        } else if scheme["x-amazon-apigateway-authtype"] == "awsSigv4" {
            about.insert("authorizationType".to_owned(), json!("AWS_IAM"));
        } else if scheme["type"] == "apiKey" {
            about.insert("apiKeyRequired".to_owned(), json!(true));
        }
    }
    if let Some(kind) = operation["x-amazon-apigateway-auth"]["type"].as_str() {
        about.insert("authorizationType".to_owned(), json!(kind.to_uppercase()));
    }
}

fn request_validator(importing: &Importing<'_>, operation: &Value) -> Option<String> {
    let key = "x-amazon-apigateway-request-validator";
    let name = operation[key].as_str().or_else(|| importing.document.root()[key].as_str())?;
    let held = importing.definition.request_validators.values().find(|held| text(held, "name") == name)?;
    Some(text(held, "id").to_owned())
}

fn request_parameters(importing: &mut Importing<'_>, item: &Value, operation: &Value) -> Document {
    let mut declared = Map::new();
    for parameter in importing.document.parameters(item, operation) {
        let (Some(name), Some(place)) = (parameter["name"].as_str(), parameter["in"].as_str()) else {
            continue;
        };
        let place = match place {
            "header" => "header",
            "query" => "querystring",
            "path" => "path",
            "cookie" => {
                importing.warnings.push(format!("Ignoring cookie parameter '{name}'"));
                continue;
            }
            _ => continue,
        };
        let required = place == "path" || parameter["required"] == true;
        declared.insert(format!("method.request.{place}.{name}"), json!(required));
    }
    declared
}

fn request_models(importing: &mut Importing<'_>, item: &Value, operation: &Value) -> Document {
    let document = importing.document;
    if document.is_swagger() {
        let body =
            document.parameters(item, operation).into_iter().find(|parameter| parameter["in"] == "body");
        let Some(body) = body else { return Document::new() };
        let model = named(importing, &body["schema"]);
        let types = content_types(document, operation, "consumes");
        return types.into_iter().filter_map(|kind| Some((kind, json!(model.clone()?)))).collect();
    }
    let body = document.resolve(&operation["requestBody"]);
    content_models(importing, body)
}

fn method_response(
    importing: &mut Importing<'_>,
    operation: &Value,
    status: &str,
    response: &Value,
) -> Document {
    let headers: Document = response["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| (format!("method.response.header.{name}"), json!(false)))
        .collect();
    let models = if importing.document.is_swagger() {
        let model = response.get("schema").and_then(|schema| named(importing, schema));
        let types = content_types(importing.document, operation, "produces");
        types.into_iter().filter_map(|kind| Some((kind, json!(model.clone()?)))).collect()
    } else {
        content_models(importing, response)
    };
    Draft::default()
        .put("statusCode", status)
        .set("responseParameters", (!headers.is_empty()).then_some(headers))
        .set("responseModels", (!models.is_empty()).then_some(models))
        .done()
}

/// Returns the models per content type, as the third version of the format has them.
fn content_models(importing: &mut Importing<'_>, holder: &Value) -> Document {
    let content = holder["content"].as_object().into_iter().flatten();
    content
        .filter_map(|(kind, media)| Some((kind.clone(), json!(named(importing, &media["schema"])?))))
        .collect()
}

/// Returns the name of the model for a schema, which may not exist; one without a name becomes a model of its own.
fn named(importing: &mut Importing<'_>, schema: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return Some(model_name(reference.rsplit('/').next()?));
    }
    if !schema.is_object() {
        return None;
    }
    let name = format!("MODEL{}", importing.ids.next_id(6));
    add_model(importing.definition, importing.ids, &name, schema);
    Some(name)
}

fn content_types(document: &OpenApi, operation: &Value, key: &str) -> Vec<String> {
    let listed = operation[key].as_array().or_else(|| document.root()[key].as_array());
    let listed: Vec<String> =
        listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if listed.is_empty() { vec!["application/json".to_owned()] } else { listed }
}

fn read_integration(extension: &Value, method: &Method, resource_id: &str) -> Result<Integration, Refusal> {
    let mut given = extension.clone();
    for key in ["type", "passthroughBehavior", "contentHandling", "connectionType", "httpMethod"] {
        if let Some(Value::String(value)) = given.get_mut(key) {
            *value = value.to_uppercase();
        }
    }
    let http = given["type"].as_str().is_some_and(|kind| kind.starts_with("HTTP"));
    if http && given["connectionType"].is_null() {
        given["connectionType"] = json!("INTERNET");
    }
    if let Some(Value::Object(templates)) = given.get_mut("requestTemplates") {
        for template in templates.values_mut().filter(|template| template.is_object() || template.is_number())
        {
            *template = json!(template.to_string());
        }
    }
    let mut about = integration::read(&texts_only(&given)?, resource_id)?;
    if text(&about, "type") == "MOCK" {
        about.shift_remove("uri");
        about.shift_remove("httpMethod");
    }
    integration::check(&about, method)?;
    let mut read = Integration { about, ..Integration::default() };
    for (pattern, response) in given["responses"].as_object().into_iter().flatten() {
        let body = texts_only(response)?;
        let status = body.text("statusCode")?.unwrap_or_else(|| "200".to_owned());
        let mut about = integration_response::read(&body, &status)?;
        if pattern != "default" {
            about.insert("selectionPattern".to_owned(), json!(pattern));
        }
        read.responses.insert(status, about);
    }
    Ok(read)
}
