//! `import ADDR ID`, and the flags of the other ways to import.

use clap::{ArgGroup, Args};
use recon_core::Address;
use recon_parser::load::WhenEmpty;

use super::{import_discover, import_tfstate};
use crate::exit::Exit;
use crate::flags::RunFlags;
use crate::project;
use crate::render::style;
use crate::session::Session;
use crate::stop::Stop;

/// Take over what exists, made by hand or by another tool
///
/// With ADDRESS and ID, one object, which the configuration must declare. The ids are those of Terraform: a function's name for
/// `aws_lambda_function`, FUNCTION/ALIAS for `aws_lambda_alias`, REST-API-ID/STAGE for `aws_api_gateway_stage`, and so on. With
/// -tfstate, everything in a state of Terraform or OpenTofu that is of a type recon manages. With -discover, what nobody declares:
/// recon writes the configuration, too. Changes nothing in AWS.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["address", "tfstate", "discover"])))]
pub(crate) struct Flags {
    #[command(flatten)]
    pub run: RunFlags,

    /// Take over what this state of Terraform or OpenTofu holds (`-`: standard input); `terraform state pull` prints one
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub tfstate: Option<String>,

    /// The address to take it to, such as `aws_lambda_function.items`
    #[arg(value_name = "ADDRESS", requires = "id")]
    pub address: Option<Address>,

    /// The object's import id
    #[arg(value_name = "ID")]
    pub id: Option<String>,

    #[command(flatten)]
    pub discovery: import_discover::DiscoverFlags,
}

/// Imports.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { run, tfstate, address, id, discovery } = flags;
    if let Some(words) = &discovery.discover {
        return import_discover::run(session, run, discovery, words);
    }
    match (tfstate, address, id) {
        (Some(file), ..) => import_tfstate::run(session, file, run.lock_timeout),
        (None, Some(address), Some(id)) => object(session, run, address, id),
        // The parser of flags has asked for one of them.
        (None, ..) => Ok(Exit::Error),
    }
}

/// Imports one object.
fn object(session: &mut Session, run: &RunFlags, address: &Address, id: &str) -> Result<Exit, Stop> {
    let opened = project::open(session, run, WhenEmpty::Refuse)?;
    session.ui.talk(&format!("{address}: Importing from ID \"{id}\"...\n"));
    let work = recon_engine::import(&opened.project, address, id, run.lock_timeout);
    let applied = session.wait(&opened.interrupt, &opened.progress, work)??;
    session.report(&applied.diagnostics);
    if applied.diagnostics.has_errors() {
        return Ok(Exit::Error);
    }
    let done = style::paint(style::DONE, "Import successful!");
    session.ui.talk(&format!(
        "\n{done}\n\n{address} is now managed by recon. `recon plan` shows how it differs from its block.\n"
    ));
    Ok(Exit::Done)
}
