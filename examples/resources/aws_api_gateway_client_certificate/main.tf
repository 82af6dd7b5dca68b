# With this certificate API Gateway shows a backend who it is.
resource "aws_api_gateway_client_certificate" "backend" {
  description = "Shown to the orders backend"
}
