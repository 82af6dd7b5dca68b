//! Which instances `-target` and `-exclude` leave in a plan.

use std::collections::BTreeSet;

use recon_core::address::Target;
use recon_core::plan::PlanKind;
use recon_core::{Address, ResourceAddress};

use crate::input::Options;
use crate::nodes::{Nodes, What};

/// Which instances are planned; the others stay as they are.
pub(crate) struct Selection {
    targets: Vec<Target>,
    excludes: Vec<Target>,
    /// Nodes of blocks that a target brings along.
    needed: BTreeSet<usize>,
    /// Nodes of blocks that an excluded one keeps out.
    barred: BTreeSet<usize>,
}

impl Selection {
    pub(crate) fn new(nodes: &Nodes, options: &Options) -> Self {
        let named = |targets: &[Target]| -> BTreeSet<usize> {
            let all = nodes.all.iter().enumerate();
            all.filter(|(_, node)| targets.iter().any(|target| names(nodes, target, node)))
                .map(|(id, _)| id)
                .collect()
        };
        let (targets, excludes) = (named(&options.targets), named(&options.excludes));
        // What is destroyed takes with it what needs it; what is made takes with it what it needs.
        let (needed, barred) = match options.kind {
            PlanKind::Destroy => (needing(nodes, &targets), needed_by(nodes, excludes)),
            PlanKind::Normal | PlanKind::RefreshOnly => {
                (needed_by(nodes, targets), needing(nodes, &excludes))
            }
        };
        Self { targets: options.targets.clone(), excludes: options.excludes.clone(), needed, barred }
    }

    /// Whether an instance of the block of a node (nothing: of no block any more) is planned.
    pub(crate) fn includes(&self, node: Option<usize>, address: &Address) -> bool {
        let excluded = self.excludes.iter().any(|target| target.covers(address))
            || node.is_some_and(|node| self.barred.contains(&node));
        let targeted = self.targets.is_empty()
            || self.targets.iter().any(|target| target.covers(address))
            || node.is_some_and(|node| self.needed.contains(&node));
        targeted && !excluded
    }
}

impl Selection {
    /// Whether no instance of a block is planned, whichever there are.
    pub(crate) fn passes_over(&self, node: usize, block: &ResourceAddress) -> bool {
        let concerns = |target: &Target| match target {
            Target::Module(module) => module.covers(&block.module),
            Target::Resource(address) => *address.resource == *block,
        };
        let targeted =
            self.targets.is_empty() || self.needed.contains(&node) || self.targets.iter().any(concerns);
        !targeted || self.barred.contains(&node)
    }
}

/// The nodes that these need, directly or not.
fn needed_by(nodes: &Nodes, of: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open: Vec<usize> = of.into_iter().collect();
    while let Some(node) = open.pop() {
        open.extend(nodes.needs[node].iter().filter(|need| found.insert(**need)));
    }
    found
}

/// The nodes that need one of these, directly or not.
fn needing(nodes: &Nodes, these: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for node in &nodes.order {
        if nodes.needs[*node].iter().any(|need| these.contains(need) || found.contains(need)) {
            found.insert(*node);
        }
    }
    found
}

/// Whether a target names instances of a node's block; module instance keys are judged per instance.
fn names(nodes: &Nodes, target: &Target, node: &crate::nodes::Node) -> bool {
    let What::Resource(mode, kind, name) = &node.what else { return false };
    let path = &nodes.modules[node.module].path;
    match target {
        Target::Module(module) => {
            let steps = module.steps();
            steps.len() <= path.len() && steps.iter().zip(path).all(|(step, name)| step.name == *name)
        }
        Target::Resource(address) => {
            let resource = &address.resource;
            let steps = resource.module.steps();
            steps.len() == path.len()
                && steps.iter().zip(path).all(|(step, name)| step.name == *name)
                && (resource.mode, &resource.kind, &resource.name) == (*mode, kind, name)
        }
    }
}
