//! `man`: the manual, from the same definitions as the help.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use recon_core::Diagnostic;

use crate::exit::Exit;
use crate::session::Session;
use crate::stop::Stop;

/// Print the manual page of recon, or write those of all commands
///
/// To read it: recon man | man -l -
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Write one page per command into this directory instead
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Prints or writes the manual.
pub(crate) fn run(session: &Session, flags: &Flags) -> Result<Exit, Stop> {
    let mut command = crate::cli::Cli::command();
    command.build();
    if let Some(directory) = &flags.dir {
        std::fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
        clap_mangen::generate_to(command, directory).map_err(|error| unwritable(directory, &error))?;
    } else {
        let mut page = Vec::new();
        // Writing to memory cannot fail.
        drop(clap_mangen::Man::new(command).render(&mut page));
        session.ui.bytes(&page);
    }
    Ok(Exit::Done)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("Unwritable file", format!("Failed to write `{}`: {error}.", path.display()))
}
