//! Plan files: the plan that is read is the plan that was written, or there is none.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use recon_core::change::{Change, DeleteReason, ReplaceOrder, ReplaceReason, ResourceChange};
use recon_core::path::Step as PathStep;
use recon_core::plan::{Base, Drift, Op, OutputChange, Plan, PlanKind, Step};
use recon_core::state::DeposedKey;
use recon_core::{Data, Marks, Path, Type, Unknown, Value};
use recon_store::{Error, PlanMeta, VERSION, read_plan, write_plan};
use test_case::test_case;

use crate::fixture::{address, any_value, full_state, known, lineage, provider};

fn planned(value: &Value) -> Value {
    let arn: Value = Data::Unknown(Unknown::not_null(Type::String)).into();
    Value::object([
        ("arn", arn),
        ("secret", Value::unknown(Type::Any).sensitive()),
        ("tags", Value::list(Type::String, vec![Value::from("a"), Value::unknown(Type::String)])),
        ("none", Value::null(Type::list(Type::Number))),
        ("value", value.clone()),
    ])
}

fn changes(value: &Value) -> Vec<Change> {
    let before = || known(Value::object([("value", value.clone())]));
    let planned = || planned(value);
    let path = Path(vec![
        PathStep::Attribute("environment".into()),
        PathStep::Index(0),
        PathStep::Key("a.b".into()),
    ]);
    let replace = |order, because| Change::Replace { before: before(), planned: planned(), order, because };
    vec![
        Change::Create { planned: planned() },
        Change::Update { before: before(), planned: planned() },
        replace(ReplaceOrder::CreateFirst, ReplaceReason::Arguments(vec![path])),
        replace(ReplaceOrder::DestroyFirst, ReplaceReason::Tainted),
        replace(ReplaceOrder::DestroyFirst, ReplaceReason::Requested),
        replace(ReplaceOrder::DestroyFirst, ReplaceReason::Triggered("terraform_data.t".into())),
        Change::Delete { before: before(), because: DeleteReason::Destroy },
        Change::Delete { before: before(), because: DeleteReason::NoBlock },
        Change::Delete { before: before(), because: DeleteReason::NoKey },
        Change::Delete { before: before(), because: DeleteReason::Declared },
        Change::Read { planned: planned() },
        Change::Forget { before: before() },
        Change::Keep { value: before() },
    ]
}

fn plan(value: &Value) -> Plan {
    let change = |(change, n): (Change, usize)| ResourceChange {
        address: address(&format!("terraform_data.x[{n}]")),
        deposed: (n == 6).then(|| DeposedKey("k".into())),
        moved_from: (n == 1).then(|| address("module.old.terraform_data.x")),
        imported: (n == 12).then(|| "id-1".to_owned()),
        change,
    };
    let step = |op, after: Vec<usize>| Step {
        address: address("terraform_data.x[\"a\"]"),
        op,
        provider: provider("terraform"),
        after,
        depends_on: Arc::new(vec![(*address("terraform_data.b").resource).clone()]),
        create_before_destroy: true,
    };
    let base = Base {
        lineage: lineage(),
        serial: 3,
        config_digest: "ab12".into(),
        variables: BTreeMap::from([("token".into(), known(value.clone()))]),
    };
    Plan {
        base,
        kind: PlanKind::Normal,
        changes: changes(value).into_iter().zip(0..).map(change).collect(),
        drift: vec![
            Drift { address: address("terraform_data.x[0]"), before: known(value.clone()), after: None },
            Drift {
                address: address("terraform_data.x[1]"),
                before: known(value.clone()),
                after: Some(known(value.clone())),
            },
        ],
        outputs: BTreeMap::from([
            ("a".into(), OutputChange { before: None, after: Some(planned(value)) }),
            ("b".into(), OutputChange { before: Some(known(value.clone())), after: None }),
        ]),
        steps: vec![step(Op::Create(Some(DeposedKey("k".into()))), vec![]), step(Op::Join, vec![0])],
        refreshed: full_state(),
    }
}

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tfplan");
    (folder, path)
}

/// Plans have no equality of their own; every part of one has a text that tells all but secrets and types.
fn assert_same(a: &Plan, b: &Plan) {
    assert_eq!((&a.base, a.kind, &a.changes, &a.drift), (&b.base, b.kind, &b.changes, &b.drift));
    assert_eq!((&a.outputs, &a.steps, &a.refreshed), (&b.outputs, &b.steps, &b.refreshed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_written_is_what_is_read(value in any_value()) {
        let (_folder, path) = file();
        let (plan, meta) = (plan(&value), PlanMeta::now());
        write_plan(&path, &plan, &meta).unwrap();
        let (meta_read, read) = read_plan(&path).unwrap();
        prop_assert_eq!(meta_read, meta);
        assert_same(&read, &plan);
    }
}

fn written() -> (tempfile::TempDir, PathBuf, String) {
    let (folder, path) = file();
    write_plan(&path, &plan(&Value::from("v")), &PlanMeta::now()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    (folder, path, text)
}

#[test]
fn a_plan_file_is_for_its_owner_alone() {
    let (_folder, path, _) = written();
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_ephemeral_variable_is_not_in_the_file() {
    let (_folder, path) = file();
    let mut plan = plan(&Value::from("v"));
    let token = known(Value::from("one-time").marked(Marks::EPHEMERAL));
    plan.base.variables.insert("session".into(), token);
    write_plan(&path, &plan, &PlanMeta::now()).unwrap();
    assert!(!fs::read_to_string(&path).unwrap().contains("one-time"));
    assert!(!read_plan(&path).unwrap().1.base.variables.contains_key("session"));
}

#[test_case(""; "empty")]
#[test_case("PK\u{3}\u{4} a plan of another tool"; "binary")]
#[test_case("{\"format\": 1}\n"; "state")]
fn a_foreign_file_is_not_a_plan(text: &str) {
    let (_folder, path) = file();
    fs::write(&path, text).unwrap();
    assert!(matches!(read_plan(&path), Err(Error::NotAPlan { .. })));
}

#[test]
fn a_missing_file_is_said_to_be_missing() {
    assert!(matches!(read_plan(&file().1), Err(Error::Missing { .. })));
}

#[test]
fn plans_of_a_newer_format_and_of_another_version_are_refused() {
    let (_folder, path, text) = written();
    fs::write(&path, text.replacen("\"recon-plan\":1", "\"recon-plan\":2", 1)).unwrap();
    assert!(matches!(read_plan(&path), Err(Error::NewerFormat { format: 2, newest: 1, .. })));
    fs::write(&path, text.replacen(VERSION, "0.0.1", 1)).unwrap();
    let error = read_plan(&path).unwrap_err();
    assert!(matches!(&error, Error::PlanOfOtherVersion { made_by, .. } if made_by == "0.0.1"), "{error}");
}

#[test]
fn a_plan_that_was_cut_or_changed_is_refused() {
    let (_folder, path, text) = written();
    for length in (0..text.len() - 2).step_by(97) {
        fs::write(&path, &text[..length]).unwrap();
        assert!(read_plan(&path).is_err(), "cut at {length}");
    }
    fs::write(&path, text.replacen("\"serial\":3", "\"serial\":4", 1)).unwrap();
    let error = read_plan(&path).unwrap_err();
    assert!(error.to_string().contains("changed after it was written"), "{error}");
}
