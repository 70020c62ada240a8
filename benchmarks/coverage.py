"""Lines and branches of the core that the Forge tests reach, and why the others are not reached.

    python -m benchmarks.coverage FORGE

Measured by Forge on code of the least optimization that compiles, without the invariants: what only random
calls reach is tested by chance. Every line and branch that is not reached must be explained in
`uncovered.toml`, and everything explained there must be unreached.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.results import write

ROOT = Path(__file__).parents[1]
EXPLAINED = Path(__file__).with_name("uncovered.toml")
FOLDERS = tuple(f"contracts/{folder}/" for folder in ("core", "libraries", "oracles", "venues"))
LEAST_LINES = 0.95
LEAST_BRANCHES = 0.90


@dataclass(slots=True)
class Coverage:
    """What was reached of one file: times by line, and by line, block and number of a branch."""

    lines: dict[int, int] = field(default_factory=dict)
    branches: dict[tuple[int, str, str], int] = field(default_factory=dict)


def measure(forge: str) -> dict[str, Coverage]:
    """Coverage by file of the core."""
    report = ROOT / "build/coverage/lcov.info"
    report.parent.mkdir(parents=True, exist_ok=True)
    command = [forge, "coverage", "--ir-minimum", "--report", "lcov", "--report-file", str(report)]
    subprocess.run(  # noqa: S603 - Forge
        command, cwd=ROOT, env={**os.environ, "FOUNDRY_PROFILE": "coverage"}, check=True
    )
    return read(report.read_text())


def read(lcov: str) -> dict[str, Coverage]:
    """The core's part of a report in LCOV's format."""
    found: dict[str, Coverage] = defaultdict(Coverage)
    file = ""
    for line in lcov.splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            file = rest
        elif not file.startswith(FOLDERS):
            continue
        elif kind == "DA":
            number, times = rest.split(",")[:2]
            found[file].lines[int(number)] = int(times)
        elif kind == "BRDA":
            number, block, branch, times = rest.split(",")
            found[file].branches[int(number), block, branch] = 0 if times == "-" else int(times)
    return dict(found)


def unreached(coverage: dict[str, Coverage]) -> set[tuple[str, str, str]]:
    """By file, `line` or `branch`, and the text of its first line."""
    missing = set()
    for file, each in coverage.items():
        text = (ROOT / file).read_text().splitlines()
        missing |= {(file, "line", text[n - 1].strip()) for n, times in each.lines.items() if not times}
        missing |= {
            (file, "branch", text[n - 1].strip()) for (n, _, _), times in each.branches.items() if not times
        }
    return missing


def figures(coverage: dict[str, Coverage]) -> dict[str, object]:
    """What the result file says."""
    lines = [times for each in coverage.values() for times in each.lines.values()]
    branches = [times for each in coverage.values() for times in each.branches.values()]
    return {
        "lines": _share(lines),
        "lines_reached": sum(times != 0 for times in lines),
        "lines_all": len(lines),
        "branches": _share(branches),
        "branches_reached": sum(times != 0 for times in branches),
        "branches_all": len(branches),
        "by_file": {
            file: {
                "lines": _share(list(each.lines.values())),
                "branches": _share(list(each.branches.values())),
            }
            for file, each in sorted(coverage.items())
        },
    }


def _share(times: list[int]) -> float:
    return round(sum(each != 0 for each in times) / len(times), 4) if times else 1.0


def main() -> int:
    """0 if both bars are reached, and what is not reached and what is explained are the same."""
    (forge,) = sys.argv[1:]
    coverage = measure(forge)
    missing = unreached(coverage)
    entries = tomllib.loads(EXPLAINED.read_text()).get("unreached", [])
    explained = {(each["file"], each["what"], each["text"]) for each in entries}
    for file, what, text in sorted(missing - explained):
        sys.stdout.write(f"not reached and not explained: {what} of {file}: {text}\n")
    for file, what, text in sorted(explained - missing):
        sys.stdout.write(f"explained, but reached: {what} of {file}: {text}\n")
    result = figures(coverage)
    path = write("coverage", result)
    sys.stdout.write(json.dumps({key: result[key] for key in ("lines", "branches")}, indent=2) + "\n")
    sys.stdout.write(f"Written to {path}.\n")
    reached = float(str(result["lines"])) >= LEAST_LINES and float(str(result["branches"])) >= LEAST_BRANCHES
    return 0 if reached and missing == explained else 1


if __name__ == "__main__":
    sys.exit(main())
