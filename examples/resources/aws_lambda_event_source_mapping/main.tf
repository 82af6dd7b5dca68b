# Hands messages of a queue to the function, up to ten at a time.
resource "aws_iam_role" "hello" {
  name = "hello"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "queue" {
  role       = aws_iam_role.hello.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
}

resource "aws_lambda_function" "hello" {
  function_name = "hello"
  role          = aws_iam_role.hello.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "../src"
}

resource "aws_lambda_event_source_mapping" "orders" {
  function_name    = aws_lambda_function.hello.function_name
  event_source_arn = "arn:aws:sqs:us-east-1:123456789012:orders"
  batch_size       = 10
  depends_on       = [aws_iam_role_policy_attachment.queue]
}
