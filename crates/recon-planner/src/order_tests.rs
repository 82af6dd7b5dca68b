//! Whatever changes, and whatever needs what: the steps come in an order that the checker accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use recon_core::address::{Key, ModulePath};
use recon_core::change::{Change, DeleteReason, ReplaceOrder, ReplaceReason, ResourceChange};
use recon_core::plan::{Base, Op, Plan, PlanKind, Step};
use recon_core::state::{Instance, Lineage, ProviderKey, State};
use recon_core::{ResourceAddress, ResourceMode, Value};

use crate::checker::check;
use crate::fixture::{catalog, object};
use crate::order::{BlockFacts, Facts, steps};

/// One block of a made-up configuration: its change, how many instances, and which earlier blocks it needs.
#[derive(Clone, Debug)]
struct Made {
    what: u8,
    instances: u64,
    needs: Vec<usize>,
    is_snapshot: bool,
}

fn block(index: usize, made: &Made) -> Arc<ResourceAddress> {
    let kind = if made.is_snapshot { "test_snapshot" } else { "test_thing" };
    let (module, mode) = (ModulePath::root(), ResourceMode::Managed);
    Arc::new(ResourceAddress { module, mode, kind: kind.into(), name: format!("b{index}").into() })
}

fn change(what: u8) -> Change {
    let before = object(&[]).value;
    let planned: Value = before.clone().into_value();
    let because = ReplaceReason::Requested;
    match what {
        0 => Change::Create { planned },
        1 => Change::Update { before, planned },
        2 => Change::Replace { before, planned, order: ReplaceOrder::DestroyFirst, because },
        3 => Change::Replace { before, planned, order: ReplaceOrder::CreateFirst, because },
        4 => Change::Delete { before, because: DeleteReason::NoBlock },
        5 => Change::Forget { before },
        _ => Change::Keep { value: before },
    }
}

fn provider() -> ProviderKey {
    ProviderKey { name: "test".into(), alias: None }
}

/// The changes, facts and state of a made-up configuration; what is deleted is only in the state.
fn world(all: &[Made]) -> (Vec<ResourceChange>, Facts, State) {
    let blocks: Vec<_> = all.iter().enumerate().map(|(index, made)| block(index, made)).collect();
    let mut facts = Facts::new();
    let mut state = State::empty(Lineage("l".into()));
    let mut changes = Vec::new();
    for (index, made) in all.iter().enumerate() {
        let needs: BTreeSet<_> =
            made.needs.iter().map(|need| blocks[need % blocks.len().max(1)].clone()).collect();
        let earlier = |need: &Arc<ResourceAddress>| blocks[..index].iter().position(|other| other == need);
        // What is declared needs only what is declared.
        let fits =
            |need: &Arc<ResourceAddress>| earlier(need).is_some_and(|at| made.what == 4 || all[at].what != 4);
        let needs: BTreeSet<_> = needs.into_iter().filter(fits).collect();
        let depends_on: Arc<Vec<_>> = Arc::new(needs.iter().map(|need| (**need).clone()).collect());
        for instance in 0..made.instances {
            let address = blocks[index].instance(Some(Key::Index(instance)));
            if made.what != 0 {
                let remembered = Instance {
                    provider: provider(),
                    depends_on: Arc::clone(&depends_on),
                    create_before_destroy: false,
                    object: Some(object(&[])),
                    deposed: BTreeMap::new(),
                };
                state.resources.insert(address.clone(), remembered);
            }
            let change = change(made.what);
            changes.push(ResourceChange { address, deposed: None, moved_from: None, imported: None, change });
        }
        if made.what != 4 {
            let facts_of = BlockFacts { needs, depends_on, provider: provider(), create_first: false };
            facts.insert(blocks[index].clone(), facts_of);
        }
    }
    (changes, facts, state)
}

fn planned(changes: Vec<ResourceChange>, steps: Vec<Step>, state: &State) -> Plan {
    let base = Base {
        lineage: state.lineage.clone(),
        serial: 0,
        config_digest: String::new(),
        variables: BTreeMap::new(),
    };
    let (drift, outputs) = (Vec::new(), BTreeMap::new());
    Plan { base, kind: PlanKind::Normal, changes, drift, outputs, steps, refreshed: state.clone() }
}

fn made() -> impl Strategy<Value = Made> {
    let needs = prop::collection::vec(0_usize..12, 0..4);
    (0_u8..7, 1_u64..4, needs, any::<bool>()).prop_map(|(what, instances, needs, is_snapshot)| Made {
        what,
        instances,
        needs,
        is_snapshot,
    })
}

proptest! {
    #[test]
    fn any_changes_have_an_order(made in prop::collection::vec(made(), 1..12)) {
        let (mut changes, facts, state) = world(&made);
        let steps = steps(&mut changes, &facts, &catalog(), &state).expect("there is an order");
        let wrong = check(&planned(changes, steps, &state), &state, &catalog());
        prop_assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn what_needs_many_of_many_meets_in_one_place() {
    let many = |what, needs| Made { what, instances: 1_000, needs, is_snapshot: false };
    let (mut changes, facts, state) = world(&[many(0, vec![]), many(0, vec![0])]);
    let steps = steps(&mut changes, &facts, &catalog(), &state).unwrap();
    assert_eq!(steps.len(), 2_001);
    assert!(steps.iter().map(|step| step.after.len()).sum::<usize>() <= 2_000);
}

#[test]
fn an_alias_moves_before_its_old_version_goes() {
    let (mut changes, mut facts, mut state) = world(&[
        Made { what: 4, instances: 1, needs: vec![], is_snapshot: false },
        Made { what: 1, instances: 1, needs: vec![], is_snapshot: false },
    ]);
    // The alias needed the version when it was made, and does not any more.
    let alias = changes[1].address.clone();
    let version = (*changes[0].address.resource).clone();
    state.resources.get_mut(&alias).unwrap().depends_on = Arc::new(vec![version]);
    facts.retain(|block, _| *block == alias.resource);
    let steps = steps(&mut changes, &facts, &catalog(), &state).unwrap();
    assert_eq!(steps[0].address, alias);
    assert_eq!(steps[1].after, [0]);
}

#[test]
fn what_an_object_needs_stays_until_the_object_vanished_with_its_container() {
    let resource = |kind: &str, name: &str| {
        let (module, mode) = (ModulePath::root(), ResourceMode::Managed);
        Arc::new(ResourceAddress { module, mode, kind: kind.into(), name: name.into() })
    };
    let (link, outer) = (resource("test_thing", "link"), resource("test_thing", "outer"));
    let part = resource("test_part", "part");
    let mut state = State::empty(Lineage("l".into()));
    let mut changes = Vec::new();
    for (block, text, needs) in
        [(&link, "link", vec![]), (&outer, "outer", vec![]), (&part, "outer", vec![&link, &outer])]
    {
        let object = object(&[("text", text.into())]);
        let change = Change::Delete { before: object.value.clone(), because: DeleteReason::NoBlock };
        let remembered = Instance {
            provider: provider(),
            depends_on: Arc::new(needs.into_iter().map(|need| (**need).clone()).collect()),
            create_before_destroy: false,
            object: Some(object),
            deposed: BTreeMap::new(),
        };
        let address = block.instance(None);
        state.resources.insert(address.clone(), remembered);
        changes.push(ResourceChange { address, deposed: None, moved_from: None, imported: None, change });
    }
    let steps = steps(&mut changes, &Facts::new(), &catalog(), &state).unwrap();
    let order: Vec<(&str, &Op)> = steps
        .iter()
        .map(|step| (&*step.address.resource.name, &step.op))
        .filter(|it| *it.1 != Op::Join)
        .collect();
    assert_eq!(order, [("outer", &Op::Delete), ("part", &Op::Vanish), ("link", &Op::Delete)]);
}

#[test]
fn what_is_replaced_with_its_container_is_not_deleted_by_itself() {
    let resource = |kind: &str| {
        let (module, mode) = (ModulePath::root(), ResourceMode::Managed);
        Arc::new(ResourceAddress { module, mode, kind: kind.into(), name: "a".into() })
    };
    let (outer, part) = (resource("test_thing"), resource("test_part"));
    let needed = [(&outer, vec![]), (&part, vec![&outer])];
    let mut state = State::empty(Lineage("l".into()));
    let (mut changes, mut facts) = (Vec::new(), Facts::new());
    for (block, needs) in needed {
        let depends_on = Arc::new(needs.iter().map(|need| (***need).clone()).collect());
        let object = object(&[("text", "outer".into())]);
        let (before, planned) = (object.value.clone(), object.value.clone().into_value());
        let (order, because) = (ReplaceOrder::DestroyFirst, ReplaceReason::Requested);
        let change = Change::Replace { before, planned, order, because };
        let address = block.instance(None);
        let remembered = Instance {
            provider: provider(),
            depends_on: Arc::clone(&depends_on),
            create_before_destroy: false,
            object: Some(object),
            deposed: BTreeMap::new(),
        };
        state.resources.insert(address.clone(), remembered);
        let needs = needs.into_iter().cloned().collect();
        let of_block = BlockFacts { needs, depends_on, provider: provider(), create_first: false };
        facts.insert(Arc::clone(block), of_block);
        changes.push(ResourceChange { address, deposed: None, moved_from: None, imported: None, change });
    }
    let steps = steps(&mut changes, &facts, &catalog(), &state).unwrap();
    let order: Vec<(&str, &Op)> =
        steps.iter().map(|step| (&**step.address.kind(), &step.op)).filter(|it| *it.1 != Op::Join).collect();
    let part = |op: &'static Op| ("test_part", op);
    assert_eq!(order[0], ("test_thing", &Op::Delete));
    assert_eq!(order[3], part(&Op::Create(None)));
    assert!(order[1..3].contains(&part(&Op::Vanish)), "{order:?}");
}
