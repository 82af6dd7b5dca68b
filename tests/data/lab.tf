
resource "aws_iam_role" "labNUMBER" {
  name               = "items-NUMBER"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_lambda_function" "labNUMBER" {
  function_name    = "items-NUMBER"
  role             = aws_iam_role.labNUMBER.arn
  runtime          = "nodejs20.x"
  handler          = "index.handler"
  filename         = "items.zip"
  source_code_hash = filebase64sha256("items.zip")
  publish          = true
}
resource "aws_lambda_alias" "devNUMBER" {
  name             = "dev"
  function_name    = aws_lambda_function.labNUMBER.function_name
  function_version = "$LATEST"
}
resource "aws_lambda_alias" "prodNUMBER" {
  name             = "prod"
  function_name    = aws_lambda_function.labNUMBER.function_name
  function_version = aws_lambda_function.labNUMBER.version
}
resource "aws_lambda_permission" "labNUMBER" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.labNUMBER.function_name
  qualifier     = aws_lambda_alias.prodNUMBER.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.labNUMBER.execution_arn}/*/*"
}
resource "aws_api_gateway_rest_api" "labNUMBER" {
  name = "items-NUMBER"
}
resource "aws_api_gateway_resource" "labNUMBER" {
  rest_api_id = aws_api_gateway_rest_api.labNUMBER.id
  parent_id   = aws_api_gateway_rest_api.labNUMBER.root_resource_id
  path_part   = "items"
}
resource "aws_api_gateway_method" "labNUMBER" {
  rest_api_id   = aws_api_gateway_rest_api.labNUMBER.id
  resource_id   = aws_api_gateway_resource.labNUMBER.id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "labNUMBER" {
  rest_api_id             = aws_api_gateway_rest_api.labNUMBER.id
  resource_id             = aws_api_gateway_resource.labNUMBER.id
  http_method             = aws_api_gateway_method.labNUMBER.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_alias.prodNUMBER.invoke_arn
}
resource "aws_api_gateway_deployment" "labNUMBER" {
  rest_api_id = aws_api_gateway_rest_api.labNUMBER.id
  triggers    = { once = "1" }
  depends_on  = [aws_api_gateway_integration.labNUMBER]
}
resource "aws_api_gateway_stage" "devNUMBER" {
  rest_api_id   = aws_api_gateway_rest_api.labNUMBER.id
  deployment_id = aws_api_gateway_deployment.labNUMBER.id
  stage_name    = "dev"
}
resource "aws_api_gateway_stage" "prodNUMBER" {
  rest_api_id   = aws_api_gateway_rest_api.labNUMBER.id
  deployment_id = aws_api_gateway_deployment.labNUMBER.id
  stage_name    = "prod"
}
