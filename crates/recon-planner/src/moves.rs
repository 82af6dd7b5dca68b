//! `moved` and `removed` blocks: what the state calls differently from the configuration.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::address::{Key, ModulePath, Target};
use recon_core::state::State;
use recon_core::value::Name;
use recon_core::{Address, Diagnostics, ResourceAddress, ResourceMode};
use recon_parser::config::{Module, Removed, Repetition};

use crate::statements::{Statement, begins, statements};

/// A state with its instances where the configuration now has them.
pub(crate) struct Moved<'a> {
    pub(crate) state: Cow<'a, State>,
    /// Where the moved ones were.
    pub(crate) from: BTreeMap<Address, Address>,
    /// What is wrong with the `moved` blocks.
    pub(crate) wrong: Diagnostics,
}

/// Applies the `moved` blocks of all modules, and the moves that adding or taking away `count` implies.
pub(crate) fn apply<'a>(state: &'a State, root: &Arc<Module>) -> Moved<'a> {
    let (statements, wrong) = statements(root);
    let mut moved = Moved { state: Cow::Borrowed(state), from: BTreeMap::new(), wrong };
    for statement in &statements {
        for address in candidates(&moved.state, statement) {
            if let Some(to) = moved_by(statement, &address) {
                move_one(&mut moved, &address, to);
            }
        }
    }
    implied(&mut moved, root);
    moved
}

/// The addresses that a statement may move: all of one block, or all below one call of the root module.
fn candidates(state: &State, statement: &Statement<'_>) -> Vec<Address> {
    let call = statement.scope.first().or_else(|| match statement.from {
        Target::Module(module) => module.steps().first().map(|step| &step.name),
        Target::Resource(from) => from.module().steps().first().map(|step| &step.name),
    });
    match (call, statement.from) {
        (Some(call), _) => below(state, call),
        (None, Target::Resource(from)) => {
            let start = from.resource.instance(None);
            let instances = state.resources.range(start..).map(|(address, _)| address);
            instances.take_while(|address| address.resource == from.resource).cloned().collect()
        }
        (None, Target::Module(_)) => Vec::new(),
    }
}

/// The addresses in all instances of a call of the root module.
fn below(state: &State, call: &Name) -> Vec<Address> {
    let least = ResourceAddress {
        module: ModulePath::root().child(call.clone(), None),
        mode: ResourceMode::Managed,
        kind: "".into(),
        name: "".into(),
    };
    let start = Arc::new(least).instance(None);
    let inside = |address: &&Address| address.module().steps().first().is_some_and(|step| step.name == *call);
    state.resources.range(start..).map(|(address, _)| address).take_while(inside).cloned().collect()
}

/// Where a statement moves an address, if it does.
fn moved_by(statement: &Statement<'_>, address: &Address) -> Option<Address> {
    let (outside, inside) = split(address, &statement.scope)?;
    let to = destination(&inside, statement.from, statement.to)?;
    Some(joined(&outside, &to))
}

/// An address as seen from a module, and the instance of that module.
fn split(address: &Address, scope: &[Name]) -> Option<(ModulePath, Address)> {
    let steps = address.module().steps();
    let fits = steps.len() >= scope.len() && steps.iter().zip(scope).all(|(step, name)| step.name == *name);
    if !fits {
        return None;
    }
    let (outside, inside) = steps.split_at(scope.len());
    let path = |steps: &[recon_core::address::ModuleStep]| {
        steps.iter().fold(ModulePath::root(), |path, step| path.child(step.name.clone(), step.key.clone()))
    };
    let resource = ResourceAddress { module: path(inside), ..(*address.resource).clone() };
    Some((path(outside), Arc::new(resource).instance(address.key.clone())))
}

fn joined(outside: &ModulePath, address: &Address) -> Address {
    let module = address.module().steps().iter();
    let module = module.fold(outside.clone(), |path, step| path.child(step.name.clone(), step.key.clone()));
    let resource = ResourceAddress { module, ..(*address.resource).clone() };
    Arc::new(resource).instance(address.key.clone())
}

/// The only instance of a block and its first instance by number are the same where `count` comes or goes.
fn implied(moved: &mut Moved<'_>, root: &Module) {
    let is_first = |address: &&Address| matches!(address.key, None | Some(Key::Index(0)));
    let candidates: Vec<Address> = moved.state.resources.keys().filter(is_first).cloned().collect();
    for from in candidates {
        let ResourceAddress { module, mode, kind, name } = &*from.resource;
        let block = (*mode, kind.clone(), name.clone());
        let block = module_at(root, module).and_then(|module| module.resources.get(&block));
        let key = match block.map(|block| &block.repetition) {
            Some(Repetition::Once) => None,
            Some(Repetition::Count(_)) => Some(Key::Index(0)),
            Some(Repetition::ForEach(_)) | None => continue,
        };
        let to = from.resource.instance(key);
        move_one(moved, &from, to);
    }
}

fn module_at<'a>(root: &'a Module, path: &ModulePath) -> Option<&'a Module> {
    path.steps().iter().try_fold(root, |module, step| module.calls.get(&step.name).map(|call| &*call.module))
}

fn move_one(moved: &mut Moved<'_>, from: &Address, to: Address) {
    // An object that is there already stays; the plan then shows what becomes of the other one.
    if moved.state.resources.contains_key(&to) {
        return;
    }
    if !moved.state.resources.contains_key(from) {
        return;
    }
    let resources = &mut moved.state.to_mut().resources;
    if let Some(instance) = resources.remove(from) {
        let origin = moved.from.remove(from).unwrap_or_else(|| from.clone());
        resources.insert(to.clone(), instance);
        moved.from.insert(to, origin);
    }
}

/// Where an address goes if `from` becomes `to`.
fn destination(address: &Address, from: &Target, to: &Target) -> Option<Address> {
    match (from, to) {
        (Target::Resource(from), Target::Resource(to)) => {
            if from.resource != address.resource {
                return None;
            }
            match (&from.key, &to.key) {
                (None, None) => Some(to.resource.instance(address.key.clone())),
                (key, _) if *key == address.key => Some(to.clone()),
                _ => None,
            }
        }
        (Target::Module(from), Target::Module(to)) => {
            let steps = address.module().steps();
            let before = from.steps();
            let fits = steps.len() >= before.len()
                && steps.iter().zip(before).all(|(step, before)| {
                    step.name == before.name && (before.key.is_none() || step.key == before.key)
                });
            if !fits {
                return None;
            }
            let mut module = ModulePath::root();
            for (index, step) in to.steps().iter().enumerate() {
                let carried = steps.get(index).filter(|_| step.key.is_none() && index < before.len());
                let key = step.key.clone().or_else(|| {
                    let unkeyed = before.get(index).is_some_and(|before| before.key.is_none());
                    carried.filter(|_| unkeyed).and_then(|carried| carried.key.clone())
                });
                module = module.child(step.name.clone(), key);
            }
            for step in &steps[before.len()..] {
                module = module.child(step.name.clone(), step.key.clone());
            }
            let resource = recon_core::ResourceAddress { module, ..(*address.resource).clone() };
            Some(Arc::new(resource).instance(address.key.clone()))
        }
        _ => None,
    }
}

/// The `removed` block that names an address, in whichever module it stands.
pub(crate) fn removed<'a>(root: &'a Module, address: &Address) -> Option<&'a Removed> {
    let mut module = root;
    let mut scope: Vec<Name> = Vec::new();
    loop {
        let (_, inside) = split(address, &scope)?;
        if let Some(found) = module.removed.iter().find(|removed| names(&removed.from, &inside)) {
            return Some(found);
        }
        let call = inside.module().steps().first()?.name.clone();
        module = &*module.calls.get(&call)?.module;
        scope.push(call);
    }
}

/// Whether a `removed` block is about an address; it has no keys, and means all instances.
fn names(from: &Target, address: &Address) -> bool {
    match from {
        Target::Module(module) => begins(address.module(), module),
        Target::Resource(block) => {
            let (block, resource) = (&block.resource, &address.resource);
            (block.mode, &block.kind, &block.name) == (resource.mode, &resource.kind, &resource.name)
                && block.module.steps().len() == resource.module.steps().len()
                && begins(&resource.module, &block.module)
        }
    }
}
