//! Tokens: the smallest pieces of source text, each with its place.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,
    /// `"` that begins a string.
    OpenQuote,
    /// `"` that ends a string.
    CloseQuote,
    /// `<<EOT` or `<<-EOT` with its line break.
    OpenHeredoc,
    /// The closing marker with the blanks around it, without its line break.
    CloseHeredoc,
    /// `${` or `${~`
    Interpolation,
    /// `%{` or `%{~`
    Directive,
    /// `}` or `~}` that ends an interpolation or directive.
    SequenceEnd,
    /// Text inside quotes, still escaped.
    QuotedText,
    /// One line, or a part of one, inside a heredoc or a template file.
    TemplateText,
    /// A line break inside quotes, where none may be.
    QuotedNewline,
    Number,
    Identifier,
    /// With the line break that ends it, unless it is `/* … */`.
    Comment,
    Newline,
    End,
    Star,
    Slash,
    Plus,
    Minus,
    Percent,
    Assign,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    Dot,
    Comma,
    Ellipsis,
    FatArrow,
    Question,
    Colon,
    DoubleColon,
    /// A character, or an operator of another language, that has no meaning here.
    Invalid,
}

/// A token: what, and from which byte to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// The token's source.
    pub(crate) fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or("")
    }

    /// Whether a line ends with this token: a `#` comment takes its line break with it.
    pub(crate) fn ends_line(&self, source: &str) -> bool {
        match self.kind {
            Kind::Newline => true,
            Kind::Comment => self.text(source).ends_with('\n'),
            _ => false,
        }
    }
}

impl Kind {
    /// 1 for what opens a bracket of any sort, -1 for what closes one, else 0.
    pub(crate) fn bracket_change(self) -> i32 {
        match self {
            Self::OpenBrace
            | Self::OpenBracket
            | Self::OpenParenthesis
            | Self::Interpolation
            | Self::Directive => 1,
            Self::CloseBrace | Self::CloseBracket | Self::CloseParenthesis | Self::SequenceEnd => -1,
            _ => 0,
        }
    }
}
