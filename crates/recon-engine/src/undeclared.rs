//! What nobody declared, and goes into service with what a plan makes.

use recon_core::change::Change;
use recon_core::plan::Plan;
use recon_core::provider::Stray;
use recon_core::resource_type::ResourceType;
use recon_core::{Address, Diagnostic, Diagnostics};

use crate::project::Project;

/// How many of them a warning names.
const NAMED_MAX: usize = 10;

/// An object that nobody declared.
#[derive(Clone, Debug)]
pub struct Undeclared {
    /// The declared object that it is under.
    pub parent: Address,
    /// What it is.
    pub stray: Stray,
}

/// Warns of what a plan puts into service that nobody declared: a new deployment freezes its API as that is then.
pub(crate) fn shipped(plan: &Plan, project: &Project, undeclared: &[Undeclared]) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    if undeclared.is_empty() {
        return warnings;
    }
    for one in &plan.changes {
        let (Change::Create { planned } | Change::Replace { planned, .. }) = &one.change else { continue };
        let Some(ships) = project.catalog.resource(one.address.kind()).and_then(ResourceType::ships) else {
            continue;
        };
        let Some(id) = planned.text(ships.argument) else { continue };
        let goes = |one: &&Undeclared| {
            ships.parts.contains(&&*one.stray.kind)
                && &**one.parent.kind() == ships.of
                && id_of(plan, &one.parent) == Some(id)
                && !is_taken_over(plan, &one.stray)
        };
        let parts: Vec<&Undeclared> = undeclared.iter().filter(goes).collect();
        if let Some(first) = parts.first() {
            let warning = warning(&first.parent, &parts).about(&one.address);
            warnings.push(match project.module.resource(&one.address.resource) {
                Some(block) => warning.at(block.span),
                None => warning,
            });
        }
    }
    warnings
}

fn id_of<'a>(plan: &'a Plan, parent: &Address) -> Option<&'a str> {
    plan.refreshed.object(parent).and_then(|object| object.value.text("id"))
}

/// Whether the same plan imports it.
fn is_taken_over(plan: &Plan, stray: &Stray) -> bool {
    plan.changes
        .iter()
        .any(|one| one.address.kind() == &stray.kind && one.imported.as_deref() == Some(&*stray.id))
}

fn warning(parent: &Address, parts: &[&Undeclared]) -> Diagnostic {
    let mut names: Vec<String> =
        parts.iter().take(NAMED_MAX).map(|one| format!("{} {}", one.stray.kind, one.stray.name)).collect();
    if parts.len() > NAMED_MAX {
        names.push(format!("{} more", parts.len() - NAMED_MAX));
    }
    let detail = format!(
        "No block declares these under {parent}, and they go into service with it: {}. Delete or import them first, unless that is meant.",
        names.join(", ")
    );
    Diagnostic::warning("Undeclared parts are deployed", detail)
}
