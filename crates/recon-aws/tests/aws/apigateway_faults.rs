//! What becomes of API Gateway's objects when the answer to their create is lost: each is there exactly once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use recon_core::{Known, Value};

use crate::cloud::{Cloud, once, text};

/// Makes an object while the first answer to `operation` is lost on its way back.
async fn make(cloud: &Cloud, operation: &str, kind: &str, arguments: &[(&str, Value)]) -> Known {
    cloud.fault(&format!(
        r#"[{{"operation": "apigateway:{operation}", "times": 1, "action": {{"cut": "after"}}}}]"#
    ));
    let made = cloud.create(kind, arguments).await;
    cloud.unchanged(&[(kind, &made)]).await;
    let want = cloud.want(kind, arguments);
    let found = cloud.provider.adopt(kind, &want, 0).await.unwrap();
    assert_eq!(found.len(), 1, "{kind} is there once");
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_create_makes_no_second_object() {
    let cloud = Cloud::start().await;
    let api = make(&cloud, "CreateRestApi", "aws_api_gateway_rest_api", &[("name", "a".into())]).await;
    let of_api = ("rest_api_id", text(&api, "id"));
    let arguments =
        [of_api.clone(), ("parent_id", text(&api, "root_resource_id")), ("path_part", "items".into())];
    let items = make(&cloud, "CreateResource", "aws_api_gateway_resource", &arguments).await;
    let place = [of_api.clone(), ("resource_id", text(&items, "id")), ("http_method", "GET".into())];
    let with = |more: &[(&'static str, Value)]| [&place[..], more].concat();
    let status = ("status_code", Value::from("200"));
    make(&cloud, "PutMethod", "aws_api_gateway_method", &with(&[("authorization", "NONE".into())])).await;
    make(&cloud, "PutIntegration", "aws_api_gateway_integration", &with(&[("type", "MOCK".into())])).await;
    make(
        &cloud,
        "PutMethodResponse",
        "aws_api_gateway_method_response",
        &with(std::slice::from_ref(&status)),
    )
    .await;
    make(&cloud, "PutIntegrationResponse", "aws_api_gateway_integration_response", &with(&[status])).await;
    let of_this = std::slice::from_ref(&of_api);
    let deployment = make(&cloud, "CreateDeployment", "aws_api_gateway_deployment", of_this).await;
    let arguments =
        [of_api.clone(), ("deployment_id", text(&deployment, "id")), ("stage_name", "dev".into())];
    make(&cloud, "CreateStage", "aws_api_gateway_stage", &arguments).await;
    let key = make(&cloud, "CreateApiKey", "aws_api_gateway_api_key", &[("name", "k".into())]).await;
    let stages = once([("api_id", text(&api, "id")), ("stage", "dev".into())]);
    let plan = [("name", "p".into()), ("api_stages", stages)];
    let plan = make(&cloud, "CreateUsagePlan", "aws_api_gateway_usage_plan", &plan).await;
    let arguments =
        [("usage_plan_id", text(&plan, "id")), ("key_id", text(&key, "id")), ("key_type", "API_KEY".into())];
    make(&cloud, "CreateUsagePlanKey", "aws_api_gateway_usage_plan_key", &arguments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concurrent_modification_is_waited_for() {
    let cloud = Cloud::start().await;
    let api = cloud.create("aws_api_gateway_rest_api", &[("name", "a".into())]).await;
    cloud.fault(
        r#"[{"operation": "apigateway:CreateResource", "times": 2, "action": {"error": {"status": 409,
            "code": "ConflictException",
            "message": "Unable to complete operation due to concurrent modification. Please try again later."}}}]"#,
    );
    let arguments = [
        ("rest_api_id", text(&api, "id")),
        ("parent_id", text(&api, "root_resource_id")),
        ("path_part", "items".into()),
    ];
    cloud.create("aws_api_gateway_resource", &arguments).await;
}
