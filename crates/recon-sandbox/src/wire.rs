//! What goes over the wire, free of any HTTP library: a call, its answer, and its refusal.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What every handler returns.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// One request, read to its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// The HTTP method, upper case.
    pub method: String,
    /// The percent-decoded segments of the path, empty ones kept: S3 keys may hold them.
    pub path: Vec<String>,
    /// The percent-decoded query, in order of appearance per key.
    pub query: BTreeMap<String, Vec<String>>,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as sent.
    pub body: Vec<u8>,
    /// The region of the credential scope, `us-east-1` without one.
    pub region: String,
    /// Where this sandbox listens, `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// The id this call is answered with.
    pub request_id: String,
    /// Milliseconds since the Unix epoch at arrival.
    pub now_ms: i64,
}

impl Call {
    /// Returns the body as JSON; an empty body is an empty object.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Object(Map::new()));
        }
        let value: Value = serde_json::from_slice(&self.body).map_err(|error| {
            Refusal::new(
                400,
                "SerializationException",
                format!("Could not parse request body into json: {error}"),
            )
        })?;
        if value.is_object() {
            Ok(value)
        } else {
            Err(Refusal::new(
                400,
                "SerializationException",
                "Start of structure or map found where not expected.",
            ))
        }
    }

    /// Returns the first value of a query parameter.
    pub(crate) fn query_one(&self, key: &str) -> Option<&str> {
        self.query.get(key)?.first().map(String::as_str)
    }

    /// Returns the segments of the path without the empty ones.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).filter(|segment| !segment.is_empty()).collect()
    }

    /// Returns a header by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// A successful response.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type; none is sent when empty.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Answers with a JSON document.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body: value.to_string().into_bytes(),
        }
    }

    /// Answers without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, content_type: "", headers: Vec::new(), body: Vec::new() }
    }

    /// Answers with an XML document.
    pub(crate) fn xml(status: u16, document: String) -> Self {
        Self { status, content_type: "text/xml", headers: Vec::new(), body: document.into_bytes() }
    }

    /// Answers with bytes of any type.
    pub(crate) fn bytes(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, content_type, headers: Vec::new(), body }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// A refused call; the router gives it the shape of the service's protocol.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The error code, for example `ResourceNotFoundException`.
    pub code: &'static str,
    /// The message for people.
    pub message: String,
    /// Further members of the error document.
    pub extra: Map<String, Value>,
}

impl Refusal {
    /// Refuses with a status, a code and a message.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), extra: Map::new() }
    }

    /// Adds a member to the error document.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.to_owned(), value.into());
        self
    }

    /// Refuses a call that no route knows.
    pub(crate) fn unknown(call: &Call) -> Self {
        let path = call.path.join("/");
        Self::new(
            501,
            "UnknownOperationException",
            format!("the sandbox has no operation for {} /{path}", call.method),
        )
    }

    /// Returns the error document of the REST-JSON protocol.
    pub(crate) fn document(&self, message_key: &str) -> Value {
        let mut document = json!({ message_key: self.message });
        if let Some(object) = document.as_object_mut() {
            object.extend(self.extra.clone());
        }
        document
    }
}

/// Returns the text with the characters that XML reserves escaped.
pub(crate) fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Returns the text with percent escapes decoded; a broken escape stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let escaped = bytes.get(index + 1..index + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match escaped.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                out.push(decoded);
                index += 3;
            }
            _ => {
                out.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns the pairs of a query string or of a form body, decoded.
pub(crate) fn parse_form(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut pairs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |part: &str| percent_decode(&part.replace('+', " "));
        pairs.entry(decode(key)).or_default().push(decode(value));
    }
    pairs
}

/// Returns bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Returns the text with every byte escaped that RFC 3986 does not call unreserved.
pub(crate) fn percent_encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_round_trips() {
        let text = "a b/ü{\"x\":1}+%";
        assert_eq!(percent_decode(&percent_encode(text)), text);
    }

    #[test]
    fn broken_escape_stays() {
        assert_eq!(percent_decode("100%"), "100%");
        assert_eq!(percent_decode("%zz%41"), "%zzA");
    }

    #[test]
    fn form_repeats_keep_their_order() {
        let pairs = parse_form("a=2&a=1&b=x+y&c");
        assert_eq!(pairs["a"], ["2", "1"]);
        assert_eq!(pairs["b"], ["x y"]);
        assert_eq!(pairs["c"], [""]);
    }

    #[test]
    fn empty_body_is_an_empty_object() {
        assert_eq!(Call::default().json().unwrap(), json!({}));
        assert!(Call { body: b"{no".to_vec(), ..Call::default() }.json().is_err());
    }
}
