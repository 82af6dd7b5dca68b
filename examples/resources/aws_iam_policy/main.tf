# A policy that several roles can share.
resource "aws_iam_policy" "read_orders" {
  name        = "read-orders"
  description = "Reads orders"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:Query"], Resource = "*" }]
  })
}
