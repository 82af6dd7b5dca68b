//! `-target`, `-exclude` and `-replace`: whether they name something, and what a partial plan is worth.

use std::collections::BTreeSet;

use recon_core::address::Target;
use recon_core::plan::PlanKind;
use recon_core::{Address, Diagnostic, Diagnostics, ModulePath};
use recon_parser::suggest::closest;

use crate::nodes::{Node, What};
use crate::plan::Walk;
use crate::selection::names;

/// What is to be said about the flags once everything is planned.
pub(crate) fn check(walk: &Walk<'_>) -> Diagnostics {
    let options = walk.input.options;
    let mut found = Diagnostics::new();
    let planned = |covers: &dyn Fn(&Address) -> bool| {
        walk.changes.list.iter().any(|change| covers(&change.address))
            || walk.asks.iter().any(|ask| covers(&ask.address))
    };
    let planned_by = |target: &Target| planned(&|address| target.covers(address));
    // What is kept out of the plan is looked for where it would come from.
    let known = |target: &Target| {
        walk.nodes.all.iter().any(|node| names(walk.nodes, target, node))
            || walk.state.resources.keys().any(|address| target.covers(address))
    };
    // What is broken, or waits for an answer, was not planned, though it is there.
    let is_open = walk.diagnostics.has_errors() || !walk.asks.is_empty();
    let unmatched = options.targets.iter().filter(|target| !(planned_by(target) || is_open && known(target)));
    found.extend(unmatched.map(|target| nothing_at(walk, "Target", "-target", target)));
    let unmatched = options.excludes.iter().filter(|target| !known(target));
    found.extend(unmatched.map(|target| nothing_at(walk, "Exclusion", "-exclude", target)));
    for address in &options.replace {
        let target = Target::Resource(address.clone());
        if planned(&|planned| planned == address) || (is_open && known(&target)) {
            continue;
        }
        let detail = format!(
            "-replace={address} matches no instance.{} Correct it, with an instance key where the block has count or \
             for_each: `recon state list` shows what there is.",
            nearest(walk, &target)
        );
        found.push(Diagnostic::error("Instance to replace does not exist", detail));
    }
    let is_partial = !options.targets.is_empty() || !options.excludes.is_empty();
    if is_partial && options.kind != PlanKind::RefreshOnly {
        let detail = "The plan is not all that the configuration asks for. Use -target and -exclude to get out of trouble, \
                      and plan without them afterwards.";
        found.push(Diagnostic::warning("Resource targeting is in effect", detail));
    }
    found
}

fn nothing_at(walk: &Walk<'_>, what: &str, flag: &str, target: &Target) -> Diagnostic {
    let detail = format!(
        "{flag}={target} matches no instance, neither of the configuration nor of the state.{} Correct it: `recon state list` \
         shows what there is.",
        nearest(walk, target)
    );
    Diagnostic::error(format!("{what} matches nothing"), detail)
}

/// The address of a sort that was probably meant: of an instance, a block, or a module.
fn nearest(walk: &Walk<'_>, target: &Target) -> String {
    let mut known: BTreeSet<String> =
        walk.nodes.all.iter().filter_map(|node| named(walk, target, node)).collect();
    let planned = walk.changes.list.iter().map(|change| &change.address);
    let addresses =
        planned.chain(walk.asks.iter().map(|ask| &ask.address)).chain(walk.state.resources.keys());
    known.extend(addresses.map(|address| match target {
        Target::Module(_) => address.module().to_string(),
        Target::Resource(_) => address.to_string(),
    }));
    let meant = closest(&target.to_string(), known.iter().map(String::as_str)).map(str::to_owned);
    meant.map_or_else(String::new, |meant| format!(" Did you mean `{meant}`?"))
}

/// The address of a node's block, or of its module, without keys.
fn named(walk: &Walk<'_>, target: &Target, node: &Node) -> Option<String> {
    let path = walk.nodes.modules[node.module].path.iter();
    let module = path.fold(ModulePath::root(), |module, name| module.child(name.clone(), None));
    match (target, &node.what) {
        (Target::Module(_), What::Opened) => Some(module.to_string()),
        (Target::Resource(_), What::Resource(mode, kind, name)) => {
            Some(walk.world.address(&module, *mode, kind, name).to_string())
        }
        _ => None,
    }
}
