# Caching and throttling of prod, and who may call.

resource "aws_api_gateway_method_settings" "prod" {
  rest_api_id = aws_api_gateway_rest_api.items.id
  stage_name  = aws_api_gateway_stage.stage["prod"].stage_name
  method_path = "*/*"

  settings {
    caching_enabled        = true
    cache_ttl_in_seconds   = 60
    throttling_rate_limit  = 100
    throttling_burst_limit = 50
  }
}

resource "aws_api_gateway_api_key" "partner" {
  name = "items-partner"
}

resource "aws_api_gateway_usage_plan" "partner" {
  name = "items-partner"

  api_stages {
    api_id = aws_api_gateway_rest_api.items.id
    stage  = aws_api_gateway_stage.stage["prod"].stage_name
  }

  quota_settings {
    limit  = 10000
    period = "MONTH"
  }

  throttle_settings {
    rate_limit  = 20
    burst_limit = 10
  }
}

resource "aws_api_gateway_usage_plan_key" "partner" {
  usage_plan_id = aws_api_gateway_usage_plan.partner.id
  key_id        = aws_api_gateway_api_key.partner.id
  key_type      = "API_KEY"
}
