//! `init`: there is nothing to do, and it says so.

use clap::Args;

use crate::exit::Exit;
use crate::session::Session;

/// Do nothing: recon needs no preparation, its providers are built in
///
/// Kept so that scripts written for Terraform run unchanged.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Accepted for scripts' sake, without effect
    #[arg(long, hide = true)]
    pub upgrade: bool,
    /// Accepted for scripts' sake, without effect
    #[arg(long, hide = true)]
    pub reconfigure: bool,
    /// Accepted for scripts' sake, without effect
    #[arg(long, hide = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub input: Option<bool>,
    /// Accepted for scripts' sake, without effect
    #[arg(long, hide = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub backend: Option<bool>,
    /// Accepted for scripts' sake, without effect
    #[arg(long, hide = true)]
    pub update: bool,
}

/// Says that nothing is needed.
pub(crate) fn run(session: &Session, flags: &Flags) -> Exit {
    let Flags { upgrade: _, reconfigure: _, input: _, backend: _, update: _ } = flags;
    session.ui.talk("Nothing to initialize: recon's providers are built in, and a local directory needs no preparation.\n");
    Exit::Done
}
