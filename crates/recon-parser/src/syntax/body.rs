//! Bodies: arguments and blocks. After a mistake the parser goes on with the next item, so that one run finds them all.

use std::collections::btree_map::Entry;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics};

use super::cursor::{Cursor, Newlines, Parsed};
use super::literal::{normalized, unescape};
use super::operators::expression;
use super::token::{Kind as Token, Token as Piece};
use crate::config::{Argument, Body, NestedBody};
use crate::expression::Expression;

/// What a body consists of.
enum Item {
    Argument(Name, Argument),
    Block(NestedBody),
    /// A block whose end was not found: a mistake in it ended where a block at the outermost level begins.
    Abandoned(NestedBody),
}

/// How the items of a body ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// At a closing brace, or at the end of the file.
    Properly,
    /// At what looks like the next block of the outermost level.
    AtOuterBlock,
}

/// The items up to the end of the file.
pub(super) fn file(cursor: &mut Cursor<'_>, diagnostics: &mut Diagnostics) -> Body {
    let mut body = Body::default();
    loop {
        if items(cursor, &mut body, diagnostics) == Ended::AtOuterBlock {
            continue;
        }
        if cursor.peek().kind == Token::End {
            return body;
        }
        let problem = cursor
            .unexpected("Argument or block definition required", "An argument or a block was expected here");
        diagnostics.push(*problem);
        let brace = cursor.index();
        cursor.read();
        recover(cursor, brace + 1);
    }
}

/// Items as long as there are any, or mistakes that look like one.
fn items(cursor: &mut Cursor<'_>, body: &mut Body, diagnostics: &mut Diagnostics) -> Ended {
    loop {
        let start = cursor.index();
        match cursor.peek().kind {
            Token::Newline => {
                cursor.read();
                continue;
            }
            Token::End | Token::CloseBrace => return Ended::Properly,
            _ => {}
        }
        match item(cursor, diagnostics) {
            Ok(Item::Argument(name, argument)) => add_argument(body, name, argument, diagnostics),
            Ok(Item::Block(block)) => body.blocks.push(block),
            Ok(Item::Abandoned(block)) => {
                body.blocks.push(block);
                return Ended::AtOuterBlock;
            }
            Err(problem) => {
                diagnostics.push(*problem);
                let name = cursor.token(start);
                if name.kind == Token::Identifier && cursor.token(start + 1).kind == Token::Assign {
                    body.broken.insert(name.text(cursor.text).into());
                }
                if recover(cursor, start) == Ended::AtOuterBlock {
                    return Ended::AtOuterBlock;
                }
            }
        }
    }
}

fn add_argument(body: &mut Body, name: Name, argument: Argument, diagnostics: &mut Diagnostics) {
    match body.attributes.entry(name) {
        Entry::Vacant(free) => {
            free.insert(argument);
        }
        Entry::Occupied(taken) => {
            let detail =
                format!("The argument `{}` is set twice in this block. Remove one of the two.", taken.key());
            diagnostics.push(
                Diagnostic::error("Attribute redefined", detail)
                    .at(argument.name_span)
                    .label(taken.get().name_span, "first set here"),
            );
        }
    }
}

fn item(cursor: &mut Cursor<'_>, diagnostics: &mut Diagnostics) -> Parsed<Item> {
    const SUMMARY: &str = "Argument or block definition required";
    let name = cursor.peek();
    if name.kind == Token::OpenQuote {
        let detail = "The name of an argument or block is written without quotes.";
        return Err(Cursor::failure(cursor.span(name), "Invalid argument name", detail));
    }
    cursor.expect(Token::Identifier, SUMMARY, "An argument or a block was expected here")?;
    match cursor.peek().kind {
        Token::Assign => {
            let argument = argument(cursor, name)?;
            end_of_item(cursor, "Missing newline after argument", "An argument ends with its line")?;
            Ok(Item::Argument(name.text(cursor.text).into(), argument))
        }
        Token::OpenQuote | Token::OpenBrace | Token::Identifier => {
            let item = block(cursor, name, diagnostics)?;
            if matches!(item, Item::Block(_)) {
                end_of_item(cursor, "Missing newline after block definition", "A block ends with its line")?;
            }
            Ok(item)
        }
        _ => {
            let wanted = format!(
                "`{}` is neither an argument (`name = value`) nor a block (`name {{`); `=` or `{{` was expected here",
                name.text(cursor.text)
            );
            Err(cursor.unexpected(SUMMARY, &wanted))
        }
    }
}

fn argument(cursor: &mut Cursor<'_>, name: Piece) -> Parsed<Argument> {
    cursor.read();
    let value: Expression = expression(cursor)?;
    Ok(Argument { name_span: cursor.span(name), value })
}

fn end_of_item(cursor: &mut Cursor<'_>, summary: &'static str, rule: &str) -> Parsed<()> {
    match cursor.peek().kind {
        Token::Newline => {
            cursor.read();
            Ok(())
        }
        Token::End => Ok(()),
        Token::Comma => Err(Cursor::failure(
            cursor.span(cursor.peek()),
            "Unexpected comma after argument",
            "Arguments are separated by line breaks, not by commas. Put each on a line of its own.",
        )),
        _ => Err(cursor.unexpected(summary, &format!("{rule}; the end of the line was expected here"))),
    }
}

fn block(cursor: &mut Cursor<'_>, name: Piece, diagnostics: &mut Diagnostics) -> Parsed<Item> {
    let labels = labels(cursor)?;
    let name_span = cursor.span_from(name.start);
    let open = cursor.read();
    let mut body = Body::default();
    match cursor.peek().kind {
        Token::Newline | Token::CloseBrace | Token::End => {
            if items(cursor, &mut body, diagnostics) == Ended::AtOuterBlock {
                let name = name.text(cursor.text).into();
                return Ok(Item::Abandoned(NestedBody { name, labels, name_span, body }));
            }
            if cursor.accept(Token::CloseBrace).is_none() {
                return Err(unclosed(cursor, open));
            }
        }
        _ => single_line(cursor, &mut body, open)?,
    }
    body.span = Some(cursor.span_from(name.start));
    Ok(Item::Block(NestedBody { name: name.text(cursor.text).into(), labels, name_span, body }))
}

fn unclosed(cursor: &Cursor<'_>, open: Piece) -> Box<Diagnostic> {
    let detail = "The file ends before this brace is closed. A `}` is missing: at the end of this block, or of one inside it.";
    Cursor::failure(cursor.span(open), "Unclosed configuration block", detail)
}

fn labels(cursor: &mut Cursor<'_>) -> Parsed<Vec<Name>> {
    const SUMMARY: &str = "Invalid block definition";
    let mut labels = Vec::new();
    loop {
        let next = cursor.peek();
        match next.kind {
            Token::OpenBrace => return Ok(labels),
            Token::Identifier => {
                cursor.read();
                labels.push(next.text(cursor.text).into());
            }
            Token::OpenQuote => labels.push(quoted_label(cursor)?),
            Token::Assign => {
                let detail = "A block has no `=` before its `{`. To set an argument, write a single name before the `=`.";
                return Err(Cursor::failure(cursor.span(next), SUMMARY, detail));
            }
            Token::Newline => {
                return Err(cursor.unexpected(
                    SUMMARY,
                    "A block's `{` stands on the same line as its name; it was expected here",
                ));
            }
            _ => return Err(cursor.unexpected(SUMMARY, "A label in quotes or `{` was expected here")),
        }
    }
}

fn quoted_label(cursor: &mut Cursor<'_>) -> Parsed<Name> {
    cursor.read();
    let mut label = String::new();
    while cursor.peek().kind == Token::QuotedText {
        let text = cursor.read();
        label.push_str(&unescape(cursor, text)?);
    }
    if matches!(cursor.peek().kind, Token::Interpolation | Token::Directive) {
        let detail =
            "A block's label is plain text: the configuration must be readable before anything is evaluated.";
        return Err(Cursor::failure(cursor.span(cursor.peek()), "Invalid block label", detail));
    }
    cursor.expect(Token::CloseQuote, "Unclosed string", "A label ends with `\"` on the same line")?;
    Ok(normalized(&label))
}

/// `{ name = value }`: one argument, closed on the same line.
fn single_line(cursor: &mut Cursor<'_>, body: &mut Body, open: Piece) -> Parsed<()> {
    const SUMMARY: &str = "Invalid single-argument block definition";
    let name = cursor.peek();
    cursor.expect(
        Token::Identifier,
        "Argument or block definition required",
        "An argument or the end of the line was expected here",
    )?;
    if cursor.peek().kind != Token::Assign {
        let detail = "A block on one line can hold one argument and no other block. Put what is inside on lines of its own.";
        // With what shows that it begins a block.
        let head = cursor.span(name).to(cursor.place(name.start..cursor.peek().end));
        return Err(Cursor::failure(head, SUMMARY, detail));
    }
    let argument = argument(cursor, name)?;
    body.attributes.insert(name.text(cursor.text).into(), argument);
    if cursor.accept(Token::CloseBrace).is_some() {
        return Ok(());
    }
    let wanted = match cursor.peek().kind {
        Token::Comma => {
            "A block on one line holds one argument. Put each argument on a line of its own. `}` was expected here"
        }
        Token::Newline => {
            "A block whose argument stands on its first line is closed on that line. Begin the argument on a new line, or close the \
             block. `}` was expected here"
        }
        _ => "A block on one line ends after its argument; `}` was expected here",
    };
    Err(Box::new(cursor.unexpected(SUMMARY, wanted).label(cursor.span(open), "opened here")))
}

/// Goes to what is probably the next item: past the end of the line that closes every bracket opened since `start`, or to a line that
/// begins like a block at the outermost level.
fn recover(cursor: &mut Cursor<'_>, start: usize) -> Ended {
    let failed_at = cursor.index();
    let mut depth = 0_i32;
    let mut braces = 0_i32;
    let mut index = start;
    let mut ended = Ended::Properly;
    loop {
        let token = cursor.token(index);
        let past_failure = index >= failed_at;
        match token.kind {
            Token::End => break,
            Token::Newline if past_failure && depth <= 0 => {
                index += 1;
                break;
            }
            Token::Newline if past_failure && starts_block(cursor, index + 1) => {
                index += 1;
                ended = Ended::AtOuterBlock;
                break;
            }
            // Whatever else is open: this brace closes the body that the mistake is in.
            Token::CloseBrace if past_failure && braces == 0 => break,
            kind => {
                depth += kind.bracket_change();
                braces += i32::from(kind == Token::OpenBrace) - i32::from(kind == Token::CloseBrace);
            }
        }
        index += 1;
    }
    cursor.skip_to(index.max(failed_at));
    ended
}

/// Whether an unindented name with labels and a brace stands there: what no line inside a block looks like in formatted text.
fn starts_block(cursor: &Cursor<'_>, index: usize) -> bool {
    let first = cursor.token(index);
    let unindented = first.start == 0 || cursor.text.as_bytes().get(first.start - 1) == Some(&b'\n');
    if first.kind != Token::Identifier || !unindented {
        return false;
    }
    let mut index = index + 1;
    while matches!(
        cursor.token(index).kind,
        Token::Identifier | Token::OpenQuote | Token::QuotedText | Token::CloseQuote
    ) {
        index += 1;
    }
    cursor.token(index).kind == Token::OpenBrace
}

/// An expression that is all of the text.
pub(super) fn whole_expression(cursor: &mut Cursor<'_>) -> Parsed<Expression> {
    cursor.with_newlines(Newlines::Ignored, |cursor| {
        let value = expression(cursor)?;
        if cursor.peek().kind == Token::End {
            return Ok(value);
        }
        Err(cursor.unexpected(
            "Extra characters after expression",
            "The expression ends before this; nothing more was expected",
        ))
    })
}
