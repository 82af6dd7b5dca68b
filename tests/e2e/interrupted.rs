//! Runs that are killed: the next one completes them without help.

use recon_tests::{Cloud, Gate, Scratch, moto};
use serde_json::json;

use crate::{example_lab, shared_lab};

/// Kills an apply right after its n-th mutating call took effect; whether it got that far.
fn killed_after(cloud: &Cloud, scratch: &Scratch, calls: u64) -> bool {
    let mut child = scratch.start(&["apply", "-auto-approve"]);
    let action = json!({ "kill": child.id(), "when": "after" });
    let fault = json!([{ "operation": "mutating", "after": calls - 1, "times": 1, "action": action }]);
    cloud.control("POST", "faults", &fault);
    let status = child.wait().expect("recon ends");
    cloud.control("DELETE", "faults", &serde_json::Value::Null);
    status.code().is_none()
}

fn every_kill_is_recovered_from(lab: impl Fn(&Cloud) -> Option<Scratch>) {
    for calls in 1.. {
        let cloud = Cloud::sandbox();
        let Some(scratch) = lab(&cloud) else { return };
        if !killed_after(&cloud, &scratch, calls) {
            assert!(calls > 10, "the lab takes more than {calls} mutating calls");
            return;
        }
        scratch.ok(&["apply", "-auto-approve"]);
        scratch.expect_no_changes();
        scratch.ok(&["destroy", "-auto-approve"]);
        let world = cloud.control("GET", "world", &serde_json::Value::Null).to_string();
        for orphan in ["ItemsFunction", "items-api", "items-partner", "items-role"] {
            assert!(!world.contains(orphan), "after a kill at call {calls}, {orphan} is left");
        }
    }
}

#[test]
fn a_kill_after_any_call_of_the_conformance_lab_orphans_nothing() {
    every_kill_is_recovered_from(|cloud| shared_lab(&cloud.endpoint));
}

#[test]
fn a_kill_after_any_call_of_the_example_lab_orphans_nothing() {
    every_kill_is_recovered_from(|cloud| Some(example_lab(&cloud.endpoint)));
}

/// What a lab leaves at an emulator if anything: the lists of what it makes.
const LISTS: [(&str, &str, &str); 5] = [
    ("lambda", "/2015-03-31/functions/", "ItemsFunction"),
    ("apigateway", "/restapis", "items-api"),
    ("apigateway", "/apikeys", "items-partner"),
    ("apigateway", "/usageplans", "items-"),
    ("iam", "/?Action=ListRoles&Version=2010-05-08", "items-role"),
];

fn every_kill_is_recovered_from_on_moto(lab: impl Fn(&str) -> Option<Scratch>) {
    let Some(cloud) = moto() else { return };
    let gate = Gate::to(&cloud.endpoint);
    for calls in 1.. {
        let Some(scratch) = lab(&gate.endpoint) else { return };
        let killed = gate.kill_after(calls, || scratch.start(&["apply", "-auto-approve"]));
        scratch.ok(&["apply", "-auto-approve"]);
        scratch.expect_no_changes();
        scratch.ok(&["destroy", "-auto-approve"]);
        for (service, path, name) in LISTS {
            let list = cloud.list(service, path);
            assert!(!list.contains(name), "after a kill at call {calls}, {name} is left: {list}");
        }
        if !killed {
            assert!(calls > 10, "the lab takes more than {calls} mutating calls");
            return;
        }
    }
}

#[test]
fn a_kill_after_any_call_of_the_conformance_lab_orphans_nothing_on_moto() {
    every_kill_is_recovered_from_on_moto(shared_lab);
}

#[test]
fn a_kill_after_any_call_of_the_example_lab_orphans_nothing_on_moto() {
    every_kill_is_recovered_from_on_moto(|endpoint| Some(example_lab(endpoint)));
}
