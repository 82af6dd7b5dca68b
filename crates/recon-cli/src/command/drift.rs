//! `drift`: what differs live from what was applied, and what is configured but not applied.

use clap::{Args, ValueEnum};
use recon_parser::load::WhenEmpty;

use crate::exit::Exit;
use crate::flags::PlanFlags;
use crate::project;
use crate::render::drift;
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
}

/// Reports drift.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { plan, format } = flags;
    let json = plan.json || *format == Format::Json;
    session.speak(Json::document(json));
    let opened = project::open(session, &plan.run, WhenEmpty::Refuse)?;
    let request = plan.request();
    let work = recon_engine::drift(&opened.project, &request);
    let report = session.wait(&opened.interrupt, &opened.progress, work)??;
    let catalog = &opened.project.catalog;
    session.ui.data(&if json {
        drift::json(&report, catalog, &crate::session::now())
    } else {
        drift::text(&report, catalog)
    });
    session.report(&report.warnings);
    Ok(match (report.drifted.is_empty(), report.pending.is_empty()) {
        (false, _) => Exit::Changes,
        (true, false) => Exit::Pending,
        (true, true) => Exit::Done,
    })
}
