//! `aws_api_gateway_method_response`: a status code that a method may answer with.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Value};

use super::arguments::{flag_map, http_method, id, resource_id, rest_api_id, text, text_map};
use super::fields::{self, to_flags, to_map};
use super::part::{self, deleted, key};
use super::patch::{Difference, Patches};
use super::reads::{self, Depth};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A response of a method: a status code with the headers and bodies it may have.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("resource_id", resource_id()),
            ("http_method", http_method()),
            // The status code is the response's name, so another one is another response.
            ("status_code", text("HTTP status code.").replaces()),
            ("response_models", text_map("Name of the model of the body, by content type.")),
            ("response_parameters", flag_map("Headers that it may have, by `method.response.header.NAME`.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_method_response`
#[derive(Clone, Copy)]
pub(crate) struct MethodResponse;

impl ResourceType for MethodResponse {
    fn name(&self) -> &'static str {
        "aws_api_gateway_method_response"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_METHOD
    }
}

/// What AWS reports of a method response.
pub(super) fn describe(response: &aws_sdk_apigateway::types::MethodResponse) -> Value {
    Value::object([
        ("response_models", fields::text_map(response.response_models.as_ref())),
        ("response_parameters", fields::flag_map(response.response_parameters.as_ref())),
    ])
}

fn id_of(place: &Known) -> Value {
    let (api, resource) = (key(place, "rest_api_id"), key(place, "resource_id"));
    let (verb, status) = (key(place, "http_method"), key(place, "status_code"));
    Value::from(format!("agmr-{api}-{resource}-{verb}-{status}"))
}

fn pick(method: &aws_sdk_apigateway::types::Method, place: &Known) -> Option<Known> {
    let response = method.method_responses.as_ref()?.get(key(place, "status_code"))?;
    Some(settle(&SCHEMA, place, &describe(response).with("id", id_of(place))))
}

#[async_trait]
impl Live for MethodResponse {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found = reads::method(aws, snapshot, have, Depth::Responses).await?;
        Ok(found.and_then(|method| pick(&method, have)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let put = aws.apigateway.put_method_response().rest_api_id(key(want, "rest_api_id"));
            put.resource_id(key(want, "resource_id"))
                .http_method(key(want, "http_method"))
                .status_code(key(want, "status_code"))
                .set_response_models(to_map(want, "response_models"))
                .set_response_parameters(to_flags(want, "response_parameters"))
                .send()
        };
        aws.call_create("apigateway:PutMethodResponse", call).await?;
        Ok(part::with(want, [("id", id_of(want))]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let difference = Difference { have, want };
        let mut patches = Patches::default();
        patches.entries("/responseModels", difference, "response_models");
        patches.entries("/responseParameters", difference, "response_parameters");
        let call = || {
            let update = aws.apigateway.update_method_response().rest_api_id(key(have, "rest_api_id"));
            update
                .resource_id(key(have, "resource_id"))
                .http_method(key(have, "http_method"))
                .status_code(key(have, "status_code"))
                .set_patch_operations(patches.operations())
                .send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateMethodResponse", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_method_response().rest_api_id(key(have, "rest_api_id"));
            delete
                .resource_id(key(have, "resource_id"))
                .http_method(key(have, "http_method"))
                .status_code(key(have, "status_code"))
                .send()
        };
        deleted(aws.call("apigateway:DeleteMethodResponse", call).await)
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
