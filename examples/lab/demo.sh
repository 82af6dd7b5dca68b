#!/usr/bin/env bash
# The story of one function and its releases, told by recon against its own sandbox.
# Run it with `make demo`, or in a copy of this directory: recon sandbox exec -- ./demo.sh
set -euo pipefail

recon=${RECON:-recon}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
cp -r "$here"/*.tf "$here"/*.hcl "$here"/src "$work"
cd "$work"

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'
fi
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
run() { printf '%s$ recon %s%s\n' "$dim" "$*" "$plain"; "$recon" "$@"; }
# Shows function, versions, aliases and stages, and which version each alias and each stage serves, from the state.
shown() {
  run state list | grep -E 'lambda_(function|version|alias)|stage'
  for name in 'aws_lambda_alias.dev' 'aws_lambda_alias.prod'; do
    run state show "$name" | grep -E '^ +(name|function_version|additional_version_weights|"?[0-9]+"?) ' || true
  done
}
# A command that must end with a given exit code.
ends_with() {
  local wanted=$1 code=0
  shift
  run "$@" || code=$?
  [ "$code" = "$wanted" ] || { echo "recon $* ended with $code, not $wanted" >&2; exit 1; }
}

say "Apply the lab: function, version, aliases, API, stages, key"
run apply -auto-approve
shown

say "Nothing is left to do"
ends_with 0 plan -detailed-exitcode

say "Change the code: dev follows, prod stays on its version"
sed -i.bak 's/"paper"/"paper", "ink"/' src/index.js && rm src/index.js.bak
ends_with 2 plan -detailed-exitcode
run apply -auto-approve
shown

say "Publish the change as a second release"
cat > terraform.tfvars <<'HCL'
releases = ["first", "second"]
HCL
run apply -auto-approve
shown

say "Let one call in ten of prod go to it"
cat >> terraform.tfvars <<'HCL'
canary = { release = "second", weight = 0.1 }
HCL
run apply -auto-approve
shown

say "Then move prod wholly"
cat > terraform.tfvars <<'HCL'
releases = ["first", "second"]
prod     = "second"
HCL
run apply -auto-approve
shown

say "Behind recon's back, somebody points prod at \$LATEST"
mkdir elsewhere
cat > elsewhere/main.tf <<'HCL'
provider "aws" {
  region = "us-east-1"
}
resource "aws_lambda_alias" "prod" {
  name             = "prod"
  function_name    = "ItemsFunction"
  function_version = "$LATEST"
  description      = "quick fix, will tell the others tomorrow"
}
HCL
"$recon" -chdir=elsewhere import aws_lambda_alias.prod ItemsFunction/prod > elsewhere/log 2>&1
"$recon" -chdir=elsewhere apply -auto-approve >> elsewhere/log 2>&1
ends_with 2 drift

say "recon repairs it"
run apply -auto-approve
ends_with 0 drift

say "Roll prod back to the first release"
sed -i.bak 's/^prod .*/prod = "first"/' terraform.tfvars && rm terraform.tfvars.bak
run apply -auto-approve
shown

say "Clean up"
run destroy -auto-approve
run state list
say "Done: nothing is left"
