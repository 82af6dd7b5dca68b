//! The life of a function, its versions, aliases and permissions: made, read back without a difference, changed,
//! imported, deleted.

use std::collections::BTreeMap;

use recon_core::provider::ErrorKind;
use recon_core::{Known, Number, Type, Value};

use crate::cloud::{Cloud, assert_same, none, once, text};

const ROLE: &str = "aws_iam_role";
const FUNCTION: &str = "aws_lambda_function";
const ALIAS: &str = "aws_lambda_alias";
const PERMISSION: &str = "aws_lambda_permission";
const VERSION: &str = "aws_lambda_version";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A directory with a program, and the arguments of a function that runs it.
struct Sample {
    directory: tempfile::TempDir,
    role: Known,
}

impl Sample {
    async fn make(cloud: &Cloud, name: &str) -> Self {
        let role = cloud.create(ROLE, &[("name", name.into()), ("assume_role_policy", TRUST.into())]).await;
        let sample = Self { directory: tempfile::tempdir().expect("a directory"), role };
        sample.write("1");
        sample
    }

    fn write(&self, content: &str) {
        std::fs::write(self.directory.path().join("index.js"), content).expect("writes");
    }

    fn arguments(&self, name: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
        let mut all = vec![
            ("function_name", Value::from(name)),
            ("role", text(&self.role, "arn")),
            ("runtime", "nodejs20.x".into()),
            ("handler", "index.handler".into()),
            ("filename", self.directory.path().to_str().expect("UTF-8").into()),
        ];
        all.extend_from_slice(more);
        all
    }
}

/// What an update of code or settings makes unknown.
fn open() -> Vec<(&'static str, Value)> {
    let names = ["last_modified", "version", "qualified_arn", "qualified_invoke_arn"];
    names.into_iter().map(|name| (name, none())).collect()
}

fn new_code() -> Vec<(&'static str, Value)> {
    let names = [
        "code_sha256",
        "source_code_hash",
        "source_code_size",
        "signing_job_arn",
        "signing_profile_version_arn",
    ];
    open().into_iter().chain(names.into_iter().map(|name| (name, none()))).collect()
}

fn reads(calls: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    calls.iter().map(|(name, count)| (name.as_str(), *count)).collect()
}

#[tokio::test]
async fn a_function_is_made_read_changed_imported_and_deleted() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud, "life").await;
    let environment = once([("variables", Value::string_map([("STAGE", "dev")]))]);
    let more = [("environment", environment), ("tags", Value::string_map([("app", "items")]))];
    let made = cloud.create(FUNCTION, &sample.arguments("life", &more)).await;
    assert_eq!((made.str("version"), made.str("id")), (Some("$LATEST"), Some("life")));
    assert_eq!(made.string_entries("tags_all").len(), 2);
    cloud.unchanged(&[(FUNCTION, &made)]).await;

    let mut changes = open();
    changes.extend([("timeout", Value::from(Number::from(30))), ("environment", Value::tuple(Vec::new()))]);
    changes.push(("reserved_concurrent_executions", Value::from(Number::from(2))));
    changes.push(("tags", Value::string_map([("app", "other")])));
    changes.push(("tags_all", none()));
    let changed = cloud.update(FUNCTION, &made, &changes).await;
    assert_eq!(changed.get("code_sha256"), made.get("code_sha256"));
    cloud.unchanged(&[(FUNCTION, &changed)]).await;

    let imported = cloud.import(FUNCTION, "life").await;
    let forgotten = ["filename", "source_code_hash", "tags"];
    for name in changed.entries().unwrap().keys().filter(|name| !forgotten.contains(&&***name)) {
        assert!(
            imported.get(name).same(changed.get(name)),
            "{name}: {:?}, {:?}",
            imported.get(name),
            changed.get(name)
        );
    }

    cloud.delete(FUNCTION, &changed).await;
    assert!(cloud.read(FUNCTION, &changed).await.is_none());
    cloud.delete(FUNCTION, &changed).await;
}

#[tokio::test]
async fn code_and_settings_change_as_one_published_version() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud, "publishing").await;
    let made = cloud.create(FUNCTION, &sample.arguments("publishing", &[("publish", true.into())])).await;
    assert_eq!(made.str("version"), Some("1"));
    assert!(made.str("qualified_arn").unwrap().ends_with(":publishing:1"));
    cloud.unchanged(&[(FUNCTION, &made)]).await;

    sample.write("2");
    let mut changes = new_code();
    changes.push(("memory_size", Value::from(Number::from(256))));
    let before = cloud.provider.calls();
    let changed = cloud.update(FUNCTION, &made, &changes).await;
    let calls = cloud.calls_since(&before);
    assert_eq!(changed.str("version"), Some("2"));
    assert_eq!(calls.get("lambda:PublishVersion"), None, "the upload publishes: {calls:?}");
    assert_ne!(changed.get("code_sha256"), made.get("code_sha256"));
    cloud.unchanged(&[(FUNCTION, &changed)]).await;

    let mut settings = open();
    settings.push(("timeout", Value::from(Number::from(9))));
    let third = cloud.update(FUNCTION, &changed, &settings).await;
    assert_eq!(third.str("version"), Some("3"));
    cloud.unchanged(&[(FUNCTION, &third)]).await;
}

#[tokio::test]
async fn an_alias_points_weighs_and_forgets_weights() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud, "aliased").await;
    let function = cloud.create(FUNCTION, &sample.arguments("aliased", &[("publish", true.into())])).await;
    sample.write("2");
    cloud.update(FUNCTION, &function, &new_code()).await;
    let arguments = [
        ("function_name", text(&function, "function_name")),
        ("name", "prod".into()),
        ("function_version", "1".into()),
    ];
    let made = cloud.create(ALIAS, &arguments).await;
    cloud.unchanged(&[(ALIAS, &made)]).await;

    let weight = Value::from("0.1".parse::<Number>().unwrap());
    let weights = Value::map(Type::Number, BTreeMap::from([("2".into(), weight)]));
    let routing = once([("additional_version_weights", weights)]);
    let weighed = cloud.update(ALIAS, &made, &[("routing_config", routing)]).await;
    cloud.unchanged(&[(ALIAS, &weighed)]).await;

    let moved = [("routing_config", Value::tuple(Vec::new())), ("function_version", "2".into())];
    let moved = cloud.update(ALIAS, &weighed, &moved).await;
    assert!(moved.get("routing_config").items().is_empty());
    cloud.unchanged(&[(ALIAS, &moved)]).await;
    assert_same(ALIAS, &moved, &cloud.import(ALIAS, "aliased/prod").await);

    cloud.delete(ALIAS, &moved).await;
    assert!(cloud.read(ALIAS, &moved).await.is_none());
}

#[tokio::test]
async fn a_permission_is_about_one_qualifier() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud, "permitted").await;
    let function = cloud.create(FUNCTION, &sample.arguments("permitted", &[])).await;
    let name = text(&function, "function_name");
    let alias =
        [("function_name", name.clone()), ("name", "dev".into()), ("function_version", "$LATEST".into())];
    cloud.create(ALIAS, &alias).await;
    let arguments = [
        ("function_name", name),
        ("qualifier", "dev".into()),
        ("action", "lambda:InvokeFunction".into()),
        ("principal", "apigateway.amazonaws.com".into()),
        ("source_arn", "arn:aws:execute-api:us-east-1:123456789012:api/*/GET/items".into()),
    ];
    let chosen = [&arguments[..], &[("statement_id", "AllowApi".into())]].concat();
    let made = cloud.create(PERMISSION, &chosen).await;
    let generated = cloud.create(PERMISSION, &arguments).await;
    assert_ne!(made.get("statement_id"), generated.get("statement_id"));
    cloud.unchanged(&[(PERMISSION, &made), (PERMISSION, &generated)]).await;
    assert_same(PERMISSION, &made, &cloud.import(PERMISSION, "permitted:dev/AllowApi").await);
    // moto keeps one policy for all qualifiers of a function; AWS keeps one for each.
    if cloud.is_sandbox() {
        assert!(cloud.provider.import(PERMISSION, "permitted/AllowApi").await.unwrap().is_none());
    }

    let want = cloud.want(PERMISSION, &arguments);
    let adopted = cloud.provider.adopt(PERMISSION, &want, 0).await.unwrap();
    assert_eq!(adopted.len(), 1);
    assert_same(PERMISSION, &generated, &adopted[0]);

    cloud.delete(PERMISSION, &made).await;
    assert!(cloud.read(PERMISSION, &made).await.is_none());
    cloud.delete(PERMISSION, &made).await;
}

#[tokio::test]
async fn a_version_is_published_once_and_a_rolling_one_prunes() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud, "rolling").await;
    let function = cloud.create(FUNCTION, &sample.arguments("rolling", &[])).await;
    let arguments = [("function_name", text(&function, "function_name")), ("publish_on_change", true.into())];
    let first = cloud.create(VERSION, &arguments).await;
    assert_eq!((first.str("version"), first.string_items("history")), (Some("1"), vec!["1".to_owned()]));
    cloud.unchanged(&[(VERSION, &first), (FUNCTION, &function)]).await;

    sample.write("2");
    let changed = cloud.update(FUNCTION, &function, &new_code()).await;
    let behind = cloud.read(VERSION, &first).await.unwrap();
    assert_eq!(behind.get("up_to_date").as_bool(), Some(false));

    let history = Value::list(Type::String, vec![Value::null(Type::String)]);
    let mut wanted = Value::from(behind.clone());
    for name in ["version", "qualified_arn", "invoke_arn", "code_sha256", "id"] {
        wanted = wanted.with(name, Value::null(Type::String));
    }
    let wanted = wanted.with("history", history).with("up_to_date", true.into());
    let second = cloud.provider.update(VERSION, &behind, &Known::new(wanted).unwrap()).await.unwrap();
    assert_eq!((second.str("version"), second.string_items("history")), (Some("2"), vec!["2".to_owned()]));
    cloud.unchanged(&[(VERSION, &second), (FUNCTION, &changed)]).await;
    assert!(cloud.read(VERSION, &first).await.is_none(), "version 1 is pruned");

    cloud.delete(VERSION, &second).await;
    assert!(cloud.read(VERSION, &second).await.is_none());
}

#[tokio::test]
async fn the_functions_part_of_a_refresh_takes_six_calls() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud, "lab").await;
    let function = cloud.create(FUNCTION, &sample.arguments("lab", &[("publish", true.into())])).await;
    let name = text(&function, "function_name");
    let role = cloud.read(ROLE, &sample.role).await.unwrap();
    let mut objects = vec![(ROLE, role), (FUNCTION, function)];
    for (alias, version) in [("dev", "$LATEST"), ("prod", "1")] {
        let arguments =
            [("function_name", name.clone()), ("name", alias.into()), ("function_version", version.into())];
        objects.push((ALIAS, cloud.create(ALIAS, &arguments).await));
        let arguments = [
            ("function_name", name.clone()),
            ("qualifier", alias.into()),
            ("statement_id", "AllowApi".into()),
            ("action", "lambda:InvokeFunction".into()),
            ("principal", "apigateway.amazonaws.com".into()),
        ];
        objects.push((PERMISSION, cloud.create(PERMISSION, &arguments).await));
    }
    let before = cloud.provider.calls();
    let objects: Vec<(&str, &Known)> = objects.iter().map(|(kind, object)| (*kind, object)).collect();
    cloud.unchanged(&objects).await;
    let calls = cloud.calls_since(&before);
    let expected = [
        ("iam:GetRole", 1),
        ("lambda:GetFunction", 1),
        ("lambda:GetPolicy", 2),
        ("lambda:ListAliases", 1),
        ("lambda:ListVersionsByFunction", 1),
    ];
    assert_eq!(reads(&calls), expected);
}

#[tokio::test]
async fn an_unreachable_endpoint_is_said_within_seconds() {
    let config = Value::object([
        ("region", Value::from("us-east-1")),
        ("access_key", "test".into()),
        ("secret_key", "test".into()),
        ("endpoints", once([("lambda", "http://127.0.0.1:9".into())])),
    ]);
    let provider = recon_aws::connect(&Known::new(config).unwrap()).await.unwrap();
    let started = std::time::Instant::now();
    let error = provider.import(FUNCTION, "any").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(started.elapsed() < std::time::Duration::from_secs(5));
    assert!(error.help.is_some());
}
