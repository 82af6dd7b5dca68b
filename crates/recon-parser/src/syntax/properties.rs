//! What holds for any text, however broken.

use proptest::prelude::*;
use recon_core::FileId;

use super::{parse_body, parse_expression, parse_template};
use crate::{format, json_syntax};

/// Texts of pieces that mean something, so that more of them get past the first character.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b ", "\"", "${", "%{", "}", "{", "(", ")", "[", "]", "=", "\n", " ", "<<E\n", "E\n", "<<-X\n",
        "X", "if ", "for ", "in ", "else", "endif", ".", "*", "0", "1.5e3", "\\", "\\u", "é", "#", "/*",
        "*/", "//", "~", "!", "-", "?", ":", "=>", "...", ",", "\r\n", "\0", "'", "\u{feff}", "::", "$${",
        "\"\"", "null",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn mistakes_stand_inside_the_text(text in texts()) {
        let (_, native) = parse_body(FileId(0), &text);
        let (_, json) = json_syntax::parse_body(FileId(0), &text);
        for problem in native.iter().chain(&json) {
            prop_assert!(!problem.labels.is_empty());
            for label in &problem.labels {
                prop_assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{label:?}");
            }
        }
        drop(parse_expression(FileId(0), &text));
        drop(parse_template(FileId(0), &text));
    }

    #[test]
    fn formatting_twice_changes_nothing_more(text in texts()) {
        if let Ok(once) = format::format(FileId(0), &text) {
            let twice = format::format(FileId(0), &once);
            prop_assert_eq!(twice.as_ref(), Ok(&once));
        }
    }
}
