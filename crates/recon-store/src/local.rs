//! The backend of states in a local folder.

use std::time::Duration;

use recon_core::state::State;

use crate::{
    Backend, Entry, Error, Journal, Lock, Schemas, Workspace, bytes, journal_file, lock, state_file,
};

/// A workspace in a local folder.
#[derive(Clone, Debug)]
pub struct Local {
    workspace: Workspace,
}

impl Local {
    /// The backend of a workspace; touches nothing.
    pub fn new(workspace: Workspace) -> Self {
        Self { workspace }
    }
}

impl Backend for Local {
    fn place(&self) -> String {
        self.workspace.state_path().display().to_string()
    }

    fn lock(&self, purpose: &str, timeout: Duration) -> Result<Lock, Error> {
        lock::lock(&self.workspace, purpose, timeout)
    }

    fn force_unlock(&self, id: &str) -> Result<(), Error> {
        lock::force_unlock(&self.workspace, id)
    }

    fn read(&self, schemas: &dyn Schemas) -> Result<Option<State>, Error> {
        let path = self.workspace.state_path();
        let Some(text) = bytes::read(&path)? else { return Ok(None) };
        state_file::parse_state(&text, &path, schemas).map(Some)
    }

    fn write(&self, state: &State, schemas: &dyn Schemas) -> Result<(), Error> {
        let path = self.workspace.state_path();
        state_file::check(state, &path)?;
        bytes::make_directory(&self.workspace.directory)?;
        let backup = self.workspace.backup_path();
        bytes::replace_with_backup(&path, &backup, |file| state_file::print(state, schemas, file))
    }

    fn journal(&self) -> Result<Journal, Error> {
        journal_file::open(&self.workspace.journal_path())
    }

    fn read_journal(&self, schemas: &dyn Schemas) -> Result<Option<Vec<Entry>>, Error> {
        let path = self.workspace.journal_path();
        let Some(bytes) = bytes::read_raw(&path)? else { return Ok(None) };
        journal_file::parse(&bytes, &path, schemas).map(Some)
    }

    fn remove_journal(&self) -> Result<(), Error> {
        bytes::remove(&self.workspace.journal_path())
    }
}
