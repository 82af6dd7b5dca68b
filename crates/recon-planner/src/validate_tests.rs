//! What a validation finds in blocks of which it does not know how many instances there will be.

use std::collections::BTreeMap;

use recon_core::state::{Lineage, State};
use recon_core::{SourceMap, Type, Value};
use recon_parser::load::{self, load};
use test_case::test_case;

use crate::fixture::{Texts, catalog};
use crate::input::{AnswerBook, Input, Options};

/// The summaries of what is wrong, sorted, whatever the variables will be.
fn mistakes(text: &'static str) -> Vec<String> {
    let files = Texts(BTreeMap::from([("main.tf".to_owned(), text.to_owned())]));
    let loaded = load(&files, &mut SourceMap::default(), &load::Options::default());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    let variables: BTreeMap<_, _> =
        loaded.module.variables.keys().map(|name| (name.clone(), Value::unknown(Type::Any))).collect();
    let nothing = State::empty(Lineage("".into()));
    let found = crate::validate(&Input {
        module: &loaded.module,
        config_digest: &loaded.digest,
        variables: &variables,
        catalog: &catalog(),
        remembered: &nothing,
        observed: &nothing,
        options: &Options::default(),
        answers: &AnswerBook::default(),
        files: &files,
        planned_at_ms: 0,
        workspace: "default",
    });
    let mut summaries: Vec<String> = found.iter().map(|found| found.summary.to_string()).collect();
    summaries.sort();
    summaries
}

const BY_KEY: &str = r#"
variable "names" { type = map(object({ size = number })) }
resource "test_thing" "a" {
  for_each = var.names
  name     = each.key
  size     = each.value.size
}
output "ids" { value = [for thing in test_thing.a : thing.id] }
output "one" { value = test_thing.a["x"].id }
"#;

const MISTAKEN: &str = r#"
variable "names" { type = map(object({ size = number })) }
variable "many" { type = number }
resource "test_thing" "a" {
  for_each = var.names
  name     = each.value.nam
  size     = "large"
}
resource "test_thing" "b" {
  count = var.many
  name  = each.key
  text  = upper(1, 2)
}
resource "test_thing" "c" {
  for_each = var.names
  name     = each.key
}
output "one" { value = test_thing.c["x"].idd }
"#;

const LISTED: &str = r#"
variable "names" { type = list(string) }
resource "test_thing" "a" {
  for_each = var.names
  name     = upper(1, 2)
}
"#;

const SECRET: &str = r#"
variable "names" {
  type      = map(string)
  sensitive = true
}
resource "test_thing" "a" {
  for_each = var.names
  name     = each.key
}
"#;

const DEFAULTED: &str = r#"
variable "many" { default = 2 }
output "only" { value = one([for number in range(var.many) : number]) }
resource "test_thing" "a" {
  count = var.many
  name  = "a"
  lifecycle {
    precondition {
      condition     = var.many == 1
      error_message = "There is one."
    }
  }
}
"#;

#[test_case(BY_KEY, &[]; "keys of a variable")]
#[test_case(
    MISTAKEN,
    &["Incorrect attribute value type", "Reference outside of a repeated block", "Too many function arguments",
      "Unsupported attribute", "Unsupported attribute"];
    "mistakes inside of blocks and in references to them"
)]
#[test_case(LISTED, &["Invalid for_each argument", "Too many function arguments"]; "a list is no set")]
#[test_case(SECRET, &["Invalid for_each argument"]; "secret keys")]
#[test_case(DEFAULTED, &[]; "a default is one value of many")]
fn variables_may_have_any_value(text: &'static str, expected: &[&str]) {
    assert_eq!(mistakes(text), expected);
}
