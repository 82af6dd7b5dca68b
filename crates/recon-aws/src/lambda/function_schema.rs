//! The arguments and attributes of `aws_lambda_function`.

use recon_core::schema::{
    Absent, Attribute, Block, NestedBlock, Nesting, Sameness, Schema, at_most_one, at_most_one_or_provider,
    block, computed, defaulted, optional, optional_computed, required,
};
use recon_core::{Number, Type};

use crate::tags;

pub(crate) fn schema() -> Schema {
    let mut attributes = identity();
    attributes.extend(code());
    attributes.extend(settings());
    let mut block = Block { blocks: blocks(), ..Block::default() };
    block.attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect();
    Schema { version: 0, doc: "A Lambda function.", block }
}

type Attributes = Vec<(&'static str, Attribute)>;

fn text(doc: &'static str) -> Attribute {
    optional(Type::String, doc).compared(Sameness::EmptyIsNull)
}

fn whole(number: i64) -> Number {
    Number::from(number)
}

fn identity() -> Attributes {
    vec![
        ("arn", computed(Type::String, "ARN of the function.")),
        ("function_name", required(Type::String, "Name of the function.").replaces()),
        ("id", optional_computed(Type::String, "The function's name.")),
        ("invoke_arn", computed(Type::String, "ARN with which API Gateway invokes the function.")),
        ("last_modified", computed(Type::String, "When the function was last changed.")),
        ("publish", defaulted(Type::Bool, false, "Whether every change is published as a new version.")),
        ("qualified_arn", computed(Type::String, "ARN of the latest published version.")),
        (
            "qualified_invoke_arn",
            computed(Type::String, "ARN with which API Gateway invokes the latest published version."),
        ),
        ("tags", tags::tags()),
        ("tags_all", tags::tags_all()),
        ("version", computed(Type::String, "The latest published version.")),
        ("skip_destroy", defaulted(Type::Bool, false, "Whether the function stays when its block goes.")),
    ]
}

fn code() -> Attributes {
    vec![
        (
            "architectures",
            optional_computed(Type::list(Type::String), "Instruction set: `[\"x86_64\"]` or `[\"arm64\"]`."),
        ),
        ("code_sha256", computed(Type::String, "Hash of the code that Lambda has.")),
        ("code_signing_config_arn", text("ARN of the code signing configuration.")),
        ("filename", text("Zip file, or directory that is packed, with the code.")),
        ("image_uri", text("Container image with the code.")),
        ("package_type", defaulted(Type::String, "Zip", "`Zip` or `Image`.").replaces()),
        ("s3_bucket", text("Bucket with the code.")),
        ("s3_key", text("Key of the code in the bucket.")),
        ("s3_object_version", text("Version of the object in the bucket.")),
        ("signing_job_arn", computed(Type::String, "ARN of the signing job.")),
        ("signing_profile_version_arn", computed(Type::String, "ARN of the signing profile's version.")),
        (
            "source_code_hash",
            optional_computed(
                Type::String,
                "Hash whose change uploads the code; without it, the code's own.",
            ),
        ),
        ("source_code_size", computed(Type::Number, "Size of the code in bytes.")),
    ]
}

fn settings() -> Attributes {
    let strings = || Type::list(Type::String);
    vec![
        ("description", text("What the function does.")),
        ("handler", text("Entry point in the code.")),
        ("kms_key_arn", text("Key that encrypts the environment variables.")),
        ("layers", optional(strings(), "Versions of layers, at most five.").compared(Sameness::EmptyIsNull)),
        ("memory_size", defaulted(Type::Number, whole(128), "Memory in MB.")),
        (
            "replace_security_groups_on_destroy",
            optional(Type::Bool, "Whether other security groups are set before the function is destroyed."),
        ),
        (
            "replacement_security_group_ids",
            optional(
                Type::set(Type::String),
                "The security groups that are set before the function is destroyed.",
            ),
        ),
        (
            "reserved_concurrent_executions",
            defaulted(Type::Number, whole(-1), "Instances that are set aside for the function; -1 for none."),
        ),
        ("role", required(Type::String, "ARN of the role that the function runs as.")),
        ("runtime", text("Runtime of the code.")),
        (
            "timeout",
            defaulted(Type::Number, whole(3), "The longest that one invocation may take, in seconds."),
        ),
    ]
}

fn blocks() -> std::collections::BTreeMap<recon_core::Name, NestedBlock> {
    let blocks = [
        ("dead_letter_config", at_most_one(dead_letter_config())),
        ("environment", at_most_one(environment())),
        ("ephemeral_storage", at_most_one_or_provider(ephemeral_storage())),
        ("file_system_config", at_most_one(file_system_config())),
        ("image_config", at_most_one(image_config())),
        ("logging_config", at_most_one_or_provider(logging_config())),
        ("snap_start", at_most_one(snap_start())),
        ("timeouts", NestedBlock { block: timeouts(), nesting: Nesting::Single, absent: Absent::None }),
        ("tracing_config", at_most_one_or_provider(tracing_config())),
        ("vpc_config", at_most_one(vpc_config())),
    ];
    blocks.into_iter().map(|(name, block)| (name.into(), block)).collect()
}

fn dead_letter_config() -> Block {
    block([("target_arn", required(Type::String, "Queue or topic for events that failed."))], [])
}

fn environment() -> Block {
    let variables = optional(Type::Map(Type::String.into()), "Environment variables.");
    block([("variables", variables.compared(Sameness::EmptyIsNull))], [])
}

fn ephemeral_storage() -> Block {
    block([("size", optional_computed(Type::Number, "Size of `/tmp` in MB."))], [])
}

fn file_system_config() -> Block {
    let attributes = [
        ("arn", required(Type::String, "EFS access point.")),
        ("local_mount_path", required(Type::String, "Where it is mounted.")),
    ];
    block(attributes, [])
}

fn image_config() -> Block {
    let strings = |doc| optional(Type::list(Type::String), doc).compared(Sameness::EmptyIsNull);
    let attributes = [
        ("command", strings("Parameters in place of the image's CMD.")),
        ("entry_point", strings("Program in place of the image's ENTRYPOINT.")),
        ("working_directory", text("Directory in place of the image's WORKDIR.")),
    ];
    block(attributes, [])
}

fn logging_config() -> Block {
    let attributes = [
        ("application_log_level", text("Least level of the function's own messages.")),
        ("log_format", required(Type::String, "`Text` or `JSON`.")),
        ("log_group", optional_computed(Type::String, "Log group.")),
        ("system_log_level", text("Least level of Lambda's messages.")),
    ];
    block(attributes, [])
}

fn snap_start() -> Block {
    let attributes = [
        ("apply_on", required(Type::String, "`PublishedVersions` or `None`.")),
        ("optimization_status", computed(Type::String, "Whether snapshots are used.")),
    ];
    block(attributes, [])
}

fn timeouts() -> Block {
    let time = |doc| optional(Type::String, doc);
    let attributes = [
        ("create", time("How long to wait for the new function.")),
        ("delete", time("How long to wait for the end of the function.")),
        ("update", time("How long to wait for a change.")),
    ];
    block(attributes, [])
}

fn tracing_config() -> Block {
    block([("mode", required(Type::String, "`Active` or `PassThrough`."))], [])
}

fn vpc_config() -> Block {
    let attributes = [
        ("ipv6_allowed_for_dual_stack", defaulted(Type::Bool, false, "Whether IPv6 goes out.")),
        ("security_group_ids", required(Type::set(Type::String), "Security groups.")),
        ("subnet_ids", required(Type::set(Type::String), "Subnets.")),
        ("vpc_id", computed(Type::String, "The VPC of the subnets.")),
    ];
    block(attributes, [])
}
