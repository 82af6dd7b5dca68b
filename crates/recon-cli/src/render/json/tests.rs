//! Hand-made values, plans and states in their JSON forms.

use std::collections::BTreeMap;

use recon_core::change::{Change, ReplaceOrder, ReplaceReason, ResourceChange};
use recon_core::plan::{Base, Plan, PlanKind};
use recon_core::resource_type::Catalog;
use recon_core::state::{DeposedKey, Health, Instance, Lineage, Object, ProviderKey, State};
use recon_core::{Address, FileId, Known, ModulePath, Path, Span, Type, Value};
use recon_parser::config::{Module, Output};
use recon_parser::expression::{Expression, Kind};
use serde_json::json;

use super::{event, plan, resource, state, values};

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn mixed() -> Value {
    Value::object([
        ("id", Value::unknown(Type::String)),
        ("name", "x".into()),
        ("secret", Value::from("s").sensitive()),
        ("list", Value::list(Type::String, vec!["a".into(), Value::unknown(Type::String)])),
    ])
}

#[test]
fn unknown_attributes_are_left_out_and_marked() {
    assert_eq!(values::known_parts(&mixed()), json!({"name": "x", "secret": "s", "list": ["a", null]}));
    assert_eq!(values::unknown_marks(&mixed()), json!({"id": true, "list": [false, true]}));
    assert_eq!(values::sensitive_marks(&mixed()), json!({"secret": true, "list": [false, false]}));
}

#[test]
fn modules_nest_with_those_between_that_hold_nothing() {
    let inner = address("module.a.module.b[\"k\"].x.y").module().clone();
    let tree = resource::module_tree(&BTreeMap::from([
        (ModulePath::root(), vec![json!(1)]),
        (inner, vec![json!(2)]),
    ]));
    let expected = json!({
        "resources": [1],
        "child_modules": [{
            "address": "module.a",
            "child_modules": [{ "resources": [2], "address": "module.a.module.b[\"k\"]" }],
        }],
    });
    assert_eq!(tree, expected);
}

#[test]
fn replacement_has_its_paths_and_reason() {
    let before = Known::with_nulls(&mixed());
    let change = Change::Replace {
        before,
        planned: mixed(),
        order: ReplaceOrder::CreateFirst,
        because: ReplaceReason::Arguments(vec![Path::attribute("name")]),
    };
    let one = ResourceChange {
        address: address("aws_x.y[1]"),
        deposed: None,
        moved_from: None,
        imported: None,
        change,
    };
    let json = plan::change(&one, &Catalog::default());
    assert_eq!(json["index"], json!(1));
    assert_eq!(json["change"]["actions"], json!(["create", "delete"]));
    assert_eq!(json["change"]["replace_paths"], json!([["name"]]));
    assert_eq!(json["change"]["after_sensitive"], json!({"secret": true, "list": [false, false]}));
    assert_eq!(json["action_reason"], json!("replace_because_cannot_update"));
}

#[test]
fn what_is_forgotten_has_the_reason_of_a_block_that_is_gone() {
    let change = Change::Forget { before: Known::with_nulls(&mixed()) };
    let address = address("aws_x.y");
    let one = ResourceChange { address, deposed: None, moved_from: None, imported: None, change };
    let json = plan::change(&one, &Catalog::default());
    assert_eq!(json["action_reason"], json!("delete_because_no_resource_config"));
}

#[test]
fn outputs_that_stay_null_are_told() {
    let nothing = State::empty(Lineage("l".into()));
    let base = Base {
        lineage: nothing.lineage.clone(),
        serial: 0,
        config_digest: String::new(),
        variables: BTreeMap::new(),
    };
    let mut planned = Plan {
        base,
        kind: PlanKind::Normal,
        changes: Vec::new(),
        drift: Vec::new(),
        outputs: BTreeMap::new(),
        steps: Vec::new(),
        refreshed: nothing,
    };
    let span = Span::new(FileId(0), 0..0);
    let output = Output {
        span,
        value: Expression::new(Kind::Literal(Value::null(Type::Any)), span),
        description: None,
        sensitive: true,
        ephemeral: false,
        depends_on: Vec::new(),
        preconditions: Vec::new(),
    };
    let module = Module { outputs: BTreeMap::from([("o".into(), output)]), ..Module::default() };
    let json = plan::plan(&planned, &Catalog::default(), "", Some(&module));
    assert_eq!(json["planned_values"]["outputs"]["o"]["type"], json!("dynamic"));
    assert_eq!(json["output_changes"]["o"]["actions"], json!(["no-op"]));
    assert_eq!(json["output_changes"]["o"]["after_sensitive"], json!(true));
    planned.kind = PlanKind::Destroy;
    let json = plan::plan(&planned, &Catalog::default(), "", Some(&module));
    assert_eq!(json["output_changes"], json!({}));
}

#[test]
fn state_lists_current_and_deposed_objects() {
    let object = Object { schema_version: 2, value: Known::with_nulls(&mixed()), health: Health::Tainted };
    let instance = Instance {
        provider: ProviderKey { name: "aws".into(), alias: None },
        depends_on: Vec::new().into(),
        create_before_destroy: true,
        object: Some(object.clone()),
        deposed: BTreeMap::from([(DeposedKey("00ff".into()), object)]),
    };
    let mut remembered = State::empty(Lineage("l".into()));
    remembered.resources.insert(address("aws_x.y"), instance);
    let json = state::state(Some(&remembered));
    let resources = &json["values"]["root_module"]["resources"];
    assert_eq!(resources[0]["tainted"], json!(true));
    assert_eq!(resources[1]["deposed_key"], json!("00ff"));
    assert_eq!(resources[0]["sensitive_values"], json!({"secret": true, "list": [false, false]}));
    assert_eq!(state::state(None), json!({"format_version": "1.0"}));
}

#[test]
fn event_lines_are_one_object_each() {
    let line = event::planned(&ResourceChange {
        address: address("module.m.aws_x.y[\"k\"]"),
        deposed: None,
        moved_from: None,
        imported: None,
        change: Change::Create { planned: mixed() },
    });
    insta::assert_snapshot!(line.unwrap().text("2030-01-01T00:00:00Z"), @r#"{"@level":"info","@message":"module.m.aws_x.y[\"k\"]: Plan to create","@module":"recon.ui","@timestamp":"2030-01-01T00:00:00Z","change":{"resource":{"addr":"module.m.aws_x.y[\"k\"]","module":"module.m","resource":"aws_x.y[\"k\"]","implied_provider":"aws","resource_type":"aws_x","resource_name":"y","resource_key":"k"},"action":"create"},"type":"planned_change"}"#);
}
