//! Which instances `-target` and `-exclude` leave in a plan.

use std::collections::BTreeSet;

use recon_core::Address;
use recon_core::address::Target;

use crate::nodes::{Nodes, What};

/// Which instances are planned; the others stay as they are.
pub(crate) struct Selection {
    targets: Vec<Target>,
    excludes: Vec<Target>,
    /// Nodes of blocks that a target needs.
    needed: BTreeSet<usize>,
    /// Nodes of blocks that need an excluded one.
    barred: BTreeSet<usize>,
}

impl Selection {
    pub(crate) fn new(nodes: &Nodes, targets: &[Target], excludes: &[Target]) -> Self {
        let named = |targets: &[Target]| -> BTreeSet<usize> {
            let all = nodes.all.iter().enumerate();
            all.filter(|(_, node)| targets.iter().any(|target| names(nodes, target, node)))
                .map(|(id, _)| id)
                .collect()
        };
        let mut needed = BTreeSet::new();
        let mut open: Vec<usize> = named(targets).into_iter().collect();
        while let Some(node) = open.pop() {
            for need in &nodes.needs[node] {
                if needed.insert(*need) {
                    open.push(*need);
                }
            }
        }
        let mut barred = BTreeSet::new();
        let excluded = named(excludes);
        for node in &nodes.order {
            let needs = &nodes.needs[*node];
            if needs.iter().any(|need| excluded.contains(need) || barred.contains(need)) {
                barred.insert(*node);
            }
        }
        Self { targets: targets.to_vec(), excludes: excludes.to_vec(), needed, barred }
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
