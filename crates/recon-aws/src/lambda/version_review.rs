//! What is wrong between versions and other blocks: one owner per version, and no alias left without its version.

use std::collections::BTreeSet;

use recon_core::change::Change;
use recon_core::resource_type::Neighbours;
use recon_core::{Address, Diagnostic, Value};

use super::version::KIND;
use super::version_plan::pointed_at;

/// What is wrong between a planned version and others.
pub(crate) fn review(address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Some(after) = change.after() {
        found.extend(second_owner(address, change, after, neighbours));
    }
    found.extend(aliases_left_behind(address, change, neighbours));
    found
}

/// Whether a change publishes, so that nobody knows the number yet.
fn publishes(change: &Change) -> bool {
    !change.is_keep() && change.after().is_some_and(|after| after.get("version").is_unknown())
}

fn second_owner(
    address: &Address,
    change: &Change,
    after: &Value,
    neighbours: &dyn Neighbours,
) -> Option<Diagnostic> {
    let function = after.str("function_name")?;
    let mine: BTreeSet<String> = after.string_items("history").into_iter().collect();
    for (other, theirs) in neighbours.with_text(KIND, "function_name", function) {
        let Some(value) = theirs.after().filter(|_| other != address) else { continue };
        // Of two, the one that is new tells; of two new ones, the later one.
        let tells = match (change.before().is_some(), theirs.before().is_some()) {
            (true, false) => false,
            (false, true) => true,
            _ => address > other,
        };
        if !tells || value.str("function_name") != Some(function) {
            continue;
        }
        let shared = value.string_items("history").into_iter().find(|version| mine.contains(version));
        let what = match shared {
            Some(version) => format!("version {version} of function `{function}` belongs to {other} already"),
            None if publishes(change) && publishes(theirs) => {
                format!("{other} publishes the same version of function `{function}`")
            }
            None => continue,
        };
        let detail = format!(
            "{what}. Nothing that a version freezes changes between the two, and Lambda publishes the same thing only once. Refer to {other} instead of declaring it again, or change the function first."
        );
        return Some(Diagnostic::error("Version has another owner", detail).about(address));
    }
    None
}

/// Versions that go while an alias of the plan points at them.
fn aliases_left_behind(address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
    let Some(before) =
        change.before().filter(|_| !matches!(change, Change::Forget { .. } | Change::Keep { .. }))
    else {
        return Vec::new();
    };
    let stays: BTreeSet<String> = match change {
        Change::Update { planned, .. } => planned.string_items("history").into_iter().collect(),
        _ => BTreeSet::new(),
    };
    let goes: BTreeSet<String> =
        before.string_items("history").into_iter().filter(|version| !stays.contains(version)).collect();
    let Some(function) = before.str("function_name") else { return Vec::new() };
    let name = super::name::function_name(function);
    let mut found = Vec::new();
    for (alias, theirs) in neighbours.with_text(super::alias::KIND, "function_name", name) {
        // An alias that is replaced goes with its function.
        let Some(after) = theirs.after().filter(|_| !matches!(theirs, Change::Replace { .. })) else {
            continue;
        };
        if let Some(version) = pointed_at(after).into_iter().find(|version| goes.contains(version)) {
            let detail = format!(
                "Version {version} of function `{name}` would be deleted while {alias} points at it. Point the alias at another version first, or keep this block; a rolling version keeps more with a higher `retain`."
            );
            found.push(Diagnostic::error("Version is in use", detail).about(address));
        }
    }
    found
}
