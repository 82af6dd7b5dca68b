//! The data source `aws_lambda_function`: a function as it is, or one of its versions.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::{Concurrency, FunctionConfiguration, PackageType};
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Attribute, Block, Schema, computed, optional, optional_computed, required};
use recon_core::{Known, Name, Type, Value};

use super::{absent, answer, counted, given, objects};
use crate::aws::Aws;
use crate::lambda::name::function_name;
use crate::lambda::{settings, versions};
use crate::live::LiveData;
use crate::shape::{block, number, text_or_null};

type Attributes = Vec<(&'static str, Attribute)>;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [identity(), settings_of(), blocks()].concat();
    let attributes = attributes.into_iter().map(|(name, attribute)| (Name::from(name), attribute)).collect();
    Schema { version: 0, doc: "A Lambda function.", block: Block { attributes, ..Block::default() } }
});

fn identity() -> Attributes {
    vec![
        ("arn", given("ARN of the function.")),
        ("code_sha256", given("Hash of the code.")),
        ("code_signing_config_arn", given("ARN of the code signing configuration.")),
        ("function_name", required(Type::String, "Name or ARN of the function.")),
        ("id", given("The function's name.")),
        ("image_uri", given("Container image with the code.")),
        ("invoke_arn", given("ARN with which API Gateway invokes the function.")),
        ("last_modified", given("When the function was last changed.")),
        ("qualified_arn", given("ARN with the version.")),
        ("qualified_invoke_arn", given("ARN with which API Gateway invokes the version.")),
        ("qualifier", optional(Type::String, "Alias or version; without it, the latest version.")),
        ("signing_job_arn", given("ARN of the signing job.")),
        ("signing_profile_version_arn", given("ARN of the signing profile's version.")),
        ("source_code_hash", given("Hash of the code.")),
        ("source_code_size", counted("Size of the code in bytes.")),
        ("tags", optional_computed(Type::map(Type::String), "Tags of the function.")),
        ("version", given("The version.")),
    ]
}

fn settings_of() -> Attributes {
    let texts = |doc| computed(Type::list(Type::String), doc);
    vec![
        ("architectures", texts("Instruction set.")),
        ("description", given("What the function does.")),
        ("handler", given("Entry point in the code.")),
        ("kms_key_arn", given("Key that encrypts the environment variables.")),
        ("layers", texts("Versions of layers.")),
        ("memory_size", counted("Memory in MB.")),
        ("reserved_concurrent_executions", counted("Instances that are set aside; -1 for none.")),
        ("role", given("ARN of the role that the function runs as.")),
        ("runtime", given("Runtime of the code.")),
        ("timeout", counted("The longest that one invocation may take, in seconds.")),
    ]
}

fn blocks() -> Attributes {
    let ids = || Type::set(Type::String);
    let file_system = [("arn", Type::String), ("local_mount_path", Type::String)];
    let logging = ["application_log_level", "log_format", "log_group", "system_log_level"];
    let logging = logging.map(|name| (name, Type::String));
    let vpc = [
        ("ipv6_allowed_for_dual_stack", Type::Bool),
        ("security_group_ids", ids()),
        ("subnet_ids", ids()),
        ("vpc_id", Type::String),
    ];
    vec![
        ("dead_letter_config", objects([("target_arn", Type::String)], "Where events go that failed.")),
        ("environment", objects([("variables", Type::map(Type::String))], "Environment variables.")),
        ("ephemeral_storage", objects([("size", Type::Number)], "Size of `/tmp` in MB.")),
        ("file_system_config", objects(file_system, "File systems that are mounted.")),
        ("logging_config", objects(logging, "What is logged, and where.")),
        ("tracing_config", objects([("mode", Type::String)], "Whether requests are traced.")),
        ("vpc_config", objects(vpc, "The network.")),
    ]
}

/// The data source `aws_lambda_function`
#[derive(Clone, Copy)]
pub(super) struct Function;

impl ResourceType for Function {
    fn name(&self) -> &'static str {
        "aws_lambda_function"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for Function {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let written = config.str("function_name").unwrap_or_default();
        let name = function_name(written);
        let qualifier = match config.text("qualifier") {
            Some(qualifier) => Some(qualifier.to_owned()),
            None => versions::list(aws, name).await?.newest().and_then(|live| live.version.clone()),
        };
        let missing = || absent("lambda:GetFunction", &format!("function `{name}`"));
        let found = get(aws, name, qualifier.as_deref()).await?.ok_or_else(missing)?;
        let live = found.configuration().ok_or_else(missing)?;
        let signing = signing(aws, name, live).await?;
        let described = described(aws, &found, live, qualifier.as_deref())
            .with("id", Value::from(written))
            .with("code_signing_config_arn", Value::from(signing));
        Ok(answer(&SCHEMA, config, &described))
    }
}

async fn get(
    aws: &Aws,
    name: &str,
    qualifier: Option<&str>,
) -> Result<Option<GetFunctionOutput>, ProviderError> {
    let send = || {
        let request = aws.lambda.get_function().function_name(name);
        request.set_qualifier(qualifier.map(str::to_owned)).send()
    };
    match aws.call("lambda:GetFunction", send).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The code signing configuration of a function whose code is a zip file; others have none.
async fn signing(aws: &Aws, name: &str, live: &FunctionConfiguration) -> Result<String, ProviderError> {
    if live.package_type() == Some(&PackageType::Image) {
        return Ok(String::new());
    }
    let send = || aws.lambda.get_function_code_signing_config().function_name(name).send();
    Ok(aws.call("lambda:GetFunctionCodeSigningConfig", send).await?.code_signing_config_arn)
}

fn described(
    aws: &Aws,
    found: &GetFunctionOutput,
    live: &FunctionConfiguration,
    qualifier: Option<&str>,
) -> Value {
    let nothing = Known::with_nulls(&Value::object::<&str>([]));
    let settings = settings::observed(&nothing, live).into_iter();
    let mut described =
        Value::object(settings.filter(|(name, _)| SCHEMA.block.attributes.contains_key(*name)));
    let arn = live.function_arn().unwrap_or_default();
    let version = live.version().unwrap_or_default();
    let is_qualifier = |last: &str| Some(last) == qualifier || last == version;
    let bare = arn.rsplit_once(':').filter(|(_, last)| is_qualifier(last)).map_or(arn, |(bare, _)| bare);
    let qualified = if bare == arn { format!("{arn}:{version}") } else { arn.to_owned() };
    let reserved = found.concurrency().and_then(Concurrency::reserved_concurrent_executions);
    let hash = text_or_null(live.code_sha256());
    let tags = crate::shape::ordered(found.tags().cloned());
    if live.tracing_config().is_none() {
        described = described.with("tracing_config", block([("mode", Value::from("PassThrough"))]));
    }
    described
        .with("arn", Value::from(bare))
        .with("invoke_arn", Value::from(aws.invoke_arn(bare)))
        .with("qualified_arn", Value::from(qualified.as_str()))
        .with("qualified_invoke_arn", Value::from(aws.invoke_arn(&qualified)))
        .with("version", Value::from(version))
        .with("last_modified", text_or_null(live.last_modified()))
        .with("image_uri", text_or_null(found.code().and_then(|code| code.image_uri())))
        .with("reserved_concurrent_executions", number(Some(reserved.unwrap_or(-1))))
        .with("code_sha256", hash.clone())
        .with("source_code_hash", hash)
        .with("source_code_size", Value::from(live.code_size()))
        .with("signing_job_arn", Value::from(live.signing_job_arn().unwrap_or_default()))
        .with(
            "signing_profile_version_arn",
            Value::from(live.signing_profile_version_arn().unwrap_or_default()),
        )
        .with("tags", Value::string_map(tags))
}
