provider "aws" { region = "us-east-1" }

resource "aws_iam_role" "items" {
  name = "items"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_layer_version" "tools" {
  layer_name          = "tools"
  filename            = "items.zip"
  compatible_runtimes = ["nodejs20.x"]
}

resource "aws_lambda_code_signing_config" "trusted" {
  allowed_publishers {
    signing_profile_version_arns = ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/0123456789"]
  }
}

resource "aws_cloudwatch_log_group" "made" {
  for_each          = toset(["/aws/lambda/ItemsFunction", "/aws/lambda/gone", "access", "reports"])
  name              = each.key
  retention_in_days = 14
}

resource "aws_lambda_function" "items" {
  function_name           = "ItemsFunction"
  role                    = aws_iam_role.items.arn
  runtime                 = "nodejs20.x"
  handler                 = "index.handler"
  filename                = "items.zip"
  layers                  = [aws_lambda_layer_version.tools.arn]
  code_signing_config_arn = aws_lambda_code_signing_config.trusted.arn
}

resource "aws_lambda_function" "reports" {
  function_name = "reports"
  role          = aws_iam_role.items.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "items.zip"
  layers        = [aws_lambda_layer_version.tools.arn]

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.made["reports"].name
  }
}

# It never ran, so there is no log group.
resource "aws_lambda_function" "idle" {
  function_name = "idle"
  role          = aws_iam_role.items.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "items.zip"
}

resource "aws_api_gateway_rest_api" "items" { name = "items" }

resource "aws_api_gateway_method" "root" {
  rest_api_id   = aws_api_gateway_rest_api.items.id
  resource_id   = aws_api_gateway_rest_api.items.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "root" {
  rest_api_id             = aws_api_gateway_rest_api.items.id
  resource_id             = aws_api_gateway_rest_api.items.root_resource_id
  http_method             = aws_api_gateway_method.root.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.items.invoke_arn
}

resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.items.id
  resource_id   = aws_api_gateway_rest_api.items.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.items.id
  resource_id             = aws_api_gateway_rest_api.items.root_resource_id
  http_method             = aws_api_gateway_method.post.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.items.invoke_arn

  request_templates = {
    "application/json" = "#set($body = $input.json('$'))\n{\n  \"body\": $body\n}"
    "text/plain"       = "## $${nothing}\n\n$input.path('$')\n"
  }
}

resource "aws_api_gateway_deployment" "items" {
  rest_api_id = aws_api_gateway_rest_api.items.id
  depends_on  = [aws_api_gateway_integration.root, aws_api_gateway_integration.post]
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.items.id
  deployment_id = aws_api_gateway_deployment.items.id
  stage_name    = "live"

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.made["access"].arn
    format          = "$context.requestId"
  }
}
