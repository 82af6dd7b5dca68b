//! How many calls a run makes, and that it gets through when many of them fail.

use std::fmt::Write as _;

use recon_tests::{Cloud, Scratch};
use serde_json::{Value, json};

use crate::{ITEMS_ZIP, scratch};

/// Calls of a no-change plan of one lab, at most.
const CALLS_PER_LAB_MAX: u64 = 8;
const LABS: usize = 20;

/// Labs of twelve resources each, beside each other.
fn labs(endpoint: &str) -> Scratch {
    let scratch = scratch().over(endpoint);
    std::fs::write(scratch.path().join("items.zip"), ITEMS_ZIP).expect("the zip can be written");
    let lab = include_str!("../data/lab.tf");
    let mut text = String::from("provider \"aws\" {\n  region = \"us-east-1\"\n}\n");
    (0..LABS).for_each(|n| text.push_str(&lab.replace("NUMBER", &n.to_string())));
    scratch.write("main.tf", &text);
    scratch
}

#[test]
fn a_plan_of_many_labs_makes_few_calls_and_a_destroy_does_not_delete_what_goes_anyway() {
    let cloud = Cloud::sandbox();
    let scratch = labs(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    scratch.expect_no_changes();
    let calls = cloud.take_calls();
    assert!(calls["total"].as_u64().expect("a count") <= LABS as u64 * CALLS_PER_LAB_MAX, "{calls}");
    scratch.ok(&["destroy", "-auto-approve"]);
    let calls = cloud.take_calls();
    let deletes: Vec<&str> = calls["operations"]
        .as_object()
        .expect("counts")
        .keys()
        .filter(|name| ["Delete", "Remove", "Update", "Untag"].iter().any(|verb| name.contains(verb)))
        .map(String::as_str)
        .collect();
    assert_eq!(deletes, ["apigateway:DeleteRestApi", "iam:DeleteRole", "lambda:DeleteFunction"], "{calls}");
    assert_eq!(calls["mutating"], 3 * LABS, "{calls}");
}

#[test]
fn a_plan_of_one_large_api_makes_at_most_eight_calls() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let mut text = String::from(
        "resource \"aws_api_gateway_rest_api\" \"a\" {\n  name = \"a\"\n}\nlocals {\n  verbs = toset([\"GET\", \"PUT\"])\n}\n",
    );
    for n in 0..100 {
        write!(text, "{}", include_str!("../data/resource.tf").replace("NUMBER", &n.to_string()))
            .expect("text can be written");
    }
    scratch.write("main.tf", &text);
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    scratch.expect_no_changes();
    let calls = cloud.take_calls();
    assert!(calls["total"].as_u64().expect("a count") <= 8, "{calls}");
}

/// About three calls in ten fail, the same ones in every run of the test as far as their order is the same.
fn install_faults(cloud: &Cloud) {
    let error = |status: u16, code: &str, message: &str| json!({ "error": { "status": status, "code": code, "message": message } });
    let busy = "Unable to complete operation due to concurrent modification. Please try again later.";
    let fault = |operation: &str, seed: u64, action: Value| json!({ "operation": operation, "rate": 0.06, "seed": seed, "action": action });
    let faults = json!([
        fault("*", 1, error(429, "TooManyRequestsException", "Rate exceeded")),
        fault("*", 2, error(500, "InternalFailure", "")),
        fault("*", 3, error(503, "ServiceUnavailableException", "")),
        fault("apigateway:*", 4, error(409, "ConflictException", busy)),
        fault("*", 5, json!({ "cut": "before" })),
        fault("*", 6, json!({ "cut": "after" })),
    ]);
    cloud.control("POST", "faults", &faults);
}

#[test]
fn labs_come_and_go_while_three_calls_in_ten_fail() {
    let cloud = Cloud::sandbox();
    let scratch = labs(&cloud.endpoint);
    install_faults(&cloud);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    cloud.control("DELETE", "faults", &Value::Null);
    let world = cloud.control("GET", "world", &Value::Null).to_string();
    assert!(!world.contains("items-"), "something is left");
}

/// The operations of the calls that change something, each as often as it was called.
fn changing(cloud: &Cloud) -> Vec<String> {
    let calls = cloud.take_calls();
    let operations = calls["operations"].as_object().expect("counts").iter();
    let is_read = |name: &str| [":Get", ":List", ":Describe"].iter().any(|verb| name.contains(verb));
    let writes = operations.filter(|(name, _)| !is_read(name));
    writes.map(|(name, times)| format!("{times} {name}")).collect()
}

#[test]
fn what_goes_with_a_method_or_a_stage_is_not_deleted_by_itself() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let api = include_str!("../data/stages.tf");
    scratch.write("main.tf", &api.replace("VERB", "GET"));
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    // Another verb replaces the method, and all that is in it.
    scratch.write("main.tf", &api.replace("VERB", "POST"));
    scratch.ok(&["apply", "-auto-approve"]);
    let writes = changing(&cloud);
    let deletes: Vec<&String> = writes.iter().filter(|name| name.contains("Delete")).collect();
    assert_eq!(deletes, ["1 apigateway:DeleteMethod"], "{writes:?}");
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve", "-target=aws_api_gateway_stage.stage"]);
    assert_eq!(changing(&cloud), ["2 apigateway:DeleteStage"]);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
    cloud.take_calls();
    scratch.ok(&["destroy", "-auto-approve", "-target=aws_api_gateway_method.m"]);
    let writes = changing(&cloud);
    assert!(writes.contains(&"1 apigateway:DeleteMethod".to_owned()), "{writes:?}");
    assert!(
        !writes.iter().any(|name| name.contains("Integration") || name.contains("Response")),
        "{writes:?}"
    );
}

#[test]
fn what_several_objects_change_of_one_stage_is_one_call_and_so_announced() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let more = "resource \"aws_api_gateway_method_settings\" \"get\" {\n  for_each    = aws_api_gateway_stage.stage\n  \
        rest_api_id = aws_api_gateway_rest_api.a.id\n  stage_name  = each.value.stage_name\n  method_path = \"/GET\"\n\n  \
        settings {\n    logging_level = \"LEVEL\"\n  }\n}\n";
    let text =
        include_str!("../data/stages.tf").replace("VERB", "GET") + &more.replace("\"/GET\"", "\"~1/GET\"");
    scratch.write("main.tf", &text.replace("LEVEL", "OFF"));
    let announced = scratch.ok(&["plan"]);
    scratch.ok(&["apply", "-auto-approve"]);
    let calls = cloud.take_calls();
    assert_eq!(calls["operations"]["apigateway:UpdateStage"], 2, "one for each stage: {calls}");
    assert!(announced.stdout.contains(&format!("Needs {} calls", calls["mutating"])), "{}", announced.stdout);
    scratch.expect_no_changes();
    // Each stage changes itself and by its settings, which need nothing of the other stage.
    let changed = text.replace("LEVEL", "OFF").replace("metrics_enabled = true", "metrics_enabled = false");
    let own = "stage_name    = each.key\n  variables     = { a = \"b\" }";
    scratch.write("main.tf", &changed.replace("stage_name    = each.key", own));
    let announced = scratch.ok(&["plan"]);
    assert!(announced.stdout.contains("Needs 2 calls"), "{}", announced.stdout);
    cloud.take_calls();
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(changing(&cloud), ["2 apigateway:UpdateStage"]);
    scratch.expect_no_changes();
}

#[test]
fn what_bindings_change_of_their_stages_is_part_of_the_one_call() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    std::fs::write(scratch.path().join("items.zip"), ITEMS_ZIP).expect("the zip can be written");
    let text = include_str!("../data/stages.tf").replace("VERB", "GET") + include_str!("../data/bound.tf");
    scratch.write("main.tf", &text.replace("ALIAS", "live"));
    scratch.ok(&["apply", "-auto-approve"]);
    let calls = cloud.take_calls();
    assert_eq!(calls["operations"]["apigateway:UpdateStage"], 2, "one for each stage: {calls}");
    assert_eq!(calls["operations"]["lambda:AddPermission"], 2, "{calls}");
    scratch.expect_no_changes();
    let variables = |cloud: &Cloud| {
        let world = cloud.control("GET", "world", &Value::Null).to_string();
        ["live", "next"].map(|alias| world.matches(&format!("\"alias\":\"{alias}\"")).count())
    };
    assert_eq!(variables(&cloud), [2, 0]);
    // The stages move to another alias and change their settings.
    let moved = text.replace("ALIAS", "next").replace("metrics_enabled = true", "metrics_enabled = false");
    scratch.write("main.tf", &moved);
    scratch.ok(&["apply", "-auto-approve"]);
    let writes = changing(&cloud);
    let expected = ["2 apigateway:UpdateStage", "2 lambda:AddPermission", "2 lambda:RemovePermission"];
    assert_eq!(writes, expected);
    assert_eq!(variables(&cloud), [0, 2]);
    scratch.expect_no_changes();
}

#[test]
fn a_usage_plan_leaves_its_stages_before_it_goes() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let plan = "resource \"aws_api_gateway_usage_plan\" \"p\" {\n  name = \"p\"\n\n  dynamic \"api_stages\" {\n    \
        for_each = aws_api_gateway_stage.stage\n\n    content {\n      api_id = aws_api_gateway_rest_api.a.id\n      \
        stage  = api_stages.value.stage_name\n    }\n  }\n}\n";
    scratch.write("main.tf", &(include_str!("../data/stages.tf").replace("VERB", "GET") + plan));
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    scratch.ok(&["destroy", "-auto-approve"]);
    let writes = changing(&cloud);
    let expected =
        ["1 apigateway:DeleteRestApi", "1 apigateway:DeleteUsagePlan", "1 apigateway:UpdateUsagePlan"];
    assert_eq!(writes, expected);
}

#[test]
fn a_shared_call_that_is_refused_is_made_for_each_alone() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    let text = include_str!("../data/stages.tf").replace("VERB", "GET");
    let one = text.replace("[\"dev\", \"prod\"]", "[\"dev\"]");
    scratch.write("main.tf", &one);
    scratch.ok(&["apply", "-auto-approve"]);
    let refusal = json!({ "status": 400, "code": "BadRequestException", "message": "Invalid patch" });
    let once = json!([{ "operation": "apigateway:UpdateStage", "times": 1, "action": { "error": refusal } }]);
    cloud.control("POST", "faults", &once);
    let changed = one.replace("metrics_enabled = true", "metrics_enabled = false");
    let own = "stage_name    = each.key\n  description   = \"d\"";
    scratch.write("main.tf", &changed.replace("stage_name    = each.key", own));
    cloud.take_calls();
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(changing(&cloud), ["3 apigateway:UpdateStage"]);
    scratch.expect_no_changes();
}
