# A way from API Gateway to a load balancer inside of a VPC.
resource "aws_api_gateway_vpc_link" "orders" {
  name        = "orders"
  target_arns = ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/orders/0123456789abcdef"]
}
