//! Applies a plan: walks its steps, each as soon as those before it are done, and decides nothing.

use recon_core::plan::{Op, Plan};
use recon_core::state::State;
use recon_core::{Diagnostic, Diagnostics};
use recon_parser::scope::Clock;
use recon_planner::resolve::{Applying, Ground, Resolver};
use recon_store::{Begin, Entry, Journal, refreshed_entries, same_content};

use crate::connect::Providers;
use crate::project::{Event, Project};
use crate::recover;
use crate::run::{Applied, Failure};
use crate::walk::{Walk, Walked};

/// Applies a plan that starts from `remembered`, which is what the state file holds. The caller holds the lock.
pub(crate) async fn apply(
    project: &Project,
    plan: &Plan,
    providers: &Providers,
    remembered: &State,
) -> Result<Applied, Failure> {
    let applying = Applying {
        module: &project.module,
        catalog: &project.catalog,
        variables: &project.variables,
        files: &*project.files,
        clock: clock(project),
        workspace: &project.workspace,
    };
    let ground = Ground::new(&applying).map_err(Failure::Diagnosed)?;
    let resolver = Resolver::new(applying, &ground, plan);
    if plan.is_empty() && same_content(remembered, &plan.refreshed) {
        return Ok(nothing(plan, remembered));
    }
    let journal = project.backend.journal()?;
    begin(&journal, plan, remembered).await?;
    let steps = plan.steps.iter().filter(|step| step.op.calls_provider()).count();
    project.events.event(&Event::Applying { steps });
    let walk = Walk::new(project, plan, providers, resolver, journal);
    let walked = walk.run().await;
    Ok(finish(project, plan, remembered, walked).await)
}

fn clock(project: &Project) -> Clock {
    let seed = uuid::Uuid::new_v4().as_u128();
    Clock { planned_at_ms: project.started_at_ms, applying: Some((recon_store::now_ms(), seed)) }
}

fn nothing(plan: &Plan, remembered: &State) -> Applied {
    Applied {
        added: 0,
        changed: 0,
        destroyed: 0,
        imported: imported(plan),
        forgotten: 0,
        left: Vec::new(),
        outputs: remembered.outputs.clone(),
        diagnostics: Diagnostics::new(),
    }
}

fn imported(plan: &Plan) -> usize {
    plan.changes.iter().filter(|change| change.imported.is_some()).count()
}

/// Writes down what the run starts from before anything is called.
async fn begin(journal: &Journal, plan: &Plan, remembered: &State) -> Result<(), Failure> {
    let begin = Begin {
        lineage: remembered.lineage.clone(),
        serial: remembered.serial,
        run: recon_store::new_run(),
        at_ms: recon_store::now_ms(),
        recon: recon_store::VERSION.to_owned(),
    };
    let mut entries = vec![Entry::Begin(begin)];
    entries.extend(refreshed_entries(remembered, &plan.refreshed));
    journal.append_many(&entries).await?;
    Ok(())
}

async fn finish(project: &Project, plan: &Plan, remembered: &State, walked: Walked<'_>) -> Applied {
    let Walked { mut state, done, left, mut diagnostics, resolver, journal, in_doubt } = walked;
    let (outputs, found) = resolver.outputs();
    if !diagnostics.has_errors() {
        diagnostics.extend(found);
    }
    let destroyed_all = plan.kind == recon_core::plan::PlanKind::Destroy;
    let failed = diagnostics.has_errors() || !left.is_empty();
    if destroyed_all && state.resources.is_empty() {
        state.outputs.clear();
    } else if !destroyed_all {
        // After a failure, outputs that are not known now keep their last value.
        let kept =
            if failed { std::mem::take(&mut state.outputs) } else { std::collections::BTreeMap::new() };
        state.outputs = outputs;
        for (name, value) in kept {
            state.outputs.entry(name).or_insert(value);
        }
    }
    let outputs = state.outputs.clone();
    if let Err(error) = save(project, journal, remembered, state, in_doubt).await {
        diagnostics.extend(unsaved(project, &error));
    }
    let count = |wanted: fn(&Op) -> bool| done.iter().filter(|op| wanted(op)).count();
    Applied {
        added: count(|op| matches!(op, Op::Create(_))),
        changed: count(|op| matches!(op, Op::Update)),
        destroyed: count(|op| matches!(op, Op::Delete | Op::DeleteDeposed(_) | Op::Vanish)),
        imported: imported(plan),
        forgotten: count(|op| matches!(op, Op::Forget)),
        left,
        outputs,
        diagnostics,
    }
}

/// Folds the journal into the state file. While a step is in doubt the journal stays: the next run settles it.
async fn save(
    project: &Project,
    journal: Journal,
    remembered: &State,
    mut state: State,
    in_doubt: bool,
) -> Result<(), recon_store::Error> {
    if !in_doubt {
        journal.append_many(&[Entry::Outputs(state.outputs.clone()), Entry::End]).await?;
    }
    journal.finish()?;
    if in_doubt {
        return Ok(());
    }
    state.serial = remembered.serial + 1;
    project.backend.write(&state, &*project.catalog)?;
    project.backend.remove_journal()?;
    Ok(())
}

/// What there is to say where the state file could not be written: what the next run will make of the journal.
fn unsaved(project: &Project, error: &recon_store::Error) -> [Diagnostic; 2] {
    let in_doubt = recover::read(project).map(|start| start.in_doubt).unwrap_or_default();
    let known = "What was written down is in the journal beside the state file, and the next run of recon completes the state from it.";
    let detail = if in_doubt.is_empty() {
        known.to_owned()
    } else {
        let names: Vec<String> = in_doubt.iter().map(|intent| format!("    {}", intent.address)).collect();
        format!(
            "{known} Of these it is not written down what came of them, only that they were begun:\n\n{}\n\nThe next run finds out \
             what became of them before it does anything else, and makes nothing twice.",
            names.join("\n")
        )
    };
    [error.diagnostic(), Diagnostic::warning("State file not written", detail)]
}
