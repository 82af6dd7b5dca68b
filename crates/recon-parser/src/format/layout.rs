//! Indentation, blanks between tokens, and the columns in which `=` and trailing comments line up.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Piece;
use super::spacing::blank_after;
use crate::syntax::token::Kind;

/// Blanks for each level of indentation.
const INDENTATION: usize = 2;

/// One line, in three cells of consecutive tokens; the later two may be empty.
struct Line {
    /// Everything that is in no other cell.
    lead: Range<usize>,
    /// From `=` on, where the value ends on this line.
    assign: Range<usize>,
    /// A comment after something else.
    comment: Range<usize>,
}

/// Sets the blanks before every token but the end of the file.
pub(super) fn lay_out(pieces: &mut [Piece]) {
    let Some((_end, pieces)) = pieces.split_last_mut() else { return };
    let lines = lines(pieces);
    indent(&lines, pieces);
    space(&lines, pieces);
    align(&lines, pieces);
}

fn lines(pieces: &[Piece]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, piece) in pieces.iter().enumerate() {
        if piece.ends_line() {
            lines.push(line(start..index + 1, pieces));
            start = index + 1;
        }
    }
    lines.push(line(start..pieces.len(), pieces));
    lines
}

fn line(whole: Range<usize>, pieces: &[Piece]) -> Line {
    let mut lead = whole.clone();
    let mut comment = whole.end..whole.end;
    let ends_in_comment = lead.len() > 1 && pieces[lead.end - 1].kind == Kind::Comment;
    if ends_in_comment {
        lead.end -= 1;
        comment.start = lead.end;
    }
    let mut assign = lead.end..lead.end;
    let sign = pieces[lead.clone()].iter().skip(1).position(|piece| piece.kind == Kind::Assign);
    if let Some(sign) = sign.map(|position| lead.start + 1 + position) {
        // A value that goes on over the next lines does not line up with its neighbours.
        let complete = change(&pieces[sign..lead.end]) == 0;
        if complete {
            assign.start = sign;
            lead.end = sign;
        }
    }
    Line { lead, assign, comment }
}

fn change(pieces: &[Piece]) -> i32 {
    pieces.iter().map(|piece| piece.kind.bracket_change()).sum()
}

/// What a cell of a line changes in the indentation of the next: nothing from where it opens a heredoc on.
fn change_by(pieces: &[Piece]) -> i32 {
    let end = pieces.iter().position(|piece| piece.kind == Kind::OpenHeredoc).unwrap_or(pieces.len());
    change(&pieces[..end])
}

/// Each line that opens more brackets than it closes indents those after it by one level, however many it opens.
fn indent(lines: &[Line], pieces: &mut [Piece]) {
    let mut opened: Vec<i32> = Vec::new();
    for line in lines {
        let Some(first) = pieces.get(line.lead.start).filter(|_| !line.lead.is_empty()) else { continue };
        if first.kind == Kind::Newline {
            pieces[line.lead.start].blanks = 0;
            continue;
        }
        let change = change_by(&pieces[line.lead.clone()]) + change_by(&pieces[line.assign.clone()]);
        let mut level = opened.len();
        if change > 0 {
            opened.push(change);
        } else if change < 0 {
            close(&mut opened, -change);
            level = opened.len();
        }
        pieces[line.lead.start].blanks = INDENTATION * level;
    }
}

fn close(opened: &mut Vec<i32>, mut closed: i32) {
    while closed > 0
        && let Some(last) = opened.last_mut()
    {
        let taken = closed.min(*last);
        *last -= taken;
        closed -= taken;
        if *last == 0 {
            opened.pop();
        }
    }
}

fn space(lines: &[Line], pieces: &mut [Piece]) {
    for line in lines {
        for cell in [&line.lead, &line.assign] {
            for index in cell.start..cell.end.saturating_sub(1) {
                let before = (index > cell.start).then(|| &pieces[index - 1]);
                let blank = blank_after(before, &pieces[index], &pieces[index + 1]);
                pieces[index + 1].blanks = usize::from(blank);
            }
        }
        if !line.assign.is_empty() {
            pieces[line.assign.start].blanks = 1;
        }
    }
}

/// Lines up one cell of consecutive lines that have it: first `=`, which moves the comments, then those.
fn align(lines: &[Line], pieces: &mut [Piece]) {
    align_cell(lines, pieces, |line| &line.assign);
    align_cell(lines, pieces, |line| &line.comment);
}

fn align_cell(lines: &[Line], pieces: &mut [Piece], cell: impl Fn(&Line) -> &Range<usize>) {
    let mut chain: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        let cell = cell(line);
        if cell.is_empty() {
            close_chain(&mut chain, pieces);
        } else {
            chain.push((cell.start, columns(&pieces[line.lead.start..cell.start])));
        }
    }
    close_chain(&mut chain, pieces);
}

fn close_chain(chain: &mut Vec<(usize, usize)>, pieces: &mut [Piece]) {
    let widest = chain.iter().map(|(_, columns)| *columns).max().unwrap_or(0);
    for (index, columns) in chain.drain(..) {
        pieces[index].blanks = widest - columns + 1;
    }
}

fn columns(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.blanks + piece.text.graphemes(true).count()).sum()
}
