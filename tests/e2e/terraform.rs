//! From Terraform and back: its state is taken over, and what recon made of it is handed back.

use std::process::Command;

use recon_tests::{Cloud, Scratch, moto};
use test_case::test_case;

use crate::{scratch, shared_lab};

/// What the hand-written states declare.
const CONFIGURATION: &str = r#"
module "part" {
  source   = "./part"
  for_each = toset(["a", "b"])
}
resource "terraform_data" "counted" {
  count = 2
  input = { index = count.index }
}
resource "aws_api_gateway_api_key" "partner" {
  name = "partner"
}
output "greeting" {
  value = "hello"
}
"#;

const PART: &str = r#"
resource "terraform_data" "base" {
  input = "base"
}
resource "terraform_data" "top" {
  input = terraform_data.base.output
}
"#;

/// A state of Terraform with these resources.
fn state(resources: &str) -> String {
    format!(
        r#"{{"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "0d1f", "resources": [{resources}], "check_results": null,
        "outputs": {{"greeting": {{"value": "hello", "type": "string"}}}}}}"#
    )
}

fn data(module: &str, name: &str, instances: &str) -> String {
    let module = if module.is_empty() { String::new() } else { format!(r#""module": {module:?},"#) };
    format!(
        r#"{{{module} "mode": "managed", "type": "terraform_data", "name": "{name}",
        "provider": "provider[\"terraform.io/builtin/terraform\"]", "instances": [{instances}]}}"#
    )
}

fn instance(more: &str, id: &str, input: &str, ty: &str) -> String {
    let open = format!(r#"{{"value": {input}, "type": {ty}}}"#);
    format!(
        r#"{{{more} "schema_version": 0, "sensitive_attributes": [], "attributes": {{"id": "{id}", "input": {open}, "output": {open},
        "triggers_replace": null}}}}"#
    )
}

/// A key whose secret the state marks or not.
fn api_key() -> &'static str {
    r#"{"mode": "managed", "type": "aws_api_gateway_api_key", "name": "partner",
    "provider": "provider[\"registry.opentofu.org/hashicorp/aws\"].eu", "instances": [
      {"schema_version": 0, "status": "tainted", "attributes": {"id": "k1", "name": "partner", "value": "do-not-show-this", "enabled": true}},
      {"schema_version": 0, "deposed": "00ab12cd", "attributes": {"id": "k0", "name": "partner", "value": "nor-this", "enabled": true}}
    ]}"#
}

/// Modules with keys, counted instances, dependencies.
fn full() -> String {
    let string = "\"string\"";
    let needs = r#""dependencies": ["module.part.terraform_data.base"],"#;
    let mut all = Vec::new();
    for key in ["a", "b"] {
        let module = format!("module.part[\"{key}\"]");
        all.push(data(&module, "base", &instance("", &format!("base-{key}"), "\"base\"", string)));
        all.push(data(&module, "top", &instance(needs, &format!("top-{key}"), "\"base\"", string)));
    }
    let counted = |index: u8| {
        let input = format!(r#"{{"index": {index}}}"#);
        instance(
            &format!("\"index_key\": {index},"),
            &format!("c{index}"),
            &input,
            r#"["object", {"index": "number"}]"#,
        )
    };
    all.push(data("", "counted", &format!("{}, {}", counted(0), counted(1))));
    all.join(",\n")
}

fn project() -> Scratch {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION).write("part/main.tf", PART);
    scratch
}

#[test]
fn modules_indexes_dependencies_and_open_types_are_taken_over() {
    let scratch = project();
    scratch.write(
        "main.tf",
        &CONFIGURATION
            .replace("resource \"aws_api_gateway_api_key\" \"partner\" {\n  name = \"partner\"\n}", ""),
    );
    scratch.write("t.tfstate", &state(&full()));
    scratch.ok(&["import", "-tfstate", "t.tfstate"]);
    scratch.expect_no_changes();
    let listed = scratch.ok(&["state", "list"]).stdout;
    assert!(
        listed.contains("module.part[\"a\"].terraform_data.top\n")
            && listed.contains("terraform_data.counted[1]\n"),
        "{listed}"
    );
    let stored: serde_json::Value = serde_json::from_str(&scratch.read("state/default.json")).unwrap();
    assert_eq!(stored["lineage"], "0d1f");
    assert_eq!(stored["serial"], 8);
    let top = stored["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["address"] == "module.part[\"b\"].terraform_data.top");
    assert_eq!(top.unwrap()["depends_on"], serde_json::json!(["module.part[\"b\"].terraform_data.base"]));
}

#[test]
fn what_was_taken_over_goes_back_as_it_came() {
    let scratch = project();
    scratch.write("t.tfstate", &state(&format!("{}, {}", full(), api_key())));
    scratch.ok(&["import", "-tfstate=t.tfstate"]);
    let back: serde_json::Value =
        serde_json::from_str(&scratch.ok(&["state", "export", "-tfstate"]).stdout).unwrap();
    assert_eq!((&back["version"], &back["lineage"], &back["serial"]), (&4.into(), &"0d1f".into(), &8.into()));
    assert_eq!(back["outputs"]["greeting"], serde_json::json!({"value": "hello", "type": "string"}));
    let blocks = back["resources"].as_array().unwrap();
    let counted = blocks.iter().find(|one| one["name"] == "counted").unwrap();
    assert_eq!(counted["instances"][1]["index_key"], 1);
    let input = serde_json::json!({"value": {"index": 1}, "type": ["object", {"index": "number"}]});
    assert_eq!(counted["instances"][1]["attributes"]["input"], input);
    let top =
        blocks.iter().find(|one| one["module"] == "module.part[\"b\"]" && one["name"] == "top").unwrap();
    assert_eq!(top["instances"][0]["dependencies"], serde_json::json!(["module.part.terraform_data.base"]));
    let key = blocks.iter().find(|one| one["name"] == "partner").unwrap();
    assert_eq!(key["provider"], "provider[\"registry.terraform.io/hashicorp/aws\"].eu");
    assert_eq!(key["instances"][0]["status"], "tainted");
    assert_eq!(key["instances"][1]["deposed"], "00ab12cd");
    let secret = serde_json::json!([[{"type": "get_attr", "value": "value"}]]);
    assert_eq!(key["instances"][0]["sensitive_attributes"], secret);
}

#[test]
fn tainted_and_deposed_objects_are_said_and_secrets_are_not() {
    let scratch = project();
    scratch.write("t.tfstate", &state(api_key()));
    let ran = scratch.ok(&["import", "-tfstate", "t.tfstate"]);
    assert!(ran.stderr.contains("tainted") && ran.stderr.contains("1 deposed object"), "{}", ran.stderr);
    let shown = scratch.ok(&["state", "show", "aws_api_gateway_api_key.partner"]).stdout;
    for text in [ran.stdout, ran.stderr, shown] {
        assert!(!text.contains("do-not-show-this") && !text.contains("nor-this"), "{text}");
    }
}

#[test]
fn types_that_recon_does_not_manage_stay_with_terraform_and_in_its_state() {
    let scratch = project();
    let bucket = r#"{"mode": "managed", "type": "aws_sqs_queue", "name": "q", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{"schema_version": 3, "attributes": {"arn": "arn:q"}, "identity": {"x": 1}}]}"#;
    let read = r#"{"mode": "data", "type": "aws_region", "name": "here", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{"schema_version": 0, "attributes": {"name": "us-east-1"}}]}"#;
    scratch.write("t.tfstate", &state(&format!("{bucket}, {read}, {}", full())));
    let said = scratch.ok(&["import", "-tfstate", "t.tfstate"]).stderr;
    assert!(said.contains("aws_sqs_queue.q") && said.contains("Data sources are not imported"), "{said}");
    assert!(!scratch.ok(&["state", "list"]).stdout.contains("sqs"));
    scratch.ok(&["state", "export", "-tfstate", "t.tfstate"]);
    let back: serde_json::Value = serde_json::from_str(&scratch.read("t.tfstate")).unwrap();
    let queue =
        back["resources"].as_array().unwrap().iter().find(|one| one["type"] == "aws_sqs_queue").unwrap();
    assert_eq!(queue["instances"][0]["identity"]["x"], 1);
    assert_eq!(queue["instances"][0]["schema_version"], 3);
    assert!(back["resources"].as_array().unwrap().iter().any(|one| one["mode"] == "data"));
    assert!(scratch.path().join("t.tfstate.backup").exists());
}

#[test]
fn an_import_overwrites_nothing() {
    let scratch = project();
    scratch.write("t.tfstate", &state(&full()));
    scratch.ok(&["import", "-tfstate", "t.tfstate"]);
    let before = scratch.read("state/default.json");
    let said = scratch.expect(1, &["import", "-tfstate", "t.tfstate"]).stderr;
    assert!(said.contains("terraform_data.counted[0]") && said.contains("Nothing was imported"), "{said}");
    scratch.ok(&["state", "mv", "terraform_data.counted[0]", "terraform_data.other"]);
    let single = data("", "counted", &instance("\"index_key\": 0,", "c0", "1", "\"number\""));
    scratch.write("t.tfstate", &state(&single));
    let said = scratch.expect(1, &["import", "-tfstate", "t.tfstate"]).stderr;
    assert!(said.contains("which recon has as terraform_data.other"), "{said}");
    assert_eq!(
        before.matches("\"address\"").count(),
        scratch.read("state/default.json").matches("\"address\"").count()
    );
}

#[test_case("{\"version\": 3, \"serial\": 1, \"lineage\": \"x\", \"modules\": []}", "format 3"; "older")]
#[test_case("{\"version\": 5, \"serial\": 1, \"lineage\": \"x\", \"resources\": []}", "format 5"; "newer")]
#[test_case("{\"version\": 3, \"serial\": 1, \"lineage\": \"x\", \"backend\": {\"type\": \"s3\"}}", "terraform state pull"; "backend pointer")]
#[test_case("{\"meta\": {}, \"encrypted_data\": \"x\", \"encryption_version\": \"v0\"}", "tofu state pull"; "encrypted")]
#[test_case("{\"format\": 1, \"recon\": \"0.1.0\", \"lineage\": \"x\", \"serial\": 1}", "recon state push"; "of recon")]
#[test_case("{\"version\": 4, \"serial\": 1, \"lineage\": \"x\", \"resources\": [{\"mode\"", "column"; "truncated")]
#[test_case("{\"name\": \"left-pad\", \"version\": \"1.0.0\"}", "not a Terraform state"; "foreign")]
#[test_case("[1, 2]", "not a Terraform state"; "a list")]
#[test_case("", "line 1"; "empty")]
fn other_files_are_told_apart(text: &str, wanted: &str) {
    let scratch = project();
    scratch.write("t.tfstate", text);
    let said = scratch.expect(1, &["import", "-tfstate", "t.tfstate"]).stderr.replace('\n', " ");
    assert!(said.contains(wanted), "{said}");
    assert!(!scratch.path().join("state/default.json").exists());
}

#[test]
fn attributes_that_do_not_fit_are_named_without_their_values() {
    let scratch = project();
    scratch.write("t.tfstate", &state(&api_key().replace("\"enabled\": true", "\"enabled\": \"s3cret\"")));
    let said = scratch.expect(1, &["import", "-tfstate", "t.tfstate"]).stderr;
    assert!(said.contains("aws_api_gateway_api_key.partner") && !said.contains("s3cret"), "{said}");
}

#[test]
fn a_pushed_state_must_follow_the_one_that_is_there() {
    let scratch = scratch();
    scratch.write("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    scratch.ok(&["apply", "-auto-approve"]);
    let first = scratch.ok(&["state", "pull"]).stdout;
    scratch.write("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 2\n}\n");
    scratch.ok(&["apply", "-auto-approve"]);
    let second = scratch.ok(&["state", "pull"]).stdout;
    scratch
        .write("first.json", &first)
        .write("other.json", &second.replace("\"lineage\": \"", "\"lineage\": \"f"));
    assert!(scratch.expect(1, &["state", "push", "first.json"]).stderr.contains("it is older"));
    assert!(scratch.expect(1, &["state", "push", "other.json"]).stderr.contains("lineage"));
    scratch.write("cut.json", &second[..second.len() / 2]);
    assert!(scratch.expect(1, &["state", "push", "-force", "cut.json"]).stderr.contains("Corrupt"));
    assert_eq!(scratch.ok(&["state", "pull"]).stdout, second);
    scratch.ok(&["state", "push", "-force", "first.json"]);
    assert_eq!(scratch.read("state/default.json.backup"), second);
    scratch.ok(&["state", "push", "-force", "other.json"]);
    scratch.expect_no_changes();
}

/// Types that recon adds to Terraform's are those that an export leaves out.
#[test]
fn every_type_and_attribute_is_terraforms_or_known_to_be_recons_own() {
    let path = crate::top().join("../shared/terraform/schema.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no conformance data beside the repository");
        return;
    };
    let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
    let ours: serde_json::Value =
        serde_json::from_str(&scratch().ok(&["providers", "schema", "-json"]).stdout).unwrap();
    let provider = &ours["provider_schemas"]["registry.terraform.io/hashicorp/aws"]["resource_schemas"];
    let own_types = ["aws_api_gateway_stage_binding", "aws_lambda_version"];
    let own_attributes = ["definition_parts", "definition_sha256", "live_sha256"];
    for (kind, schema) in provider.as_object().unwrap() {
        let Some(known) = theirs["resources"].get(kind) else {
            assert!(own_types.contains(&kind.as_str()), "{kind} is not a type of Terraform");
            continue;
        };
        for attribute in schema["block"]["attributes"].as_object().unwrap().keys() {
            let is_own = kind == "aws_api_gateway_deployment" && own_attributes.contains(&attribute.as_str());
            assert!(known["attributes"].get(attribute).is_some() || is_own, "{kind}.{attribute}");
        }
    }
}

/// Runs Terraform in the scratch directory, which must end with that code.
#[track_caller]
fn terraform(scratch: &Scratch, endpoint: &str, code: i32, arguments: &[&str]) -> String {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(scratch.path());
    command.env("AWS_ENDPOINT_URL", endpoint).env("AWS_EC2_METADATA_DISABLED", "true").env("NO_COLOR", "1");
    command
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let output = command.output().expect("terraform can be started");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "terraform {}\n{text}", arguments.join(" "));
    text
}

/// Terraform makes the lab, recon takes it over and changes it, Terraform gets it back: at every turn there is nothing to change.
#[test]
fn the_lab_goes_from_terraform_to_recon_and_back() {
    let plugins = std::env::var("TERRAFORM_PLUGINS")
        .ok()
        .filter(|_| Command::new("terraform").arg("version").output().is_ok());
    let Some(plugins) = plugins else {
        println!("skipped: Terraform is not installed, or TERRAFORM_PLUGINS does not name its plugin folder");
        return;
    };
    for cloud in [Some(Cloud::sandbox()), moto()].into_iter().flatten() {
        println!("on {}", cloud.name);
        let Some(scratch) = shared_lab(&cloud.endpoint) else { return };
        let terraform = |code: i32, arguments: &[&str]| terraform(&scratch, &cloud.endpoint, code, arguments);
        terraform(0, &["init", &format!("-plugin-dir={plugins}")]);
        terraform(0, &["apply", "-auto-approve"]);
        scratch.ok(&["import", "-tfstate", "terraform.tfstate"]);
        scratch.expect_no_changes();
        let changed = scratch
            .read("main.tf")
            .replace("publish          = true", "publish          = true\n  memory_size      = 256");
        scratch.write(
            "main.tf",
            &changed.replace("{ alias = each.key }", "{ alias = each.key, extra = \"x\" }"),
        );
        scratch.ok(&["apply", "-auto-approve"]);
        scratch.expect_no_changes();
        // Into a file of its own, for `state push`; then over the file itself.
        let pushed = scratch.ok(&["state", "export", "-tfstate", "-"]).stdout;
        scratch.write("pushed.json", &pushed);
        terraform(0, &["state", "push", "pushed.json"]);
        terraform(0, &["plan", "-detailed-exitcode"]);
        scratch.ok(&["state", "export", "-tfstate", "terraform.tfstate"]);
        terraform(0, &["plan", "-detailed-exitcode"]);
        scratch.expect_no_changes();
        terraform(0, &["destroy", "-auto-approve"]);
    }
}

/// What other tools read of a plan: the blocks with their references, though the plan file itself does not hold them.
#[test]
fn a_shown_plan_has_its_configuration_and_files_that_are_not_there_are_named() {
    let scratch = project();
    scratch.write(
        "main.tf",
        &CONFIGURATION
            .replace("resource \"aws_api_gateway_api_key\" \"partner\" {\n  name = \"partner\"\n}", ""),
    );
    scratch.ok(&["plan", "-out=p"]);
    let plan: serde_json::Value = serde_json::from_str(&scratch.ok(&["show", "-json", "p"]).stdout).unwrap();
    let root = &plan["configuration"]["root_module"];
    let counted = serde_json::json!({"address": "terraform_data.counted", "mode": "managed", "type": "terraform_data", "name": "counted",
        "provider_config_key": "terraform", "schema_version": 0, "count_expression": {"constant_value": 2},
        "expressions": {"input": {"references": ["count.index"]}}});
    assert_eq!(root["resources"][0], counted);
    assert_eq!(root["module_calls"]["part"]["source"], "./part");
    let top = &root["module_calls"]["part"]["module"]["resources"][1]["expressions"]["input"]["references"];
    assert_eq!(*top, serde_json::json!(["terraform_data.base.output", "terraform_data.base"]));
    for command in ["show", "apply"] {
        let said = scratch.expect(1, &[command, "nofile"]).stderr;
        assert!(said.contains("nofile") && said.contains("recon plan -out=FILE"), "{said}");
    }
    let said = scratch.expect(1, &["plan", "-out=nowhere/p"]).stderr;
    assert!(said.contains("nowhere/p") && !said.contains(".tmp"), "{said}");
}

#[test]
fn blocks_are_written_for_what_import_blocks_name() {
    let cloud = Cloud::sandbox();
    let made = scratch().over(&cloud.endpoint);
    let policy = "assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { Service = \"lambda.amazonaws.com\" } }] })";
    made.write("main.tf", &format!("resource \"aws_iam_role\" \"r\" {{\n  name = \"r\"\n  {policy}\n}}\nresource \"aws_api_gateway_rest_api\" \"api\" {{\n  name = \"api\"\n  tags = {{ a = \"b\" }}\n}}\n"));
    made.ok(&["apply", "-auto-approve"]);
    let state: serde_json::Value = serde_json::from_str(&made.read("state/default.json")).unwrap();
    let api = state["resources"][0]["object"]["attributes"]["id"].as_str().unwrap();
    let other = scratch().over(&cloud.endpoint);
    other.write("main.tf", &format!("import {{\n  to = aws_iam_role.taken\n  id = \"r\"\n}}\nimport {{\n  to = aws_api_gateway_rest_api.taken\n  id = \"{api}\"\n}}\n"));
    let said = other.expect(1, &["plan"]).stderr;
    assert!(said.contains("-generate-config-out"), "{said}");
    let plan = other.ok(&["plan", "-generate-config-out=generated.tf"]).stdout;
    assert!(plan.contains("Plan: 2 to import, 0 to add, 0 to change, 0 to destroy."), "{plan}");
    assert!(
        other.expect(1, &["plan", "-generate-config-out=generated.tf"]).stderr.contains("overwrites nothing")
    );
    other.ok(&["apply", "-auto-approve"]);
    other.expect_no_changes();
    // An import block that has done its work asks for nothing any more.
    other.ok(&["plan", "-generate-config-out=more.tf"]);
    assert!(!other.path().join("more.tf").exists());
}
