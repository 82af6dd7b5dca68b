//! The data source `aws_lambda_code_signing_config`: a code signing configuration by its ARN.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, required};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::{absent, answer, given, objects};
use crate::aws::Aws;
use crate::lambda::code_signing_config_live::{describe, get};
use crate::live::LiveData;
use crate::rules::{self, Findings};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let publishers = [("signing_profile_version_arns", Type::set(Type::String))];
    let policies = [("untrusted_artifact_on_deployment", Type::String)];
    let attributes = [
        ("allowed_publishers", objects(publishers, "Versions of signing profiles that are trusted.")),
        ("arn", required(Type::String, "ARN of the configuration.")),
        ("config_id", given("ID of the configuration.")),
        ("description", given("What the configuration is for.")),
        ("id", given("The configuration's ARN.")),
        ("last_modified", given("When the configuration was last changed.")),
        ("policies", objects(policies, "What becomes of code whose signature is not trusted.")),
    ];
    Schema { version: 0, doc: "Whose signatures Lambda trusts on code.", block: block(attributes, []) }
});

/// The data source `aws_lambda_code_signing_config`
#[derive(Clone, Copy)]
pub(super) struct CodeSigningConfig;

impl ResourceType for CodeSigningConfig {
    fn name(&self) -> &'static str {
        "aws_lambda_code_signing_config"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::arn(&mut found, config, "arn");
        found
    }
}

#[async_trait]
impl LiveData for CodeSigningConfig {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let arn = config.str("arn").unwrap_or_default();
        let live = get(aws, arn).await?;
        let live = live.ok_or_else(|| {
            absent("lambda:GetCodeSigningConfig", &format!("code signing configuration `{arn}`"))
        })?;
        Ok(answer(&SCHEMA, config, &describe(&live)))
    }
}
