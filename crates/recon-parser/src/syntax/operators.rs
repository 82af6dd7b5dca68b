//! Expressions around operators: conditionals, binary and unary operators, and what may follow a term.

use std::sync::Arc;

use recon_core::Value;
use recon_core::value::Name;

use super::cursor::{Cursor, Newlines, Parsed};
use super::literal::number;
use super::term::term;
use super::token::Kind as Token;
use crate::expression::{BinaryOperator, Expression, Kind, UnaryOperator};

/// A whole expression.
pub(super) fn expression(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let start = cursor.peek().start;
    let condition = binary(cursor, 0)?;
    if cursor.accept(Token::Question).is_none() {
        return Ok(condition);
    }
    let yes = expression(cursor)?;
    cursor.expect(
        Token::Colon,
        "Missing false expression in conditional",
        "A conditional has the form `condition ? yes : no`; a `:` was expected here",
    )?;
    let no = expression(cursor)?;
    Ok(Expression::new(Kind::Conditional(condition, yes, no), cursor.span_from(start)))
}

/// The operator of a token, and how strongly it binds.
fn operator(token: Token) -> Option<(BinaryOperator, u8)> {
    Some(match token {
        Token::Or => (BinaryOperator::Or, 1),
        Token::And => (BinaryOperator::And, 2),
        Token::Equal => (BinaryOperator::Equal, 3),
        Token::NotEqual => (BinaryOperator::NotEqual, 3),
        Token::Less => (BinaryOperator::Less, 4),
        Token::LessOrEqual => (BinaryOperator::LessOrEqual, 4),
        Token::Greater => (BinaryOperator::Greater, 4),
        Token::GreaterOrEqual => (BinaryOperator::GreaterOrEqual, 4),
        Token::Plus => (BinaryOperator::Add, 5),
        Token::Minus => (BinaryOperator::Subtract, 5),
        Token::Star => (BinaryOperator::Multiply, 6),
        Token::Slash => (BinaryOperator::Divide, 6),
        Token::Percent => (BinaryOperator::Remainder, 6),
        _ => return None,
    })
}

/// Operators that bind more strongly than `floor`; those of one strength group from the left.
fn binary(cursor: &mut Cursor<'_>, floor: u8) -> Parsed<Expression> {
    let start = cursor.peek().start;
    let mut left = unary(cursor)?;
    while let Some((operator, strength)) =
        operator(cursor.peek().kind).filter(|(_, strength)| *strength > floor)
    {
        cursor.read();
        let right = binary(cursor, strength)?;
        left = Expression::new(Kind::Binary(left, operator, right), cursor.span_from(start));
    }
    Ok(left)
}

/// A term with its traversals, perhaps negated.
fn unary(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let start = cursor.peek().start;
    let operator = match cursor.peek().kind {
        Token::Minus => UnaryOperator::Negate,
        Token::Not => UnaryOperator::Not,
        _ => {
            let source = term(cursor)?;
            return traversals(cursor, source);
        }
    };
    cursor.read();
    let operand = unary(cursor)?;
    Ok(Expression::new(Kind::Unary(operator, operand), cursor.span_from(start)))
}

/// `.name`, `[key]`, `[*]` and `.*`, as many as follow.
fn traversals(cursor: &mut Cursor<'_>, source: Expression) -> Parsed<Expression> {
    let mut expression = source;
    loop {
        let kind = cursor.peek().kind;
        let before = expression.span;
        expression = match kind {
            Token::Dot => {
                cursor.read();
                attribute(cursor, expression)?
            }
            Token::OpenBracket => {
                cursor.read();
                if cursor.peek().kind == Token::Star {
                    return full_splat(cursor, expression);
                }
                index(cursor, expression)?
            }
            _ => return Ok(expression),
        };
        let whole = cursor.extended(before);
        expression = Expression { span: whole, ..expression };
    }
}

/// What follows a dot: a name, a number in the old way of indexing, or `*`.
fn attribute(cursor: &mut Cursor<'_>, source: Expression) -> Parsed<Expression> {
    match cursor.peek().kind {
        Token::Identifier => Ok(named(cursor, source)),
        Token::Number => legacy_index(cursor, source),
        Token::Star => {
            let star = cursor.read();
            let mut each = Expression::new(Kind::SplatItem, cursor.span(star));
            while cursor.accept(Token::Dot).is_some() {
                each = match cursor.peek().kind {
                    Token::Identifier => named(cursor, each),
                    Token::Number => legacy_index(cursor, each)?,
                    Token::Star => {
                        return Err(Cursor::failure(
                            cursor.span(cursor.peek()),
                            "Nested splat expression not allowed",
                            "A `.*` cannot stand inside another one. Use `[*]`, or a `for` expression.",
                        ));
                    }
                    _ => return Err(missing_name(cursor)),
                };
            }
            Ok(splat(cursor, source, each))
        }
        _ => Err(missing_name(cursor)),
    }
}

fn missing_name(cursor: &Cursor<'_>) -> Box<recon_core::Diagnostic> {
    cursor.unexpected("Invalid attribute name", "After a dot, the name of an attribute was expected")
}

fn named(cursor: &mut Cursor<'_>, source: Expression) -> Expression {
    let token = cursor.read();
    let name: Name = token.text(cursor.text).into();
    let span = source.span.to(cursor.span(token));
    Expression::new(Kind::Attribute(source, name), span)
}

fn legacy_index(cursor: &mut Cursor<'_>, source: Expression) -> Parsed<Expression> {
    let token = cursor.read();
    let place = cursor.span(token);
    if token.text(cursor.text).contains('.') {
        return Err(Cursor::failure(
            place,
            "Invalid legacy index syntax",
            format!(
                "`{}` reads as one number here. Write each index in brackets, as in `list[0][1]`.",
                token.text(cursor.text)
            ),
        ));
    }
    let key = Expression::new(Kind::Literal(Value::from(number(cursor, token)?)), place);
    let span = source.span.to(place);
    Ok(Expression::new(Kind::Index(source, key), span))
}

fn index(cursor: &mut Cursor<'_>, source: Expression) -> Parsed<Expression> {
    cursor.with_newlines(Newlines::Ignored, |cursor| {
        let key = expression(cursor)?;
        let close = cursor.expect(
            Token::CloseBracket,
            "Missing close bracket on index",
            "An index ends with `]`; it was expected here",
        )?;
        let span = source.span.to(cursor.span(close));
        Ok(Expression::new(Kind::Index(source, key), span))
    })
}

/// `[*]` applies everything that follows it to each element.
fn full_splat(cursor: &mut Cursor<'_>, source: Expression) -> Parsed<Expression> {
    let star = cursor.read();
    cursor.expect(
        Token::CloseBracket,
        "Missing close bracket on splat index",
        "The star of a splat is followed by `]`; it was expected here",
    )?;
    let item = Expression::new(Kind::SplatItem, cursor.span(star));
    let each = traversals(cursor, item)?;
    Ok(splat(cursor, source, each))
}

fn splat(cursor: &Cursor<'_>, source: Expression, each: Expression) -> Expression {
    let span = cursor.extended(source.span);
    Expression { kind: Arc::new(Kind::Splat { source, each }), span }
}
