//! The data source `aws_lambda_layer_version`: a version of a layer, or the newest that fits.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_lambda::types::{Architecture, Runtime};
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, optional, optional_computed, required};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::{absent, answer, counted, given};
use crate::aws::Aws;
use crate::lambda::layer_version_live::{describe, get};
use crate::live::LiveData;
use crate::rules::{self, Findings};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let names = |doc| computed(Type::set(Type::String), doc);
    let attributes = [
        ("arn", given("ARN of the version.")),
        ("code_sha256", given("Hash of the content.")),
        ("compatible_architecture", optional(Type::String, "Only versions for this instruction set.")),
        ("compatible_architectures", names("Instruction sets that the layer is for.")),
        ("compatible_runtime", optional(Type::String, "Only versions for this runtime.")),
        ("compatible_runtimes", names("Runtimes that the layer is for.")),
        ("created_date", given("When the version was published.")),
        ("description", given("What the version is.")),
        ("id", given("The version's ARN.")),
        ("layer_arn", given("ARN of the layer, without the version.")),
        ("layer_name", required(Type::String, "Name or ARN of the layer.")),
        ("license_info", given("Licence.")),
        ("signing_job_arn", given("ARN of the signing job.")),
        ("signing_profile_version_arn", given("ARN of the signing profile's version.")),
        ("source_code_hash", given("Hash of the content.")),
        ("source_code_size", counted("Size of the content in bytes.")),
        ("version", optional_computed(Type::Number, "Number of the version; without it, the newest.")),
    ];
    Schema { version: 0, doc: "A version of a Lambda layer.", block: block(attributes, []) }
});

/// The data source `aws_lambda_layer_version`
#[derive(Clone, Copy)]
pub(super) struct LayerVersion;

impl ResourceType for LayerVersion {
    fn name(&self) -> &'static str {
        "aws_lambda_layer_version"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "compatible_architecture", Architecture::values());
        rules::one_of(&mut found, config, "compatible_runtime", Runtime::values());
        rules::not_both(&mut found, config, "compatible_architecture", "version");
        rules::not_both(&mut found, config, "compatible_runtime", "version");
        found
    }
}

#[async_trait]
impl LiveData for LayerVersion {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let layer = config.str("layer_name").unwrap_or_default();
        let number = match config.get("version").as_i64() {
            Some(number) => Some(number),
            None => newest(aws, config, layer).await?,
        };
        let missing = || absent("lambda:GetLayerVersion", &format!("version of layer `{layer}` that fits"));
        let live = get(aws, layer, number.ok_or_else(missing)?).await?.ok_or_else(missing)?;
        let described = describe(&live);
        let hash = described.get("code_sha256").clone();
        let described = described.with("source_code_hash", hash).with("version", Value::from(live.version));
        Ok(answer(&SCHEMA, config, &described))
    }
}

/// The number of the newest version that fits.
async fn newest(aws: &Aws, config: &Known, layer: &str) -> Result<Option<i64>, ProviderError> {
    let send = || {
        let request = aws.lambda.list_layer_versions().layer_name(layer);
        let request = request.set_compatible_runtime(config.text("compatible_runtime").map(Into::into));
        request.set_compatible_architecture(config.text("compatible_architecture").map(Into::into)).send()
    };
    match aws.call("lambda:ListLayerVersions", send).await {
        Ok(page) => Ok(page.layer_versions().first().map(|item| item.version)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
