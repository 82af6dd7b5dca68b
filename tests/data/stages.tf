resource "aws_api_gateway_rest_api" "a" {
  name = "a"
}

resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "VERB"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "m" {
  rest_api_id       = aws_api_gateway_rest_api.a.id
  resource_id       = aws_api_gateway_rest_api.a.root_resource_id
  http_method       = aws_api_gateway_method.m.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_method_response" "m" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_method.m.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "m" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_integration.m.http_method
  status_code = aws_api_gateway_method_response.m.status_code
}

resource "aws_api_gateway_deployment" "d" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  triggers    = { once = "yes" }
  depends_on  = [aws_api_gateway_integration_response.m]
}

resource "aws_api_gateway_stage" "stage" {
  for_each      = toset(["dev", "prod"])
  rest_api_id   = aws_api_gateway_rest_api.a.id
  deployment_id = aws_api_gateway_deployment.d.id
  stage_name    = each.key
}

resource "aws_api_gateway_method_settings" "all" {
  for_each    = aws_api_gateway_stage.stage
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = each.value.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled = true
  }
}
