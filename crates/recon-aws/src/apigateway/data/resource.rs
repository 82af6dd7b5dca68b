//! The data source `aws_api_gateway_resource`: a resource of an API by its path.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::Known;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block};

use super::{absent, answer};
use crate::apigateway::arguments::{given, text};
use crate::apigateway::part::key;
use crate::apigateway::{reads, resource};
use crate::aws::Aws;
use crate::live::LiveData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A resource of a REST API by its path.",
    block: block(
        [
            ("id", given("ID of the resource.")),
            ("rest_api_id", text("ID of the REST API.")),
            ("path", text("The whole path.")),
            ("path_part", given("Last segment of the path.")),
            ("parent_id", given("ID of the resource above.")),
        ],
        [],
    ),
});

/// The data source `aws_api_gateway_resource`
#[derive(Clone, Copy)]
pub(super) struct Resource;

impl ResourceType for Resource {
    fn name(&self) -> &'static str {
        "aws_api_gateway_resource"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for Resource {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let (api, path) = (key(config, "rest_api_id"), key(config, "path"));
        let missing = || absent("apigateway:GetResources", path);
        let tree = reads::get_tree(aws, api).await?.ok_or_else(missing)?;
        let found =
            tree.values().find(|resource| resource.path.as_deref() == Some(path)).ok_or_else(missing)?;
        Ok(answer(&SCHEMA, config, &resource::describe(found)))
    }
}
