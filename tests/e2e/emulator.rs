//! The sandbox, asked what an AWS control plane must answer by a client that nobody here wrote: boto3, where it is installed
//! and the conformance data is at hand.

use std::process::Command;

use recon_tests::Cloud;

use crate::top;

#[test]
fn the_sandbox_answers_boto3_as_aws_does() {
    let checks = top().join("../shared/emulator_checks.py");
    if !checks.exists() {
        println!("skipped: no conformance data beside the repository");
        return;
    }
    let has_boto3 = Command::new("python3").args(["-c", "import boto3"]).output();
    if !has_boto3.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3 with boto3 is not installed");
        return;
    }
    let cloud = Cloud::sandbox();
    let mut command = Command::new("python3");
    command.arg(checks).args(["--endpoint", &cloud.endpoint]);
    let output = command.output().expect("the checks can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    let summary = said.lines().find_map(|line| line.strip_prefix("SUMMARY ")).expect("there is a summary");
    println!("checks of the sandbox: {summary}");
    let summary: serde_json::Value = serde_json::from_str(summary).expect("the summary is JSON");
    assert!(summary["total"].as_u64() > Some(0), "{said}");
    assert_eq!(summary["pass"], summary["total"], "{said}");
}
