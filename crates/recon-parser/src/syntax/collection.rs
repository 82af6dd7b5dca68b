//! Tuples, objects, and the `for` expressions that build them.

use recon_core::Value;
use recon_core::value::Name;

use super::cursor::{Cursor, Newlines, Parsed};
use super::literal::normalized;
use super::operators::expression;
use super::token::{Kind as Token, Token as Piece};
use crate::expression::{Expression, For, Kind};

/// `[a, b]` or `[for …]`
pub(super) fn tuple(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let open = cursor.read();
    cursor.with_newlines(Newlines::Ignored, |cursor| {
        if cursor.at_word("for") {
            return for_expression(cursor, open);
        }
        let mut items = Vec::new();
        while cursor.accept(Token::CloseBracket).is_none() {
            items.push(expression(cursor)?);
            if cursor.peek().kind != Token::CloseBracket && cursor.accept(Token::Comma).is_none() {
                return Err(opened(
                    cursor,
                    open,
                    "Missing item separator",
                    "Elements are separated by commas; `,` or `]` was expected here",
                ));
            }
        }
        Ok(Expression::new(Kind::Tuple(items), cursor.span_from(open.start)))
    })
}

/// `{ a = b }` or `{for …}`
pub(super) fn object(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let open = cursor.read();
    let is_for = cursor.with_newlines(Newlines::Ignored, |cursor| Ok(cursor.at_word("for")))?;
    if is_for {
        return cursor.with_newlines(Newlines::Ignored, |cursor| for_expression(cursor, open));
    }
    cursor.with_newlines(Newlines::Matter, |cursor| {
        let mut entries = Vec::new();
        loop {
            while cursor.accept(Token::Newline).is_some() {}
            if cursor.accept(Token::CloseBrace).is_some() {
                return Ok(Expression::new(Kind::Object(entries), cursor.span_from(open.start)));
            }
            entries.push(entry(cursor, open)?);
            let next = cursor.peek().kind;
            if next != Token::CloseBrace
                && cursor.accept(Token::Comma).or_else(|| cursor.accept(Token::Newline)).is_none()
            {
                return Err(opened(
                    cursor,
                    open,
                    "Missing attribute separator",
                    "Entries are separated by line breaks or commas; one of them or `}` was expected here",
                ));
            }
        }
    })
}

fn entry(cursor: &mut Cursor<'_>, open: Piece) -> Parsed<(Expression, Expression)> {
    let first = cursor.peek();
    let key = expression(cursor)?;
    let key = match first.kind {
        Token::Identifier => name_as_key(cursor, first, key),
        // A quoted reference is no bare one: it is evaluated.
        Token::OpenQuote => Expression::new(Kind::Parenthesis(key.clone()), key.span),
        _ => key,
    };
    if cursor.accept(Token::Assign).or_else(|| cursor.accept(Token::Colon)).is_none() {
        let wanted = "A key is followed by `=` and its value; `=` was expected here";
        return Err(opened(cursor, open, "Missing key/value separator", wanted));
    }
    Ok((key, expression(cursor)?))
}

/// A bare name as a key is its own text, even if it is a word such as `true`. One with dots is left as it is: `providers` of a module call
/// reads it, and anywhere else it has no value.
fn name_as_key(cursor: &Cursor<'_>, first: Piece, key: Expression) -> Expression {
    if key.span != cursor.span(first) {
        return key;
    }
    let text = normalized(first.text(cursor.text));
    Expression::new(Kind::Literal(Value::from(text)), key.span)
}

/// `for key, value in collection : …`, after the bracket that decides what it builds.
fn for_expression(cursor: &mut Cursor<'_>, open: Piece) -> Parsed<Expression> {
    const SUMMARY: &str = "Invalid 'for' expression";
    let builds_object = open.kind == Token::OpenBrace;
    cursor.read();
    let (key, value) = for_names(cursor, SUMMARY)?;
    let collection = expression(cursor)?;
    cursor.expect(
        Token::Colon,
        SUMMARY,
        "The collection is followed by `:` and the result; `:` was expected here",
    )?;
    let first = expression(cursor)?;
    let arrow = cursor.accept(Token::FatArrow);
    let (key_result, result) = match arrow {
        Some(_) => (Some(first), expression(cursor)?),
        None => (None, first),
    };
    let ellipsis = cursor.accept(Token::Ellipsis);
    let condition = match cursor.accept_word("if") {
        Some(_) => Some(expression(cursor)?),
        None => None,
    };
    let close = if builds_object { Token::CloseBrace } else { Token::CloseBracket };
    if builds_object && key_result.is_none() {
        let wanted = "Between braces, the result of `for` is `key => value`; `=>` was expected here";
        return Err(opened(cursor, open, SUMMARY, wanted));
    }
    if cursor.accept(close).is_none() {
        return Err(opened(cursor, open, SUMMARY, "The `for` expression should end here"));
    }
    if let Some(extra) = arrow.or(ellipsis).filter(|_| !builds_object) {
        let sign = extra.text(cursor.text);
        let detail =
            format!("`{sign}` has no place in a `for` between brackets. To build an object, use braces.");
        return Err(Cursor::failure(cursor.span(extra), SUMMARY, detail));
    }
    let grouped = ellipsis.is_some();
    let kind = Kind::For(For { key, value, collection, key_result, result, grouped, condition });
    Ok(Expression::new(kind, cursor.span_from(open.start)))
}

/// The variables of a `for`, up to and with `in`.
pub(super) fn for_names(cursor: &mut Cursor<'_>, summary: &'static str) -> Parsed<(Option<Name>, Name)> {
    let wanted = "A `for` names one or two variables; a name was expected here";
    let first = cursor.expect(Token::Identifier, summary, wanted)?;
    let first: Name = first.text(cursor.text).into();
    let second = match cursor.accept(Token::Comma) {
        Some(_) => Some(cursor.expect(Token::Identifier, summary, wanted)?),
        None => None,
    };
    if cursor.accept_word("in").is_none() {
        return Err(
            cursor.unexpected(summary, "The variables of a `for` are followed by `in`; it was expected here")
        );
    }
    Ok(match second {
        Some(token) => (Some(first), token.text(cursor.text).into()),
        None => (None, first),
    })
}

/// An error inside brackets; where they were opened on another line, with that place.
fn opened(
    cursor: &Cursor<'_>,
    open: Piece,
    summary: &'static str,
    wanted: &str,
) -> Box<recon_core::Diagnostic> {
    let problem = cursor.unexpected(summary, wanted);
    let between = cursor.text.get(open.end..cursor.peek().start).unwrap_or("");
    if between.contains('\n') { Box::new(problem.label(cursor.span(open), "opened here")) } else { problem }
}
