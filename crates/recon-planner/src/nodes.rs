//! One node per block of the configuration, whatever the number of its instances, and what each needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use recon_core::resource_type::Catalog;
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, ResourceMode, Span};
use recon_parser::config::{Condition, DependsOn, Module, Repetition, Resource};
use recon_parser::expression::Expression;
use recon_parser::reference::{self, Reference, Target};

use crate::graph::{self, Edge};
use crate::undeclared::may_be_lost;

/// A module's place in the tree of calls, without instance keys.
pub(crate) type ModuleId = usize;

/// What a node stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    Variable(Name),
    Local(Name),
    Output(Name),
    Resource(ResourceMode, Name, Name),
    /// The instances of the module itself are known.
    Opened,
    /// Everything in the module is done.
    Closed,
}

/// One node.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) module: ModuleId,
    pub(crate) what: What,
}

/// One module of the tree.
pub(crate) struct ModuleNode {
    pub(crate) module: Arc<Module>,
    /// The caller and the name of the call; nothing for the root.
    pub(crate) call: Option<(ModuleId, Name)>,
    pub(crate) path: Vec<Name>,
    pub(crate) children: BTreeMap<Name, ModuleId>,
}

/// All nodes, in an order in which everything comes after what it needs.
pub(crate) struct Nodes {
    pub(crate) modules: Vec<ModuleNode>,
    pub(crate) all: Vec<Node>,
    pub(crate) order: Vec<usize>,
    /// For each resource node, the nearest resource nodes that it needs, through locals, variables and outputs.
    pub(crate) needs: Vec<BTreeSet<usize>>,
    /// Nodes that need each other in a circle, so that none of them has a value.
    pub(crate) circling: BTreeSet<usize>,
    /// References that lead nowhere, already reported.
    pub(crate) undeclared: BTreeSet<(ModuleId, Target)>,
    /// Hashed: only ever looked up.
    index: HashMap<(ModuleId, What), usize>,
}

impl Nodes {
    pub(crate) fn find(&self, module: ModuleId, what: &What) -> Option<usize> {
        self.index.get(&(module, what.clone())).copied()
    }
}

/// Builds the nodes, and says which references lead nowhere or in a circle.
pub(crate) fn build(root: &Arc<Module>, catalog: &Catalog) -> (Nodes, Diagnostics) {
    let mut builder = Builder {
        modules: Vec::new(),
        nodes: Vec::new(),
        index: HashMap::new(),
        edges: BTreeMap::new(),
        undeclared: BTreeSet::new(),
        referring: BTreeMap::new(),
        diagnostics: Diagnostics::new(),
    };
    builder.add_module(root, None, &[]);
    for module in 0..builder.modules.len() {
        builder.connect_module(module, catalog);
    }
    builder.finish()
}

struct Builder {
    modules: Vec<ModuleNode>,
    nodes: Vec<Node>,
    /// Hashed: only ever looked up.
    index: HashMap<(ModuleId, What), usize>,
    /// With the place that says so, where there is one.
    edges: BTreeMap<Edge, Option<Span>>,
    undeclared: BTreeSet<(ModuleId, Target)>,
    referring: BTreeMap<(ModuleId, &'static str), Arc<Referring>>,
    diagnostics: Diagnostics,
}

/// Resources, with their types, by what they refer to.
type Referring = BTreeMap<Target, Vec<(Name, usize)>>;

impl Builder {
    fn add_module(
        &mut self,
        module: &Arc<Module>,
        call: Option<(ModuleId, Name)>,
        path: &[Name],
    ) -> ModuleId {
        let id = self.modules.len();
        let module = Arc::clone(module);
        self.modules.push(ModuleNode {
            module: Arc::clone(&module),
            call,
            path: path.to_vec(),
            children: BTreeMap::new(),
        });
        let whats = std::iter::once(What::Opened)
            .chain(module.variables.keys().cloned().map(What::Variable))
            .chain(module.locals.keys().cloned().map(What::Local))
            .chain(
                module.resources.keys().cloned().map(|(mode, kind, name)| What::Resource(mode, kind, name)),
            )
            .chain(module.outputs.keys().cloned().map(What::Output))
            .chain(std::iter::once(What::Closed));
        for what in whats {
            self.index.insert((id, what.clone()), self.nodes.len());
            self.nodes.push(Node { module: id, what });
        }
        for (name, call) in &module.calls {
            let mut path = path.to_vec();
            path.push(name.clone());
            let child = self.add_module(&call.module, Some((id, name.clone())), &path);
            self.modules[id].children.insert(name.clone(), child);
        }
        id
    }

    fn connect_module(&mut self, id: ModuleId, catalog: &Catalog) {
        let module = Arc::clone(&self.modules[id].module);
        for (name, variable) in &module.variables {
            let node = self.node(id, What::Variable(name.clone()));
            self.open(id, node);
            self.connect_conditions(id, node, &variable.validations, Some(name));
            self.connect_input(id, node, name);
        }
        for (name, local) in &module.locals {
            let node = self.node(id, What::Local(name.clone()));
            self.open(id, node);
            self.connect_expression(id, node, &local.value);
        }
        for (name, output) in &module.outputs {
            let node = self.node(id, What::Output(name.clone()));
            self.open(id, node);
            self.connect_expression(id, node, &output.value);
            self.connect_conditions(id, node, &output.preconditions, None);
            self.connect_depends_on(id, node, &output.depends_on);
        }
        for resource in module.resources.values() {
            self.connect_resource(id, resource, catalog);
        }
        self.connect_calls(id, &module);
        for check in module.checks.values() {
            let closed = self.node(id, What::Closed);
            self.connect_conditions(id, closed, &check.asserts, None);
        }
    }

    fn node(&self, module: ModuleId, what: What) -> usize {
        // Every block of the module was given a node by `add_module`.
        self.index.get(&(module, what)).copied().unwrap_or_default()
    }

    fn open(&mut self, module: ModuleId, node: usize) {
        let opened = self.node(module, What::Opened);
        let closed = self.node(module, What::Closed);
        self.edge(opened, node, None);
        self.edge(node, closed, None);
    }

    fn edge(&mut self, first: usize, then: usize, span: Option<Span>) {
        let slot = self.edges.entry(Edge { first, then }).or_default();
        *slot = slot.or(span);
    }

    fn connect_input(&mut self, id: ModuleId, node: usize, name: &Name) {
        let Some((caller, call)) = self.modules[id].call.clone() else { return };
        let module = Arc::clone(&self.modules[caller].module);
        if let Some(input) = module.calls.get(&call).and_then(|call| call.inputs.get(name)) {
            self.connect_expression(caller, node, &input.value);
        }
    }

    fn connect_calls(&mut self, id: ModuleId, module: &Module) {
        for (name, call) in &module.calls {
            let Some(child) = self.modules[id].children.get(name).copied() else { continue };
            let opened = self.node(child, What::Opened);
            self.open(id, opened);
            self.connect_repetition(id, opened, &call.repetition);
            self.connect_depends_on(id, opened, &call.depends_on);
            let (inner, outer) = (self.node(child, What::Closed), self.node(id, What::Closed));
            self.edge(inner, outer, None);
            self.edge(opened, inner, None);
        }
    }

    fn connect_resource(&mut self, id: ModuleId, resource: &Arc<Resource>, catalog: &Catalog) {
        let node = self.node(id, What::Resource(resource.mode, resource.kind.clone(), resource.name.clone()));
        self.open(id, node);
        self.connect_repetition(id, node, &resource.repetition);
        self.connect_references(id, node, reference::of_body(&resource.body));
        self.connect_depends_on(id, node, &resource.depends_on);
        let lifecycle = &resource.lifecycle;
        for expression in &lifecycle.replace_triggered_by {
            self.connect_expression(id, node, expression);
        }
        self.connect_conditions(id, node, &lifecycle.preconditions, None);
        let own = Target::Resource(resource.mode, resource.kind.clone(), resource.name.clone());
        for condition in &lifecycle.postconditions {
            for expression in [&condition.condition, &condition.error_message] {
                let mut references = reference::of_expression(expression);
                references.retain(|reference| reference.target != own);
                self.connect_references(id, node, references);
            }
        }
        self.connect_followed(id, node, resource, catalog);
    }

    /// A type may have to come after others that refer to the same block, as a deployment after methods.
    fn connect_followed(&mut self, id: ModuleId, node: usize, resource: &Resource, catalog: &Catalog) {
        let follows =
            (resource.mode == ResourceMode::Managed).then(|| catalog.resource(&resource.kind)).flatten();
        let Some(follows) = follows.and_then(recon_core::resource_type::ResourceType::follows) else {
            return;
        };
        let Some(argument) = resource.body.attributes.get(follows.through) else { return };
        let targets = reference::of_expression(&argument.value);
        let referring = self.referring(id, follows.through);
        let others = targets.iter().filter_map(|reference| referring.get(&reference.target)).flatten();
        let fits = others.filter(|(kind, _)| follows.kinds.contains(&&**kind));
        let found: Vec<usize> = fits.map(|(_, other)| *other).collect();
        for other in found {
            self.edge(other, node, None);
        }
    }

    /// The resources of a module by what they refer to through an argument; made once for all that ask.
    fn referring(&mut self, id: ModuleId, through: &'static str) -> Arc<Referring> {
        if let Some(known) = self.referring.get(&(id, through)) {
            return Arc::clone(known);
        }
        let mut found = Referring::new();
        for resource in self.modules[id].module.resources.values() {
            let argument =
                resource.body.attributes.get(through).filter(|_| resource.mode == ResourceMode::Managed);
            let Some(argument) = argument else { continue };
            let node =
                self.node(id, What::Resource(resource.mode, resource.kind.clone(), resource.name.clone()));
            for reference in reference::of_expression(&argument.value) {
                found.entry(reference.target).or_default().push((resource.kind.clone(), node));
            }
        }
        let found = Arc::new(found);
        self.referring.insert((id, through), Arc::clone(&found));
        found
    }

    fn connect_repetition(&mut self, id: ModuleId, node: usize, repetition: &Repetition) {
        match repetition {
            Repetition::Once => {}
            Repetition::Count(expression) | Repetition::ForEach(expression) => {
                self.connect_expression(id, node, expression);
            }
        }
    }

    fn connect_conditions(
        &mut self,
        id: ModuleId,
        node: usize,
        conditions: &[Condition],
        own: Option<&Name>,
    ) {
        for condition in conditions {
            for expression in [&condition.condition, &condition.error_message] {
                let mut references = reference::of_expression(expression);
                references.retain(|reference| match (&reference.target, own) {
                    (Target::Variable(name), Some(own)) => name != own,
                    _ => true,
                });
                self.connect_references(id, node, references);
            }
        }
    }

    fn connect_expression(&mut self, id: ModuleId, node: usize, expression: &Expression) {
        self.connect_references(id, node, reference::of_expression(expression));
    }

    fn connect_depends_on(&mut self, id: ModuleId, node: usize, entries: &[DependsOn]) {
        let references = entries
            .iter()
            .map(|entry| Reference { target: entry.target.clone(), span: entry.span })
            .collect();
        self.connect_references(id, node, references);
    }

    fn connect_references(&mut self, id: ModuleId, node: usize, references: Vec<Reference>) {
        for reference in references {
            match self.resolve(id, &reference) {
                Ok(first) => self.edge(first, node, Some(reference.span)),
                Err(diagnostic) => {
                    if !may_be_lost(&self.modules[id].module, &reference.target) {
                        self.diagnostics.push(diagnostic);
                    }
                    self.undeclared.insert((id, reference.target));
                }
            }
        }
    }

    fn resolve(&self, id: ModuleId, reference: &Reference) -> Result<usize, Diagnostic> {
        let found = match &reference.target {
            Target::Variable(name) => self.index.get(&(id, What::Variable(name.clone()))),
            Target::Local(name) => self.index.get(&(id, What::Local(name.clone()))),
            Target::Resource(mode, kind, name) => {
                self.index.get(&(id, What::Resource(*mode, kind.clone(), name.clone())))
            }
            Target::Module(name, output) => self.modules[id].children.get(name).and_then(|child| {
                let output =
                    output.clone().and_then(|output| self.index.get(&(*child, What::Output(output))));
                output.or_else(|| self.index.get(&(*child, What::Closed)))
            }),
        };
        found.copied().ok_or_else(|| crate::undeclared::diagnose(&self.modules[id].module, reference))
    }

    fn finish(mut self) -> (Nodes, Diagnostics) {
        let mut edges: Vec<Edge> = self.edges.keys().copied().collect();
        let mut circling = BTreeSet::new();
        if let Err(cycles) = graph::sort(self.nodes.len(), &edges) {
            for cycle in cycles {
                let diagnostic = self.describe_cycle(&cycle);
                self.diagnostics.push(diagnostic);
                circling.extend(cycle);
            }
            edges.retain(|edge| !circling.contains(&edge.first) || !circling.contains(&edge.then));
        }
        // Without the edges of all circles there is an order.
        let order = graph::sort(self.nodes.len(), &edges).unwrap_or_default();
        let needs = nearest_resources(&self.nodes, &order, &edges);
        let Self { modules, nodes, index, undeclared, diagnostics, edges: _, referring: _ } = self;
        (Nodes { modules, all: nodes, order, needs, circling, undeclared, index }, diagnostics)
    }

    fn describe_cycle(&self, cycle: &[usize]) -> Diagnostic {
        let members: BTreeSet<usize> = cycle.iter().copied().collect();
        let names: Vec<String> = cycle.iter().map(|node| self.title(*node)).collect();
        let (summary, detail) = match names.as_slice() {
            [only] => {
                let detail = format!(
                    "{only} refers to itself, and has no value before it is made. Take out the reference shown."
                );
                ("Self-referential block", detail)
            }
            _ => {
                let detail = format!(
                    "These need each other, so none can come first: {}. Take out one of the references shown.",
                    names.join(", ")
                );
                ("Cycle", detail)
            }
        };
        let inside = self
            .edges
            .iter()
            .filter(|(edge, _)| members.contains(&edge.first) && members.contains(&edge.then));
        inside.fold(Diagnostic::error(summary, detail), |diagnostic, (edge, span)| match span {
            Some(span) => {
                let text = format!("{} needs {}", self.title(edge.then), self.title(edge.first));
                diagnostic.label(*span, text)
            }
            None => diagnostic,
        })
    }

    fn title(&self, node: usize) -> String {
        let Node { module, what } = &self.nodes[node];
        let path: String = self.modules[*module].path.iter().map(|name| format!("module.{name}.")).collect();
        match what {
            What::Variable(name) => format!("{path}var.{name}"),
            What::Local(name) => format!("{path}local.{name}"),
            What::Output(name) => format!("{path}output.{name}"),
            What::Resource(ResourceMode::Managed, kind, name) => format!("{path}{kind}.{name}"),
            What::Resource(ResourceMode::Data, kind, name) => format!("{path}data.{kind}.{name}"),
            What::Opened | What::Closed => path.trim_end_matches('.').to_owned(),
        }
    }
}

/// Only resources have steps, so a resource waits for the nearest resources on every way.
fn nearest_resources(nodes: &[Node], order: &[usize], edges: &[Edge]) -> Vec<BTreeSet<usize>> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for edge in edges {
        before[edge.then].push(edge.first);
    }
    let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); nodes.len()];
    for node in order {
        let mut mine = BTreeSet::new();
        for first in &before[*node] {
            match nodes[*first].what {
                What::Resource(..) => drop(mine.insert(*first)),
                _ => mine.extend(needs[*first].iter().copied()),
            }
        }
        needs[*node] = mine;
    }
    needs
}
