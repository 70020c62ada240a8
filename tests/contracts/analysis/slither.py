"""Has Slither look at the contracts: every high or medium finding must be explained in `explained.toml`.

    python tests/contracts/analysis/slither.py SLITHER FORGE

An explanation without a finding fails too: it would hide the next one.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
EXPLAINED = Path(__file__).with_name("explained.toml")
# Where the profile `analyse` of foundry.toml puts what was given to the compiler.
BUILD = "build/analyse/out"

Finding = tuple[str, str, str]


def findings(slither: str, forge: str) -> dict[Finding, str]:
    """What Slither says, by detector, file and name of what is found fault with."""
    environment = {**os.environ, "FOUNDRY_PROFILE": "analyse"}
    subprocess.run([forge, "build", "--quiet"], cwd=ROOT, env=environment, check=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "slither.json"
        command = [slither, ".", "--compile-force-framework", "foundry", "--foundry-ignore-compile"]
        command += ["--foundry-out-directory", BUILD, "--filter-paths", "node_modules", "--json", str(report)]
        command += ["--exclude-low", "--exclude-informational", "--exclude-optimization", "--fail-none"]
        path = f"{Path(forge).resolve().parent}:{Path(slither).resolve().parent}:{os.environ['PATH']}"
        done = subprocess.run(
            command, cwd=ROOT, env=environment | {"PATH": path}, check=False, capture_output=True, text=True
        )
        if not report.is_file():
            raise SystemExit(f"Slither failed:\n{done.stderr}")
        said = json.loads(report.read_text())
    if not said["success"]:
        raise SystemExit(f"Slither failed: {said['error']}")
    found = said["results"].get("detectors", [])
    return {_key(each): f"{each['impact']}: {each['description']}" for each in found}


def explanations() -> dict[Finding, str]:
    """The reasons in `explained.toml`, by the same three names."""
    entries = tomllib.loads(EXPLAINED.read_text())["slither"]
    return {(each["check"], each["file"], name): each["reason"] for each in entries for name in each["names"]}


def main(slither: str, forge: str) -> int:
    """0 if what is found and what is explained are the same."""
    found, explained = findings(slither, forge), explanations()
    for key in sorted(found.keys() - explained.keys()):
        print(f"not explained: {' '.join(key)}\n{found[key]}")
    for key in sorted(explained.keys() - found.keys()):
        print(f"explained, but not found any more: {' '.join(key)}")
    print(
        f"Slither: {len(found)} high and medium findings, {len(found.keys() & explained.keys())} explained."
    )
    return 0 if found.keys() == explained.keys() else 1


def _key(finding: dict[str, object]) -> Finding:
    elements = finding["elements"]
    assert isinstance(elements, list)
    first = elements[0]
    return str(finding["check"]), first["source_mapping"]["filename_relative"], first["name"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
