//! `-target`, `-exclude` and `-replace`: whether they name something, and what a partial plan is worth.

use recon_core::plan::PlanKind;
use recon_core::{Address, Diagnostic, Diagnostics};

use crate::plan::Walk;

/// What is to be said about the flags once everything is planned.
pub(crate) fn check(walk: &Walk<'_>) -> Diagnostics {
    let options = walk.input.options;
    let mut found = Diagnostics::new();
    let planned =
        |covers: &dyn Fn(&Address) -> bool| walk.changes.list.iter().any(|change| covers(&change.address));
    let named = [("-target", "Target", &options.targets), ("-exclude", "Exclusion", &options.excludes)];
    for (flag, what, targets) in named {
        for target in targets.iter().filter(|target| !planned(&|address| target.covers(address))) {
            let detail = format!(
                "{flag}={target} matches no instance, neither of the configuration nor of the state. Correct it: `recon \
                 state list` shows what there is."
            );
            found.push(Diagnostic::error(format!("{what} matches nothing"), detail));
        }
    }
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
