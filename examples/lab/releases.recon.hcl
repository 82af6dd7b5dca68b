# Releases: published versions, the aliases that point at them, and the stages bound to the aliases.

variable "releases" {
  description = "Names of the versions to keep published, oldest first. A new name publishes the code as it then is."
  type        = list(string)
  default     = ["first"]
}

variable "prod" {
  description = "The release that the alias prod points at."
  type        = string
  default     = "first"
}

variable "canary" {
  description = "Another release that gets a share of prod's calls, from 0 to 1."
  type        = object({ release = string, weight = number })
  default     = null
}

resource "aws_lambda_version" "release" {
  for_each      = toset(var.releases)
  function_name = aws_lambda_function.items.function_name
  description   = each.key
}

# dev follows the code as it is, prod a release.
resource "aws_lambda_alias" "dev" {
  name             = "dev"
  function_name    = aws_lambda_function.items.function_name
  function_version = "$LATEST"
}

resource "aws_lambda_alias" "prod" {
  name             = "prod"
  function_name    = aws_lambda_function.items.function_name
  function_version = aws_lambda_version.release[var.prod].version

  dynamic "routing_config" {
    for_each = var.canary[*]
    content {
      additional_version_weights = {
        (aws_lambda_version.release[routing_config.value.release].version) = routing_config.value.weight
      }
    }
  }
}

# Without triggers: redeployed exactly when what it froze has changed.
resource "aws_api_gateway_deployment" "items" {
  rest_api_id = aws_api_gateway_rest_api.items.id
}

resource "aws_api_gateway_stage" "stage" {
  for_each      = toset(["dev", "prod"])
  rest_api_id   = aws_api_gateway_rest_api.items.id
  deployment_id = aws_api_gateway_deployment.items.id
  stage_name    = each.key

  cache_cluster_enabled = each.key == "prod"
  cache_cluster_size    = each.key == "prod" ? "0.5" : null
}

# The stage variable, and the stage's permission to call the alias: one block, kept in step.
resource "aws_api_gateway_stage_binding" "stage" {
  for_each      = { dev = aws_lambda_alias.dev.name, prod = aws_lambda_alias.prod.name }
  rest_api_id   = aws_api_gateway_rest_api.items.id
  stage_name    = aws_api_gateway_stage.stage[each.key].stage_name
  function_name = aws_lambda_function.items.function_name
  qualifier     = each.value
}
