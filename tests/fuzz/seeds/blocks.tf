terraform {
  required_version = ">= 1.5, < 2.0"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

variable "shape" {
  type      = object({ a = string, b = optional(number, 5), c = optional(map(list(any))) })
  nullable  = false
  sensitive = true
  default   = { a = "x" }
  validation {
    condition     = length(var.shape.a) > 0
    error_message = "The shape ${var.shape.a} is empty."
  }
}

locals {
  text = <<-EOT
    ${var.shape.a ~}
      indented %{ for k, v in { a = 1 } ~} ${k}=${v} %{ endfor ~}
    EOT
  list = [for i, x in ["a", "b"] : upper(x) if i > 0]
  map  = { for k, v in local.list : v => k... }
}

resource "terraform_data" "one" {
  for_each = toset(["a", "b"])
  input    = each.value /* a comment */
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.two[0].id]
    ignore_changes        = [input]
    precondition {
      condition     = each.key != ""
      error_message = "An empty key."
    }
  }
}

resource "terraform_data" "two" {
  count      = 2
  input      = count.index # the index
  depends_on = [terraform_data.one]
  dynamic "nested" {
    for_each = local.map
    iterator = it
    content {
      name = it.key
    }
  }
}

data "aws_caller_identity" "me" {}

module "child" {
  source    = "./child"
  providers = { aws = aws.other }
}

provider "aws" {
  alias  = "other"
  region = "eu-central-1"
}

moved {
  from = terraform_data.old
  to   = terraform_data.one["a"]
}

removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}

import {
  for_each = { a = "1" }
  to       = terraform_data.one[each.key]
  id       = each.value
}

check "health" {
  assert {
    condition     = terraform_data.two[*].id != []
    error_message = "None."
  }
}

output "all" {
  value     = terraform_data.two[*].output
  sensitive = true
}
