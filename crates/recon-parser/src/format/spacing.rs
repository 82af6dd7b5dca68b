//! Whether two neighbouring tokens have a blank between them.

use super::Piece;
use crate::syntax::token::Kind;

/// Whether a blank stands after `this`, given what is before it and after it.
pub(super) fn blank_after(before: Option<&Piece>, this: &Piece, after: &Piece) -> bool {
    use Kind::{
        CloseBrace, CloseHeredoc, CloseQuote, Comma, Directive, Dot, DoubleColon, Ellipsis, Identifier,
        Interpolation, Newline, Not, Number, OpenBrace, OpenBracket, OpenHeredoc, OpenParenthesis, OpenQuote,
        QuotedText, SequenceEnd, TemplateText,
    };
    match (this.kind, after.kind) {
        (_, Newline | Dot | Comma | Ellipsis)
        | (Dot, _)
        | (Identifier, OpenParenthesis | DoubleColon)
        | (DoubleColon, Identifier) => false,
        (Comma, _) => true,
        // Inside a template every blank is text.
        (QuotedText | TemplateText | OpenQuote | OpenHeredoc, _)
        | (_, QuotedText | TemplateText | CloseQuote | CloseHeredoc) => false,
        // `in` before a bracket is the keyword of a `for`, not a name that is indexed.
        _ if this.is_word("in") && before.is_some_and(|before| before.kind == Identifier) => true,
        (_, OpenBracket) if this.kind.bracket_change() < 0 => false,
        (Kind::Minus, _) => before.is_some_and(|before| ends_operand(before.kind)),
        (Identifier | Number, OpenBracket)
        | (Not, _)
        | (OpenBrace, CloseBrace)
        | (SequenceEnd, Interpolation | Directive) => false,
        (OpenBrace, _)
        | (_, CloseBrace)
        | (Interpolation | Directive, OpenBrace)
        | (CloseBrace, SequenceEnd) => true,
        _ => this.kind.bracket_change() <= 0 && after.kind.bracket_change() >= 0,
    }
}

/// Whether a minus after it subtracts; after anything else it negates.
fn ends_operand(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::OpenParenthesis
            | Kind::OpenBrace
            | Kind::OpenBracket
            | Kind::Assign
            | Kind::Colon
            | Kind::Comma
            | Kind::Question
            | Kind::Plus
            | Kind::Star
            | Kind::Slash
            | Kind::Percent
            | Kind::Minus
            | Kind::Equal
            | Kind::NotEqual
            | Kind::Greater
            | Kind::GreaterOrEqual
            | Kind::Less
            | Kind::LessOrEqual
            | Kind::And
            | Kind::Or
            | Kind::Not
    )
}
