//! What several objects change of one stage, in one `UpdateStage`: the stage itself, settings of its methods, variables of
//! its bindings.

use async_trait::async_trait;
use recon_core::Known;
use recon_core::provider::{ErrorKind, Part, ProviderError};

use super::patch::Patches;
use super::stage_live::{self, Described};
use crate::aws::Aws;

/// What changes a stage beside others.
#[async_trait]
pub(crate) trait InStage: Send + Sync {
    /// What is to be patched, once all that comes before it is done.
    async fn patches(&self, aws: &Aws, part: &Part<'_>) -> Result<Patches, ProviderError>;

    /// Does what comes after the patch; what is there then, nothing after a delete.
    async fn patched(
        &self,
        aws: &Aws,
        part: &Part<'_>,
        stage: &Described,
    ) -> Result<Option<Known>, ProviderError>;
}

/// Makes all changes with one patch. Where it is refused, nobody knows whose part is bad, and all of them fail.
pub(crate) async fn write(
    aws: &Aws,
    parts: &[(&dyn InStage, &Part<'_>)],
) -> Vec<Result<Option<Known>, ProviderError>> {
    let mut whole = Patches::default();
    let mut prepared = Vec::with_capacity(parts.len());
    for (kind, part) in parts {
        let own = kind.patches(aws, part).await;
        prepared.push(own.map(|own| whole.append(own)));
    }
    let place = parts.iter().find_map(|(_, part)| part.want.or(part.have));
    let stage = match place.filter(|_| !whole.is_empty()) {
        Some(place) => stage_live::patch(aws, place, &whole).await,
        None => Err(not_shared("nothing")),
    };
    let mut answers = Vec::with_capacity(parts.len());
    for ((kind, part), prepared) in parts.iter().zip(prepared) {
        answers.push(match (&stage, prepared) {
            (Ok(stage), Ok(())) => kind.patched(aws, part, stage).await,
            (_, Err(error)) => Err(error),
            (Err(error), _) => Err(error.clone()),
        });
    }
    answers
}

/// Why a change is made by a call of its own.
pub(super) fn not_shared(what: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unsupported, "apigateway:UpdateStage", format!("{what} shares no patch"))
}
