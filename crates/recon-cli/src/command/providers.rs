//! `providers schema -json`.

use clap::{Args, Subcommand};
use recon_core::Diagnostic;

use crate::exit::Exit;
use crate::project;
use crate::render::json::schemas;
use crate::session::Session;
use crate::stop::Stop;

/// Show what recon's providers offer
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub command: Command,
}

/// What to show.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Print the schemas of all resource types and data sources
    Schema {
        /// Print a JSON document; required, there is no other form
        #[arg(long)]
        json: bool,
    },
}

/// Prints the schemas.
pub(crate) fn run(session: &Session, flags: &Flags) -> Result<Exit, Stop> {
    let Command::Schema { json } = flags.command;
    if !json {
        return Err(Diagnostic::error(
            "The -json flag is required",
            "Schemas have no other form:\n\n    recon providers schema -json",
        )
        .into());
    }
    session.ui.data(&format!("{}\n", schemas::schemas(&project::catalog())));
    Ok(Exit::Done)
}
