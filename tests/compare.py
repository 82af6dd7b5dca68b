#!/usr/bin/env python3
"""Applies one directory with Terraform and with recon, each to a sandbox of its own, and compares the two clouds.

    tests/compare.py DIRECTORY --terraform PLUGIN_FOLDER

Ids and times differ by nature and are masked; everything else must be equal. Where Terraform is not installed it says so
and counts as skipped. Needs Python's standard library only.
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
import urllib.request

RECON = os.environ.get("RECON", "target/release/recon")

# What is made anew in every cloud: the name of a field says so.
MADE_ANEW = re.compile(r"(^id$|_id$|Id$|_ids?_by_|^created|^last_modified|_at_ms$|_ms$|[Dd]ate$|[Rr]evision|^seq|state$|^etag|^value$|key$)")


class Sandbox:
    def __enter__(self):
        command = [RECON, "sandbox", "-listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.endpoint = next(word for word in line.split() if word.startswith("http://"))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def world(self):
        return json.load(urllib.request.urlopen(f"{self.endpoint}/_sandbox/world"))


def masked(value, ids):
    """The same value with everything that is made anew replaced, wherever it occurs."""
    if isinstance(value, dict):
        if any(name in ids for name in value):
            # Keyed by ids: what is in there has no other order than its content's.
            return sorted((masked(item, ids) for item in value.values()), key=json.dumps)
        entries = {}
        for name, item in value.items():
            if MADE_ANEW.search(name) and not isinstance(item, (dict, list)):
                entries[name] = "made anew"
            else:
                entries[mask(name, ids)] = masked(item, ids)
        return entries
    if isinstance(value, list):
        return sorted((masked(item, ids) for item in value), key=json.dumps)
    return mask(value, ids) if isinstance(value, str) else value


def mask(text, ids):
    for made in ids:
        text = text.replace(made, "#")
    return text


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
    services = {name: world[name] for name in ("lambda", "apigateway", "iam") if name in world}
    ids = set()
    collect(services, ids)
    return masked(services, sorted(ids, key=len, reverse=True))


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
                   "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    parser.add_argument("--terraform", metavar="DIR", default=os.environ.get("TERRAFORM_PLUGINS"))
    arguments = parser.parse_args()
    if not shutil.which("terraform") or not arguments.terraform:
        print("skipped: Terraform is not installed, or its plugin folder is not named")
        return
    worlds = []
    for tool in ("terraform", "recon"):
        with Sandbox() as sandbox, tempfile.TemporaryDirectory() as scratch:
            directory = pathlib.Path(scratch, "work")
            shutil.copytree(arguments.directory, directory)
            if tool == "terraform":
                run(["terraform", "init", f"-plugin-dir={arguments.terraform}"], directory, sandbox.endpoint)
            run([tool if tool == "terraform" else os.path.abspath(RECON), "apply", "-auto-approve"], directory, sandbox.endpoint)
            worlds.append(comparable(sandbox.world()))
    found = list(differences(*worlds))
    for path, terraform, recon in found:
        print(f"{path}\n  Terraform: {json.dumps(terraform)[:300]}\n  recon:     {json.dumps(recon)[:300]}")
    print(f"{len(found)} differences")
    sys.exit(1 if found else 0)


main()
