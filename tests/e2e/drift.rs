//! What changes behind recon's back is found and repaired.

use recon_tests::Cloud;

use crate::{example_lab, scratch};

#[test]
fn exit_codes_tell_drift_from_what_is_pending() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect(0, &["drift"]);

    scratch.write("pending.tf", "resource \"terraform_data\" \"new\" {\n  input = 1\n}\n");
    scratch.expect(3, &["drift"]);

    meddle(&cloud);
    let report = scratch.expect(2, &["drift"]).stdout;
    assert!(report.contains("aws_lambda_alias.prod") && report.contains("$LATEST"), "{report}");
    let json = scratch.expect(2, &["drift", "-format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("the report is JSON");
    assert!(json.to_string().contains("aws_lambda_alias.prod"), "{json}");

    cloud.take_calls();
    scratch.expect(2, &["drift"]);
    assert_eq!(cloud.take_calls()["mutating"], 0);

    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect(0, &["drift"]);
    scratch.write("pending.tf", "resource \"no_such_type\" \"new\" {}\n");
    scratch.expect(1, &["drift"]);
}

/// Somebody else points the alias prod elsewhere.
fn meddle(cloud: &Cloud) {
    let other = scratch().over(&cloud.endpoint);
    other.write(
        "main.tf",
        r#"
        provider "aws" {
          region = "us-east-1"
        }
        resource "aws_lambda_alias" "prod" {
          name             = "prod"
          function_name    = "ItemsFunction"
          function_version = "$LATEST"
        }
        "#,
    );
    other.ok(&["import", "aws_lambda_alias.prod", "ItemsFunction/prod"]);
    other.ok(&["apply", "-auto-approve"]);
}

#[test]
fn an_object_that_is_gone_is_made_again() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let other = crate::scratch().over(&cloud.endpoint);
    other.write("main.tf", "resource \"aws_lambda_alias\" \"dev\" {\n  name = \"dev\"\n  function_name = \"ItemsFunction\"\n  function_version = \"$LATEST\"\n}\n");
    other.ok(&["import", "aws_lambda_alias.dev", "ItemsFunction/dev"]);
    other.ok(&["destroy", "-auto-approve"]);
    scratch.expect(2, &["drift"]);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
}

/// Every form of report.
const FORMATS: [&str; 6] = ["text", "json", "markdown", "junit", "sarif", "html"];

#[test]
fn secrets_and_what_follows_from_them_stay_out_of_every_form() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let text = |part: &str, secret: bool| {
        format!(
            "variable \"part\" {{\n  default = \"{part}\"\n  sensitive = {secret}\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = \"a\"\n}}\nresource \"aws_api_gateway_resource\" \"r\" {{\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  parent_id = aws_api_gateway_rest_api.a.root_resource_id\n  path_part = var.part\n}}\n"
        )
    };
    scratch.write("main.tf", &text("hunter2", true));
    scratch.ok(&["apply", "-auto-approve"]);
    let other = crate::scratch().over(&cloud.endpoint);
    other.write("main.tf", &text("hunter3hunter2", false));
    std::fs::create_dir_all(other.path().join("state")).unwrap();
    std::fs::copy(scratch.path().join("state/default.json"), other.path().join("state/default.json"))
        .unwrap();
    other.ok(&["apply", "-auto-approve"]);
    for format in FORMATS {
        let said = scratch.expect(2, &["drift", "-format", format]);
        assert!(said.stdout.contains("aws_api_gateway_resource"), "{format}: {}", said.stdout);
        let all = format!("{}{}", said.stdout, said.stderr);
        assert!(!all.contains("hunter"), "{format}: {all}");
    }
    other.ok(&["destroy", "-auto-approve"]);
    for format in FORMATS {
        let said = scratch.expect(2, &["drift", "-format", format]);
        assert!(!said.stdout.contains("hunter"), "{format}: {}", said.stdout);
    }
}

#[test]
fn what_nobody_declared_is_found_without_a_call_more_and_rules_may_hide_it() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    scratch.expect(0, &["plan", "-detailed-exitcode"]);
    let planned = cloud.take_calls()["total"].clone();
    let other = crate::scratch().over(&cloud.endpoint);
    other.write(
        "main.tf",
        r#"
        resource "aws_lambda_alias" "rogue" {
          name             = "rogue"
          function_name    = "ItemsFunction"
          function_version = "$LATEST"
        }
        resource "aws_lambda_permission" "rogue" {
          statement_id  = "Rogue"
          function_name = "ItemsFunction"
          qualifier     = "dev"
          action        = "lambda:InvokeFunction"
          principal     = "s3.amazonaws.com"
        }
        "#,
    );
    other.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    let said = scratch.expect(2, &["drift", "-json"]).stdout;
    let calls = cloud.take_calls();
    assert_eq!((&calls["total"], &calls["mutating"]), (&planned, &0.into()), "{calls}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let findings = report["stacks"][0]["findings"].as_array().unwrap();
    let named: Vec<&str> = findings.iter().map(|one| one["object"]["id"].as_str().unwrap()).collect();
    assert_eq!(named, ["ItemsFunction/rogue", "ItemsFunction:dev/Rogue"], "{said}");

    scratch.write(".reconignore", "aws_lambda_function.items aws_lambda_* because the others test\n");
    let said = scratch.expect(0, &["drift"]).stdout;
    assert!(said.contains("Ignored (2)") && said.contains("the others test"), "{said}");
    scratch.write(".reconignore", "aws_lambda_function.items until 2020-01-01 because of a test\n");
    let said = scratch.expect(2, &["drift"]).stderr;
    assert!(said.contains("Ignore rule has expired") && said.contains("2020-01-01"), "{said}");
    scratch.write(".reconignore", "aws_lambda_function.items\n");
    let said = scratch.expect(1, &["drift"]).stderr;
    assert!(said.contains(".reconignore:1"), "{said}");
}

#[test]
fn a_thorough_run_finds_what_is_in_lists_that_no_read_needs() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let apis = cloud.call("GET", "/restapis", "");
    let api = apis["item"][0]["id"].as_str().expect("the lab has an API").to_owned();
    let made = [
        (
            "/2015-03-31/functions/ItemsFunction/policy",
            r#"{"StatementId": "Rogue", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}"#,
        ),
        (
            &*format!("/restapis/{api}/models"),
            r#"{"name": "Rogue", "contentType": "application/json", "schema": "{}"}"#,
        ),
    ];
    for (path, body) in made {
        let answer = cloud.call("POST", path, body);
        assert!(answer.get("message").is_none() && answer.get("Message").is_none(), "{path}: {answer}");
    }
    scratch.expect(2, &["drift", "-thorough"]);
    cloud.take_calls();
    let policy = scratch.ok(&["drift", "-thorough", "-iam-policy"]).stdout;
    let said = scratch.expect(2, &["drift", "-thorough", "-json"]).stdout;
    let calls = cloud.take_calls();
    assert_eq!(calls["mutating"], 0, "{calls}");
    for operation in calls["operations"].as_object().unwrap().keys() {
        let action = if operation.starts_with("apigateway:") { "apigateway:GET" } else { operation };
        assert!(policy.contains(&format!("\"{action}\"")), "{operation} is not in {policy}");
    }
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let findings = report["stacks"][0]["findings"].as_array().unwrap();
    let named: Vec<&str> = findings.iter().filter_map(|one| one["object"]["id"].as_str()).collect();
    assert_eq!(named, [&*format!("{api}/Rogue"), "ItemsFunction/Rogue"], "{said}");

    let denied = serde_json::json!([{"operation": "apigateway:GetGatewayResponses", "after": 0, "action":
        {"error": {"status": 403, "code": "AccessDeniedException", "message": "not you"}}}]);
    cloud.control("POST", "faults", &denied);
    let said = scratch.expect(1, &["drift", "-thorough"]).stderr;
    assert!(said.contains("What is under an object cannot be read"), "{said}");
    assert!(said.contains("aws_api_gateway_rest_api.items") && said.contains("not you"), "{said}");
}

#[test]
fn a_plan_that_redeploys_names_what_nobody_declared() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let apis = cloud.call("GET", "/restapis", "");
    let api = apis["item"][0]["id"].as_str().expect("the lab has an API").to_owned();
    let root = apis["item"][0]["rootResourceId"].as_str().expect("an API has a root").to_owned();
    let method = format!("/restapis/{api}/resources/{root}/methods/DELETE");
    cloud.call("PUT", &method, r#"{"authorizationType": "NONE"}"#);
    cloud.call("PUT", &format!("{method}/integration"), r#"{"type": "MOCK"}"#);
    let said = scratch.expect(2, &["plan", "-detailed-exitcode"]);
    let said = said.stdout + &said.stderr;
    assert!(said.contains("Undeclared parts are deployed"), "{said}");
    assert!(
        said.contains("aws_api_gateway_method DELETE /") && said.contains("releases.recon.hcl:"),
        "{said}"
    );
    // What the same plan takes over is declared.
    let block = r#"
import {
  to = aws_api_gateway_method.delete
  id = "API/ROOT/DELETE"
}
resource "aws_api_gateway_method" "delete" {
  rest_api_id   = aws_api_gateway_rest_api.items.id
  resource_id   = aws_api_gateway_rest_api.items.root_resource_id
  http_method   = "DELETE"
  authorization = "NONE"
}
"#;
    scratch.write("delete.tf", &block.replace("API", &api).replace("ROOT", &root));
    let said = scratch.expect(2, &["plan", "-detailed-exitcode"]);
    let said = said.stdout + &said.stderr;
    assert!(!said.contains("Undeclared parts"), "{said}");
}

#[test]
fn code_that_somebody_else_uploaded_is_told_apart() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let other = example_lab(&cloud.endpoint);
    std::fs::create_dir_all(other.path().join("state")).unwrap();
    std::fs::copy(scratch.path().join("state/default.json"), other.path().join("state/default.json"))
        .unwrap();
    other.write("src/index.js", "exports.handler = async () => 'somebody else'\n");
    other.ok(&["apply", "-auto-approve", "-target=aws_lambda_function.items"]);
    let said = scratch.expect(2, &["drift", "-json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["summary"]["code"], 1, "{said}");
    assert_eq!(report["summary"]["changed"], 0, "{said}");
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect(0, &["drift"]);
}

#[test]
fn flags_of_plan_that_mean_nothing_here_are_refused_with_the_reason() {
    let scratch = scratch();
    scratch.write("main.tf", "");
    for (flag, reason) in [
        ("-replace=aws_x.y", "recon plan -replace"),
        ("-destroy", "only looks"),
        ("-refresh-only", "writes no state"),
        ("-refresh=false", "nothing but a look"),
        ("-lock-timeout=5s", "takes no lock"),
    ] {
        let said = scratch.expect(1, &["drift", flag]).stderr;
        assert!(said.contains("Flag without meaning") && said.contains(reason), "{flag}: {said}");
    }
    let said = scratch.expect(1, &["plan", "-refresh-only", "-refresh=false"]).stderr;
    assert!(said.contains("Incompatible flags"), "{said}");
}

#[test]
fn many_stacks_make_one_report_and_a_broken_one_does_not_hide_the_others() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let function = |name: &str| {
        format!(
            "resource \"aws_iam_role\" \"r\" {{\n  name = \"{name}\"\n  assume_role_policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ Service = \"lambda.amazonaws.com\" }} }}] }})\n}}\n"
        )
    };
    for name in ["a", "b", "c"] {
        scratch.write(&format!("envs/{name}/main.tf"), &function(name));
        scratch.ok(&[&format!("-chdir=envs/{name}"), "apply", "-auto-approve"]);
    }
    scratch.expect(0, &["drift", "-stack", "envs/*"]);
    scratch.write("envs/b/more.tf", "resource \"terraform_data\" \"x\" {}\n");
    scratch.expect(3, &["drift", "-stack", "envs/*"]);
    scratch.expect(0, &["drift", "-stack", "envs/*", "-shard=1/3"]);
    scratch.expect(3, &["drift", "-stack", "envs/*", "-shard=2/3"]);
    let other = crate::scratch().over(&cloud.endpoint);
    other.write("main.tf", &function("a"));
    other.ok(&["import", "aws_iam_role.r", "a"]);
    other.ok(&["destroy", "-auto-approve"]);
    scratch.expect(2, &["drift", "-stack", "envs/*", "-format=json:out.json", "-format=junit:out.xml"]);
    let report: serde_json::Value = serde_json::from_str(&scratch.read("out.json")).unwrap();
    assert_eq!(report["summary"]["gone"], 1);
    assert_eq!(report["summary"]["pending"], 1);
    assert!(scratch.read("out.xml").contains("name=\"envs/b\""));
    scratch.write("envs/c/main.tf", "resource \"no_such_type\" \"x\" {}\n");
    let said = scratch.expect(1, &["drift", "-stack", "envs/*", "-json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["status"], &report["summary"]["gone"]), (&"error".into(), &1.into()), "{said}");
    assert!(report["stacks"][2]["error"].as_str().unwrap().contains("main.tf"), "{said}");
    scratch.expect(1, &["drift", "-stack", "no/*"]);
}

#[test]
fn the_printed_policy_covers_every_call_of_a_run() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    let policy = scratch.ok(&["drift", "-iam-policy"]).stdout;
    assert_eq!(cloud.take_calls()["total"], 0);
    scratch.expect(0, &["drift"]);
    let calls = cloud.take_calls();
    let operations = calls["operations"].as_object().unwrap();
    assert!(operations.len() > 5, "{calls}");
    for operation in operations.keys() {
        let action = if operation.starts_with("apigateway:") { "apigateway:GET" } else { operation };
        assert!(policy.contains(&format!("\"{action}\"")), "{operation} is not in {policy}");
    }
}

#[test]
fn a_webhook_is_told_again_until_it_listens() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/secret-path", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        ["503 Busy", "200 OK", "404 Gone"].map(|status| answer(&listener, status))
    });
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", "resource \"terraform_data\" \"new\" {}\n");
    scratch.expect(3, &["drift", "-notify", &url, "-notify-slack"]);
    let said = scratch.expect(1, &["drift", "-notify", &url]).stderr;
    assert!(said.contains("it answered 404") && !said.contains("secret-path"), "{said}");
    let [first, second, third] = server.join().unwrap();
    assert_eq!(first, second);
    assert!(first.starts_with("{\"text\":\"*recon drift: pending* (1 pending)"), "{first}");
    let report: serde_json::Value = serde_json::from_str(&third).unwrap();
    assert_eq!(report["status"], "pending");
}

/// Answers one request with a status; the request's body.
fn answer(listener: &std::net::TcpListener, status: &str) -> String {
    use std::io::{BufRead, BufReader, Read, Write};
    let (stream, _) = listener.accept().expect("recon calls");
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("recon sends a head");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length is a number");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("recon sends a body");
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    reader.into_inner().write_all(head.as_bytes()).expect("recon reads");
    String::from_utf8(body).expect("recon sends UTF-8")
}

/// A log group of that name.
fn group(name: &str) -> String {
    format!("resource \"aws_cloudwatch_log_group\" \"g\" {{\n  name = \"{name}\"\n}}\n")
}

#[test]
fn every_combination_of_stacks_has_its_exit_code() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let pending = "resource \"terraform_data\" \"new\" {}\n";
    for name in ["none", "pending", "drift", "both", "error"] {
        scratch.write(&format!("{name}/main.tf"), &group(name));
        scratch.ok(&[&format!("-chdir={name}"), "apply", "-auto-approve"]);
    }
    for name in ["drift", "both"] {
        let other = crate::scratch().over(&cloud.endpoint);
        other.write("main.tf", &group(name));
        other.ok(&["import", "aws_cloudwatch_log_group.g", name]);
        other.ok(&["destroy", "-auto-approve"]);
    }
    scratch.write("pending/more.tf", pending).write("both/more.tf", pending);
    scratch.write("error/more.tf", "resource \"no_such_type\" \"x\" {}\n");
    let stacks = [("none", 0), ("pending", 3), ("drift", 2), ("both", 2), ("error", 1)];
    for chosen in 1_u32..1 << stacks.len() {
        let chosen: Vec<_> =
            (0..stacks.len()).filter(|bit| chosen & (1 << bit) != 0).map(|bit| stacks[bit]).collect();
        // An error weighs more than drift, and drift more than what is pending.
        let has = |code: i32| chosen.iter().any(|(_, is)| *is == code);
        let expected = [1, 2, 3].into_iter().find(|code| has(*code)).unwrap_or(0);
        let flags: Vec<String> = chosen.iter().map(|(name, _)| format!("-stack={name}")).collect();
        let arguments: Vec<&str> = std::iter::once("drift").chain(flags.iter().map(String::as_str)).collect();
        scratch.expect(expected, &arguments);
    }
    let alone = |code: i32| scratch.expect(code, &["-chdir=both", "drift"]);
    alone(2);
    scratch.write("both/.reconignore", "aws_cloudwatch_log_group.* because others move it\n");
    alone(3);
    scratch.write("both/.reconignore", "* because all of this is being moved\n");
    alone(0);
    scratch.write("both/.reconignore", "* because all of this is being moved\nnonsense\n");
    alone(1);
}

#[test]
fn a_run_waits_for_no_lock_and_leaves_nothing_behind() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let files = || files_below(scratch.path());
    let before = files();
    cloud.take_calls();
    scratch.expect(0, &["drift", "-json"]);
    assert_eq!(cloud.take_calls()["mutating"], 0);
    assert_eq!(files(), before);

    let slow = serde_json::json!({ "operation": "logs:CreateLogGroup", "action": { "delay_ms": 60_000 } });
    cloud.control("POST", "faults", &slow);
    scratch.write("more.tf", &group("more"));
    let mut child = scratch.start(&["apply", "-auto-approve"]);
    let journal = scratch.path().join("state/default.journal");
    while !journal.exists() {
        assert!(child.try_wait().unwrap().is_none(), "the apply ended");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let said = scratch.expect(3, &["drift"]).stderr;
    assert!(said.contains("Unfinished run"), "{said}");
    assert!(child.try_wait().unwrap().is_none(), "the apply still runs");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Each file below a directory with its bytes.
fn files_below(directory: &std::path::Path) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(directory).expect("it is a directory").flatten() {
        if entry.path().is_dir() {
            found.extend(files_below(&entry.path()));
        } else {
            found.insert(entry.path(), std::fs::read(entry.path()).expect("a file can be read"));
        }
    }
    found
}
