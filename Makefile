# recon: a reconciler for AWS Lambda releases and API Gateway stages.

CARGO ?= cargo
RECON := $(or $(CARGO_TARGET_DIR),target)/release/recon

.PHONY: help demo test check bench release

help: ## Lists what make can do
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: release ## Tells the story of one function and its releases, against the embedded sandbox
	RECON="$(abspath $(RECON))" $(RECON) sandbox exec -- examples/lab/demo.sh

test: ## Runs all tests
	$(CARGO) test --workspace

check: ## Formatting, lints, dependency rules
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

bench: release ## Prints time, memory and API calls at 1, 10, 100 and 1,000 labs
	RECON="$(abspath $(RECON))" tests/bench.py

release: ## Builds target/release/recon
	$(CARGO) build --release --package recon-cli
