//! `completions SHELL`: from the same definitions as the help.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::session::Session;

/// Print a script that completes recon's commands and flags in a shell
///
/// For bash: recon completions bash > ~/.local/share/bash-completion/completions/recon
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
pub(crate) fn run(session: &Session, flags: &Flags) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut crate::cli::Cli::command(), "recon", &mut script);
    session.ui.bytes(&script);
    Exit::Done
}
