//! Strings as the language writes them, and names that need no quotes. Control characters never reach a terminal.

use std::fmt::Write as _;

/// The text in quotes, with escapes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => push_visible(&mut out, other),
        }
    }
    out.push('"');
    out
}

/// The text with control characters made visible; tabs stay.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\t' {
            out.push(c);
        } else {
            push_visible(&mut out, c);
        }
    }
    out
}

/// The same as [`visible`], keeping line ends.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// The name, in quotes unless it can stand without.
pub(crate) fn name(text: &str) -> String {
    let mut characters = text.chars();
    let starts = characters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if starts && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn push_visible(out: &mut String, c: char) {
    // Besides control characters: what reorders or hides text on a terminal.
    let hidden =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if c.is_control() || hidden {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{:04x}", u32::from(c));
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(quoted("a\"b\\\n\u{1b}[2J"), r#""a\"b\\\n\u001b[2J""#);
        assert_eq!(visible("a\u{1b}\tb"), "a\\u001b\tb");
    }

    #[test]
    fn names_are_quoted_only_where_needed() {
        assert_eq!(name("memory_size"), "memory_size");
        assert_eq!(name("a.b"), "\"a.b\"");
        assert_eq!(name(""), "\"\"");
    }
}
