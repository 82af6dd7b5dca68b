# Freezes the documentation as version 1.
resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

resource "aws_api_gateway_documentation_part" "shop" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  properties  = jsonencode({ description = "Orders and items" })

  location {
    type = "API"
  }
}

resource "aws_api_gateway_documentation_version" "first" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  version     = "1"
  description = "As of the first release"
  depends_on  = [aws_api_gateway_documentation_part.shop]
}
