//! Terms: literals, names, calls, parentheses, tuples and objects.

use recon_core::{Type, Value};

use super::collection::{object, tuple};
use super::cursor::{Cursor, Newlines, Parsed};
use super::literal::number;
use super::operators::expression;
use super::template::{Indentation, template};
use super::token::{Kind as Token, Token as Piece};
use crate::expression::{Expression, Kind};

/// One operand.
pub(super) fn term(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let next = cursor.peek();
    match next.kind {
        Token::OpenParenthesis => parenthesis(cursor),
        Token::Number => {
            cursor.read();
            let value = Value::from(number(cursor, next)?);
            Ok(Expression::new(Kind::Literal(value), cursor.span(next)))
        }
        Token::Identifier => word(cursor),
        Token::OpenQuote => {
            cursor.read();
            template(cursor, next.start, Token::CloseQuote, Indentation::Kept)
        }
        Token::OpenHeredoc => {
            cursor.read();
            let flush = next.text(cursor.text).starts_with("<<-");
            let indentation = if flush { Indentation::Removed } else { Indentation::Kept };
            template(cursor, next.start, Token::CloseHeredoc, indentation)
        }
        Token::OpenBracket => tuple(cursor),
        Token::OpenBrace => object(cursor),
        _ => Err(cursor.unexpected("Invalid expression", "A value was expected here")),
    }
}

fn parenthesis(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let open = cursor.read();
    cursor.with_newlines(Newlines::Ignored, |cursor| {
        let inner = expression(cursor)?;
        if cursor.accept(Token::CloseParenthesis).is_none() {
            let problem = cursor.unexpected(
                "Unbalanced parentheses",
                "This expression in parentheses goes on or ends; an operator or `)` was expected here",
            );
            return Err(Box::new(problem.label(cursor.span(open), "opened here")));
        }
        Ok(Expression::new(Kind::Parenthesis(inner), cursor.span_from(open.start)))
    })
}

fn word(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    let token = cursor.read();
    if matches!(cursor.peek().kind, Token::OpenParenthesis | Token::DoubleColon) {
        return call(cursor, token);
    }
    let kind = match token.text(cursor.text) {
        "true" => Kind::Literal(Value::from(true)),
        "false" => Kind::Literal(Value::from(false)),
        "null" => Kind::Literal(Value::null(Type::Any)),
        name => Kind::Variable(name.into()),
    };
    Ok(Expression::new(kind, cursor.span(token)))
}

fn call(cursor: &mut Cursor<'_>, first: Piece) -> Parsed<Expression> {
    let mut name = first.text(cursor.text).to_owned();
    while cursor.accept(Token::DoubleColon).is_some() {
        let part = cursor.expect(
            Token::Identifier,
            "Missing function name",
            "After `::`, the next part of a function's name was expected",
        )?;
        name.push_str("::");
        name.push_str(part.text(cursor.text));
    }
    let name_span = cursor.span_from(first.start);
    let open = cursor.expect(
        Token::OpenParenthesis,
        "Missing open parenthesis",
        "A function's name is followed by its arguments in parentheses; `(` was expected here",
    )?;
    let (arguments, expand) = cursor.with_newlines(Newlines::Ignored, |cursor| {
        arguments(cursor).map_err(|problem| with_opening(cursor, *problem, open))
    })?;
    let kind = Kind::Call { name: name.into(), name_span, arguments, expand };
    Ok(Expression::new(kind, cursor.span_from(first.start)))
}

/// A mistake on another line than the call's beginning is shown with that.
fn with_opening(
    cursor: &Cursor<'_>,
    problem: recon_core::Diagnostic,
    open: Piece,
) -> Box<recon_core::Diagnostic> {
    let between = cursor.text.get(open.end..cursor.peek().start).unwrap_or("");
    Box::new(if between.contains('\n') { problem.label(cursor.span(open), "opened here") } else { problem })
}

fn arguments(cursor: &mut Cursor<'_>) -> Parsed<(Vec<Expression>, bool)> {
    let mut arguments = Vec::new();
    loop {
        if cursor.accept(Token::CloseParenthesis).is_some() {
            return Ok((arguments, false));
        }
        arguments.push(expression(cursor)?);
        if cursor.accept(Token::Ellipsis).is_some() {
            cursor.expect(
                Token::CloseParenthesis,
                "Missing closing parenthesis",
                "An argument with `...` is the last one; `)` was expected here",
            )?;
            return Ok((arguments, true));
        }
        if cursor.peek().kind != Token::CloseParenthesis {
            cursor.expect(
                Token::Comma,
                "Missing argument separator",
                "Arguments of a function are separated by commas; `,` or `)` was expected here",
            )?;
        }
    }
}
