# An API of one region.
resource "aws_api_gateway_rest_api" "shop" {
  name        = "shop"
  description = "Orders and items"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}
