//! `apply`, and what `destroy` and `refresh` share with it.

use std::path::PathBuf;

use clap::Args;
use recon_core::plan::PlanKind;
use recon_core::{Diagnostic, Diagnostics};
use recon_engine::Applied;
use recon_store::read_plan;

use super::plan::{show, takes_drift};
use crate::exit::Exit;
use crate::flags::{PlanFlags, Wish};
use crate::project::{self, Opened};
use crate::render::json::event;
use crate::render::plan::Counts;
use crate::render::{outputs, style};
use crate::session::{Json, Session, Shape};
use crate::stop::Stop;

/// Change AWS so that it is as the configuration declares
///
/// Makes a plan, shows it, asks, and carries it out; or carries out a saved plan without a question. What is done is written
/// down at once: an apply that is cut off at any point is completed by the next run.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub plan: PlanFlags,

    /// Do not ask before changing anything
    #[arg(long)]
    pub auto_approve: bool,

    /// A plan saved by `recon plan -out=FILE`
    #[arg(value_name = "PLANFILE")]
    pub file: Option<PathBuf>,
}

/// Whether somebody has to agree before anything changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    /// They agreed on the command line.
    Given,
    /// They are asked; the command that does without a question, but for its flag.
    Asked(&'static str),
}

/// Applies the configuration or a saved plan.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { plan, auto_approve, file } = flags;
    session.speak(Json::events(plan.scope.json));
    let command = if plan.destroy { "apply -destroy" } else { "apply" };
    let approval = if *auto_approve { Approval::Given } else { Approval::Asked(command) };
    match file {
        Some(path) => saved(session, plan, path),
        None => fresh(session, &plan.wish()?, approval),
    }
}

/// Plans, asks, and applies.
pub(crate) fn fresh(session: &mut Session, wish: &Wish, approval: Approval) -> Result<Exit, Stop> {
    let run = &wish.scope.run;
    let may_ask = session.ui.can_ask() && run.input && session.shape == Shape::Text;
    if let Approval::Asked(command) = approval
        && !may_ask
    {
        return Err(unasked(session, wish, command));
    }
    let opened = project::open(session, run, wish.when_empty())?;
    let (request, kind) = (wish.request(), wish.kind);
    let work = recon_engine::plan_and_apply(&opened.project, &request, |planned| {
        show(session, &planned.plan, &opened.project.catalog);
        session.report(&planned.warnings);
        approval == Approval::Given
            || planned.plan.is_empty() && !takes_drift(&planned.plan)
            || approve(session, kind)
    });
    let Some(applied) = session.wait(&opened.interrupt, &opened.progress, work)?? else {
        session.ui.talk("\nNothing was changed.\n");
        return Ok(Exit::Error);
    };
    Ok(conclude(session, &opened, &applied, kind))
}

/// Nobody can agree. What else is wrong is told with that, as far as it can be told without a question and without a call.
fn unasked(session: &mut Session, wish: &Wish, command: &str) -> Stop {
    let run = &wish.scope.run;
    let mut found = Diagnostics::new();
    if !(run.input && session.ui.can_ask()) {
        let opened = project::open(session, run, wish.when_empty());
        let foreseen = opened.and_then(|opened| Ok(recon_engine::foresee(&opened.project, &wish.request())?));
        let foreseen = foreseen.unwrap_or_else(|Stop(wrong)| wrong);
        found.extend(foreseen.into_iter().filter(Diagnostic::is_error));
    }
    let detail = format!(
        "Nobody can be asked here whether to go on: there is no terminal, or -input=false or -json is given. To go on without a question:\n\n    recon {command} -auto-approve\n\nOr save a plan with `recon plan -out=FILE`, have it looked at, and apply that."
    );
    found.push(Diagnostic::error("Approval required", detail));
    found.into()
}

fn saved(session: &mut Session, flags: &PlanFlags, path: &std::path::Path) -> Result<Exit, Stop> {
    if !flags.is_bare() {
        let detail = "A saved plan is applied as it is: it holds the variables and everything else it was made with. Give the plan file alone, or the flags alone.";
        return Err(Diagnostic::error("Flags beside a saved plan", detail).into());
    }
    let (_, plan) = read_plan(path)?;
    let run = &flags.scope.run;
    let opened = project::open_for_plan(session, run, &plan)?;
    let work = recon_engine::apply(&opened.project, &plan, run.lock_timeout);
    let applied = session.wait(&opened.interrupt, &opened.progress, work)??;
    Ok(conclude(session, &opened, &applied, plan.kind))
}

fn approve(session: &Session, kind: PlanKind) -> bool {
    let (question, explanation) = match kind {
        PlanKind::Normal => {
            ("Do you want to perform these actions?", "recon will perform the actions described above.")
        }
        PlanKind::Destroy => (
            "Do you really want to destroy all resources?",
            "recon will destroy everything it manages, as shown above. There is no undo.",
        ),
        PlanKind::RefreshOnly => (
            "Do you want to take these changes into the state?",
            "recon will remember what it found, and change nothing else.",
        ),
    };
    let (question, prompt) =
        (style::paint(style::BOLD, question), style::paint(style::BOLD, "Enter a value:"));
    let text =
        format!("\n{question}\n  {explanation}\n  Only 'yes' will be accepted to approve.\n\n  {prompt} ");
    session.ui.ask(&text).as_deref() == Some("yes")
}

fn conclude(session: &Session, opened: &Opened, applied: &Applied, kind: PlanKind) -> Exit {
    let Applied { added, changed, destroyed, imported, forgotten, left, outputs: _, diagnostics } = applied;
    session.report(diagnostics);
    if !left.is_empty() && session.shape == Shape::Text {
        session.ui.talk(&left_text(opened, left));
    }
    let counts =
        Counts { import: *imported, add: *added, change: *changed, destroy: *destroyed, forget: *forgotten };
    let complete = !diagnostics.has_errors() && left.is_empty();
    if session.shape == Shape::Events {
        session.line(event::summary(&counts, if kind == PlanKind::Destroy { "destroy" } else { "apply" }));
        session.line(event::outputs(&applied.outputs));
    } else {
        session.ui.data(&summary_text(&counts, kind, complete));
        if complete && kind != PlanKind::Destroy && !applied.outputs.is_empty() {
            let heading = style::paint(style::DONE, "Outputs:");
            session.ui.data(&format!("\n{heading}\n\n{}", outputs::values(&applied.outputs)));
        }
    }
    if complete { Exit::Done } else { Exit::Error }
}

fn summary_text(counts: &Counts, kind: PlanKind, complete: bool) -> String {
    let Counts { import, add, change, destroy, forget } = counts;
    let (head, colour) = match (complete, kind) {
        (true, PlanKind::Destroy) => ("Destroy complete!", style::DONE),
        (true, _) => ("Apply complete!", style::DONE),
        (false, _) => ("Apply incomplete.", style::ERROR),
    };
    let mut parts = Vec::new();
    if *import > 0 {
        parts.push(format!("{import} imported"));
    }
    if kind == PlanKind::Destroy && complete {
        parts.push(format!("{destroy} destroyed"));
    } else {
        parts.extend([format!("{add} added"), format!("{change} changed"), format!("{destroy} destroyed")]);
    }
    if *forget > 0 {
        parts.push(format!("{forget} forgotten"));
    }
    format!("\n{}\n", style::paint(colour, format!("{head} Resources: {}.", parts.join(", "))))
}

fn left_text(opened: &Opened, left: &[recon_core::Address]) -> String {
    let why = if opened.interrupt.is_requested() {
        "The run was interrupted"
    } else {
        "Something before them failed"
    };
    let names: Vec<String> = left.iter().map(|address| format!("  {address}")).collect();
    format!(
        "\n{why}, so these were not begun:\n\n{}\n\nRun the command again to go on with them.\n",
        names.join("\n")
    )
}
