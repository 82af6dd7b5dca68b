//! `show [PLANFILE]`.

use std::path::PathBuf;

use clap::Args;
use recon_core::plan::Plan;
use recon_core::resource_type::Catalog;
use recon_parser::load::{Options, WhenEmpty, load};
use recon_store::{Error, PlanMeta, parse_state, read_plan, read_text};

use crate::exit::Exit;
use crate::files::Disk;
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

    /// A plan saved by `recon plan -out=FILE`, or a state file; without it, the state is shown
    #[arg(value_name = "PLANFILE")]
    pub file: Option<PathBuf>,
}

/// Shows the state or a plan.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { json: as_json, file } = flags;
    let catalog = project::catalog();
    let remembered = match file {
        None => project::remembered(session)?,
        Some(path) => match read_plan(path) {
            Ok((meta, saved)) => {
                let text = match as_json {
                    true => document(session, &saved, &catalog, &meta),
                    false => plan::plan(&saved, &catalog),
                };
                session.ui.data(&text);
                return Ok(Exit::Done);
            }
            // A state in a file, as `state pull` prints it, is shown as well.
            Err(Error::NotAPlan { .. }) => Some(parse_state(&read_text(path)?, path, &catalog)?),
            Err(error) => return Err(error.into()),
        },
    };
    let text = match (as_json, &remembered) {
        (true, _) => format!("{}\n", json::state::state(remembered.as_ref())),
        (false, Some(remembered)) => state::state(remembered, &catalog),
        (false, None) => "No state.\n".to_owned(),
    };
    session.ui.data(&text);
    Ok(Exit::Done)
}

/// A plan as a document, with its configuration if that is still the one that the plan was made from.
fn document(session: &mut Session, saved: &Plan, catalog: &Catalog, meta: &PlanMeta) -> String {
    let disk = Disk::new(&session.origin);
    let loaded = load(&disk, &mut session.sources, &Options { when_empty: WhenEmpty::Accept });
    let is_same = loaded.digest == saved.base.config_digest && !loaded.diagnostics.has_errors();
    let module = is_same.then_some(&*loaded.module);
    format!("{}\n", json::plan::plan(saved, catalog, &meta.created, module))
}
