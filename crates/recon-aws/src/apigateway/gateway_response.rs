//! `aws_api_gateway_gateway_response`: what API Gateway itself answers when a request does not reach its method.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::GatewayResponseType;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::arguments::{id, rest_api_id, text, text_map, text_or_none};
use super::fields::{self, to_map, to_text};
use super::lists;
use super::part::{self, deleted, key};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::is_empty;
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

    fn vanishes_with(&self) -> Parts {
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
    let mut value = describe(response).with("id", id_of(have));
    // AWS writes out what nobody declared. An import takes it over all the same, as it may be declared.
    let is_known = have.text("id").is_some();
    let is_declared = |name: &str| !is_empty(have.get(name));
    let kind = key(have, "response_type");
    if is_known && !is_declared("status_code") && value.str("status_code") == status_of_aws(kind) {
        value = value.with("status_code", Value::null(Type::String));
    }
    if is_known
        && !is_declared("response_templates")
        && value.get("response_templates").same(&TEMPLATES_OF_AWS)
    {
        value = value.with("response_templates", Value::null(Type::map(Type::String)));
    }
    Some(settle(&SCHEMA, have, &value))
}

/// The templates of a response that says nothing of its own.
static TEMPLATES_OF_AWS: LazyLock<Value> =
    LazyLock::new(|| Value::string_map([("application/json", "{\"message\":$context.error.messageString}")]));

/// The status of a response type that says nothing of its own; the two families have none.
fn status_of_aws(response_type: &str) -> Option<&'static str> {
    Some(match response_type {
        "BAD_REQUEST_BODY" | "BAD_REQUEST_PARAMETERS" => "400",
        "UNAUTHORIZED" => "401",
        "ACCESS_DENIED"
        | "EXPIRED_TOKEN"
        | "INVALID_API_KEY"
        | "INVALID_SIGNATURE"
        | "MISSING_AUTHENTICATION_TOKEN"
        | "WAF_FILTERED" => "403",
        "RESOURCE_NOT_FOUND" => "404",
        "REQUEST_TOO_LARGE" => "413",
        "UNSUPPORTED_MEDIA_TYPE" => "415",
        "QUOTA_EXCEEDED" | "THROTTLED" => "429",
        "API_CONFIGURATION_ERROR" | "AUTHORIZER_CONFIGURATION_ERROR" | "AUTHORIZER_FAILURE" => "500",
        "INTEGRATION_FAILURE" | "INTEGRATION_TIMEOUT" => "504",
        _ => return None,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(have: &[(&'static str, &str)], status: &str) -> Known {
        let kind = GatewayResponseType::Unauthorized;
        let mut response = aws_sdk_apigateway::types::GatewayResponse::builder()
            .response_type(kind)
            .status_code(status)
            .build();
        response.response_templates =
            Some(TEMPLATES_OF_AWS.entries().map_or_else(Default::default, |entries| {
                entries
                    .iter()
                    .map(|(name, text)| (name.to_string(), text.as_str().unwrap().to_owned()))
                    .collect()
            }));
        let mut have = have.to_vec();
        have.push(("response_type", "UNAUTHORIZED"));
        report(&part::object(have), &response).unwrap()
    }

    #[test]
    fn what_aws_writes_out_and_nobody_declared_is_no_drift() {
        let made = reported(&[("id", "aggr")], "401");
        assert!(made.get("status_code").is_null() && made.get("response_templates").is_null());
        assert_eq!(
            reported(&[("id", "aggr"), ("status_code", "401")], "401").str("status_code"),
            Some("401")
        );
        assert_eq!(reported(&[("id", "aggr")], "402").str("status_code"), Some("402"), "somebody changed it");
        let imported = reported(&[], "401");
        assert_eq!(imported.str("status_code"), Some("401"), "an import takes it over");
        assert!(!imported.get("response_templates").is_null());
    }
}
