//! The data sources `aws_api_gateway_authorizer` and `aws_api_gateway_authorizers`.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed};
use recon_core::{Known, Type, Value};

use super::{absent, answer};
use crate::apigateway::arguments::{given, text};
use crate::apigateway::authorizer::describe;
use crate::apigateway::part::key;
use crate::apigateway::{lists, tags};
use crate::aws::Aws;
use crate::live::LiveData;

static ONE: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "An authorizer of a REST API by its ID.",
    block: block(
        [
            ("id", given("ID of the authorizer.")),
            ("rest_api_id", text("ID of the REST API.")),
            ("authorizer_id", text("ID of the authorizer.")),
            ("name", given("Name of the authorizer.")),
            ("type", given("`TOKEN`, `REQUEST` or `COGNITO_USER_POOLS`.")),
            ("authorizer_uri", given("`invoke_arn` of the function that decides.")),
            ("authorizer_credentials", given("ARN of the role to call it with.")),
            ("provider_arns", computed(Type::list(Type::String), "ARNs of the Cognito user pools.")),
            ("identity_source", given("Where a request says who it is from.")),
            ("identity_validation_expression", given("Regular expression that a token has to match.")),
            (
                "authorizer_result_ttl_in_seconds",
                computed(Type::Number, "How long a decision is kept, in seconds."),
            ),
            ("arn", given("ARN of the authorizer.")),
        ],
        [],
    ),
});

static MANY: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "The authorizers of a REST API.",
    block: block(
        [
            ("id", given("ID of the REST API.")),
            ("rest_api_id", text("ID of the REST API.")),
            ("ids", computed(Type::list(Type::String), "IDs of the authorizers.")),
        ],
        [],
    ),
});

/// The data source `aws_api_gateway_authorizer`
#[derive(Clone, Copy)]
pub(super) struct Authorizer;

/// The data source `aws_api_gateway_authorizers`
#[derive(Clone, Copy)]
pub(super) struct Authorizers;

impl ResourceType for Authorizer {
    fn name(&self) -> &'static str {
        "aws_api_gateway_authorizer"
    }

    fn schema(&self) -> &Schema {
        &ONE
    }
}

impl ResourceType for Authorizers {
    fn name(&self) -> &'static str {
        "aws_api_gateway_authorizers"
    }

    fn schema(&self) -> &Schema {
        &MANY
    }
}

#[async_trait]
impl LiveData for Authorizer {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let (api, id) = (key(config, "rest_api_id"), key(config, "authorizer_id"));
        let found = lists::get_authorizers(aws, api).await?;
        let found = found.get(id).ok_or_else(|| absent("apigateway:GetAuthorizers", id))?;
        let arn = tags::arn(aws, &format!("/restapis/{api}/authorizers/{id}"));
        Ok(answer(&ONE, config, &describe(found).with("arn", Value::from(arn))))
    }
}

#[async_trait]
impl LiveData for Authorizers {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let api = key(config, "rest_api_id");
        let found = lists::get_authorizers(aws, api).await?;
        let ids = Value::strings(found.keys().map(String::as_str));
        Ok(answer(&MANY, config, &Value::object([("id", Value::from(api)), ("ids", ids)])))
    }
}
