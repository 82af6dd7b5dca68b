//! Commands beside plan and apply, as a user types them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{scratch, top};

const CONFIGURATION: &str = r#"
variable "secret" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

resource "terraform_data" "one" {
  input = { name = "one", secret = var.secret }
}

resource "terraform_data" "many" {
  for_each = toset(["a", "b"])
  input    = each.key
}

output "name" {
  value = terraform_data.one.output.name
}

output "secret" {
  value     = var.secret
  sensitive = true
}
"#;

#[test]
fn secrets_never_show_but_by_name() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    let plan = scratch.ok(&["plan"]);
    let apply = scratch.ok(&["apply", "-auto-approve"]);
    let show = scratch.ok(&["show"]);
    let outputs = scratch.ok(&["output"]);
    for ran in [plan, apply, show, outputs] {
        assert!(
            !ran.stdout.contains("hunter2") && !ran.stderr.contains("hunter2"),
            "{}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(ran.stdout.contains("sensitive"), "{}", ran.stdout);
    }
    assert_eq!(scratch.ok(&["output", "-raw", "secret"]).stdout.trim_end(), "hunter2");
}

#[test]
fn state_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    scratch.ok(&["apply", "-auto-approve"]);
    let mode = std::fs::metadata(scratch.path().join("state/default.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!scratch.path().join("state/default.journal").exists());
}

#[test]
fn instances_are_listed_shown_moved_and_forgotten() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    scratch.ok(&["apply", "-auto-approve"]);
    let list = scratch.ok(&["state", "list"]).stdout;
    assert_eq!(list, "terraform_data.many[\"a\"]\nterraform_data.many[\"b\"]\nterraform_data.one\n");
    assert!(scratch.ok(&["state", "show", "terraform_data.many[\"a\"]"]).stdout.contains("\"a\""));
    scratch.ok(&["state", "mv", "terraform_data.one", "terraform_data.other"]);
    assert!(scratch.ok(&["state", "list"]).stdout.contains("terraform_data.other"));
    scratch.ok(&["state", "rm", "terraform_data.other"]);
    assert!(!scratch.ok(&["state", "list"]).stdout.contains("other"));
    scratch.expect(1, &["state", "rm", "terraform_data.other"]);
}

#[test]
fn only_the_target_and_what_it_needs_is_planned() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    let plan = scratch.ok(&["plan", "-target=terraform_data.one"]).stdout;
    assert!(plan.contains("1 to add"), "{plan}");
    scratch.ok(&["apply", "-auto-approve", "-exclude", "terraform_data.one"]);
    assert!(!scratch.ok(&["state", "list"]).stdout.contains("terraform_data.one"));
}

const INSTANCES: &str = r#"
variable "v" {
  default = 1
}
module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
  v        = var.v
}
"#;

const PART: &str = r#"
variable "v" {}
resource "terraform_data" "log" {
  input = var.v
}
resource "terraform_data" "fn" {
  input      = var.v
  depends_on = [terraform_data.log]
}
"#;

/// What a plan with these arguments changes, without addresses of its modules: `log`, `fn`.
fn planned(scratch: &recon_tests::Scratch, arguments: &[&str]) -> Vec<String> {
    let all = [&["plan", "-json", "-refresh=false"], arguments].concat();
    let events = scratch.ok(&all).stdout;
    let events = events
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("each line is an event"));
    let planned = events.filter(|event| event["type"] == "planned_change");
    let mut found: Vec<String> = planned
        .map(|event| {
            event["change"]["resource"]["addr"].as_str().expect("a change has an address").to_owned()
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_target_in_one_instance_of_a_module_leaves_the_others_alone() {
    let scratch = scratch();
    scratch.write("main.tf", INSTANCES).write("m/main.tf", PART);
    scratch.ok(&["apply", "-auto-approve"]);
    let [a_fn, a_log, b_fn, b_log] = [
        "a\"].terraform_data.fn",
        "a\"].terraform_data.log",
        "b\"].terraform_data.fn",
        "b\"].terraform_data.log",
    ]
    .map(|end| format!("module.m[\"{end}"));
    let changed = |arguments: &[&str]| planned(&scratch, &[&["-var=v=2"], arguments].concat());
    let destroyed = |arguments: &[&str]| planned(&scratch, &[&["-destroy"], arguments].concat());
    assert_eq!(changed(&["-target=module.m[\"a\"]"]), [&*a_fn, &a_log]);
    assert_eq!(changed(&["-target=module.m[\"a\"].terraform_data.fn"]), [&*a_fn, &a_log]);
    assert_eq!(destroyed(&["-target=module.m[\"a\"]"]), [&*a_fn, &a_log]);
    assert_eq!(destroyed(&["-target=module.m[\"a\"].terraform_data.log"]), [&*a_fn, &a_log]);
    // Without a key, all instances are meant.
    assert_eq!(changed(&["-target=module.m"]), [&*a_fn, &a_log, &b_fn, &b_log]);
    assert_eq!(changed(&["-target=module.m.terraform_data.log"]), [&*a_log, &b_log]);
    assert_eq!(changed(&["-exclude=module.m"]), [""; 0]);
    assert_eq!(changed(&["-exclude=module.m[\"a\"]"]), [&*b_fn, &b_log]);
    assert_eq!(changed(&["-exclude=module.m[\"a\"].terraform_data.log"]), [&*b_fn, &b_log]);
    assert_eq!(changed(&["-exclude=module.m.terraform_data.fn"]), [&*a_log, &b_log]);
}

#[test]
fn a_target_or_an_exclusion_that_matches_nothing_is_an_error() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    for flag in ["-target", "-exclude"] {
        let said = scratch.expect(1, &["plan", &format!("{flag}=terraform_data.nope")]).stderr;
        assert!(said.contains("matches nothing") && said.contains(flag), "{said}");
    }
}

#[test]
fn state_commands_take_all_instances_of_a_module() {
    let scratch = scratch();
    scratch.write("main.tf", INSTANCES).write("m/main.tf", PART);
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(scratch.ok(&["state", "list", "module.m.terraform_data.log"]).stdout.lines().count(), 2);
    scratch.ok(&["state", "mv", "module.m", "module.n"]);
    assert_eq!(scratch.ok(&["state", "list", "module.n"]).stdout.lines().count(), 4);
    scratch.ok(&["state", "rm", "module.n"]);
    assert_eq!(scratch.ok(&["state", "list"]).stdout, "");
}

#[test]
fn a_file_that_a_link_names_and_that_is_not_there_is_an_error() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    std::os::unix::fs::symlink("nowhere.tf", scratch.path().join("more.tf")).unwrap();
    let said = scratch.expect(1, &["plan"]).stderr;
    assert!(said.contains("more.tf"), "{said}");
}

#[test]
fn a_region_that_aws_does_not_have_is_an_error() {
    let scratch = scratch();
    let block = "provider \"aws\" {\n  region = \"us-esat-1\"\n}\ndata \"aws_region\" \"here\" {}\n";
    scratch.write("main.tf", block);
    let said = scratch.expect(1, &["plan"]).stderr;
    assert!(said.contains("Did you mean `us-east-1`?"), "{said}");
    scratch.write("main.tf", &block.replace("\n}", "\n  skip_region_validation = true\n}"));
    scratch.ok(&["plan"]);
}

#[test]
fn a_replacement_can_be_asked_for() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    scratch.ok(&["apply", "-auto-approve"]);
    let plan =
        scratch.expect(2, &["plan", "-detailed-exitcode", "-replace=terraform_data.many[\"a\"]"]).stdout;
    assert!(plan.contains("1 to add, 0 to change, 1 to destroy"), "{plan}");
}

#[test]
fn an_apply_without_approval_is_refused_where_nobody_can_be_asked() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    let ran = scratch.expect(1, &["apply"]);
    assert!(ran.stderr.contains("-auto-approve"), "{}", ran.stderr);
    assert!(!scratch.path().join("state/default.json").exists());
}

#[test]
fn plans_are_shown_as_json() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    scratch.ok(&["plan", "-out=plan"]);
    let json: serde_json::Value =
        serde_json::from_str(&scratch.ok(&["show", "-json", "plan"]).stdout).unwrap();
    let changes = json["resource_changes"].as_array().unwrap();
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|change| change["change"]["actions"] == serde_json::json!(["create"])));
    for line in scratch.ok(&["plan", "-json"]).stdout.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn an_unknown_backend_is_named() {
    let scratch = scratch();
    scratch.write("main.tf", "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n  }\n}\n");
    let ran = scratch.expect(1, &["plan"]);
    assert!(ran.stderr.contains("s3"), "{}", ran.stderr);
}

#[test]
fn every_example_validates_and_is_formatted() {
    let examples = top().join("examples");
    let scratch = scratch();
    scratch.copy(&examples);
    let mut folders = BTreeSet::new();
    collect_configurations(&examples, &mut folders);
    assert!(!folders.is_empty());
    for folder in folders {
        let folder = folder.strip_prefix(&examples).expect("it lies below");
        let chdir = format!("-chdir={}", folder.display());
        scratch.ok(&[&chdir, "validate"]);
        let ran = scratch.ok(&[&chdir, "fmt", "-check"]);
        assert_eq!(ran.stdout, "", "{}", folder.display());
    }
}

/// The folders with a configuration, at any depth below one.
fn collect_configurations(below: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(below).expect("the folder can be read").flatten() {
        if entry.path().is_dir() {
            collect_configurations(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|ending| ending == "tf") {
            found.insert(below.to_owned());
        }
    }
}

#[test]
fn two_thousand_instances_come_and_go() {
    let scratch = scratch();
    scratch.write(
        "main.tf",
        "resource \"terraform_data\" \"a\" {\n  count = 1000\n  input = count.index\n}\nresource \"terraform_data\" \"b\" {\n  count = 1000\n  input = terraform_data.a[count.index].id\n}\n",
    );
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
}

#[test]
fn a_refresh_can_neither_destroy_nor_replace() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    scratch.ok(&["apply", "-auto-approve"]);
    for flag in ["-destroy", "-replace=terraform_data.one", "-refresh=false"] {
        scratch.expect(1, &["refresh", flag]);
    }
    scratch.expect(1, &["destroy", "-auto-approve", "-refresh-only"]);
    scratch.ok(&["refresh"]);
    assert_eq!(scratch.ok(&["state", "list"]).stdout.lines().count(), 3);
}

#[test]
fn whoever_has_to_approve_is_told_the_command_that_does_not_ask() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    for command in [&["apply"][..], &["destroy"], &["apply", "-destroy"]] {
        let ran = scratch.expect(1, command);
        let wanted = format!("\n    recon {} -auto-approve\n", command.join(" "));
        assert!(ran.stderr.contains(&wanted), "{}", ran.stderr);
    }
}

#[test]
fn workspaces_come_are_used_and_go() {
    let scratch = scratch();
    scratch.write("main.tf", CONFIGURATION);
    scratch.ok(&["apply", "-auto-approve"]);
    assert!(scratch.expect(1, &["workspace", "delete", "default"]).stderr.contains("always exists"));
    scratch.ok(&["workspace", "new", "blue"]);
    assert_eq!(scratch.ok(&["workspace", "list"]).stdout, "* blue\n  default\n");
    assert_eq!(scratch.ok(&["state", "list"]).stdout, "");
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.ok(&["workspace", "select", "default"]);
    assert!(scratch.expect(1, &["workspace", "delete", "blue"]).stderr.contains("RECON_WORKSPACE=blue"));
    let blue = scratch.with("RECON_WORKSPACE", "blue");
    assert!(blue.ok(&["workspace", "select", "default"]).stderr.contains("RECON_WORKSPACE"));
    blue.ok(&["destroy", "-auto-approve"]);
    let scratch = blue.with("RECON_WORKSPACE", "");
    scratch.ok(&["workspace", "delete", "blue"]);
    assert_eq!(scratch.ok(&["workspace", "list"]).stdout, "* default\n");
    assert_eq!(scratch.ok(&["state", "list"]).stdout.lines().count(), 3);
}

#[test]
fn a_flag_before_which_the_command_stands_is_told_to_come_first() {
    let ran = scratch().expect(1, &["plan", "-chdir=elsewhere"]);
    assert!(ran.stderr.contains("recon -chdir=DIR plan"), "{}", ran.stderr);
}
