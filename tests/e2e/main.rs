//! End-to-end tests: the program, run as a user would, over the sandbox and, where they are installed, over emulators
//! that somebody else wrote.

#![expect(clippy::print_stdout, reason = "tests say what they skip")]

mod acceptance;
mod calls;
mod commands;
mod discover;
mod documented;
mod drift;
mod emulator;
mod examples;
mod import;
mod interrupted;
mod lab;
mod language;
mod meddling;
mod mistakes;
mod nightly;
mod quotas;
mod recreated;
mod releases;
mod report_forms;
mod reports;
mod respelled;
mod secrets;
mod stopped;
mod structure;
mod terraform;
mod used;

use std::path::PathBuf;

use recon_tests::Scratch;

/// A scratch directory with the recon of this build.
fn scratch() -> Scratch {
    Scratch::new(env!("CARGO_BIN_EXE_recon-under-test"))
}

/// The repository's top.
fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A scratch directory with the example lab.
fn example_lab(endpoint: &str) -> Scratch {
    let scratch = scratch().over(endpoint);
    scratch.copy(&top().join("examples/lab"));
    scratch
}

/// A scratch directory with the conformance lab, in Terraform's language alone; nothing where that is absent.
fn shared_lab(endpoint: &str) -> Option<Scratch> {
    let from = top().join("../shared/lab");
    if !from.exists() {
        println!("skipped: no conformance data beside the repository");
        return None;
    }
    let scratch = scratch().over(endpoint);
    let text = |name: &str| std::fs::read_to_string(from.join(name)).expect("the lab can be read");
    scratch.write("main.tf", &text("main.tf"));
    scratch.write("src/index.js", &text("src/index.js"));
    std::fs::write(scratch.path().join("items.zip"), ITEMS_ZIP).expect("the zip can be written");
    Some(scratch)
}

/// The conformance lab with its blocks that only recon knows in place of those they stand for.
fn shared_native_lab(endpoint: &str) -> Option<Scratch> {
    let scratch = shared_lab(endpoint)?;
    let native =
        std::fs::read_to_string(top().join("../shared/lab/native.recon.hcl")).expect("the lab can be read");
    let replaced = [
        "aws_lambda_function",
        "aws_lambda_alias",
        "aws_lambda_permission",
        "aws_api_gateway_deployment",
        "aws_api_gateway_stage",
    ];
    scratch.write("main.tf", &without_blocks(&scratch.read("main.tf"), &replaced));
    scratch.write("native.recon.hcl", &native);
    Some(scratch)
}

/// The text without the top-level resource blocks of these types.
fn without_blocks(text: &str, kinds: &[&str]) -> String {
    let mut kept = String::new();
    let mut dropping = false;
    for line in text.lines() {
        if kinds.iter().any(|kind| line.starts_with(&format!("resource \"{kind}\""))) {
            dropping = true;
        }
        if !dropping {
            kept.push_str(line);
            kept.push('\n');
        }
        if line.starts_with('}') {
            dropping = false;
        }
    }
    kept
}

/// `index.js` of a few bytes, packed; made with Python's zipfile.
const ITEMS_ZIP: &[u8] = include_bytes!("../data/items.zip");
