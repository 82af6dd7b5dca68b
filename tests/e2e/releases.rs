//! Versions, aliases and stages through their life.

use recon_tests::{Cloud, Scratch};

use crate::{example_lab, scratch};

fn attribute(scratch: &Scratch, address: &str, name: &str) -> serde_json::Value {
    let state: serde_json::Value =
        serde_json::from_str(&scratch.ok(&["state", "pull"]).stdout).expect("the state is JSON");
    let resources = state["resources"].as_array().expect("resources are a list");
    let found = resources.iter().find(|resource| resource["address"] == address);
    found.unwrap_or_else(|| panic!("{address} is not in the state"))["object"]["attributes"][name].clone()
}

fn prod(scratch: &Scratch) -> serde_json::Value {
    attribute(scratch, "aws_lambda_alias.prod", "function_version")
}

#[test]
fn a_release_is_published_weighted_moved_and_rolled_back() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(prod(&scratch), "1");

    scratch.write("src/index.js", "exports.handler = async () => ({ statusCode: 204 });\n");
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(prod(&scratch), "1");
    assert_eq!(attribute(&scratch, "aws_lambda_alias.dev", "function_version"), "$LATEST");

    scratch.write(
        "terraform.tfvars",
        "releases = [\"first\", \"second\"]\ncanary = { release = \"second\", weight = 0.1 }\n",
    );
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(prod(&scratch), "1");
    let weights = attribute(&scratch, "aws_lambda_alias.prod", "routing_config");
    assert_eq!(weights[0]["additional_version_weights"]["2"], 0.1);

    scratch.write("terraform.tfvars", "releases = [\"first\", \"second\"]\nprod = \"second\"\n");
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(prod(&scratch), "2");
    scratch.expect_no_changes();

    scratch.write("terraform.tfvars", "releases = [\"first\", \"second\"]\nprod = \"first\"\n");
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(prod(&scratch), "1");
    scratch.expect_no_changes();
}

#[test]
fn a_version_that_an_alias_uses_cannot_be_taken_away() {
    let cloud = Cloud::sandbox();
    let scratch = function(&cloud);
    scratch.write("versions.tf", VERSION);
    scratch.write("alias.tf", &alias("aws_lambda_version.one.version"));
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write("versions.tf", "");
    scratch.write("alias.tf", &alias("\"1\""));
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("aws_lambda_alias.prod"), "{}", ran.stderr);
}

#[test]
fn two_blocks_never_own_one_version() {
    let cloud = Cloud::sandbox();
    let scratch = function(&cloud);
    scratch.write("versions.tf", VERSION);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write("more.tf", &VERSION.replace("\"one\"", "\"two\""));
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("aws_lambda_version.one"), "{}", ran.stderr);
}

#[test]
fn a_rolling_version_publishes_changes_and_keeps_the_newest() {
    let cloud = Cloud::sandbox();
    let scratch = function(&cloud);
    scratch.write(
        "versions.tf",
        "resource \"aws_lambda_version\" \"rolling\" {\n  function_name = aws_lambda_function.f.function_name\n  publish_on_change = true\n  retain = 2\n}\n",
    );
    scratch.write("alias.tf", &alias("aws_lambda_version.rolling.version"));
    for number in 1..=4 {
        scratch.write("code/index.js", &format!("exports.handler = async () => {number};\n"));
        scratch.ok(&["apply", "-auto-approve"]);
        assert_eq!(prod(&scratch), number.to_string());
        scratch.expect_no_changes();
    }
    let history = attribute(&scratch, "aws_lambda_version.rolling", "history");
    assert_eq!(history.as_array().map(Vec::len), Some(2), "{history}");
    scratch.ok(&["destroy", "-auto-approve"]);
}

#[test]
fn a_deployment_without_triggers_follows_what_it_froze() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let first = attribute(&scratch, "aws_api_gateway_deployment.items", "id");
    scratch.write("tags.tf", "resource \"terraform_data\" \"unrelated\" {}\n");
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(attribute(&scratch, "aws_api_gateway_deployment.items", "id"), first);

    let main = scratch.read("main.tf").replace("api_key_required = true", "api_key_required = false");
    scratch.write("main.tf", &main);
    scratch.ok(&["apply", "-auto-approve"]);
    let second = attribute(&scratch, "aws_api_gateway_deployment.items", "id");
    assert_ne!(second, first);
    assert_eq!(attribute(&scratch, "aws_api_gateway_stage.stage[\"dev\"]", "deployment_id"), second);
    scratch.expect_no_changes();
}

const VERSION: &str =
    "resource \"aws_lambda_version\" \"one\" {\n  function_name = aws_lambda_function.f.function_name\n}\n";

fn alias(version: &str) -> String {
    format!(
        "resource \"aws_lambda_alias\" \"prod\" {{\n  name = \"prod\"\n  function_name = aws_lambda_function.f.function_name\n  function_version = {version}\n}}\n"
    )
}

fn function(cloud: &Cloud) -> Scratch {
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("code/index.js", "exports.handler = async () => 0;\n");
    scratch.write(
        "main.tf",
        r#"
        resource "aws_iam_role" "r" {
          name               = "r"
          assume_role_policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
          })
        }
        resource "aws_lambda_function" "f" {
          function_name = "f"
          role          = aws_iam_role.r.arn
          runtime       = "nodejs20.x"
          handler       = "index.handler"
          filename      = "code"
        }
        "#,
    );
    scratch
}
