//! The bound on nesting: text that would make a tree too deep to walk is refused before it is parsed.

use recon_core::{Diagnostic, Span};

use super::cursor::Place;
use super::token::{Kind, Token};

/// How many brackets, blocks, strings and template sequences may be inside each other.
pub(crate) const NESTING_MAX: usize = 200;

/// How many levels one expression's tree may have, operators and attribute accesses in a chain included.
const TREE_DEPTH_MAX: usize = 800;

/// One open bracket, with the operators since the last separator inside it.
struct Level {
    lines_separate: bool,
    operators: usize,
}

/// Refuses text nested too deeply. The tree is never deeper than this estimate: the levels, and the operators in the current
/// element of each.
pub(super) fn check(place: Place, text: &str, tokens: &[Token]) -> Result<(), Box<Diagnostic>> {
    let mut levels = vec![Level { lines_separate: true, operators: 0 }];
    let mut depth = 0;
    for token in tokens {
        let opens =
            matches!(token.kind, Kind::OpenQuote | Kind::OpenHeredoc) || token.kind.bracket_change() > 0;
        let closes =
            matches!(token.kind, Kind::CloseQuote | Kind::CloseHeredoc) || token.kind.bracket_change() < 0;
        if opens {
            levels.push(Level { lines_separate: token.kind == Kind::OpenBrace, operators: 0 });
        } else if closes && levels.len() > 1 {
            depth -= levels.pop().map_or(0, |level| level.operators);
        } else if let Some(level) = levels.last_mut() {
            if token.kind == Kind::Comma || (level.lines_separate && token.ends_line(text)) {
                depth -= std::mem::take(&mut level.operators);
            } else if is_operator(token.kind) {
                level.operators += 1;
                depth += 1;
            }
        }
        if levels.len() > NESTING_MAX || depth + levels.len() > TREE_DEPTH_MAX {
            return Err(Box::new(too_deep(place.span(token.start..token.end))));
        }
    }
    Ok(())
}

/// What to say about nesting beyond the bound.
pub(super) fn too_deep(place: Span) -> Diagnostic {
    let detail = format!(
        "Up to here there are more than {NESTING_MAX} levels of nesting, or more than {TREE_DEPTH_MAX} operators in one expression. \
         Move a part of it into a local value."
    );
    Diagnostic::error("Nesting too deep", detail).at(place)
}

fn is_operator(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Star
            | Kind::Slash
            | Kind::Plus
            | Kind::Minus
            | Kind::Percent
            | Kind::Equal
            | Kind::NotEqual
            | Kind::Less
            | Kind::LessOrEqual
            | Kind::Greater
            | Kind::GreaterOrEqual
            | Kind::And
            | Kind::Or
            | Kind::Not
            | Kind::Dot
            | Kind::Question
            | Kind::OpenBracket
    )
}
