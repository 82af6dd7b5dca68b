//! The state under its lock, for what changes it without planning.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use recon_core::Diagnostic;
use recon_store::{Backend, Lock};

use crate::project;
use crate::session::Session;
use crate::stop::Stop;

/// Takes the lock of the state; while a run that was cut off is not completed, nothing may change it.
pub(crate) fn hold(
    session: &mut Session,
    purpose: &str,
    timeout: Duration,
) -> Result<(Box<dyn Backend>, Lock), Stop> {
    let backend = project::backend(session)?;
    let lock = backend.lock(purpose, timeout)?;
    if backend.read_journal(&project::catalog())?.is_some() {
        let detail = "A run was cut off, and what it did is not in the state yet. Complete it first:\n\n    recon plan";
        return Err(Diagnostic::error("Interrupted run", detail).into());
    }
    Ok((backend, lock))
}

/// The text of a file that a flag names, or of standard input for `-`, with what to call it in a message.
pub(crate) fn text_of(file: &str) -> Result<(String, PathBuf), Stop> {
    if file == "-" {
        let mut text = String::new();
        let read = std::io::stdin().lock().read_to_string(&mut text);
        return match read {
            Ok(_) => Ok((text, PathBuf::from("standard input"))),
            Err(error) => {
                let detail = format!("Failed to read standard input: {error}.");
                Err(Diagnostic::error("Unreadable input", detail).into())
            }
        };
    }
    Ok((recon_store::read_text(Path::new(file))?, PathBuf::from(file)))
}
