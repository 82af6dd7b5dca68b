//! The data sources `aws_api_gateway_api_key` and `aws_api_gateway_api_keys`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, optional};
use recon_core::{Known, Type, Value};

use super::{absent, answer, tags, with_tags};
use crate::apigateway::api_key::{describe, get, list};
use crate::apigateway::arguments::{given, text, text_or_none};
use crate::apigateway::part::key;
use crate::apigateway::{fields, reads, tags};
use crate::aws::Aws;
use crate::live::LiveData;

static ONE: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "An API key by its ID.",
    block: block(
        [
            ("id", text("ID of the key.")),
            ("name", given("Name of the key.")),
            ("value", given("The key itself.").secret()),
            ("description", given("What the key is for.")),
            ("enabled", computed(Type::Bool, "Whether requests may use the key.")),
            ("customer_id", given("ID of the customer on AWS Marketplace.")),
            ("arn", given("ARN of the key.")),
            ("created_date", given("When the key was made.")),
            ("last_updated_date", given("When the key was last changed.")),
            ("tags", tags()),
        ],
        [],
    ),
});

static MANY: LazyLock<Schema> = LazyLock::new(|| {
    let item = [
        ("id", Type::String),
        ("name", Type::String),
        ("value", Type::String),
        ("description", Type::String),
        ("enabled", Type::Bool),
        ("customer_id", Type::String),
        ("created_date", Type::String),
        ("last_updated_date", Type::String),
        ("stage_keys", Type::list(Type::String)),
        ("tags", Type::map(Type::String)),
    ];
    Schema {
        version: 0,
        doc: "All API keys, or those of a customer.",
        block: block(
            [
                ("id", given("The account's region.")),
                ("customer_id", text_or_none("Only keys of this customer on AWS Marketplace.")),
                ("include_values", optional(Type::Bool, "Whether the keys themselves are read.")),
                ("items", super::objects(item, "The keys.")),
            ],
            [],
        ),
    }
});

/// The data source `aws_api_gateway_api_key`
#[derive(Clone, Copy)]
pub(super) struct ApiKey;

/// The data source `aws_api_gateway_api_keys`
#[derive(Clone, Copy)]
pub(super) struct ApiKeys;

impl ResourceType for ApiKey {
    fn name(&self) -> &'static str {
        "aws_api_gateway_api_key"
    }

    fn schema(&self) -> &Schema {
        &ONE
    }
}

impl ResourceType for ApiKeys {
    fn name(&self) -> &'static str {
        "aws_api_gateway_api_keys"
    }

    fn schema(&self) -> &Schema {
        &MANY
    }
}

#[async_trait]
impl LiveData for ApiKey {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let id = key(config, "id");
        let found = get(aws, id).await?.ok_or_else(|| absent("apigateway:GetApiKey", id))?;
        let live = with_tags(aws, config, found.tags.as_ref(), describe(&found))
            .with("value", fields::text(found.value.as_ref()))
            .with("arn", Value::from(tags::arn(aws, &format!("/apikeys/{id}"))));
        Ok(answer(&ONE, config, &live))
    }
}

#[async_trait]
impl LiveData for ApiKeys {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let found = list(aws, &BTreeSet::new(), reads::PAGES_MAX).await?;
        let with_values = config.get("include_values").as_bool() == Some(true);
        let customer = config.text("customer_id");
        let wanted = found.values().filter(|it| customer.is_none() || it.customer_id.as_deref() == customer);
        let items = wanted.map(|it| {
            let value = it.value.as_ref().filter(|_| with_values);
            describe(it)
                .with("value", fields::text(value))
                .with("stage_keys", fields::text_list(it.stage_keys.as_deref().unwrap_or_default()))
                .with("tags", fields::text_map(it.tags.as_ref()))
        });
        let items = Value::list(Type::Any, items.collect());
        let live = Value::object([("id", Value::from(aws.region.as_str())), ("items", items)]);
        Ok(answer(&MANY, config, &live))
    }
}
