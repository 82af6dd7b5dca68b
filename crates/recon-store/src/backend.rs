//! The seam behind which a state lives: a folder today, other places by the same calls.

use std::time::Duration;

use recon_core::state::{Lineage, State};

use crate::{Entry, Error, Journal, Local, Lock, RunId, Schemas, Workspace};

/// Where one workspace's state, journal and lock live. All calls block.
pub trait Backend: Send + Sync {
    /// What to call the place in a message: the path of the state file.
    fn place(&self) -> String;

    /// Takes the workspace's lock, waiting up to `timeout` for another holder. The lock dies with the process.
    fn lock(&self, purpose: &str, timeout: Duration) -> Result<Lock, Error>;

    /// Removes the note of a lock whose holder is gone; a holder that lives is an error that names it.
    fn force_unlock(&self, id: &str) -> Result<(), Error>;

    /// The state, or nothing if none was written yet.
    fn read(&self, schemas: &dyn Schemas) -> Result<Option<State>, Error>;

    /// Replaces the state in one step and keeps the one before as a backup; what equals the stored state is not
    /// written again. The serial is written as given.
    fn write(&self, state: &State, schemas: &dyn Schemas) -> Result<(), Error>;

    /// Opens the journal to append to, made if there is none.
    fn journal(&self) -> Result<Journal, Error>;

    /// The entries of a journal that an interrupted run left behind, or nothing if there is none. Values are read
    /// up to the current schemas.
    fn read_journal(&self, schemas: &dyn Schemas) -> Result<Option<Vec<Entry>>, Error>;

    /// Removes the journal; there being none is a success.
    fn remove_journal(&self) -> Result<(), Error>;
}

/// The backend that a configuration names, `local` where it names none.
pub fn open(backend: Option<&str>, workspace: Workspace) -> Result<Box<dyn Backend>, Error> {
    match backend {
        None | Some("local") => Ok(Box::new(Local::new(workspace))),
        Some(other) => Err(Error::BackendUnsupported { name: other.to_owned() }),
    }
}

/// A lineage that no other state has.
pub fn new_lineage() -> Lineage {
    Lineage(uuid::Uuid::new_v4().to_string().into())
}

/// An id that no other run has.
pub fn new_run() -> RunId {
    RunId(uuid::Uuid::new_v4().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsupported_backend_is_named_with_what_to_do() {
        let workspace = Workspace::new("/nowhere".into(), "default").unwrap();
        let error = open(Some("s3"), workspace).err().unwrap();
        assert!(matches!(&error, Error::BackendUnsupported { name } if name == "s3"));
        assert!(error.help().unwrap().contains("backend \"local\""));
    }

    #[test]
    fn lineages_differ() {
        assert_ne!(new_lineage(), new_lineage());
    }
}
