//! `import ADDR ID`.

use clap::Args;
use recon_core::Address;
use recon_parser::load::WhenEmpty;

use crate::exit::Exit;
use crate::flags::RunFlags;
use crate::project;
use crate::render::style;
use crate::session::Session;
use crate::stop::Stop;

/// Take over an object that exists, made by hand or by another tool
///
/// The configuration must declare the resource. The ids are those of Terraform: a function's name for `aws_lambda_function`,
/// FUNCTION/ALIAS for `aws_lambda_alias`, REST-API-ID/STAGE for `aws_api_gateway_stage`, and so on. Changes nothing in AWS.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub run: RunFlags,

    /// The address to take it to, such as `aws_lambda_function.items`
    #[arg(value_name = "ADDRESS")]
    pub address: Address,

    /// The object's import id
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Imports one object.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { run, address, id } = flags;
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
