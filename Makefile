# The commands of the README. Each installs what is missing into the checkout and calls `lockstep` or a test runner.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv/bin
BROWNIE_VENV := .venv-brownie/bin
PROOFS_VENV := .venv-proofs/bin
WAKE_VENV := .venv-wake/bin
# The binaries themselves: npm's launchers exit 0 when tests fail, and leave a chain behind when they are killed.
PLATFORM := $(shell uname -s | tr '[:upper:]' '[:lower:]')-$(shell uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')
FOUNDRY := node_modules/@foundry-rs
FORGE := $(FOUNDRY)/forge-$(PLATFORM)/bin/forge
ANVIL_FOLDER := $(CURDIR)/$(FOUNDRY)/anvil-$(PLATFORM)/bin
# Brownie keeps accounts and networks of its own in HOME; a test should see neither, nor leave any.
BROWNIE := HOME=$(CURDIR)/build/home PATH="$(ANVIL_FOLDER):$$PATH" $(BROWNIE_VENV)/brownie
FREE_PORT := $(VENV)/python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
export SOLCX_BINARY_PATH := $(CURDIR)/toolchain/solc
# What the compiler has answered before, in whatever checkout; empty: ask it again.
export LOCKSTEP_SOLC_ANSWERS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/lockstep/solc
# What Python has compiled is kept once for all processes, apart from the sources: nobody else compiles what uv installs.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/pycache

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# ---------------------------------------------------------------- install

.venv/.installed: requirements/app.txt pyproject.toml client/pyproject.toml
	@scripts/check-prerequisites.sh "$(PYTHON)"
	@echo "Installing Python packages …"
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	@test -x $(VENV)/uv || $(VENV)/python -m pip install -q --disable-pip-version-check uv==0.13.8
	@$(VENV)/uv pip sync -q --python $(VENV)/python requirements/app.txt
	@$(VENV)/uv pip install -q --python $(VENV)/python --no-deps --editable . --editable client
	@touch $@

.venv-brownie/.installed: requirements/contracts.txt .venv/.installed
	@echo "Installing Brownie …"
	@test -x $(BROWNIE_VENV)/python || $(PYTHON) -m venv .venv-brownie
	@$(VENV)/uv pip sync -q --python $(BROWNIE_VENV)/python requirements/contracts.txt
	@touch $@

.venv-proofs/.installed: requirements/proofs.txt .venv/.installed
	@echo "Installing Halmos and Slither …"
	@test -x $(PROOFS_VENV)/python || $(PYTHON) -m venv .venv-proofs
	@$(VENV)/uv pip sync -q --python $(PROOFS_VENV)/python requirements/proofs.txt
	@touch $@

.venv-mutants/.installed: requirements/mutants.txt .venv/.installed
	@echo "Installing Gambit …"
	@test -x .venv-mutants/bin/python || $(PYTHON) -m venv .venv-mutants
	@$(VENV)/uv pip sync -q --python .venv-mutants/bin/python requirements/mutants.txt
	@touch $@

.venv-wake/.installed: requirements/wake.txt .venv/.installed
	@echo "Installing eth-wake …"
	@test -x $(WAKE_VENV)/python || $(PYTHON) -m venv .venv-wake
	@$(VENV)/uv pip sync -q --python $(WAKE_VENV)/python requirements/wake.txt
	@touch $@

node_modules/.installed: package.json package-lock.json
	@scripts/check-prerequisites.sh "$(PYTHON)"
	@echo "Installing compiler, chain and Uniswap …"
	@# Not `npm ci`: a registry that lacks the binaries of another platform leaves them out of the lock, which npm 11's
	@# `ci` refuses. Every version in package.json is exact, and what the lock names is checked against its hash.
	@npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json node_modules/.installed
	@echo "Installing the dApp's packages …"
	@cd web && npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

# The dApp's types follow from the API's own description and the hub's interface: they are made, not kept.
WEB_TYPES := web/src/generated/.made
$(WEB_TYPES): scripts/web_types.py indexer/decode/abi/IHub.json $(shell find api accounting -name '*.py') \
		web/node_modules/.installed .venv/.installed
	@$(VENV)/python scripts/web_types.py $(@D)
	@cd web && node node_modules/openapi-typescript/bin/cli.js src/generated/openapi.json \
		-o src/generated/api.ts >/dev/null
	@touch $@

WEB_SOURCES := $(shell find web \( -name node_modules -o -name generated \) -prune -o -type f -print)
build/web/index.html: $(WEB_SOURCES) $(WEB_TYPES)
	@echo "Building the dApp …"
	@cd web && node node_modules/vite/bin/vite.js build --logLevel error

.PHONY: web
web: build/web/index.html ## Build the dApp into build/web, where `lockstep serve` finds it

.PHONY: install
install: .venv/.installed .venv-brownie/.installed node_modules/.installed web ## Install everything into the checkout

# ---------------------------------------------------------------- run

.PHONY: demo
demo: install ## Watch it work: ONCE=1 ends after the summary, MARKET=file replays a recording, SEED=n draws another world
	@$(VENV)/lockstep demo $(if $(ONCE),--once) $(if $(MARKET),--market "$(MARKET)") $(if $(SEED),--seed $(SEED))

# ---------------------------------------------------------------- test

# Narrow a suite from the command line, for instance: make test-python PYTEST_ARGS="tests/api -x"
FORGE_ARGS ?=
BROWNIE_ARGS ?=
PYTEST_ARGS ?= -n auto --dist loadgroup

# Python's tests wait for chains and databases again and again: what the contracts' tests compute fits in between, and
# gives way.
.PHONY: test
test: ## Everything that must pass
	@$(MAKE) -j2 install
	@echo "Python's tests and the contracts' own, side by side: each says all when it has ended …"
	@$(MAKE) -j2 --output-sync=target test-python test-contracts
	@echo "All suites passed."

.PHONY: test-contracts
test-contracts: compile ## Forge's and Brownie's tests, and the proof that a failing test of each kind is heard
	@nice $(MAKE) test-forge
	@nice $(MAKE) test-brownie
	@nice $(MAKE) canary

.PHONY: test-forge
test-forge: compile-forge ## Invariants of the contracts under random calls
	@$(FORGE) test $(FORGE_ARGS)

# Some 20 minutes on two cores.
.PHONY: fuzz
fuzz: install ## A million random calls against each campaign of the invariants; writes benchmarks/results/fuzz.json
	@$(VENV)/python -m benchmarks.fuzz $(FORGE)

.PHONY: test-brownie
test-brownie: compile-brownie ## Unit tests of the contracts on a local chain
	@mkdir -p build/home
	@$(BROWNIE) networks modify development port=$$($(FREE_PORT)) >/dev/null # 8545 may be a running demo's
	@$(BROWNIE) test --network development $(BROWNIE_ARGS)

.PHONY: test-python
test-python: compile ## Ledger, accounting, API, demo, and the whole path, on real chains and databases
	@$(VENV)/python -m pytest $(PYTEST_ARGS)

# An hour on two cores: seeded lives, a crash before every statement, 200 processes killed at random moments.
.PHONY: test-deep
test-deep: compile ## Long campaigns: gas at every large batch size, ledger and keeper under faults, paper against chain, the API asked 5,000 questions
	@FOUNDRY_PROFILE=deep $(FORGE) test --match-contract '^Deep' $(FORGE_ARGS)
	@$(VENV)/python -m pytest -m deep tests/api tests/indexer tests/keeper tests/paper tests/simulation --timeout 1800 $(PYTEST_ARGS)

.PHONY: canary
canary: install ## Prove that one failing test of each kind turns the run red
	@tests/canary/prove.sh

.PHONY: compile
compile: compile-forge compile-brownie ## Compile the contracts with Forge and with Brownie

# Without the tests: Forge compiles those that it runs when it runs them, in another way.
.PHONY: compile-forge
compile-forge: install
	@$(FORGE) build --quiet contracts tests/contracts/gas tests/contracts/support/LeadersWallet.sol
	@$(VENV)/python -m tests.structure.builds

.PHONY: compile-brownie
compile-brownie: install
	@$(VENV)/python -c 'from demo.checkout import Checkout; from demo.deployment import compile_contracts; \
		compile_contracts(Checkout.here())'

# ---------------------------------------------------------------- prove

# Narrow it, for instance: make prove HALMOS_ARGS="--match-contract CursorProof"
HALMOS_ARGS ?=

.PHONY: prove
prove: install .venv-proofs/.installed ## Proofs of the contracts for all inputs, by symbolic execution
	@FOUNDRY_PROFILE=proofs PATH="$(dir $(abspath $(FORGE))):$$PATH" $(PROOFS_VENV)/halmos \
		--config tests/contracts/symbolic/halmos.toml $(HALMOS_ARGS)

# Narrow it, for instance: make prove-bites BITES=MarksProof
BITES ?=

.PHONY: prove-bites
prove-bites: install .venv-proofs/.installed ## Plant a bug for every proof: each must find its own
	@$(VENV)/python tests/contracts/symbolic/bites.py $(FORGE) $(PROOFS_VENV)/halmos $(BITES)

.PHONY: analyse
analyse: install .venv-proofs/.installed .venv-wake/.installed ## Slither and eth-wake: no high or medium finding without a reason
	@$(VENV)/python tests/contracts/analysis/analyse.py $(FORGE) $(PROOFS_VENV)/slither $(WAKE_VENV)/python

.PHONY: coverage
coverage: install ## Lines and branches of the core that Forge's unit tests reach; writes benchmarks/results/coverage.json
	@$(VENV)/python -m benchmarks.coverage $(FORGE)

# What was judged before is judged again only if it has changed.
.PHONY: mutate
mutate: install .venv-mutants/.installed ## Mistakes planted in the core that Forge's tests notice; writes benchmarks/results/mutation.json
	@LOCKSTEP_SOLC_ANSWERS= $(VENV)/python -m benchmarks.mutation .venv-mutants $(FORGE)

# ---------------------------------------------------------------- check

SOLIDITY := contracts tests/contracts
PYTHON_SOURCES := access accounting api backtest benchmarks cli client demo inbox indexer keeper notices orders paper practice protocol scripts simulation social tests

.PHONY: check
check: install ## Format, lint and types
	@$(VENV)/ruff format --check --quiet $(PYTHON_SOURCES) || { echo "Run \`make format\`."; exit 1; }
	@$(VENV)/ruff check --quiet $(PYTHON_SOURCES)
	@$(VENV)/mypy --no-error-summary
	@$(FORGE) fmt --check $(SOLIDITY) || { echo "Run \`make format\`."; exit 1; }
	@node node_modules/solhint/solhint.js -c .solhint.js --max-warnings 0 --disc --noPoster 'contracts/**/*.sol'
	@cd web && node_modules/.bin/biome check --error-on-warnings --log-level=error . && node_modules/.bin/tsc -p .

.PHONY: format
format: install ## Format Python, Solidity and the dApp
	@$(VENV)/ruff format --quiet $(PYTHON_SOURCES)
	@$(VENV)/ruff check --quiet --fix-only $(PYTHON_SOURCES)
	@$(FORGE) fmt $(SOLIDITY)
	@cd web && node_modules/.bin/biome check --write --log-level=error .

# ---------------------------------------------------------------- measure

.PHONY: bench
bench: bench-gas bench-keeper bench-indexer ## Measure everything and write benchmarks/results/*.json

.PHONY: bench-gas
bench-gas: compile ## Gas of trades, copies and what a follower does alone
	@$(VENV)/python -m benchmarks.gas

# A quarter of an hour, most of it a simulated day.
.PHONY: bench-keeper
bench-keeper: compile ## How quickly a keeper submits, how fast it plans and backtests, what a hostile day costs
	@$(VENV)/python -m benchmarks.keeper $(BENCH_ARGS)

# Half an hour on two idle cores; what it installs and the chains it makes stay below build/.
.PHONY: bench-indexer
bench-indexer: compile ## Speed of the indexer beside other indexers; BENCH_ARGS=--quick only tries it
	@$(VENV)/python -m benchmarks.indexer $(BENCH_ARGS)
BENCH_ARGS ?=

.PHONY: bench-live
bench-live: compile ## How soon a subscriber hears of a fill; writes benchmarks/results/live.json
	@$(VENV)/python -m benchmarks.live $(BENCH_ARGS)

.PHONY: bench-web
bench-web: compile ## Size and speed of the dApp in a browser; writes benchmarks/results/web.json
	@$(VENV)/python -m benchmarks.web

# The first run makes the ledger, of some 12 GB below build/.
.PHONY: bench-api
bench-api: install ## Speed of the API over a large ledger in PostgreSQL; BENCH_ARGS=--quick only tries it
	@$(VENV)/python -m benchmarks.api $(BENCH_ARGS)

# ---------------------------------------------------------------- generated files

.PHONY: abi
abi: install ## Write the hub's interface where the indexer reads it
	@$(FORGE) inspect contracts/interfaces/IHub.sol:IHub abi --json > indexer/decode/abi/IHub.json

.PHONY: client
client: .venv/.installed ## Write the Python client's models and queries from the API's own description
	@PYTHONPATH=. $(VENV)/python scripts/client_types.py

.PHONY: lock
lock: .venv/.installed ## Resolve requirements/*.txt anew from pyproject.toml
	@$(VENV)/uv pip compile -q pyproject.toml --group dev $(LOCK_FLAGS) -o requirements/app.txt
	@$(VENV)/uv pip compile -q --group pyproject.toml:contracts $(LOCK_FLAGS) -o requirements/contracts.txt
	@$(VENV)/uv pip compile -q --group pyproject.toml:proofs $(LOCK_FLAGS) -o requirements/proofs.txt
	@$(VENV)/uv pip compile -q --group pyproject.toml:mutants $(LOCK_FLAGS) -o requirements/mutants.txt
	@$(VENV)/uv pip compile -q --group pyproject.toml:wake $(LOCK_FLAGS) -o requirements/wake.txt
LOCK_FLAGS := --generate-hashes --no-header --universal --python-version 3.11
