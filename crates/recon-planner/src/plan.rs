//! Plans: walks the configuration in dependency order, decides over every instance, puts the steps in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::change::{DeleteReason, ResourceChange};
use recon_core::plan::{Base, OutputChange, Plan, PlanKind};
use recon_core::{Address, Diagnostic, Diagnostics, Known, ResourceAddress, Value, address::ModulePath};
use recon_parser::config::CHECK_SEVERITY;
use recon_parser::scope::Clock;

use crate::condition;
use crate::input::{Aim, Ask, Input, Outcome};
use crate::moves::{self, Moved};
use crate::neighbours::Changes;
use crate::nodes::{self, Nodes, What};
use crate::order::{self, BlockFacts};
use crate::origins::Origins;
use crate::repetition::Open;
use crate::selection::Selection;
use crate::world::{Named, Surroundings, World};
use crate::{refresh, resource};

/// Makes a plan, or says which reads it needs first, or what is wrong.
pub fn plan(input: &Input<'_>) -> Result<Outcome, Diagnostics> {
    let moved = moves::apply(input.observed, input.module);
    let (nodes, mut wrong) = nodes::build(input.module, input.catalog);
    wrong.extend(moved.wrong.iter().cloned());
    let walk = Walk::new(input, &nodes, &moved, wrong).run();
    if !walk.asks.is_empty() && !walk.diagnostics.has_errors() {
        return Ok(Outcome::Asks(walk.asks.into_iter().collect()));
    }
    walk.finish()
}

/// Everything that is wrong with a configuration as far as can be told without reading anything.
pub fn validate(input: &Input<'_>) -> Diagnostics {
    let moved = moves::apply(input.observed, input.module);
    let (nodes, mut wrong) = nodes::build(input.module, input.catalog);
    wrong.extend(moved.wrong.iter().cloned());
    let mut walk = Walk::new(input, &nodes, &moved, wrong);
    walk.open_repetition = Open::Tolerated;
    let mut walk = walk.run();
    walk.outputs();
    walk.collect();
    let mut found = walk.diagnostics;
    found.extend(crate::providers::mistakes(input));
    found
}

/// What import blocks take over that no block declares yet: the address and the id.
pub fn unwritten_imports(input: &Input<'_>) -> Vec<(Address, String)> {
    let moved = moves::apply(input.observed, input.module);
    let (nodes, wrong) = nodes::build(input.module, input.catalog);
    crate::imports::unwritten(&Walk::new(input, &nodes, &moved, wrong).run())
}

const FAILED_CHECK: &str = "Check block assertion failed";

/// A walk over all nodes.
pub(crate) struct Walk<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) nodes: &'a Nodes,
    /// The observed state, after moves.
    pub(crate) state: &'a recon_core::state::State,
    pub(crate) world: World<'a>,
    pub(crate) selection: Selection,
    pub(crate) changes: Changes,
    pub(crate) origins: Origins,
    pub(crate) facts: BTreeMap<Arc<ResourceAddress>, BlockFacts>,
    pub(crate) moved_from: BTreeMap<Address, Address>,
    pub(crate) asks: BTreeSet<Ask>,
    pub(crate) diagnostics: Diagnostics,
    /// The observed instances, by block.
    pub(crate) by_block: BTreeMap<Arc<ResourceAddress>, Vec<Address>>,
    /// What `import` blocks take over.
    pub(crate) imports: BTreeMap<Address, crate::imports::Wanted>,
    pub(crate) open_repetition: Open,
}

impl<'a> Walk<'a> {
    fn new(input: &'a Input<'a>, nodes: &'a Nodes, moved: &'a Moved<'a>, wrong: Diagnostics) -> Self {
        let state = &moved.state;
        let clock = Clock { planned_at_ms: input.planned_at_ms, applying: None };
        let around = Surroundings { files: input.files, clock, workspace: input.workspace };
        let mut by_block: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for address in state.resources.keys() {
            by_block.entry(Arc::clone(&address.resource)).or_default().push(address.clone());
        }
        let world = World::new(around, nodes, input.variables);
        for block in by_block.keys() {
            world.adopt(block);
        }
        Self {
            input,
            nodes,
            state,
            world,
            selection: Selection::new(nodes, input.options),
            changes: Changes::default(),
            origins: Origins::default(),
            facts: BTreeMap::new(),
            moved_from: moved.from.clone(),
            asks: BTreeSet::new(),
            diagnostics: wrong,
            by_block,
            imports: BTreeMap::new(),
            open_repetition: Open::Refused,
        }
    }

    fn run(mut self) -> Self {
        self.orphans();
        for node in &self.nodes.order {
            self.visit(*node);
        }
        let targeting = crate::targeting::check(&self);
        self.diagnostics.extend(targeting);
        if self.asks.is_empty() {
            let undeclared = crate::imports::undeclared(&self);
            self.diagnostics.extend(undeclared);
            let owned = crate::imports::owned(&self);
            self.diagnostics.extend(owned);
            self.review();
        }
        self
    }

    fn collect(&mut self) {
        let found = std::mem::take(&mut *self.world.diagnostics.borrow_mut());
        self.diagnostics.extend(found);
    }

    /// Whether the configuration's resources are evaluated and compared, or taken as they are in the state.
    pub(crate) fn compares(&self) -> bool {
        self.input.options.kind == PlanKind::Normal
    }

    fn visit(&mut self, node: usize) {
        let module = self.nodes.all[node].module;
        match self.nodes.all[node].what.clone() {
            What::Opened => self.open(module),
            What::Variable(name) => self.evaluate(module, &Named::Variable(name)),
            What::Local(name) => self.evaluate(module, &Named::Local(name)),
            What::Output(name) => self.evaluate(module, &Named::Output(name)),
            What::Resource(mode, kind, name) => {
                let config = self.nodes.modules[module].module.resources.get(&(mode, kind, name)).cloned();
                for instance in self.world.instances_of(module) {
                    if let Some(config) = &config {
                        resource::plan_block(self, node, &instance, config);
                    }
                }
            }
            What::Closed => self.check(module),
        }
        self.collect();
    }

    fn evaluate(&mut self, module: usize, named: &Named) {
        // A destroy needs no values but those that provider blocks ask for.
        if self.input.options.kind == PlanKind::Destroy {
            return;
        }
        for instance in self.world.instances_of(module) {
            // A broken value was reported where it was made.
            drop(self.world.named(&instance, named.clone()));
        }
    }

    fn open(&mut self, module: usize) {
        if module == 0 {
            self.find_imports();
        }
        let Some((caller, name)) = self.nodes.modules[module].call.clone() else { return };
        let caller_config = Arc::clone(&self.nodes.modules[caller].module);
        let Some(call) = caller_config.calls.get(&name) else { return };
        for instance in self.world.instances_of(caller) {
            let keys =
                crate::repetition::keys(&call.repetition, &self.world.place(&instance), self.open_repetition);
            let keys = self.diagnostics.take(keys).unwrap_or(crate::world::Keys::Broken);
            self.world.open(&instance, &name, module, keys);
        }
    }

    fn find_imports(&mut self) {
        if self.compares() {
            let found = crate::imports::find(&self.world, self.input);
            self.imports = self.diagnostics.take(found).unwrap_or_default();
        }
    }

    fn check(&mut self, module: usize) {
        if !self.compares() {
            return;
        }
        let config = Arc::clone(&self.nodes.modules[module].module);
        for instance in self.world.instances_of(module) {
            for check in config.checks.values() {
                let place = self.world.place(&instance);
                let judged = check.asserts.iter().map(|assert| match self.open_repetition {
                    Open::Tolerated => condition::understand(assert, &place),
                    Open::Refused => condition::judge(assert, FAILED_CHECK.into(), &place),
                });
                let failed: Vec<Diagnostics> = judged.filter_map(Result::err).collect();
                let warnings = failed.into_iter().flatten();
                self.diagnostics
                    .extend(warnings.map(|found| Diagnostic { severity: CHECK_SEVERITY, ..found }));
            }
        }
    }

    /// Objects of blocks that the configuration does not have any more, and everything when all is destroyed.
    fn orphans(&mut self) {
        let destroy = self.input.options.kind == PlanKind::Destroy;
        let blocks: Vec<_> =
            self.by_block.iter().map(|(block, list)| (Arc::clone(block), list.clone())).collect();
        for (block, addresses) in blocks {
            let node = resource::node_of(self.nodes, &block);
            if destroy || (node.is_none() && self.input.options.kind == PlanKind::Normal) {
                let reason = if destroy { DeleteReason::Destroy } else { DeleteReason::NoBlock };
                for address in addresses {
                    resource::plan_absent(self, node, &address, reason);
                }
            } else if node.is_none() {
                for address in addresses {
                    resource::keep(self, &address);
                }
            }
        }
    }

    fn review(&mut self) {
        if self.input.options.kind == PlanKind::RefreshOnly {
            return;
        }
        let mut found = Diagnostics::new();
        for ResourceChange { address, change, deposed, .. } in &self.changes.list {
            let Some(kind) = self.input.catalog.at(&address.resource).filter(|_| deposed.is_none()) else {
                continue;
            };
            for diagnostic in kind.review(address, change, &self.changes) {
                let diagnostic = diagnostic.about(address);
                found.push(match resource::span_of(self.nodes, &address.resource) {
                    Some(span) => diagnostic.or_at(span),
                    None => diagnostic,
                });
            }
        }
        self.diagnostics.extend(found);
    }

    fn finish(mut self) -> Result<Outcome, Diagnostics> {
        let outputs = self.outputs();
        self.collect();
        if self.asks.is_empty() && self.input.options.aim == Aim::Apply {
            let missing = crate::sources::missing(&self);
            self.diagnostics.extend(missing);
        }
        if self.diagnostics.has_errors() {
            return Err(self.diagnostics);
        }
        let mut changes = self.changes;
        let steps = order::steps(&mut changes.list, &self.facts, self.input.catalog, self.state)?;
        changes.list.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
        let refreshed = refresh::refreshed(self.state, &changes.list, &self.facts, self.input.catalog);
        let plan = Plan {
            base: base(self.input),
            kind: self.input.options.kind,
            changes: changes.list,
            drift: crate::drifted::drifted(self.input),
            outputs,
            steps,
            refreshed,
        };
        Ok(Outcome::Planned(Box::new(plan), self.diagnostics))
    }

    fn outputs(&mut self) -> BTreeMap<recon_core::value::Name, OutputChange> {
        let before = &self.input.remembered.outputs;
        let mut outputs: BTreeMap<_, _> = before
            .iter()
            .map(|(name, value)| (name.clone(), OutputChange { before: Some(value.clone()), after: None }))
            .collect();
        if self.input.options.kind == PlanKind::Destroy {
            return outputs;
        }
        for (name, output) in &self.input.module.outputs {
            let value = self.world.named(&ModulePath::root(), Named::Output(name.clone()));
            let change = outputs.entry(name.clone()).or_insert(OutputChange { before: None, after: None });
            if output.ephemeral {
                continue;
            }
            // An output that is null is stored as none.
            change.after = value.ok().filter(|value| !value.is_null());
        }
        outputs.retain(|_, change| change.before.is_some() || change.after.is_some());
        outputs
    }
}

fn base(input: &Input<'_>) -> Base {
    let known = |value: &Value| Known::new(value.clone());
    Base {
        lineage: input.remembered.lineage.clone(),
        serial: input.remembered.serial,
        config_digest: input.config_digest.to_owned(),
        variables: input
            .variables
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), known(value)?)))
            .collect(),
    }
}
