//! The lab from nothing to nothing, over every cloud there is.

use recon_tests::{Cloud, Scratch, emulators};

use crate::{example_lab, shared_lab, shared_native_lab};

fn applies_plans_empty_and_leaves_nothing(scratch: &Scratch) {
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scratch.ok(&["state", "list"]).stdout, "");
    let plan = scratch.expect(2, &["plan", "-detailed-exitcode"]).stdout;
    assert!(plan.contains("0 to change, 0 to destroy"), "{plan}");
}

#[test]
fn the_example_lab_comes_and_goes() {
    let cloud = Cloud::sandbox();
    applies_plans_empty_and_leaves_nothing(&example_lab(&cloud.endpoint));
    nothing_is_left(&cloud);
}

#[test]
fn the_conformance_lab_comes_and_goes() {
    let cloud = Cloud::sandbox();
    let Some(scratch) = shared_lab(&cloud.endpoint) else { return };
    applies_plans_empty_and_leaves_nothing(&scratch);
    nothing_is_left(&cloud);
}

#[test]
fn the_conformance_lab_with_recons_own_blocks_comes_and_goes() {
    let cloud = Cloud::sandbox();
    let Some(scratch) = shared_native_lab(&cloud.endpoint) else { return };
    applies_plans_empty_and_leaves_nothing(&scratch);
    nothing_is_left(&cloud);
}

#[test]
fn both_conformance_labs_come_and_go_on_other_emulators() {
    for cloud in emulators() {
        println!("on {}", cloud.name);
        let Some(scratch) = shared_lab(&cloud.endpoint) else { return };
        applies_plans_empty_and_leaves_nothing(&scratch);
        let Some(scratch) = shared_native_lab(&cloud.endpoint) else { return };
        applies_plans_empty_and_leaves_nothing(&scratch);
    }
}

/// A role may stay behind in no emulator, and neither may anything else.
fn nothing_is_left(cloud: &Cloud) {
    let scratch = crate::scratch().over(&cloud.endpoint);
    let calls = cloud.take_calls();
    assert!(calls["total"].as_u64().is_some_and(|total| total > 0), "{calls}");
    for (operation, left) in census(cloud) {
        assert_eq!(left, 0, "{operation} still finds something; see {}", scratch.path().display());
    }
}

/// How many functions, APIs, keys, plans and roles there are.
fn census(cloud: &Cloud) -> Vec<(&'static str, usize)> {
    let world = cloud.control("GET", "world", &serde_json::Value::Null).to_string();
    let count = |needle: &str| world.matches(needle).count();
    vec![
        ("a function", count("ItemsFunction")),
        ("an API", count("items-api")),
        ("a key or plan", count("items-partner")),
        ("a role", count("items-role") + count("items-function")),
    ]
}

#[test]
fn a_plan_without_changes_makes_few_calls() {
    let cloud = Cloud::sandbox();
    let Some(scratch) = shared_lab(&cloud.endpoint) else { return };
    scratch.ok(&["apply", "-auto-approve"]);
    cloud.take_calls();
    scratch.expect_no_changes();
    let calls = cloud.take_calls();
    assert!(calls["total"].as_u64().is_some_and(|total| total <= 12), "{calls}");
    assert_eq!(calls["mutating"], 0, "{calls}");
}
