//! `import -tfstate FILE`: takes over what Terraform or OpenTofu manages, out of its state.

use std::collections::BTreeMap;
use std::time::Duration;

use recon_core::state::{Health, Instance, Lineage, ProviderKey, State};
use recon_core::{Address, Diagnostic, Identity};
use recon_store::terraform::{self, Left, Taken};

use crate::exit::Exit;
use crate::held::{hold, text_of};
use crate::project;
use crate::render::style;
use crate::session::Session;
use crate::stop::Stop;

/// How many lines a list in an error has at most.
const LINES_MAX: usize = 20;

/// Takes over what a Terraform state holds. Calls nothing: the next plan reads the objects.
pub(crate) fn run(session: &mut Session, file: &str, lock_timeout: Duration) -> Result<Exit, Stop> {
    let (text, path) = text_of(file)?;
    let catalog = project::catalog();
    let taken = terraform::read(&text, &path, &catalog)?;
    let (backend, _lock) = hold(session, "import", lock_timeout)?;
    let state = backend.read(&catalog)?;
    let told = report(&taken);
    if taken.resources.is_empty() {
        session.ui.talk(&format!(
            "{told}\nNothing in it is of a type that recon manages, so there is nothing to import.\n"
        ));
        return Ok(Exit::Done);
    }
    let count = taken.resources.len();
    let state = merged(state, taken)?;
    backend.write(&state, &catalog)?;
    let done = style::paint(style::DONE, "Import successful!");
    let objects = if count == 1 { "1 instance is" } else { &format!("{count} instances are") };
    session.ui.talk(&format!(
        "{told}\n{done}\n\n{objects} now in recon's state. Nothing was called, and Terraform's state is as it was; from now on let \
         only one of the two apply. `recon plan` reads the objects and shows how they differ from the configuration; `recon \
         state export -tfstate` is the way back.\n"
    ));
    Ok(Exit::Done)
}

/// The state with what was taken; an address or an object that is there already is an error.
fn merged(state: Option<State>, taken: Taken) -> Result<State, Diagnostic> {
    let Taken { lineage, serial, resources, outputs, left: _, data_sources: _ } = taken;
    let empty = |state: &State| state.resources.is_empty() && state.outputs.is_empty();
    let mut state = match state {
        Some(state) if !empty(&state) => state,
        // A state that never held anything continues the history of what it takes over, so that the way back is open.
        other => began(lineage, serial, other.map_or(0, |state| state.serial)),
    };
    refuse_known(&state, &resources)?;
    state.resources.extend(resources);
    for (name, value) in outputs {
        state.outputs.entry(name).or_insert(value);
    }
    state.serial += 1;
    Ok(state)
}

fn began(lineage: Lineage, theirs: u64, ours: u64) -> State {
    State { serial: theirs.max(ours), ..State::empty(lineage) }
}

fn refuse_known(state: &State, taken: &BTreeMap<Address, Instance>) -> Result<(), Diagnostic> {
    let known: Vec<String> = taken
        .keys()
        .filter(|address| state.resources.contains_key(*address))
        .map(|address| format!("  {address}"))
        .collect();
    if !known.is_empty() {
        let detail = format!(
            "recon's state has these already, and an import overwrites nothing:\n\n{}\n\nTo take them over anew, make recon \
             forget them first with `recon state rm ADDRESS`. Nothing was imported.",
            shortened(known)
        );
        return Err(Diagnostic::error("Resources already managed by recon", detail));
    }
    let owners: BTreeMap<(ProviderKey, Identity), &Address> = state
        .resources
        .iter()
        .filter_map(|(address, instance)| Some((object_key(address, instance)?, address)))
        .collect();
    let twice: Vec<String> = taken
        .iter()
        .filter_map(|(address, instance)| {
            let owner = owners.get(&object_key(address, instance)?)?;
            Some(format!("  {address}, which recon has as {owner}"))
        })
        .collect();
    if twice.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "These objects have another address in recon's state, and one object has one address:\n\n{}\n\nNothing was imported.",
        shortened(twice)
    );
    Err(Diagnostic::error("Objects already managed by recon", detail))
}

/// What tells one object from all others.
fn object_key(address: &Address, instance: &Instance) -> Option<(ProviderKey, Identity)> {
    let object = instance.object.as_ref()?;
    Some((instance.provider.clone(), Identity::of(address.kind(), &object.value)))
}

fn shortened(mut lines: Vec<String>) -> String {
    if lines.len() > LINES_MAX {
        let more = lines.len() - LINES_MAX;
        lines.truncate(LINES_MAX);
        lines.push(format!("  and {more} more"));
    }
    lines.join("\n")
}

/// What was found in the file.
fn report(taken: &Taken) -> String {
    let mut text = Vec::new();
    for (address, instance) in &taken.resources {
        let Instance { provider: _, depends_on: _, create_before_destroy: _, object, deposed } = instance;
        let mut notes = Vec::new();
        if object.as_ref().is_some_and(|object| object.health == Health::Tainted) {
            notes.push("tainted: the next plan replaces it".to_owned());
        }
        if !deposed.is_empty() {
            let objects = if deposed.len() == 1 { "object" } else { "objects" };
            notes.push(format!("{} deposed {objects}, which the next plan destroys", deposed.len()));
        }
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
        text.push(format!("{address}: Imported{notes}\n"));
    }
    if !taken.left.is_empty() {
        text.push("\nThese stay with Terraform, because recon does not manage their types:\n\n".to_owned());
        for Left { address, instances } in &taken.left {
            let count = if *instances == 1 { String::new() } else { format!(" ({instances} instances)") };
            text.push(format!("  {address}{count}\n"));
        }
    }
    if taken.data_sources > 0 {
        text.push("\nData sources are not imported: every plan reads them anew.\n".to_owned());
    }
    text.concat()
}
