//! What an apply of a plan needs from the services: how many calls, and the least time that their quotas allow.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use crate::Address;
use crate::change::Change;
use crate::plan::{Op, Plan, Step, StepId};
use crate::quota::{Quota, Write};
use crate::resource_type::Catalog;
use crate::state::DeposedKey;
use crate::together::together;

/// What an apply needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// How often each operation is called.
    pub calls: BTreeMap<&'static str, u64>,
    /// The least time that the quotas allow for it; the services' own time comes on top.
    pub least: Duration,
    /// The quota that takes that time, if any takes time at all.
    pub bound: Option<&'static Quota>,
}

impl Needs {
    /// How many calls there are.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }
}

/// What an apply of the plan needs, if every call succeeds.
pub fn needs(plan: &Plan, catalog: &Catalog) -> Needs {
    let changes = Changes::new(plan);
    let operations_of = |step: &Step| {
        let prices = catalog.prices(&step.provider.name)?;
        let operations = prices.calls(step.address.kind(), write_of(step, changes.of(step)?)?);
        Some(operations.into_iter().map(|operation| (operation, prices.quotas(operation))).collect())
    };
    let mut works: Vec<Work> =
        plan.steps.iter().map(|step| operations_of(step).unwrap_or_default()).collect();
    for group in together(plan, catalog) {
        for other in &group.steps[1..] {
            works[*other].retain(|(operation, _)| *operation != group.operation);
        }
    }
    let mut needs = Needs { least: time(plan, &works), ..Needs::default() };
    let mut taken: BTreeMap<&'static str, (&'static Quota, u64)> = BTreeMap::new();
    for (operation, quotas) in works.iter().flatten() {
        *needs.calls.entry(operation).or_default() += 1;
        for quota in quotas {
            taken.entry(quota.name).or_insert((quota, 0)).1 += 1;
        }
    }
    let slowest = taken.into_values().map(|(quota, calls)| (alone(quota, calls), quota));
    let slowest = slowest.max_by(|(one, _), (other, _)| one.total_cmp(other));
    needs.bound = slowest.filter(|(seconds, _)| *seconds > 0.0).map(|(_, quota)| quota);
    needs
}

/// The changes of a plan, found by the steps that carry them out.
pub(crate) struct Changes<'a>(BTreeMap<(&'a Address, Option<&'a DeposedKey>), &'a Change>);

impl<'a> Changes<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let all = plan.changes.iter();
        Self(all.map(|one| ((&one.address, one.deposed.as_ref()), &one.change)).collect())
    }

    pub(crate) fn of(&self, step: &Step) -> Option<&'a Change> {
        let deposed = match &step.op {
            Op::DeleteDeposed(key) => Some(key),
            _ => None,
        };
        self.0.get(&(&step.address, deposed)).or_else(|| self.0.get(&(&step.address, None))).copied()
    }
}

/// What a step does to its object; nothing if it calls nobody to write.
pub fn write_of<'a>(step: &Step, change: &'a Change) -> Option<Write<'a>> {
    match step.op {
        Op::Create(_) => change.after().map(|want| Write::Create { want }),
        Op::Update => change.before().zip(change.after()).map(|(have, want)| Write::Update { have, want }),
        Op::Delete | Op::DeleteDeposed(_) => change.before().map(|have| Write::Delete { have }),
        Op::Read | Op::Forget | Op::Vanish | Op::Join => None,
    }
}

/// The seconds in which a quota that is not used yet lets that many calls through.
fn alone(quota: &Quota, calls: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a plan has fewer than 2^52 calls")]
    let calls = calls as f64;
    (calls - quota.burst).max(0.0) / quota.rate
}

/// The calls of a step, one after the other, with the quotas that each takes from.
type Work = Vec<(&'static str, Vec<&'static Quota>)>;

/// How long the steps take if nothing but their order and the quotas holds them up.
fn time(plan: &Plan, works: &[Work]) -> Duration {
    let mut followers = vec![Vec::new(); works.len()];
    for (id, step) in plan.steps.iter().enumerate() {
        step.after.iter().for_each(|first| followers[*first].push(id));
    }
    let mut waits: Vec<usize> = plan.steps.iter().map(|step| step.after.len()).collect();
    let first = waits.iter().enumerate().filter(|(_, waits)| **waits == 0);
    // By time, then in the order of steps: who can go, and with which of its calls.
    let mut queue: BinaryHeap<Reverse<(Duration, StepId, usize)>> =
        first.map(|(id, _)| Reverse((Duration::ZERO, id, 0))).collect();
    let mut levels: BTreeMap<&'static str, (f64, Duration)> = BTreeMap::new();
    let mut end = Duration::ZERO;
    while let Some(Reverse((now, id, call))) = queue.pop() {
        end = end.max(now);
        if let Some((_, quotas)) = works[id].get(call) {
            let through = quotas.iter().map(|quota| take(&mut levels, quota, now)).max().unwrap_or(now);
            queue.push(Reverse((through, id, call + 1)));
            continue;
        }
        for follower in std::mem::take(&mut followers[id]) {
            waits[follower] -= 1;
            if waits[follower] == 0 {
                queue.push(Reverse((now, follower, 0)));
            }
        }
    }
    end
}

/// Takes from a quota, whose level may fall below nothing; when the call is through.
fn take(
    levels: &mut BTreeMap<&'static str, (f64, Duration)>,
    quota: &'static Quota,
    now: Duration,
) -> Duration {
    let (level, since) = levels.entry(quota.name).or_insert((quota.burst, Duration::ZERO));
    *level = (*level + now.saturating_sub(*since).as_secs_f64() * quota.rate).min(quota.burst) - 1.0;
    *since = now;
    now + Duration::from_secs_f64((-*level).max(0.0) / quota.rate)
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    static SLOW: Quota = Quota { name: "x:Y", label: "Y", rate: 0.2, burst: 1.0 };

    #[test_case(1, 0; "the first goes at once")]
    #[test_case(2, 5)]
    #[test_case(100, 495)]
    fn one_call_in_five_seconds(calls: u64, seconds: u64) {
        let mut levels = BTreeMap::new();
        let through = (0..calls).map(|_| take(&mut levels, &SLOW, Duration::ZERO)).max();
        assert_eq!(through, Some(Duration::from_secs(seconds)));
        assert!((alone(&SLOW, calls) - Duration::from_secs(seconds).as_secs_f64()).abs() < 1e-9);
    }

    #[test]
    fn a_quota_fills_while_nobody_takes_from_it() {
        let mut levels = BTreeMap::new();
        let at = Duration::from_secs;
        let through: Vec<Duration> = [0, 1, 20, 20].map(|s| take(&mut levels, &SLOW, at(s))).into();
        assert_eq!(through, [at(0), at(5), at(20), at(25)]);
    }

    #[test_case(0.2, "one in 5 s")]
    #[test_case(1.0 / 30.0, "one in 30 s")]
    #[test_case(2.5, "2.5 per second")]
    #[test_case(10.0, "10 per second")]
    fn a_quota_reads(rate: f64, text: &str) {
        assert_eq!(Quota { name: "x", label: "X", rate, burst: 1.0 }.to_string(), text);
    }
}
