# Lets another account use one version of a layer.
resource "aws_lambda_layer_version" "shared" {
  layer_name          = "shared"
  filename            = "../src"
  compatible_runtimes = ["nodejs22.x"]
}

resource "aws_lambda_layer_version_permission" "partner" {
  layer_name     = aws_lambda_layer_version.shared.layer_name
  version_number = aws_lambda_layer_version.shared.version
  statement_id   = "partner"
  action         = "lambda:GetLayerVersion"
  principal      = "210987654321"
}
