//! `aws_api_gateway_request_validator`: which parts of a request are checked before it goes on.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Value};

use super::arguments::{flag, id, rest_api_id, text};
use super::fields;
use super::lists;
use super::part::{self, deleted, incomplete, key};
use super::patch::{Difference, Patches};
use super::settle::{complete, settle};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A request validator of a REST API: which parts of a request are checked before it goes on.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("name", text("Name of the validator.")),
            ("validate_request_body", flag("Whether the body is checked against its model.")),
            ("validate_request_parameters", flag("Whether required parameters are checked.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_request_validator`
#[derive(Clone, Copy)]
pub(crate) struct RequestValidator;

impl ResourceType for RequestValidator {
    fn name(&self) -> &'static str {
        "aws_api_gateway_request_validator"
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

/// What AWS reports of a validator.
pub(super) fn describe(validator: &aws_sdk_apigateway::types::RequestValidator) -> Value {
    Value::object([
        ("id", fields::text(validator.id.as_ref())),
        ("name", fields::text(validator.name.as_ref())),
        ("validate_request_body", Value::from(validator.validate_request_body)),
        ("validate_request_parameters", Value::from(validator.validate_request_parameters)),
    ])
}

#[async_trait]
impl Live for RequestValidator {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let validators = lists::request_validators(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(validators.get(key(have, "id")).map(|validator| settle(&SCHEMA, have, &describe(validator))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        // What is not said is off.
        let flag = |name: &str| want.get(name).as_bool().filter(|is_on| *is_on);
        let call = || {
            let create = aws.apigateway.create_request_validator().rest_api_id(key(want, "rest_api_id"));
            create
                .name(key(want, "name"))
                .set_validate_request_body(flag("validate_request_body"))
                .set_validate_request_parameters(flag("validate_request_parameters"))
                .send()
        };
        let made = aws.call("apigateway:CreateRequestValidator", call).await?;
        let id = made.id.ok_or_else(|| incomplete("apigateway:CreateRequestValidator", "id"))?;
        Ok(complete(&SCHEMA, want, &Value::object([("id", Value::from(id))])))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let difference = Difference { have, want };
        let mut patches = Patches::default();
        patches.scalar("/name", difference, "name");
        patches.scalar("/validateRequestBody", difference, "validate_request_body");
        patches.scalar("/validateRequestParameters", difference, "validate_request_parameters");
        let call = || {
            let update = aws.apigateway.update_request_validator().rest_api_id(key(have, "rest_api_id"));
            update.request_validator_id(key(have, "id")).set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateRequestValidator", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_request_validator().rest_api_id(key(have, "rest_api_id"));
            delete.request_validator_id(key(have, "id")).send()
        };
        deleted(aws.call("apigateway:DeleteRequestValidator", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "id"])?).await
    }

    /// Validators have no date, so those that are just what was wanted may be what was made.
    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let validators = lists::get_request_validators(aws, key(want, "rest_api_id")).await?;
        let settled = validators.values().map(|validator| settle(&SCHEMA, want, &describe(validator)));
        let arguments = ["name", "validate_request_body", "validate_request_parameters"];
        Ok(settled.filter(|found| part::agrees(found, want, &arguments)).collect())
    }
}
