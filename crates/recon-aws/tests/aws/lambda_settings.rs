//! The life of what belongs to a function: URLs, settings of its invocations, provisioned concurrency, and
//! invocations themselves.

use std::collections::BTreeMap;

use recon_core::provider::ErrorKind;
use recon_core::{Known, Number, Type, Value};

use crate::cloud::{Cloud, assert_same, none, once, text};

const ROLE: &str = "aws_iam_role";
const FUNCTION: &str = "aws_lambda_function";
const ALIAS: &str = "aws_lambda_alias";
const PERMISSION: &str = "aws_lambda_permission";
const URL: &str = "aws_lambda_function_url";
const EVENTS: &str = "aws_lambda_function_event_invoke_config";
const PROVISIONED: &str = "aws_lambda_provisioned_concurrency_config";
const RUNTIME: &str = "aws_lambda_runtime_management_config";
const RECURSION: &str = "aws_lambda_function_recursion_config";
const INVOCATION: &str = "aws_lambda_invocation";
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:failed";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A published function.
async fn function(cloud: &Cloud, name: &str) -> Known {
    let role = cloud.create(ROLE, &[("name", name.into()), ("assume_role_policy", TRUST.into())]).await;
    let code = tempfile::tempdir().expect("a directory");
    std::fs::write(code.path().join("index.js"), "1").expect("writes");
    let arguments = [
        ("function_name", Value::from(name)),
        ("role", text(&role, "arn")),
        ("runtime", "nodejs20.x".into()),
        ("handler", "index.handler".into()),
        ("filename", code.path().to_str().expect("UTF-8").into()),
        ("publish", true.into()),
    ];
    cloud.create(FUNCTION, &arguments).await
}

async fn alias(cloud: &Cloud, function: &str, name: &str) -> Known {
    let arguments =
        [("function_name", Value::from(function)), ("name", name.into()), ("function_version", "1".into())];
    cloud.create(ALIAS, &arguments).await
}

fn number(number: i64) -> Value {
    Value::from(Number::from(number))
}

fn count(calls: &BTreeMap<String, u64>, operation: &str) -> u64 {
    calls.get(operation).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_url_is_made_opened_changed_imported_and_deleted() {
    let cloud = Cloud::start().await;
    function(&cloud, "reachable").await;
    let arguments = [("function_name", Value::from("reachable")), ("authorization_type", "NONE".into())];
    let made = cloud.create(URL, &arguments).await;
    assert_eq!((made.str("id"), made.str("invoke_mode")), (Some("reachable"), Some("BUFFERED")));
    assert!(made.str("function_url").unwrap().contains(made.str("url_id").unwrap()));
    cloud.unchanged(&[(URL, &made)]).await;
    let public = cloud.import(PERMISSION, "reachable/FunctionURLAllowPublicAccess").await;
    assert_eq!(public.str("function_url_auth_type"), Some("NONE"));

    let origins = Value::set(Type::String, vec!["*".into()]);
    let cors = once([("allow_origins", origins), ("max_age", number(60))]);
    let changes = [("cors", cors), ("authorization_type", "AWS_IAM".into())];
    let changed = cloud.update(URL, &made, &changes).await;
    assert_eq!(changed.get("function_url"), made.get("function_url"));
    cloud.unchanged(&[(URL, &changed)]).await;
    let gone = cloud.provider.import(PERMISSION, "reachable/FunctionURLAllowPublicAccess").await.unwrap();
    assert_eq!(gone, None, "what was opened is closed");

    let imported = cloud.import(URL, "reachable").await;
    assert_same(URL, &imported, &changed);
    let bare = cloud.update(URL, &changed, &[("cors", Value::tuple(Vec::new()))]).await;
    assert!(cloud.read(URL, &bare).await.unwrap().get("cors").items().is_empty());

    cloud.delete(URL, &bare).await;
    assert!(cloud.read(URL, &bare).await.is_none());
    cloud.delete(URL, &bare).await;
}

#[tokio::test]
async fn several_urls_of_a_function_are_read_in_one_call() {
    let cloud = Cloud::start().await;
    function(&cloud, "many").await;
    alias(&cloud, "many", "live").await;
    let own = [("function_name", Value::from("many")), ("authorization_type", "AWS_IAM".into())];
    let aliased = [&own[..], &[("qualifier", "live".into())]].concat();
    let (own, aliased) = (cloud.create(URL, &own).await, cloud.create(URL, &aliased).await);
    assert_eq!(aliased.str("id"), Some("many/live"));
    let before = cloud.provider.calls();
    cloud.unchanged(&[(URL, &own), (URL, &aliased)]).await;
    let calls = cloud.calls_since(&before);
    assert_eq!(calls, BTreeMap::from([("lambda:ListFunctionUrlConfigs".to_owned(), 1)]));
    assert_same(URL, &aliased, &cloud.import(URL, "many/live").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_whose_create_lost_its_answer_is_found() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    function(&cloud, "lost").await;
    cloud.fault(
        r#"[{"operation": "lambda:CreateFunctionUrlConfig", "times": 1, "action": {"cut": "after"}}]"#,
    );
    let arguments = [("function_name", Value::from("lost")), ("authorization_type", "NONE".into())];
    let made = cloud.create(URL, &arguments).await;
    cloud.unchanged(&[(URL, &made)]).await;
    let adopted = cloud.provider.adopt(URL, &cloud.want(URL, &arguments), 0).await.unwrap();
    assert_same(URL, &made, &adopted[0]);
    let other = [("function_name", Value::from("lost")), ("authorization_type", "AWS_IAM".into())];
    assert!(cloud.provider.adopt(URL, &cloud.want(URL, &other), 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn asynchronous_invocations_are_set_changed_imported_and_reset() {
    let cloud = Cloud::start().await;
    function(&cloud, "eventual").await;
    alias(&cloud, "eventual", "live").await;
    let destination = once([("on_failure", once([("destination", QUEUE.into())]))]);
    let arguments = [("function_name", Value::from("eventual")), ("destination_config", destination)];
    let made = cloud.create(EVENTS, &arguments).await;
    assert_eq!((made.str("id"), made.get("maximum_retry_attempts").as_i64()), (Some("eventual"), Some(2)));
    cloud.unchanged(&[(EVENTS, &made)]).await;

    let changes =
        [("maximum_event_age_in_seconds", number(60)), ("destination_config", Value::tuple(Vec::new()))];
    let changed = cloud.update(EVENTS, &made, &changes).await;
    cloud.unchanged(&[(EVENTS, &changed)]).await;
    let again = cloud.update(EVENTS, &changed, &[("maximum_event_age_in_seconds", none())]).await;
    assert!(again.get("maximum_event_age_in_seconds").is_null());
    cloud.unchanged(&[(EVENTS, &again)]).await;

    let aliased = [
        ("function_name", Value::from("eventual")),
        ("qualifier", "live".into()),
        ("maximum_retry_attempts", number(0)),
    ];
    let aliased = cloud.create(EVENTS, &aliased).await;
    assert_same(EVENTS, &aliased, &cloud.import(EVENTS, "eventual:live").await);
    let by_arn = cloud.import(EVENTS, "arn:aws:lambda:us-east-1:123456789012:function:eventual:live").await;
    assert_eq!(by_arn.str("function_name"), Some("arn:aws:lambda:us-east-1:123456789012:function:eventual"));
    let before = cloud.provider.calls();
    cloud.unchanged(&[(EVENTS, &again), (EVENTS, &aliased)]).await;
    assert_eq!(count(&cloud.calls_since(&before), "lambda:ListFunctionEventInvokeConfigs"), 1);

    cloud.delete(EVENTS, &aliased).await;
    assert!(cloud.read(EVENTS, &aliased).await.is_none());
    cloud.delete(EVENTS, &aliased).await;
}

#[tokio::test]
async fn executions_are_kept_ready_until_they_are_not() {
    let cloud = Cloud::start().await;
    function(&cloud, "ready").await;
    alias(&cloud, "ready", "live").await;
    let arguments = [
        ("function_name", Value::from("ready")),
        ("qualifier", "live".into()),
        ("provisioned_concurrent_executions", number(1)),
    ];
    let made = cloud.create(PROVISIONED, &arguments).await;
    assert_eq!(made.str("id"), Some("ready,live"));
    cloud.unchanged(&[(PROVISIONED, &made)]).await;
    let changed = cloud.update(PROVISIONED, &made, &[("provisioned_concurrent_executions", number(2))]).await;
    cloud.unchanged(&[(PROVISIONED, &changed)]).await;
    assert_same(PROVISIONED, &changed, &cloud.import(PROVISIONED, "ready,live").await);
    assert_eq!(
        cloud.provider.import(PROVISIONED, "ready").await.unwrap_err().kind,
        ErrorKind::Invalid,
        "an id without a qualifier"
    );

    let kept = cloud.update(PROVISIONED, &changed, &[("skip_destroy", true.into())]).await;
    cloud.delete(PROVISIONED, &kept).await;
    assert!(cloud.read(PROVISIONED, &kept).await.is_some());
    cloud.delete(PROVISIONED, &changed).await;
    assert!(cloud.read(PROVISIONED, &changed).await.is_none());
}

#[tokio::test]
async fn a_setting_of_a_function_that_is_not_there_is_not_remembered() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    let want = cloud.want(
        PROVISIONED,
        &[
            ("function_name", "none".into()),
            ("qualifier", "live".into()),
            ("provisioned_concurrent_executions", number(1)),
        ],
    );
    let failed = cloud.provider.create(PROVISIONED, &want).await.unwrap_err();
    assert_eq!(failed.error.kind, ErrorKind::NotFound);
    assert!(failed.left_behind.is_none());
}

#[tokio::test]
async fn runtimes_are_updated_as_said_and_by_default_after_that() {
    let cloud = Cloud::start().await;
    function(&cloud, "managed").await;
    let arguments =
        [("function_name", Value::from("managed")), ("update_runtime_on", "FunctionUpdate".into())];
    let made = cloud.create(RUNTIME, &arguments).await;
    cloud.unchanged(&[(RUNTIME, &made)]).await;
    let version = "arn:aws:lambda:us-east-1::runtime:0";
    let changes = [("update_runtime_on", "Manual".into()), ("runtime_version_arn", version.into())];
    let pinned = cloud.update(RUNTIME, &made, &changes).await;
    cloud.unchanged(&[(RUNTIME, &pinned)]).await;
    assert_same(RUNTIME, &pinned, &cloud.import(RUNTIME, "managed,").await);
    cloud.delete(RUNTIME, &pinned).await;
    let after = cloud.read(RUNTIME, &pinned).await.unwrap();
    assert_eq!(after.str("update_runtime_on"), Some("Auto"));

    let silent = cloud.create(RUNTIME, &[("function_name", "managed".into())]).await;
    assert!(silent.get("update_runtime_on").is_null());
    cloud.unchanged(&[(RUNTIME, &silent)]).await;
}

#[tokio::test]
async fn loops_are_allowed_and_stopped_again() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "looping").await;
    let arguments = [("function_name", Value::from("looping")), ("recursive_loop", "Allow".into())];
    let made = cloud.create(RECURSION, &arguments).await;
    cloud.unchanged(&[(RECURSION, &made)]).await;
    let changed = cloud.update(RECURSION, &made, &[("recursive_loop", "Terminate".into())]).await;
    let allowed = cloud.update(RECURSION, &changed, &[("recursive_loop", "Allow".into())]).await;
    assert_same(RECURSION, &allowed, &cloud.import(RECURSION, "looping").await);
    cloud.delete(RECURSION, &allowed).await;
    let after = cloud.read(RECURSION, &allowed).await.unwrap();
    assert_eq!(after.str("recursive_loop"), Some("Terminate"));

    cloud.delete(FUNCTION, &function).await;
    assert!(cloud.read(RECURSION, &allowed).await.is_none());
    cloud.delete(RECURSION, &allowed).await;
}

#[tokio::test]
async fn an_invocation_tells_the_function_what_happens() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    function(&cloud, "invoked").await;
    let arguments = [("function_name", Value::from("invoked")), ("input", r#"{"a":1}"#.into())];
    let once = cloud.create(INVOCATION, &arguments).await;
    assert_eq!(once.str("result"), Some(r#"{"a":1}"#));
    assert_eq!(once.str("id"), Some("invoked_$LATEST_bb6cb5c68df4652941caf652a366f2d8"));
    let before = cloud.provider.calls();
    cloud.unchanged(&[(INVOCATION, &once)]).await;
    cloud.delete(INVOCATION, &once).await;
    assert!(cloud.calls_since(&before).is_empty(), "neither a refresh nor the end invokes");

    let told = [&arguments[..], &[("lifecycle_scope", "CRUD".into())]].concat();
    let told = cloud.create(INVOCATION, &told).await;
    assert_eq!(told.str("result"), Some(r#"{"a":1,"tf":{"action":"create","prev_input":null}}"#));
    let changes = [("input", r#"{"a":2}"#.into()), ("result", none()), ("id", none())];
    let changed = cloud.update(INVOCATION, &told, &changes).await;
    assert_eq!(changed.str("result"), Some(r#"{"a":2,"tf":{"action":"update","prev_input":{"a":1}}}"#));
    cloud.delete(INVOCATION, &changed).await;
    assert_eq!(count(&cloud.provider.calls(), "lambda:Invoke"), 4);

    let read = cloud.data(INVOCATION, &arguments).await;
    assert_eq!((read.str("result"), read.str("id")), (once.str("result"), once.str("id")));
}
