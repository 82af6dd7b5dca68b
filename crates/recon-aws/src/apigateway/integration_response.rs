//! `aws_api_gateway_integration_response`: how an answer of the back end becomes a response of the method.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::ContentHandlingStrategy;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Value};

use super::arguments::{http_method, id, resource_id, rest_api_id, text, text_map, text_or_none};
use super::fields::{self, to_map};
use super::part::{self, deleted, key};
use super::reads::{self, Depth};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A response of an integration: which answer of the back end becomes which response of the method.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("resource_id", resource_id()),
            ("http_method", http_method()),
            // The status code is the response's name, so another one is another response.
            ("status_code", text("HTTP status code.").replaces()),
            ("content_handling", text_or_none("`CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.")),
            ("response_parameters", text_map("Where a header of the response comes from, by its name.")),
            ("response_templates", text_map("Template of the body, by content type.")),
            (
                "selection_pattern",
                text_or_none("Regular expression on the back end's answer; none: the default."),
            ),
        ],
        [],
    ),
});

/// How bodies are converted.
pub(super) const CONTENT_HANDLING: &[&str] = &["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];

/// `aws_api_gateway_integration_response`
#[derive(Clone, Copy)]
pub(crate) struct IntegrationResponse;

impl ResourceType for IntegrationResponse {
    fn name(&self) -> &'static str {
        "aws_api_gateway_integration_response"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        super::check::one_of(config, "content_handling", CONTENT_HANDLING).into_iter().collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_INTEGRATION
    }
}

/// What AWS reports of an integration response.
pub(super) fn describe(response: &aws_sdk_apigateway::types::IntegrationResponse) -> Value {
    let handling = response.content_handling.as_ref().map(ContentHandlingStrategy::as_str);
    Value::object([
        ("content_handling", fields::text(handling)),
        ("response_parameters", fields::text_map(response.response_parameters.as_ref())),
        ("response_templates", fields::text_map(response.response_templates.as_ref())),
        ("selection_pattern", fields::text(response.selection_pattern.as_ref())),
    ])
}

fn id_of(place: &Known) -> Value {
    let (api, resource) = (key(place, "rest_api_id"), key(place, "resource_id"));
    let (verb, status) = (key(place, "http_method"), key(place, "status_code"));
    Value::from(format!("agir-{api}-{resource}-{verb}-{status}"))
}

fn pick(method: &aws_sdk_apigateway::types::Method, place: &Known) -> Option<Known> {
    let responses = method.method_integration.as_ref()?.integration_responses.as_ref()?;
    let response = responses.get(key(place, "status_code"))?;
    Some(settle(&SCHEMA, place, &describe(response).with("id", id_of(place))))
}

/// Sends the whole response; the put replaces what is there.
async fn put(aws: &Aws, want: &Known) -> Result<Known, Failed> {
    let handling = want.text("content_handling").map(ContentHandlingStrategy::from);
    let call = || {
        let put = aws.apigateway.put_integration_response().rest_api_id(key(want, "rest_api_id"));
        put.resource_id(key(want, "resource_id"))
            .http_method(key(want, "http_method"))
            .status_code(key(want, "status_code"))
            .set_content_handling(handling.clone())
            .set_response_parameters(to_map(want, "response_parameters"))
            .set_response_templates(to_map(want, "response_templates"))
            .set_selection_pattern(fields::to_text(want, "selection_pattern"))
            .send()
    };
    aws.call("apigateway:PutIntegrationResponse", call).await?;
    Ok(part::with(want, [("id", id_of(want))]))
}

#[async_trait]
impl Live for IntegrationResponse {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found = reads::method(aws, snapshot, have, Depth::IntegrationResponses).await?;
        Ok(found.and_then(|method| pick(&method, have)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        put(aws, want).await
    }

    async fn update(&self, aws: &Aws, _have: &Known, want: &Known) -> Result<Known, Failed> {
        put(aws, want).await
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_integration_response().rest_api_id(key(have, "rest_api_id"));
            delete
                .resource_id(key(have, "resource_id"))
                .http_method(key(have, "http_method"))
                .status_code(key(have, "status_code"))
                .send()
        };
        deleted(aws.call("apigateway:DeleteIntegrationResponse", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let place = part::split(id, &["rest_api_id", "resource_id", "http_method", "status_code"])?;
        self.read(aws, snapshot, &place).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found = reads::get_method(aws, want).await?;
        Ok(found.and_then(|method| pick(&method, want)).into_iter().collect())
    }
}
