//! Policy documents as text: how IAM sends them, and when two of them mean the same.

use serde_json::Value as Json;

/// A policy as it was written: IAM answers it percent-encoded.
pub(crate) fn decoded(text: &str) -> String {
    // Emulators at times answer the document as it is.
    if text.trim_start().starts_with('{') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        let escaped = text.get(index + 1..index + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, escaped) {
            (b'%', Some(plain)) => {
                out.push(plain);
                index += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(*byte),
        }
        index += 1;
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Whether both are the same policy: string or list of one, order of lists, account id or root ARN do not matter.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<Json>(text).ok().map(|policy| canonical("", policy));
    a == b || parse(a).is_some_and(|a| Some(a) == parse(b))
}

fn canonical(name: &str, value: Json) -> Json {
    match value {
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries
                .into_iter()
                .filter(|(name, value)| name != "Sid" || value != "")
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
        Json::String(text) if name == "AWS" => Json::String(account(&text)),
        Json::Bool(flag) => Json::String(flag.to_string()),
        Json::Number(number) => Json::String(number.to_string()),
        other => other,
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

    #[test_case("%7B%22a%22%3A%20%22%2B%22%7D", r#"{"a": "+"}"#; "encoded")]
    #[test_case("%7B%22a%22%3A+1%7D", r#"{"a": 1}"#; "plus is a space")]
    #[test_case(r#"{"a":"100%+"}"#, r#"{"a":"100%+"}"#; "not encoded")]
    #[test_case("%zz%C3", "%zz%C3"; "not text")]
    fn policies_come_encoded(text: &str, policy: &str) {
        assert_eq!(decoded(text), policy);
    }

    #[test_case(r#"{"Statement":[{"Sid":"","Action":["a"]}]}"#, r#"{"Statement":{"Action":"a"}}"#, true; "list of one and empty sid")]
    #[test_case(r#"{"Statement":{"Principal":{"AWS":"123456789012"}}}"#, r#"{"Statement":{"Principal":{"AWS":"arn:aws:iam::123456789012:root"}}}"#, true; "root")]
    #[test_case(r#"{"Statement":{"Action":["a","b"]}}"#, r#"{"Statement":{"Action":["b","a"]}}"#, true; "order")]
    #[test_case(r#"{"Statement":{"Action":"a"}}"#, r#"{"Statement":{"Action":"b"}}"#, false; "other action")]
    #[test_case("{", "}", false; "not policies")]
    fn policies_may_mean_the_same(a: &str, b: &str, expected: bool) {
        assert_eq!(same(a, b), expected);
    }
}
