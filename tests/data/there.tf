# What documented examples that only read expect to find.

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "there" {
  for_each = toset(["UsersManageOwnCredentials", "test_policy"])
  name     = each.key
  policy   = data.aws_iam_policy_document.logs.json
}

resource "aws_iam_role" "there" {
  name = "an_example_role_name"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "there" {
  for_each      = toset(["my-lambda-func", "mylambda", "MyDemoFunction"])
  function_name = each.key
  role          = aws_iam_role.there.arn
  filename      = "items.zip"
  handler       = "items.handler"
  runtime       = "python3.12"
}

resource "aws_lambda_alias" "there" {
  name             = "production"
  function_name    = aws_lambda_function.there["my-lambda-func"].function_name
  function_version = "$LATEST"
}

resource "aws_lambda_function_url" "there" {
  function_name      = aws_lambda_function.there["mylambda"].function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_layer_version" "there" {
  layer_name = "mylayer"
  filename   = "items.zip"
}

resource "aws_api_gateway_rest_api" "there" {
  name = "my-rest-api"
}

resource "aws_api_gateway_resource" "endpoint" {
  rest_api_id = aws_api_gateway_rest_api.there.id
  parent_id   = aws_api_gateway_rest_api.there.root_resource_id
  path_part   = "endpoint"
}

resource "aws_api_gateway_resource" "path" {
  rest_api_id = aws_api_gateway_rest_api.there.id
  parent_id   = aws_api_gateway_resource.endpoint.id
  path_part   = "path"
}

resource "aws_api_gateway_domain_name" "there" {
  domain_name     = "api.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0d1f"
}
