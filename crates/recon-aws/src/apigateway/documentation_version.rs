//! `aws_api_gateway_documentation_version`: a frozen copy of a REST API's documentation.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::DocumentationVersion as Described;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Follows, Parts, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Value};

use super::arguments::{id, rest_api_id, text, text_or_none};
use super::fields::{self, to_text};
use super::lists;
use super::part::{self, deleted, key};
use super::patch::{Difference, Patches};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A version of a REST API's documentation.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("version", text("Name of the version.").replaces()),
            ("description", text_or_none("What is new.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_documentation_version`
#[derive(Clone, Copy)]
pub(crate) struct DocumentationVersion;

impl ResourceType for DocumentationVersion {
    fn name(&self) -> &'static str {
        "aws_api_gateway_documentation_version"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn follows(&self) -> Option<Follows> {
        Some(Follows { through: "rest_api_id", kinds: &["aws_api_gateway_documentation_part"] })
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

fn id_of(place: &Known) -> Value {
    Value::from(format!("{}/{}", key(place, "rest_api_id"), key(place, "version")))
}

fn report(have: &Known, found: &Described) -> Known {
    let live =
        Value::object([("id", id_of(have)), ("description", fields::text(found.description.as_ref()))]);
    settle(&SCHEMA, have, &live)
}

#[async_trait]
impl Live for DocumentationVersion {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let versions = lists::documentation_versions(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(versions.get(key(have, "version")).map(|found| report(have, found)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_documentation_version().rest_api_id(key(want, "rest_api_id"));
            create
                .documentation_version(key(want, "version"))
                .set_description(to_text(want, "description"))
                .send()
        };
        aws.call_create("apigateway:CreateDocumentationVersion", call).await?;
        Ok(part::with(want, [("id", id_of(want))]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let mut patches = Patches::default();
        patches.scalar("/description", Difference { have, want }, "description");
        let call = || {
            let update = aws.apigateway.update_documentation_version().rest_api_id(key(have, "rest_api_id"));
            update
                .documentation_version(key(have, "version"))
                .set_patch_operations(patches.operations())
                .send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateDocumentationVersion", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_documentation_version().rest_api_id(key(have, "rest_api_id"));
            delete.documentation_version(key(have, "version")).send()
        };
        deleted(aws.call("apigateway:DeleteDocumentationVersion", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "version"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let versions = lists::get_documentation_versions(aws, key(want, "rest_api_id")).await?;
        Ok(versions.get(key(want, "version")).map(|found| report(want, found)).into_iter().collect())
    }
}
