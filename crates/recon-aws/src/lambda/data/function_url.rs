//! The data source `aws_lambda_function_url`: the URL of a function or alias.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_lambda::types::{Cors, InvokeMode};
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, optional, required};
use recon_core::{Known, Type, Value};

use super::{absent, answer, given, objects};
use crate::aws::Aws;
use crate::live::LiveData;
use crate::shape::{block as one, no_block, number, text};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let texts = || Type::list(Type::String);
    let cors = [
        ("allow_credentials", Type::Bool),
        ("allow_headers", texts()),
        ("allow_methods", texts()),
        ("allow_origins", texts()),
        ("expose_headers", texts()),
        ("max_age", Type::Number),
    ];
    let attributes = [
        ("authorization_type", given("Who may call the URL: `AWS_IAM` or `NONE`.")),
        ("cors", objects(cors, "What browsers are told about requests from other origins.")),
        ("creation_time", given("When the URL was made.")),
        ("function_arn", given("ARN of the function.")),
        ("function_name", required(Type::String, "Name or ARN of the function.")),
        ("function_url", given("The URL.")),
        ("id", given("Name and qualifier of the function.")),
        ("invoke_mode", given("Whether answers are buffered or streamed.")),
        ("last_modified_time", given("When the URL was last changed.")),
        ("qualifier", optional(Type::String, "Alias that the URL calls.")),
        ("url_id", given("The first part of the URL's host.")),
    ];
    Schema { version: 0, doc: "The URL of a Lambda function.", block: block(attributes, []) }
});

/// The data source `aws_lambda_function_url`
#[derive(Clone, Copy)]
pub(super) struct FunctionUrl;

impl ResourceType for FunctionUrl {
    fn name(&self) -> &'static str {
        "aws_lambda_function_url"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for FunctionUrl {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        const OPERATION: &str = "lambda:GetFunctionUrlConfig";
        let (name, qualifier) = (config.str("function_name").unwrap_or_default(), config.text("qualifier"));
        let id = qualifier.map_or_else(|| name.to_owned(), |qualifier| format!("{name}/{qualifier}"));
        let send = || {
            let request = aws.lambda.get_function_url_config().function_name(name);
            request.set_qualifier(qualifier.map(str::to_owned)).send()
        };
        let live = match aws.call(OPERATION, send).await {
            Err(error) if error.kind == ErrorKind::NotFound => {
                return Err(absent(OPERATION, &format!("URL of function `{id}`")));
            }
            answer => answer?,
        };
        let host = live.function_url.trim_start_matches("https://");
        let found = Value::object([
            ("id", Value::from(id.as_str())),
            ("authorization_type", Value::from(live.auth_type.as_str())),
            ("cors", live.cors().map_or_else(no_block, cors)),
            ("creation_time", Value::from(live.creation_time.as_str())),
            ("function_arn", Value::from(live.function_arn.as_str())),
            ("function_url", Value::from(live.function_url.as_str())),
            ("invoke_mode", text(live.invoke_mode.as_ref().map(InvokeMode::as_str))),
            ("last_modified_time", Value::from(live.last_modified_time.as_str())),
            ("url_id", Value::from(host.split('.').next().unwrap_or_default())),
        ]);
        Ok(answer(&SCHEMA, config, &found))
    }
}

fn cors(live: &Cors) -> Value {
    let texts = |items: &[String]| Value::strings(items.iter().map(String::as_str));
    one([
        ("allow_credentials", Value::from(live.allow_credentials().unwrap_or_default())),
        ("allow_headers", texts(live.allow_headers())),
        ("allow_methods", texts(live.allow_methods())),
        ("allow_origins", texts(live.allow_origins())),
        ("expose_headers", texts(live.expose_headers())),
        ("max_age", number(Some(live.max_age().unwrap_or_default()))),
    ])
}
