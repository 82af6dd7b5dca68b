//! Old spellings that become the usual ones: labels without quotes, `"${x}"` for `x`, and the oldest type constraints.

use super::Piece;
use crate::syntax::token::Kind;

/// The same file in today's spelling. The text has been parsed, so its structure can be relied on.
pub(super) fn rewrite(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut writer = Writer { input: pieces, at: 0, output: Vec::new(), blocks: Vec::new() };
    while writer.at < writer.input.len() {
        writer.item();
    }
    writer.output
}

struct Writer {
    input: Vec<Piece>,
    at: usize,
    output: Vec<Piece>,
    /// The types of the blocks around the current position.
    blocks: Vec<String>,
}

impl Writer {
    /// One argument, the head of one block, or one token between items.
    fn item(&mut self) {
        let kind = self.input[self.at].kind;
        if kind == Kind::CloseBrace {
            self.blocks.pop();
        }
        if kind != Kind::Identifier {
            return self.copy();
        }
        let next = (self.at + 1..self.input.len()).find(|index| self.input[*index].kind != Kind::Comment);
        if next.is_some_and(|next| self.input[next].kind == Kind::Assign) {
            self.argument();
        } else {
            self.block_head();
        }
    }

    fn copy(&mut self) {
        self.output.push(self.input[self.at].clone());
        self.at += 1;
    }

    fn copy_to(&mut self, end: usize) {
        while self.at < end {
            self.copy();
        }
    }

    fn argument(&mut self) {
        let is_type = self.input[self.at].is_word("type") && self.blocks == ["variable"];
        while self.input[self.at].kind != Kind::Assign {
            self.copy();
        }
        self.copy();
        // A comment after the value is no part of it.
        let end = self.value_end();
        while self.at < end && self.input[self.at].kind == Kind::Comment {
            self.copy();
        }
        let value = self.input[self.at..end].to_vec();
        let comments = value.iter().rev().take_while(|piece| piece.kind == Kind::Comment).count();
        let (value, trailing) = value.split_at(value.len() - comments);
        let rewritten = if is_type { type_constraint(value) } else { unwrapped(value) };
        self.output.extend(rewritten);
        self.output.extend_from_slice(trailing);
        self.at = end;
    }

    /// Where the value that begins here ends: at the line break, or the brace, that no bracket of it holds.
    fn value_end(&self) -> usize {
        let mut depth = 0_i32;
        for index in self.at..self.input.len() {
            let piece = &self.input[index];
            match piece.kind {
                Kind::OpenQuote | Kind::OpenHeredoc => depth += 1,
                Kind::CloseQuote | Kind::CloseHeredoc => depth -= 1,
                Kind::CloseBrace | Kind::Newline | Kind::End if depth == 0 => return index,
                Kind::Comment if depth == 0 && piece.ends_line() => return index,
                kind => depth += kind.bracket_change(),
            }
        }
        self.input.len()
    }

    /// Labels get quotes, and comments before the last of them are left out.
    fn block_head(&mut self) {
        self.blocks.push(self.input[self.at].text.clone());
        self.copy();
        let Some(open) = (self.at..self.input.len()).find(|index| self.input[*index].kind == Kind::OpenBrace)
        else {
            return self.copy_to(self.input.len());
        };
        let is_label = |kind| matches!(kind, Kind::Identifier | Kind::CloseQuote);
        let labels_end = (self.at..open).rev().find(|index| is_label(self.input[*index].kind));
        while self.at < open {
            match self.input[self.at].kind {
                Kind::Identifier => {
                    let label = self.input[self.at].text.clone();
                    self.output.push(Piece::new(Kind::OpenQuote, "\""));
                    self.output.push(Piece::new(Kind::QuotedText, &label));
                    self.output.push(Piece::new(Kind::CloseQuote, "\""));
                    self.at += 1;
                }
                Kind::Comment if labels_end.is_some_and(|end| self.at < end) => self.at += 1,
                _ => self.copy(),
            }
        }
        self.copy();
    }
}

/// `"${x}"` says no more than `x`.
fn unwrapped(value: &[Piece]) -> Vec<Piece> {
    let [open, begin, inside @ .., end, close] = value else { return value.to_vec() };
    let wrapped = open.kind == Kind::OpenQuote
        && begin.kind == Kind::Interpolation
        && end.kind == Kind::SequenceEnd
        && close.kind == Kind::CloseQuote;
    if !wrapped || inside.is_empty() || !is_one_sequence(inside) {
        return value.to_vec();
    }
    let start = inside.iter().take_while(|piece| piece.kind == Kind::Newline).count();
    let blank_end = inside.iter().rev().take_while(|piece| piece.kind == Kind::Newline).count();
    let trimmed = inside.get(start..inside.len() - blank_end).unwrap_or(&[]);
    let in_parentheses = trimmed.first().is_some_and(|piece| piece.kind == Kind::OpenParenthesis)
        && trimmed.last().is_some_and(|piece| piece.kind == Kind::CloseParenthesis);
    let several_lines = trimmed.iter().any(|piece| piece.kind == Kind::Newline);
    if several_lines && !in_parentheses {
        let mut with_parentheses = vec![Piece::new(Kind::OpenParenthesis, "(")];
        with_parentheses.extend_from_slice(trimmed);
        with_parentheses.push(Piece::new(Kind::CloseParenthesis, ")"));
        return with_parentheses;
    }
    trimmed.to_vec()
}

/// Whether no other text or sequence stands beside the first one; what is inside nested quotes belongs to it.
fn is_one_sequence(inside: &[Piece]) -> bool {
    let mut quotes = 0;
    inside.iter().all(|piece| {
        match piece.kind {
            Kind::OpenQuote => quotes += 1,
            Kind::CloseQuote => quotes -= 1,
            Kind::Interpolation | Kind::SequenceEnd | Kind::QuotedText if quotes == 0 => return false,
            _ => {}
        }
        true
    })
}

/// Types in quotes, and collections without an element type.
fn type_constraint(value: &[Piece]) -> Vec<Piece> {
    let (name, element) = match value {
        [keyword] if ["list", "map", "set"].iter().any(|name| keyword.is_word(name)) => {
            (&keyword.text, Some("any"))
        }
        [open, text, close]
            if open.kind == Kind::OpenQuote
                && text.kind == Kind::QuotedText
                && close.kind == Kind::CloseQuote =>
        {
            match text.text.as_str() {
                "string" => (&text.text, None),
                "list" | "map" => (&text.text, Some("string")),
                _ => return value.to_vec(),
            }
        }
        _ => return value.to_vec(),
    };
    let mut pieces = vec![Piece::new(Kind::Identifier, name)];
    if let Some(element) = element {
        pieces.push(Piece::new(Kind::OpenParenthesis, "("));
        pieces.push(Piece::new(Kind::Identifier, element));
        pieces.push(Piece::new(Kind::CloseParenthesis, ")"));
    }
    pieces
}
