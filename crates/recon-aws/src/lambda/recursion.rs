//! `aws_lambda_function_recursion_config`: whether Lambda stops a function that calls itself in a loop.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_lambda::types::RecursiveLoop;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block, required};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::function::IN_FUNCTION;
use super::name::{function_name, queue_key};
use super::qualified::{if_there, wrong_id};
use crate::aws::Aws;
use crate::live::Live;
use crate::rules::{self, Findings};
use crate::shape::{merge, object};
use crate::snapshot::Snapshot;

const KIND: &str = "aws_lambda_function_recursion_config";
const PUT: &str = "lambda:PutFunctionRecursionConfig";

/// `aws_lambda_function_recursion_config`
#[derive(Clone, Copy)]
pub(crate) struct Recursion;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("recursive_loop", required(Type::String, "`Allow` or `Terminate`.")),
    ];
    let doc = "Whether Lambda stops a function that calls itself in a loop.";
    Schema { version: 0, doc, block: block(attributes, []) }
});

impl ResourceType for Recursion {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "recursive_loop", &["Allow", "Terminate"]);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_name = |text: &str| !function_name(text).is_empty() && function_name(text).chars().all(fits);
        if config.str("function_name").is_some_and(|text| !is_name(text)) {
            let detail = "A function's name has letters, digits, hyphens and underscores.";
            rules::wrong(&mut found, "function_name", detail);
        }
        found
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}

#[async_trait]
impl Live for Recursion {
    async fn read(&self, aws: &Aws, _: &Snapshot, have: &Known) -> Result<Option<Known>, ProviderError> {
        get(aws, have).await
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        Ok(put(aws, want).await?)
    }

    async fn update(&self, aws: &Aws, _: &Known, want: &Known) -> Result<Known, Failed> {
        Ok(put(aws, want).await?)
    }

    /// Every function has such a setting, so that its end is Lambda's default.
    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let send = || {
            let request = aws.lambda.put_function_recursion_config().function_name(name(have));
            request.recursive_loop(RecursiveLoop::Terminate).send()
        };
        if_there(aws.call(PUT, send).await).map(drop)
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        if function_name(id).is_empty() {
            return Err(wrong_id(KIND, id, "It is imported by the name of the function."));
        }
        get(aws, &object(&SCHEMA, [("function_name", Value::from(id))])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let found = get(aws, want).await?;
        let ours = found.filter(|found| found.get("recursive_loop").same(want.get("recursive_loop")));
        Ok(ours.into_iter().collect())
    }
}

fn name(value: &Known) -> &str {
    function_name(value.str("function_name").unwrap_or_default())
}

async fn get(aws: &Aws, have: &Known) -> Result<Option<Known>, ProviderError> {
    let send = || aws.lambda.get_function_recursion_config().function_name(name(have)).send();
    let answer = if_there(aws.call("lambda:GetFunctionRecursionConfig", send).await)?;
    Ok(answer.map(|live| value(have, live.recursive_loop.as_ref())))
}

async fn put(aws: &Aws, want: &Known) -> Result<Known, ProviderError> {
    let loops = RecursiveLoop::from(want.str("recursive_loop").unwrap_or_default());
    let send = || {
        let request = aws.lambda.put_function_recursion_config().function_name(name(want));
        request.recursive_loop(loops.clone()).send()
    };
    let live = aws.call(PUT, send).await?;
    Ok(value(want, live.recursive_loop.as_ref()))
}

fn value(have: &Known, live: Option<&RecursiveLoop>) -> Known {
    let live = live.map_or("Terminate", RecursiveLoop::as_str);
    merge(have.clone(), [("recursive_loop", Value::from(live))])
}
