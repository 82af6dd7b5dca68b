# Lets one VPC endpoint reach a private domain name.
resource "aws_api_gateway_domain_name" "internal" {
  domain_name     = "orders.internal.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0f3e5b5e-7d0a-4c5b-9d39-2f0a4b1c6d7e"

  endpoint_configuration {
    types = ["PRIVATE"]
  }
}

resource "aws_api_gateway_domain_name_access_association" "office" {
  domain_name_arn                = aws_api_gateway_domain_name.internal.arn
  access_association_source      = "vpce-0123456789abcdef0"
  access_association_source_type = "VPCE"
}
