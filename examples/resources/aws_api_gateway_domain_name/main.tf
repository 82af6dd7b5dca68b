# A name of our own, with a certificate of this region.
resource "aws_api_gateway_domain_name" "shop" {
  domain_name              = "api.shop.example.com"
  regional_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0f3e5b5e-7d0a-4c5b-9d39-2f0a4b1c6d7e"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}
