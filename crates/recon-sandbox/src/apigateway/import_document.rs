//! An OpenAPI document, in either dialect: where it keeps models, security schemes, parameters and its base path.

use serde_json::{Map, Value};

use super::refuse::bad_request;
use crate::wire::Refusal;

/// The verbs that paths may have, with the extension for all of them.
const VERBS: [&str; 8] =
    ["get", "put", "post", "delete", "patch", "options", "head", "x-amazon-apigateway-any-method"];

/// References may point at references; past this depth they go in circles.
const REFERENCES_MAX: usize = 16;

/// Reads a document, JSON or YAML.
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    let malformed = || bad_request("Invalid OpenAPI input.");
    if let Ok(document) = serde_json::from_slice(body) {
        return Ok(document);
    }
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    serde_saphyr::from_str(text).map_err(|_| malformed())
}

/// A parsed document and what is known of its dialect.
pub(super) struct OpenApi {
    root: Value,
    swagger: bool,
}

impl OpenApi {
    /// Recognises the dialect.
    pub(super) fn of(root: Value) -> Result<Self, Refusal> {
        let swagger = root["swagger"].as_str().is_some_and(|version| version.starts_with('2'));
        let third = root["openapi"].as_str().is_some_and(|version| version.starts_with("3."));
        if !swagger && !third {
            return Err(bad_request("Invalid OpenAPI input."));
        }
        Ok(Self { root, swagger })
    }

    /// Returns the whole document.
    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// Says whether this is the second version of the format.
    pub(super) fn is_swagger(&self) -> bool {
        self.swagger
    }

    /// Returns the named schemas.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&String, &Value)> {
        let schemas =
            if self.swagger { &self.root["definitions"] } else { &self.root["components"]["schemas"] };
        schemas.as_object().into_iter().flatten()
    }

    /// Returns the named ways to authenticate.
    pub(super) fn security_schemes(&self) -> Option<&Map<String, Value>> {
        let schemes = if self.swagger {
            &self.root["securityDefinitions"]
        } else {
            &self.root["components"]["securitySchemes"]
        };
        schemes.as_object()
    }

    /// Returns what a value refers to, or the value itself.
    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut current = value;
        for _ in 0..REFERENCES_MAX {
            let pointer = current["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
            match pointer.and_then(|pointer| self.root.pointer(pointer)) {
                Some(target) => current = target,
                None => return current,
            }
        }
        current
    }

    /// Returns every path with its verbs and their operations.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&String, &Value)> {
        let paths = self.root["paths"].as_object().into_iter().flatten();
        paths.filter(|(path, _)| path.starts_with('/'))
    }

    /// Returns the operations of a path by the verb that methods have.
    pub(super) fn operations(item: &Value) -> impl Iterator<Item = (String, &Value)> {
        let members = item.as_object().into_iter().flatten();
        members.filter(|(verb, _)| VERBS.contains(&verb.as_str())).map(|(verb, operation)| {
            let any = verb == "x-amazon-apigateway-any-method";
            (if any { "ANY".to_owned() } else { verb.to_uppercase() }, operation)
        })
    }

    /// Returns the parameters of an operation, those of its path first.
    pub(super) fn parameters<'a>(&'a self, item: &'a Value, operation: &'a Value) -> Vec<&'a Value> {
        [item, operation]
            .into_iter()
            .flat_map(|holder| holder["parameters"].as_array().into_iter().flatten())
            .map(|parameter| self.resolve(parameter))
            .collect()
    }

    /// Returns the base path, without a slash at its end.
    pub(super) fn base_path(&self) -> String {
        let path = if self.swagger {
            self.root["basePath"].as_str().unwrap_or_default().to_owned()
        } else {
            self.server_path()
        };
        path.trim_end_matches('/').to_owned()
    }

    /// The third version keeps it in the address of its first server, mostly as a variable.
    fn server_path(&self) -> String {
        let server = &self.root["servers"][0];
        let mut url = server["url"].as_str().unwrap_or_default().to_owned();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            url = url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default());
        }
        let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let path = after_scheme.find('/').map_or("", |start| &after_scheme[start..]);
        format!("/{}", path.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use test_case::test_case;

    use super::*;

    #[test_case(json!({"swagger": "2.0", "basePath": "/a/b/"}) => "/a/b")]
    #[test_case(json!({"swagger": "2.0"}) => "")]
    #[test_case(json!({"openapi": "3.0.1", "servers": [{"url": "https://x/{basePath}", "variables": {"basePath": {"default": "/v1"}}}]}) => "/v1")]
    #[test_case(json!({"openapi": "3.0.1", "servers": [{"url": "/v2"}]}) => "/v2")]
    #[test_case(json!({"openapi": "3.0.1"}) => "")]
    fn base_path(root: Value) -> String {
        OpenApi::of(root).unwrap().base_path()
    }

    #[test]
    fn yaml_is_read_like_json() {
        let yaml =
            b"openapi: 3.0.1\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n";
        let read = parse(yaml).unwrap();
        assert_eq!(read["paths"]["/a"]["get"]["responses"]["200"]["description"], "ok");
        assert!(parse(b"{nope").is_err());
    }

    #[test]
    fn circular_references_end() {
        let root = json!({"openapi": "3.0.1", "a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}});
        let document = OpenApi::of(root).unwrap();
        assert!(document.resolve(&document.root()["a"])["$ref"].is_string());
    }

    #[test]
    fn unknown_dialect_is_refused() {
        assert!(OpenApi::of(json!({"openapi": "4.0"})).is_err());
        assert!(OpenApi::of(json!([])).is_err());
    }
}
