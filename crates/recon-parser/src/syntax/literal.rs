//! Literals: numbers, and the text of strings with its escapes.

use std::sync::Arc;

use recon_core::Number;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::cursor::{Cursor, Parsed};
use super::token::{Kind, Token};

/// The value of a number token.
pub(super) fn number(cursor: &Cursor<'_>, token: Token) -> Parsed<Number> {
    token.text(cursor.text).parse().map_err(|_| {
        Cursor::failure(
            cursor.span(token),
            "Invalid number literal",
            "This is not a number. Numbers are written like `42`, `3.14` or `1e6`, with at most one decimal point.",
        )
    })
}

/// The text that a token of a string or template stands for, before normalisation.
pub(super) fn unescape(cursor: &Cursor<'_>, token: Token) -> Parsed<String> {
    let source = token.text(cursor.text);
    let quoted = token.kind == Kind::QuotedText;
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(special) = rest.find(['\\', '$', '%']) {
        text.push_str(&rest[..special]);
        rest = &rest[special..];
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            text.push_str(&rest[1..3]);
            rest = &rest[3..];
        } else if quoted && rest.starts_with('\\') {
            let at = token.end - rest.len();
            let (character, length) = escape(&rest[1..]).map_err(|length| {
                let span = cursor.place(at..at + 1 + length);
                Cursor::failure(span, "Invalid escape sequence", escape_detail(&rest[..=length]))
            })?;
            text.push(character);
            rest = &rest[1 + length..];
        } else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// The same text in normal form C, in which the language compares strings.
pub(crate) fn normalized(text: &str) -> Arc<str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.into(),
        IsNormalized::No | IsNormalized::Maybe => text.nfc().collect::<String>().into(),
    }
}

/// The character of an escape and the length of what names it; or the length of what does not.
fn escape(after: &str) -> Result<(char, usize), usize> {
    let selector = after.chars().next().ok_or(0_usize)?;
    let digits = match selector {
        'n' => return Ok(('\n', 1)),
        'r' => return Ok(('\r', 1)),
        't' => return Ok(('\t', 1)),
        '"' => return Ok(('"', 1)),
        '\\' => return Ok(('\\', 1)),
        'u' => 4,
        'U' => 8,
        other => return Err(other.len_utf8()),
    };
    let found = after[1..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
    let code = u32::from_str_radix(&after[1..=found], 16).ok().filter(|_| found == digits);
    code.and_then(char::from_u32).map(|character| (character, 1 + digits)).ok_or(1 + found)
}

fn escape_detail(written: &str) -> String {
    if written.starts_with("\\u") || written.starts_with("\\U") {
        return format!(
            "`{written}` does not name a character. `\\u` takes four hexadecimal digits and `\\U` takes eight."
        );
    }
    format!(
        "`{written}` has no meaning in a string. The escapes are `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\`, `\\uNNNN` and `\\UNNNNNNNN`; for a \
         backslash write `\\\\`."
    )
}
