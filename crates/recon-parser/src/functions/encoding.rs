//! Base64 and URL encoding.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};

use super::text_encoding::{decode, encode};
use super::{Function, Outcome, Parameter, Refusal, Returns, normal, pure, str_of, text};

/// Reads also what has bits left over at its end, as Terraform does.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, PAD.with_decode_allow_trailing_bits(true));

const STR: &[Parameter] = &[text("str")];

pub(super) static FUNCTIONS: &[Function] = &[
    pure("base64encode", STR, Returns::String, |a| Ok(STANDARD.encode(str_of(&a[0])).into())),
    pure("base64decode", STR, Returns::String, |a| base64decode(str_of(&a[0]))),
    pure("urlencode", STR, Returns::String, |a| Ok(urlencode(str_of(&a[0])).into())),
    pure("textencodebase64", &[text("string"), text("encoding")], Returns::String, |a| {
        let bytes = encode(str_of(&a[0]), str_of(&a[1]))?;
        Ok(STANDARD.encode(bytes).into())
    }),
    pure("textdecodebase64", &[text("source"), text("encoding")], Returns::String, |a| {
        let bytes = bytes(str_of(&a[0])).map_err(|why| Refusal::of(0, why))?;
        Ok(normal(&decode(&bytes, str_of(&a[1]))?))
    }),
];

/// The bytes of base64 text; line breaks in it do not matter.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    LENIENT.decode(text).map_err(|why| format!("the given value is not base64: {why}"))
}

fn base64decode(text: &str) -> Outcome {
    let decoded = bytes(text)?;
    let text = String::from_utf8(decoded);
    text.map(|text| normal(&text))
        .map_err(|_| "the result of decoding the given string is not valid UTF-8".into())
}

fn urlencode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}
