//! `aws_lambda_event_source_mapping`, its pure half: what feeds a function, and what each kind of source sets by itself.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::Schema;
use recon_core::{Diagnostic, Known, Number, Path, Type, Value};

use crate::tags;

pub(crate) const KIND: &str = "aws_lambda_event_source_mapping";

/// Arguments that go back to what they are without being set when the configuration no longer sets them.
const RESETS: &[&str] = &[
    "batch_size",
    "bisect_batch_on_function_error",
    "maximum_batching_window_in_seconds",
    "tumbling_window_in_seconds",
];
const BROKERS: &str = "KAFKA_BOOTSTRAP_SERVERS";

/// `aws_lambda_event_source_mapping`
#[derive(Clone, Copy)]
pub(crate) struct EventSourceMapping;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(super::event_source_mapping_schema::schema);

/// The kinds of sources, as far as Lambda treats them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Sqs,
    Kinesis,
    DynamoDb,
    ManagedKafka,
    SelfManagedKafka,
    Mq,
    DocumentDb,
    /// One that this release does not know.
    Other,
}

impl Source {
    /// The source that arguments name; nothing while it is not known.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let arn = value.get("event_source_arn");
        if arn.is_unknown() {
            return None;
        }
        match value.text("event_source_arn").map(|arn| arn.split(':').nth(2).unwrap_or_default()) {
            Some("sqs") => Some(Self::Sqs),
            Some("kinesis") => Some(Self::Kinesis),
            Some("dynamodb") => Some(Self::DynamoDb),
            Some("kafka") => Some(Self::ManagedKafka),
            Some("mq") => Some(Self::Mq),
            Some("rds") => Some(Self::DocumentDb),
            Some(_) => Some(Self::Other),
            None => (!value.get("self_managed_event_source").is_unknown()).then_some(Self::SelfManagedKafka),
        }
    }

    /// Whether it is read from a position.
    pub(crate) fn has_position(self) -> bool {
        !matches!(self, Self::Sqs | Self::Mq)
    }

    fn is_kafka(self) -> bool {
        matches!(self, Self::ManagedKafka | Self::SelfManagedKafka)
    }

    fn batch_size(self) -> i64 {
        if self == Self::Sqs { 10 } else { 100 }
    }
}

impl ResourceType for EventSourceMapping {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        super::event_source_mapping_check::check(config)
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let planned = match tags::planned(&proposal) {
            Ok(planned) => planned,
            Err(question) => return Refined::Ask(question),
        };
        let planned = match proposal.prior {
            Some(prior) => changed(prior, proposal.config, planned),
            None => created(proposal.config, planned),
        };
        Refined::Ready { planned, replace: Vec::new() }
    }
}

/// What a new mapping has, as far as its source says.
fn created(config: &Value, planned: Value) -> Value {
    let mut planned = planned;
    let source = Source::of(config);
    if config.get("starting_position").is_null() && source.is_none_or(Source::is_kafka) {
        planned = planned.with("starting_position", Value::unknown(Type::String));
    }
    // Only the two kinds of Kafka have consumer groups.
    for (name, kafka) in [
        ("amazon_managed_kafka_event_source_config", Source::ManagedKafka),
        ("self_managed_kafka_event_source_config", Source::SelfManagedKafka),
    ] {
        if source.is_some_and(|source| source != kafka) && planned.get(name).is_unknown() {
            let Type::List(element) = planned.get(name).ty() else { continue };
            planned = planned.with(name, Value::list((*element).clone(), Vec::new()));
        }
    }
    planned
}

/// What becomes of a mapping: spellings that mean the same stay, and what is no longer set goes back.
fn changed(prior: &Known, config: &Value, planned: Value) -> Value {
    let mut planned = planned;
    for name in RESETS {
        if config.get(name).is_null() && !prior.get(name).is_null() {
            planned = planned.with(name, unset(name, prior));
        }
    }
    if config.get("starting_position").is_null()
        && prior.str("starting_position") == Some("TRIM_HORIZON")
        && Source::of(prior).is_some_and(Source::is_kafka)
    {
        planned = planned.with("starting_position", prior.get("starting_position").clone());
    }
    if same_brokers(prior.get("self_managed_event_source"), planned.get("self_managed_event_source")) {
        planned = planned.with("self_managed_event_source", prior.get("self_managed_event_source").clone());
    }
    if same_instant(prior.str("starting_position_timestamp"), planned.str("starting_position_timestamp")) {
        let kept = prior.get("starting_position_timestamp").clone();
        planned = planned.with("starting_position_timestamp", kept);
    }
    if !planned.get("function_name").same(prior.get("function_name")) {
        planned = planned.with("function_arn", Value::unknown(Type::String));
    }
    planned
}

/// Whether an argument says only what Lambda has where nobody sets it.
pub(crate) fn is_implied(argument: &str, value: &Value, whole: &Value) -> bool {
    match argument {
        "id" => true,
        "parallelization_factor" => value.as_i64() == Some(1),
        "maximum_record_age_in_seconds" | "maximum_retry_attempts" => value.as_i64() == Some(-1),
        _ => RESETS.contains(&argument) && value.same(&unset(argument, whole)),
    }
}

/// What Lambda has for an argument that nobody sets; what it has already where this release does not know.
fn unset(name: &str, prior: &Value) -> Value {
    let number = |number: i64| Value::from(Number::from(number));
    match (name, Source::of(prior)) {
        ("batch_size", Some(Source::Other) | None) => prior.get(name).clone(),
        ("batch_size", Some(source)) => number(source.batch_size()),
        ("bisect_batch_on_function_error", _) => Value::from(false),
        _ => number(0),
    }
}

/// Whether two blocks name the same brokers, in whatever order.
pub(crate) fn same_brokers(a: &Value, b: &Value) -> bool {
    match (brokers(a), brokers(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn brokers(sources: &Value) -> Option<Vec<&str>> {
    let endpoints = sources.items().first()?.get("endpoints");
    if endpoints.entries()?.len() != 1 {
        return None;
    }
    let mut all: Vec<&str> = endpoints.str(BROKERS)?.split(',').collect();
    all.sort_unstable();
    Some(all)
}

/// Whether two times as RFC 3339 writes them are the same.
pub(crate) fn same_instant(a: Option<&str>, b: Option<&str>) -> bool {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    match (a.and_then(instant), b.and_then(instant)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:q";
    const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/s";

    #[test_case(QUEUE, 10)]
    #[test_case(STREAM, 100)]
    fn a_batch_size_that_is_no_longer_set_goes_back(arn: &str, expected: i64) {
        let prior = Known::with_nulls(&Value::object([
            ("event_source_arn", Value::from(arn)),
            ("batch_size", Value::from(77_i64)),
            ("tumbling_window_in_seconds", Value::null(Type::Number)),
        ]));
        let config = Value::object([("batch_size", Value::null(Type::Number))]);
        let planned = changed(&prior, &config, Value::from(prior.clone()));
        assert_eq!(planned.get("batch_size").as_i64(), Some(expected));
        assert!(planned.get("tumbling_window_in_seconds").is_null(), "the source has none");
    }

    #[test]
    fn the_order_of_brokers_does_not_matter() {
        let source = |brokers: &str| {
            let endpoints = Value::string_map([(BROKERS, brokers)]);
            Value::tuple(vec![Value::object([("endpoints", endpoints)])])
        };
        assert!(same_brokers(&source("a:9092,b:9092"), &source("b:9092,a:9092")));
        assert!(!same_brokers(&source("a:9092,b:9092"), &source("b:9092")));
    }

    #[test]
    fn times_may_be_written_in_any_zone() {
        assert!(same_instant(Some("2024-05-01T12:00:00+02:00"), Some("2024-05-01T10:00:00Z")));
        assert!(!same_instant(Some("2024-05-01T12:00:00Z"), None));
    }
}
