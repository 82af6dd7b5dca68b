//! The house rules that a test can hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::top;

/// Which crate of ours may depend on which.
const ALLOWED: &[(&str, &[&str])] = &[
    ("recon-core", &[]),
    ("recon-parser", &["recon-core"]),
    ("recon-planner", &["recon-core", "recon-parser"]),
    ("recon-store", &["recon-core"]),
    ("recon-engine", &["recon-core", "recon-parser", "recon-planner", "recon-store"]),
    ("recon-aws", &["recon-core"]),
    ("recon-sandbox", &[]),
    (
        "recon-cli",
        &[
            "recon-aws",
            "recon-core",
            "recon-engine",
            "recon-parser",
            "recon-planner",
            "recon-sandbox",
            "recon-store",
        ],
    ),
];

/// Libraries that shape a design, and where alone they may be named.
const CONFINED: &[(&str, &str)] = &[
    ("hcl_edit", "crates/recon-parser/src/syntax"),
    ("petgraph", "crates/recon-planner/src/graph.rs"),
    ("aws_sdk_", "crates/recon-aws/"),
];

/// Lines of a file, tests apart.
const FILE_LINES_MAX: usize = 500;

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(top())
        .output();
    let metadata: Value =
        serde_json::from_slice(&output.expect("cargo runs").stdout).expect("cargo prints JSON");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for package in metadata["packages"].as_array().expect("packages are a list") {
        let name = package["name"].as_str().expect("a package has a name");
        let Some(allowed) = allowed.get(name) else { continue };
        for dependency in package["dependencies"].as_array().expect("dependencies are a list") {
            let other = dependency["name"].as_str().expect("a dependency has a name");
            let is_ours = other.starts_with("recon-") && dependency["kind"].is_null();
            assert!(!is_ours || allowed.contains(&other), "{name} must not depend on {other}");
        }
    }
}

#[test]
fn libraries_that_shape_a_design_are_known_in_one_place() {
    for path in sources() {
        let name = path.strip_prefix(top()).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).expect("a source file can be read");
        for (library, home) in CONFINED {
            let uses =
                text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(library));
            assert!(
                !uses || name.contains(home) || name.contains("tests/e2e/structure.rs"),
                "{name} names {library}"
            );
        }
    }
}

#[test]
fn files_hold_one_idea_each() {
    for path in sources() {
        let text = std::fs::read_to_string(&path).expect("a source file can be read");
        let name = path.display();
        assert!(text.starts_with("//!"), "{name} does not say what its one job is");
        let lines = text.lines().count();
        let most = if name.to_string().contains("tests") { 2 * FILE_LINES_MAX } else { FILE_LINES_MAX };
        assert!(lines <= most, "{name} has {lines} lines");
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "tests"] {
        collect(&top().join(folder), &mut found);
    }
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
