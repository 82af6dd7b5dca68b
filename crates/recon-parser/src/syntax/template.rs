//! Templates: text with interpolations and directives, in quotes, in a heredoc or in a file of its own.

use recon_core::value::Name;
use recon_core::{Span, Value};

use super::collection::for_names;
use super::cursor::{Cursor, Newlines, Parsed};
use super::indentation;
use super::limit::{NESTING_MAX, too_deep};
use super::literal::{normalized, unescape};
use super::operators::expression;
use super::token::Kind as Token;
use crate::expression::{Expression, Kind, Part};

/// What happens to the blanks at the beginning of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indentation {
    /// They are text.
    Kept,
    /// Those that all lines share are taken out, as `<<-` asks for.
    Removed,
}

/// A template before its directives are matched up.
pub(super) enum Piece {
    Text(String),
    Interpolation(Expression),
    If(Expression),
    Else,
    EndIf,
    For { key: Option<Name>, value: Name, collection: Expression },
    EndFor,
}

type Placed = (Piece, Span);

/// A template whose opening token was just read and began at `start`, up to the token that closes it.
pub(super) fn template(
    cursor: &mut Cursor<'_>,
    start: usize,
    end: Token,
    indentation: Indentation,
) -> Parsed<Expression> {
    let mut pieces = cursor.with_newlines(Newlines::Ignored, |cursor| pieces(cursor, start, end))?;
    if indentation == Indentation::Removed {
        indentation::remove(&mut pieces);
    }
    let span = cursor.span_from(start);
    let only_interpolation = matches!(pieces.as_slice(), [(Piece::Interpolation(_), _)]);
    if only_interpolation && let Some((Piece::Interpolation(inner), _)) = pieces.pop() {
        return Ok(Expression { span, ..inner });
    }
    let mut rest = pieces.into_iter().peekable();
    let mut parts = parts(&mut rest, 0)?;
    if let Some((piece, place)) = rest.next() {
        return Err(misplaced(&piece, place));
    }
    // Text around it was trimmed away, and what is left is text all the same.
    if matches!(parts.as_slice(), [Part::Interpolation(_)]) {
        parts.push(Part::Text("".into()));
    }
    if matches!(parts.as_slice(), [Part::Interpolation(_)]) {
        // There was text, all of it trimmed away; that still makes the whole a text.
        parts.push(Part::Text("".into()));
    }
    let kind = match parts.as_slice() {
        [] => Kind::Literal(Value::from("")),
        [Part::Text(text)] => Kind::Literal(Value::from(text.clone())),
        _ => Kind::Template(parts),
    };
    Ok(Expression::new(kind, span))
}

/// Reads to the closing token, and trims the text beside `~`.
fn pieces(cursor: &mut Cursor<'_>, start: usize, end: Token) -> Parsed<Vec<Placed>> {
    let mut pieces: Vec<Placed> = Vec::new();
    let mut trim_next = false;
    let mut text_before = false;
    loop {
        let next = cursor.peek();
        let trim_this = std::mem::take(&mut trim_next);
        let after_text = std::mem::take(&mut text_before);
        match next.kind {
            kind if kind == end => {
                cursor.read();
                return Ok(pieces);
            }
            Token::QuotedText | Token::TemplateText => {
                cursor.read();
                if end == Token::CloseHeredoc {
                    refuse_lone_returns(cursor, next)?;
                }
                let mut text = unescape(cursor, next)?;
                if trim_this {
                    text.drain(..text.len() - text.trim_start().len());
                }
                pieces.push((Piece::Text(text), cursor.span(next)));
                text_before = true;
            }
            Token::Interpolation | Token::Directive => {
                cursor.read();
                if after_text && next.text(cursor.text).ends_with('~') {
                    trim_end(&mut pieces);
                }
                let piece = match next.kind {
                    Token::Interpolation => Piece::Interpolation(expression(cursor)?),
                    _ => directive(cursor)?,
                };
                trim_next = sequence_end(cursor, &piece)?;
                pieces.push((piece, cursor.span_from(next.start)));
            }
            _ => return Err(unclosed(cursor, start, end)),
        }
    }
}

/// A carriage return belongs to a line break, in a heredoc as in code.
fn refuse_lone_returns(cursor: &Cursor<'_>, piece: super::token::Token) -> Parsed<()> {
    let bytes = piece.text(cursor.text).as_bytes();
    let is_lone = |at: &usize| bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    let Some(at) = (0..bytes.len()).find(is_lone) else { return Ok(()) };
    let place = cursor.place(piece.start + at..piece.start + at + 1);
    let detail = "A carriage return stands alone here, without the line feed that makes a line break of it. Remove it, or write \
                  the text in quotes, with `\\r`.";
    Err(Cursor::failure(place, "Invalid character", detail))
}

fn trim_end(pieces: &mut [Placed]) {
    if let Some((Piece::Text(text), _)) = pieces.last_mut() {
        text.truncate(text.trim_end().len());
    }
}

fn unclosed(cursor: &Cursor<'_>, start: usize, end: Token) -> Box<recon_core::Diagnostic> {
    if cursor.peek().kind != Token::End {
        return cursor.unexpected("Unclosed template", "The end of this text was expected here");
    }
    let opened = cursor.text[start..].lines().next().unwrap_or("");
    let place = cursor.place(start..start + opened.len());
    match end {
        Token::CloseHeredoc => {
            let marker = opened.trim_start_matches('<').trim_start_matches('-');
            let detail = format!(
                "The heredoc is not closed before the end. It ends with a line that has only `{marker}` on it."
            );
            Cursor::failure(place, "Unclosed heredoc", detail)
        }
        _ => Cursor::failure(
            place,
            "Unclosed string",
            "The string is not closed before the end. Close it with `\"`.",
        ),
    }
}

/// The brace that closes a sequence, and whether it trims what follows.
fn sequence_end(cursor: &mut Cursor<'_>, piece: &Piece) -> Parsed<bool> {
    if let Some(end) = cursor.accept(Token::SequenceEnd) {
        return Ok(end.text(cursor.text).starts_with('~'));
    }
    Err(match piece {
        Piece::Interpolation(_) => cursor.unexpected(
            "Extra characters after interpolation expression",
            "An interpolation ends with `}` after its expression. To write `${` as text, for a shell for instance, write `$${`. \
             The end was expected here",
        ),
        _ => cursor.unexpected("Extra characters in template directive", "A directive ends with `}`; it was expected here"),
    })
}

fn directive(cursor: &mut Cursor<'_>) -> Parsed<Piece> {
    const WANTED: &str = "After `%{`, one of `if`, `else`, `endif`, `for` or `endfor` was expected. To write `%{` as text, write `%%{`";
    let word = cursor.expect(Token::Identifier, "Invalid template directive", WANTED)?;
    Ok(match word.text(cursor.text) {
        "if" => Piece::If(expression(cursor)?),
        "else" => Piece::Else,
        "endif" => Piece::EndIf,
        "for" => {
            let (key, value) = for_names(cursor, "Invalid 'for' directive")?;
            Piece::For { key, value, collection: expression(cursor)? }
        }
        "endfor" => Piece::EndFor,
        other => {
            let detail = format!("`{other}` is not a directive. {WANTED}.");
            return Err(Cursor::failure(cursor.span(word), "Invalid template directive", detail));
        }
    })
}

/// Matches up directives until one that this level does not open.
fn parts(pieces: &mut std::iter::Peekable<std::vec::IntoIter<Placed>>, depth: usize) -> Parsed<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut text = String::new();
    while let Some((piece, place)) =
        pieces.next_if(|(piece, _)| !matches!(piece, Piece::Else | Piece::EndIf | Piece::EndFor))
    {
        if let Piece::Text(more) = piece {
            text.push_str(&more);
            continue;
        }
        push_text(&mut parts, &mut text);
        if depth > NESTING_MAX {
            return Err(Box::new(too_deep(place)));
        }
        match piece {
            Piece::Interpolation(expression) => parts.push(Part::Interpolation(expression)),
            Piece::If(condition) => parts.push(conditional(pieces, condition, place, depth)?),
            Piece::For { key, value, collection } => {
                let body = self::parts(pieces, depth + 1)?;
                close(pieces, place, "endfor", |piece| matches!(piece, Piece::EndFor))?;
                parts.push(Part::For { key, value, collection, body });
            }
            Piece::Text(_) | Piece::Else | Piece::EndIf | Piece::EndFor => {}
        }
    }
    push_text(&mut parts, &mut text);
    Ok(parts)
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(normalized(text)));
        text.clear();
    }
}

fn conditional(
    pieces: &mut std::iter::Peekable<std::vec::IntoIter<Placed>>,
    condition: Expression,
    place: Span,
    depth: usize,
) -> Parsed<Part> {
    let yes = parts(pieces, depth + 1)?;
    let no = match pieces.next_if(|(piece, _)| matches!(piece, Piece::Else)) {
        Some(_) => parts(pieces, depth + 1)?,
        None => Vec::new(),
    };
    close(pieces, place, "endif", |piece| matches!(piece, Piece::EndIf))?;
    Ok(Part::If { condition, yes, no })
}

fn close(
    pieces: &mut std::iter::Peekable<std::vec::IntoIter<Placed>>,
    opened: Span,
    name: &str,
    closes: impl FnOnce(&Piece) -> bool,
) -> Parsed<()> {
    match pieces.next() {
        Some((piece, _)) if closes(&piece) => Ok(()),
        Some((piece, place)) => {
            Err(Box::new(misplaced(&piece, place).label(opened, format!("needs `%{{ {name} }}`"))))
        }
        None => Err(Cursor::failure(
            opened,
            "Unexpected end of template",
            format!(
                "This directive is not closed before the template ends. Write `%{{ {name} }}` where it should end."
            ),
        )),
    }
}

fn misplaced(piece: &Piece, place: Span) -> Box<recon_core::Diagnostic> {
    let (name, opener) = match piece {
        Piece::Else => ("else", "if"),
        Piece::EndIf => ("endif", "if"),
        _ => ("endfor", "for"),
    };
    let detail = format!("There is no `%{{ {opener} … }}` open that this `%{{ {name} }}` could belong to.");
    Cursor::failure(place, "Unexpected template directive", detail)
}
