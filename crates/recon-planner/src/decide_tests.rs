//! What is decided over one instance, case by case.

use std::sync::Arc;

use recon_core::change::{Change, ReplaceOrder, ReplaceReason};
use recon_core::resource_type::{Answers, Proposal, Refined, ResourceType};
use recon_core::schema::Schema;
use recon_core::state::{Health, Object};
use recon_core::{Address, Known, Path, ResourceAddress, ResourceMode, Type, Value};
use recon_parser::config::{IgnoreChanges, Lifecycle};
use test_case::test_case;

use crate::decide::{Candidate, Decision, decide};
use crate::fixture::{Thing, config, object};
use crate::neighbours::Changes;

struct NoAnswers;

impl Answers for NoAnswers {
    fn answer(&self, _question: &Known) -> Option<&Known> {
        None
    }
}

fn address() -> Address {
    let (mode, kind, name) = (ResourceMode::Managed, "test_thing".into(), "a".into());
    Arc::new(ResourceAddress { module: recon_core::ModulePath::root(), mode, kind, name }).instance(None)
}

fn decided(prior: Option<&Object>, config: Value, lifecycle: &Lifecycle) -> Change {
    decided_of(&Thing::new(), prior, config, lifecycle)
}

fn decided_of(
    kind: &dyn ResourceType,
    prior: Option<&Object>,
    config: Value,
    lifecycle: &Lifecycle,
) -> Change {
    let (address, neighbours) = (address(), Changes::default());
    let answers = NoAnswers;
    let candidate = Candidate {
        address: &address,
        kind,
        config,
        prior,
        lifecycle,
        replace: None,
        neighbours: &neighbours,
        answers: &answers,
    };
    match decide(&candidate) {
        Decision::Change(change) => change,
        Decision::Ask(_) | Decision::Refused(_) => panic!("a thing neither asks nor refuses"),
    }
}

fn change(prior: &[(&str, Value)], set: &[(&str, Value)]) -> Change {
    decided(Some(&object(prior)), config(set), &Lifecycle::default())
}

#[test]
fn what_the_type_takes_back_is_no_change() {
    assert!(matches!(change(&[], &[("region", Value::from("HERE"))]), Change::Keep { .. }));
    let Change::Update { planned, .. } = change(&[], &[("region", Value::from("there"))]) else {
        panic!("not an update")
    };
    assert!(planned.get("revision").is_unknown());
}

#[test]
fn what_is_not_there_is_created_with_defaults_and_unknowns() {
    let Change::Create { planned } = decided(None, config(&[]), &Lifecycle::default()) else {
        panic!("not a create")
    };
    assert_eq!(planned.get("size").as_i64(), Some(3));
    assert!(planned.get("text").is_null());
    for name in ["id", "region", "revision", "touched"] {
        assert!(planned.get(name).is_unknown(), "{name}");
    }
}

#[test_case(&[], &[]; "nothing is set")]
#[test_case(&[("text", Value::from(""))], &[]; "empty text is none")]
#[test_case(&[("policy", Value::from("{\"a\":1,\"b\":2}"))], &[("policy", Value::from("{ \"b\": 2, \"a\": 1 }"))]; "equal JSON")]
#[test_case(&[("region", Value::from("there"))], &[]; "the provider decided")]
#[test_case(&[("zone", Value::from("there"))], &[("zone", Value::from(""))]; "the empty text leaves it to the provider")]
#[test_case(&[("size", Value::from(3))], &[("size", Value::from(3))]; "the default, spelled out")]
#[test_case(&[("text", Value::from("x"))], &[("text", Value::from("x").sensitive())]; "only a mark changes")]
fn what_means_the_same_is_kept(prior: &[(&str, Value)], set: &[(&str, Value)]) {
    assert!(change(prior, set).is_keep());
}

/// A thing whose text means the same in either case.
struct Caseless(Thing);

impl ResourceType for Caseless {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let before = proposal.prior.map(|prior| prior.get("text"));
        let text = |value: &Value| value.as_str().map(str::to_lowercase);
        let same = before.filter(|before| text(before) == text(proposal.proposed.get("text")));
        let planned = match same {
            Some(before) => proposal.proposed.with("text", before.clone()),
            None => proposal.proposed,
        };
        Refined::Ready { planned, replace: Vec::new() }
    }
}

#[test]
fn what_the_type_knows_to_mean_the_same_is_kept_and_recomputes_nothing() {
    let kind = Caseless(Thing::new());
    let prior = object(&[("text", Value::from("Here"))]);
    let change = |text: &str| {
        let config = config(&[("text", Value::from(text))]);
        decided_of(&kind, Some(&prior), config, &Lifecycle::default())
    };
    assert_eq!(change("here"), Change::Keep { value: prior.value.clone() });
    let Change::Update { planned, .. } = change("there") else { panic!("not an update") };
    assert!(planned.get("revision").is_unknown());
}

#[test]
fn a_kept_value_keeps_its_spelling() {
    let spelled = Value::from("{\"a\":1}");
    let Change::Keep { value } =
        change(&[("policy", spelled.clone())], &[("policy", Value::from("{ \"a\": 1 }"))])
    else {
        panic!("not kept")
    };
    assert_eq!(value.get("policy"), &spelled);
}

#[test]
fn an_update_makes_unknown_what_it_recomputes_and_keeps_the_rest() {
    let Change::Update { planned, .. } = change(&[], &[("text", Value::from("new"))]) else {
        panic!("not an update")
    };
    assert!(planned.get("revision").is_unknown() && planned.get("touched").is_unknown());
    assert_eq!(planned.str("id"), Some("i-1"));
    assert_eq!(planned.str("region"), Some("here"));
}

#[test]
fn an_argument_that_is_taken_away_goes_back_to_nothing_or_its_default() {
    let prior = [("text", Value::from("old")), ("size", Value::from(9))];
    let Change::Update { planned, .. } = change(&prior, &[]) else { panic!("not an update") };
    assert!(planned.get("text").is_null());
    assert_eq!(planned.get("size").as_i64(), Some(3));
}

#[test]
fn a_change_of_an_immutable_argument_replaces() {
    let Change::Replace { because, order, planned, .. } = change(&[], &[("name", Value::from("b"))]) else {
        panic!("not a replacement")
    };
    assert_eq!(because, ReplaceReason::Arguments(vec![Path::attribute("name")]));
    assert_eq!(order, ReplaceOrder::DestroyFirst);
    assert!(planned.get("id").is_unknown());
}

#[test]
fn an_immutable_argument_that_is_not_known_yet_replaces() {
    let unknown = Value::unknown(Type::String);
    assert!(matches!(change(&[], &[("name", unknown)]), Change::Replace { .. }));
}

#[test]
fn lifecycle_decides_which_half_of_a_replacement_comes_first() {
    let lifecycle = Lifecycle { create_before_destroy: Some(true), ..Lifecycle::default() };
    let change = decided(Some(&object(&[])), config(&[("name", Value::from("b"))]), &lifecycle);
    assert!(matches!(change, Change::Replace { order: ReplaceOrder::CreateFirst, .. }));
}

#[test]
fn a_tainted_object_is_replaced() {
    let tainted = Object { health: Health::Tainted, ..object(&[]) };
    let change = decided(Some(&tainted), config(&[]), &Lifecycle::default());
    assert!(matches!(change, Change::Replace { because: ReplaceReason::Tainted, .. }));
}

#[test_case(IgnoreChanges::All; "all")]
#[test_case(IgnoreChanges::Paths(vec![(Path::attribute("name"), span()), (Path::attribute("text"), span())]); "by name")]
fn ignored_changes_are_no_changes(ignore_changes: IgnoreChanges) {
    let lifecycle = Lifecycle { ignore_changes, ..Lifecycle::default() };
    let set = [("name", Value::from("b")), ("text", Value::from("new"))];
    assert!(decided(Some(&object(&[])), config(&set), &lifecycle).is_keep());
}

fn span() -> recon_core::Span {
    recon_core::Span::new(recon_core::FileId(0), 0..0)
}

#[test]
fn attributes_of_a_nested_block_that_the_provider_decides_stay() {
    let nested = |level: i64, arn: Value| {
        let item = Value::object([("level", Value::from(level)), ("arn", arn)]);
        Value::list(item.ty(), vec![item])
    };
    let prior = [("nested", nested(1, Value::from("arn:1")))];
    let same = [("nested", nested(1, Value::null(Type::String)))];
    assert!(change(&prior, &same).is_keep());
    let other = [("nested", nested(2, Value::null(Type::String)))];
    let Change::Update { planned, .. } = change(&prior, &other) else { panic!("not an update") };
    assert_eq!(planned.block("nested").and_then(|nested| nested.str("arn")), Some("arn:1"));
}
