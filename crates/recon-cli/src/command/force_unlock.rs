//! `force-unlock ID`.

use clap::Args;
use recon_core::Diagnostic;

use crate::exit::Exit;
use crate::project;
use crate::render::style;
use crate::session::Session;
use crate::stop::Stop;

/// Remove the note of a lock whose holder is gone
///
/// Rarely needed: a local lock dies with the process that holds it. A holder that lives keeps its lock.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Do not ask
    #[arg(long)]
    pub force: bool,

    /// The lock's id, as the message about the lock gives it
    #[arg(value_name = "LOCK-ID")]
    pub id: String,
}

/// Removes the lock.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { force, id } = flags;
    if !force {
        if !session.ui.can_ask() {
            let detail = format!(
                "There is no terminal to ask at. To unlock without a question:\n\n    recon force-unlock -force {id}"
            );
            return Err(Diagnostic::error("Confirmation required", detail).into());
        }
        let prompt = style::paint(style::BOLD, "Enter a value:");
        let question = format!(
            "Do you really want to force-unlock?\n  Only 'yes' will be accepted to confirm.\n\n  {prompt} "
        );
        if session.ui.ask(&question).as_deref() != Some("yes") {
            session.ui.talk("The lock stays.\n");
            return Ok(Exit::Error);
        }
    }
    project::backend(session)?.force_unlock(id)?;
    session.ui.talk(&style::paint(style::DONE, "The state is unlocked.\n"));
    Ok(Exit::Done)
}
