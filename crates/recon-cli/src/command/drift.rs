//! `drift`: what differs live from what was applied, and what is configured but not applied.

use clap::{Args, ValueEnum};
use recon_core::Address;
use recon_engine::{DriftReport, Project};
use recon_parser::load::WhenEmpty;

use crate::exit::Exit;
use crate::flags::PlanFlags;
use crate::project;
use crate::render::{drift, report};
use crate::session::{Json, Session};
use crate::stop::Stop;

/// Report what differs from what was applied; changes nothing and takes no lock
///
/// For nightly jobs: drift (somebody changed AWS) and pending configuration (somebody changed the files) are told apart,
/// in the report and in the exit code: 0 neither, 2 drift, 3 only pending configuration, 1 error.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub plan: PlanFlags,

    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// For issues and chat
    Markdown,
    /// For CI systems, which show it as tests
    Junit,
    /// For code hosts, which show it beside the code
    Sarif,
    /// One page for a browser
    Html,
}

/// Reports drift.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { plan, format } = flags;
    let format = if plan.json { Format::Json } else { *format };
    session.speak(Json::document(format != Format::Text));
    let opened = project::open(session, &plan.run, WhenEmpty::Refuse)?;
    let request = plan.request();
    let work = recon_engine::drift(&opened.project, &request);
    let report = session.wait(&opened.interrupt, &opened.progress, work)??;
    session.ui.data(&printed(session, &opened.project, &report, format));
    session.report(&report.warnings);
    Ok(match (report.drifted.is_empty(), report.pending.is_empty()) {
        (false, _) => Exit::Changes,
        (true, false) => Exit::Pending,
        (true, true) => Exit::Done,
    })
}

fn printed(session: &Session, project: &Project, report: &DriftReport, format: Format) -> String {
    let catalog = &project.catalog;
    let findings = || report::findings(report, catalog, &|address| place(session, project, address));
    let now = crate::session::now();
    match format {
        Format::Text => drift::text(report, catalog),
        Format::Json => drift::json(report, catalog, &now),
        Format::Markdown => report::markdown(&findings()),
        Format::Junit => report::junit(&findings(), &now),
        Format::Sarif => report::sarif(&findings()),
        Format::Html => report::html(&findings(), &now),
    }
}

/// Where the block of an instance stands.
fn place(session: &Session, project: &Project, address: &Address) -> Option<report::Place> {
    let mut module = &project.module;
    for step in address.module().steps() {
        module = &module.calls.get(&step.name)?.module;
    }
    let resource = &address.resource;
    let block = module.resources.get(&(resource.mode, resource.kind.clone(), resource.name.clone()))?;
    let file = session.sources.file(block.span.file)?;
    Some((file.name.to_string(), session.sources.position(block.span).0))
}
