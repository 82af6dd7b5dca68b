//! The arguments and attributes of `aws_lambda_event_source_mapping`.

use recon_core::Type;
use recon_core::schema::{
    Absent, Attribute, Block, NestedBlock, Nesting, Sameness, Schema, at_most_one, at_most_one_or_provider,
    block, computed, defaulted, optional, optional_computed, recomputed, required,
};

use crate::tags;

type Attributes = Vec<(&'static str, Attribute)>;

pub(crate) fn schema() -> Schema {
    let mut attributes = source();
    attributes.extend(settings());
    attributes.extend(identity());
    let mut block = Block { blocks: blocks(), ..Block::default() };
    block.attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect();
    Schema { version: 0, doc: "What feeds a Lambda function with events.", block }
}

fn text(doc: &'static str) -> Attribute {
    optional(Type::String, doc).compared(Sameness::EmptyIsNull)
}

fn number(doc: &'static str) -> Attribute {
    optional_computed(Type::Number, doc)
}

fn source() -> Attributes {
    let names = |ty, doc| optional(ty, doc).compared(Sameness::EmptyIsNull).replaces();
    vec![
        ("event_source_arn", text("ARN of the queue, stream, table's stream, cluster or broker.").replaces()),
        ("queues", names(Type::list(Type::String), "The queue of the broker; one.")),
        (
            "starting_position",
            text("Where reading begins: `LATEST`, `TRIM_HORIZON` or `AT_TIMESTAMP`.").replaces(),
        ),
        (
            "starting_position_timestamp",
            text("Time from which reading begins, as in `2024-05-01T10:00:00Z`.").replaces(),
        ),
        ("topics", names(Type::set(Type::String), "The Kafka topic.")),
    ]
}

fn settings() -> Attributes {
    let response_types = optional(Type::set(Type::String), "What the function's answers report.");
    vec![
        ("batch_size", number("The most records of one invocation.")),
        (
            "bisect_batch_on_function_error",
            optional_computed(Type::Bool, "Whether a batch that failed is tried again in halves."),
        ),
        ("enabled", defaulted(Type::Bool, true, "Whether the mapping feeds the function.")),
        (
            "function_name",
            required(Type::String, "Name or ARN of the function, with a qualifier or without.")
                .compared(Sameness::FunctionName),
        ),
        ("function_response_types", response_types.compared(Sameness::EmptyIsNull)),
        ("kms_key_arn", text("Key that encrypts the filter criteria.")),
        ("maximum_batching_window_in_seconds", number("The longest time that a batch is gathered.")),
        ("maximum_record_age_in_seconds", number("Age at which records are left out; -1 for never.")),
        ("maximum_retry_attempts", number("How often a batch that failed is tried again; -1 for ever.")),
        ("parallelization_factor", number("Batches of one shard that are processed at once.")),
        ("tumbling_window_in_seconds", number("Length of a processing window; 0 for none.")),
        ("tags", tags::tags()),
        ("tags_all", tags::tags_all()),
    ]
}

fn identity() -> Attributes {
    vec![
        ("arn", computed(Type::String, "ARN of the mapping.")),
        ("function_arn", computed(Type::String, "ARN of the function.")),
        ("id", optional_computed(Type::String, "The mapping's UUID.")),
        ("last_modified", recomputed(Type::String, "When the mapping was last changed.")),
        (
            "last_processing_result",
            recomputed(Type::String, "What the last invocation came to, when the mapping was last changed."),
        ),
        ("state", recomputed(Type::String, "State of the mapping.")),
        ("state_transition_reason", recomputed(Type::String, "Why it is in that state.")),
        ("uuid", computed(Type::String, "UUID of the mapping.")),
    ]
}

fn blocks() -> std::collections::BTreeMap<recon_core::Name, NestedBlock> {
    let set = |block, most| NestedBlock { block, nesting: Nesting::Set(0, most), absent: Absent::None };
    let blocks = [
        ("amazon_managed_kafka_event_source_config", at_most_one_or_provider(consumer_group())),
        ("destination_config", at_most_one(destination())),
        ("document_db_event_source_config", at_most_one(document_db())),
        ("filter_criteria", at_most_one(block([], [("filter", set(filter(), 10))]))),
        ("metrics_config", at_most_one(metrics())),
        ("provisioned_poller_config", at_most_one(pollers())),
        ("scaling_config", at_most_one(scaling())),
        ("self_managed_event_source", at_most_one(self_managed())),
        ("self_managed_kafka_event_source_config", at_most_one_or_provider(consumer_group())),
        ("source_access_configuration", set(access(), 22)),
    ];
    blocks.into_iter().map(|(name, block)| (name.into(), block)).collect()
}

fn consumer_group() -> Block {
    let id = optional_computed(Type::String, "Consumer group to join; without it, Lambda makes one.");
    block([("consumer_group_id", id.replaces())], [])
}

fn destination() -> Block {
    let arn = required(Type::String, "Queue, topic, bucket or cluster for batches that failed.");
    block([], [("on_failure", at_most_one(block([("destination_arn", arn)], [])))])
}

fn document_db() -> Block {
    let attributes = [
        ("collection_name", text("The collection to read; without it, all of the database.")),
        ("database_name", required(Type::String, "The database to read.")),
        (
            "full_document",
            defaulted(
                Type::String,
                "Default",
                "`UpdateLookup` for the whole document of an update, else `Default`.",
            ),
        ),
    ];
    block(attributes, [])
}

fn filter() -> Block {
    block([("pattern", text("What records must look like, in JSON."))], [])
}

fn metrics() -> Block {
    block([("metrics", required(Type::set(Type::String), "The metrics to write."))], [])
}

fn pollers() -> Block {
    let attributes =
        [("maximum_pollers", number("The most pollers.")), ("minimum_pollers", number("The least pollers."))];
    block(attributes, [])
}

fn scaling() -> Block {
    let attributes = [("maximum_concurrency", optional(Type::Number, "The most instances of the function."))];
    block(attributes, [])
}

fn self_managed() -> Block {
    let endpoints =
        required(Type::map(Type::String), "Brokers: `{ KAFKA_BOOTSTRAP_SERVERS = \"a:9092,b:9092\" }`.");
    block([("endpoints", endpoints.replaces())], [])
}

fn access() -> Block {
    let attributes = [
        ("type", required(Type::String, "What the URI is, as in `SASL_SCRAM_512_AUTH` or `VPC_SUBNET`.")),
        ("uri", required(Type::String, "Secret, subnet, security group or virtual host.")),
    ];
    block(attributes, [])
}
