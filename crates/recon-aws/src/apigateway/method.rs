//! `aws_api_gateway_method`: a verb of a resource and what it asks of a request.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Value};

use super::arguments::{
    flag, flag_map, http_method, id, resource_id, rest_api_id, text, text_map, text_or_none, text_set,
};
use super::fields::{self, to_flags, to_list, to_map, to_text};
use super::part::{self, deleted, key};
use super::patch::{Difference, Patches};
use super::reads::{self, Depth};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A method of a resource: an HTTP verb and what it asks of a request.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("resource_id", resource_id()),
            ("http_method", http_method()),
            ("authorization", text("`NONE`, `CUSTOM`, `AWS_IAM` or `COGNITO_USER_POOLS`.")),
            ("authorizer_id", text_or_none("ID of the authorizer, for `CUSTOM` and `COGNITO_USER_POOLS`.")),
            ("authorization_scopes", text_set("Scopes that a Cognito token must have one of.")),
            ("api_key_required", flag("Whether a request must carry an API key.")),
            ("operation_name", text_or_none("Name of the operation in generated SDKs.")),
            ("request_models", text_map("Name of the model of the request body, by content type.")),
            (
                "request_parameters",
                flag_map("Whether a parameter is required, by `method.request.LOCATION.NAME`."),
            ),
            ("request_validator_id", text_or_none("ID of the request validator.")),
        ],
        [],
    ),
});

const AUTHORIZATIONS: &[&str] = &["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"];

/// `aws_api_gateway_method`
#[derive(Clone, Copy)]
pub(crate) struct Method;

impl ResourceType for Method {
    fn name(&self) -> &'static str {
        "aws_api_gateway_method"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let verb = super::check::one_of(config, "http_method", super::check::VERBS);
        let authorization = super::check::one_of(config, "authorization", AUTHORIZATIONS);
        verb.into_iter().chain(authorization).collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_RESOURCE
    }
}

/// What AWS reports of a method itself.
pub(super) fn describe(method: &aws_sdk_apigateway::types::Method) -> Value {
    Value::object([
        ("authorization", fields::text(method.authorization_type.as_ref())),
        ("authorizer_id", fields::text(method.authorizer_id.as_ref())),
        ("authorization_scopes", fields::text_set(method.authorization_scopes.as_ref())),
        ("api_key_required", Value::from(method.api_key_required.unwrap_or(false))),
        ("operation_name", fields::text(method.operation_name.as_ref())),
        ("request_models", fields::text_map(method.request_models.as_ref())),
        ("request_parameters", fields::flag_map(method.request_parameters.as_ref())),
        ("request_validator_id", fields::text(method.request_validator_id.as_ref())),
    ])
}

fn id_of(place: &Known) -> Value {
    let (api, resource) = (key(place, "rest_api_id"), key(place, "resource_id"));
    Value::from(format!("agm-{api}-{resource}-{}", key(place, "http_method")))
}

fn patches(have: &Known, want: &Known) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    patches.scalar("/authorizationType", difference, "authorization");
    patches.scalar("/authorizerId", difference, "authorizer_id");
    patches.elements("/authorizationScopes", difference, "authorization_scopes");
    patches.scalar("/apiKeyRequired", difference, "api_key_required");
    patches.scalar("/operationName", difference, "operation_name");
    patches.entries("/requestModels", difference, "request_models");
    patches.entries("/requestParameters", difference, "request_parameters");
    // A validator that is gone is no value: AWS looks up the empty text as an id.
    patches.scalar_or_nothing("/requestValidatorId", difference, "request_validator_id");
    patches
}

#[async_trait]
impl Live for Method {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found = reads::method(aws, snapshot, have, Depth::Request).await?;
        Ok(found.map(|method| settle(&SCHEMA, have, &describe(&method).with("id", id_of(have)))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let put = aws.apigateway.put_method().rest_api_id(key(want, "rest_api_id"));
            put.resource_id(key(want, "resource_id"))
                .http_method(key(want, "http_method"))
                .authorization_type(key(want, "authorization"))
                .set_authorizer_id(to_text(want, "authorizer_id"))
                .set_authorization_scopes(to_list(want, "authorization_scopes"))
                .api_key_required(want.get("api_key_required").as_bool().unwrap_or(false))
                .set_operation_name(to_text(want, "operation_name"))
                .set_request_models(to_map(want, "request_models"))
                .set_request_parameters(to_flags(want, "request_parameters"))
                .set_request_validator_id(to_text(want, "request_validator_id"))
                .send()
        };
        aws.call_create("apigateway:PutMethod", call).await?;
        Ok(part::with(want, [("id", id_of(want))]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let patches = patches(have, want);
        let call = || {
            let update = aws.apigateway.update_method().rest_api_id(key(have, "rest_api_id"));
            update
                .resource_id(key(have, "resource_id"))
                .http_method(key(have, "http_method"))
                .set_patch_operations(patches.operations())
                .send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateMethod", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_method().rest_api_id(key(have, "rest_api_id"));
            delete.resource_id(key(have, "resource_id")).http_method(key(have, "http_method")).send()
        };
        deleted(aws.call("apigateway:DeleteMethod", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "resource_id", "http_method"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found = reads::get_method(aws, want).await?;
        let settled = found.map(|method| settle(&SCHEMA, want, &describe(&method).with("id", id_of(want))));
        Ok(settled.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_sends_only_what_differs() {
        let have = Value::object([
            ("authorization", Value::from("NONE")),
            ("api_key_required", Value::from(false)),
            ("operation_name", Value::from("")),
        ]);
        let want = have.clone().with("api_key_required", Value::from(true));
        let patches = patches(&Known::with_nulls(&have), &Known::with_nulls(&want));
        insta::assert_debug_snapshot!(patches.operations().unwrap().len(), @"1");
    }
}
