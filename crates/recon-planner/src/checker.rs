//! Verifies a finished plan without knowing how it was made; for tests, and quadratic in the number of steps.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::change::{Change, ReplaceOrder, ResourceChange};
use recon_core::plan::{Op, Plan, Step, StepId};
use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::state::State;
use recon_core::{Address, ResourceAddress};

/// What is wrong with a plan that was made from the observed `state`; nothing if it is sound.
pub fn check(plan: &Plan, state: &State, catalog: &Catalog) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, step) in plan.steps.iter().enumerate() {
        if let Some(later) = step.after.iter().find(|first| **first >= id) {
            wrong.push(format!("step {id} on {} waits for the later step {later}", step.address));
        }
    }
    if !wrong.is_empty() {
        return wrong;
    }
    let before = Before::new(plan);
    for change in &plan.changes {
        wrong.extend(check_steps(plan, change, &before));
    }
    wrong.extend(check_strays(plan));
    wrong.extend(check_needs(plan, &before));
    wrong.extend(check_destroys(plan, (state, catalog), &before));
    wrong
}

/// For each step, all steps that are done before it.
struct Before(Vec<BTreeSet<StepId>>);

impl Before {
    fn new(plan: &Plan) -> Self {
        let mut all: Vec<BTreeSet<StepId>> = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            let mut mine: BTreeSet<StepId> = step.after.iter().copied().collect();
            for first in &step.after {
                mine.extend(all[*first].iter().copied());
            }
            all.push(mine);
        }
        Self(all)
    }

    fn comes_before(&self, first: StepId, then: StepId) -> bool {
        self.0[then].contains(&first)
    }
}

fn steps_of<'a>(plan: &'a Plan, address: &'a Address) -> impl Iterator<Item = (StepId, &'a Step)> {
    let steps = plan.steps.iter().enumerate();
    steps.filter(move |(_, step)| step.address == *address && step.op != Op::Join)
}

/// Each kind of change has its steps, and no others.
fn check_steps(plan: &Plan, change: &ResourceChange, before: &Before) -> Vec<String> {
    let is_mine = |op: &Op| match (&change.deposed, op) {
        (Some(key), Op::DeleteDeposed(other)) => key == other,
        (Some(_), _) => false,
        (None, Op::DeleteDeposed(key)) => !plan
            .changes
            .iter()
            .any(|other| other.address == change.address && other.deposed.as_ref() == Some(key)),
        (None, _) => true,
    };
    let steps: Vec<(StepId, &Op)> = steps_of(plan, &change.address)
        .filter(|(_, step)| is_mine(&step.op))
        .map(|(id, step)| (id, &step.op))
        .collect();
    let ops: Vec<&Op> = steps.iter().map(|(_, op)| *op).collect();
    let fits = match &change.change {
        Change::Keep { .. } => ops.is_empty(),
        Change::Create { .. } => ops == [&Op::Create(None)],
        Change::Update { .. } => ops == [&Op::Update],
        Change::Read { .. } => ops == [&Op::Read],
        Change::Forget { .. } => ops == [&Op::Forget],
        Change::Delete { .. } => matches!(ops[..], [Op::Delete | Op::DeleteDeposed(_) | Op::Vanish]),
        Change::Replace { order: ReplaceOrder::DestroyFirst, .. } => {
            matches!(ops[..], [Op::Delete | Op::Vanish, Op::Create(None)])
                && before.comes_before(steps[0].0, steps[1].0)
        }
        Change::Replace { order: ReplaceOrder::CreateFirst, .. } => match &steps[..] {
            [(first, Op::Create(Some(made))), (then, Op::DeleteDeposed(gone))] => {
                made == gone && before.comes_before(*first, *then)
            }
            _ => false,
        },
    };
    if fits {
        Vec::new()
    } else {
        vec![format!("{} has the steps {ops:?} for {:?}", change.address, change.change)]
    }
}

/// No step is about an instance that the plan does not change.
fn check_strays(plan: &Plan) -> Vec<String> {
    let changed: BTreeSet<&Address> = plan.changes.iter().map(|change| &change.address).collect();
    let strays = plan.steps.iter().filter(|step| step.op != Op::Join && !changed.contains(&step.address));
    strays.map(|step| format!("a step is about {}, which is no change", step.address)).collect()
}

fn makes(op: &Op) -> bool {
    matches!(op, Op::Create(_) | Op::Update | Op::Read)
}

/// What is made comes after all that is made of what it needs.
fn check_needs(plan: &Plan, before: &Before) -> Vec<String> {
    let mut by_block: BTreeMap<&ResourceAddress, Vec<StepId>> = BTreeMap::new();
    for (id, step) in plan.steps.iter().enumerate().filter(|(_, step)| makes(&step.op)) {
        by_block.entry(&step.address.resource).or_default().push(id);
    }
    let mut wrong = Vec::new();
    for (id, step) in plan.steps.iter().enumerate().filter(|(_, step)| makes(&step.op)) {
        for need in step.depends_on.iter() {
            for first in by_block.get(need).into_iter().flatten() {
                if !before.comes_before(*first, id) {
                    wrong.push(format!("{} is made before {need}, which it needs", step.address));
                }
            }
        }
    }
    wrong
}

/// What remembers to need something is destroyed before it.
fn check_destroys(plan: &Plan, (state, catalog): (&State, &Catalog), before: &Before) -> Vec<String> {
    let deletes: Vec<(StepId, &Step)> =
        plan.steps.iter().enumerate().filter(|(_, step)| step.op == Op::Delete).collect();
    let replaced: BTreeSet<&Address> =
        plan.steps.iter().filter(|step| matches!(step.op, Op::Create(_))).map(|step| &step.address).collect();
    let mut wrong = Vec::new();
    for (id, step) in &deletes {
        let Some(instance) = state.resources.get(&step.address) else { continue };
        // A snapshot of something does not keep it from going.
        let follows = catalog.at(&step.address.resource).and_then(ResourceType::follows);
        for (other, needed) in &deletes {
            let needs = instance.depends_on.contains(&needed.address.resource);
            let is_snapshot =
                follows.is_some_and(|follows| follows.kinds.contains(&&**needed.address.kind()));
            let both_go = !replaced.contains(&step.address) && !replaced.contains(&needed.address);
            if needs
                && !is_snapshot
                && both_go
                && step.address.resource != needed.address.resource
                && !before.comes_before(*id, *other)
            {
                wrong
                    .push(format!("{} is destroyed before {}, which needs it", needed.address, step.address));
            }
        }
    }
    wrong
}
