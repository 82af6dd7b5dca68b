//! `version`.

use clap::Args;
use serde_json::json;

use crate::exit::Exit;
use crate::render::json::{RECON_VERSION, TERRAFORM_VERSION};
use crate::session::Session;

/// Print the version of recon
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Print a JSON document
    #[arg(long)]
    pub json: bool,
}

/// Prints the version.
pub(crate) fn run(session: &Session, flags: &Flags) -> Exit {
    let platform = format!("{}_{}", std::env::consts::OS, std::env::consts::ARCH);
    let text = if flags.json {
        let document = json!({
            "recon_version": RECON_VERSION,
            "terraform_version": TERRAFORM_VERSION,
            "platform": platform,
        });
        format!("{document:#}\n")
    } else {
        format!("recon {RECON_VERSION}\non {platform}\n")
    };
    session.ui.data(&text);
    Exit::Done
}
