#!/usr/bin/env python3
"""Follows the same files with Terraform and with recon, each from an empty cloud, and compares plan actions and clouds.

    tests/compare.py DIRECTORY                 one directory: planned and applied
    tests/compare.py --acceptance FOLDER       every acceptance test of the conformance data, step after step
    tests/compare.py --examples FOLDER         every example of the conformance data that stands alone and makes something

    --on moto                                  on moto instead of the sandbox; needs moto_server and boto3
    --only TEXT                                those with the text in their name
    --terraform DIR                            Terraform's plugin folder, if not in $TERRAFORM_PLUGINS

Ids and times differ by nature and are masked; everything else must be equal. Deliberate differences stand in
docs/terraform.md. Where Terraform is not installed it says so and counts as skipped.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from clouds import RECON, Moto, Sandbox

# What is made anew in every cloud: the name of a field says so.
MADE_ANEW = re.compile(
    r"(^id$|_id$|Id$|_ids?_by_|^created|^last_?modified|_at_ms$|_ms$|[Dd]ate$|[Rr]evision|^seq|state$|^etag|^value$|key$|Time$|^UUID$)",
    re.IGNORECASE,
)
# Names that end on digits which a tool chose: `terraform-20261127…`.
CHOSEN = re.compile(r"\b(\w[\w-]*?)\d{8,}[0-9a-f]+\b")

NAMED_FILE = re.compile(r'"(?:\$\{path\.module\}/)?([\w./-]+\.(?:zip|crt|key))"')
# The variables of the examples that have no default.
VARIABLES = {"TF_VAR_accountId": "123456789012", "TF_VAR_myregion": "us-east-1",
             "TF_VAR_function_name": "mylambda", "TF_VAR_layer_name": "mylayer"}

APPLY_TIMEOUT_S = 300


def masked(value, ids):
    """The same value with everything that is made anew replaced, wherever it occurs."""
    if isinstance(value, dict):
        if any(name in ids for name in value):
            # Keyed by ids: what is in there has no other order than its content's.
            return sorted((masked(item, ids) for item in value.values()), key=dumped)
        entries = {}
        for name, item in value.items():
            if name.lower() == "description" and not item:
                # AWS tells an empty description from none in no answer; emulators echo what they were sent.
                continue
            if MADE_ANEW.search(name) and not isinstance(item, (dict, list)):
                entries[name] = "made anew"
            else:
                entries[mask(name, ids)] = masked(item, ids)
        return entries
    if isinstance(value, list):
        return sorted((masked(item, ids) for item in value), key=dumped)
    return mask(value, ids) if isinstance(value, str) else value


def dumped(value):
    return json.dumps(value, default=str, sort_keys=True)


def mask(text, ids):
    for made in ids:
        text = text.replace(made, "#")
    return CHOSEN.sub(r"\1#", text)


def collect(value, ids):
    if isinstance(value, dict):
        for name, item in value.items():
            if re.search(r"(^id$|_id$|Id$)", name) and isinstance(item, str) and len(item) >= 6:
                ids.add(item)
            collect(item, ids)
    elif isinstance(value, list):
        for item in value:
            collect(item, ids)


def comparable(world):
    ids = set()
    collect(world, ids)
    return masked(world, sorted(ids, key=len, reverse=True))


def differences(left, right, path=""):
    if type(left) is not type(right):
        yield path, left, right
    elif isinstance(left, dict):
        for name in sorted(left.keys() | right.keys()):
            yield from differences(left.get(name), right.get(name), f"{path}.{name}")
    elif isinstance(left, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right)):
            yield from differences(*pair, f"{path}[{index}]")
    elif left != right:
        yield path, left, right


def run(command, directory, endpoint):
    environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
                   "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "NO_COLOR": "1", **VARIABLES}
    try:
        return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=APPLY_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{' '.join(command)} takes more than {APPLY_TIMEOUT_S} s") from error


class Failed(Exception):
    """A tool said no, or nothing."""


class Unfit(Exception):
    """What Terraform itself cannot do cannot be compared."""


def must(command, directory, endpoint):
    done = run(command, directory, endpoint)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


class Terraform:
    name = "terraform"

    def __init__(self, plugins):
        self.plugins = plugins

    def apply(self, directory, endpoint):
        """Applies; what was planned, by address."""
        if not (directory / ".terraform").exists():
            must(["terraform", "init", f"-plugin-dir={self.plugins}"], directory, endpoint)
        done = run(["terraform", "apply", "-auto-approve", "-json"], directory, endpoint)
        actions, errors = {}, []
        for event in map(json.loads, filter(None, done.stdout.splitlines())):
            if event.get("type") == "planned_change":
                change = event["change"]
                actions[change["resource"]["addr"]] = change["action"]
            if event.get("@level") == "error":
                errors.append(event.get("@message", ""))
        if done.returncode != 0:
            raise Failed("\n".join(errors) or done.stderr)
        return {address: action for address, action in actions.items() if action not in ("noop", "read")}


class Recon:
    name = "recon"
    actions = {("create",): "create", ("update",): "update", ("delete",): "delete",
               ("delete", "create"): "replace", ("create", "delete"): "replace"}

    def apply(self, directory, endpoint):
        must([RECON, "plan", "-out=planned"], directory, endpoint)
        plan = json.loads(must([RECON, "show", "-json", "planned"], directory, endpoint))
        must([RECON, "apply", "planned"], directory, endpoint)
        changes = ((change["address"], tuple(change["change"]["actions"])) for change in plan["resource_changes"])
        return {address: self.actions[actions] for address, actions in changes if actions in self.actions}


def one_directory(directory):
    """A case of one step: the directory is copied."""
    return [lambda to: shutil.copytree(directory, to, dirs_exist_ok=True)]


def acceptance_steps(folder, case):
    """The steps that configure and must go well, each as what lays out its files."""
    def layer(step):
        def lay(to):
            config = folder / step["config"]
            shutil.copy(config, to / "main.tf")
            fixtures = folder / step["config"].split("/")[0] / "test-fixtures"
            if fixtures.exists():
                shutil.copytree(fixtures, to / "test-fixtures", dirs_exist_ok=True)
            archives = step.get("pre_config") or []
            for archive in archives if isinstance(archives, list) else []:
                path = to / archive["zip"]
                path.parent.mkdir(parents=True, exist_ok=True)
                with zipfile.ZipFile(path, "w") as packed:
                    for source, name in archive["files"].items():
                        packed.write(to / source, name)
        return lay

    good = (step for step in case["steps"] if step.get("config") and not step.get("expect_error"))
    return [layer(step) for step in good]


def example(file):
    """A documented example as a case of one step, with stand-ins for the files that it names."""
    text = file.read_text()

    def lay(to):
        (to / "main.tf").write_text(text)
        for name in NAMED_FILE.findall(text):
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".zip":
                with zipfile.ZipFile(path, "w") as packed:
                    packed.writestr(zipfile.ZipInfo("index.js", (1980, 1, 1, 0, 0, 0)), "exports.handler = 1")
            else:
                path.write_text("-----BEGIN CERTIFICATE-----\n")

    return [lay]


def stands_alone(entry):
    """Whether an example is a whole configuration but for files, and makes something of its own."""
    lacks = [error for error in entry["errors"] if "no such file" not in error and "no file exists" not in error]
    return entry["in_scope"] and not entry["import_block"] and not lacks and not entry["file"].startswith("d_")


def follow(tool, cloud, steps):
    """What the tool planned and what was there then, after each step."""
    cloud.reset()
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        for lay in steps:
            lay(directory)
            actions = tool.apply(directory, cloud.endpoint)
            yield actions, comparable(cloud.world())


def compare(steps, tools, cloud):
    """All differences between the two tools, as lines."""
    left, right = (follow(tool, cloud, steps) for tool in tools)
    try:
        theirs = list(left)
    except Failed as error:
        raise Unfit(str(error)) from error
    for number, (their, our) in enumerate(zip(theirs, right)):
        for address in sorted(their[0].keys() | our[0].keys()):
            pair = their[0].get(address, "no-op"), our[0].get(address, "no-op")
            if pair[0] != pair[1]:
                yield f"step {number}: {address}: Terraform plans {pair[0]}, recon {pair[1]}"
        for path, terraform, recon in differences(their[1], our[1]):
            yield f"step {number}: {path}\n    Terraform: {dumped(terraform)[:300]}\n    recon:     {dumped(recon)[:300]}"


def cases(arguments):
    if arguments.directory:
        yield arguments.directory, one_directory(arguments.directory)
    if arguments.acceptance:
        folder = pathlib.Path(arguments.acceptance)
        for case in json.loads((folder / "index.json").read_text()):
            if case["terraform_on_moto"] == "good":
                yield case["test"], acceptance_steps(folder, case)
    if arguments.examples:
        folder = pathlib.Path(arguments.examples)
        for entry in json.loads((folder / "index.json").read_text()):
            if stands_alone(entry):
                yield entry["file"], example(folder / entry["file"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?")
    parser.add_argument("--acceptance", metavar="FOLDER")
    parser.add_argument("--examples", metavar="FOLDER")
    parser.add_argument("--on", choices=["sandbox", "moto"], default="sandbox")
    parser.add_argument("--only", metavar="TEXT", default="")
    parser.add_argument("--terraform", metavar="DIR", default=os.environ.get("TERRAFORM_PLUGINS"))
    arguments = parser.parse_args()
    if not shutil.which("terraform") or not arguments.terraform:
        return print("skipped: Terraform is not installed, or its plugin folder is not named")
    kind = {"sandbox": Sandbox, "moto": Moto}[arguments.on]
    if kind.missing:
        return print(f"skipped: {kind.missing}")
    tools = Terraform(arguments.terraform), Recon()
    count = different = 0
    with kind() as cloud:
        for name, steps in cases(arguments):
            if arguments.only not in name or not steps:
                continue
            try:
                found = list(compare(steps, tools, cloud))
            except Unfit as error:
                print(f"{name}: left out, because Terraform fails: {str(error).splitlines()[0]}", flush=True)
                continue
            except Failed as error:
                found = [str(error)]
            count, different = count + 1, different + bool(found)
            print(f"{name}: {'equal' if not found else 'different'}", *found, sep="\n  ", flush=True)
    print(f"{count} compared, {different} differ")
    sys.exit(1 if different else 0)


main()
