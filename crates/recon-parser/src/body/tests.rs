//! Bodies against a schema: what is refused, and what value they have.

use recon_core::path::Step;
use recon_core::schema::{self, Block, NestedBlock};
use recon_core::{Diagnostic, Diagnostics, FileId, Path, Span, Type, Value};

use super::{argument_span, check_body, decode_body};
use crate::config::Body;
use crate::files::Files;
use crate::load::tests::Memory;
use crate::render;
use crate::scope::{Clock, Lookup, Scope};
use crate::syntax::parse_body;

/// A function of sorts.
fn function() -> Block {
    let variables = schema::block([("variables", schema::optional(Type::map(Type::String), ""))], []);
    let file = schema::block([("path", schema::required(Type::String, ""))], []);
    schema::block(
        [
            ("arn", schema::computed(Type::String, "")),
            ("function_name", schema::required(Type::String, "")),
            ("memory_size", schema::defaulted(Type::Number, 128i64, "")),
            ("token", schema::optional(Type::String, "").secret()),
        ],
        [
            ("environment", schema::at_most_one(variables)),
            ("file", schema::set_of(file.clone())),
            ("step", NestedBlock { nesting: schema::Nesting::List(1, 0), ..schema::list_of(file) }),
        ],
    )
}

struct Variables(Memory);

impl Scope for Variables {
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        match lookup {
            Lookup::Variable(name) if &**name == "later" => Ok(Value::unknown(Type::list(Type::String))),
            Lookup::Variable(name) if &**name == "secret" => Ok(Value::strings(["a"]).sensitive()),
            Lookup::Variable(name) if &**name == "names" => Ok(Value::strings(["a", "b"])),
            _ => Err(Diagnostic::error("Reference to undeclared resource", "None.").at(span)),
        }
    }

    fn files(&self) -> &dyn Files {
        &self.0
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 0, applying: None }
    }
}

fn body(text: &str) -> Body {
    let (body, found) = parse_body(FileId(0), text);
    assert!(found.is_empty(), "{found:?}");
    body
}

fn told(found: &Diagnostics) -> String {
    found.iter().map(|found| format!("{}: {}\n", found.summary, found.detail)).collect()
}

fn checked(text: &str) -> String {
    told(&check_body(&body(text), &function()))
}

fn decoded(text: &str) -> Result<Value, String> {
    decode_body(&body(text), &function(), &Variables(Memory::new(&[]))).map_err(|found| told(&found))
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    insta::assert_snapshot!(checked(r#"
arn         = "x"
memorysize  = 1
environment = {}
enviroment {}
environment {}
environment {
  variable = {}
}
dynamic "file" {
  for_eech = []
}
file "label" {}
"#), @r#"
    Invalid configuration for read-only attribute: The attribute "arn" is decided by the provider; it can be read, but not set. Take it out.
    Unsupported argument: "environment" is a block: write `environment { … }`, without an equals sign.
    Unsupported argument: An argument named "memorysize" is not expected here. Did you mean "memory_size"?
    Missing required argument: The argument "function_name" is required, but no definition was found.
    Unsupported block type: Blocks of type "enviroment" are not expected here. Did you mean "environment"?
    Unsupported argument: An argument named "variable" is not expected here. Did you mean "variables"?
    Unsupported argument: An argument named "for_eech" is not expected in a dynamic block. Did you mean "for_each"? What the made blocks hold stands in its `content` block.
    Missing required argument: The argument "for_each" is required, but no definition was found.
    Invalid dynamic block: A dynamic block has exactly one `content` block, and this one has 0.
    Extraneous label for block: A "file" block has no labels: take out "label".
    Too many environment blocks: No more than 1 "environment" blocks are allowed.
    Insufficient step blocks: At least 1 "step" blocks are required.
    "#);
}

#[test]
fn a_body_becomes_an_object_with_everything_in_the_schema() {
    let value =
        decoded("function_name = \"f\"\nmemory_size = \"256\"\ntoken = \"t\"\nstep {\n  path = 1\n}\n")
            .unwrap();
    insta::assert_snapshot!(render::value(&value), @r#"
    {
      "arn" = tostring(null)
      "environment" = tolist([])
      "file" = toset([])
      "function_name" = "f"
      "memory_size" = 256
      "step" = tolist([
        {
          "path" = "1"
        },
      ])
      "token" = (sensitive value)
    }
    "#);
}

#[test]
fn dynamic_blocks_nest_and_name_their_element() {
    let text = "function_name = \"f\"\ndynamic \"step\" {\n  for_each = var.names\n  content {\n    path = \"${step.key}${step.value}\"\n  }\n}\ndynamic \"file\" {\n  for_each = { k = { v = 1 } }\n  iterator = it\n  content {\n    path = \"${it.key}${it.value.v}\"\n  }\n}\n";
    let value = decoded(text).unwrap();
    assert_eq!(
        render::value(value.get("step")),
        "tolist([\n  {\n    \"path\" = \"0a\"\n  },\n  {\n    \"path\" = \"1b\"\n  },\n])"
    );
    assert_eq!(render::value(value.get("file")), "toset([\n  {\n    \"path\" = \"k1\"\n  },\n])");
}

#[test]
fn an_unknown_for_each_makes_all_blocks_of_the_name_unknown() {
    let text = "function_name = \"f\"\nstep {\n  path = \"a\"\n}\ndynamic \"step\" {\n  for_each = var.later\n  content {\n    path = step.value\n  }\n}\n";
    let value = decoded(text).unwrap();
    assert!(value.get("step").is_unknown());
    assert_eq!(value.get("step").ty(), function().blocks["step"].ty());
}

#[test]
fn blocks_made_from_a_sensitive_collection_are_sensitive_inside() {
    let text = "function_name = \"f\"\ndynamic \"step\" {\n  for_each = var.secret\n  content {\n    path = step.value\n  }\n}\n";
    let value = decoded(text).unwrap();
    assert_eq!(render::value(value.get("step")), "tolist([\n  {\n    \"path\" = (sensitive value)\n  },\n])");
}

#[test]
fn values_that_do_not_fit_are_told_with_their_argument() {
    let text = "function_name = null\nmemory_size = \"lots\"\ntoken = [1]\nenvironment {\n  variables = { a = [] }\n}\ndynamic \"step\" {\n  for_each = []\n  content {\n    path = 1\n  }\n}\n";
    insta::assert_snapshot!(decoded(text).unwrap_err(), @r#"
    Missing required argument: The argument "function_name" is required, but its value is null.
    Incorrect attribute value type: Inappropriate value for attribute "memory_size": a number is required.
    Incorrect attribute value type: Inappropriate value for attribute "token": a string is required.
    Incorrect attribute value type: Inappropriate value for attribute "variables": element "a": a string is required.
    Insufficient step blocks: At least 1 "step" blocks are required, and this makes 0.
    "#);
}

#[test]
fn paths_lead_to_the_arguments_they_name() {
    let text = "memory_size = 1\nfile {\n  path = 2\n}\ndynamic \"step\" {\n  for_each = []\n  content {\n    path = 3\n  }\n}\n";
    let body = body(text);
    let excerpt = |steps: &[Step]| {
        let span = argument_span(&body, &Path(steps.to_vec()))?;
        text.get(span.start as usize..span.end as usize)
    };
    let name = |name: &str| Step::Attribute(name.into());
    assert_eq!(excerpt(&[name("memory_size")]), Some("1"));
    assert_eq!(excerpt(&[name("file"), Step::Index(0), name("path")]), Some("2"));
    assert_eq!(excerpt(&[name("step"), Step::Index(4), name("path")]), Some("3"));
    assert_eq!(excerpt(&[name("nothing")]), None);
}
