//! What may be under a function: its aliases, and the policies of both.

use recon_core::provider::ProviderError;

use super::alias_live::aliases;
use super::permission_live::policy;
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// Asks for what no read needed.
pub(crate) async fn ask_under(aws: &Aws, snapshot: &Snapshot, function: &str) -> Result<(), ProviderError> {
    policy(aws, snapshot, function, None).await?;
    for alias in aliases(aws, snapshot, function).await?.keys() {
        policy(aws, snapshot, function, Some(alias)).await?;
    }
    Ok(())
}
