//! The data source `aws_lambda_alias`: an alias by its name.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, required};
use recon_core::{Known, Type, Value};

use super::{absent, answer, given};
use crate::aws::Aws;
use crate::lambda::alias_live::get;
use crate::lambda::name::function_name;
use crate::live::LiveData;
use crate::shape::text_or_null;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("arn", given("ARN of the alias.")),
        ("description", given("What the alias is for.")),
        ("function_name", required(Type::String, "Name or ARN of the function.")),
        ("function_version", given("Version that the alias points at.")),
        ("id", given("The alias's ARN.")),
        ("invoke_arn", given("ARN with which API Gateway invokes the alias.")),
        ("name", required(Type::String, "Name of the alias.")),
    ];
    Schema { version: 0, doc: "An alias of a Lambda function.", block: block(attributes, []) }
});

/// The data source `aws_lambda_alias`
#[derive(Clone, Copy)]
pub(super) struct Alias;

impl ResourceType for Alias {
    fn name(&self) -> &'static str {
        "aws_lambda_alias"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for Alias {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let function = function_name(config.str("function_name").unwrap_or_default());
        let name = config.str("name").unwrap_or_default();
        let live = get(aws, function, name).await?;
        let live = live
            .ok_or_else(|| absent("lambda:GetAlias", &format!("alias `{name}` of function `{function}`")))?;
        let arn = live.alias_arn().unwrap_or_default();
        let found = Value::object([
            ("arn", Value::from(arn)),
            ("id", Value::from(arn)),
            ("invoke_arn", Value::from(aws.invoke_arn(arn))),
            ("description", Value::from(live.description().unwrap_or_default())),
            ("function_version", text_or_null(live.function_version())),
        ]);
        Ok(answer(&SCHEMA, config, &found))
    }
}
