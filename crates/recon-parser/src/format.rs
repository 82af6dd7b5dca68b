//! The canonical layout of a file: what `recon fmt` writes.
//!
//! Works on tokens, so comments and blank lines stay; only blanks change, and a few old spellings become the usual ones.

mod layout;
mod rewrite;
mod spacing;
#[cfg(test)]
mod tests;

use recon_core::{Diagnostics, FileId};

use crate::syntax;
use crate::syntax::scan::{Source, scan};
use crate::syntax::token::Kind;

/// A token whose text may have changed, with the blanks before it.
#[derive(Clone, Debug)]
struct Piece {
    kind: Kind,
    text: String,
    blanks: usize,
}

/// The text in canonical layout, or what keeps it from being parsed.
pub fn format(file: FileId, text: &str) -> Result<String, Diagnostics> {
    let (_, diagnostics) = syntax::parse_body(file, text);
    diagnostics.into_result(())?;
    let mut pieces = rewrite::rewrite(pieces(text));
    layout::lay_out(&mut pieces);
    let mut formatted = String::with_capacity(text.len());
    for piece in &pieces {
        formatted.extend(std::iter::repeat_n(' ', piece.blanks));
        formatted.push_str(&piece.text);
    }
    Ok(formatted)
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut end = 0;
    let tokens = scan(text, Source::Code);
    let mut pieces = Vec::with_capacity(tokens.len());
    for token in tokens {
        let blanks = token.start - end;
        end = token.end;
        pieces.push(Piece { kind: token.kind, text: token.text(text).to_owned(), blanks });
    }
    pieces
}

impl Piece {
    /// A piece that was not in the text.
    fn new(kind: Kind, text: &str) -> Self {
        Self { kind, text: text.to_owned(), blanks: 0 }
    }

    fn ends_line(&self) -> bool {
        match self.kind {
            Kind::Newline => true,
            Kind::Comment => self.text.ends_with('\n'),
            _ => false,
        }
    }

    fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Identifier && self.text == word
    }
}
