//! `aws_api_gateway_gateway_response`: what API Gateway itself answers when a request does not reach its method.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::GatewayResponseType;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Container, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Value};

use super::arguments::{id, rest_api_id, text, text_map, text_or_none};
use super::fields::{self, to_map, to_text};
use super::lists;
use super::part::{self, deleted, key};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A gateway response of a REST API: what API Gateway answers when a request does not reach its method.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            (
                "response_type",
                text("What went wrong: `UNAUTHORIZED`, `THROTTLED`, `DEFAULT_5XX`, …").replaces(),
            ),
            ("status_code", text_or_none("HTTP status code; absent: the one of the response type.")),
            ("response_parameters", text_map("Headers, by `gatewayresponse.header.NAME`.")),
            ("response_templates", text_map("Template of the body, by content type.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_gateway_response`
#[derive(Clone, Copy)]
pub(crate) struct GatewayResponse;

impl ResourceType for GatewayResponse {
    fn name(&self) -> &'static str {
        "aws_api_gateway_gateway_response"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> &'static [Container] {
        part::IN_API
    }
}

/// What AWS reports of a gateway response.
pub(super) fn describe(response: &aws_sdk_apigateway::types::GatewayResponse) -> Value {
    Value::object([
        ("status_code", fields::text(response.status_code.as_ref())),
        ("response_parameters", fields::text_map(response.response_parameters.as_ref())),
        ("response_templates", fields::text_map(response.response_templates.as_ref())),
    ])
}

fn id_of(place: &Known) -> Value {
    Value::from(format!("aggr-{}-{}", key(place, "rest_api_id"), key(place, "response_type")))
}

/// The response as it is to be remembered; nothing where it is what AWS answers anyway.
fn report(have: &Known, response: &aws_sdk_apigateway::types::GatewayResponse) -> Option<Known> {
    if response.default_response {
        return None;
    }
    let value = describe(response).with("id", id_of(have));
    Some(settle(&SCHEMA, have, &value))
}

/// Sends the whole response; the put replaces what is there.
async fn put(aws: &Aws, want: &Known) -> Result<Known, Failed> {
    let call = || {
        let put = aws.apigateway.put_gateway_response().rest_api_id(key(want, "rest_api_id"));
        put.response_type(GatewayResponseType::from(key(want, "response_type")))
            .set_status_code(to_text(want, "status_code"))
            .set_response_parameters(to_map(want, "response_parameters"))
            .set_response_templates(to_map(want, "response_templates"))
            .send()
    };
    aws.call("apigateway:PutGatewayResponse", call).await?;
    Ok(part::with(want, [("id", id_of(want))]))
}

#[async_trait]
impl Live for GatewayResponse {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let responses = lists::gateway_responses(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(responses.get(key(have, "response_type")).and_then(|response| report(have, response)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        put(aws, want).await
    }

    async fn update(&self, aws: &Aws, _have: &Known, want: &Known) -> Result<Known, Failed> {
        put(aws, want).await
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_gateway_response().rest_api_id(key(have, "rest_api_id"));
            delete.response_type(GatewayResponseType::from(key(have, "response_type"))).send()
        };
        deleted(aws.call("apigateway:DeleteGatewayResponse", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "response_type"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let responses = lists::get_gateway_responses(aws, key(want, "rest_api_id")).await?;
        let found = responses.get(key(want, "response_type")).and_then(|response| report(want, response));
        Ok(found.into_iter().collect())
    }
}
