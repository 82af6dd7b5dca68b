//! Plans: observes, and answers what the planner asks until it has a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::plan::{Plan, PlanKind};
use recon_core::provider::{Provider, ProviderError};
use recon_core::state::{ProviderKey, State};
use recon_core::{Diagnostic, Diagnostics, Known};
use recon_planner::input::{AnswerBook, Ask, Input, Options, Outcome, Question};

use crate::connect::{self, Providers, provider_of};
use crate::project::Project;
use crate::run::{Failure, PlanRequest, Planned};
use crate::{observe, recover, undeclared};

/// How often the planner may ask in turn; each round answers what depends on the answers of the one before.
const ROUNDS_MAX: usize = 100;

/// How many questions of one round are answered at the same time.
const ANSWERS_AT_ONCE: usize = 16;

/// A plan with the connections that it was made over.
pub(crate) struct Made {
    pub(crate) planned: Planned,
    pub(crate) providers: Providers,
    /// The state file's content that the plan starts from.
    pub(crate) remembered: State,
}

/// Recovers what was cut off, observes, and plans. The caller holds the lock.
pub(crate) async fn make(project: &Project, request: &PlanRequest) -> Result<Made, Failure> {
    let start = recover::read(project)?;
    if start.has_journal || observe::asks_about_any(project, &start.state) {
        // What is wrong in the configuration is told before anything is read or settled.
        let wrong = validate(project, &request.options, &start.state);
        if wrong.has_errors() {
            return Err(Failure::Diagnosed(wrong));
        }
    }
    let providers = connect_all(project, &start.state).await?;
    let remembered = recover::settle(project, &providers, start, None).await?;
    let refresh = request.refresh || request.options.kind == PlanKind::RefreshOnly;
    let (observed, undeclared) = if refresh {
        observe::observe(project, &providers, &remembered).await.map_err(Failure::Diagnosed)?
    } else {
        (remembered.clone(), Vec::new())
    };
    let mut planned = plan(project, &request.options, &providers, (&remembered, &observed)).await?;
    planned.warnings.extend(undeclared::shipped(&planned.plan, project, &undeclared));
    Ok(Made { planned, providers, remembered })
}

/// What is wrong in the configuration, and in what is asked, as far as can be told without a lock and without a call.
pub(crate) fn foresee(project: &Project, options: &Options) -> Result<Diagnostics, Failure> {
    Ok(validate(project, options, &recover::read(project)?.state))
}

/// What is wrong in the configuration as far as can be told without reading anything.
fn validate(project: &Project, options: &Options, state: &State) -> Diagnostics {
    recon_planner::validate(&input(project, options, &AnswerBook::default(), (state, state)))
}

/// Connects every provider that the configuration or the state uses.
pub(crate) async fn connect_all(project: &Project, state: &State) -> Result<Providers, Failure> {
    let (options, answers) = (Options::default(), AnswerBook::default());
    let input = input(project, &options, &answers, (state, state));
    let configs = recon_planner::providers(&input).map_err(Failure::Diagnosed)?;
    connect::connect(project, configs).await.map_err(Failure::Diagnosed)
}

/// Plans, answering what the planner asks.
pub(crate) async fn plan(
    project: &Project,
    options: &Options,
    providers: &Providers,
    (remembered, observed): (&State, &State),
) -> Result<Planned, Failure> {
    let mut answers = AnswerBook::default();
    for _ in 0..ROUNDS_MAX {
        let input = input(project, options, &answers, (remembered, observed));
        match recon_planner::plan(&input).map_err(Failure::Diagnosed)? {
            Outcome::Planned(plan, warnings) => {
                ready(&plan, project, providers).await?;
                return Ok(Planned { plan: *plan, warnings });
            }
            Outcome::Asks(asks) => answer_all(providers, asks, &mut answers).await?,
        }
    }
    let detail = "Data sources depend on each other in a chain that is too long.";
    Err(Failure::Diagnosed(Diagnostic::error("Planning does not come to an end", detail).into()))
}

/// Whoever is to carry out a step must be able to: what stands in its way is told before anything changes.
async fn ready(plan: &Plan, project: &Project, providers: &Providers) -> Result<(), Failure> {
    let wanted: BTreeSet<&ProviderKey> =
        plan.steps.iter().filter(|step| step.op.calls_provider()).map(|step| &step.provider).collect();
    let mut found = Diagnostics::new();
    for key in wanted {
        let provider = provider_of(providers, key).map_err(|found| Failure::Diagnosed(found.into()))?;
        if let Err(error) = provider.ready().await {
            let diagnostic = connect::describe("Provider cannot be used", &error);
            found.push(match project.module.providers.get(key) {
                Some(block) => diagnostic.at(block.span),
                None => diagnostic,
            });
        }
    }
    found.into_result(()).map_err(Failure::Diagnosed)
}

pub(crate) fn input<'a>(
    project: &'a Project,
    options: &'a Options,
    answers: &'a AnswerBook,
    (remembered, observed): (&'a State, &'a State),
) -> Input<'a> {
    Input {
        module: &project.module,
        config_digest: &project.config_digest,
        variables: &project.variables,
        catalog: &project.catalog,
        remembered,
        observed,
        options,
        answers,
        files: &*project.files,
        planned_at_ms: project.started_at_ms,
        workspace: &project.workspace,
    }
}

async fn answer_all(providers: &Providers, asks: Vec<Ask>, book: &mut AnswerBook) -> Result<(), Failure> {
    // The same question for many instances is asked once.
    let distinct: BTreeMap<(ProviderKey, recon_core::value::Name, Question), Ask> = asks
        .into_iter()
        .map(|ask| ((ask.provider.clone(), ask.kind.clone(), ask.question.clone()), ask))
        .collect();
    let mut waiting = distinct.into_values();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < ANSWERS_AT_ONCE {
            let Some(ask) = waiting.next() else { break };
            let provider =
                provider_of(providers, &ask.provider).map_err(|found| Failure::Diagnosed(found.into()))?;
            running.spawn(answer(Arc::clone(provider), ask));
        }
        let Some(done) = running.join_next().await else { return Ok(()) };
        let (ask, answer) = done.map_err(|error| Failure::Diagnosed(crashed(&error)))?;
        book.add(&ask, answer);
    }
}

async fn answer(provider: Arc<dyn Provider>, ask: Ask) -> (Ask, Result<Option<Known>, ProviderError>) {
    let answer = match &ask.question {
        Question::Data(config) => provider.read_data(&ask.kind, config).await.map(Some),
        Question::Import(id) => provider.import(&ask.kind, id).await,
        Question::Refine(question) => provider.answer(&ask.kind, question).await.map(Some),
    };
    (ask, answer)
}

/// A task of recon's own that did not come to its end.
pub(crate) fn crashed(error: &tokio::task::JoinError) -> Diagnostics {
    let detail =
        format!("A part of recon stopped unexpectedly: {error}. The state and its journal are kept.");
    Diagnostic::error("Internal error", detail).into()
}
