//! `aws_api_gateway_model`: a JSON schema of request and response bodies.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Sameness, Schema, block, optional};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::arguments::{id, rest_api_id, text, text_or_none};
use super::fields::{self, to_text};
use super::part::{self, deleted, incomplete, key};
use super::patch::{Difference, Patches};
use super::settle::{complete, settle};
use super::{check, lists};
use crate::aws::Aws;
use crate::call::Created;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A model of a REST API: a JSON schema of request and response bodies.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("name", text("Name of the model.").replaces()),
            ("content_type", text("Content type of the bodies.").replaces()),
            ("description", text_or_none("What the bodies are.")),
            ("schema", optional(Type::String, "JSON schema of the bodies.").compared(Sameness::Json)),
        ],
        [],
    ),
});

/// `aws_api_gateway_model`
#[derive(Clone, Copy)]
pub(crate) struct Model;

impl ResourceType for Model {
    fn name(&self) -> &'static str {
        "aws_api_gateway_model"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        check::json(config, "schema").into_iter().chain(check_name(config)).collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

fn check_name(config: &Value) -> Option<(Path, Diagnostic)> {
    let name = config.str("name")?;
    let fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    (!fits)
        .then(|| check::invalid("name", format!("The model name `{name}` may have letters and digits only.")))
}

/// What AWS reports of a model.
pub(super) fn describe(model: &aws_sdk_apigateway::types::Model) -> Value {
    Value::object([
        ("id", fields::text(model.id.as_ref())),
        ("name", fields::text(model.name.as_ref())),
        ("content_type", fields::text(model.content_type.as_ref())),
        ("description", fields::text(model.description.as_ref())),
        ("schema", fields::text(model.schema.as_ref())),
    ])
}

#[async_trait]
impl Live for Model {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let models = lists::models(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(models.get(key(have, "name")).map(|model| settle(&SCHEMA, have, &describe(model))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_model().rest_api_id(key(want, "rest_api_id"));
            create
                .name(key(want, "name"))
                .content_type(key(want, "content_type"))
                .set_description(to_text(want, "description"))
                .set_schema(to_text(want, "schema"))
                .send()
        };
        let id = match aws.call_create("apigateway:CreateModel", call).await? {
            Created::Answered(made) => made.id,
            Created::Unheard => {
                let mut models = lists::get_models(aws, key(want, "rest_api_id")).await?;
                models.remove(key(want, "name")).and_then(|model| model.id)
            }
        };
        let id = id.ok_or_else(|| incomplete("apigateway:CreateModel", "id"))?;
        Ok(complete(&SCHEMA, want, &Value::object([("id", Value::from(id))])))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let difference = Difference { have, want };
        let mut patches = Patches::default();
        patches.scalar("/description", difference, "description");
        patches.scalar("/schema", difference, "schema");
        let call = || {
            let update = aws.apigateway.update_model().rest_api_id(key(have, "rest_api_id"));
            update.model_name(key(have, "name")).set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateModel", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_model().rest_api_id(key(have, "rest_api_id"));
            delete.model_name(key(have, "name")).send()
        };
        deleted(aws.call("apigateway:DeleteModel", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "name"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let models = lists::get_models(aws, key(want, "rest_api_id")).await?;
        Ok(models
            .get(key(want, "name"))
            .map(|model| settle(&SCHEMA, want, &describe(model)))
            .into_iter()
            .collect())
    }
}
