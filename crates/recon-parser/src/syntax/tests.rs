//! The grammar against HCL's own cases, and what it says about mistakes.

use recon_core::{Diagnostics, FileId, SourceMap};

use super::*;
use crate::conformance;
use crate::expression::{Expression, Kind};

fn body(text: &str) -> (Body, Diagnostics) {
    parse_body(FileId(0), text)
}

fn accepts(text: &str) -> bool {
    !body(text).1.has_errors()
}

/// Each diagnostic as `line:column summary: detail`.
fn messages(text: &str) -> String {
    let mut sources = SourceMap::default();
    sources.add("main.tf", text);
    let describe = |diagnostic: &recon_core::Diagnostic| {
        let (line, column) = sources.position(diagnostic.labels[0].span);
        format!("{line}:{column} {}: {}", diagnostic.summary, diagnostic.detail)
    };
    body(text).1.iter().map(describe).collect::<Vec<_>>().join("\n")
}

#[test]
fn accepts_and_refuses_what_hcl_does() {
    let Some(cases) = conformance::json("hcl-spec/parse_cases.json") else { return };
    let cases = cases.as_array().unwrap();
    let native: Vec<_> = cases.iter().filter(|case| case["syntax"] == "hcl").collect();
    let wrong: Vec<_> = native
        .iter()
        .filter(|case| accepts(case["input"].as_str().unwrap()) != case["accept"].as_bool().unwrap())
        .map(|case| case["input"].as_str().unwrap())
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), native.len());
}

#[test]
fn accepts_every_example() {
    for (path, text) in conformance::files(&["docs-examples", "acceptance"], "tf") {
        assert!(accepts(&text), "{path}: {}", messages(&text));
    }
}
