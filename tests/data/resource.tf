
resource "aws_api_gateway_resource" "rNUMBER" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = aws_api_gateway_rest_api.a.root_resource_id
  path_part   = "rNUMBER"
}
resource "aws_api_gateway_method" "rNUMBER" {
  for_each      = local.verbs
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_resource.rNUMBER.id
  http_method   = each.key
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "rNUMBER" {
  for_each    = local.verbs
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_resource.rNUMBER.id
  http_method = aws_api_gateway_method.rNUMBER[each.key].http_method
  type        = "MOCK"
}
resource "aws_api_gateway_method_response" "rNUMBER" {
  for_each    = local.verbs
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_resource.rNUMBER.id
  http_method = aws_api_gateway_method.rNUMBER[each.key].http_method
  status_code = "200"
}
resource "aws_api_gateway_integration_response" "rNUMBER" {
  for_each    = local.verbs
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_resource.rNUMBER.id
  http_method = aws_api_gateway_integration.rNUMBER[each.key].http_method
  status_code = aws_api_gateway_method_response.rNUMBER[each.key].status_code
}
