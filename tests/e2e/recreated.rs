//! What a stage takes with it when it is replaced is there again after the same apply.

use recon_tests::Cloud;

use crate::scratch;

const STAGE_ON_A_PLAN: &str = r#"
resource "aws_api_gateway_rest_api" "api" {
  name = "api"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_rest_api.api.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_rest_api.api.root_resource_id
  http_method = aws_api_gateway_method.get.http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "now" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  depends_on  = [aws_api_gateway_integration.get]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.now.id
  stage_name    = "prod"
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"
  settings {
    throttling_burst_limit = 7
  }
}

resource "aws_api_gateway_usage_plan" "partners" {
  name = "partners"
  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = aws_api_gateway_stage.prod.stage_name
    throttle {
      path        = "/GET"
      burst_limit = 5
      rate_limit  = 3
    }
  }
}
"#;

fn plans(cloud: &Cloud) -> serde_json::Value {
    serde_json::from_str(&cloud.list("apigateway", "/usageplans")).expect("the answer is JSON")
}

#[test]
fn a_replaced_stage_is_on_its_usage_plan_and_has_its_settings() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", STAGE_ON_A_PLAN);
    scratch.ok(&["apply", "-auto-approve"]);
    let before = plans(&cloud);
    let stage = &before["item"][0]["apiStages"][0];
    assert_eq!(stage["throttle"]["/GET"]["burstLimit"], 5, "{before}");

    scratch.ok(&["apply", "-auto-approve", "-replace=aws_api_gateway_stage.prod"]);
    assert_eq!(plans(&cloud), before);
    scratch.expect_no_changes();
    scratch.expect(0, &["drift"]);
}

#[test]
fn a_stage_that_somebody_deleted_is_back_on_its_usage_plan() {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.write("main.tf", STAGE_ON_A_PLAN);
    scratch.ok(&["apply", "-auto-approve"]);
    let before = plans(&cloud);

    let other = scratch.beside();
    other.copy_to(&scratch.path().join("state"), "state");
    let stage = "-target=aws_api_gateway_stage.prod";
    other.ok(&["state", "rm", "aws_api_gateway_usage_plan.partners"]);
    other.ok(&["destroy", "-auto-approve", stage]);
    assert_ne!(plans(&cloud), before);

    scratch.ok(&["apply", "-auto-approve"]);
    assert_eq!(plans(&cloud), before);
    scratch.expect_no_changes();
}
