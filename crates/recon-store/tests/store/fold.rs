//! Folding: every prefix of every journal gives a state that holds together, and a doubt for each open step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;
use recon_core::plan::Op;
use recon_core::state::{DeposedKey, Health, Lineage, Object, State};
use recon_core::{Address, Value};
use recon_store::integrity::flaws;
use recon_store::{
    Begin, Entry, Error, Folded, Intent, Left, RunId, check_succession, fold, refreshed_entries, same_content,
};
use test_case::test_case;

use crate::fixture::{address, full_state, instance, lineage, object, provider, state_of};

fn begin(serial: u64) -> Entry {
    let run = RunId("r".into());
    Entry::Begin(Begin { lineage: lineage(), serial, run, at_ms: 0, recon: "0.1.0".into() })
}

fn intent(step: u64, address: Address, op: Op) -> Intent {
    let depends_on = Arc::default();
    let provider = provider("terraform");
    Intent { step, address, op, provider, want: None, at_ms: 7, depends_on, create_before_destroy: false }
}

fn step(step: u64, op: Op) -> Entry {
    Entry::Intent(Box::new(intent(step, address("terraform_data.a"), op)))
}

fn named(text: &str) -> Object {
    object(Value::from(text))
}

fn done(step: u64, text: &str) -> Entry {
    Entry::Result { step, object: Some(Box::new(named(text))) }
}

/// A state with one `terraform_data.a` that has `old` in it.
fn old() -> State {
    state_of(&[("terraform_data.a", instance(named("old")))])
}

fn folded(entries: Vec<Entry>) -> Folded {
    let mut all = vec![begin(1)];
    all.extend(entries);
    fold(old(), &all).unwrap()
}

/// What a state has at `terraform_data.a`: the current object, then the deposed ones.
fn texts(state: &State) -> Vec<String> {
    let Some(instance) = state.resources.get(&address("terraform_data.a")) else { return vec![] };
    let input = |object: &Object| object.value.str("input").unwrap_or("?").to_owned();
    let mut texts = vec![instance.object.as_ref().map_or_else(String::new, input)];
    texts.extend(instance.deposed.iter().map(|(key, object)| format!("{key}={}", input(object))));
    texts
}

fn key() -> DeposedKey {
    DeposedKey("k".into())
}

fn left(text: &str) -> Left {
    Left::Object(Box::new(Object { health: Health::Tainted, ..named(text) }))
}

#[test_case(vec![], &["old"]; "nothing")]
#[test_case(vec![step(1, Op::Update)], &["old"]; "update begun")]
#[test_case(vec![step(1, Op::Update), done(1, "new")], &["new"]; "update done")]
#[test_case(vec![step(1, Op::Update), Entry::Failed { step: 1, left: Left::Nothing }], &["old"]; "update failed")]
#[test_case(vec![step(1, Op::Update), Entry::Failed { step: 1, left: left("half") }], &["half"]; "update failed half way")]
#[test_case(vec![step(1, Op::Delete)], &["old"]; "delete begun")]
#[test_case(vec![step(1, Op::Delete), Entry::Result { step: 1, object: None }], &[]; "delete done")]
#[test_case(vec![step(1, Op::Delete), Entry::Failed { step: 1, left: Left::Nothing }], &["old"]; "delete failed")]
#[test_case(vec![step(1, Op::Forget), Entry::Result { step: 1, object: None }], &[]; "forgotten")]
#[test_case(vec![step(1, Op::Vanish), Entry::Result { step: 1, object: None }], &[]; "vanished")]
#[test_case(vec![step(1, Op::Create(Some(key())))], &["", "k=old"]; "create before destroy begun")]
#[test_case(vec![step(1, Op::Create(Some(key()))), done(1, "new")], &["new", "k=old"]; "create before destroy done")]
#[test_case(vec![step(1, Op::Create(Some(key()))), Entry::Failed { step: 1, left: Left::Nothing }], &["old"]; "create before destroy failed")]
#[test_case(vec![step(1, Op::Create(Some(key()))), Entry::Failed { step: 1, left: left("half") }], &["half", "k=old"]; "create before destroy failed half way")]
#[test_case(vec![step(1, Op::Create(Some(key()))), done(1, "new"), step(2, Op::DeleteDeposed(key())), Entry::Result { step: 2, object: None }], &["new"]; "replaced")]
#[test_case(vec![step(1, Op::Join), Entry::Result { step: 1, object: None }], &["old"]; "joined")]
fn what_is_remembered_after(entries: Vec<Entry>, expected: &[&str]) {
    assert_eq!(texts(&folded(entries).state), expected);
}

#[test_case(Op::Create(None), 1; "create")]
#[test_case(Op::Update, 1; "update")]
#[test_case(Op::Delete, 1; "delete")]
#[test_case(Op::DeleteDeposed(key()), 1; "delete deposed")]
#[test_case(Op::Read, 0; "read")]
#[test_case(Op::Forget, 0; "forget")]
fn an_intent_without_a_result_is_in_doubt_if_it_has_an_effect(op: Op, doubts: usize) {
    assert_eq!(folded(vec![step(1, op.clone())]).in_doubt.len(), doubts);
    let unclear = Entry::Failed { step: 1, left: Left::Unclear };
    let folded = folded(vec![step(1, op), unclear, Entry::End]);
    assert_eq!((folded.in_doubt.len(), folded.ended), (doubts, true));
}

#[test]
fn a_second_run_keeps_the_doubts_of_the_first_in_order() {
    let other = |n| Entry::Intent(Box::new(intent(n, address("terraform_data.b"), Op::Create(None))));
    let folded = folded(vec![step(2, Op::Update), other(1), begin(1), other(2), done(2, "x")]);
    let steps: Vec<u64> = folded.in_doubt.iter().map(|intent| intent.step).collect();
    assert_eq!(steps, [2, 1]);
}

#[test]
fn the_first_run_of_all_folds_onto_an_empty_state() {
    let empty = State::empty(Lineage("another".into()));
    let folded = fold(empty, &[begin(0), step(1, Op::Create(None)), done(1, "new")]).unwrap();
    assert_eq!(folded.state.lineage, lineage());
    assert_eq!(texts(&folded.state), ["new"]);
}

#[test]
fn a_journal_that_the_state_file_holds_already_changes_nothing() {
    let state = State { serial: 2, ..old() };
    let folded = fold(state.clone(), &[begin(1), step(1, Op::Delete)]).unwrap();
    assert!(folded.stale && folded.in_doubt.is_empty());
    assert_eq!(folded.state, state);
}

#[test]
fn a_journal_of_something_else_is_refused() {
    let foreign = State { lineage: Lineage("another".into()), ..old() };
    assert!(matches!(fold(foreign, &[begin(1)]), Err(Error::WrongLineage { .. })));
    assert!(matches!(fold(old(), &[begin(2)]), Err(Error::WrongSerial { have: 1, other: 2 })));
    assert!(matches!(fold(old(), &[Entry::End]), Err(Error::JournalOrder { entry: 1, .. })));
    let never_begun = fold(old(), &[begin(1), done(9, "x")]);
    assert!(matches!(never_begun, Err(Error::JournalOrder { entry: 2, .. })));
    let twice = fold(old(), &[begin(1), step(1, Op::Update), step(1, Op::Update)]);
    assert!(matches!(twice, Err(Error::JournalOrder { entry: 3, .. })));
}

#[test]
fn refreshed_entries_turn_one_state_into_another() {
    let (before, after) = (old(), State { serial: 1, ..full_state() });
    let mut entries = vec![begin(1)];
    entries.extend(refreshed_entries(&before, &after));
    entries.push(Entry::Outputs(after.outputs.clone()));
    assert_eq!(fold(before, &entries).unwrap().state, after);
    assert_eq!(refreshed_entries(&after, &after), []);
}

#[test]
fn a_state_is_succeeded_by_a_later_one_of_its_lineage() {
    let state = full_state();
    let later = State { serial: state.serial + 1, ..state.clone() };
    assert!(same_content(&state, &later));
    check_succession(&state, &later).unwrap();
    check_succession(&state, &state).unwrap();
    assert!(matches!(check_succession(&later, &state), Err(Error::WrongSerial { .. })));
    let other = State { lineage: Lineage("another".into()), ..later };
    assert!(matches!(check_succession(&state, &other), Err(Error::WrongLineage { .. })));
}

/// How one step of a made-up run ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Done,
    Failed,
    HalfWay,
    Unclear,
    Never,
}

fn any_end() -> impl Strategy<Value = End> {
    prop_oneof![
        4 => Just(End::Done),
        1 => Just(End::Failed),
        1 => Just(End::HalfWay),
        1 => Just(End::Unclear),
        1 => Just(End::Never),
    ]
}

/// A made-up run over three instances: each step is a legal one for what the run believes to be there.
fn run_of(choices: &[(Index, Index, End)]) -> (State, Vec<Entry>) {
    let addresses: Vec<Address> = (0..3).map(|n| address(&format!("terraform_data.x[{n}]"))).collect();
    let start = state_of(&[("terraform_data.x[0]", instance(named("0")))]);
    let mut entries = vec![begin(1)];
    let mut busy = BTreeSet::new();
    for (step, (which, what, end)) in choices.iter().enumerate() {
        let address = which.get(&addresses);
        if busy.contains(address) {
            continue;
        }
        let step = step as u64;
        let state = fold(start.clone(), &entries).unwrap().state;
        let op = what.get(&legal_ops(&state, address, step)).clone();
        entries.push(Entry::Intent(Box::new(intent(step, address.clone(), op.clone()))));
        let object = || Box::new(named(&step.to_string()));
        match end {
            End::Done => {
                let gone = matches!(op, Op::Delete | Op::DeleteDeposed(_) | Op::Forget);
                entries.push(Entry::Result { step, object: (!gone).then(object) });
            }
            End::Failed => entries.push(Entry::Failed { step, left: Left::Nothing }),
            End::HalfWay => entries.push(Entry::Failed { step, left: Left::Object(object()) }),
            End::Unclear => entries.push(Entry::Failed { step, left: Left::Unclear }),
            End::Never => {}
        }
        if matches!(end, End::Unclear | End::Never) {
            busy.insert(address.clone());
        }
    }
    entries.push(Entry::End);
    (start, entries)
}

fn legal_ops(state: &State, address: &Address, step: u64) -> Vec<Op> {
    let instance = state.resources.get(address);
    let deposed = instance.map_or_else(BTreeMap::new, |instance| instance.deposed.clone());
    let mut ops: Vec<Op> = deposed.into_keys().map(Op::DeleteDeposed).collect();
    if instance.is_some_and(|instance| instance.object.is_some()) {
        let key = DeposedKey(format!("k{step}").into());
        ops.extend([Op::Update, Op::Delete, Op::Forget, Op::Create(Some(key))]);
    } else {
        ops.push(Op::Create(None));
    }
    ops
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_prefix_of_any_journal_folds_to_a_state_that_holds_together(
        choices in proptest::collection::vec((any::<Index>(), any::<Index>(), any_end()), 0..12),
    ) {
        let (start, entries) = run_of(&choices);
        for length in 1..=entries.len() {
            let prefix = &entries[..length];
            let folded = fold(start.clone(), prefix).unwrap();
            prop_assert_eq!(flaws(&folded.state), vec![]);
            prop_assert_eq!(&folded, &fold(start.clone(), prefix).unwrap());

            let settled: BTreeSet<u64> = prefix.iter().filter_map(|entry| match entry {
                Entry::Result { step, .. } => Some(*step),
                Entry::Failed { step, left } if *left != Left::Unclear => Some(*step),
                _ => None,
            }).collect();
            let open: Vec<u64> = prefix.iter().filter_map(|entry| match entry {
                Entry::Intent(intent) if intent.has_effect() && !settled.contains(&intent.step) => Some(intent.step),
                _ => None,
            }).collect();
            let doubts: Vec<u64> = folded.in_doubt.iter().map(|intent| intent.step).collect();
            prop_assert_eq!(open, doubts);
        }
    }

    #[test]
    fn any_entries_at_all_fold_or_are_refused(
        picks in proptest::collection::vec((any::<Index>(), 0u64..3), 0..12),
    ) {
        let entries: Vec<Entry> = std::iter::once(begin(1)).chain(picks.iter().map(|(pick, number)| {
            pick.get(&[
                step(*number, Op::Create(None)), step(*number, Op::Create(Some(key()))), step(*number, Op::Update),
                step(*number, Op::Delete), step(*number, Op::DeleteDeposed(key())), step(*number, Op::Forget),
                done(*number, "x"), Entry::Result { step: *number, object: None },
                Entry::Failed { step: *number, left: Left::Nothing }, Entry::Failed { step: *number, left: left("y") },
                begin(1), Entry::End,
            ]).clone()
        })).collect();
        if let Ok(folded) = fold(old(), &entries) {
            prop_assert_eq!(flaws(&folded.state), vec![]);
        }
    }
}
