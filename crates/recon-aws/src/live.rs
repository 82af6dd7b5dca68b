//! The live half of one resource type or data source; its pure half is [`ResourceType`].

use std::sync::Arc;

use async_trait::async_trait;
use recon_core::Known;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::resource_type::ResourceType;

use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// What one resource type does with live AWS.
#[async_trait]
pub(crate) trait Live: Send + Sync {
    /// Reads an object from what is remembered of it; `None` when it is gone.
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError>;

    /// Makes an object.
    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed>;

    /// Changes an object in place.
    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed>;

    /// Destroys an object; one that is gone already is a success.
    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError>;

    /// Finds an object by its import id.
    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError>;

    /// Finds what a create of `want`, begun at `since_ms`, left behind without an answer.
    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError>;

    /// Answers a question that the pure half asked during planning.
    async fn answer(&self, aws: &Aws, question: &Known) -> Result<Known, ProviderError> {
        let _: (&Aws, &Known) = (aws, question);
        Err(ProviderError::new(ErrorKind::Unsupported, "answer", "this resource type asks no questions"))
    }
}

/// What one data source does with live AWS.
#[async_trait]
pub(crate) trait LiveData: Send + Sync {
    /// Reads it.
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError>;
}

/// A resource type with both halves.
pub(crate) struct Registered {
    pub(crate) name: &'static str,
    pub(crate) pure: Box<dyn ResourceType>,
    pub(crate) live: Arc<dyn Live>,
}

/// A data source with both halves.
pub(crate) struct RegisteredData {
    pub(crate) name: &'static str,
    pub(crate) pure: Box<dyn ResourceType>,
    pub(crate) live: Arc<dyn LiveData>,
}

impl Registered {
    /// Both halves of a type that is one (stateless) struct.
    pub(crate) fn of<T: ResourceType + Live + Copy + 'static>(kind: T) -> Self {
        Self { name: kind.name(), pure: Box::new(kind), live: Arc::new(kind) }
    }
}

impl RegisteredData {
    /// Both halves of a data source that is one (stateless) struct.
    pub(crate) fn of<T: ResourceType + LiveData + Copy + 'static>(kind: T) -> Self {
        Self { name: kind.name(), pure: Box::new(kind), live: Arc::new(kind) }
    }
}
