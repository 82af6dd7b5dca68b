//! One step: its intent is made durable, then the provider is called.

use std::sync::Arc;

use recon_core::plan::Op;
use recon_core::provider::{ErrorKind, Failed, Part, Provider, ProviderError};
use recon_core::state::Health;
use recon_core::value::Name;
use recon_core::{Diagnostic, Known};
use recon_store::Ack;

use crate::connect::describe;

/// How often a create whose outcome nobody knows is begun, each time but the first once it is certain that nothing was
/// made: with one in eight failing, one in 250,000 is given up.
const CREATES_MAX: usize = 6;

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
    let mut creates = 1;
    loop {
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
            Ok(found) if found.is_empty() && creates < CREATES_MAX => creates += 1,
            Ok(found) if found.is_empty() => return Report::Failed(None, given_up(&error)),
            Ok(_) | Err(_) => return Report::Unclear(unclear(&error)),
        }
    }
}

/// The failure of a create that was begun as often as it may be, and made nothing.
fn given_up(last: &ProviderError) -> Diagnostic {
    let message = format!(
        "{}. That was the end of {CREATES_MAX} attempts, and none made anything",
        last.message.trim_end_matches('.')
    );
    let help = Some("Run the command again when the service has recovered.".to_owned());
    describe("Create failed", &ProviderError { message, help, ..last.clone() })
}

fn unclear(error: &ProviderError) -> Diagnostic {
    let detail = format!(
        "{error}. The object may or may not have been made. The journal says so, and the next run finds out."
    );
    Diagnostic::error("Create is in doubt", detail)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use recon_core::Value;
    use recon_core::provider::{Observed, Reach, Survey};

    use super::*;

    /// A provider whose first creates make nothing and do not say so.
    struct Failing {
        left: AtomicUsize,
        /// Whether it can tell what is there.
        sees: bool,
    }

    #[async_trait]
    impl Provider for Failing {
        async fn observe(&self, _: &[Observed], _: Reach) -> Survey {
            Survey::default()
        }

        async fn create(&self, kind: &str, want: &Known) -> Result<Known, Failed> {
            let fails =
                self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            fails.map_or_else(|_| Ok(want.clone()), |_| Err(doubtful(kind).into()))
        }

        async fn update(&self, _: &str, _: &Known, want: &Known) -> Result<Known, Failed> {
            Ok(want.clone())
        }

        async fn delete(&self, _: &str, _: &Known) -> Result<(), ProviderError> {
            Ok(())
        }

        async fn import(&self, _: &str, _: &str) -> Result<Option<Known>, ProviderError> {
            Ok(None)
        }

        async fn adopt(&self, kind: &str, _: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
            if self.sees { Ok(Vec::new()) } else { Err(doubtful(kind)) }
        }

        async fn read_data(&self, kind: &str, _: &Known) -> Result<Known, ProviderError> {
            Err(doubtful(kind))
        }

        async fn answer(&self, kind: &str, _: &Known) -> Result<Known, ProviderError> {
            Err(doubtful(kind))
        }

        fn calls(&self) -> BTreeMap<String, u64> {
            BTreeMap::new()
        }
    }

    fn doubtful(operation: &str) -> ProviderError {
        ProviderError::new(ErrorKind::Doubtful, operation, "InternalFailure.")
    }

    async fn created(fails: usize, sees: bool) -> Report {
        let provider = Failing { left: AtomicUsize::new(fails), sees };
        let want = Known::with_nulls(&Value::object([("name", Value::from("a"))]));
        create(&provider, &"x".into(), &want, 0).await
    }

    #[tokio::test]
    async fn a_create_that_made_nothing_is_begun_again_a_few_times() {
        assert!(matches!(created(CREATES_MAX - 1, true).await, Report::Done(Some(_))));
        let Report::Failed(None, why) = created(CREATES_MAX, true).await else { panic!("it fails") };
        assert!(
            why.detail.starts_with("x: InternalFailure. That was the end of 6 attempts"),
            "{}",
            why.detail
        );
    }

    #[tokio::test]
    async fn a_create_is_not_repeated_while_nobody_can_tell_what_it_made() {
        assert!(matches!(created(1, false).await, Report::Unclear(_)));
    }
}
