//! A stage bound to an alias of a function: the variable and the permission, made, lost, repaired, moved, taken away.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::large_futures, reason = "a test has the stack for itself")]

use std::io::Write as _;

use recon_core::{Known, Value};

use crate::cloud::{Cloud, assert_same, none, text};

const BINDING: &str = "aws_api_gateway_stage_binding";
const STAGE: &str = "aws_api_gateway_stage";
const METHOD: &str = "aws_api_gateway_method";

/// An API with a stage `dev`, and a function with the aliases `dev` and `next`.
struct Sample {
    cloud: Cloud,
    api: Value,
    stage: Known,
}

impl Sample {
    async fn make() -> Self {
        let cloud = Cloud::start().await;
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}"#;
        let role = [("name", "items-role".into()), ("assume_role_policy", trust.into())];
        let role = cloud.create("aws_iam_role", &role).await;
        let mut zip = tempfile::NamedTempFile::with_suffix(".zip").unwrap();
        let mut archive = zip::ZipWriter::new(zip.as_file_mut());
        archive.start_file("index.js", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(b"exports.handler = async () => 1").unwrap();
        archive.finish().unwrap();
        let function = [
            ("function_name", "ItemsFunction".into()),
            ("role", text(&role, "arn")),
            ("runtime", "nodejs20.x".into()),
            ("handler", "index.handler".into()),
            ("filename", zip.path().to_str().unwrap().into()),
        ];
        cloud.create("aws_lambda_function", &function).await;
        for name in ["dev", "next"] {
            let alias = [
                ("name", name.into()),
                ("function_name", "ItemsFunction".into()),
                ("function_version", "$LATEST".into()),
            ];
            cloud.create("aws_lambda_alias", &alias).await;
        }
        let made = cloud.create("aws_api_gateway_rest_api", &[("name", "a".into())]).await;
        let api = text(&made, "id");
        let place = [
            ("rest_api_id", api.clone()),
            ("resource_id", text(&made, "root_resource_id")),
            ("http_method", "GET".into()),
        ];
        cloud.create(METHOD, &[&place[..], &[("authorization", "NONE".into())]].concat()).await;
        cloud.create("aws_api_gateway_integration", &[&place[..], &[("type", "MOCK".into())]].concat()).await;
        let deployment = cloud.create("aws_api_gateway_deployment", &[("rest_api_id", api.clone())]).await;
        let stage = [
            ("rest_api_id", api.clone()),
            ("deployment_id", text(&deployment, "id")),
            ("stage_name", "dev".into()),
        ];
        let stage = cloud.create(STAGE, &stage).await;
        Self { cloud, api, stage }
    }

    async fn bind(&self) -> Known {
        let arguments = [
            ("rest_api_id", self.api.clone()),
            ("stage_name", "dev".into()),
            ("function_name", "ItemsFunction".into()),
            ("qualifier", "dev".into()),
        ];
        self.cloud.create(BINDING, &arguments).await
    }

    /// Updates a binding to what a plan would say of it.
    async fn settle(&self, binding: &Known, qualifier: &str) -> Known {
        let moves = binding.str("qualifier") != Some(qualifier);
        let open = |name: &str| if moves { none() } else { binding.get(name).clone() };
        let changes = [
            ("id", open("id")),
            ("invoke_arn", open("invoke_arn")),
            ("qualifier", qualifier.into()),
            ("variable_value", qualifier.into()),
            ("permission_granted", true.into()),
        ];
        self.cloud.update(BINDING, binding, &changes).await
    }
}

#[tokio::test]
async fn a_binding_lives_beside_its_stage() {
    let sample = Sample::make().await;
    let binding = sample.bind().await;
    assert_eq!(
        binding.str("statement_id"),
        Some(&*format!("recon-{}-dev-alias", sample.api.as_str().unwrap()))
    );
    // The stage does not report the variable that the binding owns.
    sample.cloud.unchanged(&[(BINDING, &binding), (STAGE, &sample.stage)]).await;
    let id = format!("{}/dev/ItemsFunction/dev", sample.api.as_str().unwrap());
    assert_same(BINDING, &binding, &sample.cloud.import(BINDING, &id).await);
    let moved = sample.settle(&binding, "next").await;
    sample.cloud.unchanged(&[(BINDING, &moved), (STAGE, &sample.stage)]).await;
    sample.cloud.delete(BINDING, &moved).await;
    assert!(sample.cloud.read(BINDING, &moved).await.is_none());
    sample.cloud.delete(BINDING, &moved).await;
    sample.cloud.unchanged(&[(STAGE, &sample.stage)]).await;
}

#[tokio::test]
async fn a_lost_variable_shows_and_is_repaired() {
    let sample = Sample::make().await;
    let binding = sample.bind().await;
    let other = sample.stage.clone().into_value().with("variables", Value::string_map([("alias", "x")]));
    sample.cloud.update(STAGE, &Known::new(other).unwrap(), &[("variables", none())]).await;
    let found = sample.cloud.read(BINDING, &binding).await.unwrap();
    assert!(found.get("variable_value").is_null());
    assert_eq!(found.get("permission_granted").as_bool(), Some(true));
    let repaired = sample.settle(&found, "dev").await;
    assert_same(BINDING, &binding, &repaired);
    sample.cloud.unchanged(&[(BINDING, &repaired)]).await;
}

#[tokio::test]
async fn a_lost_permission_shows_and_is_repaired() {
    let sample = Sample::make().await;
    let binding = sample.bind().await;
    let permission = [
        ("function_name", "ItemsFunction".into()),
        ("qualifier", "dev".into()),
        ("statement_id", text(&binding, "statement_id")),
        ("action", "lambda:InvokeFunction".into()),
        ("principal", "apigateway.amazonaws.com".into()),
    ];
    let permission = sample.cloud.want("aws_lambda_permission", &permission);
    sample.cloud.delete("aws_lambda_permission", &permission).await;
    let found = sample.cloud.read(BINDING, &binding).await.unwrap();
    assert_eq!(found.get("permission_granted").as_bool(), Some(false));
    let repaired = sample.settle(&found, "dev").await;
    assert_same(BINDING, &binding, &repaired);
    sample.cloud.unchanged(&[(BINDING, &repaired)]).await;
}

#[tokio::test]
async fn binding_twice_is_binding_once() {
    let sample = Sample::make().await;
    let binding = sample.bind().await;
    let want = sample.cloud.want(
        BINDING,
        &["rest_api_id", "stage_name", "function_name", "qualifier"]
            .map(|name| (name, binding.get(name).clone())),
    );
    let found = sample.cloud.provider.adopt(BINDING, &want, 0).await.unwrap();
    assert_same(BINDING, &binding, &found[0]);
    assert_same(BINDING, &binding, &sample.bind().await);
}
