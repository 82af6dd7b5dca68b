//! Everything that can go wrong with what lives on disk. No message holds a stored value.

use std::io;
use std::path::PathBuf;

use recon_core::Diagnostic;

use crate::integrity::Flaw;
use crate::lock::Note;
use crate::terraform::Refusal;

/// What a file that a user names is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A saved plan.
    Plan,
    /// Something else, which the flag says.
    Text,
}

/// What a file of recon's holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A state.
    State,
    /// A journal.
    Journal,
    /// A saved plan.
    Plan,
}

/// Why something could not be read, written or locked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that a user names is not there.
    #[error("read `{}`: there is no such file", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: Expected,
    },
    /// The folder of a file to write is not there.
    #[error("write `{}`: there is no such folder", path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be written.
    #[error("write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no room for a file.
    #[error("write `{}`: no space is left on the device", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// A value is nested deeper than what a reader accepts.
    #[error("store a value of {what}: it is nested deeper than {max} levels")]
    TooDeep {
        /// Whose.
        what: String,
        /// How deep it may be.
        max: usize,
    },
    /// A file is not what recon wrote.
    #[error("read `{}`, line {line}, column {column}: {what}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What it is to hold.
        holds: Holds,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// A file is something else than a state.
    #[error("read `{}`: it is not a recon state file", path.display())]
    NotAState {
        /// The file.
        path: PathBuf,
        /// Whether Terraform wrote it.
        terraform: bool,
    },
    /// A file is no plan.
    #[error("read `{}`: it is not a recon plan file", path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
    },
    /// A file is not a Terraform state that can be taken over.
    #[error("read `{}`: {}", path.display(), refusal.what())]
    NotTerraforms {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        refusal: Refusal,
    },
    /// A file that another program wrote is cut off or damaged.
    #[error("read `{}`, line {line}, column {column}: {what}", path.display())]
    BrokenJson {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// Objects in a Terraform state do not follow the schemas of their types.
    #[error("take over what `{}` holds:{}", path.display(), listed(wrong))]
    Untakable {
        /// The file.
        path: PathBuf,
        /// Whose, and what is wrong with it.
        wrong: Vec<(String, String)>,
    },
    /// A later recon wrote the file.
    #[error("read `{}`: its format is {format}, and this recon reads up to {newest}", path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// The file's.
        format: u64,
        /// The last that is known here.
        newest: u64,
    },
    /// The file relies on something that this recon does not know.
    #[error("read `{}`: it uses features that this recon does not know: {}", path.display(), features.join(", "))]
    UnknownFeatures {
        /// The file.
        path: PathBuf,
        /// By name.
        features: Vec<String>,
    },
    /// A state contradicts itself.
    #[error("accept the state in `{}`: {}", path.display(), flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Flawed {
        /// The file.
        path: PathBuf,
        /// How.
        flaws: Vec<Flaw>,
    },
    /// A stored object follows a schema that cannot be read any more, or not yet.
    #[error("read {address} in `{}`, stored by schema version {version}: {message}", path.display())]
    Upgrade {
        /// The file.
        path: PathBuf,
        /// The instance.
        address: String,
        /// The stored version.
        version: u32,
        /// Why.
        message: String,
    },
    /// Two states do not belong to one history.
    #[error("continue the state of lineage {have} with one of lineage {other}")]
    WrongLineage {
        /// Of the state.
        have: String,
        /// Of the other one.
        other: String,
    },
    /// A state or journal starts from another serial.
    #[error("continue the state of serial {have} from serial {other}")]
    WrongSerial {
        /// Of the state.
        have: u64,
        /// Of the other one.
        other: u64,
    },
    /// A journal's entries do not follow each other.
    #[error("fold the journal, entry {entry}: {what}")]
    JournalOrder {
        /// From 1.
        entry: usize,
        /// What is wrong there.
        what: String,
    },
    /// A plan was made by another version.
    #[error("read the plan `{}`: recon {made_by} made it, and this is recon {this}", path.display(), this = crate::VERSION)]
    PlanOfOtherVersion {
        /// The file.
        path: PathBuf,
        /// The version that made it.
        made_by: String,
    },
    /// Somebody else holds the lock.
    #[error("lock `{}`: {}", path.display(), holder(note.as_ref()))]
    Locked {
        /// The lock.
        path: PathBuf,
        /// Who; nothing in the moment before the holder has written it down.
        note: Option<Note>,
    },
    /// There is no lock to remove.
    #[error("unlock `{}`: it is not locked", path.display())]
    NotLocked {
        /// The lock.
        path: PathBuf,
    },
    /// The lock has another id.
    #[error("unlock `{}`: the lock's id is {}, not {asked}", path.display(), note.id)]
    OtherLock {
        /// The lock.
        path: PathBuf,
        /// The id that was given.
        asked: String,
        /// Who holds it.
        note: Note,
    },
    /// The lock's holder lives.
    #[error("unlock `{}`: its holder is running; {}", path.display(), holder(note.as_ref()))]
    HolderLives {
        /// The lock.
        path: PathBuf,
        /// Who holds it.
        note: Option<Note>,
    },
    /// The configuration names a backend that recon does not have.
    #[error("open the backend `{name}`: recon does not support it")]
    BackendUnsupported {
        /// Its name.
        name: String,
    },
    /// Text that cannot name a workspace.
    #[error("use `{name}` as the name of a workspace")]
    WorkspaceName {
        /// The text.
        name: String,
    },
    /// The workspace is there already.
    #[error("make the workspace `{name}`: it exists already")]
    WorkspaceExists {
        /// Its name.
        name: String,
    },
    /// There is no such workspace.
    #[error("use the workspace `{name}`: it does not exist")]
    WorkspaceMissing {
        /// Its name.
        name: String,
    },
    /// The workspace must not be deleted.
    #[error("delete the workspace `{name}`: {why}")]
    WorkspaceKept {
        /// Its name.
        name: String,
        /// Why not.
        why: &'static str,
    },
}

fn listed(wrong: &[(String, String)]) -> String {
    wrong.iter().map(|(whose, what)| format!("\n  {whose}: {what}")).collect()
}

/// What the system says, without the name of a passing file that stands in for the real one.
fn words(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is not a folder".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::InvalidData => "it is not text".to_owned(),
        _ => source.to_string(),
    }
}

fn holder(note: Option<&Note>) -> String {
    match note {
        Some(note) => format!(
            "{} holds it since {} for `{}` (process {}, lock id {})",
            note.who, note.since, note.purpose, note.pid, note.id
        ),
        None => "another process holds it".to_owned(),
    }
}

impl Error {
    /// A failed write; a full disk is told apart, because nothing is wrong but the room.
    pub(crate) fn write(path: &std::path::Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::NotFound => Self::NoFolder { path },
            _ => Self::Write { path, source },
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Read { source, .. } | Self::Write { source, .. }
                if source.kind() == io::ErrorKind::PermissionDenied =>
            {
                "Check who owns the file and its folder: recon makes them readable by their owner alone."
            }
            Self::Write { source, .. } if source.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                "Plans and applies lock and write the state. `recon drift`, `recon show` and `recon output` only read it."
            }
            Self::DiskFull { .. } => {
                "Nothing is lost: the file is as it was before, and what a run has done so far, if it had begun, is in the \
                 journal beside the state file. Make room, then run the command again; what is missing in the state it \
                 completes by itself."
            }
            Self::Missing { expected: Expected::Plan, .. } => {
                "A saved plan is expected here, as `recon plan -out=FILE` writes it."
            }
            Self::NoFolder { .. } => "Make the folder first, or name another one.",
            Self::Corrupt { holds, .. } => corrupt_help(*holds),
            Self::Flawed { .. } => corrupt_help(Holds::State),
            Self::NotAState { terraform: true, .. } => {
                "Terraform wrote it. `recon import -tfstate FILE` takes over what it remembers."
            }
            Self::NotAState { terraform: false, .. } => {
                "Was it edited, or does another tool's file stand where the state belongs? Move it away; the state before the \
                 last write, if there was one, is beside it under the same name with `.backup` at its end."
            }
            Self::NotTerraforms { refusal, .. } => refusal.help(),
            Self::BrokenJson { .. } => "Was the file edited or cut off? Nothing was taken from it.",
            Self::Untakable { .. } => {
                "Let the Terraform that wrote it bring it up to date with `terraform apply -refresh-only`, then import again. \
                 Nothing was taken from it."
            }
            Self::NewerFormat { .. } | Self::UnknownFeatures { .. } => {
                "A later version of recon wrote it. Use that version or a later one."
            }
            Self::PlanOfOtherVersion { .. } | Self::NotAPlan { .. } => {
                "Make the plan again with `recon plan -out=FILE`."
            }
            Self::WrongLineage { .. } => {
                "They are states of different things; check the folder and the workspace."
            }
            Self::WrongSerial { .. } | Self::JournalOrder { .. } => {
                "The state file and the journal do not belong together; was one of them copied from elsewhere or \
                 restored? Restore the other one too."
            }
            Self::Locked { note, .. } => return Some(locked_help(note.as_ref())),
            Self::OtherLock { note, .. } => return Some(unlock_help(note)),
            Self::HolderLives { .. } => {
                "The operating system holds the lock for that process and frees it when the process ends. Wait for it \
                 or end it; there is nothing to unlock by force."
            }
            Self::BackendUnsupported { .. } => {
                "States live in a local folder. Remove the `backend` block, or make it `backend \"local\" {}`."
            }
            Self::WorkspaceName { .. } => {
                "A name has letters, digits, `-` and `_`, at most 90 of them, and does not begin with `-`."
            }
            Self::WorkspaceMissing { .. } => {
                "`recon workspace list` shows those that exist, `recon workspace new NAME` makes one."
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// The error as the user sees it.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut detail = format!("Failed to {self}");
        if let Self::Read { source, .. } | Self::Write { source, .. } = self {
            detail = format!("{detail}: {}", words(source));
        }
        detail.push('.');
        if let Some(help) = self.help() {
            detail = format!("{detail}\n\n{help}");
        }
        Diagnostic::error(self.summary(), detail)
    }

    fn summary(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "No such file",
            Self::NoFolder { .. } => "No such folder",
            Self::Read { .. } => "Unreadable file",
            Self::Write { .. } => "Unwritable file",
            Self::DiskFull { .. } => "Disk full",
            Self::TooDeep { .. } => "Value nested too deeply",
            Self::Corrupt { .. } | Self::BrokenJson { .. } => "Corrupt file",
            Self::NotAState { .. } => "Not a state file",
            Self::NotAPlan { .. } => "Not a plan file",
            Self::NotTerraforms { .. } => "Not a Terraform state",
            Self::Untakable { .. } => "Unreadable objects",
            Self::NewerFormat { .. } | Self::UnknownFeatures { .. } => "File of a later recon",
            Self::Flawed { .. } => "Contradictory state",
            Self::Upgrade { .. } => "Unreadable object",
            Self::WrongLineage { .. } | Self::WrongSerial { .. } => "State mismatch",
            Self::JournalOrder { .. } => "Contradictory journal",
            Self::PlanOfOtherVersion { .. } => "Plan of another version",
            Self::Locked { .. } => "State locked",
            Self::NotLocked { .. } | Self::OtherLock { .. } | Self::HolderLives { .. } => "Lock not removed",
            Self::BackendUnsupported { .. } => "Unsupported backend",
            Self::WorkspaceName { .. } => "Invalid workspace name",
            Self::WorkspaceExists { .. } | Self::WorkspaceMissing { .. } | Self::WorkspaceKept { .. } => {
                "Invalid workspace"
            }
        }
    }
}

fn corrupt_help(holds: Holds) -> &'static str {
    match holds {
        Holds::State => {
            "Was the file edited or cut off? The state before the last write is beside it, under the same name \
             with `.backup` at its end."
        }
        Holds::Journal => {
            "It holds what an interrupted run did that is not in the state file yet, so recon changes nothing before it can \
             be read. Was it edited? Restore it. If it is lost for good, move it away: what it held is then unknown to \
             recon, `recon plan` shows it as still to be made, and `recon import` takes over what is there."
        }
        Holds::Plan => "Was the file edited or cut off? Make the plan again with `recon plan -out=FILE`.",
    }
}

fn locked_help(note: Option<&Note>) -> String {
    let who = note.map_or_else(|| "it".to_owned(), |note| note.who.clone());
    format!("Wait for {who} to finish, or let recon wait with `-lock-timeout=5m`.")
}

fn unlock_help(note: &Note) -> String {
    format!("To remove this one:\n\n    recon force-unlock {}", note.id)
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        error.diagnostic()
    }
}
