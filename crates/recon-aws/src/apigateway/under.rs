//! What may be under a REST API and under a usage plan, list by list.

use recon_core::provider::ProviderError;

use super::{lists, reads, usage_plan_key};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// Asks for what no read needed of an API.
pub(crate) async fn ask_under_api(aws: &Aws, snapshot: &Snapshot, api: &str) -> Result<(), ProviderError> {
    ask_for_stages(aws, snapshot, api).await?;
    reads::tree(aws, snapshot, api).await?;
    lists::authorizers(aws, snapshot, api).await?;
    lists::request_validators(aws, snapshot, api).await?;
    lists::models(aws, snapshot, api).await?;
    lists::gateway_responses(aws, snapshot, api).await?;
    Ok(())
}

/// Asks for the stages of an API.
pub(crate) async fn ask_for_stages(aws: &Aws, snapshot: &Snapshot, api: &str) -> Result<(), ProviderError> {
    reads::stages(aws, snapshot, api).await.map(|_| ())
}

/// Asks for the keys of a usage plan.
pub(crate) async fn ask_under_plan(aws: &Aws, snapshot: &Snapshot, plan: &str) -> Result<(), ProviderError> {
    usage_plan_key::keys(aws, snapshot, plan).await.map(|_| ())
}
