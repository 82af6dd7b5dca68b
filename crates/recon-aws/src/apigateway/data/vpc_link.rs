//! The data source `aws_api_gateway_vpc_link`: a link by its name.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::VpcLinkStatus;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed};
use recon_core::{Known, Type, Value};

use super::{answer, only, tags, with_tags};
use crate::apigateway::arguments::{given, text};
use crate::apigateway::part::key;
use crate::apigateway::{fields, tags, vpc_link};
use crate::aws::Aws;
use crate::live::LiveData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A VPC link by its name.",
    block: block(
        [
            ("id", given("ID of the link.")),
            ("name", text("Name of the link.")),
            ("description", given("What the link is for.")),
            ("status", given("`AVAILABLE`, `PENDING`, `DELETING` or `FAILED`.")),
            ("status_message", given("Why.")),
            ("target_arns", computed(Type::set(Type::String), "ARN of the network load balancer.")),
            ("arn", given("ARN of the link.")),
            ("tags", tags()),
        ],
        [],
    ),
});

/// The data source `aws_api_gateway_vpc_link`
#[derive(Clone, Copy)]
pub(super) struct VpcLink;

impl ResourceType for VpcLink {
    fn name(&self) -> &'static str {
        "aws_api_gateway_vpc_link"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for VpcLink {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let name = key(config, "name");
        let mut named = vpc_link::list(aws).await?;
        named.retain(|link| link.name.as_deref() == Some(name));
        let found = only("apigateway:GetVpcLinks", name, named)?;
        let id = found.id.as_deref().unwrap_or_default();
        let live = Value::object([
            ("id", Value::from(id)),
            ("description", fields::text(found.description.as_ref())),
            ("status", fields::text(found.status.as_ref().map(VpcLinkStatus::as_str))),
            ("status_message", fields::text(found.status_message.as_ref())),
            ("target_arns", fields::text_set(found.target_arns.as_ref())),
            ("arn", Value::from(tags::arn(aws, &format!("/vpclinks/{id}")))),
        ]);
        Ok(answer(&SCHEMA, config, &with_tags(aws, config, found.tags.as_ref(), live)))
    }
}
