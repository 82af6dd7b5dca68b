//! `aws_api_gateway_rest_api_put`: applies an OpenAPI document to a REST API that is declared elsewhere.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::PutMode;
use aws_smithy_types::Blob;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Absent, NestedBlock, Nesting, Schema, block, defaulted, optional};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::arguments::{rest_api_id, text, text_map};
use super::fields::to_map;
use super::part::{self, key};
use super::reads;
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let timeouts =
        block([("create", optional(Type::String, "Accepted; a call takes as long as its quota needs."))], []);
    let timeouts = NestedBlock { block: timeouts, nesting: Nesting::Single, absent: Absent::None };
    Schema {
        version: 0,
        doc: "Applies an OpenAPI document to a REST API that is declared elsewhere.",
        block: block(
            [
                ("rest_api_id", rest_api_id()),
                ("body", text("OpenAPI document; it replaces what the API has.").replaces()),
                (
                    "fail_on_warnings",
                    defaulted(Type::Bool, false, "Whether a warning of the import fails it.").replaces(),
                ),
                ("parameters", text_map("Parameters of the import.").replaces()),
                ("triggers", text_map("Any texts whose change applies the document again.").replaces()),
            ],
            [("timeouts", timeouts)],
        ),
    }
});

/// `aws_api_gateway_rest_api_put`
#[derive(Clone, Copy)]
pub(crate) struct RestApiPut;

impl ResourceType for RestApiPut {
    fn name(&self) -> &'static str {
        "aws_api_gateway_rest_api_put"
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

async fn put(aws: &Aws, want: &Known) -> Result<Known, Failed> {
    let call = || {
        let put =
            aws.apigateway.put_rest_api().rest_api_id(key(want, "rest_api_id")).mode(PutMode::Overwrite);
        put.set_fail_on_warnings(want.get("fail_on_warnings").as_bool())
            .set_parameters(to_map(want, "parameters"))
            .body(Blob::new(key(want, "body")))
            .send()
    };
    aws.call("apigateway:PutRestApi", call).await?;
    Ok(settle(&SCHEMA, want, &Value::null(Type::Any)))
}

#[async_trait]
impl Live for RestApiPut {
    /// The document is not handed out again, so what can be seen is whether its API is there.
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found = reads::rest_api(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(found.map(|_| settle(&SCHEMA, have, &Value::null(Type::Any))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        put(aws, want).await
    }

    async fn update(&self, _aws: &Aws, _have: &Known, want: &Known) -> Result<Known, Failed> {
        Ok(want.clone())
    }

    /// What the document made stays with its API.
    async fn delete(&self, _aws: &Aws, _have: &Known) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id"])?).await
    }

    /// Applying the document once more changes nothing, so nothing counts as done.
    async fn adopt(&self, _aws: &Aws, _want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(Vec::new())
    }
}
