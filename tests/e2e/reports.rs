//! The forms of a drift report: each fits its published schema, and the page works in a browser.
//!
//! The schemas of SARIF and `JUnit` are not ours to keep. Put them into a folder that `RECON_TEST_SCHEMAS` names, as
//! `sarif-schema-2.1.0.json` (OASIS), `junit-10.xsd` (Jenkins) and `JUnit.xsd` (Apache Ant).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use recon_tests::{Cloud, Scratch};
use serde_json::Value;

use crate::{scratch, top};

/// What is declared in the stack `app`; somebody else changes what stands in angle brackets.
const APP: &str = r#"
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_lambda_function" "app" {
  function_name = "app"
  role          = aws_iam_role.app.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "src"
}
resource "aws_lambda_alias" "each" {
  for_each         = toset(["a \"b\" <c>&amp;"])
  name             = "live"
  description      = "<own>"
  function_name    = aws_lambda_function.app.function_name
  function_version = "$LATEST"
}
resource "aws_cloudwatch_log_group" "app" {
  count = <1>
  name  = "/app"
}
resource "aws_api_gateway_rest_api" "app" {
  name = "app"
}
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.app.id
  resource_id   = aws_api_gateway_rest_api.app.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id = aws_api_gateway_rest_api.app.id
  resource_id = aws_api_gateway_rest_api.app.root_resource_id
  http_method = aws_api_gateway_method.get.http_method
  type        = "MOCK"
}
resource "aws_api_gateway_deployment" "app" {
  rest_api_id = aws_api_gateway_rest_api.app.id
  depends_on  = [aws_api_gateway_integration.get]
}
resource "aws_api_gateway_stage" "app" {
  rest_api_id   = aws_api_gateway_rest_api.app.id
  deployment_id = aws_api_gateway_deployment.app.id
  stage_name    = "live"
}
"#;

/// What somebody else adds.
const ROGUE: &str = r#"
resource "aws_api_gateway_method" "rogue" {
  rest_api_id   = aws_api_gateway_rest_api.app.id
  resource_id   = aws_api_gateway_rest_api.app.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}
"#;

fn app(description: &str, groups: &str) -> String {
    APP.replace("<own>", description).replace("<1>", groups)
}

/// Directories in which there is something of every kind, and one that cannot be looked at.
pub(crate) fn varied(cloud: &Cloud) -> Scratch {
    let own = scratch().over(&cloud.endpoint);
    own.write("app/main.tf", &app("own", "1")).write("app/src/index.js", "exports.own = 1\n");
    own.ok(&["-chdir=app", "apply", "-auto-approve"]);
    let other = own.beside();
    other.copy_to(&own.path().join("app/state"), "app/state");
    other.write("app/main.tf", &(app("other", "0") + ROGUE)).write("app/src/index.js", "exports.other = 1\n");
    let touched = ["aws_lambda_function.app", "aws_lambda_alias.each", "aws_cloudwatch_log_group.app"];
    let targets = touched.into_iter().chain(["aws_api_gateway_method.rogue"]);
    let targets: Vec<String> = targets.map(|address| format!("-target={address}")).collect();
    let mut arguments = vec!["-chdir=app", "apply", "-auto-approve"];
    arguments.extend(targets.iter().map(String::as_str));
    other.ok(&arguments);
    own.write("app/pending.tf", "resource \"terraform_data\" \"pending\" {\n  input = \"</script>\"\n}\n");
    own.write("app/.reconignore", "aws_lambda_function.app last_modified because it follows\n");
    own.write("broken/main.tf", "resource \"no_such_type\" \"<x>\" {}\n");
    own.write("fine/main.tf", "");
    own
}

/// All stacks in all forms, each in a file.
pub(crate) fn reported(own: &Scratch, more: &[&str]) {
    let formats = ["text", "json", "markdown", "junit", "sarif", "html"];
    let formats: Vec<String> = formats.iter().map(|name| format!("-format={name}:report.{name}")).collect();
    let mut arguments = vec!["drift", "-stack=app", "-stack=broken"];
    arguments.extend(formats.iter().map(String::as_str));
    own.expect(1, &[&arguments, more].concat());
}

#[test]
fn the_forms_fit_their_schemas() {
    let cloud = Cloud::sandbox();
    let own = varied(&cloud);
    reported(&own, &["-blame"]);
    let json: Value = serde_json::from_str(&own.read("report.json")).expect("the report is JSON");
    for kind in ["changed", "code", "gone", "undeployed", "undeclared", "pending", "errors"] {
        assert_eq!(json["summary"][kind], 1, "{kind}: {json:#}");
    }
    fits_json(&top().join("docs/drift-report.schema.json"), &own.path().join("report.json"));
    let Some(schemas) = std::env::var_os("RECON_TEST_SCHEMAS").map(PathBuf::from) else {
        println!("skipped: RECON_TEST_SCHEMAS names no folder with the schemas of SARIF and JUnit");
        return;
    };
    fits_json(&schemas.join("sarif-schema-2.1.0.json"), &own.path().join("report.sarif"));
    for schema in ["junit-10.xsd", "JUnit.xsd"] {
        let schema = schemas.join(schema).display().to_string();
        judged(Command::new("xmllint").args(["--noout", "--schema", &schema, "report.junit"]), own.path());
    }
}

/// A document must fit a JSON schema, as a validator that nobody here wrote sees it.
fn fits_json(schema: &Path, document: &Path) {
    const CODE: &str = "import json, sys, jsonschema\njsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))";
    let is_there = Command::new("python3").args(["-c", "import jsonschema"]).stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        println!("skipped: Python's jsonschema is not installed");
        return;
    }
    judged(Command::new("python3").args(["-c", CODE]).arg(schema).arg(document), Path::new("."));
}

/// Runs a validator, which must be content; whether it is installed is said.
fn judged(command: &mut Command, directory: &Path) {
    let name = command.get_program().display().to_string();
    match command.current_dir(directory).output() {
        Err(_) => println!("skipped: {name} is not installed"),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{name}: {said}");
        }
    }
}

#[test]
fn who_did_it_is_told_in_every_form() {
    let cloud = Cloud::sandbox();
    let own = varied(&cloud);
    reported(&own, &["-blame"]);
    let json: Value = serde_json::from_str(&own.read("report.json")).expect("the report is JSON");
    let findings = json["stacks"][0]["findings"].as_array().expect("findings are a list");
    for (kind, event) in [
        ("changed", "UpdateAlias20150331"),
        ("code", "UpdateFunctionCode20150331v2"),
        ("gone", "DeleteLogGroup"),
        ("undeployed", "PutMethod"),
        ("undeclared", "PutMethod"),
    ] {
        let finding = findings.iter().find(|one| one["kind"] == kind).expect("each kind is found");
        // CloudTrail counts in seconds, so that what happened within one has no order.
        let deeds = finding["blame"].as_array().expect("blame is a list");
        let blame = deeds.iter().find(|deed| deed["event"] == event).expect("the call is named");
        assert_eq!(blame["who"], "arn:aws:iam::123456789012:user/sandbox", "{finding:#}");
        assert!(blame["when"].as_str().is_some_and(|when| when.ends_with('Z')), "{finding:#}");
    }
    for form in ["text", "markdown", "junit", "sarif", "html"] {
        let text = own.read(&format!("report.{form}"));
        assert!(text.contains("DeleteLogGroup") && text.contains("user/sandbox"), "{form}: {text}");
    }
    // Whoever may not ask is told so, and gets the rest.
    cloud.control(
        "POST",
        "faults",
        &serde_json::json!([{ "operation": "cloudtrail:LookupEvents", "action": { "error": { "status": 400, "code": "AccessDeniedException", "message": "no" } }, "times": 100 }]),
    );
    let said = own.expect(2, &["-chdir=app", "drift", "-blame"]);
    assert!(said.stderr.contains("Nobody can be blamed") && said.stdout.contains("drifted"), "{said:?}");
    assert!(
        own.ok(&["-chdir=app", "drift", "-iam-policy", "-blame"]).stdout.contains("cloudtrail:LookupEvents")
    );
    assert!(!own.ok(&["-chdir=app", "drift", "-iam-policy"]).stdout.contains("cloudtrail"));
}

/// What a visitor does, one step after the other; each adds a line to what the page says in the end.
const VISIT: &str = r#"
const said = [];
const say = (what, value) => said.push(what + ": " + value);
const byId = (id) => document.getElementById(id);
const press = (key, target) => (target || document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const type = (text) => { byId("search").value = text; byId("search").dispatchEvent(new Event("input")); };
const seen = () => Array.from(document.querySelectorAll(".finding")).filter((one) => one.offsetParent !== null);
addEventListener("error", (event) => say("error", event.message));
addEventListener("load", () => {
  say("all", seen().length);
  type("group7");
  say("found", seen().length);
  say("wells", Array.from(document.querySelectorAll(".rest li")).filter((one) => !one.hidden).length);
  type("no such thing");
  say("none", seen().length + " " + !byId("nothing").hidden);
  press("Escape", byId("search"));
  say("again", seen().length);
  document.querySelector("button.card.changed").click();
  say("without changed", seen().length);
  document.querySelector("button.card.changed").click();
  press("/");
  say("slash", document.activeElement.id);
  byId("search").blur();
  press("j");
  press("j");
  say("second", document.activeElement.closest(".finding") === seen()[1]);
  press("o");
  say("open", seen().filter((one) => one.open).length);
  press("c");
  say("closed", seen().filter((one) => one.open).length);
  const theme = document.documentElement.dataset.theme;
  const back = getComputedStyle(document.body).backgroundColor;
  byId("theme").click();
  say("theme", theme + " " + document.documentElement.dataset.theme + " " + (getComputedStyle(document.body).backgroundColor !== back));
  document.querySelector("a.node").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  setTimeout(() => {
    say("picture", seen().filter((one) => one.open).length);
    say("wide", document.documentElement.scrollWidth <= innerWidth);
    document.title = said.join("; ");
  }, 50);
});
"#;

#[test]
fn the_page_works_in_a_browser_with_a_thousand_objects() {
    let Some(browser) = browser() else {
        println!("skipped: no Chromium is installed");
        return;
    };
    let cloud = Cloud::sandbox();
    let own = scratch().over(&cloud.endpoint);
    own.write("main.tf", &groups(1_000, |_| 7));
    own.ok(&["apply", "-auto-approve"]);
    let other = own.beside();
    other.copy_to(&own.path().join("state"), "state");
    other.write("main.tf", &groups(1_000, |number| if number % 2 == 0 { 7 } else { 30 }));
    other.ok(&["apply", "-auto-approve"]);
    own.write("more.tf", "resource \"terraform_data\" \"pending\" {}\n");
    own.expect(2, &["drift", "-format=html:page.html"]);
    let page = own
        .read("page.html")
        .replace("<script>\n\"use strict\"", &format!("<script>{VISIT}</script>\n<script>\n\"use strict\""));
    for (width, file) in [("1400", "wide.html"), ("400", "narrow.html")] {
        own.write(file, &page);
        let said = visited(&browser, &own, file, width);
        // Of group7, group70 to group79 and group700 to group799, those with odd numbers have changed.
        let expected = "all: 501; found: 56; wells: 55; none: 0 true; again: 501; without changed: 1; slash: search; second: true; open: 501; closed: 0; theme: light dark true; picture: 1; wide: true";
        assert_eq!(said, expected, "{width}");
    }
}

/// Log groups, each with its days.
fn groups(count: usize, days: fn(usize) -> u32) -> String {
    let group = |number: usize| {
        let days = days(number);
        format!(
            "resource \"aws_cloudwatch_log_group\" \"group{number}\" {{\n  name = \"group{number}\"\n  retention_in_days = {days}\n}}\n"
        )
    };
    (0..count).map(group).collect()
}

fn browser() -> Option<String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let runs = |name: &&&str| Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok();
    names.iter().find(runs).map(|name| (*name).to_owned())
}

/// What a page says after a visit. Nothing may appear on the console.
fn visited(browser: &str, own: &Scratch, file: &str, width: &str) -> String {
    let profile = format!("--user-data-dir={}", own.path().join(format!("profile-{width}")).display());
    let size = format!("--window-size={width},1000");
    let page = format!("file://{}", own.path().join(file).display());
    let quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        "--virtual-time-budget=10000",
        "--dump-dom",
    ];
    let output = Command::new(browser).args(quiet).args([&profile, &size, &page]).output();
    let output = output.expect("the browser runs");
    let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let console: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    let title = dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    title.map(|(title, _)| title.to_owned()).unwrap_or_default()
}
