//! What functions and stages use is found with them: layers, log groups, configurations of code signing.

use recon_tests::{Cloud, Scratch};
use serde_json::{Value, json};

use crate::{ITEMS_ZIP, scratch};

/// A cloud in which functions and a stage use something.
fn cloud() -> Cloud {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", include_str!("../data/used.tf"));
    std::fs::write(scratch.path().join("items.zip"), ITEMS_ZIP).expect("the zip can be written");
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    cloud
}

fn discovered(cloud: &Cloud, words: &[&str]) -> (Scratch, String) {
    let scratch = scratch().over(&cloud.endpoint);
    scratch.ok(&[&["import", "-discover"], words].concat());
    let text = scratch.read("discovered.tf");
    (scratch, text)
}

fn holds(text: &str, line: &str) {
    let wanted: Vec<&str> = line.split_whitespace().collect();
    let is_there = text.lines().any(|line| line.split_whitespace().eq(wanted.iter().copied()));
    assert!(is_there, "no `{line}` in:\n{text}");
}

fn calls(counts: &Value, operation: &str) -> u64 {
    counts["operations"][operation].as_u64().unwrap_or(0)
}

#[test]
fn what_functions_and_stages_use_is_taken_over_with_them() {
    let cloud = cloud();
    let (scratch, text) = discovered(&cloud, &[]);
    let counts = cloud.take_calls();
    holds(&text, "layers = [aws_lambda_layer_version.tools.arn]");
    holds(&text, "filename = \"tools.1.zip\"");
    holds(&text, "code_signing_config_arn = aws_lambda_code_signing_config.items.arn");
    holds(&text, "name = \"/aws/lambda/${aws_lambda_function.items.function_name}\"");
    holds(&text, "log_group = aws_cloudwatch_log_group.reports.name");
    holds(&text, "destination_arn = aws_cloudwatch_log_group.access.arn");
    assert!(
        !text.contains("gone") && !text.contains("log_group_class") && !text.contains("policies {"),
        "{text}"
    );
    // Templates of several lines stand as they are read.
    holds(&text, "#set($body = $input.json('$'))");
    holds(&text, "## $${nothing}");
    assert_eq!(std::fs::read(scratch.path().join("tools.1.zip")).unwrap(), ITEMS_ZIP);
    // One call for all groups, and of signing only what is there.
    assert_eq!(calls(&counts, "logs:DescribeLogGroups"), 1, "{counts}");
    assert_eq!(calls(&counts, "lambda:GetFunctionCodeSigningConfig"), 1, "{counts}");
    scratch.ok(&["fmt", "-check"]);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    let left = cloud.left().unwrap_or_default();
    assert_eq!(left["lambda"], Value::Null, "{left}");
    assert!(left["logs"].to_string().contains("/aws/lambda/gone"), "{left}");
    assert!(!left["logs"].to_string().contains("access"), "{left}");
}

#[test]
fn one_function_brings_what_it_uses_and_nothing_else() {
    let cloud = cloud();
    let (scratch, text) = discovered(&cloud, &["function", "reports", "-code=ignore"]);
    holds(&text, "layers = [aws_lambda_layer_version.tools.arn]");
    holds(&text, "log_group = aws_cloudwatch_log_group.reports.name");
    assert!(!text.contains("access") && !text.contains("code_signing"), "{text}");
    assert!(!scratch.path().join("tools.1.zip").exists());
    scratch.expect_no_changes();
    let counts = cloud.take_calls();
    assert_eq!(calls(&counts, "lambda:ListFunctionsByCodeSigningConfig"), 1, "{counts}");
}

#[test]
fn log_groups_that_may_not_be_read_are_told_once() {
    let cloud = cloud();
    let denied = json!([{"operation": "logs:DescribeLogGroups", "action":
        {"error": {"status": 400, "code": "AccessDeniedException", "message": "not you"}}}]);
    cloud.control("POST", "faults", &denied);
    let told = scratch().over(&cloud.endpoint).expect(1, &["import", "-discover"]).stderr;
    assert_eq!(told.matches("While reading the log groups").count(), 1, "{told}");
    assert!(told.contains("Discovery is incomplete"), "{told}");
}
