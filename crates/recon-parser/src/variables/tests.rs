//! Values of variables from all sources.

use super::*;
use crate::load::tests::{Memory, render};
use crate::load::{Options, load};

fn file(name: &str, text: &str) -> VariableSource {
    VariableSource::File { name: name.to_owned(), text: text.to_owned() }
}

fn flag(name: &str, text: &str) -> VariableSource {
    VariableSource::Flag { name: name.to_owned(), text: text.to_owned() }
}

fn environment(name: &str, text: &str) -> VariableSource {
    VariableSource::Environment { name: name.to_owned(), text: text.to_owned() }
}

/// Values, missing ones and diagnostics as one text.
fn run(configuration: &str, given: &[VariableSource]) -> String {
    let mut sources = SourceMap::default();
    let loaded = load(&Memory::new(&[("main.tf", configuration)]), &mut sources, &Options::default());
    assert_eq!(render(&loaded.diagnostics, &sources), "");
    let found = values(&loaded.module, given, &mut sources);
    let lines = found.values.iter().map(|(name, value)| format!("{name} = {value:?}\n"));
    let mut text: String = lines.collect();
    if !found.missing.is_empty() {
        text += &["missing: ", &found.missing.join(", "), "\n"].concat();
    }
    text + &render(&found.diagnostics, &sources)
}

#[test]
fn later_sources_win() {
    let configuration = "variable \"a\" {\n  type = number\n}\nvariable \"b\" {\n  default = \"x\"\n}\n";
    let given = [
        environment("a", "1"),
        file("terraform.tfvars", "a = 2\nb = \"y\"\n"),
        file("x.auto.tfvars.json", r#"{"a": 3, "//": "a comment"}"#),
        flag("a", "4"),
    ];
    insta::assert_snapshot!(run(configuration, &given), @r#"
    a = 4
    b = "y"
    "#);
}

#[test]
fn text_from_outside_is_read_as_the_type_says() {
    let configuration = r#"
variable "untyped" {}
variable "text" { type = string }
variable "number" { type = number }
variable "list" { type = list(string) }
variable "open" { type = any }
variable "object" { type = object({ a = number, b = optional(string, "c") }) }
"#;
    let given = [
        flag("untyped", "[1]"),
        flag("text", "[1]"),
        flag("number", "1.50"),
        environment("list", r#"["x", 2]"#),
        environment("open", "{ a = [true] }"),
        flag("object", "{ a = \"7\" }"),
    ];
    insta::assert_snapshot!(run(configuration, &given), @r#"
    list = ["x", "2"]
    number = 1.5
    object = {"a": 7, "b": "c"}
    open = {"a": [true]}
    text = "[1]"
    untyped = "[1]"
    "#);
}

#[test]
fn undeclared_values_are_judged_by_their_source() {
    let configuration = "variable \"stage\" {\n  default = \"dev\"\n}\n";
    let given = [environment("other", "1"), file("a.tfvars", "stag = \"prod\"\n"), flag("other", "1")];
    insta::assert_snapshot!(run(configuration, &given), @r#"
    stage = "dev"
    warning: Value for undeclared variable
      a.tfvars:1:1 "stag = \"prod\"" 
      The root module has no variable `stag`. Did you mean `stage`?
    error: Value for undeclared variable
      <value for var.other from -var>:1:1 "1" 
      The root module has no variable `other`. Declare it with `variable "other" {}` in the root module, or remove the value.
    "#);
}

#[test]
fn what_does_not_fit_is_told_with_both_places_and_what_is_missing_all_at_once() {
    let configuration = r#"
variable "a" { type = number }
variable "b" { type = list(string) }
variable "c" {}
variable "d" {}
variable "e" {
  type     = string
  nullable = false
}
"#;
    let given = [flag("a", "ten"), flag("b", "[foo"), file("x.tfvars", "e = null\nf {}\n")];
    insta::assert_snapshot!(run(configuration, &given), @r#"
    missing: c, d
    error: Missing item separator
      <value for var.b from -var>:1:4 "o" 
      Elements are separated by commas; `,` or `]` was expected here, but found the end.
    error: Unexpected block in file of variable values
      x.tfvars:2:1 "f" 
      A file of values has lines of the form `name = value`, and no blocks.
    error: Invalid value for input variable
      <value for var.a from -var>:1:1 "ten" 
      main.tf:2:1 "variable \"a\"" declared here
      The value of `a` does not fit the variable's type: a number is required.
    error: Required variable not set
      x.tfvars:1:1 "e = null" 
      main.tf:6:1 "variable \"e\"" declared here
      The variable `e` is set to null, but `nullable = false` and the lack of a default say that it needs a value.
    "#);
}

#[test]
fn null_means_the_default_where_a_variable_is_never_null() {
    let configuration = r#"
variable "a" {
  default  = "x"
  nullable = false
}
variable "b" { default = "x" }
"#;
    insta::assert_snapshot!(run(configuration, &[file("x.tfvars", "a = null\nb = null\n")]), @r#"
    a = "x"
    b = null
    "#);
}

#[test]
fn a_secret_is_marked_and_its_text_is_nowhere() {
    let configuration =
        "variable \"key\" {\n  type      = list(string)\n  sensitive = true\n  ephemeral = true\n}\n";
    let mut sources = SourceMap::default();
    let loaded = load(&Memory::new(&[("main.tf", configuration)]), &mut sources, &Options::default());
    for text in ["[\"hunter2\"]", "hunter2 hunter2", "hunter2", "[hunter2"] {
        let found = values(&loaded.module, &[flag("key", text)], &mut sources);
        let shown = format!("{:?} {}", found.values, render(&found.diagnostics, &sources));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(found.values.values().all(|value| value.marks.is_sensitive() && value.marks.is_ephemeral()));
    }
    assert!(sources.files().all(|(_, file)| !file.text.contains("hunter2")));
}

#[test]
fn missing_variables_are_told_with_the_ways_to_set_them() {
    let mut sources = SourceMap::default();
    let loaded = load(&Memory::new(&[("main.tf", "variable \"a\" {}\n")]), &mut sources, &Options::default());
    let found = values(&loaded.module, &[], &mut sources);
    insta::assert_snapshot!(render(&missing(&loaded.module, &found.missing), &sources), @r#"
    error: No value for required variable
      main.tf:1:1 "variable \"a\"" 
      The variable `a` has no default and no value. Set it with `-var a=VALUE`, in a file such as `terraform.tfvars`, or with the environment variable `TF_VAR_a`.
    "#);
}

#[test]
fn a_secret_in_a_file_is_in_no_excerpt() {
    let configuration = "variable \"pw\" {\n  type      = number\n  sensitive = true\n}\n";
    let told = run(configuration, &[file("a.tfvars", "pw = \"hunter2\"\n")]);
    assert!(told.contains("a.tfvars:1:1 \"pw = *********\""), "{told}");
}
