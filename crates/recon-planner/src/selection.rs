//! Which instances `-target` and `-exclude` leave in a plan.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::address::{Key, Target};
use recon_core::plan::PlanKind;
use recon_core::{Address, ModulePath, ResourceAddress};

use crate::input::Options;
use crate::nodes::{Node, Nodes, What};

/// Which instances are planned; the others stay as they are.
pub(crate) struct Selection {
    targets: Vec<Target>,
    excludes: Vec<Target>,
    /// What a target brings along.
    needed: Reach,
    /// What an excluded block keeps out.
    barred: Reach,
}

impl Selection {
    pub(crate) fn new(nodes: &Nodes, options: &Options) -> Self {
        let needs = |named: &[Target]| Reach::of(nodes, named, &nodes.needs);
        let needing = |named: &[Target]| Reach::of(nodes, named, &reversed(&nodes.needs));
        let (targets, excludes) = (&options.targets, &options.excludes);
        // What is destroyed takes with it what needs it; what is made takes with it what it needs.
        let (needed, barred) = match options.kind {
            PlanKind::Destroy => (needing(targets), needs(excludes)),
            PlanKind::Normal | PlanKind::RefreshOnly => (needs(targets), needing(excludes)),
        };
        Self { targets: targets.clone(), excludes: excludes.clone(), needed, barred }
    }

    /// Whether an instance of the block of a node (nothing: of no block any more) is planned.
    pub(crate) fn includes(&self, node: Option<usize>, address: &Address) -> bool {
        let within = |reach: &Reach| node.is_some_and(|node| reach.includes(node, address.module()));
        let covers = |targets: &[Target]| targets.iter().any(|target| target.covers(address));
        let targeted = self.targets.is_empty() || covers(&self.targets) || within(&self.needed);
        targeted && !covers(&self.excludes) && !within(&self.barred)
    }

    /// Whether no instance of a block is planned, whichever there are.
    pub(crate) fn passes_over(&self, node: usize, block: &ResourceAddress) -> bool {
        let targeted = self.targets.is_empty()
            || self.needed.includes(node, &block.module)
            || self.targets.iter().any(|target| target.concerns(block));
        !targeted || self.barred.includes(node, &block.module)
    }
}

/// The keys of module instances, from the root; a step without one, and any further step, stands for all instances.
type Keys = Vec<Option<Key>>;

/// Nodes that others lead to, each with the module instances in which they do.
#[derive(Default)]
struct Reach(BTreeMap<usize, BTreeSet<Keys>>);

impl Reach {
    /// All that the blocks of targets lead to, directly or not.
    fn of(nodes: &Nodes, targets: &[Target], next: &[BTreeSet<usize>]) -> Self {
        let mut reach = Self::default();
        let mut open: Vec<(usize, Keys)> = Vec::new();
        for target in targets {
            let keys: Keys = target.module().steps().iter().map(|step| step.key.clone()).collect();
            let named = nodes.all.iter().enumerate().filter(|(_, node)| names(nodes, target, node));
            open.extend(named.map(|(node, _)| (node, keys.clone())));
        }
        while let Some((from, keys)) = open.pop() {
            for to in &next[from] {
                // Blocks of one module instance see each other; from outside, all instances are seen alike.
                let shared = keys[..common(nodes, from, *to).min(keys.len())].to_vec();
                if reach.0.entry(*to).or_default().insert(shared.clone()) {
                    open.push((*to, shared));
                }
            }
        }
        reach
    }

    fn includes(&self, node: usize, module: &ModulePath) -> bool {
        let fits = |keys: &Keys| {
            let mut pairs = keys.iter().zip(module.steps());
            pairs.all(|(key, step)| key.is_none() || *key == step.key)
        };
        self.0.get(&node).is_some_and(|all| all.iter().any(fits))
    }
}

/// How many module calls two nodes are in together.
fn common(nodes: &Nodes, one: usize, other: usize) -> usize {
    let path = |node: usize| &nodes.modules[nodes.all[node].module].path;
    path(one).iter().zip(path(other)).take_while(|(one, other)| one == other).count()
}

fn reversed(needs: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let mut needing = vec![BTreeSet::new(); needs.len()];
    for (node, needs) in needs.iter().enumerate() {
        for need in needs {
            needing[*need].insert(node);
        }
    }
    needing
}

/// Whether a target names instances of a node's block; module instance keys are judged per instance.
pub(crate) fn names(nodes: &Nodes, target: &Target, node: &Node) -> bool {
    let What::Resource(mode, kind, name) = &node.what else { return false };
    let path = &nodes.modules[node.module].path;
    let steps = target.module().steps();
    let is_within =
        steps.len() <= path.len() && steps.iter().zip(path).all(|(step, name)| step.name == *name);
    match target {
        Target::Module(_) => is_within,
        Target::Resource(address) => {
            let resource = &address.resource;
            is_within
                && steps.len() == path.len()
                && (resource.mode, &resource.kind, &resource.name) == (*mode, kind, name)
        }
    }
}
