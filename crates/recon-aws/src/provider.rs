//! The provider: sends each object to its type, many at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use recon_core::Known;
use recon_core::discovery::{Discovery, Found, Listener, Selector};
use recon_core::provider::{
    Deed, ErrorKind, Failed, Lane, Observed, Part, Provider, ProviderError, Reach, Survey, Suspicion,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::apigateway::{self, stage_parts};
use crate::aws::Aws;
use crate::blame::{self, Trail};
use crate::call::Pause;
use crate::classify::repeating_doubles;
use crate::live::{Live, LiveData};
use crate::snapshot::Snapshot;
use crate::{undeclared, under};

/// Reads in flight at once.
const READS_MAX: usize = 64;
/// How long to look for what a create without an answer made.
const LOOK_FOR: Duration = Duration::from_secs(4);

/// AWS as a provider.
pub(crate) struct AwsProvider {
    aws: Arc<Aws>,
    kinds: BTreeMap<&'static str, Arc<dyn Live>>,
    data: BTreeMap<&'static str, Arc<dyn LiveData>>,
    trail: Trail,
}

impl AwsProvider {
    pub(crate) fn new(aws: Aws) -> Self {
        let kinds = crate::types::resource_types().into_iter().map(|kind| (kind.name, kind.live)).collect();
        let data = crate::types::data_sources().into_iter().map(|kind| (kind.name, kind.live)).collect();
        Self { aws: Arc::new(aws), kinds, data, trail: Trail::default() }
    }

    fn kind(&self, name: &str) -> Result<&Arc<dyn Live>, ProviderError> {
        self.kinds.get(name).ok_or_else(|| unknown(name))
    }

    /// Reads all objects of a snapshot, many at once.
    async fn read_all(&self, snapshot: Arc<Snapshot>) -> Vec<Result<Option<Known>, ProviderError>> {
        let objects = snapshot.observed();
        let places = Arc::new(Semaphore::new(READS_MAX));
        let mut reads = JoinSet::new();
        let mut answers: Vec<Result<Option<Known>, ProviderError>> = Vec::with_capacity(objects.len());
        for (index, object) in objects.iter().enumerate() {
            answers.push(Err(ProviderError::new(ErrorKind::Service, &*object.kind, "the read did not end")));
            let kind = match self.kind(&object.kind) {
                Ok(kind) => Arc::clone(kind),
                Err(error) => {
                    answers[index] = Err(error);
                    continue;
                }
            };
            let (aws, snapshot, places) = (Arc::clone(&self.aws), Arc::clone(&snapshot), Arc::clone(&places));
            reads.spawn(async move {
                let place = places.acquire().await;
                let answer = kind.read(&aws, &snapshot, &snapshot.observed()[index].have).await;
                drop(place);
                (index, answer)
            });
        }
        while let Some(read) = reads.join_next().await {
            if let Ok((index, answer)) = read {
                answers[index] = answer;
            }
        }
        answers
    }

    /// What a create without an answer made, looked for as long as it may take to show.
    async fn look_for(
        &self,
        kind: &dyn Live,
        want: &Known,
        since_ms: i64,
    ) -> Result<Vec<Known>, ProviderError> {
        let mut pause = Pause::new(Duration::from_millis(300), Duration::from_secs(1), LOOK_FOR);
        loop {
            let found = kind.adopt(&self.aws, want, since_ms).await?;
            if !found.is_empty() || !pause.wait().await {
                return Ok(found);
            }
        }
    }
}

fn unknown(name: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unsupported, name, "the provider has no such type")
}

/// Whether the service failed or fell silent at a create that a repetition could double.
fn may_have_made(error: &ProviderError) -> bool {
    matches!(error.kind, ErrorKind::Doubtful | ErrorKind::Service) && repeating_doubles(&error.operation)
}

/// Now, in milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let passed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)
}

#[async_trait]
impl Provider for AwsProvider {
    async fn discover(&self, selector: &Selector, hears: Listener<'_>) -> Result<Discovery, ProviderError> {
        let (harvest, snapshot) = crate::discover::discover(&self.aws, selector, hears).await?;
        let answers = self.read_all(Arc::clone(&snapshot)).await;
        let discovery = crate::discover::found(&self.aws, harvest, answers);
        let observe = |one: &Found| Observed { kind: one.kind.clone(), have: one.value.clone() };
        let objects: Vec<Observed> = discovery.found.iter().map(observe).collect();
        let answers = self.read_all(Arc::new(snapshot.after(&objects))).await;
        Ok(crate::discover::again(discovery, answers))
    }

    async fn package(&self, kind: &str, have: &Known) -> Result<Option<Vec<u8>>, ProviderError> {
        crate::lambda::download::package(&self.aws, kind, have).await
    }

    async fn observe(&self, objects: &[Observed], reach: Reach) -> Survey {
        let snapshot = Arc::new(match reach {
            Reach::Refresh => Snapshot::of(objects),
            Reach::Lists | Reach::Everything => Snapshot::surveying(objects),
        });
        let answers = self.read_all(Arc::clone(&snapshot)).await;
        let unseen = match reach {
            Reach::Refresh | Reach::Lists => Vec::new(),
            Reach::Everything => under::ask(&self.aws, &snapshot, READS_MAX).await,
        };
        let declared = undeclared::declared(objects);
        Survey { answers, strays: undeclared::strays(&snapshot, &declared), unseen, declared }
    }

    async fn blame(&self, suspicions: &[Suspicion]) -> Result<Vec<Vec<Deed>>, ProviderError> {
        blame::blame(&self.aws, &self.trail, suspicions).await
    }

    async fn create(&self, kind: &str, want: &Known) -> Result<Known, Failed> {
        let kind = self.kind(kind)?;
        let since_ms = now_ms();
        let failed = match kind.create(&self.aws, want).await {
            Err(failed) if failed.left_behind.is_none() && may_have_made(&failed.error) => failed,
            answer => return answer,
        };
        // What was made may take a moment to show, and a repetition would double it.
        match self.look_for(&**kind, want, since_ms).await.as_deref() {
            Ok([one]) => Ok(one.clone()),
            _ => Err(ProviderError { kind: ErrorKind::Doubtful, ..failed.error }.into()),
        }
    }

    async fn update(&self, kind: &str, have: &Known, want: &Known) -> Result<Known, Failed> {
        self.kind(kind)?.update(&self.aws, have, want).await
    }

    async fn delete(&self, kind: &str, have: &Known) -> Result<(), ProviderError> {
        match self.kind(kind)?.delete(&self.aws, have).await {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            answer => answer,
        }
    }

    async fn write_together(&self, parts: &[Part<'_>]) -> Vec<Result<Option<Known>, ProviderError>> {
        let in_stage = parts.iter().map(|part| Some((apigateway::in_stage(part.kind)?, part)));
        match in_stage.collect::<Option<Vec<_>>>() {
            Some(parts) => stage_parts::write(&self.aws, &parts).await,
            None => parts.iter().map(|part| Err(unknown(part.kind))).collect(),
        }
    }

    async fn import(&self, kind: &str, id: &str) -> Result<Option<Known>, ProviderError> {
        self.kind(kind)?.import(&self.aws, &Snapshot::default(), id).await
    }

    async fn adopt(&self, kind: &str, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        self.kind(kind)?.adopt(&self.aws, want, since_ms).await
    }

    async fn read_data(&self, kind: &str, config: &Known) -> Result<Known, ProviderError> {
        let kind = self.data.get(kind).ok_or_else(|| unknown(kind))?;
        kind.read(&self.aws, config).await
    }

    async fn answer(&self, kind: &str, question: &Known) -> Result<Known, ProviderError> {
        if let Some(answer) = crate::tags::answer(&self.aws, question) {
            return Ok(answer);
        }
        self.kind(kind)?.answer(&self.aws, question).await
    }

    async fn ready(&self) -> Result<(), ProviderError> {
        self.aws.ready().await
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.aws.calls()
    }

    fn lanes(&self, operation: &str) -> Vec<Lane> {
        self.aws.quotas.lanes(operation)
    }
}
