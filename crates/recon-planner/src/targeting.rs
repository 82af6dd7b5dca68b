//! `-target`, `-exclude` and `-replace`: whether they name something, and what a partial plan is worth.

use recon_core::address::Target;
use recon_core::plan::PlanKind;
use recon_core::{Address, Diagnostic, Diagnostics};

use crate::plan::Walk;
use crate::selection::names;

/// What is to be said about the flags once everything is planned.
pub(crate) fn check(walk: &Walk<'_>) -> Diagnostics {
    let options = walk.input.options;
    let mut found = Diagnostics::new();
    let planned =
        |covers: &dyn Fn(&Address) -> bool| walk.changes.list.iter().any(|change| covers(&change.address));
    let planned_by = |target: &Target| planned(&|address| target.covers(address));
    // What is kept out of the plan is looked for where it would come from.
    let known = |target: &Target| {
        walk.nodes.all.iter().any(|node| names(walk.nodes, target, node))
            || walk.state.resources.keys().any(|address| target.covers(address))
    };
    let unmatched = options.targets.iter().filter(|target| !planned_by(target));
    found.extend(unmatched.map(|target| nothing_at("Target", "-target", target)));
    let unmatched = options.excludes.iter().filter(|target| !known(target));
    found.extend(unmatched.map(|target| nothing_at("Exclusion", "-exclude", target)));
    for address in options.replace.iter().filter(|address| walk.changes.at(address).is_none()) {
        let detail = format!(
            "-replace={address} matches no instance. Correct it, with an instance key where the block has count or \
             for_each: `recon state list` shows what there is."
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

fn nothing_at(what: &str, flag: &str, target: &Target) -> Diagnostic {
    let detail = format!(
        "{flag}={target} matches no instance, neither of the configuration nor of the state. Correct it: `recon state list` \
         shows what there is."
    );
    Diagnostic::error(format!("{what} matches nothing"), detail)
}
