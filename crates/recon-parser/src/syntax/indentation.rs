//! Takes out the indentation that all lines of a `<<-` heredoc share.

use recon_core::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::template::Piece;

/// Removes the smallest indentation of all lines from each of them. Blank lines do not count, and a line that begins with an
/// interpolation has none.
pub(super) fn remove(pieces: &mut [(Piece, Span)]) {
    let mut smallest = usize::MAX;
    let mut indented = Vec::new();
    let mut at_line_start = true;
    for (position, (piece, _)) in pieces.iter().enumerate() {
        let Piece::Text(text) = piece else {
            if std::mem::take(&mut at_line_start) {
                smallest = 0;
            }
            continue;
        };
        let blanks = &text[..text.len() - text.trim_start().len()];
        let is_blank_line = blanks.len() == text.len() && text.ends_with('\n');
        if at_line_start && !is_blank_line {
            smallest = smallest.min(blanks.graphemes(true).count());
            indented.push(position);
        }
        at_line_start = text.ends_with('\n');
    }
    for position in indented {
        if let (Piece::Text(text), _) = &mut pieces[position] {
            let end = text.grapheme_indices(true).nth(smallest).map_or(text.len(), |(at, _)| at);
            text.drain(..end);
        }
    }
}
