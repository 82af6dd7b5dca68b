//! Lambda's data sources: functions, aliases and URLs that others made.

use recon_core::provider::ErrorKind;
use recon_core::{Known, Number, Value};

use crate::cloud::{Cloud, once, text};

const FUNCTION: &str = "aws_lambda_function";
const ALIAS: &str = "aws_lambda_alias";
const URL: &str = "aws_lambda_function_url";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

async fn function(cloud: &Cloud, name: &str, publish: bool) -> Known {
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
        ("publish", publish.into()),
        ("environment", once([("variables", Value::string_map([("STAGE", "dev")]))])),
        ("timeout", Value::from(Number::from(9))),
    ];
    cloud.create(FUNCTION, &arguments).await
}

/// What the data source says as the resource type does.
const SHARED: &[&str] = &[
    "arn",
    "code_sha256",
    "environment",
    "function_name",
    "handler",
    "id",
    "invoke_arn",
    "last_modified",
    "logging_config",
    "memory_size",
    "qualified_arn",
    "qualified_invoke_arn",
    "reserved_concurrent_executions",
    "role",
    "runtime",
    "source_code_hash",
    "source_code_size",
    "timeout",
    "tracing_config",
    "version",
];

fn assert_alike(found: &Known, function: &Known) {
    for name in SHARED {
        let (found, expected) = (found.get(name), function.get(name));
        let is_same = found.same(expected) || found.items() == expected.items() && !found.items().is_empty();
        assert!(is_same, "{name}: {found:?}, {expected:?}");
    }
}

#[tokio::test]
async fn a_function_is_found_with_its_latest_version() {
    let cloud = Cloud::start().await;
    for publish in [false, true] {
        let name = format!("found-{publish}");
        let function = function(&cloud, &name, publish).await;
        let found = cloud.data(FUNCTION, &[("function_name", name.as_str().into())]).await;
        assert_alike(&found, &function);
        assert_eq!(found.string_entries("tags").get("team").map(String::as_str), Some("web"));
    }
    let none = cloud.want_data(FUNCTION, &[("function_name", "none".into())]);
    assert_eq!(cloud.provider.read_data(FUNCTION, &none).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_function_is_found_by_alias() {
    let cloud = Cloud::start().await;
    let function = function(&cloud, "aliased", true).await;
    let arguments = [
        ("function_name", text(&function, "function_name")),
        ("name", "prod".into()),
        ("function_version", "1".into()),
    ];
    let alias = cloud.create(ALIAS, &arguments).await;
    let found = cloud.data(ALIAS, &arguments[..2]).await;
    for name in ["arn", "function_version", "id", "invoke_arn"] {
        assert_eq!(found.get(name), alias.get(name), "{name}");
    }
    let arguments = [("function_name", text(&function, "function_name")), ("qualifier", "prod".into())];
    let found = cloud.data(FUNCTION, &arguments).await;
    assert_eq!((found.get("arn"), found.str("version")), (function.get("arn"), Some("1")));
    assert_eq!(found.get("qualified_arn"), alias.get("arn"));
}

#[tokio::test]
async fn all_functions_are_listed() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    let functions = [function(&cloud, "a", false).await, function(&cloud, "b", true).await];
    let found = cloud.data("aws_lambda_functions", &[]).await;
    assert_eq!(found.string_items("function_names"), ["a", "b"]);
    let arns: Vec<&str> = functions.iter().filter_map(|function| function.str("arn")).collect();
    assert_eq!(found.string_items("function_arns"), arns);
}

#[tokio::test]
async fn a_function_without_a_url_has_none() {
    let cloud = Cloud::start().await;
    function(&cloud, "plain", false).await;
    let config = cloud.want_data(URL, &[("function_name", "plain".into())]);
    assert_eq!(cloud.provider.read_data(URL, &config).await.unwrap_err().kind, ErrorKind::NotFound);
}
