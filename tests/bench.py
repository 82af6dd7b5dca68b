#!/usr/bin/env python3
"""Prints wall time, CPU time, peak memory and API calls of recon over its sandbox, and of Terraform where it is installed.

    make bench                       1 to 1,000 labs, 10,000 and 100,000 instances of terraform_data, 1,000 modules of 10
    tests/bench.py --labs 1,1000     other sizes
    tests/bench.py --terraform DIR   Terraform too, with its AWS provider in the plugin folder DIR

Needs Python's standard library only. Each figure is one run; run it again for the spread.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

RECON = os.environ.get("RECON", "target/release/recon")

LAB = '''
resource "aws_iam_role" "lambda{n}" {{
  name = "role-{n}"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Action = "sts:AssumeRole", Effect = "Allow", Principal = {{ Service = "lambda.amazonaws.com" }} }}]
  }})
}}
resource "aws_lambda_function" "items{n}" {{
  function_name    = "Items{n}"
  role             = aws_iam_role.lambda{n}.arn
  runtime          = "nodejs20.x"
  handler          = "index.handler"
  filename         = "items.zip"
  source_code_hash = filebase64sha256("items.zip")
  publish          = true
}}
resource "aws_lambda_alias" "dev{n}" {{
  name             = "dev"
  function_name    = aws_lambda_function.items{n}.function_name
  function_version = "$LATEST"
}}
resource "aws_lambda_alias" "prod{n}" {{
  name             = "prod"
  function_name    = aws_lambda_function.items{n}.function_name
  function_version = aws_lambda_function.items{n}.version
}}
resource "aws_lambda_permission" "api{n}" {{
  for_each      = {{ dev = aws_lambda_alias.dev{n}.name, prod = aws_lambda_alias.prod{n}.name }}
  statement_id  = "AllowApi-${{each.key}}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.items{n}.function_name
  qualifier     = each.value
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${{aws_api_gateway_rest_api.api{n}.execution_arn}}/*/GET/items"
}}
resource "aws_api_gateway_rest_api" "api{n}" {{
  name = "items-{n}"
}}
resource "aws_api_gateway_resource" "items{n}" {{
  rest_api_id = aws_api_gateway_rest_api.api{n}.id
  parent_id   = aws_api_gateway_rest_api.api{n}.root_resource_id
  path_part   = "items"
}}
resource "aws_api_gateway_method" "get{n}" {{
  rest_api_id   = aws_api_gateway_rest_api.api{n}.id
  resource_id   = aws_api_gateway_resource.items{n}.id
  http_method   = "GET"
  authorization = "NONE"
}}
resource "aws_api_gateway_integration" "get{n}" {{
  rest_api_id             = aws_api_gateway_rest_api.api{n}.id
  resource_id             = aws_api_gateway_resource.items{n}.id
  http_method             = aws_api_gateway_method.get{n}.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${{aws_lambda_function.items{n}.arn}}:$${{stageVariables.alias}}/invocations"
}}
resource "aws_api_gateway_deployment" "d{n}" {{
  rest_api_id = aws_api_gateway_rest_api.api{n}.id
  triggers    = {{ redeployment = sha1(jsonencode([aws_api_gateway_integration.get{n}.uri])) }}
  lifecycle {{
    create_before_destroy = true
  }}
}}
resource "aws_api_gateway_stage" "stage{n}" {{
  for_each      = toset(["dev", "prod"])
  rest_api_id   = aws_api_gateway_rest_api.api{n}.id
  deployment_id = aws_api_gateway_deployment.d{n}.id
  stage_name    = each.key
  variables     = {{ alias = each.key }}
}}
'''

PROVIDER = '''
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
}}
provider "aws" {{
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
}}
'''

DATA = '''
resource "terraform_data" "a" {{
  count = {half}
  input = count.index
}}
resource "terraform_data" "b" {{
  count = {half}
  input = terraform_data.a[count.index].id
}}
'''


MODULE = '''
variable "name" {{}}
resource "terraform_data" "r" {{
  count = {resources}
  input = "${{var.name}}-${{count.index}}"
}}
output "ids" {{
  value = terraform_data.r[*].id
}}
'''


def measure(arguments, directory, endpoint):
    """Wall and CPU seconds, peak memory in MB, API calls of one run."""
    environment = {**os.environ, "NO_COLOR": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    if endpoint:
        environment["AWS_ENDPOINT_URL"] = endpoint
        request("DELETE", endpoint, "calls")
    begin = time.perf_counter()
    with open(os.path.join(directory, "log"), "w") as log:
        child = subprocess.Popen(arguments, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(arguments)} failed:\n" + pathlib.Path(directory, "log").read_text()[-4000:])
    calls = json.loads(request("GET", endpoint, "calls"))["total"] if endpoint else 0
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, calls


def request(method, endpoint, path):
    return urllib.request.urlopen(urllib.request.Request(f"{endpoint}/_sandbox/{path}", method=method)).read()


def row(what, size, figures):
    wall, cpu, memory, calls = figures
    print(f"| {what:<24} | {size:>9} | {wall:>8.2f} s | {cpu:>8.2f} s | {memory:>7.0f} MB | {calls:>6} |", flush=True)


class Sandbox:
    def __enter__(self):
        self.process = subprocess.Popen([RECON, "sandbox", "-listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.endpoint = next(word for word in line.split() if word.startswith("http://"))
        return self.endpoint

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def labs(count, directory):
    directory = pathlib.Path(directory)
    with zipfile.ZipFile(directory / "items.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.js", (2024, 1, 1, 0, 0, 0)), "exports.handler = async () => ({ statusCode: 200 });\n")
    (directory / "main.tf").write_text(PROVIDER.format() + "".join(LAB.format(n=n) for n in range(count)))


def bench_recon(count):
    with Sandbox() as endpoint, tempfile.TemporaryDirectory() as directory:
        labs(count, directory)
        size = f"{count} lab" + ("s" if count > 1 else "")
        for what, arguments in (
            ("validate", ["validate"]),
            ("plan, all to create", ["plan"]),
            ("apply", ["apply", "-auto-approve"]),
            ("plan, no change", ["plan", "-detailed-exitcode"]),
            ("drift", ["drift"]),
            ("destroy", ["destroy", "-auto-approve"]),
        ):
            row(f"recon {what}", size, measure([RECON, *arguments], directory, endpoint))


def bench_terraform(count, plugins):
    with Sandbox() as endpoint, tempfile.TemporaryDirectory() as directory:
        labs(count, directory)
        size = f"{count} lab" + ("s" if count > 1 else "")
        subprocess.run(["terraform", "init", f"-plugin-dir={plugins}"], cwd=directory, check=True, stdout=subprocess.DEVNULL)
        for what, arguments in (
            ("validate", ["validate"]),
            ("plan, all to create", ["plan"]),
            ("apply", ["apply", "-auto-approve"]),
            ("plan, no change", ["plan", "-detailed-exitcode"]),
            ("destroy", ["destroy", "-auto-approve"]),
        ):
            row(f"Terraform {what}", size, measure(["terraform", *arguments], directory, endpoint))


def bench_data(count):
    with tempfile.TemporaryDirectory() as directory:
        pathlib.Path(directory, "main.tf").write_text(DATA.format(half=count // 2))
        for what, arguments in (
            ("plan, all to create", ["plan"]),
            ("apply", ["apply", "-auto-approve"]),
            ("plan, no change", ["plan", "-detailed-exitcode"]),
        ):
            row(f"recon {what}", f"{count} data", measure([RECON, *arguments], directory, None))


def bench_modules(count, resources=10):
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        (directory / "child").mkdir()
        (directory / "child" / "main.tf").write_text(MODULE.format(resources=resources))
        calls = (f'module "m{n}" {{\n  source = "./child"\n  name   = "m{n}"\n}}\n' for n in range(count))
        (directory / "main.tf").write_text("".join(calls))
        for what, arguments in (("plan, all to create", ["plan"]), ("apply", ["apply", "-auto-approve"]), ("plan, no change", ["plan", "-detailed-exitcode"])):
            row(f"recon {what}", f"{count} mod.", measure([RECON, *arguments], directory, None))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labs", default="1,10,100,1000")
    parser.add_argument("--data", default="10000,100000")
    parser.add_argument("--modules", default="1000", help="of 10 resources each")
    parser.add_argument("--terraform", metavar="DIR", default=os.environ.get("TERRAFORM_PLUGINS"))
    parser.add_argument("--terraform-labs", default="1,10")
    arguments = parser.parse_args()
    sizes = lambda text: [int(size) for size in text.split(",") if size]
    print("| what                     |      size |       wall |        CPU |     memory |  calls |")
    print("|---|---|---|---|---|---|")
    for count in sizes(arguments.labs):
        bench_recon(count)
    for count in sizes(arguments.data):
        bench_data(count)
    for count in sizes(arguments.modules):
        bench_modules(count)
    if arguments.terraform and shutil.which("terraform"):
        for count in sizes(arguments.terraform_labs):
            bench_terraform(count, arguments.terraform)
    else:
        print("\nskipped: Terraform (name its plugin folder with --terraform, or TERRAFORM_PLUGINS)")


if __name__ == "__main__":
    main()
