//! When two spellings of a value mean the same to the service that stores them. Pure.

use serde_json::{Map, Value as Json};

use crate::Value;
use crate::schema::Sameness;

/// Says whether `a` and `b` mean the same. What is unknown means nothing yet.
pub fn same(sameness: Sameness, a: &Value, b: &Value) -> bool {
    if a.is_unknown() || b.is_unknown() {
        return false;
    }
    if a.same(b) {
        return true;
    }
    let texts = || Some((a.as_str()?, b.as_str()?));
    let both_empty = || is_empty(a) && is_empty(b);
    match sameness {
        Sameness::Exact => false,
        Sameness::EmptyIsNull => both_empty(),
        Sameness::IgnoreCase => texts().is_some_and(|(a, b)| a.eq_ignore_ascii_case(b)),
        Sameness::FunctionName => texts().is_some_and(|(a, b)| same_function(a, b)),
        Sameness::Json => texts().is_some_and(|(a, b)| same_json(a, b)) || both_empty(),
        Sameness::Policy => texts().is_some_and(|(a, b)| same_policy(a, b)) || both_empty(),
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

fn same_json(a: &str, b: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<Json>(text).ok();
    parse(a).is_some_and(|a| Some(a) == parse(b))
}

/// Says whether two texts name the same Lambda function, with the same qualifier or both without, be it by name, by ARN
/// or by a part of the ARN.
pub fn same_function(a: &str, b: &str) -> bool {
    let tail = |text: &str| text.rsplit_once(":function:").map_or(text, |(_, tail)| tail).to_owned();
    // Two ARNs may name functions of different accounts.
    a == b || (tail(a) == tail(b) && !(a.starts_with("arn:") && b.starts_with("arn:")))
}

/// Says whether two texts are the same IAM policy: a string or a list of one, the order of lists, an account id or its
/// root ARN, an empty `Sid` and the spelling of numbers and truth values do not matter.
pub fn same_policy(a: &str, b: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<Json>(text).ok().map(|policy| canonical("", policy));
    a == b || parse(a).is_some_and(|a| Some(a) == parse(b))
}

/// The one form that all spellings of a policy share; `name` is the element that the value belongs to.
fn canonical(name: &str, value: Json) -> Json {
    match value {
        Json::Object(entries) => {
            let entries = entries.into_iter().filter(|(name, value)| name != "Sid" || value != "");
            let mut entries: Vec<(String, Json)> = entries
                .map(|(name, value)| {
                    let value = canonical(&name, value);
                    (name, value)
                })
                .collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(|item| canonical(name, item)).collect();
            items.sort_by_key(Json::to_string);
            items.dedup();
            if items.len() == 1 { items.remove(0) } else { Json::Array(items) }
        }
        Json::String(text) => match name {
            "AWS" => Json::String(account(&text)),
            "Principal" | "NotPrincipal" if text == "*" => {
                Json::Object(Map::from_iter([("AWS".to_owned(), Json::String(text))]))
            }
            _ => Json::String(text),
        },
        Json::Bool(flag) => Json::String(flag.to_string()),
        Json::Number(number) => Json::String(number.to_string()),
        Json::Null => Json::Null,
    }
}

/// The account of a root ARN; anything else as it is.
fn account(principal: &str) -> String {
    let parts: Vec<&str> = principal.split(':').collect();
    match parts[..] {
        ["arn", _, "iam", "", account, "root"] => account.to_owned(),
        _ => principal.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(Sameness::Json, "{\"a\":1,\"b\":2}", "{ \"b\": 2, \"a\": 1 }", true; "key order and layout do not count")]
    #[test_case(Sameness::Json, "{\"a\":[1,2]}", "{\"a\":[2,1]}", false; "list order counts in JSON")]
    #[test_case(Sameness::Policy, "", "", true; "no policy")]
    #[test_case(Sameness::IgnoreCase, "Get", "GET", true; "case")]
    #[test_case(Sameness::Exact, "a", "A", false; "exact")]
    #[test_case(Sameness::FunctionName, "f", "arn:aws:lambda:us-east-1:1:function:f", true; "a function by name and by ARN")]
    fn spellings(sameness: Sameness, a: &str, b: &str, expected: bool) {
        assert_eq!(same(sameness, &Value::from(a), &Value::from(b)), expected);
    }

    #[test]
    fn empty_text_and_null_are_one_where_the_schema_says_so() {
        let null = Value::null(crate::Type::String);
        assert!(same(Sameness::EmptyIsNull, &Value::from(""), &null));
        assert!(!same(Sameness::Exact, &Value::from(""), &null));
    }

    #[test_case(r#"{"Statement":[{"Sid":"","Action":["a"]}]}"#, r#"{"Statement":{"Action":"a"}}"#, true; "list of one and empty sid")]
    #[test_case(r#"{"Statement":{"Principal":{"AWS":"123456789012"}}}"#, r#"{"Statement":[{"Principal":{"AWS":["arn:aws:iam::123456789012:root"]}}]}"#, true; "account and root")]
    #[test_case(r#"{"Statement":{"Principal":{"AWS":"123456789012"}}}"#, r#"{"Statement":{"Principal":{"AWS":"arn:aws-cn:iam::123456789012:root"}}}"#, true; "root of another partition")]
    #[test_case(r#"{"Statement":{"Principal":"*"}}"#, r#"{"Statement":{"Principal":{"AWS":"*"}}}"#, true; "everybody")]
    #[test_case(r#"{"Statement":{"Principal":{"Service":"a"}}}"#, r#"{"Statement":{"Principal":{"AWS":"a"}}}"#, false; "kinds of principals")]
    #[test_case(r#"{"Statement":{"Condition":{"Bool":{"k":true}}}}"#, r#"{"Statement":{"Condition":{"Bool":{"k":["true"]}}}}"#, true; "truth as text")]
    #[test_case(r#"{"Statement":{"Condition":{"A":{"k":"v"}}}}"#, r#"{"Statement":{"Condition":{"B":{"k":"v"}}}}"#, false; "other operator")]
    #[test_case(r#"{"Statement":{"Action":["a","b"]}}"#, r#"{"Statement":{"Action":["b","a","b"]}}"#, true; "order and repetition")]
    #[test_case(r#"{"Statement":{"Action":"a"}}"#, r#"{"Statement":{"Action":"b"}}"#, false; "other action")]
    #[test_case("{", "}", false; "not policies")]
    fn policies_may_mean_the_same(a: &str, b: &str, expected: bool) {
        assert_eq!(same_policy(a, b), expected);
    }

    #[test_case("f", "arn:aws:lambda:us-east-1:1:function:f", true)]
    #[test_case("1:function:f", "f", true)]
    #[test_case("f:prod", "arn:aws:lambda:us-east-1:1:function:f:prod", true)]
    #[test_case("f", "arn:aws:lambda:us-east-1:1:function:f:prod", false)]
    #[test_case("arn:aws:lambda:us-east-1:2:function:f", "arn:aws:lambda:us-east-1:1:function:f", false)]
    fn a_function_is_the_same_by_name_and_by_arn(a: &str, b: &str, expected: bool) {
        assert_eq!(same_function(a, b), expected);
    }
}
