//! One hand-made report in every form.

use super::*;

fn difference(path: &str, before: &str, after: &str) -> Difference {
    Difference {
        path: path.to_owned(),
        before: Some(before.into()),
        after: Some(after.into()),
        is_sensitive: false,
        ignored: None,
    }
}

fn finding(address: &str, kind: Kind, shown: &str) -> Finding {
    Finding {
        address: address.to_owned(),
        block: address.split('[').next().unwrap_or_default().to_owned(),
        kind,
        object: None,
        differences: Vec::new(),
        shown: shown.to_owned(),
        place: None,
        ignored: None,
        blame: Vec::new(),
    }
}

fn example() -> Report {
    let changed = Finding {
        differences: vec![difference("name", "```", "b")],
        place: Some(("a b.tf".to_owned(), 3)),
        blame: vec![Blame {
            who: "arn:aws:iam::1:user/eve".to_owned(),
            when: "2030-01-01T00:00:00Z".to_owned(),
            event: "UpdateX".to_owned(),
        }],
        ..finding(
            "aws_x.y[\"<a>\"]",
            Kind::Changed,
            "  # aws_x.y has changed\n  ~ resource {\n      ~ name = \"```\" -> \"b\"\n    }\n",
        )
    };
    let object = Object { kind: "aws_z".to_owned(), id: "1/z".to_owned(), name: "/<rogue>".to_owned() };
    let stray = Finding { object: Some(object), ..finding("aws_x.y", Kind::Undeclared, "  + aws_z\n") };
    let ignored = Finding {
        ignored: Some("of me".to_owned()),
        ..finding("aws_x.other", Kind::Gone, "  - resource {\n    }\n")
    };
    let pending = finding("aws_x.new", Kind::Pending, "  + resource {\n    }\n");
    let stack = Stack {
        name: "envs/a".to_owned(),
        error: None,
        findings: vec![changed, stray, ignored, pending],
        well: vec!["aws_x.well".to_owned()],
        edges: vec![("aws_x.y".to_owned(), "aws_x.well".to_owned())],
    };
    let failed =
        Stack { name: "envs/b".to_owned(), error: Some("Error: <no>".to_owned()), ..Stack::default() };
    Report { timestamp: "2030-01-01T00:00:00.5Z".to_owned(), stacks: vec![stack, failed] }
}

#[test]
fn an_error_weighs_more_than_drift_and_drift_more_than_what_is_pending() {
    let stack = |kinds: &[Kind]| Stack {
        findings: kinds.iter().map(|kind| finding("a", *kind, "")).collect(),
        ..Stack::default()
    };
    let failed = Stack { error: Some(String::new()), ..Stack::default() };
    let status = |stacks: &[&Stack]| {
        let stacks = stacks.iter().map(|stack| (*stack).clone()).collect();
        Report { timestamp: String::new(), stacks }.status()
    };
    let (well, pending, drift) = (stack(&[]), stack(&[Kind::Pending]), stack(&[Kind::Undeclared]));
    let both = stack(&[Kind::Pending, Kind::Code]);
    assert_eq!(status(&[&well]), Status::None);
    assert_eq!(status(&[&well, &pending]), Status::Pending);
    assert_eq!(status(&[&both]), Status::Drift);
    assert_eq!(status(&[&pending, &drift]), Status::Drift);
    assert_eq!(status(&[&drift, &failed]), Status::Error);
    assert_eq!(status(&[]), Status::None);
}

#[test]
fn text_names_what_counts_and_what_does_not() {
    insta::assert_snapshot!(anstream::adapter::strip_str(&text(&example())).to_string());
}

#[test]
fn json_has_the_version_that_its_readers_ask_for() {
    insta::assert_snapshot!(json(&example()));
}

#[test]
fn markdown_fences_hold_what_is_in_them() {
    insta::assert_snapshot!(markdown(&example()));
}

#[test]
fn markdown_ends_before_a_comment_would_be_too_long() {
    let mut report = example();
    let long = finding("aws_x.long", Kind::Changed, &"x".repeat(1_000));
    report.stacks[0].findings = vec![long; 200];
    let page = markdown(&report);
    assert!(page.len() < 62_000 && page.contains("more are left out here"), "{}", page.len());
}

#[test]
fn junit_fails_for_drift_and_skips_what_is_pending() {
    insta::assert_snapshot!(junit(&example()));
}

#[test]
fn sarif_places_results() {
    let document: serde_json::Value = serde_json::from_str(&sarif(&example())).unwrap();
    let results = &document["runs"][0]["results"];
    assert_eq!(results[0]["level"], "error");
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "envs/a/a%20b.tf");
    assert_eq!(place["region"]["startLine"], 3);
    assert_eq!(results[2]["suppressions"][0]["justification"], "of me");
    assert_eq!(document["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn html_escapes_what_it_shows() {
    let page = html(&example());
    assert!(page.contains("aws_x.y[&quot;&lt;a&gt;&quot;]") && !page.contains("<a>"), "{page}");
    assert!(page.contains("/&lt;rogue&gt;") && !page.contains("<rogue>"));
    assert!(page.contains("<span class=\"change\">    ~ name"), "{page}");
    assert!(page.contains("<span class=\"gist\"><code>name</code></span>"), "{page}");
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "nothing is loaded");
}

#[test]
fn secrets_stay_out_of_differences() {
    let before = recon_core::Value::object([("a", recon_core::Value::from("hunter2").sensitive())]);
    let after = recon_core::Value::object([("a", recon_core::Value::from("other").sensitive())]);
    let found = super::difference::differences(Some(&before), Some(&after));
    assert_eq!(found.len(), 1);
    assert!(found[0].is_sensitive && found[0].before.is_none() && found[0].after.is_none());
}
