# The commands of the README. Each installs what is missing into the checkout and calls `lockstep` or a test runner.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv/bin
BROWNIE_VENV := .venv-brownie/bin
export SOLCX_BINARY_PATH := $(CURDIR)/toolchain/solc
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# ---------------------------------------------------------------- install

.venv/.installed: requirements/app.txt pyproject.toml
	@scripts/check-prerequisites.sh "$(PYTHON)"
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	@test -x $(VENV)/uv || $(VENV)/python -m pip install -q --disable-pip-version-check uv==0.13.8
	@$(VENV)/uv pip sync -q --python $(VENV)/python requirements/app.txt
	@$(VENV)/uv pip install -q --python $(VENV)/python --no-deps --editable .
	@touch $@

.venv-brownie/.installed: requirements/contracts.txt .venv/.installed
	@test -x $(BROWNIE_VENV)/python || $(PYTHON) -m venv .venv-brownie
	@$(VENV)/uv pip sync -q --python $(BROWNIE_VENV)/python requirements/contracts.txt
	@touch $@

node_modules/.installed: package.json package-lock.json
	@scripts/check-prerequisites.sh "$(PYTHON)"
	@# Not `npm ci`: a registry that lacks the binaries of another platform leaves them out of the lock, which npm 11's
	@# `ci` refuses. Every version in package.json is exact, and what the lock names is checked against its hash.
	@npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

.PHONY: install
install: .venv/.installed .venv-brownie/.installed node_modules/.installed ## Install everything into the checkout
