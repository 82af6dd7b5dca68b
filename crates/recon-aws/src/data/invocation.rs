//! `data "aws_lambda_invocation"`: what a function answers to an event.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, defaulted, required};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::given;
use crate::aws::Aws;
use crate::lambda::invocation_live::invoke;
use crate::live::LiveData;
use crate::rules::{self, Findings};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("function_name", required(Type::String, "Name or ARN of the function.")),
        ("id", given("Function, qualifier and MD5 of the input.")),
        ("input", required(Type::String, "The event, as JSON.")),
        ("qualifier", defaulted(Type::String, "$LATEST", "Alias or version.")),
        ("result", given("What the function answered, as JSON.")),
    ];
    let doc = "What a Lambda function answers to an event; every plan invokes it.";
    Schema { version: 0, doc, block: block(attributes, []) }
});

/// `aws_lambda_invocation`
#[derive(Clone, Copy)]
pub(crate) struct Invocation;

impl ResourceType for Invocation {
    fn name(&self) -> &'static str {
        "aws_lambda_invocation"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        let input = config.str("input").map(serde_json::from_str::<serde_json::Value>);
        if let Some(Err(error)) = input {
            rules::wrong(&mut found, "input", format!("`input` must be JSON: {error}."));
        }
        found
    }
}

#[async_trait]
impl LiveData for Invocation {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        invoke(aws, config, config.str("input").unwrap_or_default().to_owned()).await
    }
}
