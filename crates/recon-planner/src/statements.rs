//! All `moved` blocks of a configuration, in an order in which one move follows another, and what is wrong with them.

use std::sync::Arc;

use recon_core::address::{ModulePath, ModuleStep, Target};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, ResourceAddress, Span};
use recon_parser::config::Module;

use crate::graph::{Edge, sort};

/// One `moved` block, and the module that it stands in.
pub(crate) struct Statement<'a> {
    /// The calls that lead to the module; the block means every instance of it.
    pub(crate) scope: Vec<Name>,
    pub(crate) from: &'a Target,
    pub(crate) to: &'a Target,
    span: Span,
}

/// A module of the configuration, with the calls that lead to it.
fn modules(root: &Arc<Module>) -> Vec<(Vec<Name>, &Arc<Module>)> {
    let mut found = vec![(Vec::new(), root)];
    let mut next = 0;
    while let Some((scope, module)) = found.get(next).cloned() {
        for (name, call) in &module.calls {
            let mut inner = scope.clone();
            inner.push(name.clone());
            found.push((inner, &call.module));
        }
        next += 1;
    }
    found
}

/// The statements of all modules, each before those that take its result further.
pub(crate) fn statements(root: &Arc<Module>) -> (Vec<Statement<'_>>, Diagnostics) {
    let mut found = Vec::new();
    for (scope, module) in modules(root) {
        found.extend(module.moved.iter().map(|moved| Statement {
            scope: scope.clone(),
            from: &moved.from,
            to: &moved.to,
            span: moved.span,
        }));
    }
    let mut wrong = contradictions(&found);
    let mut edges = Vec::new();
    for (first, one) in found.iter().enumerate() {
        for (then, other) in found.iter().enumerate() {
            if first != then && one.leads_to(other) {
                edges.push(Edge { first, then });
            }
        }
    }
    match sort(found.len(), &edges) {
        Ok(order) => {
            let mut slots: Vec<Option<Statement<'_>>> = found.into_iter().map(Some).collect();
            (order.into_iter().filter_map(|index| slots[index].take()).collect(), wrong)
        }
        Err(cycles) => {
            wrong.extend(cycles.iter().map(|cycle| circle(cycle, &found)));
            (Vec::new(), wrong)
        }
    }
}

impl Statement<'_> {
    fn leads_to(&self, other: &Statement<'_>) -> bool {
        let (to, from) = (absolute(&self.scope, self.to), absolute(&other.scope, other.from));
        covers(&to, &from) || covers(&from, &to)
    }
}

/// Moves to where something already is, of one object to two places, or of two objects to one.
fn contradictions(statements: &[Statement<'_>]) -> Diagnostics {
    let mut wrong = Diagnostics::new();
    for (index, statement) in statements.iter().enumerate() {
        if statement.from == statement.to {
            let detail = format!("`{}` is moved to where it is. Remove this block.", statement.from);
            wrong.push(Diagnostic::error("Redundant move statement", detail).at(statement.span));
            continue;
        }
        let earlier = |matching: &dyn Fn(&Statement<'_>) -> bool| {
            statements[..index].iter().find(|other| other.scope == statement.scope && matching(other))
        };
        if let Some(other) = earlier(&|other| other.from == statement.from && other.to != statement.to) {
            let detail = format!(
                "`{}` is moved to `{}` here, and to `{}` by another block. Keep the one that is meant.",
                statement.from, statement.to, other.to
            );
            wrong.push(ambiguous(detail, statement, other));
        } else if let Some(other) = earlier(&|other| other.to == statement.to && other.from != statement.from)
        {
            let detail = format!(
                "Both `{}` and `{}` are moved to `{}`, which can be only one of them. Keep the one that is meant.",
                other.from, statement.from, statement.to
            );
            wrong.push(ambiguous(detail, statement, other));
        }
    }
    wrong
}

fn ambiguous(detail: String, statement: &Statement<'_>, other: &Statement<'_>) -> Diagnostic {
    let problem = Diagnostic::error("Ambiguous move statements", detail);
    problem.at(statement.span).label(other.span, "the other one")
}

fn circle(cycle: &[usize], statements: &[Statement<'_>]) -> Diagnostic {
    let moves: Vec<String> = cycle
        .iter()
        .map(|index| &statements[*index])
        .map(|statement| format!("`{}` to `{}`", statement.from, statement.to))
        .collect();
    let detail = format!(
        "These moves lead in a circle, so there is no last place to move to: {}. Remove one of them.",
        moves.join(", ")
    );
    let problem = Diagnostic::error("Cyclic dependency in move statements", detail);
    match cycle.first() {
        Some(first) => problem.at(statements[*first].span),
        None => problem,
    }
}

fn absolute(scope: &[Name], target: &Target) -> Target {
    let prefix = scope.iter().map(|name| ModuleStep { name: name.clone(), key: None });
    let joined = |module: &ModulePath| {
        prefix
            .chain(module.steps().iter().cloned())
            .fold(ModulePath::root(), |path, step| path.child(step.name, step.key))
    };
    match target {
        Target::Module(module) => Target::Module(joined(module)),
        Target::Resource(Address { resource, key }) => {
            let resource = ResourceAddress { module: joined(&resource.module), ..(**resource).clone() };
            Target::Resource(Arc::new(resource).instance(key.clone()))
        }
    }
}

/// Whether what `outer` names includes `inner`; a step or block without a key stands for all its instances.
fn covers(outer: &Target, inner: &Target) -> bool {
    match (outer, inner) {
        (Target::Module(outer), Target::Module(inner)) => begins(inner, outer),
        (Target::Module(outer), Target::Resource(inner)) => begins(inner.module(), outer),
        (Target::Resource(_), Target::Module(_)) => false,
        (Target::Resource(outer), Target::Resource(inner)) => {
            let same_block = outer.resource.kind == inner.resource.kind
                && outer.resource.name == inner.resource.name
                && outer.resource.mode == inner.resource.mode;
            let module = outer.module();
            same_block
                && module.steps().len() == inner.module().steps().len()
                && begins(inner.module(), module)
                && (outer.key.is_none() || outer.key == inner.key)
        }
    }
}

/// Whether a module is another one or inside of it, whatever the keys that the other one leaves out.
pub(crate) fn begins(module: &ModulePath, outer: &ModulePath) -> bool {
    let (steps, outer) = (module.steps(), outer.steps());
    steps.len() >= outer.len()
        && steps
            .iter()
            .zip(outer)
            .all(|(step, outer)| step.name == outer.name && (outer.key.is_none() || outer.key == step.key))
}
