//! The grammar: text to syntax tree, with the place of everything, and every mistake of a file at once.
//!
//! Nothing here knows which blocks and arguments there are; that is the business of [`crate::decode`].

mod body;
mod collection;
mod cursor;
mod indentation;
mod limit;
mod literal;
mod operators;
#[cfg(test)]
mod properties;
pub(crate) mod scan;
#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod specification;
mod template;
mod term;
#[cfg(test)]
mod tests;
pub(crate) mod token;

use recon_core::{Diagnostics, FileId};

use crate::config::Body;
use crate::expression::Expression;
use cursor::{Cursor, Parsed, Place};
use scan::{Source, scan};
use template::Indentation;

pub(crate) use limit::NESTING_MAX;
pub(crate) use literal::normalized;

/// The arguments and blocks of a file. What is wrong with one block does not hide the others.
pub fn parse_body(file: FileId, text: &str) -> (Body, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let tokens = scan(text, Source::Code);
    let place = Place { file, start: 0 };
    if let Err(problem) = limit::check(place, text, &tokens) {
        diagnostics.push(*problem);
        return (Body::default(), diagnostics);
    }
    let body = body::file(&mut Cursor::new(place, text, &tokens), &mut diagnostics);
    (body, diagnostics)
}

/// One expression, as a console or `-var` takes it. Line breaks are blanks.
pub fn parse_expression(file: FileId, text: &str) -> Result<Expression, Diagnostics> {
    parse(Place { file, start: 0 }, text, Source::Code, body::whole_expression)
}

/// Whether an expression goes on in the next line: a bracket or a heredoc is still open.
pub fn is_unfinished(text: &str) -> bool {
    let tokens = scan(text, Source::Code);
    let open: i32 = tokens.iter().map(|token| token.kind.bracket_change()).sum();
    let heredocs = |kind| tokens.iter().filter(|token| token.kind == kind).count();
    open > 0 || heredocs(token::Kind::OpenHeredoc) > heredocs(token::Kind::CloseHeredoc)
}

/// A template, as `templatefile` reads it: text with interpolations and directives.
pub fn parse_template(file: FileId, text: &str) -> Result<Expression, Diagnostics> {
    parse_template_at(file, text, 0)
}

/// A template that begins inside a file.
pub(crate) fn parse_template_at(file: FileId, text: &str, start: usize) -> Result<Expression, Diagnostics> {
    parse(Place { file, start }, text, Source::Template, |cursor| {
        template::template(cursor, 0, token::Kind::End, Indentation::Kept)
    })
}

fn parse(
    place: Place,
    text: &str,
    source: Source,
    grammar: impl FnOnce(&mut Cursor<'_>) -> Parsed<Expression>,
) -> Result<Expression, Diagnostics> {
    let tokens = scan(text, source);
    limit::check(place, text, &tokens)
        .and_then(|()| grammar(&mut Cursor::new(place, text, &tokens)))
        .map_err(|problem| Diagnostics::from(*problem))
}
