//! One method as an operation of an OpenAPI document.

use serde_json::{Map, Value, json};

use super::state::{Definition, Document, Integration, Method, members, text};
use crate::wire::Call;

/// The two versions of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Swagger,
    OpenApi,
}

impl Dialect {
    /// Returns where references to schemas begin.
    pub(super) fn schemas(self) -> &'static str {
        match self {
            Self::Swagger => "#/definitions/",
            Self::OpenApi => "#/components/schemas/",
        }
    }
}

/// Which extensions the caller wants.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extensions {
    pub(super) integrations: bool,
    pub(super) authorizers: bool,
    pub(super) gateway: bool,
}

impl Extensions {
    /// Reads the query of an export.
    pub(super) fn asked(call: &Call) -> Self {
        let names = call.query.get("extensions").map(|values| values.join(",")).unwrap_or_default();
        let has = |name: &str| names.split(',').any(|asked| asked.trim() == name);
        let gateway = has("apigateway");
        Self {
            integrations: gateway || has("integrations"),
            authorizers: gateway || has("authorizers"),
            gateway,
        }
    }
}

/// Returns the operation that describes a method.
pub(super) fn operation(
    definition: &Definition,
    method: &Method,
    dialect: Dialect,
    extensions: Extensions,
) -> Value {
    let mut shown = Map::new();
    if let Some(name) = method.about.get("operationName") {
        shown.insert("operationId".to_owned(), name.clone());
    }
    let mut parameters = parameters(&method.about, dialect);
    let models = first_model(&method.about, "requestModels");
    match dialect {
        Dialect::Swagger => {
            listed(&mut shown, "consumes", &keys(&method.about, "requestModels"));
            listed(&mut shown, "produces", &produced(method));
            if let Some((_, model)) = models {
                let schema = reference(dialect, &model);
                parameters.push(json!({ "in": "body", "name": model, "required": true, "schema": schema }));
            }
        }
        Dialect::OpenApi => {
            let content = content(&method.about, "requestModels", dialect);
            if !content.is_empty() {
                shown.insert("requestBody".to_owned(), json!({ "content": content, "required": true }));
            }
        }
    }
    if !parameters.is_empty() {
        shown.insert("parameters".to_owned(), json!(parameters));
    }
    let responses: Map<String, Value> = method
        .responses
        .iter()
        .map(|(status, about)| (status.clone(), response(status, about, dialect)))
        .collect();
    if !responses.is_empty() || dialect == Dialect::Swagger {
        shown.insert("responses".to_owned(), Value::Object(responses));
    }
    let security = security(definition, method);
    if !security.is_empty() {
        shown.insert("security".to_owned(), Value::Array(security));
    }
    if extensions.gateway {
        let id = text(&method.about, "requestValidatorId");
        if let Some(validator) = definition.request_validators.get(id) {
            shown.insert("x-amazon-apigateway-request-validator".to_owned(), json!(text(validator, "name")));
        }
    }
    if let Some(integration) = method.integration.as_ref().filter(|_| extensions.integrations) {
        shown.insert("x-amazon-apigateway-integration".to_owned(), extension(integration));
    }
    Value::Object(shown)
}

fn parameters(about: &Document, dialect: Dialect) -> Vec<Value> {
    members(about, "requestParameters")
        .filter_map(|(key, required)| {
            let (place, name) = key.strip_prefix("method.request.")?.split_once('.')?;
            let place = if place == "querystring" { "query" } else { place };
            let required = place == "path" || required == &Value::Bool(true);
            let mut shown = json!({ "name": name, "in": place, "required": required });
            match dialect {
                Dialect::Swagger => shown["type"] = json!("string"),
                Dialect::OpenApi => shown["schema"] = json!({ "type": "string" }),
            }
            Some(shown)
        })
        .collect()
}

fn response(status: &str, about: &Document, dialect: Dialect) -> Value {
    let mut shown = json!({ "description": format!("{status} response") });
    let headers: Map<String, Value> = members(about, "responseParameters")
        .filter_map(|(key, _)| key.strip_prefix("method.response.header."))
        .map(|name| match dialect {
            Dialect::Swagger => (name.to_owned(), json!({ "type": "string" })),
            Dialect::OpenApi => (name.to_owned(), json!({ "schema": { "type": "string" } })),
        })
        .collect();
    if !headers.is_empty() {
        shown["headers"] = Value::Object(headers);
    }
    match dialect {
        Dialect::Swagger => {
            if let Some((_, model)) = first_model(about, "responseModels") {
                shown["schema"] = reference(dialect, &model);
            }
        }
        Dialect::OpenApi => shown["content"] = Value::Object(content(about, "responseModels", dialect)),
    }
    shown
}

fn security(definition: &Definition, method: &Method) -> Vec<Value> {
    let mut demands = Vec::new();
    match text(&method.about, "authorizationType") {
        "AWS_IAM" => demands.push(json!({ "sigv4": [] })),
        "CUSTOM" | "COGNITO_USER_POOLS" => {
            if let Some(authorizer) = definition.authorizers.get(text(&method.about, "authorizerId")) {
                let scopes = method.about.get("authorizationScopes").cloned().unwrap_or_else(|| json!([]));
                demands.push(json!({ text(authorizer, "name"): scopes }));
            }
        }
        _ => {}
    }
    if method.about.get("apiKeyRequired") == Some(&Value::Bool(true)) {
        demands.push(json!({ "api_key": [] }));
    }
    demands
}

/// Returns the integration in the spelling of the extension.
fn extension(integration: &Integration) -> Value {
    let about = &integration.about;
    let mut shown = Map::new();
    let lowered = |key: &str| about.get(key).and_then(Value::as_str).map(|value| json!(value.to_lowercase()));
    let some = |key: &str| about.get(key).cloned();
    let timeout = some("timeoutInMillis").filter(|timeout| timeout != 29_000);
    let cache_keys =
        some("cacheKeyParameters").filter(|keys| keys.as_array().is_some_and(|keys| !keys.is_empty()));
    let namespace = cache_keys.is_some().then(|| some("cacheNamespace")).flatten();
    let connection = some("connectionType").filter(|kind| kind != "INTERNET");
    let parts = [
        ("type", lowered("type")),
        ("httpMethod", some("httpMethod")),
        ("uri", some("uri")),
        ("credentials", some("credentials")),
        ("connectionType", connection),
        ("connectionId", some("connectionId")),
        ("responses", responses(integration)),
        ("requestParameters", some("requestParameters")),
        ("requestTemplates", some("requestTemplates")),
        ("passthroughBehavior", lowered("passthroughBehavior")),
        ("contentHandling", some("contentHandling")),
        ("timeoutInMillis", timeout),
        ("cacheNamespace", namespace),
        ("cacheKeyParameters", cache_keys),
        ("tlsConfig", some("tlsConfig")),
    ];
    for (key, value) in parts {
        if let Some(value) = value {
            shown.insert(key.to_owned(), value);
        }
    }
    Value::Object(shown)
}

/// Returns the responses by what selects them.
fn responses(integration: &Integration) -> Option<Value> {
    let shown: Map<String, Value> = integration
        .responses
        .values()
        .map(|about| {
            let mut response = about.clone();
            response.shift_remove("selectionPattern");
            let pattern = text(about, "selectionPattern");
            (if pattern.is_empty() { "default" } else { pattern }.to_owned(), Value::Object(response))
        })
        .collect();
    (!shown.is_empty()).then_some(Value::Object(shown))
}

fn produced(method: &Method) -> Vec<String> {
    let mut types: Vec<String> =
        method.responses.values().flat_map(|about| keys(about, "responseModels")).collect();
    types.sort();
    types.dedup();
    types
}

fn keys(about: &Document, key: &str) -> Vec<String> {
    members(about, key).map(|(name, _)| name.clone()).collect()
}

fn listed(shown: &mut Document, key: &str, values: &[String]) {
    if !values.is_empty() {
        shown.insert(key.to_owned(), json!(values));
    }
}

fn first_model(about: &Document, key: &str) -> Option<(String, String)> {
    let (kind, model) = members(about, key).next()?;
    Some((kind.clone(), model.as_str()?.to_owned()))
}

fn content(about: &Document, key: &str, dialect: Dialect) -> Document {
    members(about, key)
        .filter_map(|(kind, model)| {
            Some((kind.clone(), json!({ "schema": reference(dialect, model.as_str()?) })))
        })
        .collect()
}

fn reference(dialect: Dialect, model: &str) -> Value {
    json!({ "$ref": format!("{}{model}", dialect.schemas()) })
}
