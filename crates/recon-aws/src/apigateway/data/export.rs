//! The data sources `aws_api_gateway_export` and `aws_api_gateway_sdk`: what a stage is exported as.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_smithy_types::Blob;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, defaulted};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::answer;
use crate::apigateway::arguments::{given, text, text_map};
use crate::apigateway::check;
use crate::apigateway::fields::{self, to_map, to_text};
use crate::apigateway::part::key;
use crate::aws::Aws;
use crate::live::LiveData;

static EXPORT: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "The OpenAPI document of a stage.",
    block: block(
        [
            ("id", given("`API:STAGE`.")),
            ("rest_api_id", text("ID of the REST API.")),
            ("stage_name", text("Name of the stage.")),
            ("export_type", text("`oas30` or `swagger`.")),
            (
                "accepts",
                defaulted(Type::String, "application/json", "`application/json` or `application/yaml`."),
            ),
            ("parameters", text_map("Parameters of the export, such as `extensions`.")),
            ("body", given("The document.")),
            ("content_type", given("Its content type.")),
            ("content_disposition", given("Its file name.")),
        ],
        [],
    ),
});

static SDK: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A generated SDK of a stage.",
    block: block(
        [
            ("id", given("`API:STAGE:TYPE`.")),
            ("rest_api_id", text("ID of the REST API.")),
            ("stage_name", text("Name of the stage.")),
            ("sdk_type", text("`java`, `javascript`, `android`, `objectivec`, `swift` or `ruby`.")),
            ("parameters", text_map("What that type of SDK needs, such as `packageName`.")),
            ("body", given("The SDK, a ZIP file.")),
            ("content_type", given("Its content type.")),
            ("content_disposition", given("Its file name.")),
        ],
        [],
    ),
});

/// The data source `aws_api_gateway_export`
#[derive(Clone, Copy)]
pub(super) struct Export;

/// The data source `aws_api_gateway_sdk`
#[derive(Clone, Copy)]
pub(super) struct Sdk;

impl ResourceType for Export {
    fn name(&self) -> &'static str {
        "aws_api_gateway_export"
    }

    fn schema(&self) -> &Schema {
        &EXPORT
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let kind = check::one_of(config, "export_type", &["oas30", "swagger"]);
        let accepts = check::one_of(config, "accepts", &["application/json", "application/yaml"]);
        kind.into_iter().chain(accepts).collect()
    }
}

impl ResourceType for Sdk {
    fn name(&self) -> &'static str {
        "aws_api_gateway_sdk"
    }

    fn schema(&self) -> &Schema {
        &SDK
    }
}

/// The text of a body; what is no text cannot be in a value, and loses what is not.
fn body(blob: Option<&Blob>) -> Value {
    fields::text(blob.map(|blob| String::from_utf8_lossy(blob.as_ref()).into_owned()))
}

#[async_trait]
impl LiveData for Export {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let (api, stage) = (key(config, "rest_api_id"), key(config, "stage_name"));
        let call = || {
            let get = aws.apigateway.get_export().rest_api_id(api).stage_name(stage);
            get.export_type(key(config, "export_type"))
                .set_accepts(to_text(config, "accepts"))
                .set_parameters(to_map(config, "parameters"))
                .send()
        };
        let found = aws.call("apigateway:GetExport", call).await?;
        let live = Value::object([
            ("id", Value::from(format!("{api}:{stage}"))),
            ("body", body(found.body.as_ref())),
            ("content_type", fields::text(found.content_type.as_ref())),
            ("content_disposition", fields::text(found.content_disposition.as_ref())),
        ]);
        Ok(answer(&EXPORT, config, &live))
    }
}

#[async_trait]
impl LiveData for Sdk {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let (api, stage) = (key(config, "rest_api_id"), key(config, "stage_name"));
        let kind = key(config, "sdk_type");
        let call = || {
            let get = aws.apigateway.get_sdk().rest_api_id(api).stage_name(stage).sdk_type(kind);
            get.set_parameters(to_map(config, "parameters")).send()
        };
        let found = aws.call("apigateway:GetSdk", call).await?;
        let live = Value::object([
            ("id", Value::from(format!("{api}:{stage}:{kind}"))),
            ("body", body(found.body.as_ref())),
            ("content_type", fields::text(found.content_type.as_ref())),
            ("content_disposition", fields::text(found.content_disposition.as_ref())),
        ]);
        Ok(answer(&SDK, config, &live))
    }
}
