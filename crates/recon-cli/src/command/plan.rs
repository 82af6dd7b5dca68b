//! `plan`.

use std::path::{Path, PathBuf};

use clap::Args;
use recon_core::Diagnostic;
use recon_core::plan::{Plan, PlanKind};
use recon_core::resource_type::Catalog;
use recon_store::{PlanMeta, write_plan};

use crate::exit::Exit;
use crate::flags::PlanFlags;
use crate::project::{self, Opened};
use crate::render::json::event;
use crate::render::{generated, plan, style};
use crate::session::{Json, Session, Shape};
use crate::stop::Stop;

/// Show what has to change for AWS to be as the configuration declares
///
/// Reads every object that recon manages, compares it with what was applied and with the configuration, and lists what an
/// apply would do. Changes nothing in AWS.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub plan: PlanFlags,

    /// Save the plan to this file, for `recon apply FILE`; it holds variables and values in the clear
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Write blocks for what `import` blocks name and nobody declares to this new file of the directory, such as generated.tf
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<PathBuf>,

    /// Exit with 2 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// Makes a plan and shows it.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { plan, out, generate_config_out, detailed_exitcode } = flags;
    session.speak(Json::events(plan.scope.json));
    let wish = plan.wish()?;
    let mut opened = project::open(session, &wish.scope.run, wish.when_empty())?;
    if let Some(path) = generate_config_out
        && generate(session, &opened, path)?
    {
        opened = project::open(session, &wish.scope.run, wish.when_empty())?;
    }
    let request = wish.request();
    let work = recon_engine::plan(&opened.project, &request);
    let planned = session.wait(&opened.interrupt, &opened.progress, work)??;
    show(session, &planned.plan, &opened.project.catalog);
    session.report(&planned.warnings);
    if let Some(path) = out {
        write_plan(path, &planned.plan, &PlanMeta::now())?;
    }
    if session.shape == Shape::Text {
        session.ui.talk(&closing(out.as_deref(), &planned.plan));
    }
    let changes = !planned.plan.is_empty() || takes_drift(&planned.plan);
    Ok(if *detailed_exitcode && changes { Exit::Changes } else { Exit::Done })
}

/// Writes blocks for what import blocks name and nobody declares; whether there was anything to write.
fn generate(session: &Session, opened: &Opened, path: &Path) -> Result<bool, Stop> {
    if path.exists() {
        let detail =
            format!("{} is there already, and a generated configuration overwrites nothing.", path.display());
        return Err(Diagnostic::error("Target generated file already exists", detail).into());
    }
    let work = recon_engine::unwritten(&opened.project);
    let objects = session.wait(&opened.interrupt, &opened.progress, work)??;
    if objects.is_empty() {
        return Ok(false);
    }
    std::fs::write(path, generated::file(&objects, &opened.project.catalog)).map_err(|error| {
        let detail = format!("Failed to write `{}`: {error}.", path.display());
        Diagnostic::error("Unwritable file", detail)
    })?;
    let blocks = if objects.len() == 1 { "block".to_owned() } else { format!("{} blocks", objects.len()) };
    session.ui.talk(&format!("Wrote the {blocks} for what is imported to {}.\n", path.display()));
    Ok(true)
}

/// Whether all that a plan does is to take into the state what was found.
pub(crate) fn takes_drift(plan: &Plan) -> bool {
    plan.kind == PlanKind::RefreshOnly && !plan.drift.is_empty()
}

/// Prints a plan in the shape in which the session talks.
pub(crate) fn show(session: &Session, made: &Plan, catalog: &Catalog) {
    if session.shape != Shape::Events {
        session.ui.data(&format!("\n{}", plan::plan(made, catalog)));
        return;
    }
    made.drift.iter().for_each(|one| session.line(event::drift(one)));
    made.changes.iter().filter_map(event::planned).for_each(|line| session.line(line));
    session.line(event::summary(&plan::counts(made), "plan"));
    if let Some(line) = event::needed(&recon_core::needs::needs(made, catalog)) {
        session.line(line);
    }
    if let Some(line) = event::planned_outputs(&made.outputs) {
        session.line(line);
    }
}

fn closing(out: Option<&Path>, made: &Plan) -> String {
    let text = match out {
        Some(path) => format!(
            "Saved the plan to: {path}\n\nTo perform exactly these actions, run:\n\n    recon apply \"{path}\"\n",
            path = path.display()
        ),
        None if made.is_empty() && !takes_drift(made) => return String::new(),
        None => "The plan is not saved, so an apply makes a new one. To apply exactly this one, save it with -out.\n".to_owned(),
    };
    format!("\n{}\n\n{text}", style::paint(style::DIM, "─".repeat(77)))
}
