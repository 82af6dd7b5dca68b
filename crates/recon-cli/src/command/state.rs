//! `state list|show|mv|rm|pull|push|export`.

use std::time::Duration;

use clap::{Args, Subcommand};
use recon_core::address::Target;
use recon_core::state::State;
use recon_core::{Address, Diagnostic};

use super::{state_export, state_push};
use crate::exit::Exit;
use crate::held::hold;
use crate::render::state as render;
use crate::session::Session;
use crate::stop::Stop;
use crate::{duration, moving, project};

/// Look into the state, and correct it
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// List the addresses of what recon manages
    List {
        /// Only those with this id
        #[arg(long)]
        id: Option<String>,
        /// Only these resources, modules or instances
        #[arg(value_name = "ADDRESS")]
        addresses: Vec<Target>,
    },
    /// Show what recon remembers of an instance
    Show {
        /// The instance
        address: Address,
    },
    /// Move what recon remembers to another address
    ///
    /// A `moved` block in the configuration does the same for everybody who applies it.
    Mv {
        #[command(flatten)]
        write: WriteFlags,
        /// The address now
        source: Target,
        /// The address then
        destination: Target,
    },
    /// Forget resources, and leave the objects as they are
    Rm {
        #[command(flatten)]
        write: WriteFlags,
        /// Resources, modules or instances
        #[arg(required = true, value_name = "ADDRESS")]
        addresses: Vec<Target>,
    },
    /// Print the state file, brought up to the current format
    Pull,
    /// Put a state file in place of the state
    ///
    /// It must be of the same lineage and not older than the state that is there, which is kept as a backup.
    Push(state_push::Flags),
    /// Write what recon manages as a state of another tool
    ///
    /// `terraform plan` is empty after it where `recon plan` is. Where the file exists, its lineage is continued, and what recon
    /// does not manage stays in it.
    Export(state_export::Flags),
}

/// Flags of what writes the state.
#[derive(Args, Debug)]
pub(crate) struct WriteFlags {
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Wait that long for somebody else's lock
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub lock_timeout: Duration,
}

/// What a change of the state is called.
struct Words {
    purpose: &'static str,
    would: &'static str,
    did: &'static str,
}

const MOVE: Words = Words { purpose: "state mv", would: "Would move", did: "Moved" };
const REMOVE: Words = Words { purpose: "state rm", would: "Would remove", did: "Removed" };

/// Does it.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    match &flags.command {
        Command::List { id, addresses } => list(session, id.as_deref(), addresses),
        Command::Show { address } => show(session, address),
        Command::Mv { write, source, destination } => {
            change(session, write, &MOVE, |state| moving::relocate(state, source, destination))
        }
        Command::Rm { write, addresses } => change(session, write, &REMOVE, |state| forget(state, addresses)),
        Command::Pull => pull(session),
        Command::Push(flags) => state_push::run(session, flags),
        Command::Export(flags) => state_export::run(session, flags),
    }
}

fn list(session: &mut Session, id: Option<&str>, targets: &[Target]) -> Result<Exit, Stop> {
    let Some(state) = project::remembered(session)? else { return Ok(Exit::Done) };
    for target in targets {
        if !state.resources.keys().any(|address| target.covers(address)) {
            return Err(unmatched(target).into());
        }
    }
    for (address, instance) in &state.resources {
        let wanted = targets.is_empty() || targets.iter().any(|target| target.covers(address));
        let is_it = |id| instance.object.as_ref().is_some_and(|object| object.value.str("id") == Some(id));
        if wanted && id.is_none_or(is_it) {
            session.ui.data(&format!("{address}\n"));
        }
    }
    Ok(Exit::Done)
}

fn show(session: &mut Session, address: &Address) -> Result<Exit, Stop> {
    let state = project::remembered(session)?;
    let object = state.as_ref().and_then(|state| state.object(address));
    let Some(object) = object else {
        return Err(unmatched(&Target::Resource(address.clone())).into());
    };
    session.ui.data(&render::object(address, object, None, &project::catalog()));
    Ok(Exit::Done)
}

fn pull(session: &mut Session) -> Result<Exit, Stop> {
    let Some(state) = project::remembered(session)? else { return Ok(Exit::Done) };
    session.ui.bytes(&recon_store::print_state(&state, &project::catalog()));
    Ok(Exit::Done)
}

/// Changes the state under its lock; `edit` says in lines to what.
fn change(
    session: &mut Session,
    flags: &WriteFlags,
    words: &Words,
    edit: impl FnOnce(&mut State) -> Result<Vec<String>, Diagnostic>,
) -> Result<Exit, Stop> {
    let catalog = project::catalog();
    let (backend, _lock) = hold(session, words.purpose, flags.lock_timeout)?;
    let Some(mut state) = backend.read(&catalog)? else {
        return Err(Diagnostic::error(
            "No state",
            "Nothing was applied here yet, so there is nothing to change.",
        )
        .into());
    };
    let done = edit(&mut state)?;
    let lead = if flags.dry_run { words.would } else { words.did };
    for line in done {
        session.ui.data(&format!("{lead} {line}\n"));
    }
    if !flags.dry_run {
        state.serial += 1;
        backend.write(&state, &catalog)?;
    }
    Ok(Exit::Done)
}

fn forget(state: &mut State, targets: &[Target]) -> Result<Vec<String>, Diagnostic> {
    let mut lines = Vec::new();
    for target in targets {
        let covered: Vec<Address> =
            state.resources.keys().filter(|address| target.covers(address)).cloned().collect();
        if covered.is_empty() {
            return Err(unmatched(target));
        }
        for address in covered {
            state.resources.remove(&address);
            lines.push(address.to_string());
        }
    }
    Ok(lines)
}

/// Nothing in the state has that address.
fn unmatched(target: &Target) -> Diagnostic {
    let name = match target {
        Target::Module(module) => module.to_string(),
        Target::Resource(address) => address.to_string(),
    };
    let detail = format!("The state has nothing at {name}. `recon state list` shows what there is.");
    Diagnostic::error("No such resource", detail)
}
