//! Which steps of a plan share a call, because the service changes one object for all of them at once. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::needs::{Changes, write_of};
use crate::plan::{Op, Plan, Step, StepId};
use crate::quota::{Shared, Write};
use crate::resource_type::Catalog;
use crate::schema::Mode;
use crate::state::ProviderKey;
use crate::{Data, Value};

/// Steps that share a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// The call.
    pub operation: &'static str,
    /// The steps, in the order of the plan; two at least.
    pub steps: Vec<StepId>,
    /// All other steps that one of them waits for: together they wait for all of them.
    pub after: BTreeSet<StepId>,
}

/// The steps of a plan that share calls. Carrying out each of these groups as one step closes no circle.
///
/// A group takes in further steps, with what they wait for, as long as nobody waits for one of its own. From then on it
/// only takes in what waits for nothing more: so all that comes before the group has a smaller position than the first
/// of its steps that others wait for, and all that comes after it has a larger one.
pub fn together(plan: &Plan, catalog: &Catalog) -> Vec<Together> {
    let mut awaited = vec![false; plan.steps.len()];
    plan.steps.iter().flat_map(|step| &step.after).for_each(|first| awaited[*first] = true);
    let changes = Changes::new(plan);
    let mut groups: Vec<Group> = Vec::new();
    let mut latest: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    let mut writers = Writers::default();
    for (id, step) in plan.steps.iter().enumerate() {
        if step.op == Op::Join {
            writers.meet(id, &step.after);
            continue;
        }
        let Some(write) = changes.of(step).and_then(|change| write_of(step, change)) else { continue };
        let Some(shared) = shared(step, write, catalog) else { continue };
        let Some(object) = object(shared, write) else { continue };
        let key = (&step.provider, shared.operation, object);
        let is_told = is_told(step, write, catalog);
        let after = if is_told { writers.needed(&step.after, &key) } else { step.after.clone() };
        writers.add(id, &key);
        let group = latest.get(&key).map(|index| &mut groups[*index]);
        if group.is_none_or(|group| !group.takes(id, &after, is_told, awaited[id])) {
            let after = step.after.iter().copied().collect();
            let together = Together { operation: shared.operation, steps: vec![id], after };
            groups.push(Group { together, is_closed: awaited[id] });
            latest.insert(key, groups.len() - 1);
        }
    }
    groups.into_iter().map(|group| group.together).filter(|group| group.steps.len() > 1).collect()
}

/// The call that a step may share, if it makes one.
pub fn shared(step: &Step, write: Write<'_>, catalog: &Catalog) -> Option<Shared> {
    catalog.prices(&step.provider.name)?.shared(step.address.kind(), write)
}

/// The object that a write is about, as far as it can be told from others; nothing where it cannot.
pub fn object(shared: Shared, write: Write<'_>) -> Option<Vec<String>> {
    let value = match write {
        Write::Create { want } => want,
        Write::Update { have, .. } | Write::Delete { have } => have,
    };
    let part = |name: &&str| match &value.get(name).data {
        Data::String(text) => Some(format!("{KNOWN}{text}")),
        // What a saved plan does not tell apart, the values of the apply will.
        Data::Unknown(unknown) => Some(unknown.origin.map_or("?".to_owned(), |origin| format!("?{origin}"))),
        _ => None,
    };
    shared.by.iter().map(part).collect()
}

/// How the part of an object begins that is known.
const KNOWN: char = '=';

fn is_certain(object: &[String]) -> bool {
    object.iter().all(|part| part.starts_with(KNOWN))
}

type Key<'a> = (&'a ProviderKey, &'static str, Vec<String>);

/// Who changes which object, as far as objects can be told apart for certain.
///
/// All instances of a block wait for all of a block that it refers to. Yet where everything that a write wants is known, it
/// needs nothing of a write to another object.
#[derive(Default)]
struct Writers<'a>(BTreeMap<StepId, Meeting<'a>>);

/// Writes by one call that are done when a step is done: its own, or those that meet at a join.
struct Meeting<'a> {
    call: (&'a ProviderKey, &'static str),
    by_object: BTreeMap<Vec<String>, Vec<StepId>>,
}

impl<'a> Writers<'a> {
    fn add(&mut self, id: StepId, (provider, operation, object): &Key<'a>) {
        if is_certain(object) {
            let by_object = BTreeMap::from([(object.clone(), vec![id])]);
            self.0.insert(id, Meeting { call: (*provider, *operation), by_object });
        }
    }

    /// A join at which nothing meets but writes by one call.
    fn meet(&mut self, join: StepId, firsts: &[StepId]) {
        let mut met: Option<Meeting<'a>> = None;
        for first in firsts {
            let Some(one) = self.0.get(first) else { return };
            let met = met.get_or_insert_with(|| Meeting { call: one.call, by_object: BTreeMap::new() });
            if met.call != one.call {
                return;
            }
            for (object, steps) in &one.by_object {
                met.by_object.entry(object.clone()).or_default().extend(steps);
            }
        }
        self.0.extend(met.map(|met| (join, met)));
    }

    /// Of the steps that come before a write of which all is known, those that it needs.
    fn needed(&self, firsts: &[StepId], (provider, operation, object): &Key<'a>) -> Vec<StepId> {
        let of_one = |first: &StepId| match self.0.get(first) {
            Some(meeting) if meeting.call == (*provider, *operation) && is_certain(object) => {
                meeting.by_object.get(object).cloned().unwrap_or_default()
            }
            _ => vec![*first],
        };
        firsts.iter().flat_map(of_one).collect()
    }
}

struct Group {
    together: Together,
    /// Whether others wait for one of its steps.
    is_closed: bool,
}

impl Group {
    /// Takes in a step, if it can be carried out together with the others.
    fn takes(&mut self, id: StepId, firsts: &[StepId], is_told: bool, is_awaited: bool) -> bool {
        let Together { steps, after, .. } = &mut self.together;
        let (inside, outside): (Vec<StepId>, Vec<StepId>) =
            firsts.iter().partition(|first| steps.contains(first));
        let waits_longer = outside.iter().any(|first| !after.contains(first));
        if (self.is_closed && waits_longer) || (!inside.is_empty() && !is_told) {
            return false;
        }
        after.extend(outside);
        steps.push(id);
        self.is_closed |= is_awaited;
        true
    }
}

/// Whether a write needs no result of a step before it: all that is open in it is what the provider decides.
fn is_told(step: &Step, write: Write<'_>, catalog: &Catalog) -> bool {
    let want: &Value = match write {
        Write::Create { want } | Write::Update { want, .. } => want,
        Write::Delete { .. } => return true,
    };
    let Some(kind) = catalog.resource(step.address.kind()) else { return false };
    let attributes = &kind.schema().block.attributes;
    let is_decided = |name: &str| {
        attributes.get(name).is_some_and(|attribute| matches!(attribute.mode, Mode::Computed(_)))
    };
    want.entries()
        .is_some_and(|all| all.iter().all(|(name, value)| value.is_wholly_known() || is_decided(name)))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn group(after: &[StepId], is_closed: bool) -> Group {
        let after = after.iter().copied().collect();
        Group { together: Together { operation: "x:Y", steps: vec![5], after }, is_closed }
    }

    #[test_case(&[1], false, &[1], true; "what waits for the same")]
    #[test_case(&[1], false, &[2, 7], true; "what waits for more, as nobody waits for the group")]
    #[test_case(&[1], true, &[2], false; "what waits for more, as somebody waits for the group")]
    #[test_case(&[1, 2], true, &[2, 5], true; "what waits for the group itself and for nothing more")]
    fn a_group_takes_in(group_after: &[StepId], is_closed: bool, after: &[StepId], expected: bool) {
        assert_eq!(group(group_after, is_closed).takes(9, after, true, false), expected);
    }

    #[test]
    fn what_needs_a_result_of_the_group_is_not_part_of_it() {
        assert!(!group(&[], true).takes(9, &[5], false, false));
    }

    #[test]
    fn a_group_waits_for_all_that_its_steps_wait_for() {
        let mut group = group(&[1], false);
        assert!(group.takes(9, &[2], true, true));
        assert_eq!(group.together.after, BTreeSet::from([1, 2]));
        assert!(!group.takes(11, &[8], true, false), "somebody waits for it now");
    }

    #[test]
    fn a_write_of_which_all_is_known_needs_no_write_to_another_object() {
        let provider = ProviderKey { name: "x".into(), alias: None };
        let other = ProviderKey { name: "x".into(), alias: Some("b".into()) };
        let key = |object: &str| (&provider, "x:Y", vec![object.to_owned()]);
        let mut writers = Writers::default();
        writers.add(1, &key("=dev"));
        writers.add(2, &key("=prod"));
        writers.add(3, &key("?"));
        writers.meet(4, &[1, 2]);
        writers.meet(5, &[1, 2, 3]);
        assert_eq!(writers.needed(&[0, 4], &key("=dev")), [0, 1]);
        assert_eq!(writers.needed(&[1, 2], &key("=prod")), [2]);
        assert_eq!(writers.needed(&[5], &key("=dev")), [5], "nobody knows what the third one changes");
        assert_eq!(writers.needed(&[4], &key("?")), [4]);
        assert_eq!(writers.needed(&[4], &(&other, "x:Y", vec!["=dev".to_owned()])), [4]);
        assert_eq!(writers.needed(&[4], &(&provider, "x:Z", vec!["=dev".to_owned()])), [4]);
    }
}
