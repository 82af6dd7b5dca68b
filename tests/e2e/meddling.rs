//! Whatever somebody else changes is found, named by address and path, and repaired by the next apply: every argument
//! of every type that can be changed in place, and every object that can be deleted.
//!
//! Each configuration in `data/meddling` has the variable `meddled`, which turns every such argument into something
//! else; the somebody is another recon with a copy of the state, for which the variable is set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use recon_core::resource_type::Catalog;
use recon_core::schema::{Block, OnChange};
use recon_tests::{Cloud, Scratch};
use serde_json::Value;

use crate::{scratch, top};

const WORLDS: [&str; 3] = ["apigateway", "iam", "lambda"];

/// Arguments whose change shows at another path, because that is what their object is made of.
const SHOWN_AS: &[(&str, &str, &str)] = &[
    ("aws_api_gateway_stage_binding", "qualifier", "variable_value"),
    ("aws_lambda_function", "filename", "code_sha256"),
];

/// Arguments that nobody can change behind recon's back, and why.
const NOT_IN_AWS: &[(&str, &str, &str)] = &[
    ("*", "id", "AWS decides it"),
    ("*", "skip_destroy", "says what a destroy does"),
    ("*", "timeouts", "say how long recon waits"),
    ("aws_api_gateway_account", "reset_on_delete", "says what a destroy does"),
    ("aws_api_gateway_base_path_mapping", "base_path", "a mapping of another path is another one: gone"),
    ("aws_api_gateway_rest_api", "body", "AWS keeps what it made of the document"),
    ("aws_api_gateway_rest_api", "fail_on_warnings", "says how the document is imported"),
    ("aws_api_gateway_rest_api", "parameters", "say how the document is imported"),
    ("aws_api_gateway_rest_api", "put_rest_api_mode", "says how the document is imported"),
    ("aws_iam_role", "force_detach_policies", "says what a destroy does"),
    ("aws_lambda_function", "publish", "says what an update does"),
    ("aws_lambda_function", "replace_security_groups_on_destroy", "says what a destroy does"),
    ("aws_lambda_function", "replacement_security_group_ids", "say what a destroy does"),
    ("aws_lambda_function", "s3_bucket", "AWS keeps the code, not where it came from"),
    ("aws_lambda_function", "s3_key", "AWS keeps the code, not where it came from"),
    ("aws_lambda_function", "s3_object_version", "AWS keeps the code, not where it came from"),
    ("aws_lambda_invocation", "", "is over once it is made"),
    ("aws_lambda_layer_version", "", "a version never changes"),
    ("aws_lambda_version", "", "a version never changes"),
];

/// Types whose objects are not in AWS by themselves, so that nobody can delete them.
const NEVER_GONE: &[(&str, &str)] = &[
    ("aws_api_gateway_account", "the account's settings are always there"),
    ("aws_api_gateway_rest_api_put", "is over once it is made"),
    ("aws_lambda_invocation", "is over once it is made"),
];

#[test]
fn every_argument_that_somebody_changes_is_found_by_its_path_and_repaired() {
    let found = in_all_worlds(changed);
    let mut found_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (kind, path) in found {
        found_of.entry(kind).or_default().insert(path);
    }
    let mut wrong = Vec::new();
    for resource in catalog().resources() {
        let (kind, none) = (resource.name(), BTreeSet::new());
        let found = found_of.get(kind).unwrap_or(&none);
        for leaf in leaves(&resource.schema().block, "") {
            let shown = SHOWN_AS.iter().find(|(of, from, _)| (*of, *from) == (kind, leaf.as_str()));
            let is_found = found.contains(shown.map_or(leaf.as_str(), |(.., to)| to));
            match (is_found, is_excepted(kind, &leaf)) {
                (false, false) => wrong.push(format!("{kind}.{leaf} is not found")),
                (true, true) => wrong.push(format!("{kind}.{leaf} is an exception, but is found")),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_object_that_somebody_deletes_is_found_and_made_again() {
    let gone: BTreeSet<String> = in_all_worlds(gone).into_iter().collect();
    let all: BTreeSet<String> = catalog().resources().map(|kind| kind.name().to_owned()).collect();
    let excepted: BTreeSet<String> = NEVER_GONE.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(all, &gone | &excepted);
    assert_eq!(&gone & &excepted, BTreeSet::new());
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    recon_aws::register(&mut catalog);
    catalog
}

fn is_excepted(kind: &str, leaf: &str) -> bool {
    NOT_IN_AWS.iter().any(|(of, path, _)| {
        let is_of = *of == kind || *of == "*";
        is_of && (path.is_empty() || leaf == *path || leaf.starts_with(&format!("{path}.")))
    })
}

/// The arguments that can be changed in place, as paths without indices.
fn leaves(block: &Block, prefix: &str) -> Vec<String> {
    let arguments =
        block.attributes.iter().filter(|(_, it)| it.is_settable() && it.on_change == OnChange::Update);
    let mut found: Vec<String> = arguments.map(|(name, _)| format!("{prefix}{name}")).collect();
    for (name, nested) in &block.blocks {
        found.extend(leaves(&nested.block, &format!("{prefix}{name}.")));
    }
    found
}

/// What is found in each of the worlds, which are looked at side by side.
fn in_all_worlds<T: Send>(look: fn(&World) -> Vec<T>) -> Vec<T> {
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for name in WORLDS {
            let found = &found;
            scope.spawn(move || {
                let seen = look(&World::applied(name));
                found.lock().expect("no thread panics").extend(seen);
            });
        }
    });
    found.into_inner().expect("no thread panics")
}

/// A configuration of `data/meddling` over a sandbox of its own.
struct World {
    _cloud: Cloud,
    scratch: Scratch,
    name: &'static str,
}

impl World {
    fn applied(name: &'static str) -> Self {
        let cloud = Cloud::sandbox();
        let scratch = scratch().over(&cloud.endpoint);
        let text = std::fs::read_to_string(top().join(format!("tests/data/meddling/{name}.tf")));
        scratch.write("main.tf", &text.expect("the configuration can be read"));
        for side in ["own", "other"] {
            scratch.write(&format!("{side}/index.js"), &format!("exports.{side} = 1\n"));
        }
        let world = Self { _cloud: cloud, scratch, name };
        world.apply();
        world.scratch.expect(0, &["drift"]);
        world
    }

    fn apply(&self) {
        if self.name == "lambda" {
            self.scratch.ok(&["apply", "-auto-approve", "-var=release=1"]);
        }
        self.scratch.ok(&["apply", "-auto-approve"]);
    }

    /// Somebody who knows all of the objects.
    fn somebody(&self) -> Scratch {
        let other = self.scratch.beside();
        other.copy_to(&self.scratch.path().join("state"), "state");
        other
    }

    /// What a drift run finds, which must be something.
    fn findings(&self) -> Vec<Value> {
        let said = self.scratch.expect(2, &["drift", "-json"]).stdout;
        let report: Value = serde_json::from_str(&said).expect("the report is JSON");
        report["stacks"][0]["findings"].as_array().expect("findings are a list").clone()
    }
}

/// Type and path of each argument that was found to have changed.
fn changed(world: &World) -> Vec<(String, String)> {
    world.somebody().ok(&["apply", "-auto-approve", "-var=meddled=true"]);
    let mut found = Vec::new();
    for finding in world.findings() {
        let kind = kind_of(&finding);
        for difference in finding["differences"].as_array().expect("differences are a list") {
            let path = without_indices(difference["path"].as_str().expect("a difference has a path"));
            // Sets differ as a whole, so what is inside of them is compared here.
            for inner in differing(&difference["before"], &difference["after"]) {
                found.push((kind.clone(), format!("{path}{inner}")));
            }
        }
    }
    world.scratch.ok(&["apply", "-auto-approve"]);
    let after = world.scratch.recon(&["drift"]);
    assert_eq!(after.code, Some(0), "{} is not repaired:\n{}{}", world.name, after.stdout, after.stderr);
    found
}

/// The types of the objects that were found to be gone.
fn gone(world: &World) -> Vec<String> {
    world.somebody().ok(&["destroy", "-auto-approve"]);
    let findings = world.findings();
    let found: BTreeSet<&str> = findings
        .iter()
        .filter(|one| one["kind"] == "gone")
        .filter_map(|one| one["address"].as_str())
        .collect();
    let listed = world.scratch.ok(&["state", "list"]).stdout;
    let is_gone = |address: &&str| NEVER_GONE.iter().all(|(kind, _)| address.split('.').next() != Some(kind));
    let expected: BTreeSet<&str> = listed.lines().filter(is_gone).collect();
    assert_eq!(found, expected, "{}", world.name);
    world.apply();
    let after = world.scratch.recon(&["drift"]);
    assert_eq!(after.code, Some(0), "{} is not repaired:\n{}{}", world.name, after.stdout, after.stderr);
    found.iter().map(|address| address.split('.').next().unwrap_or_default().to_owned()).collect()
}

fn kind_of(finding: &Value) -> String {
    let address = finding["address"].as_str().expect("a finding has an address");
    address.split('.').next().unwrap_or_default().to_owned()
}

/// `vpc_config[0].subnet_ids` as `vpc_config.subnet_ids`.
fn without_indices(path: &str) -> String {
    let mut depth = 0;
    let mut kept = String::new();
    for c in path.chars() {
        depth += i32::from(c == '[');
        if depth == 0 {
            kept.push(c);
        }
        depth -= i32::from(c == ']');
    }
    kept
}

/// The paths at which two values differ, each with a dot in front; empty for a difference of values without parts.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (parts(before, ""), parts(after, ""));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// All values at each path, whatever list or set they are in.
fn parts(value: &Value, at: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let inner: Vec<BTreeMap<_, _>> = match value {
        Value::Array(items) => items.iter().map(|item| parts(item, at)).collect(),
        Value::Object(entries) => {
            entries.iter().map(|(name, value)| parts(value, &format!("{at}.{name}"))).collect()
        }
        other => return BTreeMap::from([(at.to_owned(), BTreeSet::from([other.to_string()]))]),
    };
    for (path, values) in inner.into_iter().flatten() {
        found.entry(path).or_default().extend(values);
    }
    found
}
