# Puts an OpenAPI document into an API.
resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

resource "aws_api_gateway_rest_api_put" "shop" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "shop", version = "1" }
    paths = {
      "/orders" = {
        get = {
          responses                         = { "200" = { description = "The orders" } }
          "x-amazon-apigateway-integration" = { type = "http_proxy", httpMethod = "GET", uri = "https://orders.example.com" }
        }
      }
    }
  })
}
