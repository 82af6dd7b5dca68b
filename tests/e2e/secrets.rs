//! What is sensitive, and what a service makes of it, is shown nowhere but where it is asked for by name.

use recon_tests::{Cloud, Scratch};

/// A secret in a name, a path, an environment, a tag, and in arguments of data sources.
const CONFIGURATION: &str = r#"
variable "part" {
  sensitive = SENSITIVE
  default   = "hunter2secret"
}

resource "aws_iam_role" "role" {
  name = "role-${var.part}"
  tags = { part = var.part }
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "items" {
  function_name = var.part
  role          = aws_iam_role.role.arn
  filename      = "src"
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  description   = "ALIAS"
  environment {
    variables = { PART = var.part }
  }
}

resource "aws_lambda_alias" "prod" {
  name             = "prod"
  function_name    = aws_lambda_function.items.function_name
  function_version = "$LATEST"
}

resource "aws_api_gateway_rest_api" "api" {
  name = "items-api"
}

resource "aws_api_gateway_resource" "items" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = var.part
}

data "aws_lambda_function" "read" {
  function_name = var.part
  depends_on    = [aws_lambda_function.items]
}

data "aws_iam_policy_document" "policy" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${var.part}"]
  }
}

output "path" {
  value = aws_api_gateway_resource.items.path
}
"#;

fn lab(cloud: &Cloud, sensitive: &str) -> Scratch {
    let scratch = crate::scratch().over(&cloud.endpoint);
    scratch.write("src/index.js", "exports.handler = async () => ({});\n");
    scratch.write("main.tf", &CONFIGURATION.replace("SENSITIVE", sensitive));
    scratch
}

/// Runs recon, which must not say the secret.
#[track_caller]
fn silent(scratch: &Scratch, code: i32, arguments: &[&str]) {
    let ran = scratch.expect(code, arguments);
    for text in [ran.stdout, ran.stderr] {
        assert!(!text.contains("hunter2"), "recon {}\n{text}", arguments.join(" "));
    }
}

#[test]
fn a_secret_and_what_is_made_of_it_are_shown_by_no_command() {
    let cloud = Cloud::sandbox();
    let scratch = lab(&cloud, "true");
    silent(&scratch, 0, &["plan"]);
    silent(&scratch, 0, &["plan", "-json"]);
    silent(&scratch, 0, &["apply", "-auto-approve"]);
    for arguments in [&["show"][..], &["output"], &["drift"], &["plan", "-destroy"]] {
        silent(&scratch, 0, arguments);
    }
    silent(&scratch, 0, &["state", "show", "aws_api_gateway_resource.items"]);
    silent(&scratch, 0, &["plan", "-detailed-exitcode"]);
    scratch.write("main.tf", &scratch.read("main.tf").replace("ALIAS", "another"));
    silent(&scratch, 0, &["apply", "-auto-approve", "-json"]);
    silent(&scratch, 0, &["plan", "-out=plan", "-replace=aws_lambda_function.items"]);
    silent(&scratch, 0, &["show", "plan"]);
    silent(&scratch, 0, &["apply", "plan"]);
    silent(&scratch, 0, &["plan", "-detailed-exitcode"]);
    assert_eq!(scratch.ok(&["output", "-raw", "path"]).stdout, "/hunter2secret");
    silent(&scratch, 0, &["destroy", "-auto-approve"]);
}

#[test]
fn an_error_of_a_service_does_not_say_a_secret() {
    let cloud = Cloud::sandbox();
    let scratch = lab(&cloud, "true");
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write("main.tf", &scratch.read("main.tf").replace("\"$LATEST\"", "\"7\""));
    silent(&scratch, 1, &["apply", "-auto-approve"]);
}

#[test]
fn what_is_no_secret_any_more_is_shown_again() {
    let cloud = Cloud::sandbox();
    let scratch = lab(&cloud, "true");
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write("main.tf", &scratch.read("main.tf").replace("sensitive = true", "sensitive = false"));
    scratch.ok(&["apply", "-auto-approve"]);
    assert!(scratch.ok(&["output"]).stdout.contains("path = \"/hunter2secret\""));
    scratch.expect_no_changes();
}
