//! The scanner: text to tokens, every byte accounted for, no judgement about grammar.

use super::token::{Kind, Token};

/// What the text is, which decides how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A configuration file or an expression.
    Code,
    /// A template as `templatefile` reads it.
    Template,
}

/// What surrounds the current position.
enum Mode {
    /// Code; inside a template sequence the brace that balances ends it.
    Code { braces: usize, in_sequence: bool },
    /// Inside quotes.
    Quoted,
    /// Inside a heredoc.
    Heredoc { marker: (usize, usize), at_line_start: bool },
    /// A template that only the end of the text ends.
    Bare,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
}

/// The tokens of a text; the last one is [`Kind::End`].
pub(crate) fn scan(text: &str, source: Source) -> Vec<Token> {
    let first = match source {
        Source::Code => Mode::Code { braces: 0, in_sequence: false },
        Source::Template => Mode::Bare,
    };
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner { text, at, modes: vec![first], tokens: Vec::with_capacity(text.len() / 4) };
    while scanner.at < text.len() {
        match scanner.modes.last() {
            Some(Mode::Code { .. }) | None => scanner.code(),
            Some(Mode::Quoted) => scanner.quoted(),
            Some(Mode::Heredoc { .. }) => scanner.heredoc(),
            Some(Mode::Bare) => scanner.template_line(),
        }
    }
    scanner.tokens.push(Token { kind: Kind::End, start: text.len(), end: text.len() });
    scanner.tokens
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, start: self.at, end: self.at + length });
        self.at += length;
    }

    fn code(&mut self) {
        let bytes = self.rest().as_bytes();
        match bytes[0] {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(Kind::Newline, 1),
            b'\r' if bytes.get(1) == Some(&b'\n') => self.push(Kind::Newline, 2),
            b'#' => self.line_comment(),
            b'/' if bytes.get(1) == Some(&b'/') => self.line_comment(),
            b'/' if bytes.get(1) == Some(&b'*') => match self.rest()[2..].find("*/") {
                Some(length) => self.push(Kind::Comment, length + 4),
                None => self.push(Kind::Slash, 1),
            },
            b'"' => {
                self.push(Kind::OpenQuote, 1);
                self.modes.push(Mode::Quoted);
            }
            b'<' if self.open_heredoc() => {}
            b'0'..=b'9' => {
                let length = number_length(bytes);
                self.push(Kind::Number, length);
            }
            b'{' | b'}' | b'~' => self.brace(),
            _ => self.word_or_operator(),
        }
    }

    fn line_comment(&mut self) {
        let length = self.rest().find('\n').map_or(self.rest().len(), |position| position + 1);
        self.push(Kind::Comment, length);
    }

    fn brace(&mut self) {
        let rest = self.rest();
        let closes_trimming = rest.starts_with("~}");
        let opens = rest.starts_with('{');
        let Some(Mode::Code { braces, in_sequence }) = self.modes.last_mut() else { return };
        if opens {
            *braces += 1;
            self.push(Kind::OpenBrace, 1);
        } else if *in_sequence && *braces == 0 && (closes_trimming || rest.starts_with('}')) {
            self.modes.pop();
            self.push(Kind::SequenceEnd, if closes_trimming { 2 } else { 1 });
        } else if rest.starts_with('}') {
            *braces = braces.saturating_sub(1);
            self.push(Kind::CloseBrace, 1);
        } else {
            self.push(Kind::Invalid, 1);
        }
    }

    /// `<<EOT` and the line break after it; anything else is the operator `<`.
    fn open_heredoc(&mut self) -> bool {
        let Some(after) = self.rest().strip_prefix("<<") else { return false };
        let marker_text = after.strip_prefix('-').unwrap_or(after);
        let marker_length = identifier_length(marker_text);
        let line_break = match &marker_text.as_bytes()[marker_length..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return false,
        };
        if marker_length == 0 {
            return false;
        }
        let start = self.text.len() - marker_text.len();
        let marker = (start, start + marker_length);
        let length = marker.1 + line_break - self.at;
        self.push(Kind::OpenHeredoc, length);
        self.modes.push(Mode::Heredoc { marker, at_line_start: true });
        true
    }

    fn word_or_operator(&mut self) {
        const OPERATORS: [(&str, Kind); 26] = [
            ("...", Kind::Ellipsis),
            ("==", Kind::Equal),
            ("=>", Kind::FatArrow),
            ("!=", Kind::NotEqual),
            ("<=", Kind::LessOrEqual),
            (">=", Kind::GreaterOrEqual),
            ("&&", Kind::And),
            ("||", Kind::Or),
            ("::", Kind::DoubleColon),
            ("=", Kind::Assign),
            ("!", Kind::Not),
            ("<", Kind::Less),
            (">", Kind::Greater),
            ("(", Kind::OpenParenthesis),
            (")", Kind::CloseParenthesis),
            ("[", Kind::OpenBracket),
            ("]", Kind::CloseBracket),
            ("*", Kind::Star),
            ("/", Kind::Slash),
            ("+", Kind::Plus),
            ("-", Kind::Minus),
            ("%", Kind::Percent),
            (".", Kind::Dot),
            (",", Kind::Comma),
            ("?", Kind::Question),
            (":", Kind::Colon),
        ];
        let word = identifier_length(self.rest());
        if word > 0 {
            return self.push(Kind::Identifier, word);
        }
        let found = OPERATORS.iter().find(|(sign, _)| self.rest().starts_with(sign));
        match found {
            Some((sign, kind)) => self.push(*kind, sign.len()),
            None => {
                let length = self.rest().chars().next().map_or(1, char::len_utf8);
                self.push(Kind::Invalid, length);
            }
        }
    }

    fn quoted(&mut self) {
        if self.rest().starts_with('"') {
            self.push(Kind::CloseQuote, 1);
            self.modes.pop();
        } else if self.rest().starts_with(['\n', '\r']) {
            // The string was not closed. Going on as code from the next line finds the other mistakes.
            self.push(Kind::QuotedNewline, 0);
            self.modes.truncate(1);
        } else if !self.open_sequence() {
            let length = text_length(self.rest(), true);
            self.push(Kind::QuotedText, length);
        }
    }

    fn heredoc(&mut self) {
        if self.open_sequence() {
            return;
        }
        let length = text_length(self.rest(), false);
        let whole_line = self.rest()[..length].ends_with('\n');
        let text = &self.text[self.at..self.at + length];
        let Some(Mode::Heredoc { marker, at_line_start }) = self.modes.last_mut() else { return };
        let starts_line = std::mem::replace(at_line_start, true);
        if whole_line && starts_line && text.trim() == &self.text[marker.0..marker.1] {
            let end = text.strip_suffix("\r\n").or(text.strip_suffix('\n')).unwrap_or(text).len();
            self.modes.pop();
            self.push(Kind::CloseHeredoc, end);
        } else {
            self.push(Kind::TemplateText, length);
        }
    }

    fn template_line(&mut self) {
        if !self.open_sequence() {
            let length = text_length(self.rest(), false);
            self.push(Kind::TemplateText, length);
        }
    }

    fn open_sequence(&mut self) -> bool {
        let kind = match self.rest().as_bytes() {
            [b'$', b'{', ..] => Kind::Interpolation,
            [b'%', b'{', ..] => Kind::Directive,
            _ => return false,
        };
        if let Some(Mode::Heredoc { at_line_start, .. }) = self.modes.last_mut() {
            *at_line_start = false;
        }
        let length = if self.rest()[2..].starts_with('~') { 3 } else { 2 };
        self.push(kind, length);
        self.modes.push(Mode::Code { braces: 0, in_sequence: true });
        true
    }
}

/// The length of the literal text at the beginning: inside quotes to the quote or line break, else to the end of the line.
fn text_length(text: &str, quoted: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        match byte {
            b'"' | b'\n' | b'\r' if quoted => break,
            b'\n' => return at + 1,
            b'\\' if quoted && next.is_some_and(|next| *next != b'\n') => at += 2,
            b'$' | b'%' if next == Some(&b'{') => break,
            b'$' | b'%' if next == Some(byte) && bytes.get(at + 2) == Some(&b'{') => at += 3,
            _ => at += 1,
        }
    }
    // A backslash may have skipped into the middle of a character.
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at.max(usize::from(!bytes.is_empty())).min(bytes.len())
}

fn identifier_length(text: &str) -> usize {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if first == '_' || unicode_ident::is_xid_start(first) => {
            let rest = characters.take_while(|c| *c == '-' || unicode_ident::is_xid_continue(*c));
            first.len_utf8() + rest.map(char::len_utf8).sum::<usize>()
        }
        _ => 0,
    }
}

/// A number takes every digit, dot and exponent that follows, so that `1.2.3` is one wrong number and not two; but dots
/// at its end belong to what follows, as in `f(1...)`.
fn number_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'.' => at += 1,
            b'e' | b'E' => match (bytes.get(at + 1), bytes.get(at + 2)) {
                (Some(b'0'..=b'9'), _) => at += 2,
                (Some(b'+' | b'-'), Some(b'0'..=b'9')) => at += 3,
                _ => break,
            },
            _ => break,
        }
    }
    while at > 1 && bytes[at - 1] == b'.' {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    fn kinds(text: &str) -> Vec<Kind> {
        scan(text, Source::Code).iter().map(|token| token.kind).collect()
    }

    #[test]
    fn every_byte_but_blanks_is_in_a_token() {
        let text = "a = \"x${b}\\\"\" # c\nd { e = <<-E\n  f ${g} $${h}\n  E\n}\n";
        let mut at = 0;
        for token in scan(text, Source::Code) {
            assert!(text[at..token.start].chars().all(|c| c == ' '), "{token:?}");
            at = token.end;
        }
        assert_eq!(at, text.len());
    }

    #[test]
    fn nested_quotes_return_to_the_outer_string() {
        assert_eq!(
            kinds(r#""${"${x}"}""#),
            [
                Kind::OpenQuote,
                Kind::Interpolation,
                Kind::OpenQuote,
                Kind::Interpolation,
                Kind::Identifier,
                Kind::SequenceEnd,
                Kind::CloseQuote,
                Kind::SequenceEnd,
                Kind::CloseQuote,
                Kind::End
            ]
        );
    }

    #[test_case("1.2.3", 1; "dots")]
    #[test_case("1e5", 1; "exponent")]
    #[test_case("1e", 2; "no exponent")]
    #[test_case("1...", 2; "ellipsis")]
    fn numbers_take_what_belongs_to_them(text: &str, tokens: usize) {
        assert_eq!(kinds(text).len() - 1, tokens);
    }

    #[test]
    fn a_line_that_only_begins_with_the_marker_is_text() {
        let text = "a = <<E\nE x\n E \nE";
        let tokens = scan(text, Source::Code);
        assert_eq!(tokens.iter().filter(|token| token.kind == Kind::TemplateText).count(), 1);
    }

    #[test]
    fn any_bytes_scan_to_the_end() {
        for text in ["\"\\é", "\"\\", "<<", "<<-", "~", "\0", "é", "\"${", "/*", "\r", "<<E\n", "$", "\"%"]
        {
            assert_eq!(scan(text, Source::Code).last().map(|token| token.end), Some(text.len()));
        }
    }
}
