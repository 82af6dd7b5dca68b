//! Hand-made plans, and what a user sees of them.

use recon_core::change::{Change, DeleteReason, ReplaceOrder, ReplaceReason, ResourceChange};
use recon_core::path::{Path, Step};
use recon_core::plan::{Base, Drift, OutputChange, Plan, PlanKind};
use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::schema::{Block, Schema, at_most_one, block, computed, optional, required, set_of};
use recon_core::state::{Health, Instance, Lineage, Object, ProviderKey, State};
use recon_core::{Known, Type, Value};

use super::{plan, state};

struct Function(Schema);

impl ResourceType for Function {
    fn name(&self) -> &'static str {
        "aws_lambda_function"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }
}

fn function_block() -> Block {
    block(
        [
            ("id", computed(Type::String, "")),
            ("arn", computed(Type::String, "")),
            ("function_name", required(Type::String, "")),
            ("memory_size", optional(Type::Number, "")),
            ("layers", optional(Type::list(Type::String), "")),
            ("tags", optional(Type::map(Type::String), "")),
            ("policy", optional(Type::String, "")),
            ("secret", optional(Type::String, "").secret()),
        ],
        [
            ("environment", at_most_one(block([("variables", optional(Type::map(Type::String), ""))], []))),
            ("rule", set_of(block([("name", required(Type::String, ""))], []))),
        ],
    )
}

fn catalog() -> Catalog {
    let schema = || Schema { version: 0, doc: "", block: function_block() };
    let mut catalog = Catalog::default();
    catalog.add(
        "aws",
        Schema { version: 0, doc: "", block: Block::default() },
        vec![Box::new(Function(schema()))],
        vec![],
    );
    catalog
}

fn function(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let ty = function_block().ty();
    let Type::Object(attributes) = ty else { panic!("a block is an object") };
    let mut value =
        Value::object(attributes.iter().map(|(name, ty)| (name.clone(), Value::null(ty.clone()))));
    for (name, part) in entries {
        value = value.with(name, part);
    }
    value
}

fn known(value: Value) -> Known {
    Known::new(value).unwrap()
}

fn changed(address: &str, change: Change) -> ResourceChange {
    ResourceChange {
        address: address.parse().unwrap(),
        deposed: None,
        moved_from: None,
        imported: None,
        change,
    }
}

fn planned(changes: Vec<ResourceChange>) -> Plan {
    let lineage = Lineage("l".into());
    Plan {
        base: Base {
            lineage: lineage.clone(),
            serial: 1,
            config_digest: String::new(),
            variables: std::collections::BTreeMap::new(),
        },
        kind: PlanKind::Normal,
        changes,
        drift: Vec::new(),
        outputs: std::collections::BTreeMap::new(),
        steps: Vec::new(),
        refreshed: State::empty(lineage),
    }
}

fn text(changes: Vec<ResourceChange>) -> String {
    plain(&planned(changes))
}

fn plain(one: &Plan) -> String {
    anstream::adapter::strip_str(&plan::plan(one, &catalog())).to_string()
}

fn environment(entries: &[(&str, &str)]) -> Value {
    let variables = Value::string_map(entries.iter().map(|(key, value)| (*key, *value)));
    let Type::List(element) = (match function_block().ty() {
        Type::Object(attributes) => attributes["environment"].clone(),
        other => other,
    }) else {
        panic!("a nested block is a list")
    };
    Value::list((*element).clone(), vec![Value::object([("variables", variables)])])
}

#[test]
fn create_shows_what_is_set_and_what_is_not_known() {
    let new = function([
        ("id", Value::unknown(Type::String)),
        ("function_name", "Items".into()),
        ("layers", Value::strings(["a", "b"])),
        ("tags", Value::string_map([("team", "shop")])),
        ("secret", Value::from("hunter2").sensitive()),
        ("environment", environment(&[("STAGE", "dev")])),
    ]);
    let shown = text(vec![changed("aws_lambda_function.items", Change::Create { planned: new })]);
    insta::assert_snapshot!(shown, @r#"
    Resource actions are indicated with the following symbols:
      + create

    recon will perform the following actions:

      # aws_lambda_function.items will be created
      + resource "aws_lambda_function" "items" {
          + function_name = "Items"
          + id            = (known after apply)
          + layers        = [
              + "a",
              + "b",
            ]
          + secret        = (sensitive value)
          + tags          = {
              + "team" = "shop"
            }

          + environment {
              + variables = {
                  + "STAGE" = "dev"
                }
            }
        }

    Plan: 1 to add, 0 to change, 0 to destroy.
    "#);
}

#[test]
fn update_shows_old_and_new_and_hides_the_rest() {
    let policy = |action: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Action":"{action}","Effect":"Allow"}}]}}"#)
    };
    let old = function([
        ("id", "Items".into()),
        ("function_name", "Items".into()),
        ("memory_size", 128.into()),
        ("layers", Value::strings(["a", "b", "c", "d"])),
        ("tags", Value::string_map([("team", "shop"), ("gone", "x")])),
        ("policy", policy("s3:Get").into()),
        ("secret", Value::from("hunter2").sensitive()),
        ("environment", environment(&[("STAGE", "dev"), ("LEVEL", "info")])),
    ]);
    let new = old
        .clone()
        .with("memory_size", 256.into())
        .with("layers", Value::strings(["a", "b", "c", "e"]))
        .with("tags", Value::string_map([("team", "store"), ("new", "y")]))
        .with("policy", policy("s3:Put").into())
        .with("secret", Value::from("hunter3").sensitive())
        .with("environment", environment(&[("STAGE", "prod"), ("LEVEL", "info")]));
    let change = Change::Update { before: known(old), planned: new };
    insta::assert_snapshot!(text(vec![changed("aws_lambda_function.items[\"a\"]", change)]), @r#"
    Resource actions are indicated with the following symbols:
      ~ update in-place

    recon will perform the following actions:

      # aws_lambda_function.items["a"] will be updated in-place
      ~ resource "aws_lambda_function" "items" {
            id          = "Items"
          ~ layers      = [
                # (2 unchanged elements hidden)
                "c",
              - "d",
              + "e",
            ]
          ~ memory_size = 128 -> 256
          ~ policy      = jsonencode(
              ~ {
                  ~ Statement = [
                      ~ {
                          ~ Action = "s3:Get" -> "s3:Put"
                            # (1 unchanged attribute hidden)
                        },
                    ]
                    # (1 unchanged attribute hidden)
                }
            )
          ~ secret      = (sensitive value)
          ~ tags        = {
              - "gone" = "x" -> null
              + "new"  = "y"
              ~ "team" = "shop" -> "store"
            }
            # (1 unchanged attribute hidden)

          ~ environment {
              ~ variables = {
                  ~ "STAGE" = "dev" -> "prod"
                    # (1 unchanged element hidden)
                }
            }
        }

    Plan: 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn replacement_names_the_argument_that_forces_it() {
    let old = function([
        ("id", "Items".into()),
        ("function_name", "Items".into()),
        ("tags", Value::string_map([("a", "b")])),
    ]);
    let new = old
        .clone()
        .with("function_name", "Other".into())
        .with("id", Value::unknown(Type::String))
        .with("tags", Value::unknown(Type::map(Type::String)));
    let because = ReplaceReason::Arguments(vec![Path::attribute("function_name")]);
    let change =
        Change::Replace { before: known(old), planned: new, order: ReplaceOrder::CreateFirst, because };
    insta::assert_snapshot!(text(vec![changed("aws_lambda_function.items", change)]), @r#"
    Resource actions are indicated with the following symbols:
    +/- create replacement and then destroy

    recon will perform the following actions:

      # aws_lambda_function.items must be replaced
    +/- resource "aws_lambda_function" "items" {
          ~ function_name = "Items" -> "Other" # forces replacement
          ~ id            = "Items" -> (known after apply)
          ~ tags          = {
              - "a" = "b"
            } -> (known after apply)
        }

    Plan: 1 to add, 0 to change, 1 to destroy.
    "#);
}

#[test]
fn nested_reason_to_replace_is_marked_where_it_stands() {
    let old = function([("environment", environment(&[("A", "1")]))]);
    let new = function([("environment", environment(&[("A", "2")]))]);
    let path = Path::attribute("environment").then(Step::Index(0)).then(Step::Attribute("variables".into()));
    let change = Change::Replace {
        before: known(old),
        planned: new,
        order: ReplaceOrder::DestroyFirst,
        because: ReplaceReason::Arguments(vec![path]),
    };
    insta::assert_snapshot!(text(vec![changed("aws_lambda_function.items", change)]), @r#"
    Resource actions are indicated with the following symbols:
    -/+ destroy and then create replacement

    recon will perform the following actions:

      # aws_lambda_function.items must be replaced
    -/+ resource "aws_lambda_function" "items" {
          ~ environment {
              ~ variables = { # forces replacement
                  ~ "A" = "1" -> "2"
                }
            }
        }

    Plan: 1 to add, 0 to change, 1 to destroy.
    "#);
}

#[test]
fn deletion_gives_its_reason() {
    let rule = |name: &str| Value::object([("name", Value::from(name))]);
    let rules = Value::set(rule("x").ty(), vec![rule("x"), rule("y")]);
    let old = function([("id", "Items".into()), ("tags", Value::string_map([("a", "b")])), ("rule", rules)]);
    let change = Change::Delete { before: known(old), because: DeleteReason::NoKey };
    insta::assert_snapshot!(text(vec![changed("aws_lambda_function.items[3]", change)]), @r#"
    Resource actions are indicated with the following symbols:
      - destroy

    recon will perform the following actions:

      # aws_lambda_function.items[3] will be destroyed
      # (because index [3] is out of range for count)
      - resource "aws_lambda_function" "items" {
          - id   = "Items" -> null
          - tags = {
              - "a" = "b"
            } -> null

          - rule {
              - name = "x" -> null
            }

          - rule {
              - name = "y" -> null
            }
        }

    Plan: 0 to add, 0 to change, 1 to destroy.
    "#);
}

#[test]
fn text_of_many_lines_is_compared_by_line() {
    let body = |line: &str| {
        (0..12)
            .map(|at| if at == 6 { format!("{line}\n") } else { format!("line {at}\n") })
            .collect::<String>()
    };
    let old = function([("policy", body("old").into())]);
    let new = function([("policy", body("new").into())]);
    let change = Change::Update { before: known(old), planned: new };
    insta::assert_snapshot!(text(vec![changed("aws_lambda_function.items", change)]), @r#"
    Resource actions are indicated with the following symbols:
      ~ update in-place

    recon will perform the following actions:

      # aws_lambda_function.items will be updated in-place
      ~ resource "aws_lambda_function" "items" {
          ~ policy = <<-EOT
                # (3 unchanged lines hidden)
                line 3
                line 4
                line 5
              - old
              + new
                line 7
                line 8
                line 9
                # (2 unchanged lines hidden)
            EOT
        }

    Plan: 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn nothing_to_do_says_so() {
    insta::assert_snapshot!(text(vec![]), @r"No changes. Your infrastructure matches the configuration.");
}

#[test]
fn moved_imported_and_forgotten_objects_are_named() {
    let old = known(function([("id", "Items".into()), ("memory_size", 128.into())]));
    let mut moved = changed("aws_lambda_function.b", Change::Keep { value: old.clone() });
    moved.moved_from = Some("aws_lambda_function.a".parse().unwrap());
    let mut imported = changed("aws_lambda_function.c", Change::Keep { value: old.clone() });
    imported.imported = Some("Items".to_owned());
    let forgotten = changed("aws_lambda_function.d", Change::Forget { before: old });
    insta::assert_snapshot!(text(vec![moved, imported, forgotten]), @r#"
    Resource actions are indicated with the following symbols:
      . forget

    recon will perform the following actions:

      # aws_lambda_function.b has moved from aws_lambda_function.a
        resource "aws_lambda_function" "b" {
            id = "Items"
            # (1 unchanged attribute hidden)
        }

      # aws_lambda_function.c will be imported
      # (imported from "Items")
        resource "aws_lambda_function" "c" {
            id          = "Items"
            memory_size = 128
        }

      # aws_lambda_function.d will no longer be managed by recon, but will not be destroyed
      # (recon forgets it; the object stays as it is)
      . resource "aws_lambda_function" "d"

    Plan: 1 to import, 0 to add, 0 to change, 0 to destroy, 1 to forget.
    "#);
}

#[test]
fn drift_and_outputs_have_their_own_sections() {
    let old = known(function([("id", "Items".into()), ("memory_size", 128.into())]));
    let mut plan = planned(vec![]);
    let found = old.clone().with_part("memory_size", known(512.into()));
    plan.drift.push(Drift {
        address: "aws_lambda_function.a".parse().unwrap(),
        before: old.clone(),
        after: Some(found),
    });
    plan.drift.push(Drift { address: "aws_lambda_function.b".parse().unwrap(), before: old, after: None });
    plan.outputs
        .insert("url".into(), OutputChange { before: None, after: Some(Value::unknown(Type::String)) });
    plan.outputs.insert(
        "stages".into(),
        OutputChange { before: Some(known(Value::strings(["a"]))), after: Some(Value::strings(["a", "b"])) },
    );
    plan.outputs
        .insert("key".into(), OutputChange { before: None, after: Some(Value::from("x").sensitive()) });
    insta::assert_snapshot!(plain(&plan), @r#"
    Note: Objects have changed outside of recon

    These differ from what recon remembers, and may have affected this plan:

      # aws_lambda_function.a has changed
      ~ resource "aws_lambda_function" "a" {
            id          = "Items"
          ~ memory_size = 128 -> 512
        }

      # aws_lambda_function.b has been deleted
      - resource "aws_lambda_function" "b" {
          - id          = "Items" -> null
          - memory_size = 128 -> null
        }

    ─────────────────────────────────────────────────────────────────────────────

    Changes to Outputs:
      + key    = (sensitive value)
      ~ stages = [
            "a",
          + "b",
        ]
      + url    = (known after apply)

    You can apply this plan to save these new output values, without changing any real infrastructure.
    "#);
}

#[test]
fn state_shows_every_object_as_a_block_without_secrets() {
    let value = known(function([
        ("id", "Items".into()),
        ("secret", Value::from("hunter2").sensitive()),
        ("environment", environment(&[("STAGE", "dev")])),
    ]));
    let object = Object { schema_version: 0, value, health: Health::Tainted };
    let instance = Instance {
        provider: ProviderKey { name: "aws".into(), alias: None },
        depends_on: std::sync::Arc::default(),
        create_before_destroy: false,
        object: Some(object),
        deposed: std::collections::BTreeMap::new(),
    };
    let mut remembered = State::empty(Lineage("l".into()));
    remembered.resources.insert("aws_lambda_function.items".parse().unwrap(), instance);
    remembered.outputs.insert("names".into(), known(Value::strings(["a", "b"])));
    let shown = anstream::adapter::strip_str(&state::state(&remembered, &catalog())).to_string();
    insta::assert_snapshot!(shown, @r#"
    # aws_lambda_function.items (tainted):
    resource "aws_lambda_function" "items" {
        id     = "Items"
        secret = (sensitive value)

        environment {
            variables = {
                "STAGE" = "dev"
            }
        }
    }

    Outputs:

    names = tolist([
      "a",
      "b",
    ])
    "#);
}
