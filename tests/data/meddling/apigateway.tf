variable "meddled" {
  type    = bool
  default = false
}

locals {
  side  = var.meddled ? "other" : "own"
  plain = "arn:aws:acm:us-east-1:123456789012:certificate/${local.side}"
  policy = { for action in ["Invoke", "*"] : action => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:${action}", Resource = "execute-api:/*" }]
  }) }
  uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:${local.side}/invocations"
}

resource "aws_iam_role" "logs" {
  for_each = toset(["own", "other"])
  name     = each.key
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" } }]
  })
}

resource "aws_api_gateway_account" "account" {
  cloudwatch_role_arn = aws_iam_role.logs[local.side].arn
}

resource "aws_api_gateway_rest_api" "api" {
  name                         = local.side
  api_key_source               = var.meddled ? "AUTHORIZER" : "HEADER"
  binary_media_types           = ["image/${local.side}"]
  description                  = local.side
  disable_execute_api_endpoint = var.meddled
  minimum_compression_size     = var.meddled ? 2000 : 1000
  policy                       = local.policy[var.meddled ? "*" : "Invoke"]
  tags                         = { team = local.side }

  endpoint_configuration {
    types           = [var.meddled ? "REGIONAL" : "EDGE"]
    ip_address_type = var.meddled ? "dualstack" : "ipv4"
  }
}

resource "aws_api_gateway_rest_api" "private" {
  name = "private"

  endpoint_configuration {
    types            = ["PRIVATE"]
    vpc_endpoint_ids = ["vpce-0123456789abcdef${var.meddled ? 1 : 0}"]
  }
}

resource "aws_api_gateway_rest_api_policy" "private" {
  rest_api_id = aws_api_gateway_rest_api.private.id
  policy      = local.policy[var.meddled ? "*" : "Invoke"]
}

resource "aws_api_gateway_resource" "parent" {
  for_each    = toset(["own", "other"])
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_resource" "moved" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.parent[local.side].id
  path_part   = local.side
}

resource "aws_api_gateway_authorizer" "token" {
  rest_api_id                      = aws_api_gateway_rest_api.api.id
  name                             = local.side
  type                             = "TOKEN"
  authorizer_uri                   = local.uri
  authorizer_credentials           = aws_iam_role.logs[local.side].arn
  authorizer_result_ttl_in_seconds = var.meddled ? 20 : 10
  identity_source                  = "method.request.header.${local.side}"
  identity_validation_expression   = local.side
}

resource "aws_api_gateway_authorizer" "type" {
  rest_api_id     = aws_api_gateway_rest_api.api.id
  name            = "type"
  type            = var.meddled ? "REQUEST" : "TOKEN"
  authorizer_uri  = local.uri
  identity_source = "method.request.header.Authorization"
}

resource "aws_api_gateway_authorizer" "pool" {
  for_each      = toset(["own", "other"])
  rest_api_id   = aws_api_gateway_rest_api.api.id
  name          = "pool-${each.key}"
  type          = "COGNITO_USER_POOLS"
  provider_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_${each.key == "own" ? local.side : "fixed"}"]
}

resource "aws_api_gateway_request_validator" "validator" {
  for_each                    = toset(["own", "other"])
  rest_api_id                 = aws_api_gateway_rest_api.api.id
  name                        = "${each.key}-${each.key == "own" ? local.side : "fixed"}"
  validate_request_body       = var.meddled && each.key == "own"
  validate_request_parameters = !var.meddled && each.key == "own"
}

resource "aws_api_gateway_model" "model" {
  for_each     = toset(["own", "other"])
  rest_api_id  = aws_api_gateway_rest_api.api.id
  name         = each.key
  content_type = "application/json"
  description  = local.side
  schema       = jsonencode({ type = var.meddled ? "object" : "array" })
}

resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id         = aws_api_gateway_rest_api.api.id
  response_type       = "UNAUTHORIZED"
  status_code         = var.meddled ? "403" : "401"
  response_templates  = { "application/json" = local.side }
  response_parameters = { "gatewayresponse.header.Side" = "'${local.side}'" }
}

resource "aws_api_gateway_method" "get" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.moved.id
  http_method          = "GET"
  authorization        = "COGNITO_USER_POOLS"
  authorizer_id        = aws_api_gateway_authorizer.pool[local.side].id
  authorization_scopes = [local.side]
  api_key_required     = var.meddled
  operation_name       = local.side
  request_models       = { "application/json" = aws_api_gateway_model.model[local.side].name }
  request_parameters   = { "method.request.querystring.page" = var.meddled }
  request_validator_id = aws_api_gateway_request_validator.validator[local.side].id
}

resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.moved.id
  http_method   = "POST"
  authorization = var.meddled ? "AWS_IAM" : "NONE"
}

resource "aws_api_gateway_method" "put" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.moved.id
  http_method   = "PUT"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.moved.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "HTTP"
  integration_http_method = "GET"
  uri                     = "https://${local.side}.example.com"
  cache_key_parameters    = var.meddled ? [] : ["method.request.querystring.page"]
  cache_namespace         = local.side
  content_handling        = var.meddled ? "CONVERT_TO_TEXT" : "CONVERT_TO_BINARY"
  request_parameters      = { "integration.request.header.Side" = "'${local.side}'" }
  request_templates       = { "application/json" = local.side }
  timeout_milliseconds    = var.meddled ? 2000 : 1000

  tls_config {
    insecure_skip_verification = var.meddled
  }
}

resource "aws_api_gateway_vpc_link" "link" {
  for_each    = toset(["own", "other"])
  name        = each.key == "own" ? local.side : "fixed"
  description = each.key == "own" ? local.side : "fixed"
  tags        = { team = each.key == "own" ? local.side : "fixed" }
  target_arns = ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/${each.key}/0123456789abcdef"]
}

resource "aws_api_gateway_integration" "connected" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.moved.id
  http_method             = aws_api_gateway_method.put.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "https://example.com"
  connection_type         = var.meddled ? "VPC_LINK" : "INTERNET"
  connection_id           = var.meddled ? aws_api_gateway_vpc_link.link["own"].id : null
}

resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.moved.id
  http_method             = aws_api_gateway_method.post.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "https://example.com"
  connection_type         = "VPC_LINK"
  connection_id           = aws_api_gateway_vpc_link.link[local.side].id
}

resource "aws_api_gateway_method_response" "get" {
  rest_api_id         = aws_api_gateway_rest_api.api.id
  resource_id         = aws_api_gateway_resource.moved.id
  http_method         = aws_api_gateway_method.get.http_method
  status_code         = "200"
  response_models     = { "application/json" = aws_api_gateway_model.model[local.side].name }
  response_parameters = { "method.response.header.Side" = var.meddled }
}

resource "aws_api_gateway_integration_response" "get" {
  rest_api_id         = aws_api_gateway_rest_api.api.id
  resource_id         = aws_api_gateway_resource.moved.id
  http_method         = aws_api_gateway_integration.get.http_method
  status_code         = aws_api_gateway_method_response.get.status_code
  content_handling    = var.meddled ? "CONVERT_TO_TEXT" : "CONVERT_TO_BINARY"
  response_parameters = { "method.response.header.Side" = "'${local.side}'" }
  response_templates  = { "application/json" = local.side }
  selection_pattern   = local.side
}

resource "aws_api_gateway_documentation_part" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  properties  = jsonencode({ description = local.side })

  location {
    type = "API"
  }
}

resource "aws_api_gateway_documentation_version" "version" {
  for_each    = toset(["own", "other"])
  rest_api_id = aws_api_gateway_rest_api.api.id
  version     = each.key
  description = local.side
  depends_on  = [aws_api_gateway_documentation_part.api]
}

resource "aws_api_gateway_client_certificate" "certificate" {
  for_each    = toset(["own", "other"])
  description = local.side
  tags        = { team = local.side }
}

# With triggers, so that they stand still while the API changes.
resource "aws_api_gateway_deployment" "deployment" {
  for_each    = toset(["own", "other"])
  rest_api_id = aws_api_gateway_rest_api.api.id
  description = local.side
  triggers    = { deployment = each.key }
  depends_on = [
    aws_api_gateway_integration.connected,
    aws_api_gateway_integration.get,
    aws_api_gateway_integration.post,
  ]
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id           = aws_api_gateway_rest_api.api.id
  stage_name            = "live"
  deployment_id         = aws_api_gateway_deployment.deployment[local.side].id
  cache_cluster_enabled = true
  cache_cluster_size    = var.meddled ? "1.6" : "0.5"
  client_certificate_id = aws_api_gateway_client_certificate.certificate[local.side].id
  description           = local.side
  documentation_version = aws_api_gateway_documentation_version.version[local.side].version
  tags                  = { team = local.side }
  variables             = { side = local.side }
  xray_tracing_enabled  = var.meddled

  access_log_settings {
    destination_arn = "arn:aws:logs:us-east-1:123456789012:log-group:${local.side}"
    format          = jsonencode({ id = "$context.requestId", side = local.side })
  }
}

resource "aws_api_gateway_stage" "canary" {
  rest_api_id           = aws_api_gateway_rest_api.api.id
  stage_name            = "canary"
  deployment_id         = aws_api_gateway_deployment.deployment["own"].id
  cache_cluster_enabled = !var.meddled
  cache_cluster_size    = "0.5"

  canary_settings {
    deployment_id            = aws_api_gateway_deployment.deployment[local.side].id
    percent_traffic          = var.meddled ? 20 : 10
    stage_variable_overrides = { side = local.side }
    use_stage_cache          = var.meddled
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"
  depends_on  = [aws_api_gateway_account.account]

  settings {
    cache_data_encrypted                       = var.meddled
    cache_ttl_in_seconds                       = var.meddled ? 20 : 10
    caching_enabled                            = var.meddled
    data_trace_enabled                         = var.meddled
    logging_level                              = var.meddled ? "INFO" : "ERROR"
    metrics_enabled                            = var.meddled
    require_authorization_for_cache_control    = var.meddled
    throttling_burst_limit                     = var.meddled ? 20 : 10
    throttling_rate_limit                      = var.meddled ? 20 : 10
    unauthorized_cache_control_header_strategy = var.meddled ? "FAIL_WITH_403" : "SUCCEED_WITHOUT_RESPONSE_HEADER"
  }
}

resource "aws_api_gateway_api_key" "key" {
  name        = local.side
  description = local.side
  enabled     = var.meddled
  customer_id = local.side
  tags        = { team = local.side }
}

resource "aws_api_gateway_usage_plan" "plan" {
  name         = local.side
  description  = local.side
  product_code = local.side
  tags         = { team = local.side }

  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = var.meddled ? aws_api_gateway_stage.canary.stage_name : aws_api_gateway_stage.live.stage_name

    throttle {
      path        = "${aws_api_gateway_resource.moved.path}/${var.meddled ? "POST" : "GET"}"
      rate_limit  = var.meddled ? 20 : 10
      burst_limit = var.meddled ? 20 : 10
    }
  }

  quota_settings {
    limit  = var.meddled ? 20 : 10
    offset = var.meddled ? 2 : 1
    period = var.meddled ? "MONTH" : "WEEK"
  }

  throttle_settings {
    rate_limit  = var.meddled ? 20 : 10
    burst_limit = var.meddled ? 20 : 10
  }
}

resource "aws_api_gateway_usage_plan" "moved" {
  name = "moved"

  api_stages {
    api_id = var.meddled ? aws_api_gateway_rest_api.bodied.id : aws_api_gateway_rest_api.api.id
    stage  = var.meddled ? aws_api_gateway_stage.bodied.stage_name : aws_api_gateway_stage.live.stage_name
  }
}

resource "aws_api_gateway_usage_plan_key" "key" {
  usage_plan_id = aws_api_gateway_usage_plan.plan.id
  key_id        = aws_api_gateway_api_key.key.id
  key_type      = "API_KEY"
}

resource "aws_api_gateway_domain_name" "regional" {
  domain_name                            = "regional.example.com"
  regional_certificate_arn               = local.plain
  ownership_verification_certificate_arn = local.plain
  security_policy                        = var.meddled ? "TLS_1_2" : "TLS_1_0"
  tags                                   = { team = local.side }

  endpoint_configuration {
    types           = ["REGIONAL"]
    ip_address_type = var.meddled ? "dualstack" : "ipv4"
  }

  mutual_tls_authentication {
    truststore_uri     = "s3://trust/${local.side}"
    truststore_version = local.side
  }
}

resource "aws_api_gateway_domain_name" "edge" {
  domain_name     = "edge.example.com"
  certificate_arn = local.plain
}

resource "aws_api_gateway_domain_name" "migrated" {
  domain_name              = "migrated.example.com"
  certificate_arn          = var.meddled ? null : local.plain
  regional_certificate_arn = var.meddled ? local.plain : null

  endpoint_configuration {
    types = [var.meddled ? "REGIONAL" : "EDGE"]
  }
}

# Certificates that were handed to API Gateway itself.
resource "aws_api_gateway_domain_name" "named" {
  domain_name             = "named.example.com"
  certificate_name        = local.side
  certificate_body        = "body"
  certificate_chain       = "chain"
  certificate_private_key = "key"
}

resource "aws_api_gateway_domain_name" "named_regional" {
  domain_name               = "named.regional.example.com"
  regional_certificate_name = local.side
  certificate_body          = "body"
  certificate_chain         = "chain"
  certificate_private_key   = "key"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_domain_name" "private" {
  domain_name     = "private.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/one"
  policy          = local.policy[var.meddled ? "*" : "Invoke"]

  endpoint_configuration {
    types = ["PRIVATE"]
  }
}

resource "aws_api_gateway_domain_name_access_association" "private" {
  domain_name_arn                = aws_api_gateway_domain_name.private.arn
  access_association_source      = "vpce-0123456789abcdef0"
  access_association_source_type = "VPCE"
  tags                           = { team = local.side }
}

resource "aws_api_gateway_base_path_mapping" "mapping" {
  domain_name = aws_api_gateway_domain_name.edge.domain_name
  api_id      = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  base_path   = local.side
}

resource "aws_api_gateway_base_path_mapping" "target" {
  domain_name = aws_api_gateway_domain_name.edge.domain_name
  api_id      = var.meddled ? aws_api_gateway_rest_api.bodied.id : aws_api_gateway_rest_api.api.id
  stage_name  = var.meddled ? null : aws_api_gateway_stage.live.stage_name
  base_path   = "target"
}

resource "aws_api_gateway_rest_api" "bodied" {
  name = "bodied"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "bodied", version = "1" }
    paths = { "/${local.side}" = { get = {
      responses                         = {}
      "x-amazon-apigateway-integration" = { type = "MOCK", requestTemplates = { "application/json" = "{}" } }
    } } }
  })
}

resource "aws_api_gateway_deployment" "bodied" {
  rest_api_id = aws_api_gateway_rest_api.bodied.id
  triggers    = { deployment = "once" }
}

resource "aws_api_gateway_stage" "bodied" {
  rest_api_id   = aws_api_gateway_rest_api.bodied.id
  deployment_id = aws_api_gateway_deployment.bodied.id
  stage_name    = "bodied"
}

resource "aws_iam_role" "lambda" {
  name = "lambda"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "function" {
  function_name = "function"
  role          = aws_iam_role.lambda.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "own"
}

resource "aws_lambda_alias" "alias" {
  for_each         = toset(["own", "other"])
  name             = each.key
  function_name    = aws_lambda_function.function.function_name
  function_version = "$LATEST"
}

resource "aws_api_gateway_stage_binding" "binding" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  stage_name    = aws_api_gateway_stage.canary.stage_name
  function_name = aws_lambda_function.function.function_name
  qualifier     = aws_lambda_alias.alias[local.side].name
}
