# The function's log, kept for a month. Declared before the function runs, so that Lambda does not make one that is kept for ever.
resource "aws_cloudwatch_log_group" "hello" {
  name              = "/aws/lambda/hello"
  retention_in_days = 30
}
