//! Texts of several lines, as people write them: templates of requests and responses.

use super::expression::{Expression, Piece};
use super::text::{INDENT, Spell};

/// What ends one.
const END: &str = "EOT";

/// Whether an expression has a text of several lines in it where one may stand.
pub(super) fn is_within(value: &Expression) -> bool {
    match value {
        Expression::Text(pieces) => is_document(pieces),
        Expression::Map(entries) => entries.iter().any(|(_, item)| is_within(item)),
        // In a list, a comma would have to follow its end.
        Expression::List(items) => {
            items.iter().any(|item| !matches!(item, Expression::Text(_)) && is_within(item))
        }
        _ => false,
    }
}

/// Whether a text has several lines and nothing that would not come back as it is.
pub(super) fn is_document(pieces: &[Piece]) -> bool {
    let plain: String =
        pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text } else { "x" }).collect();
    let is_plain = |c: char| !c.is_control() || c == '\n' || c == '\t';
    plain.trim_end_matches('\n').contains('\n')
        && plain.chars().all(is_plain)
        && plain.lines().all(|line| line.trim() != END)
}

/// Such a text over several lines, of which the first stands behind what is at that depth.
pub(super) fn heredoc(pieces: &[Piece], depth: usize, spell: Spell<'_>) -> String {
    let text: String = pieces.iter().map(|piece| rendered(piece, spell)).collect();
    let indent = |levels: usize| " ".repeat(levels * INDENT);
    let (body, is_whole) = match text.strip_suffix('\n') {
        Some(body) => (body, true),
        None => (text.as_str(), false),
    };
    // Indentation that all lines share is not part of the text, so that one of them has to have none of its own.
    let has_edge = body.split('\n').any(|line| line.starts_with(|c: char| !c.is_whitespace()));
    let (marker, margin) = if has_edge { ("<<-", indent(depth + 1)) } else { ("<<", String::new()) };
    let end = if has_edge { indent(depth) } else { String::new() };
    let line =
        |line: &str| if line.trim().is_empty() { format!("{line}\n") } else { format!("{margin}{line}\n") };
    let lines: String = body.split('\n').map(line).collect();
    let whole = format!("{marker}{END}\n{lines}{end}{END}");
    // The end of the last line belongs to what stands here.
    if is_whole { whole } else { format!("chomp({whole}\n{})", indent(depth)) }
}

fn rendered(piece: &Piece, spell: Spell<'_>) -> String {
    match piece {
        Piece::Literal(text) => text.replace("${", "$${").replace("%{", "%%{"),
        Piece::Attribute(reference) => format!("${{{}}}", spell(reference)),
        Piece::Key => "${each.key}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use recon_core::{Diagnostic, SourceMap, Span, Value};
    use recon_parser::evaluate::evaluate;
    use recon_parser::files::{Files, NoFiles};
    use recon_parser::scope::{Clock, Lookup, Scope};

    use super::*;

    /// A scope without names and files.
    struct Nothing;

    impl Scope for Nothing {
        fn lookup(&self, _: &Lookup, span: Span) -> Result<Value, Diagnostic> {
            Err(Diagnostic::error("Unknown name", "There are none.").at(span))
        }

        fn files(&self) -> &dyn Files {
            &NoFiles
        }

        fn clock(&self) -> Clock {
            Clock { planned_at_ms: 0, applying: None }
        }
    }

    /// The text as a configuration that says it is understood, once it is laid out.
    fn read_back(text: &str) -> String {
        let pieces = [Piece::Literal(text.to_owned())];
        assert!(is_document(&pieces), "{text:?}");
        let written = format!("a {{\n  b = {}\n}}\n", heredoc(&pieces, 1, &|_| String::new()));
        let file = SourceMap::default().add("a.tf", &written);
        let laid_out = recon_parser::format::format(file, &written).expect("it can be laid out");
        let said = laid_out.strip_prefix("a {\n  b = ").and_then(|rest| rest.strip_suffix("}\n"));
        let said = said.expect("what is around stays");
        let value = recon_parser::parse_expression(file, said).and_then(|said| evaluate(&said, &Nothing));
        value.expect("it is a constant").as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_text_comes_back_as_it_is() {
        for text in [
            "#set($x = 1)\n{\n  \"a\": $x\n}",
            "a\nb\n",
            "a\n\n  b\n\n",
            "  a\n    b\n",
            "\n  a\n \nb",
            "${a}\n%{b}\n\\n\"d\"\n",
            "$${a}\nb\n",
        ] {
            assert_eq!(read_back(text), text);
        }
    }

    #[test]
    fn other_texts_stay_in_quotes() {
        for text in ["a\n", "a\r\nb", "a\n EOT\nb"] {
            assert!(!is_document(&[Piece::Literal(text.to_owned())]), "{text:?}");
        }
    }
}
