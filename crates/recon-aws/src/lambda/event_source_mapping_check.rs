//! The rules of `aws_lambda_event_source_mapping`: those of each argument, and those of each kind of source.

use aws_sdk_lambda::types::{
    EventSourceMappingMetric, EventSourcePosition, FullDocument, FunctionResponseType, SourceAccessType,
};
use recon_core::path::Step;
use recon_core::{Diagnostic, Path, Value};

use super::event_source_mapping::Source;
use crate::rules::{self, Findings};

const MANAGED_KAFKA: &str = "amazon_managed_kafka_event_source_config";
const SELF_MANAGED_KAFKA: &str = "self_managed_kafka_event_source_config";
const PATTERN_MAX: usize = 4096;
/// What the batches of a queue may have without being gathered for a while, and those of a FIFO queue at all.
const QUEUE_BATCH_MAX: i64 = 10;

pub(crate) fn check(config: &Value) -> Findings {
    let mut found = Findings::new();
    check_source(&mut found, config);
    check_numbers(&mut found, config);
    check_position(&mut found, config);
    check_names(&mut found, config);
    check_blocks(&mut found, config);
    check_filters(&mut found, config);
    if Source::of(config) == Some(Source::Sqs) {
        check_queue(&mut found, config);
    }
    found
}

fn has_block(config: &Value, name: &str) -> bool {
    let blocks = config.get(name);
    blocks.is_unknown() || !blocks.items().is_empty()
}

fn check_source(found: &mut Findings, config: &Value) {
    let has_arn = rules::is_set(config, "event_source_arn");
    let is_self_managed = has_block(config, "self_managed_event_source");
    if has_arn == is_self_managed {
        let detail = if has_arn {
            "`event_source_arn` and `self_managed_event_source` exclude each other. Set one of them."
        } else {
            "The source is missing: set `event_source_arn`, or `self_managed_event_source` for Kafka of your own."
        };
        rules::wrong(found, "event_source_arn", detail);
    }
    let mut exclude = |one: &str, other: &str, both: bool| {
        if both {
            let detail = format!("`{one}` and `{other}` exclude each other. Set one of them.");
            found.push((Path::attribute(one), Diagnostic::error("Conflicting arguments", detail)));
        }
    };
    let (managed, own) = (has_block(config, MANAGED_KAFKA), has_block(config, SELF_MANAGED_KAFKA));
    exclude(MANAGED_KAFKA, "self_managed_event_source", managed && is_self_managed);
    exclude(MANAGED_KAFKA, SELF_MANAGED_KAFKA, managed && own);
    exclude(SELF_MANAGED_KAFKA, "event_source_arn", own && has_arn);
}

fn check_numbers(found: &mut Findings, config: &Value) {
    rules::between(found, config, "batch_size", 1, 10_000);
    rules::between(found, config, "maximum_batching_window_in_seconds", 0, 300);
    rules::between(found, config, "maximum_retry_attempts", -1, 10_000);
    rules::between(found, config, "parallelization_factor", 1, 10);
    rules::between(found, config, "tumbling_window_in_seconds", 0, 900);
    if config.get("maximum_record_age_in_seconds").as_i64() != Some(-1) {
        rules::between(found, config, "maximum_record_age_in_seconds", 60, 604_800);
    }
}

fn check_position(found: &mut Findings, config: &Value) {
    const ARGUMENT: &str = "starting_position";
    rules::one_of(found, config, ARGUMENT, EventSourcePosition::values());
    let position = config.text(ARGUMENT);
    let is_set = rules::is_set(config, ARGUMENT);
    let timestamp = "starting_position_timestamp";
    match Source::of(config) {
        Some(Source::Kinesis | Source::DynamoDb | Source::DocumentDb) if !is_set => {
            rules::wrong(found, ARGUMENT, "`starting_position` must be set for a stream.");
        }
        Some(Source::DynamoDb) if position == Some("AT_TIMESTAMP") => {
            rules::wrong(
                found,
                ARGUMENT,
                "A table's stream cannot be read from a time. Use `LATEST` or `TRIM_HORIZON`.",
            );
        }
        Some(source) if is_set && !source.has_position() => {
            rules::wrong(found, ARGUMENT, "A queue has no position: leave `starting_position` out.");
        }
        _ => {}
    }
    if position == Some("AT_TIMESTAMP") && !rules::is_set(config, timestamp) {
        rules::wrong(found, timestamp, "`starting_position_timestamp` must be set for `AT_TIMESTAMP`.");
    }
    if config.text(timestamp).is_some_and(|text| text.parse::<jiff::Timestamp>().is_err()) {
        rules::wrong(found, timestamp, "A time is written as in `2024-05-01T10:00:00Z` (RFC 3339).");
    }
}

fn check_names(found: &mut Findings, config: &Value) {
    rules::arn(found, config, "kms_key_arn");
    rules::arn(found, config, "event_source_arn");
    if config.get("queues").items().len() > 1 {
        rules::wrong(found, "queues", "A mapping reads one queue of a broker.");
    }
    for (name, most) in [("queues", 1_000), ("topics", 249)] {
        for item in config.get(name).items() {
            if item.as_str().is_some_and(|text| text.is_empty() || text.len() > most) {
                rules::wrong(found, name, format!("Each of `{name}` has 1 to {most} characters."));
            }
        }
    }
    let types = config.get("function_response_types");
    each_one_of(found, &Path::attribute("function_response_types"), types, FunctionResponseType::values());
}

fn each_one_of(found: &mut Findings, at: &Path, items: &Value, allowed: &[&str]) {
    for (index, item) in items.items().iter().enumerate() {
        if let Some(text) = item.as_str()
            && !allowed.contains(&text)
        {
            let detail = format!("{text:?} is not one of {}.", allowed.join(", "));
            found.push((at.then(Step::Index(index)), Diagnostic::error("Invalid argument", detail)));
        }
    }
}

fn check_blocks(found: &mut Findings, config: &Value) {
    let nested = |name: &str| Path::attribute(name).then(Step::Index(0));
    if let Some(block) = config.block("document_db_event_source_config") {
        let at = nested("document_db_event_source_config");
        rules::one_of_at(found, &at, block, "full_document", FullDocument::values());
    }
    if let Some(block) = config.block("metrics_config") {
        let at = nested("metrics_config").then(Step::Attribute("metrics".into()));
        each_one_of(found, &at, block.get("metrics"), EventSourceMappingMetric::values());
    }
    if let Some(block) = config.block("provisioned_poller_config") {
        let at = nested("provisioned_poller_config");
        rules::between_at(found, &at, block, "maximum_pollers", (1, 2_000));
        rules::between_at(found, &at, block, "minimum_pollers", (1, 200));
    }
    if let Some(block) = config.block("scaling_config") {
        rules::between_at(found, &nested("scaling_config"), block, "maximum_concurrency", (2, 1_000));
    }
    if let Some(failure) = config.block("destination_config").and_then(|block| block.block("on_failure"))
        && failure
            .str("destination_arn")
            .is_some_and(|arn| !rules::is_arn(arn) && !arn.starts_with("kafka://"))
    {
        rules::wrong(
            found,
            "destination_config",
            "`destination_arn` must be an ARN (`arn:aws:…`), or `kafka://` and a topic.",
        );
    }
    for name in [MANAGED_KAFKA, SELF_MANAGED_KAFKA] {
        let group = config.block(name).and_then(|block| block.str("consumer_group_id"));
        if group.is_some_and(|id| id.is_empty() || id.len() > 200) {
            rules::wrong(found, name, "`consumer_group_id` has 1 to 200 characters.");
        }
    }
    for (index, block) in config.get("source_access_configuration").items().iter().enumerate() {
        let at = Path::attribute("source_access_configuration").then(Step::Index(index));
        rules::one_of_at(found, &at, block, "type", SourceAccessType::values());
    }
}

fn check_filters(found: &mut Findings, config: &Value) {
    let Some(criteria) = config.block("filter_criteria") else { return };
    for filter in criteria.get("filter").items() {
        let Some(pattern) = filter.text("pattern") else { continue };
        if pattern.len() > PATTERN_MAX {
            rules::wrong(found, "filter_criteria", "A `pattern` has at most 4096 characters.");
        } else if !serde_json::from_str::<serde_json::Value>(pattern).is_ok_and(|json| json.is_object()) {
            rules::wrong(
                found,
                "filter_criteria",
                format!("A `pattern` is a JSON object; this is none: {pattern:?}."),
            );
        }
    }
}

fn check_queue(found: &mut Findings, config: &Value) {
    let Some(batch) = config.get("batch_size").as_i64().filter(|batch| *batch > QUEUE_BATCH_MAX) else {
        return;
    };
    let window = config.get("maximum_batching_window_in_seconds");
    if config.text("event_source_arn").is_some_and(|arn| arn.rsplit('.').next() == Some("fifo")) {
        rules::wrong(
            found,
            "batch_size",
            format!("A batch of a FIFO queue has at most 10 records, not {batch}."),
        );
    } else if window.is_null() || window.as_i64() == Some(0) {
        let detail = format!(
            "Batches of {batch} records must be gathered for a while: set `maximum_batching_window_in_seconds`, or at most 10 records."
        );
        rules::wrong(found, "batch_size", detail);
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:q";
    const FIFO: &str = "arn:aws:sqs:us-east-1:123456789012:q.fifo";
    const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/s";
    const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/1";

    fn number(number: i64) -> Value {
        Value::from(number)
    }

    #[test_case(&[("event_source_arn", QUEUE.into())], None; "a queue")]
    #[test_case(&[], Some("event_source_arn"); "no source")]
    #[test_case(&[("event_source_arn", "queue".into())], Some("event_source_arn"); "a source that is no ARN")]
    #[test_case(&[("event_source_arn", QUEUE.into()), ("starting_position", "LATEST".into())], Some("starting_position"); "a queue with a position")]
    #[test_case(&[("event_source_arn", STREAM.into())], Some("starting_position"); "a stream without a position")]
    #[test_case(&[("event_source_arn", STREAM.into()), ("starting_position", "AT_TIMESTAMP".into())], Some("starting_position_timestamp"); "a position without its time")]
    #[test_case(&[("event_source_arn", TABLE.into()), ("starting_position", "AT_TIMESTAMP".into()), ("starting_position_timestamp", "2024-05-01T10:00:00Z".into())], Some("starting_position"); "a table from a time")]
    #[test_case(&[("event_source_arn", QUEUE.into()), ("batch_size", number(11))], Some("batch_size"); "a large batch without a window")]
    #[test_case(&[("event_source_arn", QUEUE.into()), ("batch_size", number(11)), ("maximum_batching_window_in_seconds", number(1))], None; "a large batch with a window")]
    #[test_case(&[("event_source_arn", FIFO.into()), ("batch_size", number(11)), ("maximum_batching_window_in_seconds", number(1))], Some("batch_size"); "a large batch of a FIFO queue")]
    #[test_case(&[("event_source_arn", STREAM.into()), ("starting_position", "LATEST".into()), ("maximum_record_age_in_seconds", number(59))], Some("maximum_record_age_in_seconds"); "too young records")]
    #[test_case(&[("event_source_arn", STREAM.into()), ("starting_position", "LATEST".into()), ("maximum_record_age_in_seconds", number(-1))], None; "records of any age")]
    fn rules_of_mappings(arguments: &[(&str, Value)], argument: Option<&str>) {
        let found = check(&Value::object(arguments.iter().cloned()));
        let named: Vec<&str> = found.iter().filter_map(|(path, _)| path.argument()).collect();
        assert_eq!(named, argument.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn two_sources_exclude_each_other() {
        let own = Value::tuple(vec![Value::object([("endpoints", Value::string_map([("K", "a:1")]))])]);
        let config = Value::object([("event_source_arn", QUEUE.into()), ("self_managed_event_source", own)]);
        assert_eq!(check(&config).len(), 1);
    }
}
