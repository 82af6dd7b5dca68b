
resource "aws_iam_role" "f" {
  name = "f"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.f.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "items.zip"
}

resource "aws_lambda_alias" "f" {
  for_each         = toset(["live", "next"])
  name             = each.key
  function_name    = aws_lambda_function.f.function_name
  function_version = "$LATEST"
}

resource "aws_api_gateway_stage_binding" "f" {
  for_each      = aws_api_gateway_stage.stage
  rest_api_id   = aws_api_gateway_rest_api.a.id
  stage_name    = each.value.stage_name
  function_name = aws_lambda_function.f.function_name
  qualifier     = aws_lambda_alias.f["ALIAS"].name
}
