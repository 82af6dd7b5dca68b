//! Another spelling of what there is already plans nothing, and shows no drift.

use recon_tests::Cloud;
use test_case::test_case;

use crate::scratch;

/// A role and two functions; `$` stands for what is spelled in two ways.
const FUNCTION: &str = r#"
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "code"
  publish       = true
}
"#;

const ALIAS: &str = r#"
resource "aws_lambda_alias" "a" {
  name             = "live"
  function_name    = aws_lambda_function.f.$
  function_version = "1"
}
"#;
const DESCRIBED: &str = r#"
resource "aws_lambda_alias" "a" {
  name             = "live"
  function_name    = "f"
  function_version = aws_lambda_function.f.version
  description      = $
}
"#;
const ROUTED: &str = r#"
resource "aws_lambda_alias" "a" {
  name             = "live"
  function_name    = "f"
  function_version = aws_lambda_function.f.version
  $
}
"#;
const MAPPING: &str = r#"
resource "aws_lambda_event_source_mapping" "m" {
  function_name    = aws_lambda_function.f.$
  event_source_arn = "arn:aws:sqs:us-east-1:123456789012:q"
}
"#;
const BROKERS: &str = r#"
resource "aws_lambda_event_source_mapping" "m" {
  function_name     = aws_lambda_function.f.arn
  topics            = ["items"]
  starting_position = "LATEST"
  self_managed_event_source {
    endpoints = { KAFKA_BOOTSTRAP_SERVERS = $ }
  }
}
"#;
const URL: &str = r#"
resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.f.$
  authorization_type = "AWS_IAM"
}
"#;
const PERMISSION: &str = r#"
resource "aws_lambda_permission" "p" {
  statement_id  = "s"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "210987654321"
  $
}
"#;
const OTHER: &str = r#"
resource "aws_lambda_function" "g" {
  function_name = "g"
  role          = aws_iam_role.r.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "code"
  $
}
"#;
const ROLE: &str = r#"
resource "aws_iam_role" "s" {
  name               = "s"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = $ })
}
"#;
const ROLE_DESCRIBED: &str = r#"
resource "aws_iam_role" "s" {
  name               = "s"
  assume_role_policy = aws_iam_role.r.assume_role_policy
  $
}
"#;
const POLICY: &str = r#"
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = $
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = aws_iam_role.r.name
  policy = aws_iam_policy.p.policy
}
"#;
const GROUP: &str = r#"
resource "aws_cloudwatch_log_group" "g" {
  name = "/aws/lambda/f"
  $
}
"#;

#[test_case(ALIAS, "function_name", "arn"; "function of an alias")]
#[test_case(MAPPING, "arn", "function_name"; "function of a mapping")]
#[test_case(URL, "function_name", "arn"; "function of a url")]
#[test_case(DESCRIBED, "null", "\"\""; "description of an alias")]
#[test_case(ROUTED, "", "routing_config {\n    additional_version_weights = {}\n  }"; "weights of an alias")]
#[test_case(BROKERS, "\"a:9092,b:9092\"", "\"b:9092,a:9092\""; "order of brokers")]
#[test_case(PERMISSION, "", "source_account = \"\""; "account of a source")]
#[test_case(OTHER, "", "description = \"\"\n  tags = {}\n  layers = []\n  memory_size = 128\n  timeout = 3"; "what is not set of a function")]
#[test_case(OTHER, "", "vpc_config {\n    subnet_ids = []\n    security_group_ids = []\n  }"; "no network of a function")]
#[test_case(OTHER, "environment {\n    variables = { A = \"1\", B = \"2\" }\n  }", "environment {\n    variables = { B = \"2\", A = \"1\" }\n  }"; "order of variables")]
#[test_case(ROLE, r#"[{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "210987654321" } }]"#, r#"{ Principal = { AWS = ["arn:aws:iam::210987654321:root"] }, Action = ["sts:AssumeRole"], Effect = "Allow" }"#; "account that trusts")]
#[test_case(ROLE, r#"[{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "apigateway.amazonaws.com"] } }]"#, r#"[{ Sid = "", Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["apigateway.amazonaws.com", "lambda.amazonaws.com"] } }]"#; "order of services")]
#[test_case(ROLE, r#"[{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }]"#, r#"[{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }]"#; "everybody")]
#[test_case(ROLE_DESCRIBED, "", "description = \"\"\n  tags = {}\n  path = \"/\"\n  max_session_duration = 3600"; "what is not set of a role")]
#[test_case(POLICY, r#"jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = "*" }] })"#, r#""{ \"Statement\": { \"Resource\": [\"*\"], \"Action\": [\"s3:List*\", \"s3:Get*\"], \"Effect\": \"Allow\" }, \"Version\": \"2012-10-17\" }""#; "layout of a policy")]
#[test_case(GROUP, "", "retention_in_days = 0\n  tags = {}\n  skip_destroy = false"; "what is not set of a log group")]
fn another_spelling_is_no_change(block: &str, first: &str, second: &str) {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("code/index.js", "exports.handler = async () => 0;\n");
    scratch.write("function.tf", FUNCTION);
    for (one, other) in [(first, second), (second, first)] {
        scratch.write("main.tf", &block.replace('$', one));
        scratch.ok(&["apply", "-auto-approve"]);
        scratch.expect_no_changes();
        scratch.write("main.tf", &block.replace('$', other));
        scratch.expect_no_changes();
        scratch.ok(&["drift"]);
        scratch.write("main.tf", "");
        scratch.ok(&["apply", "-auto-approve"]);
    }
}
