//! The life of event source mappings: made, read back without a difference, changed, imported, found again after a
//! lost answer, deleted.

use std::time::Duration;

use recon_core::{Known, Number, Type, Value};

use crate::cloud::{Cloud, assert_same, none, once, text};

const MAPPING: &str = "aws_lambda_event_source_mapping";
const FUNCTION: &str = "aws_lambda_function";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:queue";
const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/orders";
const CLUSTER: &str = "arn:aws:kafka:us-east-1:123456789012:cluster/c/1";
const DEAD: &str = "arn:aws:sqs:us-east-1:123456789012:dead";

async fn function(cloud: &Cloud, name: &str) -> Known {
    let role =
        cloud.create("aws_iam_role", &[("name", name.into()), ("assume_role_policy", TRUST.into())]).await;
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("index.js"), "1").expect("writes");
    let arguments = [
        ("function_name", name.into()),
        ("role", text(&role, "arn")),
        ("runtime", "nodejs20.x".into()),
        ("handler", "index.handler".into()),
        ("filename", directory.path().to_str().expect("UTF-8").into()),
    ];
    cloud.create(FUNCTION, &arguments).await
}

fn number(number: i64) -> Value {
    Value::from(Number::from(number))
}

fn set(items: &[&str]) -> Value {
    Value::set(Type::String, items.iter().map(|item| Value::from(*item)).collect())
}

fn filter(pattern: &str) -> Value {
    once([("filter", Value::tuple(vec![Value::object([("pattern", Value::from(pattern))])]))])
}

#[tokio::test]
async fn a_queue_feeds_a_function() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "fed").await;
    let arguments = [
        ("function_name", text(&function, "function_name")),
        ("event_source_arn", QUEUE.into()),
        ("filter_criteria", filter(r#"{"body":{"kind":["order"]}}"#)),
        ("scaling_config", once([("maximum_concurrency", number(5))])),
        ("function_response_types", set(&["ReportBatchItemFailures"])),
        ("tags", Value::string_map([("app", "items")])),
    ];
    let made = cloud.create(MAPPING, &arguments).await;
    assert_eq!((made.get("batch_size").as_i64(), made.str("state")), (Some(10), Some("Enabled")));
    assert_eq!(made.get("function_arn"), function.get("arn"));
    assert_eq!(made.string_entries("tags_all").len(), 2);
    cloud.unchanged(&[(MAPPING, &made)]).await;

    let changes = [
        ("batch_size", number(100)),
        ("maximum_batching_window_in_seconds", number(5)),
        ("enabled", false.into()),
        ("filter_criteria", Value::tuple(Vec::new())),
        ("scaling_config", Value::tuple(Vec::new())),
        ("function_response_types", Value::null(Type::set(Type::String))),
        ("metrics_config", once([("metrics", set(&["EventCount"]))])),
        ("tags", Value::null(Type::map(Type::String))),
        ("tags_all", none()),
    ];
    let changed = cloud.update(MAPPING, &made, &changes).await;
    assert_eq!(changed.str("state"), Some("Disabled"));
    assert!(changed.get("filter_criteria").items().is_empty());
    cloud.unchanged(&[(MAPPING, &changed)]).await;

    let imported = cloud.import(MAPPING, made.str("uuid").unwrap()).await;
    assert_eq!(imported.get("function_name"), function.get("arn"));
    for name in changed.entries().unwrap().keys().filter(|name| &***name != "function_name") {
        let (imported, changed) = (imported.get(name), changed.get(name));
        let is_same = imported.same(changed) || (imported.items().is_empty() && changed.is_null());
        assert!(is_same, "{name}: {imported:?}, {changed:?}");
    }

    cloud.delete(MAPPING, &changed).await;
    assert!(cloud.read(MAPPING, &changed).await.is_none());
    cloud.delete(MAPPING, &changed).await;
}

#[tokio::test]
async fn a_stream_feeds_a_function() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "streamed").await;
    let destination = once([("on_failure", once([("destination_arn", DEAD.into())]))]);
    let arguments = [
        ("function_name", text(&function, "arn")),
        ("event_source_arn", STREAM.into()),
        ("starting_position", "AT_TIMESTAMP".into()),
        ("starting_position_timestamp", "2024-05-01T12:00:00+02:00".into()),
        ("destination_config", destination),
        ("bisect_batch_on_function_error", true.into()),
        ("maximum_record_age_in_seconds", number(120)),
        ("maximum_retry_attempts", number(0)),
        ("tumbling_window_in_seconds", number(30)),
    ];
    let made = cloud.create(MAPPING, &arguments).await;
    assert_eq!(made.get("parallelization_factor").as_i64(), Some(1));
    cloud.unchanged(&[(MAPPING, &made)]).await;
    let changes = [
        ("destination_config", Value::tuple(Vec::new())),
        ("bisect_batch_on_function_error", false.into()),
        ("tumbling_window_in_seconds", number(0)),
        ("parallelization_factor", number(4)),
    ];
    let changed = cloud.update(MAPPING, &made, &changes).await;
    assert!(changed.get("destination_config").items().is_empty());
    cloud.unchanged(&[(MAPPING, &changed)]).await;
}

#[tokio::test]
async fn kafka_gets_a_consumer_group() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "kafka").await;
    let managed = [
        ("function_name", text(&function, "arn")),
        ("event_source_arn", CLUSTER.into()),
        ("topics", set(&["orders"])),
        ("starting_position", "LATEST".into()),
    ];
    let managed = cloud.create(MAPPING, &managed).await;
    let endpoints = Value::string_map([("KAFKA_BOOTSTRAP_SERVERS", "b.example.com:9092,a.example.com:9092")]);
    let access = Value::object([
        ("type", Value::from("SASL_SCRAM_512_AUTH")),
        ("uri", "arn:aws:secretsmanager:us-east-1:123456789012:secret:s".into()),
    ]);
    let own = [
        ("function_name", text(&function, "arn")),
        ("self_managed_event_source", once([("endpoints", endpoints)])),
        ("self_managed_kafka_event_source_config", once([("consumer_group_id", "mine".into())])),
        ("source_access_configuration", Value::tuple(vec![access])),
        ("topics", set(&["orders"])),
        ("starting_position", "TRIM_HORIZON".into()),
        ("provisioned_poller_config", once([("minimum_pollers", number(1)), ("maximum_pollers", number(3))])),
    ];
    let own = cloud.create(MAPPING, &own).await;
    if cloud.is_sandbox() {
        let group = managed.block("amazon_managed_kafka_event_source_config").unwrap();
        assert!(group.text("consumer_group_id").is_some());
    }
    cloud.unchanged(&[(MAPPING, &managed), (MAPPING, &own)]).await;
}

#[tokio::test]
async fn mappings_share_a_read_but_for_their_tags() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "shared").await;
    let mut made = Vec::new();
    for (queue, more) in [("a", None), ("b", None), ("c", Some("arn:aws:kms:us-east-1:123456789012:key/k"))] {
        let arguments = [
            ("function_name", text(&function, "arn")),
            ("event_source_arn", format!("{QUEUE}-{queue}").as_str().into()),
            ("filter_criteria", filter("{}")),
            ("kms_key_arn", more.map_or_else(|| Value::null(Type::String), Value::from)),
        ];
        made.push(cloud.create(MAPPING, &arguments).await);
    }
    let before = cloud.provider.calls();
    let objects: Vec<(&str, &Known)> = made.iter().map(|mapping| (MAPPING, mapping)).collect();
    cloud.unchanged(&objects).await;
    if cloud.is_sandbox() {
        let calls: Vec<_> = cloud.calls_since(&before).into_iter().collect();
        // Encrypted filters are shown by a read of their own.
        let expected = [
            ("lambda:GetEventSourceMapping", 1),
            ("lambda:ListEventSourceMappings", 1),
            ("lambda:ListTags", 3),
        ];
        assert_eq!(calls, expected.map(|(name, count)| (name.to_owned(), count)));
    }
}

#[tokio::test]
async fn what_somebody_changed_is_seen() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "drifted").await;
    let arguments = [("function_name", text(&function, "arn")), ("event_source_arn", QUEUE.into())];
    let made = cloud.create(MAPPING, &arguments).await;
    let changed = cloud.update(MAPPING, &made, &[("batch_size", number(3)), ("enabled", false.into())]).await;
    let seen = cloud.read(MAPPING, &made).await.unwrap();
    assert_same(MAPPING, &seen, &changed);
    assert!(!seen.get("batch_size").same(made.get("batch_size")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_whose_answer_was_lost_is_found() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    let function = function(&cloud, "lost").await;
    let arguments = [("function_name", text(&function, "arn")), ("event_source_arn", QUEUE.into())];
    cloud.fault(
        r#"[{"operation": "lambda:CreateEventSourceMapping", "times": 1, "action": {"cut": "after"}}]"#,
    );
    let made = cloud.create(MAPPING, &arguments).await;
    assert_eq!(cloud.provider.calls()["lambda:CreateEventSourceMapping"], 1);
    cloud.unchanged(&[(MAPPING, &made)]).await;

    let other = [("function_name", text(&function, "arn")), ("event_source_arn", STREAM.into())];
    let other = cloud.want(MAPPING, &other);
    assert!(cloud.provider.adopt(MAPPING, &other, 0).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_read_yet_and_a_mapping_in_use_are_waited_for() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    let function = function(&cloud, "waiting").await;
    let arguments = [("function_name", text(&function, "arn")), ("event_source_arn", QUEUE.into())];
    cloud.fault(
        r#"[{"operation": "lambda:CreateEventSourceMapping", "times": 1, "action": {"error": {"status": 400, "code": "InvalidParameterValueException", "message": "The provided execution role does not have permissions to call ReceiveMessage on SQS"}}},
            {"operation": "lambda:DeleteEventSourceMapping", "times": 1, "action": {"error": {"status": 400, "code": "ResourceInUseException", "message": "Cannot delete the event source mapping because it is in use."}}}]"#,
    );
    let made = cloud.create(MAPPING, &arguments).await;
    cloud.delete(MAPPING, &made).await;
    let calls = cloud.provider.calls();
    assert_eq!((calls["lambda:CreateEventSourceMapping"], calls["lambda:DeleteEventSourceMapping"]), (2, 2));
}

#[tokio::test]
async fn a_mapping_that_is_busy_is_settled_when_it_is_made() {
    let options =
        recon_sandbox::Options { pending: Duration::from_millis(400), ..recon_sandbox::Options::default() };
    let cloud = Cloud::with(options).await;
    let function = function(&cloud, "busy").await;
    let arguments = [("function_name", text(&function, "arn")), ("event_source_arn", QUEUE.into())];
    let made = cloud.create(MAPPING, &arguments).await;
    assert_eq!(made.str("state"), Some("Enabled"));
    let changed = cloud.update(MAPPING, &made, &[("enabled", false.into())]).await;
    assert_eq!(changed.str("state"), Some("Disabled"));
    cloud.delete(MAPPING, &changed).await;
    assert!(cloud.read(MAPPING, &changed).await.is_none());
    cloud.create(MAPPING, &arguments).await;
}
