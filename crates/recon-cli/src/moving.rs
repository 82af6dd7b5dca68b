//! Moves remembered instances to other addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::address::{ModuleStep, Target};
use recon_core::state::State;
use recon_core::{Address, Diagnostic, ModulePath, ResourceAddress};

/// Moves everything at `source` to `destination`; says in lines what moved.
pub(crate) fn relocate(
    state: &mut State,
    source: &Target,
    destination: &Target,
) -> Result<Vec<String>, Diagnostic> {
    check_kinds(source, destination)?;
    let mut moves: BTreeMap<Address, Address> = BTreeMap::new();
    for address in state.resources.keys().filter(|address| source.covers(address)) {
        moves.insert(address.clone(), moved(address, source, destination));
    }
    if moves.is_empty() {
        return Err(Diagnostic::error(
            "No such resource",
            "The state has nothing at the source address. `recon state list` shows what there is.",
        ));
    }
    let mut taken = BTreeMap::new();
    for (from, to) in &moves {
        if let Some(other) = taken.insert(to, from) {
            let detail = format!("Both {other} and {from} would be at {to}. Move them one by one.");
            return Err(Diagnostic::error("Destination is taken", detail));
        }
        if state.resources.contains_key(to) && !moves.contains_key(to) {
            let detail = format!("The state has something at {to} already. Move or remove that first.");
            return Err(Diagnostic::error("Destination is taken", detail));
        }
    }
    let removed: Vec<_> =
        moves.iter().filter_map(|(from, to)| Some((to.clone(), state.resources.remove(from)?))).collect();
    state.resources.extend(removed);
    let blocks: BTreeMap<ResourceAddress, ResourceAddress> =
        moves.iter().map(|(from, to)| ((*from.resource).clone(), (*to.resource).clone())).collect();
    rename_dependencies(state, &blocks);
    Ok(moves.iter().map(|(from, to)| format!("{from} to {to}")).collect())
}

fn check_kinds(source: &Target, destination: &Target) -> Result<(), Diagnostic> {
    let fits = match (source, destination) {
        (Target::Module(_), Target::Module(_)) => true,
        (Target::Resource(from), Target::Resource(to)) => {
            from.resource.kind == to.resource.kind && from.resource.mode == to.resource.mode
        }
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let detail = "Both must be modules, or both resources of one type.";
    Err(Diagnostic::error("Source and destination do not fit", detail))
}

fn moved(address: &Address, source: &Target, destination: &Target) -> Address {
    match (source, destination) {
        (Target::Module(from), Target::Module(to)) => {
            let (around, below) = address.module().steps().split_at(from.steps().len());
            let module = below.iter().fold(keyed(to, from, around), |module: ModulePath, step| {
                let ModuleStep { name, key } = step.clone();
                module.child(name, key)
            });
            let resource = ResourceAddress { module, ..(*address.resource).clone() };
            Arc::new(resource).instance(address.key.clone())
        }
        (Target::Resource(from), Target::Resource(to)) => {
            // A block moves with the keys of its instances, unless the destination names one.
            let key =
                if from.key.is_none() && to.key.is_none() { address.key.clone() } else { to.key.clone() };
            let module = keyed(to.module(), from.module(), address.module().steps());
            Arc::new(ResourceAddress { module, ..(*to.resource).clone() }).instance(key)
        }
        _ => address.clone(),
    }
}

/// The destination's module with the keys of the instance that moves, where neither side names one; last steps go together.
fn keyed(to: &ModulePath, from: &ModulePath, instance: &[ModuleStep]) -> ModulePath {
    let (longer, steps) = (to.steps().len().saturating_sub(from.steps().len()), to.steps());
    let shorter = from.steps().len().saturating_sub(steps.len());
    let key = |index: usize| {
        let at = (index + shorter).checked_sub(longer)?;
        let is_any = from.steps().get(at)?.key.is_none();
        instance.get(at).filter(|_| is_any)?.key.clone()
    };
    let steps = steps.iter().enumerate();
    steps.fold(ModulePath::root(), |module, (index, step)| {
        module.child(step.name.clone(), step.key.clone().or_else(|| key(index)))
    })
}

fn rename_dependencies(state: &mut State, blocks: &BTreeMap<ResourceAddress, ResourceAddress>) {
    for instance in state.resources.values_mut() {
        if instance.depends_on.iter().any(|block| blocks.contains_key(block)) {
            let renamed = instance.depends_on.iter().map(|block| blocks.get(block).unwrap_or(block).clone());
            instance.depends_on = Arc::new(renamed.collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recon_core::state::{Instance, Lineage, ProviderKey};

    fn state(addresses: &[&str]) -> State {
        let mut state = State::empty(Lineage("l".into()));
        for text in addresses {
            let instance = Instance {
                provider: ProviderKey { name: "aws".into(), alias: None },
                depends_on: Arc::default(),
                create_before_destroy: false,
                object: None,
                deposed: BTreeMap::new(),
            };
            state.resources.insert(text.parse().unwrap(), instance);
        }
        state
    }

    fn after(addresses: &[&str], from: &str, to: &str) -> Vec<String> {
        let mut state = state(addresses);
        relocate(&mut state, &from.parse().unwrap(), &to.parse().unwrap()).unwrap();
        state.resources.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn blocks_instances_and_modules_move() {
        assert_eq!(after(&["x.a[0]", "x.a[1]"], "x.a", "x.b"), ["x.b[0]", "x.b[1]"]);
        assert_eq!(after(&["x.a"], "x.a", "module.m.x.b[\"k\"]"), ["module.m.x.b[\"k\"]"]);
        assert_eq!(after(&["module.m.x.a", "module.m.module.n.x.a"], "module.m", "module.o[1]").len(), 2);
        assert_eq!(after(&["x.a[0]"], "x.a[0]", "x.a"), ["x.a"]);
    }

    #[test]
    fn all_instances_of_a_module_move_with_their_keys() {
        let all = ["module.m[\"a\"].x.a", "module.m[\"b\"].x.a"];
        assert_eq!(after(&all, "module.m", "module.n"), ["module.n[\"a\"].x.a", "module.n[\"b\"].x.a"]);
        assert_eq!(
            after(&all, "module.m.x.a", "module.m.x.b"),
            ["module.m[\"a\"].x.b", "module.m[\"b\"].x.b"]
        );
        assert_eq!(after(&all[..1], "module.m", "module.o.module.n"), ["module.o.module.n[\"a\"].x.a"]);
        let mut state = state(&all);
        let wrong = relocate(&mut state, &"module.m".parse().unwrap(), &"module.n[0]".parse().unwrap());
        assert_eq!(wrong.unwrap_err().summary, "Destination is taken");
        assert_eq!(state.resources.len(), 2);
    }

    #[test]
    fn what_is_taken_or_missing_or_of_another_type_stays() {
        let mut state = state(&["x.a", "x.b"]);
        let mut attempt =
            |from: &str, to: &str| relocate(&mut state, &from.parse().unwrap(), &to.parse().unwrap());
        assert_eq!(attempt("x.a", "x.b").unwrap_err().summary, "Destination is taken");
        assert_eq!(attempt("x.c", "x.d").unwrap_err().summary, "No such resource");
        assert_eq!(attempt("x.a", "y.a").unwrap_err().summary, "Source and destination do not fit");
    }
}
