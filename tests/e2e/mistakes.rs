//! Broken input: a diagnostic for every mistake, exit code 1, nothing changed, never a panic.

use std::fmt::Write as _;

use recon_tests::Cloud;
use test_case::test_case;

use crate::{ITEMS_ZIP, scratch, top};

/// Every mistake that `data/mistakes` is commented with, by what names it in the output.
const MISTAKES: &[(usize, &str)] = &[
    (3, "string"),
    (6, "Duplicate"),
    (11, "tpye"),
    (15, "Cycle"),
    (17, "upper"),
    (18, "nowhere"),
    (26, "missing.zip"),
    (27, "memory_size"),
    (28, "number is required"),
    (31, "function_version"),
    (33, "aws_lambda_function.items"),
    (36, "Duplicate resource"),
    (41, "aws_instance"),
    (46, "7"),
    (56, "1.5"),
    (61, "count"),
    (65, "for_each"),
    (69, "no_such_function"),
    (74, "JSON"),
    (77, "aws_region"),
];

#[test]
fn twenty_mistakes_are_reported_at_once_each_with_its_line() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.copy(&top().join("tests/data/mistakes"));
    let ran = scratch.expect(1, &["apply", "-auto-approve"]);
    for (line, word) in MISTAKES {
        assert!(ran.stderr.contains(&format!("main.tf:{line}:")), "line {line}\n{}", ran.stderr);
        assert!(ran.stderr.contains(word), "{word}\n{}", ran.stderr);
    }
    assert_eq!(cloud.take_calls()["total"], 0);
    assert!(!scratch.path().join("state/default.json").exists());
}

#[test]
fn an_address_that_nothing_has_is_told_with_the_nearest_one() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", "resource \"terraform_data\" \"items\" { for_each = toset([\"a\"]) }\n");
    for command in ["apply", "destroy"] {
        let ran = scratch.expect(1, &[command, "-target=terraform_data.itmes"]);
        for part in ["Target matches nothing", "Did you mean `terraform_data.items`?", "Approval required"] {
            assert!(ran.stderr.contains(part), "{command}: {part}\n{}", ran.stderr);
        }
        scratch.ok(&["apply", "-auto-approve"]);
    }
    for command in ["plan", "apply"] {
        let ran = scratch.expect(1, &[command, "-replace=terraform_data.items[\"b\"]"]);
        assert!(ran.stderr.contains("Did you mean `terraform_data.items[\"a\"]`?"), "{}", ran.stderr);
    }
    let ran = scratch.recon(&["drift", "-target=terraform_data.itmes"]);
    assert!(ran.stderr.contains("Did you mean `terraform_data.items`?"), "{}", ran.stderr);
}

const CODE: &str = r#"
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
locals { role = aws_iam_role.r.arn }
resource "aws_lambda_function" "kept" {
  function_name = "Kept"
  role          = local.role
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "kept.zip"
}
"#;

const MISSING: &str = r#"
resource "aws_lambda_function" "new" {
  function_name = "New"
  role          = local.role
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "source/new.zp"
}
resource "aws_lambda_layer_version" "tools" {
  layer_name = "tools"
  filename   = "emptied"
}
resource "terraform_data" "text" { input = "exports.handler = 1" }
data "archive_file" "made" {
  type                    = "zip"
  output_path             = "made.zip"
  source_content_filename = "index.js"
  source_content          = terraform_data.text.output
}
resource "aws_lambda_function" "made" {
  function_name = "Made"
  role          = local.role
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = data.archive_file.made.output_path
}
"#;

#[test]
fn code_that_is_not_there_is_told_by_the_plan_that_would_upload_it() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", CODE);
    std::fs::create_dir(scratch.path().join("source")).unwrap();
    for zip in ["kept.zip", "source/new.zip"] {
        std::fs::write(scratch.path().join(zip), ITEMS_ZIP).unwrap();
    }
    scratch.ok(&["apply", "-auto-approve"]);
    // Nothing is to be uploaded, so nobody misses the file.
    std::fs::remove_file(scratch.path().join("kept.zip")).unwrap();
    scratch.expect_no_changes();
    scratch.write("new.tf", MISSING);
    std::fs::create_dir(scratch.path().join("emptied")).unwrap();
    // A build may yet come before the plan.
    scratch.ok(&["validate"]);
    let drift = scratch.expect(3, &["drift"]).stdout;
    assert!(drift.contains("Configured but not applied"), "{drift}");
    for arguments in [&["plan"][..], &["apply", "-auto-approve"]] {
        let ran = scratch.expect(1, arguments);
        assert_eq!(ran.stderr.matches("Missing local file").count(), 2, "{}", ran.stderr);
        assert!(ran.stderr.contains("new.tf:7:"), "{}", ran.stderr);
        assert!(ran.stderr.contains("Did you mean `source/new.zip`?"), "{}", ran.stderr);
        assert!(ran.stderr.contains("new.tf:11:"), "{}", ran.stderr);
    }
    scratch.write("emptied/tool.js", "1").write("new.tf", &MISSING.replace("new.zp", "new.zip"));
    scratch.ok(&["apply", "-auto-approve"]);
    // What is there again, but empty, is other code.
    std::fs::remove_file(scratch.path().join("emptied/tool.js")).unwrap();
    scratch.expect(1, &["plan"]);
    scratch.write("main.tf", &CODE.replace("kept.zip", "other.zip"));
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("other.zip") && ran.stderr.contains("emptied"), "{}", ran.stderr);
}

#[test_case("resource \"a\" {"; "a block that does not end")]
#[test_case("x = = 1"; "two signs")]
#[test_case("\u{feff}\u{0}"; "a zero byte")]
#[test_case("locals {\n  a = \"${\n}\n"; "an interpolation that does not end")]
#[test_case("locals {\n  a = <<E\n"; "a heredoc that does not end")]
#[test_case("}"; "only an end")]
fn text_that_is_no_configuration_is_explained(text: &str) {
    let scratch = scratch();
    scratch.write("main.tf", text);
    let ran = scratch.expect(1, &["validate"]);
    assert!(ran.stderr.contains("Error") || ran.stderr.contains("error"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn text_that_is_not_utf8_is_explained() {
    let scratch = scratch();
    std::fs::write(scratch.path().join("main.tf"), b"locals { a = \"\xff\" }").unwrap();
    let ran = scratch.expect(1, &["validate"]);
    assert!(ran.stderr.contains("main.tf"), "{}", ran.stderr);
}

#[test]
fn deep_nesting_is_refused_without_a_crash() {
    let scratch = scratch();
    scratch.write("main.tf", &format!("locals {{ a = {}1{} }}", "(".repeat(100_000), ")".repeat(100_000)));
    scratch.expect(1, &["validate"]);
    scratch.write("main.tf", &format!("locals {{ a = {}1{} }}", "[".repeat(100_000), "]".repeat(100_000)));
    scratch.expect(1, &["validate"]);
}

#[test_case("[BEFORE, BEFORE]"; "a list in a list")]
#[test_case("concat([BEFORE], [BEFORE])"; "joined")]
#[test_case("{ a = BEFORE, b = BEFORE }"; "an object in an object")]
fn values_that_double_sixty_times_are_refused(level: &str) {
    let scratch = scratch();
    let mut text = "locals {\n  l0 = 1\n".to_owned();
    for index in 1..60 {
        let level = level.replace("BEFORE", &format!("local.l{}", index - 1));
        writeln!(text, "  l{index} = {level}").expect("text can be written");
    }
    scratch.write("main.tf", &format!("{text}}}\n\noutput \"all\" {{\n  value = local.l59\n}}\n"));
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("Value too large"), "{}", ran.stderr);
}

const DATA: &str = "resource \"terraform_data\" \"one\" {\n  input = 1\n}\n";

#[test_case("{\"format\": 1, \"lin", "default.json"; "a truncated state")]
#[test_case("{\"format\": 99}", "99"; "a newer state")]
#[test_case("{\"version\": 4, \"terraform_version\": \"1.11.4\", \"serial\": 1, \"lineage\": \"x\", \"resources\": []}", "Terraform"; "a state of Terraform")]
#[test_case("[]", "state"; "something else")]
fn a_state_file_that_cannot_be_read_is_explained_and_kept(text: &str, word: &str) {
    let scratch = scratch();
    scratch.write("main.tf", DATA).write("state/default.json", text);
    let ran = scratch.expect(1, &["apply", "-auto-approve"]);
    assert!(ran.stderr.contains(word), "{}", ran.stderr);
    assert_eq!(scratch.read("state/default.json"), text);
}

#[test]
fn a_foreign_plan_file_is_refused() {
    let scratch = scratch();
    scratch.write("main.tf", DATA).write("plan", "PK\u{3}\u{4} not a plan");
    let ran = scratch.expect(1, &["apply", "plan"]);
    assert!(ran.stderr.contains("plan"), "{}", ran.stderr);
}

#[test]
fn a_saved_plan_is_refused_once_the_configuration_or_the_state_moved_on() {
    let scratch = scratch();
    scratch.write("main.tf", DATA);
    scratch.ok(&["plan", "-out=plan"]);
    scratch.write("more.tf", "locals {\n  a = 1\n}\n");
    assert!(scratch.expect(1, &["apply", "plan"]).stderr.contains("configuration"));
    scratch.write("more.tf", "");
    scratch.ok(&["plan", "-out=plan"]);
    scratch.ok(&["apply", "plan"]);
    assert!(scratch.expect(1, &["apply", "plan"]).stderr.contains("state"));
}

#[test]
fn a_cloud_that_cannot_be_reached_is_explained_soon() {
    let scratch = scratch().over("http://127.0.0.1:9");
    scratch.write("main.tf", "data \"aws_caller_identity\" \"me\" {}\n");
    let started = std::time::Instant::now();
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("cannot be reached"), "{}", ran.stderr);
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
}

#[test]
fn missing_credentials_are_explained() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", "data \"aws_caller_identity\" \"me\" {}\n");
    let mut command = scratch.command(&["plan"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env("HOME", scratch.path());
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.to_lowercase().contains("credentials"), "{stderr}");
}

#[test]
fn without_credentials_nothing_begins() {
    let cloud = Cloud::sandbox();
    let scratch = crate::example_lab(&cloud.endpoint);
    for arguments in [&["plan"][..], &["apply", "-auto-approve"]] {
        let mut command = scratch.command(arguments);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        let output = command.env("HOME", scratch.path()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("no usable credentials") && !stderr.contains("Creating"), "{stderr}");
    }
    assert!(!scratch.path().join("state/default.json").exists());
    assert_eq!(cloud.take_calls()["total"], 0);
}

#[test]
fn mistakes_beside_a_wrong_type_are_told_with_it() {
    let scratch = scratch();
    scratch.write(
        "main.tf",
        "resource \"aws_iam_role\" \"r\" {\n  name                 = [\"r\"]\n  assume_role_policy   = \"{no\"\n  max_session_duration = 5\n}\n",
    );
    let ran = scratch.expect(1, &["validate"]);
    for line in ["main.tf:2:", "main.tf:3:", "main.tf:4:"] {
        assert!(ran.stderr.contains(line), "{line}\n{}", ran.stderr);
    }
}

#[test]
fn access_denied_names_the_operation() {
    let cloud = Cloud::sandbox();
    let scratch = crate::example_lab(&cloud.endpoint);
    let error = serde_json::json!({ "status": 403, "code": "AccessDeniedException", "message": "User is not authorized" });
    let fault = serde_json::json!([{ "operation": "lambda:CreateFunction", "after": 0, "times": 99, "action": { "error": error } }]);
    cloud.control("POST", "faults", &fault);
    let ran = scratch.expect(1, &["apply", "-auto-approve"]);
    assert!(ran.stderr.contains("CreateFunction"), "{}", ran.stderr);
    cloud.control("DELETE", "faults", &serde_json::Value::Null);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
}

/// An API with a method whose integration is missing, or there.
fn api(name: &str, integration: bool) -> String {
    let method = format!(
        r#"
resource "aws_api_gateway_rest_api" "{name}" {{
  name = "{name}"
}}
resource "aws_api_gateway_method" "{name}" {{
  rest_api_id   = aws_api_gateway_rest_api.{name}.id
  resource_id   = aws_api_gateway_rest_api.{name}.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}}
resource "aws_api_gateway_deployment" "{name}" {{
  rest_api_id = aws_api_gateway_rest_api.{name}.id
}}
"#
    );
    let integration = integration.then(|| {
        format!(
            r#"
locals {{
  {name} = aws_api_gateway_method.{name}
}}
resource "aws_api_gateway_integration" "{name}" {{
  rest_api_id = local.{name}.rest_api_id
  resource_id = local.{name}.resource_id
  http_method = local.{name}.http_method
  type        = "MOCK"
}}
"#
        )
    });
    method + &integration.unwrap_or_default()
}

#[test]
fn of_several_apis_that_are_all_new_the_one_that_cannot_be_deployed_is_named() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", &[api("whole", true), api("broken", false)].concat());
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("aws_api_gateway_method.broken has no integration"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("method.whole"), "{}", ran.stderr);
    scratch.write("main.tf", &[api("whole", true), api("other", true)].concat());
    scratch.ok(&["apply", "-auto-approve"]);
}

#[test]
fn a_deployment_that_is_refused_for_a_method_made_elsewhere_names_it() {
    let cloud = Cloud::sandbox();
    let (elsewhere, own) = (scratch().over(&cloud.endpoint), scratch().over(&cloud.endpoint));
    let made = api("lonely", false);
    let (method, _) =
        made.split_once("resource \"aws_api_gateway_deployment\"").expect("it has a deployment");
    elsewhere.write(
        "main.tf",
        &format!("{method}\noutput \"id\" {{ value = aws_api_gateway_rest_api.lonely.id }}\n"),
    );
    elsewhere.ok(&["apply", "-auto-approve"]);
    let id = elsewhere.ok(&["output", "-raw", "id"]).stdout;
    own.write(
        "main.tf",
        &format!("resource \"aws_api_gateway_deployment\" \"d\" {{\n  rest_api_id = \"{id}\"\n}}\n"),
    );
    let ran = own.expect(1, &["apply", "-auto-approve"]);
    assert!(ran.stderr.contains("have no integration") && ran.stderr.contains("    GET /"), "{}", ran.stderr);
}

#[test]
fn a_held_lock_names_its_holder() {
    let cloud = Cloud::sandbox();
    let delay = serde_json::json!([{ "operation": "mutating", "after": 0, "times": 1, "action": { "delay_ms": 4000 } }]);
    let scratch = crate::example_lab(&cloud.endpoint);
    cloud.control("POST", "faults", &delay);
    let mut first = scratch.start(&["apply", "-auto-approve"]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains(&first.id().to_string()), "{}", ran.stderr);
    assert!(first.wait().unwrap().success());
}
