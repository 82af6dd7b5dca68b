variable "meddled" {
  type    = bool
  default = false
}

variable "release" {
  type    = number
  default = 2
}

locals {
  arn   = "arn:aws:%s:us-east-1:123456789012:%s"
  side  = var.meddled ? "other" : "own"
  queue = format(local.arn, "sqs", local.side)
  key   = format(local.arn, "kms", "key/${local.side}")
}

resource "aws_iam_role" "lambda" {
  for_each = toset(["own", "other"])
  name     = each.key
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_layer_version" "layer" {
  for_each   = toset(["own", "other"])
  layer_name = each.key
  filename   = "own"
}

resource "aws_lambda_layer_version_permission" "all" {
  layer_name     = aws_lambda_layer_version.layer["own"].layer_name
  version_number = aws_lambda_layer_version.layer["own"].version
  statement_id   = "all"
  action         = "lambda:GetLayerVersion"
  principal      = "*"
}

resource "aws_lambda_code_signing_config" "code" {
  for_each    = toset(["own", "other"])
  description = each.key == "own" ? local.side : "fixed"
  tags        = { team = each.key == "own" ? local.side : "fixed" }

  allowed_publishers {
    signing_profile_version_arns = [format(local.arn, "signer", "/signing-profiles/${each.key == "own" ? local.side : "fixed"}/Ab12Cd34Ef")]
  }

  policies {
    untrusted_artifact_on_deployment = var.meddled && each.key == "own" ? "Enforce" : "Warn"
  }
}

resource "aws_lambda_function" "zip" {
  function_name                  = "zip"
  role                           = aws_iam_role.lambda[local.side].arn
  runtime                        = var.meddled ? "java21" : "java17"
  handler                        = "${local.side}.handler"
  filename                       = local.side
  architectures                  = [var.meddled ? "arm64" : "x86_64"]
  code_signing_config_arn        = aws_lambda_code_signing_config.code[local.side].arn
  description                    = local.side
  kms_key_arn                    = local.key
  layers                         = [aws_lambda_layer_version.layer[local.side].arn]
  memory_size                    = var.meddled ? 512 : 256
  reserved_concurrent_executions = var.meddled ? 5 : 4
  timeout                        = var.meddled ? 20 : 10
  tags                           = { team = local.side }

  dead_letter_config {
    target_arn = local.queue
  }

  environment {
    variables = { SIDE = local.side }
  }

  ephemeral_storage {
    size = var.meddled ? 2048 : 1024
  }

  file_system_config {
    arn              = format(local.arn, "elasticfilesystem", "access-point/fsap-0123456789abcdef${var.meddled ? 1 : 0}")
    local_mount_path = "/mnt/${local.side}"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = "/${local.side}"
    application_log_level = var.meddled ? "WARN" : "INFO"
    system_log_level      = var.meddled ? "WARN" : "INFO"
  }

  snap_start {
    apply_on = var.meddled ? "None" : "PublishedVersions"
  }

  tracing_config {
    mode = var.meddled ? "Active" : "PassThrough"
  }

  vpc_config {
    subnet_ids                  = ["subnet-${local.side}"]
    security_group_ids          = ["sg-${local.side}"]
    ipv6_allowed_for_dual_stack = var.meddled
  }
}

# Whoever writes text logs gave up the levels.
resource "aws_lambda_function" "format" {
  function_name = "format"
  role          = aws_iam_role.lambda["own"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "own"

  logging_config {
    log_format = var.meddled ? "JSON" : "Text"
  }
}

resource "aws_lambda_function" "image" {
  function_name = "image"
  role          = aws_iam_role.lambda["own"].arn
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:${local.side}"

  image_config {
    command           = [local.side]
    entry_point       = ["/${local.side}"]
    working_directory = "/${local.side}"
  }
}

# Two applies, of release 1 and then 2, leave two versions.
resource "aws_lambda_function" "released" {
  function_name = "released"
  role          = aws_iam_role.lambda["own"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "own"
  description   = "release ${var.release}"
  publish       = true
}

resource "aws_lambda_version" "rolling" {
  function_name     = aws_lambda_function.format.function_name
  publish_on_change = true
}

resource "aws_lambda_alias" "moved" {
  name             = "moved"
  function_name    = aws_lambda_function.released.function_name
  function_version = var.meddled ? "2" : "1"
  description      = local.side
}

resource "aws_lambda_alias" "weighted" {
  name             = "weighted"
  function_name    = aws_lambda_function.released.function_name
  function_version = "1"

  dynamic "routing_config" {
    for_each = var.release > 1 ? [var.meddled ? 0.2 : 0.1] : []

    content {
      additional_version_weights = { "2" = routing_config.value }
    }
  }
}

resource "aws_lambda_permission" "queue" {
  statement_id  = "queue"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.zip.function_name
  principal     = "s3.amazonaws.com"
}

resource "aws_lambda_function_event_invoke_config" "zip" {
  function_name                = aws_lambda_function.zip.function_name
  maximum_event_age_in_seconds = var.meddled ? 120 : 60
  maximum_retry_attempts       = var.meddled ? 1 : 0

  destination_config {
    on_failure {
      destination = local.queue
    }

    on_success {
      destination = local.queue
    }
  }
}

resource "aws_lambda_function_url" "zip" {
  function_name      = aws_lambda_function.zip.function_name
  authorization_type = var.meddled ? "NONE" : "AWS_IAM"
  invoke_mode        = var.meddled ? "RESPONSE_STREAM" : "BUFFERED"

  cors {
    allow_credentials = !var.meddled
    allow_headers     = ["x-${local.side}"]
    allow_methods     = [var.meddled ? "PUT" : "GET"]
    allow_origins     = ["https://${local.side}.example.com"]
    expose_headers    = ["x-${local.side}"]
    max_age           = var.meddled ? 20 : 10
  }
}

resource "aws_lambda_function_recursion_config" "zip" {
  function_name  = aws_lambda_function.zip.function_name
  recursive_loop = var.meddled ? "Terminate" : "Allow"
}

resource "aws_lambda_provisioned_concurrency_config" "weighted" {
  function_name                     = aws_lambda_function.released.function_name
  qualifier                         = aws_lambda_alias.moved.name
  provisioned_concurrent_executions = var.meddled ? 2 : 1
}

resource "aws_lambda_runtime_management_config" "zip" {
  function_name       = aws_lambda_function.zip.function_name
  update_runtime_on   = "Manual"
  runtime_version_arn = "arn:aws:lambda:us-east-1::runtime:${var.meddled ? "1" : "0"}234567890abcdef"
}

resource "aws_lambda_runtime_management_config" "format" {
  function_name     = aws_lambda_function.format.function_name
  update_runtime_on = var.meddled ? "FunctionUpdate" : "Auto"
}

resource "aws_lambda_event_source_mapping" "stream" {
  function_name                      = aws_lambda_function.zip.function_name
  event_source_arn                   = format(local.arn, "kinesis", "stream/one")
  starting_position                  = "LATEST"
  batch_size                         = var.meddled ? 200 : 100
  bisect_batch_on_function_error     = var.meddled
  enabled                            = !var.meddled
  function_response_types            = var.meddled ? [] : ["ReportBatchItemFailures"]
  kms_key_arn                        = local.key
  maximum_batching_window_in_seconds = var.meddled ? 2 : 1
  maximum_record_age_in_seconds      = var.meddled ? 120 : 60
  maximum_retry_attempts             = var.meddled ? 2 : 1
  parallelization_factor             = var.meddled ? 3 : 2
  tumbling_window_in_seconds         = var.meddled ? 20 : 10
  tags                               = { team = local.side }

  destination_config {
    on_failure {
      destination_arn = local.queue
    }
  }

  filter_criteria {
    filter {
      pattern = jsonencode({ side = [local.side] })
    }
  }

  dynamic "metrics_config" {
    for_each = var.meddled ? [] : ["EventCount"]

    content {
      metrics = [metrics_config.value]
    }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  function_name    = var.meddled ? aws_lambda_function.format.function_name : aws_lambda_function.zip.function_name
  event_source_arn = format(local.arn, "sqs", "source")

  scaling_config {
    maximum_concurrency = var.meddled ? 4 : 2
  }
}

resource "aws_lambda_event_source_mapping" "documents" {
  function_name     = aws_lambda_function.zip.function_name
  event_source_arn  = format(local.arn, "rds", "cluster:documents")
  starting_position = "LATEST"

  document_db_event_source_config {
    database_name   = local.side
    collection_name = local.side
    full_document   = var.meddled ? "UpdateLookup" : "Default"
  }

  source_access_configuration {
    type = "BASIC_AUTH"
    uri  = format(local.arn, "secretsmanager", "secret:${local.side}")
  }
}

resource "aws_lambda_event_source_mapping" "brokers" {
  function_name     = aws_lambda_function.zip.function_name
  topics            = ["orders"]
  starting_position = "LATEST"

  self_managed_event_source {
    endpoints = { KAFKA_BOOTSTRAP_SERVERS = "a.example.com:9092" }
  }

  provisioned_poller_config {
    minimum_pollers = var.meddled ? 2 : 1
    maximum_pollers = var.meddled ? 20 : 10
  }

  source_access_configuration {
    type = "VPC_SUBNET"
    uri  = "subnet:subnet-one"
  }

  source_access_configuration {
    type = var.meddled ? "SASL_SCRAM_256_AUTH" : "SASL_SCRAM_512_AUTH"
    uri  = format(local.arn, "secretsmanager", "secret:one")
  }
}
