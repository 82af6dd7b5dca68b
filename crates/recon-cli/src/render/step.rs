//! What a step of an apply is called while it runs, when it is done, and when it failed.

use std::time::Duration;

use recon_core::Address;
use recon_core::plan::Op;

use super::quote;

/// What a step does, as far as the user cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Making an object.
    Create,
    /// Changing one.
    Update,
    /// Destroying one.
    Delete,
    /// Reading a data source.
    Read,
    /// No longer remembering one.
    Forget,
}

impl From<&Op> for Doing {
    fn from(op: &Op) -> Self {
        match op {
            Op::Create(_) => Self::Create,
            Op::Update => Self::Update,
            Op::Delete | Op::DeleteDeposed(_) | Op::Vanish => Self::Delete,
            Op::Read => Self::Read,
            Op::Forget | Op::Join => Self::Forget,
        }
    }
}

impl Doing {
    /// The name of the action in JSON.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Read => "read",
            Self::Forget => "remove",
        }
    }

    /// It begins.
    pub(crate) fn started(self, address: &Address, id: Option<&str>) -> String {
        let words = match self {
            Self::Create => "Creating",
            Self::Update => "Modifying",
            Self::Delete => "Destroying",
            Self::Read => "Reading",
            Self::Forget => "Forgetting",
        };
        format!("{}: {words}...{}", name(address), identity(id))
    }

    /// It goes on.
    pub(crate) fn still(self, address: &Address, elapsed: Duration) -> String {
        let words = match self {
            Self::Create => "creating",
            Self::Update => "modifying",
            Self::Delete => "destroying",
            Self::Read => "reading",
            Self::Forget => "forgetting",
        };
        format!("{}: Still {words}... [{} elapsed]", name(address), duration(elapsed))
    }

    /// It is done.
    pub(crate) fn finished(self, address: &Address, elapsed: Duration, id: Option<&str>) -> String {
        format!("{}: {} complete after {}{}", name(address), self.noun(), duration(elapsed), identity(id))
    }

    /// It failed.
    pub(crate) fn failed(self, address: &Address, elapsed: Duration) -> String {
        format!("{}: {} errored after {}", name(address), self.noun(), duration(elapsed))
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Create => "Creation",
            Self::Update => "Modifications",
            Self::Delete => "Destruction",
            Self::Read => "Read",
            Self::Forget => "Removal from state",
        }
    }
}

fn identity(id: Option<&str>) -> String {
    id.map(|id| format!(" [id={}]", quote::visible(id))).unwrap_or_default()
}

fn name(address: &Address) -> String {
    quote::visible(&address.to_string())
}

/// `0s`, `59s`, `1m0s`, `1h0m0s`.
pub(crate) fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}
