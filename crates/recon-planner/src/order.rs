//! Turns changes into steps, and puts them in an order that AWS accepts.
//!
//! Between two blocks, one of which needs the other, steps meet in joins, so that N instances that need N cost 2 N
//! edges.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::change::{Change, ReplaceOrder, ResourceChange};
use recon_core::plan::{Op, Step};
use recon_core::resource_type::Catalog;
use recon_core::state::{DeposedKey, ProviderKey, State};
use recon_core::{Address, Diagnostic, Diagnostics, ResourceAddress};

use crate::graph::{self, Edge};
use crate::needs::{Block, Direct, nearest};

/// What the configuration says about a block.
#[derive(Clone, Debug)]
pub(crate) struct BlockFacts {
    /// The blocks that come before it.
    pub(crate) needs: BTreeSet<Block>,
    /// The same, as states and steps keep it.
    pub(crate) depends_on: Arc<Vec<ResourceAddress>>,
    pub(crate) provider: ProviderKey,
    pub(crate) create_first: bool,
}

/// What the configuration says about all blocks.
pub(crate) type Facts = BTreeMap<Block, BlockFacts>;

/// The steps of a plan. Changes replacements to create-first where something that needs them asks for it.
pub(crate) fn steps(
    changes: &mut [ResourceChange],
    facts: &Facts,
    catalog: &Catalog,
    state: &State,
) -> Result<Vec<Step>, Diagnostics> {
    let needs = Needs::new(changes, facts, state);
    spread_create_first(changes, &needs.now, catalog);
    let mut draft = Draft {
        facts,
        state,
        steps: Vec::new(),
        hard: BTreeSet::new(),
        soft: BTreeSet::new(),
        blocks: BTreeMap::new(),
        contained: BTreeSet::new(),
    };
    let containers = crate::vanish::containers(changes, catalog);
    let made: Vec<Option<usize>> = changes
        .iter()
        .enumerate()
        .map(|(index, change)| draft.add(change, containers.contains_key(&index)))
        .collect();
    let around = containers.iter().flat_map(|(child, all)| all.iter().map(|container| (*child, *container)));
    for (child, container) in around {
        if let (Some(child), Some(container)) = (made[child], made[container]) {
            draft.hard.insert(Edge { first: container, then: child });
        }
        let block = |index: usize| Arc::clone(&changes[index].address.resource);
        draft.contained.insert((block(child), block(container)));
    }
    draft.connect(&needs, catalog);
    draft.finish()
}

/// The nearest blocks with steps that each block with steps needs.
struct Needs {
    /// By the configuration.
    now: Direct,
    /// By what the state remembers of when the objects were made.
    then: Direct,
}

impl Needs {
    fn new(changes: &[ResourceChange], facts: &Facts, state: &State) -> Self {
        let changing = changes.iter().filter(|change| !change.change.is_keep());
        let stepping: BTreeSet<Block> = changing.map(|change| Arc::clone(&change.address.resource)).collect();
        let now = facts.iter().map(|(block, facts)| (Arc::clone(block), facts.needs.clone())).collect();
        let mut then = Direct::new();
        for (address, instance) in &state.resources {
            // Instances of a block share what they need, so one look per block does for most of them.
            let slot = then.entry(Arc::clone(&address.resource)).or_default();
            if slot.len() < instance.depends_on.len() {
                slot.extend(instance.depends_on.iter().cloned().map(Arc::new));
            }
        }
        Self { now: nearest(&now, &stepping), then: nearest(&then, &stepping) }
    }
}

/// What a create-first replacement needs must be there when the new object is made, so it is replaced that way too.
fn spread_create_first(changes: &mut [ResourceChange], needs: &Direct, catalog: &Catalog) {
    let is_first =
        |change: &Change| matches!(change, Change::Replace { order: ReplaceOrder::CreateFirst, .. });
    let mut open: Vec<Block> = changes
        .iter()
        .filter(|change| is_first(&change.change))
        .map(|change| Arc::clone(&change.address.resource))
        .collect();
    let mut first: BTreeSet<Block> = open.iter().cloned().collect();
    while let Some(block) = open.pop() {
        for need in needs.get(&block).into_iter().flatten() {
            if !follows(catalog, &block, need) && first.insert(Arc::clone(need)) {
                open.push(Arc::clone(need));
            }
        }
    }
    for change in changes {
        if let Change::Replace { order, .. } = &mut change.change
            && first.contains(&change.address.resource)
        {
            *order = ReplaceOrder::CreateFirst;
        }
    }
}

/// Whether objects of `block` are snapshots of what `other` holds, as a deployment is of methods: they do not keep it
/// from being destroyed, and are made after.
fn follows(catalog: &Catalog, block: &Block, other: &Block) -> bool {
    let follows = catalog.at(block).and_then(recon_core::resource_type::ResourceType::follows);
    follows.is_some_and(|follows| follows.kinds.contains(&&*other.kind))
}

/// The steps of one block's instances.
#[derive(Default)]
struct BlockSteps {
    /// They make, change or read.
    makes: Vec<usize>,
    /// They destroy what has been replaced already, or what nothing takes the place of.
    removes: Vec<usize>,
    /// They destroy to make room for a new object.
    clears: Vec<usize>,
    /// They go with what contains them.
    vanishes: Vec<usize>,
}

struct Draft<'a> {
    facts: &'a Facts,
    state: &'a State,
    steps: Vec<Step>,
    hard: BTreeSet<Edge>,
    /// Wishes: left out where they would close a circle.
    soft: BTreeSet<Edge>,
    blocks: BTreeMap<Block, BlockSteps>,
    /// Blocks whose instances vanish, each with the block that they vanish with.
    contained: BTreeSet<(Block, Block)>,
}

impl Draft<'_> {
    /// Adds the steps of a change; the answer is the one that destroys or forgets, if there is one.
    fn add(&mut self, change: &ResourceChange, vanishes: bool) -> Option<usize> {
        let address = &change.address;
        match &change.change {
            Change::Keep { .. } => None,
            Change::Create { .. } => Some(self.make(address, Op::Create(None))),
            Change::Update { .. } => Some(self.make(address, Op::Update)),
            Change::Read { .. } => Some(self.make(address, Op::Read)),
            Change::Forget { .. } => Some(self.remove(address, Op::Forget)),
            Change::Delete { .. } if vanishes => {
                let join = self.remove(address, Op::Join);
                Some(self.vanish(address, join))
            }
            Change::Delete { .. } => match &change.deposed {
                Some(key) => Some(self.remove(address, Op::DeleteDeposed(key.clone()))),
                None => Some(self.remove(address, Op::Delete)),
            },
            Change::Replace { order: ReplaceOrder::DestroyFirst, .. } => {
                let clear = self.step(address, if vanishes { Op::Join } else { Op::Delete });
                self.blocks.entry(Arc::clone(&address.resource)).or_default().clears.push(clear);
                let gone = if vanishes { self.vanish(address, clear) } else { clear };
                let make = self.make(address, Op::Create(None));
                self.hard.insert(Edge { first: gone, then: make });
                Some(gone)
            }
            Change::Replace { order: ReplaceOrder::CreateFirst, .. } => {
                // The serial names this apply, and an apply replaces an instance at most once.
                let key = DeposedKey(format!("{:08x}", self.state.serial + 1).into());
                let make = self.make(address, Op::Create(Some(key.clone())));
                let remove = self.remove(address, Op::DeleteDeposed(key));
                self.hard.insert(Edge { first: make, then: remove });
                Some(remove)
            }
        }
    }

    /// The step that forgets what went with its container, some time after `join`.
    fn vanish(&mut self, address: &Address, join: usize) -> usize {
        let vanish = self.step(address, Op::Vanish);
        self.blocks.entry(Arc::clone(&address.resource)).or_default().vanishes.push(vanish);
        self.hard.insert(Edge { first: join, then: vanish });
        vanish
    }

    fn make(&mut self, address: &Address, op: Op) -> usize {
        let step = self.step(address, op);
        self.blocks.entry(Arc::clone(&address.resource)).or_default().makes.push(step);
        step
    }

    fn remove(&mut self, address: &Address, op: Op) -> usize {
        let step = self.step(address, op);
        self.blocks.entry(Arc::clone(&address.resource)).or_default().removes.push(step);
        step
    }

    fn step(&mut self, address: &Address, op: Op) -> usize {
        let remembered = self.state.resources.get(address);
        let facts = self.facts.get(&address.resource);
        let makes = matches!(op, Op::Create(_) | Op::Update | Op::Read);
        let depends_on = match (facts, remembered) {
            (Some(facts), _) if makes => Arc::clone(&facts.depends_on),
            (_, Some(remembered)) => Arc::clone(&remembered.depends_on),
            _ => Arc::default(),
        };
        let fallback = || ProviderKey { name: "terraform".into(), alias: None };
        let provider = match (facts, remembered) {
            (Some(facts), _) if makes => facts.provider.clone(),
            (_, Some(remembered)) => remembered.provider.clone(),
            (Some(facts), None) => facts.provider.clone(),
            (None, None) => fallback(),
        };
        let create_before_destroy = facts.is_some_and(|facts| facts.create_first);
        let after = Vec::new();
        self.steps.push(Step {
            address: address.clone(),
            op,
            provider,
            after,
            depends_on,
            create_before_destroy,
        });
        self.steps.len() - 1
    }

    fn connect(&mut self, needs: &Needs, catalog: &Catalog) {
        let blocks: Vec<Block> = self.blocks.keys().cloned().collect();
        for block in &blocks {
            for need in needs.now.get(block).into_iter().flatten() {
                self.meet(need, block, (Sort::Makes, Sort::Makes), Strength::Hard);
                self.connect_unmakes(block, need, catalog, Strength::Soft);
            }
            for need in needs.then.get(block).into_iter().flatten() {
                self.connect_unmakes(block, need, catalog, Strength::Hard);
            }
        }
    }

    /// What needs something is destroyed before it, or is made to need something else before it is destroyed.
    fn connect_unmakes(&mut self, block: &Block, need: &Block, catalog: &Catalog, strength: Strength) {
        if block == need {
            return;
        }
        if follows(catalog, block, need) {
            self.meet(need, block, (Sort::Removes, Sort::Makes), Strength::Soft);
            self.meet(need, block, (Sort::Clears, Sort::Makes), Strength::Soft);
            return;
        }
        self.meet(block, need, (Sort::Removes, Sort::Removes), strength);
        self.meet(block, need, (Sort::Clears, Sort::Removes), strength);
        self.meet(block, need, (Sort::Clears, Sort::Clears), strength);
        self.meet(block, need, (Sort::Makes, Sort::Removes), Strength::Soft);
        self.meet(block, need, (Sort::Removes, Sort::Clears), Strength::Soft);
        // What vanishes is there until its container is gone. What holds it or vanishes too cannot wait for that.
        let is_around = self.contained.contains(&(Arc::clone(block), Arc::clone(need)));
        if !is_around && self.sorted(need, Sort::Vanishes).is_empty() {
            self.meet(block, need, (Sort::Vanishes, Sort::Removes), Strength::Soft);
        }
    }

    /// All steps of one sort of one block come before all of another sort of another block.
    fn meet(&mut self, first: &Block, then: &Block, sorts: (Sort, Sort), strength: Strength) {
        let (firsts, thens) = (self.sorted(first, sorts.0), self.sorted(then, sorts.1));
        if firsts.is_empty() || thens.is_empty() {
            return;
        }
        let mut edges = Vec::new();
        if firsts.len() == 1 || thens.len() == 1 {
            edges.extend(
                firsts.iter().flat_map(|first| thens.iter().map(|then| Edge { first: *first, then: *then })),
            );
        } else {
            let join = self.step(&first.instance(None), Op::Join);
            edges.extend(firsts.iter().map(|first| Edge { first: *first, then: join }));
            edges.extend(thens.iter().map(|then| Edge { first: join, then: *then }));
        }
        match strength {
            Strength::Hard => self.hard.extend(edges),
            Strength::Soft => self.soft.extend(edges),
        }
    }

    fn sorted(&self, block: &Block, sort: Sort) -> Vec<usize> {
        let Some(steps) = self.blocks.get(block) else { return Vec::new() };
        match sort {
            Sort::Makes => steps.makes.clone(),
            Sort::Removes => steps.removes.clone(),
            Sort::Clears => steps.clears.clone(),
            Sort::Vanishes => steps.vanishes.clone(),
        }
    }

    fn finish(self) -> Result<Vec<Step>, Diagnostics> {
        let mut edges: Vec<Edge> = self.hard.union(&self.soft).copied().collect();
        let order = match graph::sort(self.steps.len(), &edges) {
            Ok(order) => order,
            Err(cycles) => {
                let circling: BTreeSet<usize> = cycles.into_iter().flatten().collect();
                let circles = |edge: &Edge| circling.contains(&edge.first) && circling.contains(&edge.then);
                edges.retain(|edge| self.hard.contains(edge) || !circles(edge));
                graph::sort(self.steps.len(), &edges).map_err(|cycles| self.describe(&cycles))?
            }
        };
        Ok(arrange(self.steps, &order, &edges))
    }

    fn describe(&self, cycles: &[Vec<usize>]) -> Diagnostics {
        let detail = |cycle: &Vec<usize>| {
            let names: Vec<String> = cycle.iter().map(|step| self.steps[*step].address.to_string()).collect();
            format!(
                "No order of these changes respects all dependencies: {}. Apply part of them first with -target.",
                names.join(", ")
            )
        };
        cycles.iter().map(|cycle| Diagnostic::error("Cycle", detail(cycle))).collect()
    }
}

/// The sorts of [`BlockSteps`].
#[derive(Clone, Copy)]
enum Sort {
    Makes,
    Removes,
    Clears,
    Vanishes,
}

#[derive(Clone, Copy)]
enum Strength {
    Hard,
    Soft,
}

/// The steps in order, with positions as ids.
fn arrange(steps: Vec<Step>, order: &[usize], edges: &[Edge]) -> Vec<Step> {
    let mut position = vec![0; steps.len()];
    for (index, step) in order.iter().enumerate() {
        position[*step] = index;
    }
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for edge in edges {
        after[position[edge.then]].push(position[edge.first]);
    }
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let ordered = order.iter().zip(after).filter_map(|(step, mut after)| {
        after.sort_unstable();
        steps[*step].take().map(|step| Step { after, ..step })
    });
    ordered.collect()
}
