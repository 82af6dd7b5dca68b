# What an order looks like.
resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

resource "aws_api_gateway_model" "order" {
  rest_api_id  = aws_api_gateway_rest_api.shop.id
  name         = "Order"
  content_type = "application/json"
  schema = jsonencode({
    type       = "object"
    required   = ["item"]
    properties = { item = { type = "string" }, count = { type = "integer" } }
  })
}
