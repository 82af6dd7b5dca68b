# A function whose code is a folder; it is packed the same way every time.
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
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "../src"
  memory_size   = 256
  timeout       = 10

  environment {
    variables = { TABLE = "orders" }
  }
}
