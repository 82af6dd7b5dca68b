//! What parameter mappings and content types may look like.

use std::collections::BTreeMap;

use serde_json::Value;

use super::refuse::{bad_mapping, bad_request};
use super::state::{Document, members};
use crate::wire::Refusal;

/// Where a request parameter may come from, or go to.
const REQUEST_PLACES: [&str; 5] =
    ["header", "querystring", "path", "multivalueheader", "multivaluequerystring"];

/// Checks the request parameters that a method declares.
pub(super) fn check_declared_request(parameters: &Document) -> Result<(), Refusal> {
    let mut names = Vec::new();
    for key in parameters.keys() {
        let named = place_of(key, "method.request.").filter(|(place, _)| REQUEST_PLACES[..3].contains(place));
        let Some((_, name)) = named else { return Err(unusable(key)) };
        if names.contains(&name) {
            return Err(bad_request("Parameter names must be unique across querystring, header and path"));
        }
        names.push(name);
    }
    Ok(())
}

/// Checks the response parameters that a method declares.
pub(super) fn check_declared_response(parameters: &Document) -> Result<(), Refusal> {
    let odd = parameters
        .keys()
        .find(|key| place_of(key, "method.response.").is_none_or(|(place, _)| place != "header"));
    odd.map_or(Ok(()), |key| Err(unusable(key)))
}

/// Checks the request parameters of an integration against what its method declares.
pub(super) fn check_request(parameters: &Document, method: &Document) -> Result<(), Refusal> {
    for (to, from) in parameters {
        if place_of(to, "integration.request.").is_none_or(|(place, _)| !REQUEST_PLACES[..3].contains(&place))
        {
            return Err(unusable(to));
        }
        let from = from.as_str().unwrap_or_default();
        if let Some((place, name)) = place_of(from, "method.request.") {
            let declared = format!("method.request.{}.{name}", place.trim_start_matches("multivalue"));
            if !members(method, "requestParameters").any(|(key, _)| *key == declared) {
                return Err(undeclared(from));
            }
        } else if !is_free_source(from) && !from.starts_with("method.request.body") {
            return Err(unusable(from));
        }
    }
    Ok(())
}

/// Checks the response parameters of an integration response against what the method response declares.
pub(super) fn check_response(parameters: &Document, method_response: &Document) -> Result<(), Refusal> {
    for (to, from) in parameters {
        if place_of(to, "method.response.").is_none_or(|(place, _)| place != "header") {
            return Err(unusable(to));
        }
        if !members(method_response, "responseParameters").any(|(key, _)| key == to) {
            return Err(undeclared(to));
        }
        let from = from.as_str().unwrap_or_default();
        let source = place_of(from, "integration.response.")
            .is_some_and(|(place, _)| ["header", "multivalueheader"].contains(&place));
        if !source && !is_free_source(from) && !from.starts_with("integration.response.body") {
            return Err(unusable(from));
        }
    }
    Ok(())
}

/// Checks the parameters of a gateway response, which may take what the caller sent.
pub(super) fn check_gateway_response(parameters: &Document) -> Result<(), Refusal> {
    for (to, from) in parameters {
        if place_of(to, "gatewayresponse.").is_none_or(|(place, _)| place != "header") {
            return Err(unusable(to));
        }
        let from = from.as_str().unwrap_or_default();
        let sent = place_of(from, "method.request.").is_some() || from.starts_with("method.request.body");
        if !sent && !is_free_source(from) {
            return Err(unusable(from));
        }
    }
    Ok(())
}

/// Checks the content types that templates or models are given for.
pub(super) fn check_content_types(about: &Document, key: &str) -> Result<(), Refusal> {
    let odd = members(about, key).find(|(content_type, _)| !is_content_type(content_type));
    odd.map_or(Ok(()), |(content_type, _)| {
        Err(bad_request(format!(
            "Validation Result: warnings : [], errors : [Invalid content type specified: {content_type}]"
        )))
    })
}

/// Checks that the models named per content type exist.
pub(super) fn check_models<T>(
    about: &Document,
    key: &str,
    models: &BTreeMap<String, T>,
) -> Result<(), Refusal> {
    for (_, model) in members(about, key) {
        let name = model.as_str().unwrap_or_default();
        if !models.contains_key(name) {
            return Err(bad_request(format!("Invalid model identifier specified: {name}")));
        }
    }
    Ok(())
}

/// Turns templates without a text into null, which is how the service keeps them.
pub(super) fn blank_templates(mut templates: Document) -> Document {
    for template in templates.values_mut().filter(|template| template.as_str() == Some("")) {
        *template = Value::Null;
    }
    templates
}

/// Says whether the method of an integration declares what cache keys name.
pub(super) fn check_cache_keys(about: &Document, method: &Document) -> Result<(), Refusal> {
    let keys = about.get("cacheKeyParameters").and_then(Value::as_array).into_iter().flatten();
    for key in keys.filter_map(Value::as_str) {
        let maps = |document| members(document, "requestParameters").any(|(name, _)| name == key);
        if !maps(method) && !maps(about) {
            let message = format!("Invalid cache key parameter specified: {key}");
            return Err(bad_request(message));
        }
    }
    Ok(())
}

fn place_of<'a>(expression: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let (place, name) = expression.strip_prefix(prefix)?.split_once('.')?;
    let fits = REQUEST_PLACES.contains(&place) && !name.is_empty() && !name.contains(char::is_whitespace);
    fits.then_some((place, name))
}

fn is_free_source(from: &str) -> bool {
    let quoted = from.len() >= 2 && from.starts_with('\'') && from.ends_with('\'');
    quoted || from.starts_with("context.") || from.starts_with("stageVariables.")
}

fn is_content_type(text: &str) -> bool {
    text == "$default" || text.split_once('/').is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty())
}

fn unusable(expression: &str) -> Refusal {
    bad_mapping(&format!("Invalid mapping expression specified: {expression}"))
}

fn undeclared(expression: &str) -> Refusal {
    bad_mapping(&format!("Invalid mapping expression parameter specified: {expression}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use test_case::test_case;

    use super::*;

    fn document(value: Value) -> Document {
        match value {
            Value::Object(members) => members,
            other => panic!("{other} is no object"),
        }
    }

    #[test_case("method.request.header.A" => true)]
    #[test_case("method.request.path.a" => true)]
    #[test_case("method.request.body.a" => false)]
    #[test_case("method.request.header." => false)]
    #[test_case("header.a" => false)]
    fn declared_request_parameter(key: &str) -> bool {
        check_declared_request(&document(json!({ key: true }))).is_ok()
    }

    #[test]
    fn declared_names_are_unique_across_places() {
        let twice = document(json!({"method.request.header.a": true, "method.request.querystring.a": true}));
        assert!(check_declared_request(&twice).unwrap_err().message.contains("unique"));
    }

    #[test_case("integration.request.header.A", "method.request.header.a" => true; "declared")]
    #[test_case("integration.request.header.A", "method.request.multivalueheader.a" => true; "all values")]
    #[test_case("integration.request.header.A", "method.request.header.b" => false; "undeclared")]
    #[test_case("integration.request.querystring.q", "'fixed'" => true; "fixed")]
    #[test_case("integration.request.querystring.q", "context.stage" => true; "context")]
    #[test_case("integration.request.querystring.q", "stageVariables.v" => true; "variable")]
    #[test_case("integration.request.path.q", "method.request.body.x" => true; "from body")]
    #[test_case("integration.request.path.q", "true" => false; "no expression")]
    #[test_case("integration.response.header.q", "'x'" => false; "wrong target")]
    fn request_mapping(to: &str, from: &str) -> bool {
        let method = document(json!({"requestParameters": {"method.request.header.a": true}}));
        check_request(&document(json!({ to: from })), &method).is_ok()
    }

    #[test_case("method.response.header.A", "'*'" => true; "declared")]
    #[test_case("method.response.header.B", "'*'" => false; "undeclared")]
    #[test_case("method.response.header.A", "integration.response.header.x" => true; "from header")]
    #[test_case("method.response.header.A", "method.request.header.x" => false; "from request")]
    fn response_mapping(to: &str, from: &str) -> bool {
        let response = document(json!({"responseParameters": {"method.response.header.A": false}}));
        check_response(&document(json!({ to: from })), &response).is_ok()
    }
}
