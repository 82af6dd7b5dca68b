//! Policy documents as text: how IAM sends them.

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
}
