//! Mapping templates, as far as mock integrations need them: references are replaced, directives are left as they are.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a template can refer to.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    pub(super) api_id: String,
    pub(super) stage: String,
    pub(super) verb: String,
    pub(super) resource_path: String,
    pub(super) path: String,
    pub(super) request_id: String,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) path_parameters: BTreeMap<String, String>,
    pub(super) query: BTreeMap<String, String>,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// Returns the template with its references replaced.
pub(super) fn render(template: &str, exchange: &Exchange) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('$') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let (length, value) = reference(rest, exchange).unwrap_or_else(|| (1, "$".to_owned()));
        out.push_str(&value);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// Reads one reference at the start of the text: how long it is, and what it stands for.
fn reference(text: &str, exchange: &Exchange) -> Option<(usize, String)> {
    let after = text.strip_prefix('$')?;
    let after = after.strip_prefix('!').unwrap_or(after);
    let (inner, braced) = after.strip_prefix('{').map_or((after, false), |inner| (inner, true));
    let (length, value) = value(inner, exchange)?;
    let rest = &inner[length..];
    let rest = if braced { rest.strip_prefix('}')? } else { rest };
    Some((text.len() - rest.len(), value))
}

fn value(text: &str, exchange: &Exchange) -> Option<(usize, String)> {
    for (head, look) in CALLS {
        if let Some(argument) = text.strip_prefix(head) {
            let quote = argument.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
            let end = argument[1..].find(quote)? + 1;
            argument[end + 1..].starts_with(')').then_some(())?;
            let length = head.len() + end + 2;
            return Some((length, look(exchange, &argument[1..end])));
        }
    }
    let length = text
        .find(|letter: char| !letter.is_ascii_alphanumeric() && !"._-".contains(letter))
        .unwrap_or(text.len());
    let name = text[..length].trim_end_matches('.');
    if let Some(variable) = name.strip_prefix("stageVariables.") {
        return Some((name.len(), exchange.variables.get(variable).cloned().unwrap_or_default()));
    }
    if name == "input.body" {
        return Some((name.len(), exchange.body.clone()));
    }
    let context = name.strip_prefix("context.")?;
    let known = match context {
        "apiId" => &exchange.api_id,
        "stage" => &exchange.stage,
        "httpMethod" => &exchange.verb,
        "resourcePath" => &exchange.resource_path,
        "path" => &exchange.path,
        "requestId" | "extendedRequestId" => &exchange.request_id,
        _ => return Some((name.len(), String::new())),
    };
    Some((name.len(), known.clone()))
}

type Look = fn(&Exchange, &str) -> String;

const CALLS: [(&str, Look); 3] = [("input.params(", parameter), ("input.path(", path), ("input.json(", json)];

fn parameter(exchange: &Exchange, name: &str) -> String {
    let places = [exchange.path_parameters.get(name), exchange.query.get(name)];
    let header = exchange.headers.get(&name.to_ascii_lowercase());
    places.into_iter().flatten().chain(header).next().cloned().unwrap_or_default()
}

fn path(exchange: &Exchange, path: &str) -> String {
    match select(exchange, path) {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn json(exchange: &Exchange, path: &str) -> String {
    select(exchange, path).to_string()
}

/// Follows `$.a.b[0]` into the body.
fn select(exchange: &Exchange, path: &str) -> Value {
    let body: Value =
        serde_json::from_str(&exchange.body).unwrap_or_else(|_| Value::Object(serde_json::Map::new()));
    let path = path.trim_start_matches('$').replace(['[', ']'], ".");
    let parts = path.split('.').map(|part| part.trim_matches(['\'', '"'])).filter(|part| !part.is_empty());
    parts.fold(body, |value, part| match part.parse::<usize>() {
        Ok(index) => value.get(index).cloned().unwrap_or_default(),
        Err(_) => value.get(part).cloned().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn exchange() -> Exchange {
        let map = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
        Exchange {
            stage: "prod".to_owned(),
            variables: map("alias", "live"),
            path_parameters: map("id", "7"),
            query: map("q", "x"),
            headers: map("accept", "a/b"),
            body: r#"{"a": {"b": [1, "two"]}}"#.to_owned(),
            ..Exchange::default()
        }
    }

    #[test_case("$context.stage" => "prod")]
    #[test_case("${stageVariables.alias}!" => "live!")]
    #[test_case("$!{stageVariables.none}" => "")]
    #[test_case("$input.params('id')-$input.params(\"q\")-$input.params('Accept')" => "7-x-a/b")]
    #[test_case("$input.path('$.a.b[1]')" => "two")]
    #[test_case("$input.json('$.a.b')" => r#"[1,"two"]"#)]
    #[test_case("cost: $5 and $" => "cost: $5 and $")]
    #[test_case("$context.stage." => "prod.")]
    #[test_case("$input.params('id" => "$input.params('id")]
    fn references(template: &str) -> String {
        render(template, &exchange())
    }
}
