# Code that several functions share. A change publishes a new version in place of the old one.
resource "aws_lambda_layer_version" "shared" {
  layer_name          = "shared"
  filename            = "../src"
  compatible_runtimes = ["nodejs22.x"]
}
