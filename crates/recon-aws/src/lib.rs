//! AWS as recon's provider: Lambda, API Gateway, IAM, CloudWatch Logs and STS.
//!
//! The only crate that knows the AWS SDK. Every resource type has a file of its own with both its halves: what it
//! knows without asking anybody, and what it does with live AWS.

mod apigateway;
mod archive;
mod assume;
mod aws;
mod blame;
mod call;
mod classify;
mod connect;
mod cost;
mod data;
mod discover;
mod endpoints;
mod http;
mod iam;
mod lambda;
mod live;
mod logs;
mod pace;
mod post;
mod profile;
mod provider;
mod provider_schema;
mod quota;
mod rules;
mod shape;
mod snapshot;
mod tags;
mod types;
mod undeclared;
mod under;
mod within;

pub use post::post_json;

use std::sync::Arc;

use recon_core::Known;
use recon_core::provider::{Provider, ProviderError, Waits};
use recon_core::resource_type::Catalog;

use crate::types::{data_sources, resource_types};

/// Adds the providers `aws` and `archive` with their resource types and data sources.
pub fn register(catalog: &mut Catalog) {
    let resources = resource_types().into_iter().map(|kind| kind.pure).collect();
    let data = data_sources().into_iter().map(|kind| kind.pure).collect();
    catalog.add("aws", provider_schema::schema(), resources, data);
    within::register(catalog);
    archive::register(catalog);
    discover::manners::register(catalog);
    cost::register(catalog);
}

/// Connects as the provider's block says; a null object when there is none. Nothing is sent until it is needed.
pub async fn connect(config: &Known) -> Result<Arc<dyn Provider>, ProviderError> {
    connect_telling(config, Arc::new(())).await
}

/// The same; `waits` hears when a quota is what a call waits for.
pub async fn connect_telling(
    config: &Known,
    waits: Arc<dyn Waits>,
) -> Result<Arc<dyn Provider>, ProviderError> {
    let aws = connect::connect(config, waits).await?;
    Ok(Arc::new(provider::AwsProvider::new(aws)))
}

/// The provider `archive`, which packs local files and calls nobody.
pub fn archive() -> Arc<dyn Provider> {
    archive::provider()
}
