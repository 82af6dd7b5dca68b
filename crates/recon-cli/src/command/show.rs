//! `show [PLANFILE]`.

use std::path::PathBuf;

use clap::Args;
use recon_store::read_plan;

use crate::exit::Exit;
use crate::project;
use crate::render::{json, plan, state};
use crate::session::Session;
use crate::stop::Stop;

/// Show the state, or a saved plan
///
/// -json prints the documents that Terraform's tools read, with values in the clear.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Print a JSON document
    #[arg(long)]
    pub json: bool,

    /// A plan saved by `recon plan -out=FILE`; without it, the state is shown
    #[arg(value_name = "PLANFILE")]
    pub file: Option<PathBuf>,
}

/// Shows the state or a plan.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { json: as_json, file } = flags;
    let catalog = project::catalog();
    let text = if let Some(path) = file {
        let (meta, saved) = read_plan(path)?;
        match as_json {
            true => format!("{}\n", json::plan::plan(&saved, &catalog, &meta.created)),
            false => plan::plan(&saved, &catalog),
        }
    } else {
        let remembered = project::remembered(session)?;
        match (as_json, &remembered) {
            (true, _) => format!("{}\n", json::state::state(remembered.as_ref())),
            (false, Some(remembered)) => state::state(remembered, &catalog),
            (false, None) => "No state.\n".to_owned(),
        }
    };
    session.ui.data(&text);
    Ok(Exit::Done)
}
