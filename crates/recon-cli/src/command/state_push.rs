//! `state push`: puts a state in place of the one that is stored.

use std::time::Duration;

use clap::Args;
use recon_core::Diagnostic;
use recon_core::state::State;
use recon_store::{parse_state, same_content};

use crate::exit::Exit;
use crate::held::{hold, text_of};
use crate::session::Session;
use crate::stop::Stop;
use crate::{duration, project};

/// Flags of `state push`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Accept a state of another lineage, or an older one
    #[arg(long)]
    pub force: bool,

    /// Wait that long for somebody else's lock
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub lock_timeout: Duration,

    /// The state file, as `recon state pull` prints it; `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
}

/// Checks the state and puts it in place; the one before stays as the backup.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { force, lock_timeout, file } = flags;
    let catalog = project::catalog();
    let (text, path) = text_of(file)?;
    let mut given = parse_state(&text, &path, &catalog)?;
    let (backend, _lock) = hold(session, "state push", *lock_timeout)?;
    if let Some(have) = backend.read(&catalog)? {
        if given == have {
            session.ui.talk("The state is that one already.\n");
            return Ok(Exit::Done);
        }
        match refusal(&have, &given) {
            Some(detail) if !force => {
                let detail = format!(
                    "{detail}\n\nIf you mean it, add -force; the state that is there is kept as a backup."
                );
                return Err(Diagnostic::error("State not pushed", detail).into());
            }
            // No plan that was saved before may fit the state that is there then.
            Some(_) => given.serial = given.serial.max(have.serial + 1),
            None => {}
        }
    }
    backend.write(&given, &catalog)?;
    let State { serial, resources, .. } = &given;
    session.ui.talk(&format!(
        "Pushed to {}: serial {serial}, {} in it. The state before is beside it, under the same name with `.backup` at its end.\n",
        backend.place(),
        match resources.len() {
            1 => "1 instance".to_owned(),
            count => format!("{count} instances"),
        }
    ));
    Ok(Exit::Done)
}

/// Why a state may not follow another one.
fn refusal(have: &State, given: &State) -> Option<String> {
    if have.lineage != given.lineage {
        return Some(format!(
            "The state that is there has the lineage {}, the given one {}: they are states of different things.",
            have.lineage.0, given.lineage.0
        ));
    }
    let (have_serial, given_serial) = (have.serial, given.serial);
    if given_serial < have_serial {
        return Some(format!(
            "The state that is there has the serial {have_serial}, the given one {given_serial}: it is older, and what was done since \
             would be forgotten."
        ));
    }
    (given_serial == have_serial && !same_content(have, given)).then(|| {
        format!("Both states have the serial {have_serial}, but they differ. Raise the serial of the given one if it is the later one.")
    })
}
