//! The position in the tokens, and how a parser says that it expected something else.

use recon_core::{Diagnostic, FileId, Span};

use super::token::{Kind, Token};

/// What a piece of grammar gives, or the one thing that is wrong with it.
pub(super) type Parsed<T> = Result<T, Box<Diagnostic>>;

/// Whether a line break means something where the parser is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Newlines {
    /// It ends an argument or an entry.
    Matter,
    /// It is a blank, as between parentheses.
    Ignored,
}

/// Where a text begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) file: FileId,
    pub(super) start: usize,
}

impl Place {
    /// The range of bytes of the text as a place in the file.
    pub(super) fn span(self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, self.start + range.start..self.start + range.end)
    }
}

/// Tokens without comments, and the next one to read.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    file: FileId,
    /// Where the text begins in the file.
    base: usize,
    tokens: Vec<Token>,
    at: usize,
    newlines: Newlines,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(place: Place, text: &'a str, tokens: &[Token]) -> Self {
        let tokens = tokens.iter().filter_map(|token| significant(*token, text)).collect();
        Self { text, file: place.file, base: place.start, tokens, at: 0, newlines: Newlines::Matter }
    }

    /// Runs `parse` with line breaks meaning what it says, and restores what they meant, even on failure.
    pub(super) fn with_newlines<T>(
        &mut self,
        newlines: Newlines,
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let before = std::mem::replace(&mut self.newlines, newlines);
        let result = parse(self);
        self.newlines = before;
        result
    }

    /// The next token that means something.
    pub(super) fn peek(&self) -> Token {
        self.tokens[self.position()]
    }

    /// Takes the next token. The end of the text can be taken any number of times.
    pub(super) fn read(&mut self) -> Token {
        let at = self.position();
        self.at = (at + 1).min(self.tokens.len() - 1);
        self.tokens[at]
    }

    /// Takes the next token if it is of that kind.
    pub(super) fn accept(&mut self, kind: Kind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.read())
    }

    /// Takes the next token if it is that word.
    pub(super) fn accept_word(&mut self, word: &str) -> Option<Token> {
        self.at_word(word).then(|| self.read())
    }

    /// Whether the next token is that word.
    pub(super) fn at_word(&self, word: &str) -> bool {
        let next = self.peek();
        next.kind == Kind::Identifier && next.text(self.text) == word
    }

    /// Takes the next token, which must be of that kind.
    pub(super) fn expect(&mut self, kind: Kind, summary: &'static str, wanted: &str) -> Parsed<Token> {
        self.accept(kind).ok_or_else(|| self.unexpected(summary, wanted))
    }

    /// The index of the next token, for [`Self::skip_to`].
    pub(super) fn index(&self) -> usize {
        self.position()
    }

    /// Goes on at another token.
    pub(super) fn skip_to(&mut self, index: usize) {
        self.at = index.min(self.tokens.len() - 1);
    }

    /// The token at an index; the end of the text past the last.
    pub(super) fn token(&self, index: usize) -> Token {
        self.tokens[index.min(self.tokens.len() - 1)]
    }

    /// The byte after the token that was read last.
    pub(super) fn end_of_previous(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |before| self.tokens[before].end)
    }

    /// The place of a token.
    pub(super) fn span(&self, token: Token) -> Span {
        self.place(token.start..token.end)
    }

    /// The place of a range of bytes.
    pub(super) fn place(&self, range: std::ops::Range<usize>) -> Span {
        Place { file: self.file, start: self.base }.span(range)
    }

    /// The place from a byte to the end of the token that was read last.
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.place(start..self.end_of_previous().max(start))
    }

    /// A place continued to the end of the token that was read last.
    pub(super) fn extended(&self, span: Span) -> Span {
        let end = self.end_of_previous();
        span.to(self.place(end..end))
    }

    /// An error at the next token: what was wanted, and what is there instead.
    pub(super) fn unexpected(&self, summary: &'static str, wanted: &str) -> Box<Diagnostic> {
        let next = self.peek();
        if let Some(lexical) = self.lexical(next) {
            return lexical;
        }
        let detail = format!("{wanted}, but found {}.", describe(next, self.text));
        Box::new(Diagnostic::error(summary, detail).at(self.visible(next)))
    }

    /// An error at a place.
    pub(super) fn failure(span: Span, summary: &'static str, detail: impl Into<String>) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(summary, detail).at(span))
    }

    /// What is wrong with a token that no grammar has a place for.
    fn lexical(&self, token: Token) -> Option<Box<Diagnostic>> {
        let (summary, detail) = match token.kind {
            Kind::QuotedNewline => (
                "Unclosed string",
                "A string in quotes ends on the line where it begins. Close it with `\"`; for text of several lines use a \
                 heredoc such as `<<EOT`, or `\\n` for a line break."
                    .to_owned(),
            ),
            Kind::Invalid => ("Invalid character", invalid_character(token.text(self.text))),
            _ => return None,
        };
        Some(Self::failure(self.visible(token), summary, detail))
    }

    /// A place that can be shown: what has no length is shown as the character before it.
    fn visible(&self, token: Token) -> Span {
        if token.start < token.end {
            return self.span(token);
        }
        let before = self.text[..token.start].chars().next_back().filter(|c| *c != '\n');
        self.place(token.start - before.map_or(0, char::len_utf8)..token.start)
    }

    fn position(&self) -> usize {
        let mut at = self.at;
        while self.newlines == Newlines::Ignored && self.tokens[at].kind == Kind::Newline {
            at += 1;
        }
        at
    }
}

/// A comment means nothing, but the line break that it takes with it may.
fn significant(token: Token, text: &str) -> Option<Token> {
    if token.kind != Kind::Comment {
        return Some(token);
    }
    token.ends_line(text).then_some(Token { kind: Kind::Newline, start: token.end - 1, end: token.end })
}

fn describe(token: Token, text: &str) -> String {
    match token.kind {
        Kind::Newline => "the end of the line".to_owned(),
        Kind::End => "the end".to_owned(),
        Kind::OpenQuote | Kind::CloseQuote => "a quotation mark".to_owned(),
        Kind::OpenHeredoc | Kind::CloseHeredoc => "a heredoc".to_owned(),
        Kind::QuotedText | Kind::TemplateText => "text".to_owned(),
        Kind::Number => format!("the number {}", token.text(text)),
        _ => format!("`{}`", token.text(text)),
    }
}

fn invalid_character(found: &str) -> String {
    match found {
        "'" => "Single quotes do not make a string. Use double quotes: `\"…\"`.".to_owned(),
        "`" => "Backquotes do not make a string. Use double quotes, or a heredoc such as `<<EOT` for several lines."
            .to_owned(),
        ";" => "A semicolon separates nothing here. Put each argument on a line of its own.".to_owned(),
        "&" => "There is no operator `&`. For a logical \"and\" write `&&`.".to_owned(),
        "|" => "There is no operator `|`. For a logical \"or\" write `||`.".to_owned(),
        "^" => "There is no operator `^`. For a power use the function `pow`.".to_owned(),
        "~" => "There is no operator `~`; it has a meaning only in `${~` and `~}`, where it trims blanks.".to_owned(),
        "“" | "”" | "„" | "‘" | "’" => {
            format!("`{found}` is a typographic quotation mark. Write plain double quotes: `\"`.")
        }
        "\u{a0}" => "There is a non-breaking space here. Replace it by an ordinary one.".to_owned(),
        "\0" => "There is a NUL byte here. The file is perhaps not text, or not encoded as UTF-8.".to_owned(),
        other => format!("{other:?} has no meaning here; outside strings and comments only names and operators are allowed."),
    }
}
