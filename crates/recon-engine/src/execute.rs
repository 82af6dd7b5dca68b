//! One step: its intent is made durable, then the provider is called.

use std::sync::Arc;

use recon_core::plan::Op;
use recon_core::provider::{ErrorKind, Failed, Part, Provider, ProviderError};
use recon_core::state::Health;
use recon_core::value::Name;
use recon_core::{Diagnostic, Known};
use recon_store::Ack;

use crate::connect::describe;

/// How often a create whose answer was lost is begun again once it is certain that nothing was made.
const LOST_CREATES_MAX: usize = 3;

/// What a step needs.
pub(crate) struct Job {
    pub(crate) kind: Name,
    pub(crate) op: Op,
    pub(crate) have: Option<Known>,
    pub(crate) want: Option<Known>,
    /// When the intent was written.
    pub(crate) begun_ms: i64,
}

impl Job {
    fn part(&self) -> Part<'_> {
        Part { kind: &self.kind, have: self.have.as_ref(), want: self.want.as_ref() }
    }
}

/// How a step ended.
pub(crate) enum Report {
    /// Well; nothing is there after a delete.
    Done(Option<Known>),
    /// Not well; what it left behind.
    Failed(Option<(Known, Health)>, Diagnostic),
    /// Nobody knows.
    Unclear(Diagnostic),
    /// The intent could not be made durable, so nothing was called.
    NotBegun(recon_store::Error),
}

/// Carries out steps that share a call, or one step. Their intents are durable together.
pub(crate) async fn execute(provider: Arc<dyn Provider>, ack: Ack, jobs: Vec<Job>) -> Vec<Report> {
    if let Err(error) = ack.await {
        return vec![Report::NotBegun(error)];
    }
    let together = if jobs.len() > 1 {
        let parts: Vec<Part<'_>> = jobs.iter().map(Job::part).collect();
        provider.write_together(&parts).await
    } else {
        Vec::new()
    };
    let mut together = together.into_iter();
    let mut reports = Vec::with_capacity(jobs.len());
    for job in jobs {
        // What failed beside others fails alone, or does not: so an error is told where it belongs.
        reports.push(match together.next() {
            Some(Ok(value)) => Report::Done(value),
            Some(Err(_)) | None => alone(&*provider, job).await,
        });
    }
    reports
}

async fn alone(provider: &dyn Provider, job: Job) -> Report {
    let Job { kind, op, have, want, begun_ms } = job;
    match (op, have, want) {
        (Op::Create(_), _, Some(want)) => create(provider, &kind, &want, begun_ms).await,
        (Op::Update, Some(have), Some(want)) => match provider.update(&kind, &have, &want).await {
            Ok(value) => Report::Done(Some(value)),
            // What is there is certain to exist, whatever became of the change; the next refresh tells.
            Err(Failed { error, left_behind }) => {
                let left = left_behind.unwrap_or(have);
                Report::Failed(Some((left, Health::Good)), describe("Update failed", &error))
            }
        },
        (Op::Delete | Op::DeleteDeposed(_), Some(have), _) => match provider.delete(&kind, &have).await {
            Ok(()) => Report::Done(None),
            Err(error) => Report::Failed(Some((have, Health::Good)), describe("Destroy failed", &error)),
        },
        (Op::Read, _, Some(config)) => match provider.read_data(&kind, &config).await {
            Ok(value) => Report::Done(Some(value)),
            Err(error) => Report::Failed(None, describe("Data source could not be read", &error)),
        },
        _ => Report::Done(None),
    }
}

async fn create(provider: &dyn Provider, kind: &Name, want: &Known, begun_ms: i64) -> Report {
    for _ in 0..LOST_CREATES_MAX {
        let Failed { error, left_behind } = match provider.create(kind, want).await {
            Ok(value) => return Report::Done(Some(value)),
            Err(failed) => failed,
        };
        if error.kind != ErrorKind::Doubtful {
            let left = left_behind.map(|value| (value, Health::Tainted));
            return Report::Failed(left, describe("Create failed", &error));
        }
        match provider.adopt(kind, want, begun_ms).await {
            Ok(found) if found.len() == 1 => return Report::Done(found.into_iter().next()),
            // It is certain that nothing was made, so it may be begun again.
            Ok(found) if found.is_empty() => {}
            Ok(_) | Err(_) => return Report::Unclear(unclear(&error)),
        }
    }
    let error = ProviderError::new(ErrorKind::Unreachable, &**kind, "no answer came, several times in a row");
    Report::Failed(None, describe("Create failed", &error))
}

fn unclear(error: &ProviderError) -> Diagnostic {
    let detail = format!(
        "{error}. No answer came, so the object may or may not have been made. The journal says so, and the next run finds \
         out."
    );
    Diagnostic::error("Create is in doubt", detail)
}
