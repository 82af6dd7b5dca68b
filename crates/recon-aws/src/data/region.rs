//! `data "aws_region"`: the configured region, or another one by name or endpoint. No call.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, optional_computed};
use recon_core::{Known, Type, Value};

use super::regions::{NAMES, description};
use crate::aws::{Aws, Partition};
use crate::live::LiveData;
use crate::shape::object;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", computed(Type::String, "Name of the region.")),
        ("name", optional_computed(Type::String, "Name of the region; the configured one if absent.")),
        ("endpoint", optional_computed(Type::String, "EC2 endpoint of the region, without its scheme.")),
        ("description", computed(Type::String, "Where the region is.")),
    ];
    Schema { version: 0, doc: "A region.", block: block(attributes, []) }
});

/// `aws_region`
#[derive(Clone, Copy)]
pub(crate) struct Region;

impl ResourceType for Region {
    fn name(&self) -> &'static str {
        "aws_region"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for Region {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let region = chosen(aws, config)?;
        let attributes = [
            ("id", Value::from(region)),
            ("name", Value::from(region)),
            ("endpoint", Value::from(endpoint(region))),
            ("description", Value::from(description(region).unwrap_or_default())),
        ];
        Ok(object(&SCHEMA, attributes))
    }
}

fn chosen<'a>(aws: &'a Aws, config: &'a Known) -> Result<&'a str, ProviderError> {
    let by_endpoint = match config.text("endpoint") {
        Some(wanted) => {
            let found = NAMES.iter().map(|(name, _)| *name).find(|name| endpoint(name) == wanted);
            Some(found.ok_or_else(|| not_found(&format!("no region has the endpoint `{wanted}`")))?)
        }
        None => None,
    };
    match (config.text("name"), by_endpoint) {
        (Some(name), Some(other)) if name != other => {
            Err(not_found(&format!("`name` is {name}, but `endpoint` belongs to {other}")))
        }
        (Some(name), _) if name != aws.region && description(name).is_none() => {
            Err(not_found(&format!("there is no region `{name}`")))
        }
        (Some(name), _) | (None, Some(name)) => Ok(name),
        (None, None) => Ok(&aws.region),
    }
}

fn not_found(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Invalid, "aws_region", message)
}

fn endpoint(region: &str) -> String {
    format!("ec2.{region}.{}", Partition::of_region(region).dns_suffix)
}
