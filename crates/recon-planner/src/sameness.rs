//! When two spellings of a value mean the same. Pure.

use std::collections::BTreeSet;

use recon_core::Value;
use recon_core::schema::Sameness;
use serde_json::Value as Json;

/// Whether `a` and `b` mean the same to the service that stores them.
pub fn same(sameness: Sameness, a: &Value, b: &Value) -> bool {
    if a.is_unknown() || b.is_unknown() {
        return false;
    }
    if a.same(b) {
        return true;
    }
    match sameness {
        Sameness::Exact => false,
        Sameness::EmptyIsNull => is_empty(a) && is_empty(b),
        Sameness::IgnoreCase => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        },
        Sameness::Json => documents(a, b).is_some_and(|(a, b)| a == b) || (is_empty(a) && is_empty(b)),
        Sameness::Policy => {
            documents(a, b).is_some_and(|(a, b)| canonical_policy(&a) == canonical_policy(&b))
                || (is_empty(a) && is_empty(b))
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value.as_str() {
        Some(text) => text.is_empty(),
        None => {
            value.is_null()
                || (value.children().next().is_none()
                    && value.as_bool().is_none()
                    && value.as_number().is_none())
        }
    }
}

fn documents(a: &Value, b: &Value) -> Option<(Json, Json)> {
    Some((serde_json::from_str(a.as_str()?).ok()?, serde_json::from_str(b.as_str()?).ok()?))
}

/// A policy in the one form that all its spellings share: statements and lists sorted, single strings as lists,
/// account ids as root ARNs.
fn canonical_policy(policy: &Json) -> String {
    let Json::Object(document) = policy else { return policy.to_string() };
    let mut parts: Vec<String> = Vec::new();
    for (name, value) in document {
        let text = if name == "Statement" {
            let statements: BTreeSet<String> = as_list(value).iter().map(canonical_statement).collect();
            statements.into_iter().collect::<Vec<_>>().join(",")
        } else {
            value.to_string()
        };
        parts.push(format!("{name}={text}"));
    }
    parts.sort();
    parts.join(";")
}

fn canonical_statement(statement: &Json) -> String {
    let Json::Object(fields) = statement else { return statement.to_string() };
    let mut parts: Vec<String> = Vec::new();
    for (name, value) in fields {
        // An empty Sid is what AWS answers for none.
        if name == "Sid" && value.as_str() == Some("") {
            continue;
        }
        let text = match (name.as_str(), value) {
            ("Principal" | "NotPrincipal", Json::String(all)) if all == "*" => "*".to_owned(),
            ("Principal" | "NotPrincipal" | "Condition", Json::Object(groups)) => canonical_groups(groups),
            ("Sid" | "Effect", _) => value.to_string(),
            _ => canonical_list(value),
        };
        parts.push(format!("{name}={text}"));
    }
    parts.sort();
    parts.join(";")
}

fn canonical_groups(groups: &serde_json::Map<String, Json>) -> String {
    let mut parts: Vec<String> = groups
        .iter()
        .map(|(name, value)| match value {
            Json::Object(inner) => format!("{name}:{{{}}}", canonical_groups(inner)),
            _ => format!("{name}:{}", canonical_list(value)),
        })
        .collect();
    parts.sort();
    parts.join(",")
}

fn canonical_list(value: &Json) -> String {
    let items: BTreeSet<String> = as_list(value).iter().map(canonical_scalar).collect();
    items.into_iter().collect::<Vec<_>>().join("|")
}

fn as_list(value: &Json) -> &[Json] {
    match value {
        Json::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

fn canonical_scalar(value: &Json) -> String {
    match value {
        Json::String(text) => {
            match text.strip_prefix("arn:aws:iam::").and_then(|rest| rest.strip_suffix(":root")) {
                Some(account) => account.to_owned(),
                None => text.clone(),
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case(Sameness::Json, "{\"a\":1,\"b\":2}", "{ \"b\": 2, \"a\": 1 }", true; "key order and layout do not count")]
    #[test_case(Sameness::Json, "{\"a\":[1,2]}", "{\"a\":[2,1]}", false; "list order counts in JSON")]
    #[test_case(Sameness::Policy, r#"{"Statement":{"Action":"a","Principal":{"AWS":"123456789012"}}}"#,
        r#"{"Statement":[{"Action":["a"],"Principal":{"AWS":"arn:aws:iam::123456789012:root"}}]}"#, true; "one policy in two spellings")]
    #[test_case(Sameness::Policy, r#"{"Statement":[{"Action":["a","b"]}]}"#, r#"{"Statement":[{"Action":["b","a"]}]}"#, true; "order of actions")]
    #[test_case(Sameness::Policy, r#"{"Statement":[{"Action":"a"}]}"#, r#"{"Statement":[{"Action":"b"}]}"#, false; "other action")]
    #[test_case(Sameness::IgnoreCase, "Get", "GET", true; "case")]
    #[test_case(Sameness::Exact, "a", "A", false; "exact")]
    fn spellings(sameness: Sameness, a: &str, b: &str, expected: bool) {
        assert_eq!(same(sameness, &Value::from(a), &Value::from(b)), expected);
    }

    #[test]
    fn empty_text_and_null_are_one_where_the_schema_says_so() {
        let null = Value::null(recon_core::Type::String);
        assert!(same(Sameness::EmptyIsNull, &Value::from(""), &null));
        assert!(!same(Sameness::Exact, &Value::from(""), &null));
    }
}
