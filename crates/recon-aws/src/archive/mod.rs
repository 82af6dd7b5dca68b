//! The provider `archive`: zip files made while planning. It needs no block and calls nobody.

mod file;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use recon_core::Known;
use recon_core::provider::{ErrorKind, Failed, Observed, Provider, ProviderError, Reach, Survey};
use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::schema::{Schema, block};

/// The provider's name, as in Terraform.
pub(crate) const NAME: &str = "archive";

/// Adds the provider with its data source.
pub(crate) fn register(catalog: &mut Catalog) {
    let schema = Schema { version: 0, doc: "Makes archives of local files.", block: block([], []) };
    catalog.add(NAME, schema, Vec::new(), vec![Box::new(file::ArchiveFile)]);
}

/// The provider.
pub(crate) fn provider() -> Arc<dyn Provider> {
    Arc::new(Archive)
}

/// Local archives as a provider.
struct Archive;

/// It has no resource types, so nobody can ask for one.
fn no_resources(kind: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unsupported, kind, "the provider `archive` has no resource types")
}

#[async_trait]
impl Provider for Archive {
    async fn observe(&self, objects: &[Observed], _reach: Reach) -> Survey {
        let answers = objects.iter().map(|object| Err(no_resources(&object.kind))).collect();
        Survey { answers, ..Survey::default() }
    }

    async fn create(&self, kind: &str, _want: &Known) -> Result<Known, Failed> {
        Err(no_resources(kind).into())
    }

    async fn update(&self, kind: &str, _have: &Known, _want: &Known) -> Result<Known, Failed> {
        Err(no_resources(kind).into())
    }

    async fn delete(&self, kind: &str, _have: &Known) -> Result<(), ProviderError> {
        Err(no_resources(kind))
    }

    async fn import(&self, kind: &str, _id: &str) -> Result<Option<Known>, ProviderError> {
        Err(no_resources(kind))
    }

    async fn adopt(&self, kind: &str, _want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Err(no_resources(kind))
    }

    async fn read_data(&self, kind: &str, config: &Known) -> Result<Known, ProviderError> {
        if kind != file::ArchiveFile.name() {
            let message = "the provider `archive` has no such data source";
            return Err(ProviderError::new(ErrorKind::Unsupported, kind, message));
        }
        // Packing reads files, which must not hold up what else goes on.
        let config = config.clone();
        let packed = tokio::task::spawn_blocking(move || file::read(&config)).await;
        packed.unwrap_or_else(|_| {
            Err(ProviderError::new(ErrorKind::Service, file::OPERATION, "the packing did not end"))
        })
    }

    async fn answer(&self, kind: &str, _question: &Known) -> Result<Known, ProviderError> {
        Err(no_resources(kind))
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
}
