//! Runs that are asked to stop, once and twice, and runs that cannot write their state.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use recon_tests::{Cloud, Scratch};
use serde_json::json;

use crate::example_lab;

/// How long a run may take to begin.
const BEGUN_IN: Duration = Duration::from_secs(20);

/// An apply of the example lab that has begun, of which every change takes long.
fn begun(cloud: &Cloud) -> (Scratch, Child) {
    let scratch = example_lab(&cloud.endpoint);
    let action = json!({ "delay_ms": 3_000 });
    let fault = json!([{ "operation": "mutating", "after": 0, "times": 1_000, "action": action }]);
    cloud.control("POST", "faults", &fault);
    let child = scratch.start(&["apply", "-auto-approve"]);
    let started = Instant::now();
    while !scratch.path().join("state/default.journal").exists() {
        assert!(started.elapsed() < BEGUN_IN, "the apply does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    // The first calls are on their way.
    std::thread::sleep(Duration::from_millis(500));
    (scratch, child)
}

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("there is a kill").success());
}

fn completes(cloud: &Cloud, scratch: &Scratch) {
    cloud.control("DELETE", "faults", &serde_json::Value::Null);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    assert_eq!(cloud.left(), None);
}

#[test]
fn an_interrupt_finishes_the_calls_in_flight_and_saves() {
    let cloud = Cloud::sandbox();
    let (scratch, mut child) = begun(&cloud);
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(!scratch.path().join("state/default.journal").exists());
    let saved = scratch.ok(&["state", "list"]).stdout;
    assert!(saved.contains("aws_iam_role.function") && !saved.contains("aws_lambda_alias"), "{saved}");
    completes(&cloud, &scratch);
}

#[test]
fn a_second_interrupt_stops_at_once_and_the_next_run_completes_it() {
    let cloud = Cloud::sandbox();
    let (scratch, mut child) = begun(&cloud);
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(asked.elapsed() < Duration::from_millis(1_500), "{:?}", asked.elapsed());
    assert!(scratch.path().join("state/default.journal").exists());
    let listed = scratch.ok(&["state", "list"]);
    assert!(listed.stderr.contains("Unfinished run"), "{}", listed.stderr);
    completes(&cloud, &scratch);
}

#[test]
fn a_run_whose_journal_cannot_be_written_says_what_it_did_and_what_is_in_doubt() {
    let cloud = Cloud::sandbox();
    let scratch = crate::scratch().over(&cloud.endpoint);
    let groups = "resource \"aws_cloudwatch_log_group\" \"many\" {\n  count = 60\n  name  = \"group-${count.index}\"\n}\n";
    scratch.write("main.tf", groups);
    let recon = scratch.command(&["apply", "-auto-approve"]);
    let mut shell = Command::new("sh");
    // As on a full disk: no file may have more than sixteen blocks of 512 or 1,024 bytes.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh"]).arg(recon.get_program());
    shell.args(recon.get_args()).current_dir(scratch.path());
    shell.envs(recon.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.output().expect("there is a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, told) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}\n{told}");
    assert!(said.contains("Apply incomplete. Resources:"), "{said}\n{told}");
    assert!(told.contains("Unwritable file") && told.contains("State file not written"), "{told}");
    assert!(told.contains("so these were not begun"), "{told}");
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    assert_eq!(cloud.left(), None);
}

#[test]
fn of_two_applies_at_once_one_waits_and_finds_nothing_to_do() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    let mut first = scratch.start(&["apply", "-auto-approve", "-lock-timeout=60s"]);
    let second = scratch.ok(&["apply", "-auto-approve", "-lock-timeout=60s"]);
    assert!(first.wait().unwrap().success(), "{}", second.stderr);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    assert_eq!(cloud.left(), None);
}

#[test]
fn a_state_folder_that_is_a_file_is_explained_before_anything_is_made() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.write("state", "");
    let ran = scratch.expect(1, &["apply", "-auto-approve"]);
    assert!(ran.stderr.contains("state"), "{}", ran.stderr);
    assert_eq!(cloud.take_calls()["mutating"], 0);
}

#[test]
fn a_run_that_died_between_state_and_journal_is_not_applied_twice() {
    let cloud = Cloud::sandbox();
    let (scratch, mut child) = begun(&cloud);
    child.kill().unwrap();
    child.wait().unwrap();
    cloud.control("DELETE", "faults", &serde_json::Value::Null);
    let journal = scratch.read("state/default.journal");
    scratch.ok(&["apply", "-auto-approve"]);
    // As if the last run had been killed right before it removed the journal, and while it wrote another state.
    scratch.write("state/default.journal", &journal);
    scratch.write("state/.default.json-x1y2z3.tmp", "{\"format\": 1,");
    scratch.expect_no_changes();
    let mut left: Vec<_> = std::fs::read_dir(scratch.path().join("state")).unwrap().flatten().collect();
    left.retain(|entry| [".tmp", "nal"].iter().any(|end| entry.file_name().to_string_lossy().ends_with(end)));
    assert!(left.is_empty(), "{left:?}");
}
