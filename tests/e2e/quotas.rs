//! AWS's quotas: what a plan announces, that an apply keeps to them, and that it comes near to what they allow.

use std::fmt::Write as _;

use recon_tests::{Cloud, Scratch};
use serde_json::{Value, json};

use crate::{example_lab, scratch};

/// By how much the quotas of these tests are higher than AWS's, so that half an hour takes half a minute.
const FACTOR: f64 = 50.0;

fn hurried_cloud() -> Cloud {
    Cloud::sandbox_with(recon_sandbox::Options { quotas: Some(FACTOR), ..Default::default() })
}

/// So many APIs of one method, each deployed to one stage.
fn apis(count: usize) -> String {
    let mut text = String::from("provider \"aws\" {\n  region = \"us-east-1\"\n}\n");
    for n in 0..count {
        write!(
            text,
            r#"
resource "aws_api_gateway_rest_api" "a{n}" {{
  name = "api-{n}"
  endpoint_configuration {{
    types = ["REGIONAL"]
  }}
}}
resource "aws_api_gateway_method" "a{n}" {{
  rest_api_id   = aws_api_gateway_rest_api.a{n}.id
  resource_id   = aws_api_gateway_rest_api.a{n}.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}}
resource "aws_api_gateway_integration" "a{n}" {{
  rest_api_id = aws_api_gateway_rest_api.a{n}.id
  resource_id = aws_api_gateway_method.a{n}.resource_id
  http_method = aws_api_gateway_method.a{n}.http_method
  type        = "MOCK"
}}
resource "aws_api_gateway_deployment" "a{n}" {{
  rest_api_id = aws_api_gateway_rest_api.a{n}.id
  triggers    = {{ once = "1" }}
  depends_on  = [aws_api_gateway_integration.a{n}]
}}
resource "aws_api_gateway_stage" "a{n}" {{
  rest_api_id   = aws_api_gateway_rest_api.a{n}.id
  deployment_id = aws_api_gateway_deployment.a{n}.id
  stage_name    = "prod"
}}
"#
        )
        .expect("text can be written");
    }
    text
}

/// The lines of a run with `-json`, as documents.
fn lines(scratch: &Scratch, arguments: &[&str]) -> Vec<Value> {
    let said = scratch.ok(arguments).stdout;
    said.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn of_type<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

/// The seconds of a line's timestamp within its day.
fn seconds(line: &Value) -> f64 {
    let text = line["@timestamp"].as_str().expect("a timestamp");
    let time = text.split_once('T').expect("a date and a time").1.trim_end_matches('Z');
    time.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().expect("a number"))
}

/// The time that the steps of a run took, and the least that its plan announced, both at AWS's own pace.
fn taken_and_announced(lines: &[Value]) -> (f64, f64) {
    let first = seconds(of_type(lines, "apply_start").first().expect("a step"));
    let last = seconds(of_type(lines, "apply_complete").last().expect("a step"));
    let announced = of_type(lines, "recon_needs")[0]["needs"]["seconds_min"].as_f64().expect("a time");
    ((last - first) * FACTOR, announced)
}

#[test]
fn many_apis_come_and_go_without_a_refusal_and_near_the_time_announced() {
    let cloud = hurried_cloud();
    let scratch = scratch().over(&cloud.endpoint).with("RECON_QUOTAS", "50x");
    scratch.write("main.tf", &apis(60));
    for (arguments, bound) in [
        (["apply", "-auto-approve", "-json"], "apigateway:CreateDeployment"),
        (["destroy", "-auto-approve", "-json"], "apigateway:DeleteRestApi"),
    ] {
        let lines = lines(&scratch, &arguments);
        let needs = &of_type(&lines, "recon_needs")[0]["needs"];
        assert_eq!(needs["quota"]["name"], bound);
        let calls = cloud.take_calls();
        assert_eq!(calls["throttled"], json!({}), "{arguments:?}");
        assert_eq!(calls["mutating"], needs["calls"], "{arguments:?}");
        let (taken, announced) = taken_and_announced(&lines);
        assert!(taken < announced * 1.1, "{arguments:?}: {taken} s, not {announced} s");
        assert!(taken > announced * 0.98, "{arguments:?}: {taken} s is less than quotas allow");
    }
}

#[test]
fn refusals_teach_the_pace_where_quotas_are_not_asked_for() {
    let cloud = Cloud::sandbox_with(recon_sandbox::Options { quotas: Some(1.0), ..Default::default() });
    let scratch = scratch().over(&cloud.endpoint);
    let keys =
        "resource \"aws_api_gateway_api_key\" \"k\" {\n  count = 12\n  name  = \"k${count.index}\"\n}\n";
    scratch.write("main.tf", keys);
    scratch.ok(&["apply", "-auto-approve"]);
    assert_ne!(cloud.take_calls()["throttled"], json!({}));
    scratch.expect_no_changes();
}

#[test]
fn the_calls_announced_are_the_calls_made() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    for arguments in [["apply", "-auto-approve", "-json"], ["destroy", "-auto-approve", "-json"]] {
        cloud.take_calls();
        scratch.ok(if arguments[0] == "apply" { &["plan"] } else { &["plan", "-destroy"] });
        let reads = cloud.take_calls();
        let lines = lines(&scratch, &arguments);
        let made = cloud.take_calls();
        let announced = &of_type(&lines, "recon_needs")[0]["needs"]["operations"];
        assert_eq!(difference(&made["operations"], &reads["operations"]), *announced, "{arguments:?}");
    }
}

/// How many more calls of each operation there are in one than in the other, but for those of a run as a whole.
fn difference(more: &Value, less: &Value) -> Value {
    let counts = more.as_object().expect("counts").iter();
    let left = counts.filter_map(|(operation, count)| {
        let count = count.as_u64()? - less[operation].as_u64().unwrap_or(0);
        (count > 0 && operation != "sts:GetCallerIdentity").then(|| (operation.clone(), json!(count)))
    });
    Value::Object(left.collect())
}

#[test]
fn a_plan_says_what_it_needs() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", &apis(21));
    let said = scratch.ok(&["plan"]).stdout;
    let wanted =
        "Needs 105 calls; AWS's quotas allow it in 1 min 40 s at the least (CreateDeployment: one in 5 s).";
    assert!(said.contains(wanted), "{said}");
    scratch.ok(&["apply", "-auto-approve"]);
    let said = scratch.ok(&["plan"]).stdout;
    assert!(!said.contains("Needs"), "{said}");
}

#[test]
fn a_service_that_cannot_be_reached_is_named_with_its_endpoint() {
    let scratch = scratch().over("http://127.0.0.1:9");
    scratch.write("main.tf", "data \"aws_caller_identity\" \"me\" {}\n");
    let said = scratch.expect(1, &["plan"]).stderr;
    assert!(said.contains("sts at http://127.0.0.1:9: the service cannot be reached"), "{said}");
}

#[test]
fn a_wrong_pace_is_refused() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint).with("RECON_QUOTAS", "fast");
    scratch.write("main.tf", "data \"aws_caller_identity\" \"me\" {}\n");
    let said = scratch.expect(1, &["plan"]).stderr;
    assert!(said.contains("RECON_QUOTAS is \"fast\""), "{said}");
}
