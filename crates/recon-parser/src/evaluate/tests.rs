//! What expressions mean, where the conformance data does not reach: references, marks, messages, bounds.

use std::cell::RefCell;

use recon_core::address::Key;
use recon_core::{Data, Diagnostic, Diagnostics, FileId, Marks, ResourceMode, Span, Type, Value};
use test_case::test_case;

use super::evaluate;
use crate::files::Files;
use crate::load::tests::Memory;
use crate::render;
use crate::scope::{Clock, Lookup, Scope};
use crate::syntax::parse_expression;

/// A module with a few blocks, which remembers what it was asked for.
struct Recorder {
    asked: RefCell<Vec<Lookup>>,
    files: Memory,
}

impl Recorder {
    fn new() -> Self {
        let files = [("greeting.tmpl", "Hello ${name}%{ if loud }!%{ endif }"), ("bad.tmpl", "a\n${name.x}")];
        Self { asked: RefCell::default(), files: Memory::new(&files) }
    }
}

fn item(id: &str) -> Value {
    Value::object([("id", Value::from(id)), ("size", Value::from(1i64))])
}

impl Scope for Recorder {
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        self.asked.borrow_mut().push(lookup.clone());
        let all = || Value::object([("a", item("a")), ("b", item("b"))]);
        match lookup {
            Lookup::Variable(name) => Ok(match &**name {
                "secret" => Value::from("s3cret").sensitive(),
                "brief" => Value::from("once").marked(Marks::EPHEMERAL),
                "later" => Value::unknown(Type::String),
                "number" => Value::from(5i64),
                _ => {
                    return Err(Diagnostic::error("Reference to undeclared input variable", "None.").at(span));
                }
            }),
            Lookup::Resource(_, _, name, None) if &**name == "many" => Ok(all()),
            Lookup::Resource(_, _, name, Some(Key::Text(key))) if &**name == "many" && **key == *"a" => {
                Ok(item("a"))
            }
            Lookup::Resource(_, _, name, None) if &**name == "counted" => {
                Ok(Value::tuple(vec![item("0"), item("1")]))
            }
            Lookup::Resource(_, _, name, None) if &**name == "one" => Ok(item("x")),
            Lookup::Module(_, None, Some(name)) if &**name == "out" => Ok(Value::from("out")),
            Lookup::Module(_, None, None) => Ok(Value::object([("out", Value::from("out"))])),
            Lookup::EachKey => Ok(Value::from("a")),
            Lookup::Path(_) => Ok(Value::from(".")),
            _ => Err(Diagnostic::error("Reference to undeclared resource", "There is none.").at(span)),
        }
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 1_700_000_000_000, applying: None }
    }
}

fn value_in(text: &str, scope: &Recorder) -> Result<Value, Diagnostics> {
    evaluate(&parse_expression(FileId(0), text)?, scope)
}

fn shown(text: &str) -> String {
    match value_in(text, &Recorder::new()) {
        Ok(value) => render::value(&value),
        Err(found) => {
            let told = found.iter().map(|found| {
                let seen: Vec<String> =
                    found.seen.iter().map(|(name, value)| format!("\n  {name} is {value}")).collect();
                format!("{}: {}{}", found.summary, found.detail, seen.concat())
            });
            told.collect::<Vec<_>>().join("\n")
        }
    }
}

fn resource(name: &str, key: Option<Key>) -> Lookup {
    Lookup::Resource(ResourceMode::Managed, "t".into(), name.into(), key)
}

#[test]
fn an_instance_is_asked_for_by_its_key_alone() {
    let scope = Recorder::new();
    assert_eq!(value_in("t.many[each.key].id", &scope).unwrap(), Value::from("a"));
    let expected = [Lookup::EachKey, resource("many", Some(Key::Text("a".into())))];
    assert_eq!(*scope.asked.borrow(), expected);
}

#[test_case("t.many"; "a whole block")]
#[test_case("t.counted[*].id"; "a splat")]
#[test_case("t.one.id"; "an attribute")]
fn all_instances_are_asked_for_where_all_are_needed(text: &str) {
    let scope = Recorder::new();
    value_in(text, &scope).unwrap();
    assert!(matches!(&scope.asked.borrow()[..], [Lookup::Resource(_, _, _, None)]));
}

#[test_case("t.counted[\"1\"].id", "\"1\""; "text for a number")]
#[test_case("t.counted[0].id", "\"0\"")]
#[test_case("t.counted.1.id", "\"1\""; "with a dot")]
#[test_case("t.many[var.later].id", "(known after apply)"; "an unknown key")]
#[test_case("t.many[var.secret]", "Invalid index: The value is sensitive, so what is wrong is not shown.\n  var.secret is a sensitive value\n  t.many is object with 2 attributes"; "a sensitive key")]
#[test_case("resource.t.one.id", "\"x\"")]
#[test_case("module.m.out", "\"out\"")]
#[test_case("module.m[\"out\"]", "\"out\"")]
#[test_case("[for t in [{ one = 1 }] : t.one]", "[\n  1,\n]"; "a name that hides a resource type")]
#[test_case("try(t.many[\"c\"].id, \"none\")", "\"none\""; "an instance that is not there")]
#[test_case("can(module.m.nope)", "false")]
#[test_case("terraform.applying", "(ephemeral value)")]
fn references(text: &str, expected: &str) {
    assert_eq!(shown(text), expected);
}

#[test_case("try(t.nothing.id, 1)"; "a block that is not declared")]
#[test_case("can(var.nothing)")]
#[test_case("can(t.one.nope)"; "an attribute that its type does not have")]
#[test_case("true ? 1 : var.nothing"; "even where it is not chosen")]
#[test_case("[for x in [] : bare]"; "even where it is never reached")]
fn references_that_lead_nowhere_are_never_passed_over(text: &str) {
    assert!(value_in(text, &Recorder::new()).is_err());
}

#[test_case("[][var.secret]")]
#[test_case("{}[var.secret]")]
#[test_case("parseint(var.secret, 10)")]
#[test_case("formatdate(\"YYYY\", var.secret)")]
#[test_case("timeadd(var.secret, \"1h\")")]
#[test_case("file(var.secret)")]
#[test_case("lookup({}, var.secret)")]
#[test_case("tonumber(var.secret)")]
#[test_case("1 + var.secret")]
#[test_case("{ for x in [var.secret, var.secret] : x => 1 }")]
#[test_case("[for x in split(\",\", var.secret) : x + 1]"; "a part of a sensitive list")]
#[test_case("split(\",\", var.secret)[*].id")]
#[test_case("format(\"%d\", split(\",\", var.secret)...)")]
#[test_case("templatefile(\"bad.tmpl\", { name = var.secret })")]
#[test_case("jsondecode(var.secret)")]
#[test_case("cidrhost(var.secret, 1)")]
#[test_case("regex(var.secret, \"x\")")]
fn no_message_shows_what_is_sensitive(text: &str) {
    let told = shown(text);
    assert!(!told.contains("s3cret") && told.contains(": "), "{told}");
}

#[test]
fn a_failure_shows_what_the_expression_saw() {
    insta::assert_snapshot!(shown("var.number + var.secret"), @r#"
    Invalid operand: Unsuitable value for right operand: a number is required.
      var.secret is a sensitive value
    "#);
    insta::assert_snapshot!(shown("[for x in [1] : t.one.sise][0]"), @r#"
    Unsupported attribute: This object does not have an attribute named "sise". Did you mean "size"?
      t.one is object with 2 attributes
    "#);
    insta::assert_snapshot!(shown("uper(\"a\")"), @r#"Call to unknown function: There is no function named "uper". Did you mean "upper"?"#);
    insta::assert_snapshot!(shown("true ? { a = 1 } : { a = true }"), @"Inconsistent conditional result types: The true and false result expressions must have consistent types. Type mismatch for object attribute \"a\": The 'true' value is number, but the 'false' value is bool.");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let found = value_in("[1 + \"a\", upper([]), { b = -true }]", &Recorder::new()).unwrap_err();
    assert_eq!(found.len(), 3);
}

#[test_case("templatefile(\"greeting.tmpl\", { name = \"you\", loud = true })", "\"Hello you!\"")]
#[test_case("templatefile(\"greeting.tmpl\", { name = var.secret, loud = true })", "(sensitive value)")]
#[test_case("templatefile(\"greeting.tmpl\", { name = var.later, loud = true })", "(known after apply)")]
#[test_case(
    "templatefile(\"greeting.tmpl\", { name = \"you\" })",
    "Invalid function argument: Invalid value for \"vars\" parameter: vars map does not contain key \"loud\"."
)]
#[test_case(
    "templatefile(\"bad.tmpl\", { name = 1 })",
    "Error in function call: Call to function \"templatefile\" failed: bad.tmpl:2,3: Unsupported attribute: Can't access attributes on a primitive-typed value (number)."
)]
fn template_files(text: &str, expected: &str) {
    assert_eq!(shown(text), expected);
}

#[test_case("timestamp()", "(known after apply)")]
#[test_case("uuid()", "(known after apply)")]
#[test_case("bcrypt(\"a\")", "(known after apply)")]
#[test_case("plantimestamp()", "\"2023-11-14T22:13:20Z\"")]
fn what_differs_at_apply_is_unknown_in_a_plan(text: &str, expected: &str) {
    assert_eq!(shown(text), expected);
}

#[test_case(
    "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]",
    "Expression too large"
)]
#[test_case("setproduct(range(1000), range(1000), range(1000))", "Error in function call")]
#[test_case("format(\"%9999999999d\", 1)", "Error in function call")]
#[test_case("range(5000)", "Error in function call")]
#[test_case("join(\"\", [for x in range(1000) : format(\"%1000000d\", 1)])", "Error in function call")]
fn what_would_fill_the_memory_is_refused(text: &str, summary: &str) {
    assert_eq!(value_in(text, &Recorder::new()).unwrap_err().iter().next().unwrap().summary, summary);
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    assert!(value_in(&deep, &Recorder::new()).is_ok());
    let sum = vec!["1"; 700].join(" + ");
    assert_eq!(value_in(&sum, &Recorder::new()).unwrap(), Value::from(700i64));
    let ifs = format!("{}0", "true ? 1 : ".repeat(180));
    assert_eq!(value_in(&ifs, &Recorder::new()).unwrap(), Value::from(1i64));
}

#[test]
fn a_value_is_shared_rather_than_copied() {
    let scope = Recorder::new();
    let twice = value_in("[for x in [t.many] : { left = x, right = x }][0]", &scope).unwrap();
    let (Data::Object(left), Data::Object(right)) = (&twice.get("left").data, &twice.get("right").data)
    else {
        panic!("objects");
    };
    assert!(std::sync::Arc::ptr_eq(left, right));
}

/// An expression in which `v8` holds eight times what `v7` holds, and so on.
fn multiplied(inner: &str) -> String {
    let levels = (1..=8).rev().fold(inner.to_owned(), |inner, level| {
        let parts = vec![format!("v{}", level - 1); 8].join(", ");
        format!("[for v{level} in [[{parts}]] : {inner}]")
    });
    format!("[for v0 in [1] : {levels}]")
}

#[test_case("v8"; "as a result")]
#[test_case("length(jsonencode(v8))"; "as an argument")]
#[test_case("length(concat(v8, v8))"; "as one of two arguments")]
fn values_that_multiply_are_refused(inner: &str) {
    let expression = parse_expression(FileId(0), &multiplied(inner)).unwrap();
    let problems = evaluate(&expression, &Recorder::new()).unwrap_err();
    assert_eq!(&*problems.iter().next().unwrap().summary, "Value too large");
    let expression = parse_expression(FileId(0), &multiplied("length(v3)")).unwrap();
    assert!(evaluate(&expression, &Recorder::new()).is_ok());
}
