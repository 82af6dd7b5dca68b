//! The language as a whole run sees it: what a plan leaves open, an apply fills in, and blocks that change addresses.

use crate::scratch;
use test_case::test_case;

/// What the outputs are after an apply, which the plan that follows finds nothing to add to.
fn outputs(files: &[(&str, &str)]) -> String {
    let scratch = scratch();
    for (path, text) in files {
        scratch.write(path, text);
    }
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect(0, &["plan", "-detailed-exitcode"]);
    scratch.ok(&["output", "-json"]).stdout
}

#[test]
fn for_each_over_a_block_sees_what_the_apply_made() {
    let config = r#"
resource "terraform_data" "first" {
  for_each = { a = 1, b = 2 }
  input    = each.value
}

resource "terraform_data" "second" {
  for_each = terraform_data.first
  input    = "${each.key}-${each.value.output}"
}

module "third" {
  source   = "./third"
  for_each = terraform_data.second
  value    = each.value.output
}

output "all" {
  value = join(",", [for third in module.third : third.value])
}
"#;
    let third = r#"
variable "value" {}

resource "terraform_data" "third" {
  input = "${var.value}!"
}

output "value" {
  value = terraform_data.third.output
}
"#;
    let outputs = outputs(&[("main.tf", config), ("third/main.tf", third)]);
    assert!(outputs.contains("a-1!,b-2!"), "{outputs}");
}

#[test]
fn instances_of_a_module_have_no_outputs_together() {
    let scratch = scratch();
    let config =
        "module \"m\" {\n  source = \"./m\"\n  count  = 1\n}\n\noutput \"o\" {\n  value = module.m.x\n}\n";
    scratch.write("main.tf", config).write("m/main.tf", "output \"x\" {\n  value = 1\n}\n");
    let ran = scratch.expect(1, &["validate"]);
    assert!(ran.stderr.contains("Unsupported attribute"), "{}", ran.stderr);
    scratch.write("main.tf", &config.replace("module.m.x", "module.m[*].x"));
    scratch.ok(&["validate"]);
}

#[test]
fn validation_leaves_open_what_only_a_state_can_tell() {
    let scratch = scratch();
    scratch.write(
        "main.tf",
        "resource \"terraform_data\" \"one\" {\n  input = 2\n}\n\nresource \"terraform_data\" \"many\" {\n  count = terraform_data.one.output\n}\n",
    );
    scratch.ok(&["validate"]);
    scratch.expect(1, &["plan"]);
    scratch.ok(&["apply", "-auto-approve", "-target=terraform_data.one"]);
    scratch.ok(&["apply", "-auto-approve"]);
    assert!(scratch.ok(&["state", "list"]).stdout.contains("terraform_data.many[1]"));
}

const OLD: &str = "resource \"terraform_data\" \"old\" {\n  input = 1\n}\n";

#[test]
fn blocks_move_inside_of_every_instance_of_a_module() {
    let scratch = scratch();
    scratch.write("main.tf", "module \"m\" {\n  source = \"./m\"\n  count  = 2\n}\n");
    scratch.write("m/main.tf", OLD);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write(
        "m/main.tf",
        "resource \"terraform_data\" \"new\" {\n  count = 1\n  input = 1\n}\n\nmoved {\n  from = terraform_data.old\n  to   = terraform_data.new\n}\n",
    );
    let plan = scratch.ok(&["plan"]).stdout;
    assert!(plan.contains("0 to add, 0 to change, 0 to destroy"), "{plan}");
    scratch.ok(&["apply", "-auto-approve"]);
    let list = scratch.ok(&["state", "list"]).stdout;
    assert!(list.contains("module.m[1].terraform_data.new[0]"), "{list}");
}

#[test]
fn moves_follow_each_other_whatever_the_order_of_their_blocks() {
    let scratch = scratch();
    scratch.write("main.tf", &OLD.replace("old", "a"));
    scratch.ok(&["apply", "-auto-approve"]);
    let last = OLD.replace("old", "c");
    let moved = |from: &str, to: &str| {
        format!("moved {{\n  from = terraform_data.{from}\n  to   = terraform_data.{to}\n}}\n")
    };
    scratch.write("main.tf", &[last, moved("b", "c"), moved("a", "b")].join("\n"));
    let plan = scratch.expect(0, &["plan"]).stdout;
    assert!(
        plan.contains("terraform_data.c has moved from terraform_data.a") && plan.contains("0 to destroy"),
        "{plan}"
    );
}

#[test]
fn a_module_that_is_removed_keeps_its_objects_if_it_says_so() {
    let scratch = scratch();
    scratch.write("main.tf", "module \"m\" {\n  source = \"./m\"\n  count  = 2\n}\n");
    scratch.write("m/main.tf", OLD);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write("main.tf", "removed {\n  from = module.m\n  lifecycle {\n    destroy = false\n  }\n}\n");
    let ran = scratch.ok(&["apply", "-auto-approve"]);
    assert!(ran.stdout.contains("0 destroyed"), "{}", ran.stdout);
    assert_eq!(scratch.ok(&["state", "list"]).stdout.trim(), "");
}

#[test_case("a", "b", "b", "a", "Cyclic dependency in move statements")]
#[test_case("a", "b", "a", "c", "Ambiguous move statements"; "one to two")]
#[test_case("a", "c", "b", "c", "Ambiguous move statements"; "two to one")]
#[test_case("c", "c", "a", "b", "Redundant move statement")]
fn moves_that_contradict_each_other_are_refused(from: &str, to: &str, also: &str, there: &str, why: &str) {
    let scratch = scratch();
    let moved = |from: &str, to: &str| {
        format!("moved {{\n  from = terraform_data.{from}\n  to   = terraform_data.{to}\n}}\n")
    };
    scratch.write("main.tf", &[moved(from, to), moved(also, there)].join("\n"));
    let ran = scratch.expect(1, &["validate"]);
    assert!(ran.stderr.contains(why), "{}", ran.stderr);
}

#[test_case("output \"o\" {\n  value = var.e\n}\n", "Ephemeral value not allowed"; "a stored output")]
#[test_case("output \"o\" {\n  value     = var.e\n  ephemeral = true\n}\n", "Ephemeral output not allowed"; "an output of the root")]
#[test_case("module \"m\" {\n  source = \"./m\"\n  value  = var.e\n}\n", "Ephemeral value not allowed"; "a variable that is kept")]
fn what_is_ephemeral_goes_nowhere_where_it_would_be_stored(block: &str, why: &str) {
    let scratch = scratch();
    scratch.write(
        "main.tf",
        &format!("variable \"e\" {{\n  ephemeral = true\n  default   = \"x\"\n}}\n\n{block}"),
    );
    scratch.write("m/main.tf", "variable \"value\" {}\n");
    let ran = scratch.expect(1, &["validate"]);
    assert!(ran.stderr.contains(why), "{}", ran.stderr);
}

#[test]
fn one_entry_of_an_open_argument_can_be_ignored() {
    let scratch = scratch();
    let config = |number: u8| {
        format!(
            "resource \"terraform_data\" \"one\" {{\n  input = {{ kept = {number}, changed = {number} }}\n  lifecycle {{\n    ignore_changes = [input[\"kept\"]]\n  }}\n}}\n\noutput \"all\" {{\n  value = jsonencode(terraform_data.one.output)\n}}\n"
        )
    };
    scratch.write("main.tf", &config(1));
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.write("main.tf", &config(2));
    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(scratch.ok(&["output", "-raw", "all"]).stdout, "{\"changed\":2,\"kept\":1}");
    scratch.write("main.tf", &config(2).replace("input[\"kept\"]", "inputs"));
    let ran = scratch.expect(1, &["validate"]);
    assert!(ran.stderr.contains("Did you mean \"input\"?"), "{}", ran.stderr);
}
