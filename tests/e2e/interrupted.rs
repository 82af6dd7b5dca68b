//! Runs that are killed: the next one completes them without help.

use recon_tests::{Cloud, Scratch, moto};
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

#[test]
fn a_kill_at_any_moment_is_recovered_from_on_moto() {
    let Some(cloud) = moto() else { return };
    for milliseconds in (50..1_500).step_by(150) {
        let Some(scratch) = shared_lab(&cloud.endpoint) else { return };
        let mut child = scratch.start(&["apply", "-auto-approve"]);
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        // It may have ended by itself already.
        drop(child.kill());
        drop(child.wait());
        scratch.ok(&["apply", "-auto-approve"]);
        scratch.expect_no_changes();
        scratch.ok(&["destroy", "-auto-approve"]);
    }
}
