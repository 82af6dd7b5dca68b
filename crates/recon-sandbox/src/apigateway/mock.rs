//! Runs a mock integration: the request template names a status, and the integration response for it answers.

use serde_json::Value;

use super::state::{Document, Method, members, text};
use super::template::{Exchange, render};

/// What a method answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// Answers as a mock integration does; none when the method has another kind, or its configuration has a gap.
pub(super) fn run(method: &Method, exchange: &Exchange) -> Option<Reply> {
    let integration = method.integration.as_ref().filter(|held| text(&held.about, "type") == "MOCK")?;
    let asked = requested_status(&integration.about, exchange)?;
    let matching = integration.responses.values().find(|about| {
        let pattern = text(about, "selectionPattern");
        !pattern.is_empty() && matches(pattern, &asked)
    });
    let default = || integration.responses.values().find(|about| text(about, "selectionPattern").is_empty());
    let about = matching.or_else(default)?;
    let accept = exchange.headers.get("accept").map_or("application/json", String::as_str);
    let templates = || members(about, "responseTemplates");
    let chosen = templates().find(|(kind, _)| *kind == accept).or_else(|| templates().next());
    let content_type = chosen.map_or("application/json", |(kind, _)| kind.as_str());
    let body = chosen.and_then(|(_, template)| template.as_str()).map(|template| render(template, exchange));
    let mut headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
    for (to, from) in members(about, "responseParameters") {
        let (Some(name), Some(value)) = (to.strip_prefix("method.response.header."), fixed(from)) else {
            continue;
        };
        headers.retain(|(held, _)| !held.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value.to_owned()));
    }
    Some(Reply { status: text(about, "statusCode").parse().ok()?, headers, body: body.unwrap_or_default() })
}

/// Returns the text between the quotes of a fixed mapping.
pub(super) fn fixed(from: &Value) -> Option<&str> {
    from.as_str()?.strip_prefix('\'')?.strip_suffix('\'')
}

/// Returns the digits after `"statusCode":` in the rendered request template; without a template it is 200.
fn requested_status(about: &Document, exchange: &Exchange) -> Option<String> {
    let sent = exchange.headers.get("content-type").map_or("application/json", String::as_str);
    let mut templates = members(about, "requestTemplates").peekable();
    if templates.peek().is_none() {
        return Some("200".to_owned());
    }
    let (_, template) = templates.find(|(kind, _)| sent.starts_with(kind.as_str()))?;
    let rendered = render(template.as_str().unwrap_or_default(), exchange);
    let (_, after) = rendered.split_once("statusCode")?;
    let after = after.trim_start_matches(['"', '\'', ':', ' ', '\t', '\n']);
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    (digits.len() == 3).then_some(digits)
}

/// Says whether a pattern of digits, dots and `\d` fits a status; alternatives are set apart by bars.
fn matches(pattern: &str, status: &str) -> bool {
    pattern.split('|').any(|pattern| {
        let pattern = pattern.replace("\\d", ".").replace(['(', ')', '^', '$'], "").replace("{2}", ".");
        let mut letters = status.chars();
        let fits = pattern.chars().all(|want| letters.next().is_some_and(|have| want == '.' || want == have));
        fits && letters.next().is_none()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use test_case::test_case;

    use super::super::state::Integration;
    use super::*;

    #[test_case("200", "200" => true)]
    #[test_case("4\\d{2}", "404" => true)]
    #[test_case("4\\d\\d|5..", "503" => true)]
    #[test_case("20", "200" => false)]
    fn patterns(pattern: &str, status: &str) -> bool {
        matches(pattern, status)
    }

    #[test]
    fn status_of_the_template_selects_the_response() {
        let document = |value: Value| value.as_object().unwrap().clone();
        let integration = Integration {
            about: document(
                json!({"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 404}"}}),
            ),
            responses: BTreeMap::from([
                ("200".to_owned(), document(json!({"statusCode": "200"}))),
                (
                    "404".to_owned(),
                    document(json!({
                        "statusCode": "404", "selectionPattern": "4..",
                        "responseTemplates": {"text/plain": "no $context.path"},
                        "responseParameters": {"method.response.header.X": "'y'"},
                    })),
                ),
            ]),
        };
        let method = Method { integration: Some(integration), ..Method::default() };
        let reply = run(&method, &Exchange { path: "/a".to_owned(), ..Exchange::default() }).unwrap();
        assert_eq!((reply.status, reply.body.as_str()), (404, "no /a"));
        assert!(reply.headers.contains(&("X".to_owned(), "y".to_owned())));
    }
}
