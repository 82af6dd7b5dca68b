//! Steps that share a call are begun as one: it waits for all that any of them waits for.

use std::collections::BTreeMap;

use recon_core::plan::{Plan, StepId};
use recon_core::resource_type::Catalog;
use recon_core::together::together;

/// The steps that are begun together, by the one that stands for all of them.
pub(crate) struct Groups(BTreeMap<StepId, Vec<StepId>>);

impl Groups {
    /// The groups of a plan, and the steps that each step waits for: in a group, all others wait for the first.
    pub(crate) fn of(plan: &Plan, catalog: &Catalog) -> (Self, Vec<Vec<StepId>>) {
        let mut after: Vec<Vec<StepId>> = plan.steps.iter().map(|step| step.after.clone()).collect();
        let mut groups = BTreeMap::new();
        for group in together(plan, catalog) {
            let Some((first, others)) = group.steps.split_first() else { continue };
            after[*first] = group.after.into_iter().collect();
            for other in others {
                after[*other] = vec![*first];
            }
            groups.insert(*first, group.steps);
        }
        (Self(groups), after)
    }

    /// All steps that a step stands for.
    pub(crate) fn take(&mut self, id: StepId) -> Vec<StepId> {
        self.0.remove(&id).unwrap_or_else(|| vec![id])
    }

    /// Keeps these steps together; the first stands for them.
    pub(crate) fn put(&mut self, steps: Vec<StepId>) {
        if let [first, _, ..] = steps[..] {
            self.0.insert(first, steps);
        }
    }
}
