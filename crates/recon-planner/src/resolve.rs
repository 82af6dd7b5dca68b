//! Final values while a plan is applied: the plan's unknowns, filled in as results arrive.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::address::{Key, ModulePath};
use recon_core::change::Change;
use recon_core::plan::Plan;
use recon_core::resource_type::Catalog;
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Known, Path, Value};
use recon_parser::body;
use recon_parser::config::{Module, Resource};
use recon_parser::files::Files;
use recon_parser::scope::Clock;

use crate::decide::settle_wanted;
use crate::nodes::{self, Nodes, What};
use crate::repetition::{self, Open};
use crate::resource::node_of;
use crate::scope::Place;
use crate::world::{Keys, Named, Repeated, Surroundings, World};

/// What an apply evaluates in.
#[derive(Clone, Copy)]
pub struct Applying<'a> {
    /// The root module that the plan was made from.
    pub module: &'a Arc<Module>,
    /// All types.
    pub catalog: &'a Catalog,
    /// The values of the root module's variables.
    pub variables: &'a BTreeMap<Name, Value>,
    /// The files that functions may read.
    pub files: &'a dyn Files,
    /// When planning began, and the time and randomness of the apply.
    pub clock: Clock,
    /// The workspace.
    pub workspace: &'a str,
}

/// The nodes of a configuration, to evaluate in.
pub struct Ground(Nodes);

impl Ground {
    /// The nodes of the configuration that a plan was made from.
    pub fn new(applying: &Applying<'_>) -> Result<Self, Diagnostics> {
        let (nodes, wrong) = nodes::build(applying.module, applying.catalog);
        wrong.into_result(Self(nodes))
    }
}

/// Values as an apply knows them so far.
pub struct Resolver<'a> {
    applying: Applying<'a>,
    world: World<'a>,
}

impl<'a> Resolver<'a> {
    /// Starts from what the plan knows.
    pub fn new(applying: Applying<'a>, ground: &'a Ground, plan: &Plan) -> Self {
        let around =
            Surroundings { files: applying.files, clock: applying.clock, workspace: applying.workspace };
        let world = World::new(around, &ground.0, applying.variables);
        let mut resolver = Self { applying, world };
        let mut values: BTreeMap<_, Vec<(Option<Key>, Value)>> = BTreeMap::new();
        for change in plan.changes.iter().filter(|change| change.deposed.is_none()) {
            if let Some(after) = change.change.after() {
                let slot = values.entry(Arc::clone(&change.address.resource)).or_default();
                slot.push((change.address.key.clone(), after.clone()));
            }
        }
        for node in &ground.0.order {
            resolver.open(&ground.0, *node, &mut values);
        }
        // What failed to evaluate here is evaluated again, and reported, when a step needs it.
        drop(std::mem::take(&mut *resolver.world.diagnostics.borrow_mut()));
        resolver
    }

    fn open(
        &mut self,
        nodes: &Nodes,
        node: usize,
        values: &mut BTreeMap<Arc<recon_core::ResourceAddress>, Vec<(Option<Key>, Value)>>,
    ) {
        let module = nodes.all[node].module;
        match &nodes.all[node].what {
            What::Opened => {
                let Some((caller, name)) = nodes.modules[module].call.clone() else { return };
                let config = Arc::clone(&nodes.modules[caller].module);
                let Some(call) = config.calls.get(&name) else { return };
                for instance in self.world.instances_of(caller) {
                    let keys =
                        repetition::keys(&call.repetition, &self.world.place(&instance), Open::Refused);
                    self.world.open(&instance, &name, module, keys.unwrap_or(Keys::Broken));
                }
            }
            What::Resource(mode, kind, name) => {
                let config = Arc::clone(&nodes.modules[module].module);
                let Some(config) = config.resources.get(&(*mode, kind.clone(), name.clone())) else { return };
                for instance in self.world.instances_of(module) {
                    let block = self.world.address(&instance, *mode, kind, name);
                    let keys =
                        repetition::keys(&config.repetition, &self.world.place(&instance), Open::Refused);
                    self.world.declare(&block, keys.unwrap_or(Keys::Broken));
                    for (key, value) in values.remove(&block).unwrap_or_default() {
                        self.world.set(&block.instance(key), value);
                    }
                }
            }
            What::Variable(_) | What::Local(_) | What::Output(_) | What::Closed => {}
        }
    }

    /// The final value of an instance that is about to be made, changed or read.
    pub fn wanted(&self, address: &Address, change: &Change) -> Result<Known, Diagnostics> {
        let Some(planned) = change.after() else { return Err(internal(address)) };
        if let Some(known) = Known::new(planned.clone()) {
            return Ok(known);
        }
        let Some(kind) = self.applying.catalog.at(&address.resource) else { return Err(internal(address)) };
        let Some(config) = self.config(address) else { return Err(internal(address)) };
        let place = self.place(address, config);
        let conditions = &config.lifecycle.preconditions;
        if self.world.judge(conditions, "Resource precondition failed", &place).is_err() {
            return Err(self.taken());
        }
        let value = body::decode_body(&config.body, &kind.schema().block, &place)?;
        let mut found = self.taken();
        if !value.is_wholly_known() {
            let detail = format!(
                "{address} refers to something that is still unknown, because a step before it failed."
            );
            found.push(Diagnostic::error("Argument is not known", detail).at(config.span).about(address));
        }
        found.extend(kind.check(&value).into_iter().map(|(path, diagnostic)| {
            diagnostic.or_at(body::argument_span(&config.body, &path).unwrap_or(config.span)).about(address)
        }));
        let prior = match change {
            Change::Update { before, .. } => Some(before),
            _ => None,
        };
        found.into_result(settle_wanted(kind, prior, planned, &value))
    }

    /// Takes in the result of a step, and judges the instance's postconditions.
    pub fn learn(&mut self, address: &Address, value: &Known) -> Diagnostics {
        self.world.set(address, value.clone().into_value());
        let Some(config) = self.config(address).filter(|config| !config.lifecycle.postconditions.is_empty())
        else {
            return Diagnostics::new();
        };
        let this: &Value = value;
        let mut place = self.place(address, config);
        place.this = Some(this);
        let conditions = &config.lifecycle.postconditions;
        match self.world.judge(conditions, "Resource postcondition failed", &place) {
            Ok(()) => Diagnostics::new(),
            Err(_) => self.taken(),
        }
    }

    /// The outputs of the root module that are known now.
    pub fn outputs(&self) -> (BTreeMap<Name, Known>, Diagnostics) {
        let outputs = self.applying.module.outputs.iter().filter(|(_, output)| !output.ephemeral);
        let known = outputs.filter_map(|(name, _)| {
            let value = self.world.named(&ModulePath::root(), Named::Output(name.clone())).ok()?;
            Some((name.clone(), Known::new(value).filter(|value| !value.is_null())?))
        });
        (known.collect(), self.taken())
    }

    /// The value of an expression in the root module.
    pub fn evaluate(&self, expression: &recon_parser::expression::Expression) -> Result<Value, Diagnostics> {
        let value = recon_parser::evaluate::evaluate(expression, &self.world.place(&ModulePath::root()));
        let mut found = self.taken();
        match found.take(value) {
            Some(value) if !found.has_errors() => Ok(value),
            _ => Err(found),
        }
    }

    /// Where the block of an instance stands, or one of its arguments.
    pub fn span(&self, address: &Address, path: &Path) -> Option<recon_core::Span> {
        let config = self.config(address)?;
        Some(body::argument_span(&config.body, path).unwrap_or(config.span))
    }

    fn place<'w>(&'w self, address: &'w Address, config: &Resource) -> Place<'w, 'a> {
        let key = address.key.as_ref();
        let planned = self.world.keys(&address.resource).and_then(|keys| keys.each_value(key));
        let each = planned.map(|planned| {
            let repeated = || Repeated::Block(Arc::clone(&address.resource));
            self.world.each_now(planned, key, repeated, &config.repetition)
        });
        Place { world: &self.world, module: address.module(), key, each, stands_for: None, this: None }
    }

    fn taken(&self) -> Diagnostics {
        std::mem::take(&mut *self.world.diagnostics.borrow_mut())
    }

    fn config(&self, address: &Address) -> Option<&'a Arc<Resource>> {
        let nodes: &'a Nodes = self.world.nodes;
        let node = &nodes.all[node_of(nodes, &address.resource)?];
        let What::Resource(mode, kind, name) = &node.what else { return None };
        nodes.modules[node.module].module.resources.get(&(*mode, kind.clone(), name.clone()))
    }
}

fn internal(address: &Address) -> Diagnostics {
    let detail = format!("The plan for {address} does not fit the configuration. Plan again.");
    Diagnostic::error("Plan does not fit the configuration", detail).about(address).into()
}
