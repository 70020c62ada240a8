#!/usr/bin/env bash
# Runs one failing test of each kind through the very targets of `make test`, and fails unless every one turns red for
# the canary's own reason.
set -uo pipefail
fail=0
expect_red() { # kind, words of the runner's report, command...
  local kind=$1 words=$2 output
  shift 2
  if output=$("$@" 2>&1 </dev/null); then
    echo "canary: a failing $kind test left the run green:" >&2
    echo "$output" >&2
    fail=1
  elif ! grep -q "$words" <<<"$output"; then
    echo "canary: the $kind run is red for another reason than its failing test:" >&2
    echo "$output" >&2
    fail=1
  else
    echo "canary: a failing $kind test turns the run red."
  fi
}
make=${MAKE:-make}
expect_red Python "FAILED.*test_canary_of_pytest_fails" "$make" test-python PYTEST_ARGS=tests/canary/test_python_canary.py
expect_red Forge "FAIL.*canary must be heard" env FOUNDRY_NO_MATCH_PATH= "$make" test-forge \
  FORGE_ARGS="--match-path tests/contracts/canary/*"
expect_red Brownie "FAILED.*test_canary_of_brownie_fails" "$make" test-brownie \
  BROWNIE_ARGS="tests/canary/test_brownie_canary.py -c tests/contracts/unit/pytest.ini"
exit $fail
