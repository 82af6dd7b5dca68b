//! What a validation finds in blocks of which it does not know how many instances there will be.

use std::collections::BTreeMap;

use recon_core::state::{Lineage, State};
use recon_core::{Diagnostics, SourceMap, Type, Value};
use recon_parser::load::{self, load};
use test_case::test_case;

use crate::fixture::{Texts, catalog};
use crate::input::{AnswerBook, Input, Options};

/// The summaries of what is wrong, sorted, whatever the variables will be.
fn mistakes(text: &'static str) -> Vec<String> {
    let (found, _) = validated(&[("main.tf", text)]);
    let mut summaries: Vec<String> = found.iter().map(|found| found.summary.to_string()).collect();
    summaries.sort();
    summaries
}

/// What is wrong with a configuration that can be read, and its files.
fn validated(texts: &[(&str, &str)]) -> (Diagnostics, SourceMap) {
    let (wrong, found, sources) = found_in(texts);
    assert!(!wrong.has_errors(), "{wrong:?}");
    (found, sources)
}

/// What is wrong with files as they are loaded, and beyond that.
fn found_in(texts: &[(&str, &str)]) -> (Diagnostics, Diagnostics, SourceMap) {
    let files = Texts(texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    let mut sources = SourceMap::default();
    let loaded = load(&files, &mut sources, &load::Options::default());
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
    (loaded.diagnostics, found, sources)
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

const CONDITIONED: &str = r#"
locals { few = 1 }
resource "test_thing" "a" {
  name = "a"
  lifecycle {
    precondition {
      condition     = local.few > 2
      error_message = "Too few."
    }
    postcondition {
      condition     = local.few > 2
      error_message = "Too few."
    }
  }
}
check "c" {
  assert {
    condition     = local.few > 2
    error_message = "Too few."
  }
}
"#;

const WRONGLY_CONDITIONED: &str = r#"
locals { few = "few" }
resource "test_thing" "a" {
  name = "a"
  lifecycle {
    precondition {
      condition     = local.few > 2
      error_message = "Too few."
    }
  }
}
"#;

const KEYLESS: &str = r#"
resource "test_thing" "many" {
  for_each = toset(["id"])
  name     = each.key
}
resource "test_thing" "counted" {
  count = 2
  name  = "a"
}
resource "test_thing" "one" { name = "a" }
output "many" { value = try(test_thing.many.id, "") }
output "counted" { value = test_thing.counted.id }
output "one" { value = test_thing.one[0].id }
"#;

#[test_case(BY_KEY, &[]; "keys of a variable")]
#[test_case(CONDITIONED, &[]; "conditions that do not hold, which is for a plan to say")]
#[test_case(WRONGLY_CONDITIONED, &["Invalid operand"]; "a condition without a value")]
#[test_case(
    KEYLESS,
    &["Missing resource instance key", "Missing resource instance key", "Unexpected resource instance key"];
    "instances without their keys, and a key without instances"
)]
#[test_case("output \"o\" { value = module.m.x }", &["Reference to undeclared module"]; "a module, told once")]
#[test_case("locals { a = local.a }", &["Self-referential block"]; "what needs itself")]
#[test_case("provider \"tset\" {}", &["Unsupported provider"]; "a provider that there is not")]
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

const CALL: &str = "module \"m\" {\n  source = \"./m\"\n  size   = 1\n}";

#[test_case(
    "variable \"size\" {\n  validation {\n    condition     = var.size > 2\n    error_message = \"Too small.\"\n  }\n}",
    &["main.tf:3 ", "m/main.tf:3 checked by this rule"], &["var.size is 1"];
    "a rule of the module"
)]
#[test_case(
    "variable \"size\" { type = list(string) }",
    &["main.tf:3 ", "m/main.tf:1 declared here"], &[];
    "the type of the variable"
)]
fn what_a_call_sets_wrongly_is_shown_in_the_call(module: &str, places: &[&str], seen: &[&str]) {
    let (found, sources) = validated(&[("main.tf", CALL), ("m/main.tf", module)]);
    let [found] = &found.iter().collect::<Vec<_>>()[..] else { panic!("{found:?}") };
    let place = |label: &recon_core::diagnostic::Label| {
        format!(
            "{}:{} {}",
            sources.file(label.span.file).unwrap().name,
            sources.position(label.span).0,
            label.text
        )
    };
    assert_eq!(found.labels.iter().map(place).collect::<Vec<_>>(), places);
    let values = found.seen.iter().map(|(name, value)| format!("{name} is {value}"));
    assert_eq!(values.collect::<Vec<_>>(), seen);
}

const ONE: &str = "resource \"test_thing\" \"a\" {\n  name = \"x\"\n}\nimport {\n  to = test_thing.a[\"x\"]\n  id = \"1\"\n}\n";
const FEW: &str = "resource \"test_thing\" \"a\" {\n  for_each = toset([\"x\"])\n  name = \"x\"\n}\nimport {\n  to = test_thing.a[\"y\"]\n  id = \"1\"\n}\n";
const NONE: &str = "import {\n  to = test_thing.a\n  id = \"1\"\n}\n";
const EACH: &str =
    "import {\n  for_each = { y = \"1\" }\n  to = test_thing.a[each.key]\n  id = each.value\n}\n";

#[test_case(ONE, "name it without a key"; "a key too many")]
#[test_case(FEW, "does not include that key"; "a key that there is not")]
#[test_case(NONE, "recon plan -generate-config-out="; "a block that can be written")]
#[test_case(EACH, "-generate-config-out writes no blocks with count or for_each"; "a block that people write")]
fn an_import_to_nothing_says_what_to_write(text: &'static str, advice: &str) {
    let (found, _) = validated(&[("main.tf", text)]);
    let details: Vec<&str> = found.iter().map(|one| one.detail.as_str()).collect();
    assert!(details.len() == 1 && details[0].contains(advice), "{details:?}");
}

const BESIDE: &str = r#"
resource "test_thing" "a" {
  name = module.gone.name
  text = module.half.lost
  size = "large"
  zone = var.lost
}
module "gone" { source = "git::https://example.com/x" }
module "half" {
  source = "./half"
  lost   = 1
}
import {
  to = test_thing.lost
  id = "1"
}
"#;

#[test]
fn what_refers_to_files_that_cannot_be_read_is_not_judged_and_all_else_is() {
    let half = ("half/main.tf", "output \"there\" { value = upper(1, 2) }\n");
    let broken = |name: &'static str| (name, "variable \"lost\" { default = = 1 }\n");
    let (wrong, found, _) = found_in(&[("main.tf", BESIDE), broken("b.tf"), half, broken("half/b.tf")]);
    let summaries = |found: &Diagnostics| -> Vec<String> {
        let mut all: Vec<String> = found.iter().map(|one| one.summary.to_string()).collect();
        all.sort();
        all
    };
    assert_eq!(summaries(&wrong), ["Invalid expression", "Invalid expression", "Unsupported module source"]);
    assert_eq!(summaries(&found), ["Incorrect attribute value type", "Too many function arguments"]);
    // Of a module that cannot be called, only what refers to it is not judged.
    let (_, found, _) =
        found_in(&[("main.tf", &BESIDE.replace("module.half.lost", "module.nowhere.x")), half]);
    let expected = ["Configuration for import target does not exist", "Incorrect attribute value type"];
    let undeclared = ["Reference to undeclared input variable", "Reference to undeclared module"];
    let all: Vec<&str> =
        expected.into_iter().chain(undeclared).chain(["Too many function arguments"]).collect();
    assert_eq!(summaries(&found), all);
}
