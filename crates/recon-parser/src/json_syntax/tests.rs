//! JSON against HCL's own cases, and its places.

use super::*;
use crate::conformance;
use recon_core::SourceMap;

#[test]
fn accepts_and_refuses_what_hcl_does() {
    let Some(cases) = conformance::json("hcl-spec/parse_cases.json") else { return };
    let json: Vec<_> = cases.as_array().unwrap().iter().filter(|case| case["syntax"] == "json").collect();
    let wrong: Vec<_> = json
        .iter()
        .filter(|case| {
            value::parse(FileId(0), case["input"].as_str().unwrap()).is_ok()
                != case["accept"].as_bool().unwrap()
        })
        .map(|case| case["input"].as_str().unwrap())
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), json.len());
}

#[test]
fn places_inside_strings_are_those_in_the_file() {
    let text = r#"{"locals": {"a": "x ${var.b} y"}}"#;
    let (body, problems) = parse_body(FileId(0), text);
    assert!(problems.is_empty());
    let mut sources = SourceMap::default();
    sources.add("main.tf.json", text);
    let value = &body.blocks[0].body.attributes["a"].value;
    let Kind::Template(parts) = &*value.kind else { panic!("a template") };
    let crate::expression::Part::Interpolation(inner) = &parts[1] else { panic!("an interpolation") };
    assert_eq!(sources.excerpt(inner.span), "var.b");
    assert_eq!(sources.excerpt(value.span), "\"x ${var.b} y\"");
}

#[test]
fn nesting_has_a_bound() {
    for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        assert!(parse_body(FileId(0), &deep).1.has_errors());
    }
}

#[test]
fn values_are_not_templates() {
    let (body, problems) = parse_values(FileId(0), r#"{"a": "${b}", "c": [1e400, {"d": null}]}"#);
    assert!(problems.is_empty());
    assert_eq!(body.attributes["a"].value.kind, Kind::Literal(Value::from("${b}")).into());
}

#[test]
fn a_block_without_its_label_is_refused() {
    let (_, problems) =
        parse_body(FileId(0), r#"{"resource": null, "variable": {"x": null}, "data": {"aws_region": {}}}"#);
    let told: Vec<_> = problems.iter().map(|problem| &*problem.summary).collect();
    assert_eq!(told, ["Missing block label", "Missing block label"]);
}

#[test]
fn what_is_no_block_is_refused() {
    let (_, problems) = parse_body(
        FileId(0),
        r#"{"resource": 1, "variable": {"x": [1]}, "locals": "x", "locals": {"a": "${"}}"#,
    );
    let summaries: Vec<_> = problems.iter().map(|problem| &*problem.summary).collect();
    assert_eq!(
        summaries,
        [
            "Incorrect JSON value type",
            "Incorrect JSON value type",
            "Incorrect JSON value type",
            "Invalid expression"
        ]
    );
}
