//! JSON as Go prints it, so that documents are byte for byte what Terraform makes of the same configuration.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// Two spaces of indentation per level.
pub(super) fn indented(value: &Json) -> String {
    escaped(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// On one line, without blanks.
pub(crate) fn compact(value: &Json) -> String {
    escaped(&value.to_string())
}

/// What Go escapes beyond what must be; these characters only occur inside strings.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Writing to a string cannot fail.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_html_would_read_is_escaped() {
        assert_eq!(compact(&json!({"a": "<&>\u{2028}é\"\n"})), r#"{"a":"\u003c\u0026\u003e\u2028é\"\n"}"#);
        assert_eq!(
            indented(&json!({"a": [1], "b": [], "c": {}})),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": [],\n  \"c\": {}\n}"
        );
    }
}
