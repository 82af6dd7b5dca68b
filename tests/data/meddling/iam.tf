variable "meddled" {
  type    = bool
  default = false
}

locals {
  trust = { for service in ["ec2", "lambda"] : service => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "${service}.amazonaws.com" } }]
  }) }
  policy = { for action in ["Get", "Put"] : action => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "s3:${action}Object", Effect = "Allow", Resource = "*" }]
  }) }
}

resource "aws_iam_policy" "one" {
  name   = "one"
  policy = local.policy[var.meddled ? "Put" : "Get"]
  tags   = { team = var.meddled ? "other" : "own" }
}

resource "aws_iam_policy" "two" {
  name   = "two"
  policy = local.policy.Get
}

resource "aws_iam_role" "one" {
  name                 = "one"
  assume_role_policy   = local.trust[var.meddled ? "ec2" : "lambda"]
  description          = var.meddled ? "other" : "own"
  max_session_duration = var.meddled ? 7200 : 3600
  permissions_boundary = var.meddled ? aws_iam_policy.two.arn : aws_iam_policy.one.arn
  tags                 = { team = var.meddled ? "other" : "own" }
}

resource "aws_iam_role" "whole" {
  name                = "whole"
  assume_role_policy  = local.trust.lambda
  managed_policy_arns = [var.meddled ? aws_iam_policy.two.arn : aws_iam_policy.one.arn]

  inline_policy {
    name   = var.meddled ? "other" : "own"
    policy = local.policy[var.meddled ? "Put" : "Get"]
  }
}

resource "aws_iam_role_policy" "one" {
  name   = "one"
  role   = aws_iam_role.one.name
  policy = local.policy[var.meddled ? "Put" : "Get"]
}

resource "aws_iam_role_policy_attachment" "one" {
  role       = aws_iam_role.one.name
  policy_arn = aws_iam_policy.two.arn
}

resource "aws_cloudwatch_log_group" "one" {
  name              = "one"
  retention_in_days = var.meddled ? 30 : 7
  kms_key_id        = "arn:aws:kms:us-east-1:123456789012:key/${var.meddled ? "other" : "own"}"
  tags              = { team = var.meddled ? "other" : "own" }
}
