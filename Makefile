# What a developer types. Everything it needs goes into .venv and node_modules; system packages by scripts/need.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
unexport VIRTUAL_ENV PYTHONPATH UV_PROJECT_ENVIRONMENT

UV_VERSION := 0.13.9
BIN := .venv/bin
PYTHON := $(BIN)/python
GENERATOR := $(PYTHON) -m specforce_generator
PYTEST_ARGS ?=
TOGETHER := $(MAKE) -s --no-print-directory -j2 --output-sync=target

.PHONY: help setup demo test pytest soak generate check-generated golden pictures lint contract dist bench bench-full clean
.PHONY: lint-ruff lint-mypy lint-pyright lint-imports lint-specs

help:  ## * list these commands; start with the starred ones
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ \
	    star = sub(/^\* /, "", $$2) ? "*" : " "; line = sprintf("  %s make %-16s %s", star, $$1, $$2); \
	    if (star == "*") first = first line "\n"; else rest = rest line "\n" \
	} END { printf "%s%s", first, rest }' $(firstword $(MAKEFILE_LIST))

setup:  ## * install all that is needed into .venv and node_modules (again only when a lock changed)
	@scripts/need python node npm
	@$(TOGETHER) .venv/.installed node_modules/.installed

.venv/.installed: uv.lock pyproject.toml
	@test -x $(PYTHON) && $(PYTHON) -c 'import pip' 2>/dev/null || { rm -rf .venv; "$$(scripts/need --python)" -m venv .venv; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --quiet --frozen --all-extras
	@touch $@

.venv/.peers-installed: .venv/.installed
	@$(BIN)/uv sync --quiet --frozen --all-extras --group bench
	@touch $@

node_modules/.installed: package-lock.json package.json .npmrc
	@npm ci --loglevel=error --no-progress
	@touch $@

demo: setup generate  ## * the nightly load, end to end, on real data against a fake org
	@$(PYTHON) -m examples.nightly_load

test: setup check-generated lint  ## * everything that CI runs: generated code, lint, types, all tests
	@$(MAKE) --no-print-directory pytest

pytest:  # the tests alone; PYTEST_ARGS="-k bulk" narrows them
	@scripts/need redis-server postgresql chromium
	@$(PYTHON) -m pytest -n 2 --dist loadfile --durations 15 $(PYTEST_ARGS)

soak: setup  ## kill loads and exports at random points, ten times each, and hold what comes out to what went in
	@SOAK_RUNS=10 $(PYTHON) -m pytest -q tests/soak $(PYTEST_ARGS)

generate: setup  ## write generated/ and src/specforce/_sync/ from specs/ and src/specforce/_async/
	@$(GENERATOR) generate

check-generated: setup  ## fail where generated files differ from what the specs say
	@$(GENERATOR) check

golden: setup  ## rebuild the golden files of the generator's tests
	@$(PYTHON) -m tests.generator.golden_cases

pictures: setup  ## take the pictures of the fake org's page anew that docs/ shows
	@scripts/need chromium
	@$(PYTHON) -m tests.browser.page_org docs/images

lint: setup  ## ruff, mypy and pyright strict, the import arrows, the specs
	@$(TOGETHER) lint-pyright lint-mypy lint-ruff lint-imports lint-specs

lint-ruff:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

lint-mypy:
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary tests

lint-pyright:
	@node_modules/.bin/pyright --warnings
	@node_modules/.bin/pyright --warnings -p tests

lint-imports:
	@$(BIN)/lint-imports --no-logo

lint-specs:
	@$(GENERATOR) lint

contract: setup  ## the contract suite alone: Prism, the fake org, the fake org behind Prism's proxy
	@$(PYTHON) -m pytest -n 2 --dist loadfile tests/contract $(PYTEST_ARGS)

dist: setup check-generated  ## build the sdist and the wheel into dist/, and check them as a user would install them
	@rm -rf dist
	@$(BIN)/uv build --quiet --out-dir dist
	@DIST=dist $(PYTHON) -m pytest -q tests/test_packaging.py
	@cd dist && sha256sum *

bench: setup .venv/.peers-installed  ## seven minutes of measurements, as tables, against the peers (installs nginx)
	@scripts/need nginx
	@$(PYTHON) -m bench

bench-full: setup .venv/.peers-installed  ## every workload at full size
	@scripts/need nginx
	@$(PYTHON) -m bench --full

clean:  ## remove what these commands made, the environments included
	@rm -rf .venv node_modules build dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
