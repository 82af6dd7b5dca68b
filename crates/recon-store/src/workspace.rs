//! Workspaces: which files belong to which, and which one is selected.

use std::io;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use recon_core::state::State;

use crate::{Backend, Error, Local, Schemas, bytes, new_lineage};

/// The workspace that always exists.
pub const DEFAULT: &str = "default";

/// The longest name; file names end at 255 bytes, and ours add to it.
const NAME_BYTES_MAX: usize = 90;

/// One of the states of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The folder of all of them, `state` beside the configuration.
    pub directory: PathBuf,
    /// `default` unless the user made others.
    pub name: String,
}

impl Workspace {
    /// A workspace by name: letters, digits, `-` and `_`.
    pub fn new(directory: PathBuf, name: &str) -> Result<Self, Error> {
        if !is_name(name) {
            return Err(Error::WorkspaceName { name: name.to_owned() });
        }
        Ok(Self { directory, name: name.to_owned() })
    }

    /// The workspace that is selected in `directory`.
    pub fn selected(directory: PathBuf) -> Result<Self, Error> {
        let path = directory.join(".workspace");
        let name = match fs::read_to_string(&path) {
            Ok(text) => text.trim().to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => DEFAULT.to_owned(),
            Err(source) => return Err(Error::Read { path, source }),
        };
        Self::new(directory, &name)
    }

    /// All workspaces in `directory`, in order of name, `default` among them.
    pub fn list(directory: &Path) -> Result<Vec<String>, Error> {
        let read_error = |source| Error::Read { path: directory.to_owned(), source };
        let mut names = vec![DEFAULT.to_owned()];
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
            Err(source) => return Err(read_error(source)),
        };
        for entry in entries {
            let file = entry.map_err(read_error)?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".json"));
            names.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Makes a workspace with an empty state, and selects it.
    pub fn create(directory: PathBuf, name: &str, schemas: &dyn Schemas) -> Result<Self, Error> {
        let workspace = Self::new(directory, name)?;
        if workspace.exists() {
            return Err(Error::WorkspaceExists { name: name.to_owned() });
        }
        Local::new(workspace.clone()).write(&State::empty(new_lineage()), schemas)?;
        workspace.select()?;
        Ok(workspace)
    }

    /// Makes this the workspace of the runs that follow.
    pub fn select(&self) -> Result<(), Error> {
        if !self.exists() {
            return Err(Error::WorkspaceMissing { name: self.name.clone() });
        }
        bytes::make_directory(&self.directory)?;
        bytes::replace(&self.directory.join(".workspace"), |file| writeln!(file, "{}", self.name))
    }

    /// Refuses what must not be deleted: `default`, what is selected, what has a journal, and what is not there.
    pub fn may_go(&self) -> Result<(), Error> {
        let refused = |why| Err(Error::WorkspaceKept { name: self.name.clone(), why });
        if self.name == DEFAULT {
            return refused("it is the one that always exists");
        }
        if Self::selected(self.directory.clone())? == *self {
            return refused("it is selected");
        }
        if self.journal_path().exists() {
            return refused("an interrupted run has left its journal there");
        }
        if !self.exists() {
            return Err(Error::WorkspaceMissing { name: self.name.clone() });
        }
        Ok(())
    }

    /// Removes the files of this workspace, if it may go. That nothing in it is lost is for the caller to see to.
    pub fn delete(&self) -> Result<(), Error> {
        self.may_go()?;
        let files = [self.state_path(), self.backup_path(), self.lock_path(), self.lock_note_path()];
        files.iter().try_for_each(|path| bytes::remove(path))
    }

    /// Whether it is `default` or was made.
    pub fn exists(&self) -> bool {
        self.name == DEFAULT || self.state_path().exists() || self.journal_path().exists()
    }

    /// The state file.
    pub fn state_path(&self) -> PathBuf {
        self.file("json")
    }

    /// The state file before the last write.
    pub fn backup_path(&self) -> PathBuf {
        self.file("json.backup")
    }

    /// The journal of a run that is not finished.
    pub fn journal_path(&self) -> PathBuf {
        self.file("journal")
    }

    /// The empty file that carries the lock.
    pub(crate) fn lock_path(&self) -> PathBuf {
        self.file("lock")
    }

    /// Who holds the lock.
    pub(crate) fn lock_note_path(&self) -> PathBuf {
        self.file("lock.json")
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.directory.join(format!("{}.{extension}", self.name))
    }
}

impl fmt::Display for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Without dots, so that no workspace's file is another one's note or backup.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.starts_with('-') && name.chars().all(fits)
}
