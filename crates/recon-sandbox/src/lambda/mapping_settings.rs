//! What an event source mapping is set to, and what each kind of source sets by default.

use serde_json::{Map, Value, json};

use super::constraint::{between, is_arn, number, one_of, pattern, text};
use super::refuse::{invalid, validation};
use crate::wire::Refusal;

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// SQS.
    Queue,
    /// Kinesis and `DynamoDB`.
    Stream,
    /// Kafka, managed or not.
    Kafka,
    /// `ActiveMQ`, `RabbitMQ` and `DocumentDB`.
    Other,
}

/// What can be set and changed, beside what has a rule of its own.
const PLAIN: [&str; 13] = [
    "FilterCriteria",
    "DestinationConfig",
    "BisectBatchOnFunctionError",
    "FunctionResponseTypes",
    "SourceAccessConfigurations",
    "ScalingConfig",
    "DocumentDBEventSourceConfig",
    "KMSKeyArn",
    "MetricsConfig",
    "LoggingConfig",
    "ProvisionedPollerConfig",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
];
/// What can be set at creation only.
const AT_CREATION: [&str; 5] =
    ["EventSourceArn", "StartingPositionTimestamp", "Topics", "Queues", "SelfManagedEventSource"];

const MANAGED_KAFKA: &str = "AmazonManagedKafkaEventSourceConfig";
const OWN_KAFKA: &str = "SelfManagedKafkaEventSourceConfig";
const FILTERS_MAX: usize = 10;

/// What only some kinds of sources have.
const ONLY_FOR: [(&str, &[Source]); 7] = [
    ("ScalingConfig", &[Source::Queue]),
    ("ParallelizationFactor", &[Source::Stream]),
    ("TumblingWindowInSeconds", &[Source::Stream]),
    ("BisectBatchOnFunctionError", &[Source::Stream, Source::Kafka]),
    ("MaximumRecordAgeInSeconds", &[Source::Stream, Source::Kafka]),
    ("MaximumRetryAttempts", &[Source::Stream, Source::Kafka]),
    ("DestinationConfig", &[Source::Stream, Source::Kafka]),
];

impl Source {
    /// Returns the kind of source that settings name.
    pub(super) fn of(settings: &Map<String, Value>) -> Self {
        let arn = settings.get("EventSourceArn").and_then(Value::as_str).unwrap_or_default();
        match arn.split(':').nth(2).unwrap_or_default() {
            "sqs" => Self::Queue,
            "kinesis" | "dynamodb" => Self::Stream,
            "kafka" => Self::Kafka,
            _ if settings.contains_key("SelfManagedEventSource") => Self::Kafka,
            _ => Self::Other,
        }
    }

    fn defaults(self) -> Value {
        match self {
            Self::Queue => {
                json!({ "BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": [] })
            }
            Self::Stream => json!({
                "BatchSize": 100,
                "MaximumBatchingWindowInSeconds": 0,
                "ParallelizationFactor": 1,
                "DestinationConfig": { "OnFailure": {} },
                "MaximumRecordAgeInSeconds": -1,
                "BisectBatchOnFunctionError": false,
                "MaximumRetryAttempts": -1,
                "TumblingWindowInSeconds": 0,
                "FunctionResponseTypes": [],
                "LastProcessingResult": "No records processed",
            }),
            Self::Kafka => json!({ "BatchSize": 100, "LastProcessingResult": "No records processed" }),
            Self::Other => json!({ "BatchSize": 100, "MaximumBatchingWindowInSeconds": 0 }),
        }
    }
}

/// Returns the settings of a new mapping; a Kafka consumer that is not told its group gets one of its own.
pub(super) fn created(body: &Value, uuid: &str) -> Result<Map<String, Value>, Refusal> {
    let source = text(body, "EventSourceArn")?;
    let self_managed = body.get("SelfManagedEventSource").is_some_and(Value::is_object);
    if source.is_none() && !self_managed {
        return Err(invalid("Unrecognized event source."));
    }
    if let Some(arn) = source {
        let known = r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";
        pattern("eventSourceArn", arn, is_arn(arn), known)?;
        let service = arn.split(':').nth(2).unwrap_or_default();
        if !["sqs", "kinesis", "dynamodb", "kafka", "mq", "rds"].contains(&service) {
            return Err(invalid("Unrecognized event source."));
        }
    }
    let mut settings = Map::new();
    for key in AT_CREATION {
        if let Some(value) = body.get(key).filter(|value| !value.is_null()) {
            settings.insert(key.to_owned(), value.clone());
        }
    }
    let kind = Source::of(&settings);
    check_position(body, kind, &mut settings)?;
    check_needed(body, kind)?;
    if let Value::Object(defaults) = kind.defaults() {
        settings.extend(defaults);
    }
    sort_brokers(&mut settings);
    let mut settings = updated(&settings, body)?;
    if kind == Source::Kafka {
        let key = if self_managed { OWN_KAFKA } else { MANAGED_KAFKA };
        settings.entry(key).or_insert_with(|| json!({ "ConsumerGroupId": uuid }));
    }
    if let Some(Value::Object(database)) = settings.get_mut("DocumentDBEventSourceConfig") {
        database.entry("FullDocument").or_insert_with(|| json!("Default"));
    }
    Ok(settings)
}

/// Brokers are shown in order.
fn sort_brokers(settings: &mut Map<String, Value>) {
    let source = settings.get_mut("SelfManagedEventSource");
    let endpoints = source.and_then(|source| source.get_mut("Endpoints")).and_then(Value::as_object_mut);
    for brokers in endpoints.into_iter().flat_map(|endpoints| endpoints.values_mut()) {
        if let Some(brokers) = brokers.as_array_mut() {
            brokers.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
    }
}

/// Returns the settings with those of a request applied.
pub(super) fn updated(settings: &Map<String, Value>, body: &Value) -> Result<Map<String, Value>, Refusal> {
    let kind = Source::of(settings);
    let given = |key: &str| body.get(key).is_some_and(|value| !value.is_null());
    if let Some((key, _)) = ONLY_FOR.iter().find(|(key, kinds)| given(key) && !kinds.contains(&kind)) {
        return Err(invalid(format!("Unsupported {key} parameter for given event source mapping type.")));
    }
    let mut updated = settings.clone();
    for key in PLAIN {
        match body.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::Object(object)) if object.is_empty() && key != "DestinationConfig" => {
                updated.remove(key);
            }
            Some(Value::String(text)) if text.is_empty() => {
                updated.remove(key);
            }
            // An empty destination takes the one that is there away.
            Some(value) if key == "DestinationConfig" && value["OnFailure"]["Destination"] == "" => {
                updated.insert(key.to_owned(), json!({ "OnFailure": {} }));
            }
            Some(value) => {
                updated.insert(key.to_owned(), value.clone());
            }
        }
    }
    for (key, member, least, most) in [
        ("BatchSize", "batchSize", 1, 10_000),
        ("MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds", 0, 300),
        ("ParallelizationFactor", "parallelizationFactor", 1, 10),
        ("MaximumRecordAgeInSeconds", "maximumRecordAgeInSeconds", -1, 604_800),
        ("MaximumRetryAttempts", "maximumRetryAttempts", -1, 10_000),
        ("TumblingWindowInSeconds", "tumblingWindowInSeconds", 0, 900),
    ] {
        if let Some(value) = number(body, key)? {
            between(member, value, least, most)?;
            updated.insert(key.to_owned(), json!(value));
        }
    }
    check_batch(&updated)?;
    check_limits(&updated)?;
    Ok(updated)
}

fn check_limits(settings: &Map<String, Value>) -> Result<(), Refusal> {
    if let Some(most) = settings.get("ScalingConfig").and_then(|config| config["MaximumConcurrency"].as_i64())
    {
        between("scalingConfig.maximumConcurrency", most, 2, 1_000)?;
    }
    let age = settings.get("MaximumRecordAgeInSeconds").and_then(Value::as_i64);
    if age.is_some_and(|age| age != -1 && age < 60) {
        return Err(invalid("Maximum record age in seconds must be -1, or at least 60."));
    }
    let filters = settings.get("FilterCriteria").and_then(|criteria| criteria["Filters"].as_array());
    let filters = filters.map(Vec::as_slice).unwrap_or_default();
    if filters.len() > FILTERS_MAX {
        return Err(invalid("Exceeded the number of filters that an event source mapping may have."));
    }
    let is_pattern = |filter: &Value| {
        let pattern = filter["Pattern"].as_str().unwrap_or("{}");
        serde_json::from_str::<Map<String, Value>>(pattern).is_ok()
    };
    if filters.iter().all(is_pattern) { Ok(()) } else { Err(invalid("Invalid filter pattern definition.")) }
}

fn check_position(body: &Value, kind: Source, settings: &mut Map<String, Value>) -> Result<(), Refusal> {
    match (kind, text(body, "StartingPosition")?) {
        (Source::Stream | Source::Kafka | Source::Other, Some(position)) => {
            one_of("startingPosition", position, &["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"])?;
            let arn = settings.get("EventSourceArn").and_then(Value::as_str).unwrap_or_default();
            if position == "AT_TIMESTAMP" && arn.contains(":dynamodb:") {
                return Err(invalid(format!("Unsupported starting position for arn type: {arn}")));
            }
            if position == "AT_TIMESTAMP" && !settings.contains_key("StartingPositionTimestamp") {
                return Err(invalid(
                    "StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP.",
                ));
            }
            settings.insert("StartingPosition".to_owned(), json!(position));
        }
        (Source::Stream, None) => {
            return Err(invalid(
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member \
                 must not be null.",
            ));
        }
        (Source::Kafka, None) => {
            settings.insert("StartingPosition".to_owned(), json!("TRIM_HORIZON"));
        }
        (Source::Queue, Some(_)) => {
            return Err(validation("StartingPosition is not valid for SQS event sources."));
        }
        (Source::Queue | Source::Other, None) => {}
    }
    Ok(())
}

/// Demands what a source cannot be read without.
fn check_needed(body: &Value, kind: Source) -> Result<(), Refusal> {
    let given = |key: &str| body[key].as_array().is_some_and(|list| !list.is_empty());
    let arn = body["EventSourceArn"].as_str().unwrap_or_default();
    if kind == Source::Kafka && !given("Topics") {
        return Err(invalid("Topics must be specified for event sources of Apache Kafka."));
    }
    if !arn.contains(":mq:") {
        return Ok(());
    }
    if !given("Queues") {
        return Err(invalid("Queues must be specified for event sources of Amazon MQ."));
    }
    if !given("SourceAccessConfigurations") {
        return Err(invalid("SourceAccessConfigurations must be specified for event sources of Amazon MQ."));
    }
    Ok(())
}

fn check_batch(settings: &Map<String, Value>) -> Result<(), Refusal> {
    if Source::of(settings) != Source::Queue {
        return Ok(());
    }
    let number = |key: &str| settings.get(key).and_then(Value::as_i64).unwrap_or_default();
    let fifo = settings.get("EventSourceArn").and_then(Value::as_str).is_some_and(|arn| {
        arn.split(':').next_back().is_some_and(|name| name.split('.').next_back() == Some("fifo"))
    });
    if fifo && number("BatchSize") > 10 {
        return Err(invalid("Batch size for FIFO queues must be less than or equal to 10."));
    }
    if fifo && number("MaximumBatchingWindowInSeconds") > 0 {
        return Err(invalid("Batching window is not supported for FIFO queues."));
    }
    if number("BatchSize") > 10 && number("MaximumBatchingWindowInSeconds") < 1 {
        return Err(invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:q";
    const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/s";
    const CLUSTER: &str = "arn:aws:kafka:us-east-1:123456789012:cluster/c/1";
    const BROKER: &str = "arn:aws:mq:us-east-1:123456789012:broker:b:b-1";
    const DATABASE: &str = "arn:aws:rds:us-east-1:123456789012:cluster:c";

    fn made(source: &str, more: &Value) -> Result<Map<String, Value>, String> {
        let mut body = json!({ "EventSourceArn": source });
        let more = more.as_object().cloned().unwrap_or_default();
        body.as_object_mut().unwrap().extend(more);
        created(&body, "uuid").map_err(|refusal| refusal.message)
    }

    #[test_case(QUEUE, &json!({ "ParallelizationFactor": 2 }), "Unsupported ParallelizationFactor parameter"; "factor of a queue")]
    #[test_case(QUEUE, &json!({ "MaximumRetryAttempts": 2 }), "Unsupported MaximumRetryAttempts parameter"; "attempts of a queue")]
    #[test_case(STREAM, &json!({ "StartingPosition": "LATEST", "ScalingConfig": { "MaximumConcurrency": 2 } }), "Unsupported ScalingConfig parameter"; "scaling of a stream")]
    #[test_case(STREAM, &json!({ "StartingPosition": "AT_TIMESTAMP" }), "StartingPositionTimestamp is required"; "position without time")]
    #[test_case("arn:aws:sqs:us-east-1:123456789012:q.fifo", &json!({ "MaximumBatchingWindowInSeconds": 1 }), "Batching window is not supported"; "window of a fifo queue")]
    #[test_case(CLUSTER, &json!({}), "Topics must be specified"; "no topic")]
    #[test_case(BROKER, &json!({ "SourceAccessConfigurations": [{}] }), "Queues must be specified"; "no queue")]
    #[test_case(BROKER, &json!({ "Queues": ["q"] }), "SourceAccessConfigurations must be specified"; "no access")]
    fn what_a_source_does_not_have_or_lacks_is_refused(source: &str, more: &Value, message: &str) {
        let refused = made(source, more).unwrap_err();
        assert!(refused.starts_with(message), "{refused}");
    }

    #[test]
    fn whole_documents_come_when_asked_for_only() {
        let settings = made(DATABASE, &json!({ "DocumentDBEventSourceConfig": { "DatabaseName": "d" } }));
        let config = settings.unwrap()["DocumentDBEventSourceConfig"].clone();
        assert_eq!(config, json!({ "DatabaseName": "d", "FullDocument": "Default" }));
    }
}
