"""Clouds to compare tools on: recon's sandbox and moto, with all that is in them as plain values.

The sandbox tells its whole world. moto does not, so it is asked as any client would ask it, which needs boto3.
"""
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

RECON = os.path.abspath(os.environ.get("RECON", "target/release/recon"))

STARTUP_TIMEOUT_S = 60


class Cloud:
    """A running emulator; it ends with the `with` block."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def post(self, path):
        urllib.request.urlopen(urllib.request.Request(self.endpoint + path, method="POST")).close()


class Sandbox(Cloud):
    missing = None

    def __init__(self):
        command = [RECON, "sandbox", "-listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.endpoint = next(word for word in line.split() if word.startswith("http://"))

    def reset(self):
        self.post("/_sandbox/reset")

    def world(self):
        world = json.load(urllib.request.urlopen(f"{self.endpoint}/_sandbox/world"))
        return {name: world[name] for name in ("lambda", "apigateway", "iam", "logs") if name in world}


class Moto(Cloud):
    missing = None
    if not shutil.which("moto_server") or not importlib.util.find_spec("boto3"):
        missing = "moto_server and boto3 are not both installed"

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        # AWS has its managed policies everywhere; moto only when asked.
        environment = {**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
        command = ["moto_server", "-H", "127.0.0.1", "-p", str(port)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTUP_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                self.reset()
                return
            except urllib.error.URLError:
                time.sleep(0.2)
        raise SystemExit("moto_server does not come up")

    def reset(self):
        self.post("/moto-api/reset")

    def world(self):
        import boto3
        session = boto3.Session("test", "test", region_name="us-east-1")
        client = lambda service: Reader(session.client(service, endpoint_url=self.endpoint))
        return {
            "lambda": functions(client("lambda")),
            "apigateway": apis(client("apigateway")),
            "iam": roles(client("iam")),
            "logs": client("logs").list("describe_log_groups", "logGroups"),
        }


class Reader:
    """A client of one service, for which what is not there or not implemented is nothing."""

    def __init__(self, client):
        self.client = client

    def get(self, operation, **arguments):
        from botocore.exceptions import ClientError
        try:
            answer = getattr(self.client, operation)(**arguments)
        except ClientError as error:
            code = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in (404, 501):
                return {}
            raise
        answer.pop("ResponseMetadata", None)
        return answer

    def list(self, operation, member, **arguments):
        return self.get(operation, **arguments).get(member, [])


def functions(client):
    found = {}
    for function in client.list("list_functions", "Functions"):
        name = function["FunctionName"]
        whole = client.get("get_function", FunctionName=name)
        whole.pop("Code", None)
        qualified = {}
        for alias in client.list("list_aliases", "Aliases", FunctionName=name):
            policy = client.get("get_policy", FunctionName=name, Qualifier=alias["Name"])
            qualified[alias["Name"]] = {**alias, "policy": statements(policy)}
        found[name] = {
            **whole,
            "policy": statements(client.get("get_policy", FunctionName=name)),
            "aliases": qualified,
            "versions": client.list("list_versions_by_function", "Versions", FunctionName=name),
            "urls": client.list("list_function_url_configs", "FunctionUrlConfigs", FunctionName=name),
            "invoke": client.list("list_function_event_invoke_configs", "FunctionEventInvokeConfigs", FunctionName=name),
        }
    layers = {}
    for layer in client.list("list_layers", "Layers"):
        layers[layer["LayerName"]] = client.list("list_layer_versions", "LayerVersions", LayerName=layer["LayerName"])
    return {
        "functions": found,
        "layers": layers,
        "mappings": client.list("list_event_source_mappings", "EventSourceMappings"),
    }


def statements(policy):
    return json.loads(policy["Policy"])["Statement"] if "Policy" in policy else []


def apis(client):
    found = {}
    for api in client.list("get_rest_apis", "items"):
        of = {"restApiId": api["id"]}
        parts = {
            "resources": client.list("get_resources", "items", embed=["methods"], **of),
            "stages": client.list("get_stages", "item", **of),
        }
        for part in ("deployments", "authorizers", "models", "request_validators", "gateway_responses", "documentation_parts"):
            parts[part] = client.list(f"get_{part}", "items", **of)
        found[api["id"]] = {**api, **parts}
    plans = {}
    for plan in client.list("get_usage_plans", "items"):
        plans[plan["id"]] = {**plan, "keys": client.list("get_usage_plan_keys", "items", usagePlanId=plan["id"])}
    domains = {}
    for domain in client.list("get_domain_names", "items"):
        mappings = client.list("get_base_path_mappings", "items", domainName=domain["domainName"])
        domains[domain["domainName"]] = {**domain, "mappings": mappings}
    return {
        "apis": found,
        "plans": plans,
        "domains": domains,
        "keys": client.list("get_api_keys", "items"),
        "links": client.list("get_vpc_links", "items"),
    }


def roles(client):
    found = {}
    for role in client.list("list_roles", "Roles"):
        name = role["RoleName"]
        inline = client.list("list_role_policies", "PolicyNames", RoleName=name)
        found[name] = {
            **client.get("get_role", RoleName=name),
            "inline": {policy: client.get("get_role_policy", RoleName=name, PolicyName=policy) for policy in inline},
            "attached": client.list("list_attached_role_policies", "AttachedPolicies", RoleName=name),
        }
    policies = {}
    for policy in client.list("list_policies", "Policies", Scope="Local"):
        version = client.get("get_policy_version", PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        policies[policy["PolicyName"]] = {**policy, **version}
    return {"roles": found, "policies": policies}
