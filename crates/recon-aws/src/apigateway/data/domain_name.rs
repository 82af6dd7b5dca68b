//! The data source `aws_api_gateway_domain_name`.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block};
use recon_core::{Known, Type, Value};

use super::{absent, answer, objects, tags, with_tags};
use crate::apigateway::arguments::{given, text, text_or_given};
use crate::apigateway::domain_name_live::{arn, describe, get};
use crate::apigateway::part::key;
use crate::aws::Aws;
use crate::live::LiveData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let endpoint = [("ip_address_type", Type::String), ("types", Type::list(Type::String))];
    Schema {
        version: 0,
        doc: "A domain name in front of APIs.",
        block: block(
            [
                ("id", given("The name.")),
                ("domain_name", text("The name.")),
                ("domain_name_id", text_or_given("ID of a private name.")),
                ("arn", given("ARN of the name.")),
                ("certificate_arn", given("ARN of the certificate of an edge name.")),
                ("certificate_name", given("Name of the certificate of an edge name.")),
                ("certificate_upload_date", given("When the certificate was uploaded.")),
                ("cloudfront_domain_name", given("Where DNS has to point for an edge name.")),
                ("cloudfront_zone_id", given("Hosted zone of that.")),
                ("endpoint_configuration", objects(endpoint, "Kind of the endpoint.")),
                ("policy", given("Who may use a private name.")),
                ("regional_certificate_arn", given("ARN of the certificate of a regional name.")),
                ("regional_certificate_name", given("Name of the certificate of a regional name.")),
                ("regional_domain_name", given("Where DNS has to point for a regional name.")),
                ("regional_zone_id", given("Hosted zone of that.")),
                ("security_policy", given("Least TLS version.")),
                ("tags", tags()),
            ],
            [],
        ),
    }
});

/// The data source `aws_api_gateway_domain_name`
#[derive(Clone, Copy)]
pub(super) struct DomainName;

impl ResourceType for DomainName {
    fn name(&self) -> &'static str {
        "aws_api_gateway_domain_name"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for DomainName {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let name = key(config, "domain_name");
        let found = get(aws, config).await?.ok_or_else(|| absent("apigateway:GetDomainName", name))?;
        let live = with_tags(aws, config, found.tags.as_ref(), describe(&found))
            .with("id", Value::from(name))
            .with("arn", Value::from(arn(aws, &found)));
        Ok(answer(&SCHEMA, config, &live))
    }
}
