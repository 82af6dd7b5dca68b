//! JSON with the place of every value.

use recon_core::{Diagnostic, FileId, Span};

/// How many arrays and objects may be inside each other.
const NESTING_MAX: usize = crate::syntax::NESTING_MAX;

/// A JSON value with its place.
#[derive(Clone, Debug)]
pub(super) struct Json {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a JSON value is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// In source order; a name may occur more than once.
    Object(Vec<(Json, Json)>),
}

/// Reads a whole text.
pub(super) fn parse(file: FileId, text: &str) -> Result<Json, Box<Diagnostic>> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { file, text, at: start };
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.wrong("The value ends before this; nothing more was expected"));
    }
    Ok(value)
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Json, Box<Diagnostic>> {
        self.blanks();
        let start = self.at;
        let kind = match self.byte() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't' | b'f' | b'n') => self.word()?,
            _ => return Err(self.wrong("A JSON value was expected here")),
        };
        Ok(Json { kind, span: Span::new(self.file, start..self.at) })
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Box<Diagnostic>> {
        self.descend(depth)?;
        let mut entries = Vec::new();
        if self.accept(b'}') {
            return Ok(Kind::Object(entries));
        }
        loop {
            self.blanks();
            let start = self.at;
            if self.byte() != Some(b'"') {
                return Err(self.wrong("The name of a property in quotes was expected here"));
            }
            let name =
                Json { kind: Kind::String(self.string()?), span: Span::new(self.file, start..self.at) };
            if !self.accept(b':') {
                return Err(self.wrong("A `:` was expected after the name of a property"));
            }
            entries.push((name, self.value(depth + 1)?));
            if self.accept(b'}') {
                return Ok(Kind::Object(entries));
            }
            if !self.accept(b',') {
                return Err(self.wrong("A `,` or `}` was expected after a property"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, Box<Diagnostic>> {
        self.descend(depth)?;
        let mut items = Vec::new();
        if self.accept(b']') {
            return Ok(Kind::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.accept(b']') {
                return Ok(Kind::Array(items));
            }
            if !self.accept(b',') {
                return Err(self.wrong("A `,` or `]` was expected after an element"));
            }
        }
    }

    fn descend(&mut self, depth: usize) -> Result<(), Box<Diagnostic>> {
        if depth >= NESTING_MAX {
            return Err(self.wrong("There are too many arrays and objects inside each other"));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, Box<Diagnostic>> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' | b'\n' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        if bytes.get(end) != Some(&b'"') {
            self.at = start;
            return Err(
                self.wrong("This string is not closed on its line; its closing quotation mark was expected")
            );
        }
        self.at = end + 1;
        serde_json::from_str(&self.text[start..self.at]).map_err(|_| {
            let detail = "This string has an escape or a control character that JSON does not allow.";
            Box::new(Diagnostic::error("Invalid JSON", detail).at(Span::new(self.file, start..self.at)))
        })
    }

    fn number(&mut self) -> Result<Kind, Box<Diagnostic>> {
        let length = self.text[self.at..].find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c));
        let end = length.map_or(self.text.len(), |length| self.at + length);
        let written = &self.text[self.at..end];
        if !is_number(written) {
            return Err(self.wrong("A number was expected here"));
        }
        self.at = end;
        Ok(Kind::Number(written.to_owned()))
    }

    fn word(&mut self) -> Result<Kind, Box<Diagnostic>> {
        let words = [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)];
        for (word, kind) in words {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.wrong("A JSON value was expected here"))
    }

    fn accept(&mut self, wanted: u8) -> bool {
        self.blanks();
        let found = self.byte() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn wrong(&self, wanted: &str) -> Box<Diagnostic> {
        let next = self.text[self.at..].chars().next();
        let found = next.map_or("the end of the file".to_owned(), |c| format!("`{c}`"));
        let place = Span::new(self.file, self.at..self.at + next.map_or(0, char::len_utf8));
        Box::new(Diagnostic::error("Invalid JSON", format!("{wanted}, but found {found}.")).at(place))
    }
}

/// Whether a text is a number by JSON's grammar.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}
