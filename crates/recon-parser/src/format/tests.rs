//! The layout against cases of HCL's own formatter.

use super::*;
use crate::conformance;

fn formatted(text: &str) -> String {
    format(FileId(0), text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

#[test]
fn lays_out_as_hcl_does() {
    let Some(cases) = conformance::json("hcl-spec/format_cases.json") else { return };
    let wrong: Vec<_> = cases
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|case| {
            let (input, want) = (case["input"].as_str().unwrap(), case["want"].as_str().unwrap());
            let mut pieces = pieces(input);
            layout::lay_out(&mut pieces);
            let got: String = pieces.iter().map(|piece| " ".repeat(piece.blanks) + &piece.text).collect();
            (got != want).then(|| format!("--- input\n{input}\n--- want\n{want}\n--- got\n{got}\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn laying_out_twice_changes_nothing_more() {
    for (path, text) in conformance::files(&["docs-examples", "acceptance"], "tf") {
        let once = formatted(&text);
        assert_eq!(formatted(&once), once, "{path}");
    }
}

#[test]
fn a_comment_after_the_labels_stays() {
    assert_eq!(formatted("a  b /* c */ {\n}\n"), "a \"b\" /* c */ {\n}\n");
    assert_eq!(formatted("a /* c */ {\n}\n"), "a /* c */ {\n}\n");
}

#[test]
fn an_interpolation_over_several_lines_of_a_heredoc_indents_nothing() {
    let text = "locals {\n  a = <<EOT\n${\nx}\nEOT\nb = 1\n}\n";
    assert_eq!(formatted(text), text);
}
