# A key for a partner. AWS makes up its value.
resource "aws_api_gateway_api_key" "partner" {
  name        = "partner"
  description = "The partner's shop"
}
