# One function behind one alias: the least there is to release.

resource "aws_iam_role" "hello" {
  name = "hello"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "hello" {
  function_name = "hello"
  role          = aws_iam_role.hello.arn
  runtime       = "python3.13"
  handler       = "index.handler"
  filename      = "src"
}

# Every change of the function publishes the next version; the newest three are kept.
resource "aws_lambda_version" "hello" {
  function_name     = aws_lambda_function.hello.function_name
  publish_on_change = true
  retain            = 3
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.hello.function_name
  function_version = aws_lambda_version.hello.version
}
