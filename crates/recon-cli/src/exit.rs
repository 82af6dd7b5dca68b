//! The exit codes, which scripts rely on.

use std::process::ExitCode;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked.
    Done,
    /// It did not.
    Error,
    /// It did, and there are changes (with `-detailed-exitcode`) or drift.
    Changes,
    /// It did, and something is configured that is not applied (`drift`), or not formatted (`fmt -check`).
    Pending,
    /// What a command that was run in turn ended with.
    Of(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Pending => 3,
            Exit::Of(code) => code,
        })
    }
}
