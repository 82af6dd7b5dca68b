//! `import ADDRESS ID` and `import` blocks: for every type, and what must not be taken over.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use recon_tests::{Cloud, Scratch};
use serde_json::Value;

use crate::{scratch, top};

/// How many examples run at a time.
const AT_A_TIME: usize = 4;

/// Types of which nothing is left that could be imported.
const NEVER: [&str; 2] = ["terraform_data", "aws_lambda_invocation"];

/// Blocks that say what no service remembers: which document an API was made of, whether versions go on being published.
const UNTOLD: [&str; 2] = ["aws_api_gateway_rest_api_put", "aws_lambda_version.hello"];

fn text<'a>(attributes: &'a Value, name: &str) -> &'a str {
    attributes[name].as_str().unwrap_or_default()
}

fn joined(attributes: &Value, names: &[&str], separator: &str) -> String {
    let parts: Vec<&str> =
        names.iter().map(|name| text(attributes, name)).filter(|part| !part.is_empty()).collect();
    parts.join(separator)
}

/// The import id of an object, as Terraform's documentation has it for its type.
fn import_id(kind: &str, it: &Value) -> String {
    let of_api = |names: &[&str]| joined(it, &[&["rest_api_id"], names].concat(), "/");
    let of_function = |separator: &str| joined(it, &["function_name", "qualifier"], separator);
    let of_method = &["resource_id", "http_method", "status_code"];
    match kind.trim_start_matches("aws_") {
        "api_gateway_account" => "api-gateway-account".to_owned(),
        "api_gateway_authorizer"
        | "api_gateway_deployment"
        | "api_gateway_request_validator"
        | "api_gateway_resource" => of_api(&["id"]),
        "api_gateway_base_path_mapping" => format!("{}/{}", text(it, "domain_name"), text(it, "base_path")),
        "api_gateway_documentation_part" => of_api(&["documentation_part_id"]),
        "api_gateway_documentation_version" => of_api(&["version"]),
        "api_gateway_domain_name" => joined(it, &["domain_name", "domain_name_id"], "/"),
        "api_gateway_gateway_response" => of_api(&["response_type"]),
        "api_gateway_integration" | "api_gateway_method" => of_api(&of_method[..2]),
        "api_gateway_integration_response" | "api_gateway_method_response" => of_api(of_method),
        "api_gateway_method_settings" => of_api(&["stage_name", "method_path"]),
        "api_gateway_model" => of_api(&["name"]),
        "api_gateway_rest_api_policy" | "api_gateway_rest_api_put" => of_api(&[]),
        "api_gateway_stage" => of_api(&["stage_name"]),
        "api_gateway_stage_binding" => of_api(&["stage_name", "function_name", "qualifier"]),
        "api_gateway_usage_plan_key" => joined(it, &["usage_plan_id", "key_id"], "/"),
        "iam_role_policy" => joined(it, &["role", "name"], ":"),
        "iam_role_policy_attachment" => joined(it, &["role", "policy_arn"], "/"),
        "lambda_alias" => joined(it, &["function_name", "name"], "/"),
        "lambda_function_event_invoke_config" => of_function(":"),
        "lambda_function_url" => of_function("/"),
        "lambda_layer_version_permission" => format!("{},{}", text(it, "layer_name"), it["version_number"]),
        "lambda_permission" => format!("{}/{}", of_function(":"), text(it, "statement_id")),
        "lambda_provisioned_concurrency_config" | "lambda_runtime_management_config" => of_function(","),
        "lambda_function_recursion_config" => text(it, "function_name").to_owned(),
        "lambda_version" => joined(it, &["function_name", "version"], "/"),
        _ => text(it, "id").to_owned(),
    }
}

/// The managed objects of a state, with their addresses.
fn objects(scratch: &Scratch, folder: &str) -> Vec<(String, Value)> {
    let state: Value =
        serde_json::from_str(&scratch.read(&format!("{folder}state/default.json"))).expect("a state is JSON");
    let resources = state["resources"].as_array().expect("resources are a list").iter();
    let each = resources.map(|one| (text(one, "address").to_owned(), one["object"]["attributes"].clone()));
    each.filter(|(address, _)| !address.starts_with("data.")).collect()
}

/// What is wrong with the imports of what an example makes, each forgotten and taken over again.
fn mistakes(folder: &Path) -> Vec<String> {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.copy(&top().join("examples/resources"));
    let name = folder.file_name().expect("a folder has a name").display().to_string();
    let chdir = format!("-chdir={name}");
    let recon = |arguments: &[&str]| scratch.recon(&[&[chdir.as_str()], arguments].concat());
    assert_eq!(recon(&["apply", "-auto-approve"]).code, Some(0), "{name}");
    let mut found = Vec::new();
    for (address, attributes) in objects(&scratch, &format!("{name}/")) {
        let kind = address.split('.').next().unwrap_or_default();
        // A stage says nothing of the variable of its binding; imported alone, it has one of its own.
        let is_bound = kind == "aws_api_gateway_stage" && name == "aws_api_gateway_stage_binding";
        if NEVER.contains(&kind) || is_bound {
            continue;
        }
        assert_eq!(recon(&["state", "rm", &address]).code, Some(0), "{address}");
        let id = import_id(kind, &attributes);
        let imported = recon(&["import", &address, &id]);
        let planned = recon(&["plan", "-detailed-exitcode"]);
        if planned.code == Some(2) {
            // What is pending would be so for the next one, too.
            recon(&["apply", "-auto-approve"]);
        }
        let is_untold = UNTOLD.iter().any(|untold| address.starts_with(untold));
        let wanted = if is_untold && planned.code == Some(2) { Some(2) } else { Some(0) };
        if imported.code != Some(0) || planned.code != wanted {
            found.push(format!(
                "{name}: {address} from `{id}`\n{}\n{}{}",
                imported.stderr, planned.stdout, planned.stderr
            ));
        }
    }
    found
}

#[test]
fn after_an_import_there_is_nothing_to_change_whatever_the_type() {
    let entries = std::fs::read_dir(top().join("examples/resources")).expect("there are examples");
    let folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.join("main.tf").exists()).collect();
    let folders = Mutex::new(folders);
    let found = Mutex::new(Vec::new());
    let next = || folders.lock().expect("no thread panics").pop();
    let work = || {
        while let Some(folder) = next() {
            let mistakes = mistakes(&folder);
            found.lock().expect("no thread panics").extend(mistakes);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(work);
        }
    });
    let found = found.into_inner().expect("no thread panics");
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

const KEYS: &str = r#"
resource "aws_api_gateway_api_key" "one" {
  name = "one"
}
"#;

fn with_key(cloud: &Cloud) -> (Scratch, String) {
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", KEYS);
    scratch.ok(&["apply", "-auto-approve"]);
    let id = text(&objects(&scratch, "")[0].1, "id").to_owned();
    (scratch, id)
}

#[test]
fn an_object_has_one_address_by_command_and_by_block() {
    let cloud = Cloud::sandbox();
    let (scratch, id) = with_key(&cloud);
    let two = KEYS.replace("\"one\" {", "\"two\" {");
    scratch.write("two.tf", &two);
    let told = scratch.expect(1, &["import", "aws_api_gateway_api_key.two", &id]).stderr;
    assert!(told.contains("managed already, as aws_api_gateway_api_key.one"), "{told}");
    let block = format!("import {{\n  to = aws_api_gateway_api_key.two\n  id = \"{id}\"\n}}\n");
    scratch.write("import.tf", &block);
    let told = scratch.expect(1, &["plan"]).stderr;
    assert!(told.contains("import.tf:1") && told.contains("aws_api_gateway_api_key.one already"), "{told}");
    // The block that has it is gone, and its object would be destroyed while it is taken over.
    scratch.write("main.tf", "");
    assert!(scratch.expect(1, &["apply", "-auto-approve"]).stderr.contains("`moved` block"));
    // A block that makes recon forget it sets it free.
    scratch.write(
        "main.tf",
        "removed {\n  from = aws_api_gateway_api_key.one\n  lifecycle {\n    destroy = false\n  }\n}\n",
    );
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(objects(&scratch, "")[0].0, "aws_api_gateway_api_key.two");
    scratch.expect_no_changes();
}

#[test]
fn two_blocks_that_name_one_object_are_refused() {
    let cloud = Cloud::sandbox();
    let (first, id) = with_key(&cloud);
    first.ok(&["state", "rm", "aws_api_gateway_api_key.one"]);
    let both = format!(
        "import {{\n  for_each = toset([\"a\", \"b\"])\n  to = aws_api_gateway_api_key.each[each.key]\n  id = \"{id}\"\n}}\n"
    );
    let each = "resource \"aws_api_gateway_api_key\" \"each\" {\n  for_each = toset([\"a\", \"b\"])\n  name = \"one\"\n}\n";
    first.write("main.tf", &format!("{each}{both}"));
    let told = first.expect(1, &["plan"]).stderr;
    assert!(told.contains("Leave one of the two import blocks out"), "{told}");
}

#[test]
fn a_key_that_the_block_does_not_have_is_refused_before_the_next_plan_destroys_the_object() {
    let cloud = Cloud::sandbox();
    let (scratch, id) = with_key(&cloud);
    scratch.ok(&["state", "rm", "aws_api_gateway_api_key.one"]);
    scratch.write("main.tf", &KEYS.replace("  name", "  for_each = toset([\"a\"])\n  name"));
    let told = scratch.expect(1, &["import", "aws_api_gateway_api_key.one[\"b\"]", &id]).stderr;
    assert!(told.contains("does not include that key"), "{told}");
    assert!(objects(&scratch, "").is_empty());
    scratch.ok(&["import", "aws_api_gateway_api_key.one[\"a\"]", &id]);
    scratch.expect_no_changes();
}

#[test]
fn one_key_is_imported_onto_each_of_its_plans() {
    let cloud = Cloud::sandbox();
    let (scratch, _) = with_key(&cloud);
    let plan = |name: &str| {
        format!(
            "resource \"aws_api_gateway_usage_plan\" \"{name}\" {{\n  name = \"{name}\"\n}}\nresource \"aws_api_gateway_usage_plan_key\" \"{name}\" {{\n  key_id = aws_api_gateway_api_key.one.id\n  key_type = \"API_KEY\"\n  usage_plan_id = aws_api_gateway_usage_plan.{name}.id\n}}\n"
        )
    };
    scratch.write("main.tf", &format!("{KEYS}{}{}", plan("a"), plan("b")));
    scratch.ok(&["apply", "-auto-approve"]);
    for (address, attributes) in
        objects(&scratch, "").iter().filter(|(address, _)| address.contains("plan_key"))
    {
        scratch.ok(&["state", "rm", address]);
        scratch.ok(&["import", address, &import_id("aws_api_gateway_usage_plan_key", attributes)]);
    }
    scratch.expect_no_changes();
}

#[test]
fn a_stage_that_is_imported_beside_its_binding_keeps_the_bindings_variable() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.copy(&top().join("examples/resources"));
    let recon = |arguments: &[&str]| {
        let ran = scratch.recon(&[&["-chdir=aws_api_gateway_stage_binding"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
    };
    recon(&["apply", "-auto-approve"]);
    let all = objects(&scratch, "aws_api_gateway_stage_binding/");
    let (address, attributes) =
        all.iter().find(|(address, _)| address.starts_with("aws_api_gateway_stage.")).unwrap();
    recon(&["state", "rm", address]);
    recon(&["import", address, &import_id("aws_api_gateway_stage", attributes)]);
    recon(&["apply", "-auto-approve"]);
    recon(&["plan", "-detailed-exitcode"]);
}
