//! The data source `aws_api_gateway_rest_api`: an API by its name.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed};
use recon_core::{Known, Type, Value};

use super::{answer, objects, only, tags, with_tags};
use crate::apigateway::arguments::{given, text};
use crate::apigateway::part::key;
use crate::apigateway::rest_api_live::{all, describe, execution_arn};
use crate::apigateway::tags;
use crate::aws::Aws;
use crate::live::LiveData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let endpoint = [
        ("ip_address_type", Type::String),
        ("types", Type::list(Type::String)),
        ("vpc_endpoint_ids", Type::set(Type::String)),
    ];
    Schema {
        version: 0,
        doc: "A REST API by its name.",
        block: block(
            [
                ("id", given("ID of the API.")),
                ("name", text("Name of the API.")),
                ("description", given("What the API is for.")),
                ("api_key_source", given("Where a request carries its API key.")),
                (
                    "binary_media_types",
                    computed(Type::list(Type::String), "Content types that are not text."),
                ),
                ("minimum_compression_size", given("Size in bytes from which bodies are compressed.")),
                ("policy", given("Resource policy.")),
                ("endpoint_configuration", objects(endpoint, "Kind of the API's endpoint.")),
                ("arn", given("ARN of the API.")),
                ("execution_arn", given("ARN that permissions to be called by this API name.")),
                ("root_resource_id", given("ID of the resource `/`.")),
                ("tags", tags()),
            ],
            [],
        ),
    }
});

/// The data source `aws_api_gateway_rest_api`
#[derive(Clone, Copy)]
pub(super) struct RestApi;

impl ResourceType for RestApi {
    fn name(&self) -> &'static str {
        "aws_api_gateway_rest_api"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for RestApi {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let name = key(config, "name");
        let mut named = all(aws).await?;
        named.retain(|api| api.name.as_deref() == Some(name));
        let api = only("apigateway:GetRestApis", name, named)?;
        let id = api.id.as_deref().unwrap_or_default();
        let live = with_tags(aws, config, api.tags.as_ref(), describe(&api))
            .with("arn", Value::from(tags::arn(aws, &format!("/restapis/{id}"))))
            .with("execution_arn", Value::from(execution_arn(aws, id).await?));
        Ok(answer(&SCHEMA, config, &live))
    }
}
