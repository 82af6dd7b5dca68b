//! `moved` and `removed` blocks: what the state calls differently from the configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::Address;
use recon_core::address::{Key, ModulePath, Target};
use recon_core::state::State;
use recon_parser::config::{Module, Removed};

/// A state with its instances where the configuration now has them.
pub(crate) struct Moved {
    pub(crate) state: State,
    /// Where the moved ones were.
    pub(crate) from: BTreeMap<Address, Address>,
}

/// Applies all `moved` blocks of the root module in order, and the moves that adding or taking away `count` implies.
pub(crate) fn apply(state: &State, module: &Arc<Module>) -> Moved {
    let mut moved = Moved { state: state.clone(), from: BTreeMap::new() };
    for block in &module.moved {
        let addresses: Vec<Address> = moved.state.resources.keys().cloned().collect();
        for address in addresses {
            if let Some(to) = destination(&address, &block.from, &block.to) {
                move_one(&mut moved, &address, to);
            }
        }
    }
    for ((mode, kind, name), resource) in &module.resources {
        let (from, to) = match resource.repetition {
            recon_parser::config::Repetition::Once => (Some(Key::Index(0)), None),
            recon_parser::config::Repetition::Count(_) => (None, Some(Key::Index(0))),
            recon_parser::config::Repetition::ForEach(_) => continue,
        };
        let block = recon_core::ResourceAddress {
            module: ModulePath::root(),
            mode: *mode,
            kind: kind.clone(),
            name: name.clone(),
        };
        let block = Arc::new(block);
        let (from, to) = (block.instance(from), block.instance(to));
        if moved.state.resources.contains_key(&from) && !moved.state.resources.contains_key(&to) {
            move_one(&mut moved, &from, to);
        }
    }
    moved
}

fn move_one(moved: &mut Moved, from: &Address, to: Address) {
    // An object that is there already stays; the plan then shows what becomes of the other one.
    if moved.state.resources.contains_key(&to) {
        return;
    }
    if let Some(instance) = moved.state.resources.remove(from) {
        let origin = moved.from.remove(from).unwrap_or_else(|| from.clone());
        moved.state.resources.insert(to.clone(), instance);
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

/// The `removed` block that names an address.
pub(crate) fn removed<'a>(module: &'a Module, address: &Address) -> Option<&'a Removed> {
    module.removed.iter().find(|removed| removed.from.covers(address))
}
