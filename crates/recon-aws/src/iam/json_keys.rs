//! Finds a key that occurs twice in an object of a JSON document, which parsers pass over in silence.

use std::collections::BTreeSet;

/// An object or array that is being read.
enum Frame {
    Object { seen: BTreeSet<String>, key: Option<String> },
    Array { index: usize },
}

/// The first key that occurs twice, with the way to it: `Statement.0.Condition.StringEquals`. The text is a JSON
/// document.
pub(super) fn duplicate_key(text: &str) -> Option<String> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match (c, frames.last_mut()) {
            ('{', _) => frames.push(Frame::Object { seen: BTreeSet::new(), key: None }),
            ('[', _) => frames.push(Frame::Array { index: 0 }),
            ('}' | ']', _) => drop(frames.pop()),
            (',', Some(Frame::Object { key, .. })) => *key = None,
            (',', Some(Frame::Array { index })) => *index += 1,
            ('"', frame) => {
                length = string_length(rest);
                let literal = rest.get(..length).unwrap_or(rest);
                let twin = frame.is_some_and(|frame| is_twin(frame, literal));
                if twin {
                    return Some(way(&frames));
                }
            }
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    None
}

/// Notes a string if it is a key; whether the object had it already.
fn is_twin(frame: &mut Frame, literal: &str) -> bool {
    let Frame::Object { seen, key } = frame else { return false };
    if key.is_some() {
        return false;
    }
    let name: String = serde_json::from_str(literal).unwrap_or_else(|_| literal.to_owned());
    *key = Some(name.clone());
    !seen.insert(name)
}

/// How long the string literal is that the text begins with.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

fn way(frames: &[Frame]) -> String {
    let steps = frames.iter().map(|frame| match frame {
        Frame::Object { key, .. } => key.clone().unwrap_or_default(),
        Frame::Array { index } => index.to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(r#"{"a":{"x":1},"b":{"x":1},"c":["x","x"]}"#, None; "equal keys of different objects")]
    #[test_case(r#"{"a":"a","b":"a"}"#, None; "equal values")]
    #[test_case(r#"{"Statement":[{},{"Condition":{"S":{"a\"":1},"S":{}}}]}"#, Some("Statement.1.Condition.S"); "nested")]
    #[test_case(r#"{"a":1,"\u0061":2}"#, Some("a"); "written differently")]
    fn keys(text: &str, expected: Option<&str>) {
        assert_eq!(duplicate_key(text).as_deref(), expected);
    }
}
