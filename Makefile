# The commands people type. `make` alone lists them.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
export SWIFT_FLAGS := --explicit-target-dependency-import-check error

.PHONY: help demo test journey check format bench clean clean-demo setup

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo: ## watch a spreadsheet's 4,137 customers answer the roll (EXIT=1 stops by itself at the end)
	@ops/setup build services
	@ops/demo/run

test: ## every test, on a PostgreSQL and a Kafka-protocol broker started for it
	@ops/setup build services
	@ops/test

journey: ## only the journeys: extractor and loader as processes, killed in mid-run
	@ops/setup build services
	@ops/test --filter JourneyTests

check: ## format, shell scripts, compose file, and a build in which warnings and undeclared imports are errors
	@ops/setup build checks
	@ops/check

format: ## write every Swift file the way `make check` wants it
	swift format format --in-place --parallel --recursive Package.swift Services Shared Tests

bench: ## speed beside a bare floor program and kcat, as ratios taken in one run
	@ops/setup build services bench
	@ops/bench/run

setup: ## install what is missing, saying what and why
	@ops/setup build services checks bench

clean: clean-demo ## remove what was built and every scratch server
	rm -rf .build .rollcall

clean-demo: ## stop and remove the demo's servers and data
	@ops/demo/clean
