//! What is planned for versions, against functions and aliases of the same plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::address::ModulePath;
use recon_core::change::{Change, DeleteReason};
use recon_core::resource_type::{Answers, Neighbours, Proposal, Refined, ResourceType};
use recon_core::{Address, Known, Number, ResourceAddress, ResourceMode, Type, Value};

use super::{alias, function, version, version_plan, version_review};

struct Others(Vec<(Address, Change)>);

impl Neighbours for Others {
    fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
        self.0
            .iter()
            .filter(|(address, _)| &**address.kind() == kind)
            .map(|(address, change)| (address, change))
            .collect()
    }
}

struct Told(BTreeMap<Known, Known>);

impl Answers for Told {
    fn answer(&self, question: &Known) -> Option<&Known> {
        self.0.get(question)
    }
}

fn address(kind: &str, name: &str) -> Address {
    let (kind, name) = (kind.into(), name.into());
    let resource = ResourceAddress { module: ModulePath::root(), mode: ResourceMode::Managed, kind, name };
    Arc::new(resource).instance(None)
}

fn known(attributes: &[(&'static str, Value)]) -> Known {
    let whole = Value::object(attributes.iter().cloned());
    Known::with_nulls(&whole)
}

fn function(timeout: i64) -> Known {
    known(&[
        ("function_name", "f".into()),
        ("timeout", Number::from(timeout).into()),
        ("code_sha256", "c".into()),
    ])
}

fn owned(history: &[&str], rolls: bool) -> Known {
    let text = |text: Option<&&str>| text.map_or(Value::null(Type::String), |text| Value::from(*text));
    known(&[
        ("function_name", "f".into()),
        ("publish_on_change", rolls.into()),
        ("retain", Value::null(Type::Number)),
        ("version", text(history.first())),
        ("history", Value::strings(history.iter().copied())),
        ("up_to_date", if rolls { true.into() } else { Value::null(Type::Bool) }),
    ])
}

fn pointing(version: &str) -> Known {
    known(&[("function_name", "f".into()), ("name", "prod".into()), ("function_version", version.into())])
}

fn refine(prior: Option<&Known>, proposed: Value, others: &Others, answers: &Told) -> Refined {
    let address = address(version::KIND, "v");
    let config = proposed.clone();
    version_plan::refine(Proposal {
        address: &address,
        config: &config,
        prior,
        proposed,
        neighbours: others,
        answers,
    })
}

fn planned(refined: Refined) -> Value {
    let Refined::Ready { planned, .. } = refined else { panic!("not ready") };
    planned
}

fn changing() -> Others {
    let change = Change::Update { before: function(3), planned: Value::from(function(9)) };
    Others(vec![(address(function::KIND, "f"), change)])
}

fn staying() -> Others {
    Others(vec![(address(function::KIND, "f"), Change::Keep { value: function(3) })])
}

#[test]
fn a_pinned_version_does_not_follow_the_function() {
    let prior = owned(&["1"], false);
    let planned =
        planned(refine(Some(&prior), Value::from(prior.clone()), &changing(), &Told(BTreeMap::new())));
    assert!(planned.same(&prior));
}

#[test]
fn a_rolling_version_follows_the_function() {
    let prior = owned(&["1"], true);
    let planned =
        planned(refine(Some(&prior), Value::from(prior.clone()), &changing(), &Told(BTreeMap::new())));
    assert!(planned.get("version").is_unknown());
    assert_eq!(planned.get("history").items().len(), 2);
}

#[test]
fn a_rolling_version_of_a_function_that_stays_is_kept() {
    let prior = owned(&["1"], true);
    let planned =
        planned(refine(Some(&prior), Value::from(prior.clone()), &staying(), &Told(BTreeMap::new())));
    assert!(planned.same(&prior));
}

#[test]
fn a_version_left_behind_by_an_interrupted_run_is_published() {
    let prior = owned(&["1"], true).with_part("up_to_date", Known::with_nulls(&false.into()));
    let planned =
        planned(refine(Some(&prior), Value::from(prior.clone()), &staying(), &Told(BTreeMap::new())));
    assert!(planned.get("version").is_unknown());
}

#[test]
fn pruning_asks_what_aliases_hold_and_shows_what_goes() {
    let prior = owned(&["4", "3", "2"], true);
    let proposed = Value::from(prior.clone()).with("retain", Number::from(2).into());
    let Refined::Ask(question) = refine(Some(&prior), proposed.clone(), &changing(), &Told(BTreeMap::new()))
    else {
        panic!("does not ask")
    };
    let answers = Told(BTreeMap::from([(question, known(&[("versions", Value::strings(["2"]))]))]));
    let planned = planned(refine(Some(&prior), proposed, &changing(), &answers));
    assert_eq!(planned.string_items("history"), ["4", "2"]);
    assert!(planned.get("history").items()[0].is_unknown());
}

#[test]
fn what_is_published_already_is_known_in_the_plan() {
    let proposed = Value::from(owned(&[], false)).with("version", Value::unknown(Type::String));
    let Refined::Ask(question) = refine(None, proposed.clone(), &staying(), &Told(BTreeMap::new())) else {
        panic!("does not ask")
    };
    let answers = Told(BTreeMap::from([(question, known(&[("version", "7".into())]))]));
    let planned = planned(refine(None, proposed, &staying(), &answers));
    assert_eq!((planned.str("version"), planned.string_items("history")), (Some("7"), vec!["7".to_owned()]));
}

#[test]
fn a_version_has_one_owner() {
    let mine = Change::Create { planned: Value::from(owned(&["1"], false)) };
    let others = Others(vec![(address(version::KIND, "a"), Change::Keep { value: owned(&["1"], false) })]);
    let found = version_review::review(&address(version::KIND, "b"), &mine, &others);
    assert_eq!(found.len(), 1);
    assert!(found[0].detail.contains("aws_lambda_version.a"), "{}", found[0].detail);
}

#[test]
fn deleting_a_version_that_an_alias_uses_names_the_alias() {
    let mine = Change::Delete { before: owned(&["1"], false), because: DeleteReason::NoBlock };
    let uses = Others(vec![(address(alias::KIND, "prod"), Change::Keep { value: pointing("1") })]);
    let found = version_review::review(&address(version::KIND, "v"), &mine, &uses);
    assert!(found[0].detail.contains("aws_lambda_alias.prod"), "{}", found[0].detail);

    let moves = Change::Update { before: pointing("1"), planned: Value::from(pointing("2")) };
    let moved = Others(vec![(address(alias::KIND, "prod"), moves)]);
    assert!(version_review::review(&address(version::KIND, "v"), &mine, &moved).is_empty());
}

#[test]
fn only_a_rolling_version_retains() {
    let config = Value::from(owned(&[], false)).with("retain", Number::from(2).into());
    assert_eq!(version::Version.check(&config).len(), 1);
}
