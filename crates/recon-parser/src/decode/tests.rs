//! What the decoder says about blocks and arguments, and what it makes of them.

use super::*;
use crate::config::{IgnoreChanges, Repetition};
use crate::constraint::Constraint;
use crate::load::tests::{Memory, render};
use crate::load::{Loaded, Options, load};
use crate::reference::Target;
use recon_core::{SourceMap, Type, Value};
use test_case::test_case;

fn loaded(files: &[(&str, &str)]) -> (Loaded, SourceMap) {
    let mut sources = SourceMap::default();
    let loaded = load(&Memory::new(files), &mut sources, &Options::default());
    (loaded, sources)
}

fn valid(text: &str) -> Arc<Module> {
    let (loaded, sources) = loaded(&[("main.tf", text)]);
    assert_eq!(render(&loaded.diagnostics, &sources), "");
    loaded.module
}

fn problems(text: &str) -> String {
    let (loaded, sources) = loaded(&[("main.tf", text)]);
    render(&loaded.diagnostics, &sources)
}

fn only_resource(module: &Module) -> &Resource {
    module.resources.values().next().unwrap()
}

#[test]
fn unknown_blocks_and_arguments_are_told_with_what_was_meant() {
    insta::assert_snapshot!(problems(r#"
resorce "terraform_data" "x" {}
variable "v" {
  typ = string
  valdation {}
  default {}
}
output "o" {
  value       = 1
  description = "d"
  color       = "red"
}
locals "x" {}
resource "terraform_data" {}
variable "a" "b" {}
a = 1
resource "terraform_data" "x" {
  lifecycle {
    prevent_destory = true
  }
  depends_on {}
}
"#), @r#"
    error: Unsupported argument
      main.tf:16:1 "a" 
      An argument named `a` is not expected here. Only blocks are expected here.
    error: Unsupported block type
      main.tf:2:1 "resorce \"terraform_data\" \"x\"" 
      A block of type `resorce` is not expected here. Did you mean `resource`?
    error: Unsupported argument
      main.tf:4:3 "typ" 
      An argument named `typ` is not expected here. Did you mean `type`?
    error: Unsupported block type
      main.tf:5:3 "valdation" 
      A block of type `valdation` is not expected here. Did you mean `validation`?
    error: Unsupported block type
      main.tf:6:3 "default" 
      A block of type `default` is not expected here. `default` is an argument: write `default = ` and its value.
    error: Unsupported argument
      main.tf:11:3 "color" 
      An argument named `color` is not expected here. The arguments here are `value`, `description`, `sensitive`, `ephemeral` and `depends_on`.
    error: Extraneous label for locals
      main.tf:13:1 "locals \"x\"" 
      A `locals` block has no labels. Remove "x".
    error: Missing name for resource
      main.tf:14:1 "resource \"terraform_data\"" 
      A `resource` block has 2 labels: type and name. Write `resource "TYPE" "NAME" {`.
    error: Extraneous label for variable
      main.tf:15:1 "variable \"a\" \"b\"" 
      A `variable` block has one label, its name. Remove "b".
    error: Unsupported argument
      main.tf:19:5 "prevent_destory" 
      An argument named `prevent_destory` is not expected here. Did you mean `prevent_destroy`?
    error: Unsupported block type
      main.tf:21:3 "depends_on" 
      A block of type `depends_on` is not expected here. `depends_on` is an argument: write `depends_on = ` and its value.
    "#);
}

#[test]
fn what_recon_leaves_out_is_told_with_the_way_out() {
    insta::assert_snapshot!(problems(r#"
terraform {
  cloud {
    organization = "x"
  }
  experiments = [a]
}
ephemeral "aws_secret" "x" {}
resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "true"
  }
  connection {}
}
"#), @r#"
    error: Unsupported block type
      main.tf:3:3 "cloud" 
      recon keeps states in the directory `state`, not in HCP Terraform. Remove the `cloud` block.
    error: Unsupported block type
      main.tf:8:1 "ephemeral \"aws_secret\" \"x\"" 
      recon has no ephemeral resources. Read the value with a `data` block, or pass it in through a variable with `ephemeral = true`.
    error: Unsupported block type
      main.tf:10:3 "provisioner \"local-exec\"" 
      recon runs no commands while it applies. Remove the block, and run the command before or after `recon apply`.
    error: Unsupported block type
      main.tf:13:3 "connection" 
      recon runs no commands while it applies. Remove the block, and run the command before or after `recon apply`.
    error: Unknown experiment keyword
      main.tf:6:17 "[a]" 
      recon has no experimental features of the language. Remove `experiments`.
    "#);
}

#[test]
fn names_declared_twice_are_told_with_both_places() {
    insta::assert_snapshot!(problems(r#"
variable "a" {}
variable "a" {}
locals {
  b = 1
}
locals {
  b = 2
}
resource "terraform_data" "c" {}
resource "terraform_data" "c" {}
provider "aws" {}
provider "aws" {}
output "d" { value = 1 }
output "d" { value = 2 }
"#), @r#"
    error: Duplicate variable declaration
      main.tf:3:1 "variable \"a\"" 
      main.tf:2:1 "variable \"a\"" first declared here
      The variable "a" was declared already. Names are unique within a module: remove or rename one of the two.
    error: Duplicate local value definition
      main.tf:8:3 "b" 
      main.tf:5:3 "b" first declared here
      The local value "b" was declared already. Names are unique within a module: remove or rename one of the two.
    error: Duplicate resource "terraform_data" configuration
      main.tf:11:1 "resource \"terraform_data\" \"c\"" 
      main.tf:10:1 "resource \"terraform_data\" \"c\"" first declared here
      The terraform_data resource named "c" was declared already. Names are unique within a module: remove or rename one of the two.
    error: Duplicate provider configuration
      main.tf:13:1 "provider \"aws\"" 
      main.tf:12:1 "provider \"aws\"" first declared here
      The provider configuration `aws` was declared already. Names are unique within a module: remove or rename one of the two. For a second configuration of one provider, give it an `alias`.
    error: Duplicate output declaration
      main.tf:15:1 "output \"d\"" 
      main.tf:14:1 "output \"d\"" first declared here
      The output "d" was declared already. Names are unique within a module: remove or rename one of the two.
    "#);
}

#[test]
fn arguments_that_must_be_plain_are_refused_otherwise() {
    insta::assert_snapshot!(problems(r#"
variable "v" {
  description = "a ${var.b}"
  sensitive   = var.x
}
variable "count" {}
output "o" {}
resource "terraform_data" "x" {
  count      = 1
  for_each   = {}
  depends_on = [path.module, terraform_data.y.id, "terraform_data.z"]
  provider   = aws.a.b
  lifecycle {
    ignore_changes       = ["*", input, tags["x"], foo()]
    replace_triggered_by = [var.x, terraform_data.y]
  }
}
data "aws_region" "x" {
  lifecycle {
    prevent_destroy = true
  }
}
"#), @r#"
    error: Unsuitable value type
      main.tf:3:17 "\"a ${var.b}\"" 
      `description` takes a plain text in quotes; references and functions cannot be used here.
    error: Unsuitable value type
      main.tf:4:17 "var.x" 
      `sensitive` takes `true` or `false`; references and functions cannot be used here.
    error: Invalid variable name
      main.tf:6:1 "variable \"count\"" 
      `count` has a meaning of its own in `module` blocks, so no variable can have this name. Rename it.
    error: Missing required argument
      main.tf:7:1 "output \"o\"" 
      The argument `value` is required, but it is not set. Add `value = …` to this block.
    error: Invalid provider configuration reference
      main.tf:12:16 "aws.a.b" 
      A provider is named like `aws`, or like `aws.eu` with the alias of its block; no other expression can be used here.
    error: Invalid combination of "count" and "for_each"
      main.tf:10:3 "for_each" 
      main.tf:9:3 "count" `count` is here
      `count` and `for_each` both say how many instances there are. Keep one of the two.
    error: Invalid depends_on reference
      main.tf:11:17 "path.module" 
      An entry of `depends_on` names a whole object: a resource like `aws_lambda_function.items`, a data source like `data.aws_region.here`, or a module like `module.api`; no attribute of it and no other expression.
    error: Invalid depends_on reference
      main.tf:11:30 "terraform_data.y.id" 
      An entry of `depends_on` names a whole object: a resource like `aws_lambda_function.items`, a data source like `data.aws_region.here`, or a module like `module.api`; no attribute of it and no other expression.
    error: Invalid ignore_changes wildcard
      main.tf:14:29 "\"*\"" 
      `["*"]` is not accepted any more. To ignore changes of all arguments write `ignore_changes = all`.
    error: Invalid ignore_changes entry
      main.tf:14:52 "foo()" 
      An entry of `ignore_changes` names an argument of this block, like `description` or `environment[0].variables["STAGE"]`, with fixed keys only.
    error: Invalid replace_triggered_by expression
      main.tf:15:29 "var.x" 
      An entry of `replace_triggered_by` names a managed resource of this module, one instance of it, or an attribute, like `aws_lambda_function.items.version`. To react to any other value, give it to a `terraform_data` resource and name that.
    error: Invalid data resource lifecycle argument
      main.tf:20:5 "prevent_destroy" 
      A data source is only read, so `prevent_destroy` means nothing for it. Remove the argument.
    "#);
}

#[test]
fn names_are_names_and_checks_check_something() {
    insta::assert_snapshot!(problems("resource \"1x\" \"y z\" {}\ncheck \"c\" {}\n"), @r#"
    error: Invalid resource type name
      main.tf:1:1 "resource \"1x\" \"y z\"" 
      "1x" cannot be a name: a name begins with a letter or underscore and has only letters, digits, underscores and dashes.
    error: Invalid resource name
      main.tf:1:1 "resource \"1x\" \"y z\"" 
      "y z" cannot be a name: a name begins with a letter or underscore and has only letters, digits, underscores and dashes.
    error: Zero assert blocks
      main.tf:2:1 "check \"c\"" 
      A `check` block without an `assert` block checks nothing. Add one with `condition` and `error_message`.
    "#);
}

#[test]
fn moves_removals_and_imports_need_addresses() {
    insta::assert_snapshot!(problems(r#"
moved {
  from = module.a
  to   = terraform_data.b
}
moved {
  from = data.aws_region.a
}
removed {
  from = terraform_data.x[0]
}
import {
  to = data.aws_region.x
  id = "y"
}
import {
  to = terraform_data.x
}
"#), @r#"
    error: Invalid "moved" addresses
      main.tf:4:10 "terraform_data.b" 
      main.tf:3:10 "module.a" moved from here
      One end of this move is a module and the other a resource. Both must be of one sort.
    error: Invalid address
      main.tf:7:10 "data.aws_region.a" 
      `from` is the address of a resource, like `aws_lambda_function.items`, or of a module, like `module.api`, with fixed keys.
    error: Missing required argument
      main.tf:6:1 "moved" 
      The argument `to` is required, but it is not set. Add `to = …` to this block.
    error: Resource instance keys not allowed
      main.tf:10:10 "terraform_data.x[0]" 
      A `removed` block is about all instances, because it replaces the whole block. Remove the key in brackets.
    error: Invalid import address
      main.tf:13:8 "data.aws_region.x" 
      `to` is the address of a managed resource, like `aws_lambda_function.items` or `module.api.aws_lambda_alias.prod["eu"]`.
    error: Missing required argument
      main.tf:16:1 "import" 
      The argument `id` is required, but it is not set. Add `id = …` to this block.
    "#);
}

#[test]
fn what_is_declared_is_neither_removed_nor_moved_away() {
    insta::assert_snapshot!(problems(r#"
resource "terraform_data" "a" {
  count = 2
}
removed {
  from = terraform_data.a
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
moved {
  from = terraform_data.a
  to   = terraform_data.a[0]
}
moved {
  from = terraform_data.gone
  to   = terraform_data.a[1]
}
"#), @r#"
    error: Removed object still exists
      main.tf:5:1 "removed" 
      main.tf:2:1 "resource \"terraform_data\" \"a\"" declared here
      `terraform_data.a` is declared, so it cannot be removed. Remove its block, or this one.
    error: Moved object still exists
      main.tf:8:1 "moved" 
      main.tf:2:1 "resource \"terraform_data\" \"a\"" declared here
      `terraform_data.a` is declared, so its object cannot have become `terraform_data.b`. Remove or rename its block, or remove this one.
    "#);
}

#[test]
fn versions_are_checked() {
    insta::assert_snapshot!(problems(r#"
terraform {
  required_version = ">= 1.12"
  required_providers {
    aws     = { source = "hashicorp/aws", version = "~> 4.0" }
    other   = "latest"
    archive = { source = "someone/archive", versoin = "1" }
  }
}
"#), @r#"
    error: Unsupported Terraform Core version
      main.tf:3:22 "\">= 1.12\"" 
      recon reads the language of Terraform 1.11.4, which ">= 1.12" does not allow. If the configuration does not need another version, widen the constraint.
    error: Invalid required_providers object
      main.tf:7:45 "versoin" 
      `versoin` is not known here. A required provider has `source`, `version` and `configuration_aliases`.
    error: Unsupported provider
      main.tf:7:26 "\"someone/archive\"" 
      recon stands in for `hashicorp/aws`, not for `someone/archive`, which `archive` asks for. Use the official source.
    warning: Provider version not allowed
      main.tf:5:53 "\"~> 4.0\"" 
      recon's arguments and attributes are those of hashicorp/aws 5.100.0, which "~> 4.0" does not allow. Where that version differs, recon does too.
    error: Invalid version constraint
      main.tf:6:15 "\"latest\"" 
      "latest" is not a version constraint. Write one like `>= 1.5`, `~> 5.31` or `>= 1.5, < 2.0`; the signs are =, !=, >, >=, <, <= and ~>.
    "#);
}

#[test]
fn a_resource_keeps_what_its_schema_judges() {
    let module = valid(
        r#"
resource "aws_lambda_function" "items" {
  for_each      = toset(["a"])
  provider      = aws.eu
  function_name = each.key
  depends_on    = [aws_iam_role.x, module.m, data.aws_region.here, var.v, local.l]
  environment {
    variables = {}
  }
  dynamic "vpc_config" {
    for_each = []
    content {
      subnet_ids = []
    }
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [environment[0].variables["STAGE"], tags.x, publish]
    precondition {
      condition     = var.v != ""
      error_message = "m"
    }
  }
}
"#,
    );
    let resource = only_resource(&module);
    assert_eq!(resource.body.attributes.keys().map(|name| &**name).collect::<Vec<_>>(), ["function_name"]);
    assert_eq!(
        resource.body.blocks.iter().map(|block| &*block.name).collect::<Vec<_>>(),
        ["environment", "dynamic"]
    );
    assert_eq!(resource.provider.to_string(), "aws.eu");
    assert!(matches!(resource.repetition, Repetition::ForEach(_)));
    assert_eq!(resource.lifecycle.create_before_destroy, Some(true));
    assert_eq!(resource.lifecycle.preconditions.len(), 1);
    let IgnoreChanges::Paths(paths) = &resource.lifecycle.ignore_changes else { panic!("not all") };
    let paths: Vec<_> = paths.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(paths, ["environment[0].variables[\"STAGE\"]", "tags.x", "publish"]);
    let targets: Vec<_> = resource.depends_on.iter().map(|entry| entry.target.clone()).collect();
    assert_eq!(
        targets,
        [
            Target::Resource(ResourceMode::Managed, "aws_iam_role".into(), "x".into()),
            Target::Module("m".into(), None),
            Target::Resource(ResourceMode::Data, "aws_region".into(), "here".into()),
            Target::Variable("v".into()),
            Target::Local("l".into()),
        ]
    );
}

#[test]
fn own_names_of_providers_stand_for_their_source() {
    let module = valid(
        r#"
terraform {
  required_providers {
    amazon = { source = "hashicorp/aws", version = ">= 5.0", configuration_aliases = [amazon.eu] }
  }
}
provider "amazon" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_iam_role" "x" {
  provider = amazon.us
}
"#,
    );
    assert_eq!(only_resource(&module).provider.to_string(), "aws.us");
    assert_eq!(module.providers.keys().next().unwrap().to_string(), "aws.us");
}

const CALLED_MODULE: &str = r#"
terraform {
  backend "s3" {}
  required_providers {
    aws = { source = "hashicorp/aws", configuration_aliases = [aws.x] }
  }
}
variable "name" {}
provider "aws" {}
import {
  to = terraform_data.x
  id = "y"
}
"#;

#[test]
fn module_calls_are_checked_against_the_module() {
    let (loaded, sources) = loaded(&[
        (
            "main.tf",
            r#"
module "a" {
  source    = "./m"
  count     = 2
  providers = { aws.x = aws.eu }
  name      = "n"
  nam       = "m"
}
module "b" {
  source = "./m"
}
module "c" {
  source = "github.com/x/y"
}
module "d" {}
module "e" {
  source = var.x
}
"#,
        ),
        ("m/main.tf", CALLED_MODULE),
    ]);
    insta::assert_snapshot!(render(&loaded.diagnostics, &sources), @r#"
    error: Invalid import configuration
      m/main.tf:10:1 "import" 
      `import` blocks stand in the root module only. Move it there; its `to` can name an address in this module.
    warning: Backend configuration ignored
      m/main.tf:3:3 "backend \"s3\" {}" 
      The state's place is decided by the root module, so this block means nothing here. Remove it.
    error: Unsupported argument
      main.tf:7:3 "nam" 
      The module has no variable `nam`. Did you mean `name`?
    error: Missing required argument
      main.tf:9:1 "module \"b\"" 
      m/main.tf:8:1 "variable \"name\"" declared here
      The module's variable `name` has no default, so this call must set it.
    error: Missing required provider configuration
      main.tf:9:1 "module \"b\"" 
      m/main.tf:5:5 "aws" required here
      The module needs the provider configuration `aws.x`. Pass it: `providers = { aws.x = … }`.
    error: Unsupported module source
      main.tf:13:12 "\"github.com/x/y\"" 
      recon downloads nothing, and "github.com/x/y" is not a local directory. Clone the module into this repository, or add it as a submodule, and name its directory with `./` or `../` in front: `source = "./modules/NAME"`.
    error: Missing required argument
      main.tf:15:1 "module \"d\"" 
      The argument `source` is required, but it is not set. Add `source = …` to this block.
    error: Unsuitable value type
      main.tf:17:12 "var.x" 
      `source` takes a plain text in quotes; references and functions cannot be used here.
    "#);
    let call = &loaded.module.calls["a"];
    let passed: Vec<_> = call.providers.iter().map(|(inner, outer)| format!("{inner} = {outer}")).collect();
    assert_eq!(passed, ["aws.x = aws.eu"]);
}

fn constraint_of(text: &str) -> Constraint {
    valid(&format!("variable \"v\" {{\n  type = {text}\n}}\n")).variables["v"].constraint.clone()
}

#[test_case("string", Type::String)]
#[test_case("list", Type::list(Type::Any); "list of the oldest configurations")]
#[test_case("map(list(number))", Type::map(Type::list(Type::Number)))]
#[test_case("object({ a = string, b = set(bool) })", Type::object([("a", Type::String), ("b", Type::set(Type::Bool))]))]
#[test_case("tuple([string, any])", Type::Tuple(Arc::new(vec![Type::String, Type::Any])))]
fn types_without_optional_attributes(text: &str, expected: Type) {
    assert_eq!(constraint_of(text), Constraint::Exactly(expected));
}

#[test]
fn optional_attributes_have_a_default() {
    let Constraint::List(element) =
        constraint_of("list(object({ a = string, b = optional(number, \"3\"), c = optional(bool) }))")
    else {
        panic!("a list");
    };
    let Constraint::Object(fields) = &*element else { panic!("of objects") };
    assert_eq!(fields["a"].optional, None);
    assert_eq!(fields["b"].optional, Some(Value::from(3)));
    assert_eq!(fields["c"].optional, Some(Value::null(Type::Bool)));
}

#[test]
fn types_that_are_none_are_refused() {
    let variables: String = [
        "\"string\"",
        "strin",
        "list",
        "set",
        "list()",
        "list(strng)",
        "object({ a = optional(number, \"x\") })",
        "optional(string)",
        "object(string)",
        "tuple(string)",
        "var.x",
        "[string]",
    ]
    .iter()
    .enumerate()
    .map(|(index, text)| format!("variable \"v{index}\" {{\n  type = {text}\n}}\n"))
    .collect();
    insta::assert_snapshot!(problems(&variables), @r#"
    error: Invalid quoted type constraints
      main.tf:2:10 "\"string\"" 
      A type is written without quotes: `type = string`.
    error: Invalid type specification
      main.tf:5:10 "strin" 
      There is no type `strin`. Did you mean `string`?
    error: Invalid type specification
      main.tf:11:10 "set" 
      `set` needs the type of its elements: `set(string)`, for example.
    error: Invalid type specification
      main.tf:14:10 "list()" 
      `list(…)` takes one argument, but has 0.
    error: Invalid type specification
      main.tf:17:15 "strng" 
      There is no type `strng`. Did you mean `string`?
    error: Invalid default value for optional attribute
      main.tf:20:40 "\"x\"" 
      The default of the optional attribute `a` does not have its type: a number is required.
    error: Invalid type specification
      main.tf:23:10 "optional" 
      `optional(…)` can only be the type of an attribute of `object({…})`.
    error: Invalid type specification
      main.tf:26:17 "string" 
      `object(…)` takes attributes with their types: `object({ name = string })`.
    error: Invalid type specification
      main.tf:29:16 "string" 
      `tuple(…)` takes a list of types: `tuple([string, number])`.
    error: Invalid type specification
      main.tf:32:10 "var.x" 
      A type is a keyword such as `string`, or a call such as `list(string)` or `object({ name = string })`.
    error: Invalid type specification
      main.tf:35:10 "[string]" 
      A type is a keyword such as `string`, or a call such as `list(string)` or `object({ name = string })`.
    "#);
}

#[test]
fn defaults_must_fit() {
    insta::assert_snapshot!(problems(r#"
variable "a" {
  type    = number
  default = "x"
}
variable "b" {
  default  = null
  nullable = false
}
"#), @r#"
    error: Invalid default value for variable
      main.tf:4:13 "\"x\"" 
      The default does not fit the variable's type: a number is required.
    error: Invalid default value for variable
      main.tf:7:14 "null" 
      The default is null, but `nullable = false` says that the variable never is. Change one of the two.
    "#);
}

#[test]
fn refactoring_blocks_are_decoded() {
    let module = valid(
        r#"
moved {
  from = terraform_data.a
  to   = module.m["x"].terraform_data.b[0]
}
removed {
  from = module.m.terraform_data.c
  lifecycle {
    destroy = false
  }
}
removed {
  from = module.gone
}
import {
  for_each = toset(["a"])
  to       = module.m.aws_iam_role.x[each.key]
  id       = each.value
  provider = aws.eu
}
check "c" {
  data "aws_region" "here" {}
  assert {
    condition     = data.aws_region.here.name != ""
    error_message = "m"
  }
}
"#,
    );
    assert_eq!(module.moved.len(), 1);
    assert_eq!(module.removed.iter().map(|removed| removed.destroy).collect::<Vec<_>>(), [false, true]);
    assert_eq!(module.imports[0].provider.as_ref().unwrap().to_string(), "aws.eu");
    assert_eq!(module.checks["c"].data, Some(("aws_region".into(), "here".into())));
    assert!(module.resources.contains_key(&(ResourceMode::Data, "aws_region".into(), "here".into())));
}

#[test]
fn json_makes_the_same_module_as_hcl() {
    let (loaded, sources) = loaded(&[(
        "main.tf.json",
        r#"{
  "//": "a comment",
  "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}, "backend": {"s3": {"bucket": "b"}}},
  "variable": {"v": {"type": "list(string)", "default": ["x"]}},
  "locals": {"a": "${var.v[0]}-b", "c": {"${var.v[0]}": null}},
  "resource": {
    "aws_lambda_function": {
      "items": {
        "function_name": "${local.a}",
        "environment": {"variables": {"A": "$${not}"}},
        "lifecycle": {"ignore_changes": ["tags", "environment[0].variables"], "prevent_destroy": true},
        "depends_on": ["aws_iam_role.x"],
        "provider": "aws.eu",
        "dynamic": {"vpc_config": {"for_each": [], "content": {"subnet_ids": []}}}
      }
    }
  },
  "output": [{"o": {"value": "${aws_lambda_function.items.arn}"}}],
  "moved": [{"from": "terraform_data.a", "to": "terraform_data.b"}]
}"#,
    )]);
    assert_eq!(render(&loaded.diagnostics, &sources), "");
    let module = loaded.module;
    let resource = only_resource(&module);
    assert_eq!(resource.provider.to_string(), "aws.eu");
    assert_eq!(resource.depends_on.len(), 1);
    assert!(resource.lifecycle.prevent_destroy);
    assert!(resource.body.attributes.contains_key("environment"));
    assert_eq!(resource.body.notation, crate::config::Notation::Json);
    assert_eq!(resource.body.blocks.len(), 1);
    assert_eq!(&*module.backend.as_ref().unwrap().0, "s3");
    assert_eq!(module.moved.len(), 1);
    assert_eq!(module.variables["v"].constraint, Constraint::Exactly(Type::list(Type::String)));
}

#[test]
fn every_example_decodes() {
    for (path, text) in crate::conformance::files(&["docs-examples", "acceptance", "../lab"], "tf") {
        let (loaded, sources) = loaded(&[("main.tf", &text)]);
        let unexpected: Vec<_> = loaded
            .diagnostics
            .iter()
            .filter(|problem| {
                !["Provider version not allowed", "Unsupported module source"].contains(&&*problem.summary)
            })
            .cloned()
            .collect();
        assert!(unexpected.is_empty(), "{path}: {}", render(&unexpected.into_iter().collect(), &sources));
    }
}
