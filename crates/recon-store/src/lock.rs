//! One run at a time: a file lock of the operating system, which dies with its process, and a note of who holds it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::{Error, Workspace, bytes};

/// How often a held lock is tried again.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How often a lock is taken anew whose file is removed by the one who held it.
const REMOVALS_MAX: u32 = 100;

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Of this one locking.
    pub id: String,
    /// `user@host`
    pub who: String,
    /// The process.
    pub pid: u32,
    /// RFC 3339.
    pub since: String,
    /// The command: `apply`.
    pub purpose: String,
}

/// The form of a [`Note`] on disk.
#[derive(Serialize, Deserialize)]
struct NoteOnDisk {
    id: String,
    who: String,
    pid: u32,
    since: String,
    purpose: String,
}

/// A held lock; dropping it frees it.
#[derive(Debug)]
pub struct Lock {
    note: Note,
    note_path: PathBuf,
    path: PathBuf,
    /// Whether the folder was made for it.
    made_folder: bool,
    /// Holds the lock as long as it is open.
    file: File,
}

impl Lock {
    /// Who holds it: this process.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A note that stays harms nobody: without the lock beneath it, it is stale.
        drop(fs::remove_file(&self.note_path));
        let folder = bytes::parent(&self.path);
        if is_only_entry(folder) {
            // Nothing was kept, so nothing is left: a run that was refused changes nothing.
            drop(fs::remove_file(&self.path));
            if self.made_folder {
                drop(fs::remove_dir(folder));
            }
        }
        drop(self.file.unlock());
    }
}

/// Whether a folder holds one file.
fn is_only_entry(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| entries.take(2).count() == 1)
}

/// Takes the lock of a workspace.
pub(crate) fn lock(workspace: &Workspace, purpose: &str, timeout: Duration) -> Result<Lock, Error> {
    let path = workspace.lock_path();
    let note_path = workspace.lock_note_path();
    let made_folder = !workspace.directory.exists();
    let file = take(workspace, timeout)?;
    // From here on nobody else writes this workspace's files.
    bytes::sweep(&workspace.state_path());
    bytes::sweep(&note_path);
    let note = new_note(purpose);
    write_note(&note_path, &note)?;
    Ok(Lock { note, note_path, path, made_folder, file })
}

/// The locked file.
fn take(workspace: &Workspace, timeout: Duration) -> Result<File, Error> {
    let path = workspace.lock_path();
    let started = Instant::now();
    let mut removals = 0;
    loop {
        bytes::make_directory(&workspace.directory)?;
        let file = match open(&path) {
            // Whoever held it before removed the folder meanwhile.
            Err(Error::NoFolder { .. }) if removals < REMOVALS_MAX => {
                removals += 1;
                continue;
            }
            file => file?,
        };
        if try_lock(&file, &path)? {
            if is_at(&file, &path) {
                return Ok(file);
            }
            continue;
        }
        let left = timeout.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(Error::Locked { path, note: read_note(&workspace.lock_note_path()) });
        }
        std::thread::sleep(left.min(POLL_INTERVAL));
    }
}

/// Whether an open file is still the one of that name: a lock on a removed one keeps nobody away.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Removes the note of a holder that is gone.
pub(crate) fn force_unlock(workspace: &Workspace, id: &str) -> Result<(), Error> {
    let path = workspace.lock_path();
    let note_path = workspace.lock_note_path();
    if !path.exists() && !note_path.exists() {
        return Err(Error::NotLocked { path });
    }
    let file = open(&path)?;
    let note = read_note(&note_path);
    if let Some(note) = note.clone().filter(|note| note.id != id) {
        return Err(Error::OtherLock { path, asked: id.to_owned(), note });
    }
    if !try_lock(&file, &path)? {
        return Err(Error::HolderLives { path, note });
    }
    match note {
        Some(_) => bytes::remove(&note_path),
        None => Err(Error::NotLocked { path }),
    }
}

fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(|source| Error::write(path, source))
}

fn try_lock(file: &File, path: &Path) -> Result<bool, Error> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(Error::write(path, source)),
    }
}

fn new_note(purpose: &str) -> Note {
    let user = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let user = user.unwrap_or_else(|| rustix::process::getuid().as_raw().to_string());
    let system = rustix::system::uname();
    Note {
        id: uuid::Uuid::new_v4().to_string(),
        who: format!("{user}@{}", system.nodename().to_string_lossy()),
        pid: std::process::id(),
        since: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        purpose: purpose.to_owned(),
    }
}

fn write_note(path: &Path, note: &Note) -> Result<(), Error> {
    let Note { id, who, pid, since, purpose } = note.clone();
    let on_disk = NoteOnDisk { id, who, pid, since, purpose };
    bytes::replace(path, |file| {
        serde_json::to_writer_pretty(&mut *file, &on_disk)?;
        writeln!(file)
    })
}

/// What cannot be read is no note: the lock beneath it counts.
fn read_note(path: &Path) -> Option<Note> {
    let text = fs::read_to_string(path).ok()?;
    let NoteOnDisk { id, who, pid, since, purpose } = serde_json::from_str(&text).ok()?;
    Some(Note { id, who, pid, since, purpose })
}
