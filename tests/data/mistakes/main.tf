variable "stage" {
  type    = string
  default = ["dev"]                                        # 1: a list is no string
}

variable "stage" {                                         # 2: declared twice
  type = string
}

variable "size" {
  tpye = number                                            # 3: no such argument
}

locals {
  first  = local.second                                    # 4: a circle
  second = local.first
  wrong  = upper("a", "b")                                 # 5: too many arguments
  absent = var.nowhere                                     # 6: not declared
}

resource "aws_lambda_function" "items" {
  function_name = "Items"
  role          = "arn:aws:iam::123456789012:role/r"
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = file("missing.zip")                      # 7: no such file
  memorysize    = 128                                      # 8: misspelt
  timeout       = "soon"                                   # 9: not a number
}

resource "aws_lambda_alias" "prod" {                       # 10: function_version is missing
  name          = "prod"
  function_name = aws_lambda_function.itens.function_name  # 11: not declared
}

resource "aws_lambda_function" "items" {                   # 12: declared twice
  function_name = "Other"
  role          = "arn:aws:iam::123456789012:role/r"
}

resource "aws_instance" "server" {                         # 13: not a type of recon
  ami = "ami-1"
}

resource "aws_lambda_alias" "seven" {
  name             = "7"                                   # 14: digits are versions
  function_name    = "Items"
  function_version = "1"
}

resource "aws_lambda_alias" "weighted" {
  name             = "weighted"
  function_name    = "Items"
  function_version = "1"
  routing_config {
    additional_version_weights = { "2" = 1.5 }             # 15: more than all
  }
}

resource "terraform_data" "counted" {
  count = -1                                               # 16: fewer than none
}

resource "terraform_data" "each" {
  for_each = ["a", "b"]                                    # 17: a list
}

output "broken" {
  value = no_such_function(1)                              # 18: no such function
}

resource "aws_iam_role" "role" {
  name               = "role"
  assume_role_policy = "{not json"                         # 19: not JSON
}

data "aws_regoin" "here" {}                                # 20: misspelt
