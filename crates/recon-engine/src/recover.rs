//! Completes a run that was cut off: folds its journal, and finds out what became of the steps in doubt.

use std::time::Duration;

use recon_core::plan::Op;
use recon_core::state::{Health, Object, State};
use recon_core::{Address, Diagnostic, Diagnostics, Known};
use recon_store::{Folded, Intent, Left, Outcome, settle_step};

use crate::claim::{Claim, claim};
use crate::connect::{Providers, describe, provider_of};
use crate::project::{Event, Project};
use crate::respell::respell;
use crate::run::Failure;

/// How long a call that was in flight when its run was cut off may still take effect. Whoever asks sooner may be told
/// that nothing was made, makes it again, and leaves the first one an orphan.
const IN_FLIGHT: Duration = Duration::from_secs(3);

/// What a run starts from.
pub(crate) struct Start {
    pub(crate) state: State,
    /// Steps of an earlier run of which nobody knows yet whether they took effect.
    pub(crate) in_doubt: Vec<Intent>,
    /// Whether the state file lacks what the journal says.
    pub(crate) has_journal: bool,
}

/// Reads the state, and folds the journal of a run that was cut off into it.
pub(crate) fn read(project: &Project) -> Result<Start, Failure> {
    let catalog = &*project.catalog;
    let state = project.backend.read(catalog)?;
    let state = state.unwrap_or_else(|| State::empty(recon_store::new_lineage()));
    let Some(entries) = project.backend.read_journal(catalog)? else {
        return Ok(Start { state, in_doubt: Vec::new(), has_journal: false });
    };
    let Folded { state, in_doubt, ended: _, stale: _ } = recon_store::fold(state, &entries)?;
    Ok(Start { state, in_doubt, has_journal: true })
}

/// Settles all steps in doubt, writes the state and removes the journal. `chosen` is an instance whose doubt the user
/// settles by importing an object to its address.
pub(crate) async fn settle(
    project: &Project,
    providers: &Providers,
    start: Start,
    chosen: Option<&Address>,
) -> Result<State, Failure> {
    let Start { mut state, in_doubt, has_journal } = start;
    if !has_journal {
        return Ok(state);
    }
    project.events.event(&Event::Recovering { in_doubt: in_doubt.len() });
    if in_doubt.iter().any(is_asked_for) {
        tokio::time::sleep(IN_FLIGHT).await;
    }
    let mut diagnostics = Diagnostics::new();
    for (position, intent) in in_doubt.iter().enumerate() {
        let outcome = if Some(&intent.address) == chosen && matches!(intent.op, Op::Create(_)) {
            Ok((Outcome::Failed(Left::Nothing), "left to the import"))
        } else {
            resolve(project, providers, &state, &in_doubt[position..]).await
        };
        match outcome {
            Ok((outcome, words)) => {
                settle_step(&mut state, intent, outcome);
                project.events.event(&Event::Recovered { address: intent.address.clone(), outcome: words });
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if diagnostics.has_errors() {
        return Err(Failure::Diagnosed(diagnostics));
    }
    state.serial += 1;
    project.backend.write(&state, &*project.catalog)?;
    project.backend.remove_journal()?;
    Ok(state)
}

/// Whether only the provider knows what became of a step.
fn is_asked_for(intent: &Intent) -> bool {
    match intent.op {
        Op::Create(_) => intent.want.is_some(),
        Op::Update | Op::Delete | Op::DeleteDeposed(_) => true,
        Op::Read | Op::Forget | Op::Vanish | Op::Join => false,
    }
}

/// Finds out what became of the first of the intents that are open.
async fn resolve(
    project: &Project,
    providers: &Providers,
    state: &State,
    open: &[Intent],
) -> Result<(Outcome, &'static str), Diagnostic> {
    let Some(intent) = open.first() else { return Ok((Outcome::Failed(Left::Nothing), "had no effect")) };
    match &intent.op {
        Op::Create(_) => {
            let Some(want) = &intent.want else {
                return Ok((Outcome::Failed(Left::Nothing), "was never begun"));
            };
            let provider = provider_of(providers, &intent.provider)?;
            let found = provider.adopt(intent.address.kind(), want, intent.at_ms).await;
            let found = found.map_err(|error| {
                describe("Interrupted step cannot be settled", &error).about(&intent.address)
            })?;
            adopted(project, intent, want, claim(state, intent, open, found))
        }
        // The refresh that follows tells, as it sees all objects side by side: alone, a stage would count as its own what
        // its binding owns. Without a refresh the step is planned again, and repeating it does no harm.
        Op::Update | Op::Delete | Op::DeleteDeposed(_) => {
            Ok((Outcome::Failed(Left::Nothing), "may or may not have been changed"))
        }
        Op::Read | Op::Forget | Op::Vanish | Op::Join => {
            Ok((Outcome::Failed(Left::Nothing), "had no effect"))
        }
    }
}

/// What a create left behind: exactly one object is taken over.
fn adopted(
    project: &Project,
    intent: &Intent,
    want: &Known,
    claim: Claim,
) -> Result<(Outcome, &'static str), Diagnostic> {
    match claim {
        Claim::Nothing => Ok((Outcome::Failed(Left::Nothing), "was not made")),
        Claim::One(value) => Ok((
            Outcome::Done(Some(object(project, &intent.address, want, value))),
            "was made, and is taken over",
        )),
        Claim::Several(found) => Err(ambiguous(&intent.address, &found)),
    }
}

/// An answer of a provider as the state remembers it.
pub(crate) fn object(project: &Project, address: &Address, spoken: &Known, answered: Known) -> Object {
    match project.catalog.at(&address.resource) {
        Some(kind) => {
            let schema = kind.schema();
            let value = respell(&schema.block, address.resource.mode, spoken, answered);
            Object { schema_version: schema.version, value, health: Health::Good }
        }
        None => Object { schema_version: 0, value: answered, health: Health::Good },
    }
}

fn ambiguous(address: &Address, found: &[Known]) -> Diagnostic {
    let ids: Vec<String> = found.iter().filter_map(|value| value.str("id").map(str::to_owned)).collect();
    let list: String = ids.iter().map(|id| format!("    recon import '{address}' {id}\n")).collect();
    let detail = format!(
        "An earlier run was cut off while it made {address}, and {} objects could be the one it made. Look at them, \
         choose one with the command below that names it, and remove what is not needed:\n\n{list}",
        found.len()
    );
    Diagnostic::error("Interrupted step cannot be settled", detail).about(address)
}
