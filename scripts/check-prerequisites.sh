#!/usr/bin/env bash
# Says what a machine lacks before anything is installed, and what to do about it.
set -euo pipefail
python=${1:-python3}
missing=0
say() { printf 'lockstep: %s\n' "$1" >&2; missing=1; }
command -v "$python" >/dev/null || say "Python is missing: install Python 3.11 or newer, or run make with PYTHON=/path/to/python3."
if command -v "$python" >/dev/null && ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  say "$("$python" --version) is too old: install Python 3.11 or newer, or run make with PYTHON=/path/to/python3."
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  say "Node.js is missing: install Node 20 or newer with npm; the compiler and the local chain come through it."
elif [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  say "Node $(node --version) is too old: install Node 20 or newer."
fi
exit $missing
