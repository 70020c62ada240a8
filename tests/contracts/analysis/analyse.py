"""Slither and eth-wake over the contracts: every high or medium finding is explained in `explained.toml`.

    python tests/contracts/analysis/analyse.py FORGE SLITHER PYTHON-OF-WAKE

An explanation without a finding fails too: it would hide the next one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
# Where the profile `analyse` of foundry.toml puts what was given to the compiler.
BUILD = "build/analyse/out"

WAKE_SETTINGS = """
[compiler.solc]
include_paths = ["{packages}"]
evm_version = "prague"
[detectors]
exclude_paths = ["{packages}"]
"""

# Analyser, detector, file, and name of what is found fault with.
Finding = tuple[str, str, str, str]


def slither(forge: str, program: str) -> dict[Finding, str]:
    """What Slither says, which reads what Forge gave to the compiler and what came back."""
    environment = {**os.environ, "FOUNDRY_PROFILE": "analyse"}
    subprocess.run([forge, "build", "--quiet"], cwd=ROOT, env=environment, check=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "slither.json"
        command = [program, ".", "--compile-force-framework", "foundry", "--foundry-ignore-compile"]
        command += ["--foundry-out-directory", BUILD, "--filter-paths", "node_modules", "--json", str(report)]
        command += ["--exclude-low", "--exclude-informational", "--exclude-optimization", "--fail-none"]
        path = f"{Path(forge).resolve().parent}:{Path(program).parent.resolve()}:{os.environ['PATH']}"
        done = _run(command, ROOT, environment | {"PATH": path})
        if not report.is_file():
            raise SystemExit(f"Slither failed:\n{done.stderr}")
        said = json.loads(report.read_text())
    if not said["success"]:
        raise SystemExit(f"Slither failed: {said['error']}")
    found = {}
    for each in said["results"].get("detectors", []):
        first = each["elements"][0]
        key = ("slither", each["check"], first["source_mapping"]["filename_relative"], first["name"])
        found[key] = f"{each['impact']}: {each['description']}"
    return found


def wake(python: str) -> dict[Finding, str]:
    """What eth-wake says, which compiles for itself and keeps report and settings where it runs."""
    compiler = tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]["solc"]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "contracts", Path(folder) / "contracts")
        (Path(folder) / "wake.toml").write_text(WAKE_SETTINGS.format(packages=ROOT / "node_modules"))
        command = [str(Path(python).absolute()), str(HERE / "wake_here.py"), str(ROOT / compiler)]
        command += ["detect", "--no-artifacts", "--export", "json", "all", "--min-impact", "medium"]
        homes = {f"XDG_{kind}_HOME": f"{folder}/{kind}" for kind in ("CACHE", "CONFIG", "DATA")}
        done = _run(command, Path(folder), os.environ | homes)
        report = Path(folder) / ".wake" / "detections.json"
        # 3 says that there are findings.
        if done.returncode not in (0, 3) or not report.is_file():
            raise SystemExit(f"eth-wake failed:\n{done.stdout}{done.stderr}")
        said = json.loads(report.read_text())
    found = {}
    for each in said:
        detection = each["detection"]
        name = re.search(r"`(?:\w+\.)?(\w+)", detection["message"])
        place = detection["location"]
        named = name[1] if name else place["contract"]
        key = ("wake", each["detector_name"], place["source_unit_name"], named)
        found[key] = f"{each['impact']}: {detection['message']} (line {place['start_line']})"
    return found


def explanations() -> set[Finding]:
    """What `explained.toml` has a reason for."""
    explained = set()
    for analyser, entries in tomllib.loads((HERE / "explained.toml").read_text()).items():
        for each in entries:
            if not each["reason"]:
                raise SystemExit(f"No reason: {analyser} {each['check']} in {each['file']}")
            explained |= {(analyser, each["check"], each["file"], name) for name in each["names"]}
    return explained


def main(forge: str, slither_program: str, wake_python: str) -> int:
    """0 if what is found and what is explained are the same."""
    found = wake(wake_python) | slither(forge, slither_program)
    explained = explanations()
    for key in sorted(found.keys() - explained):
        print(f"not explained: {' '.join(key)}\n{found[key]}")
    for key in sorted(explained - found.keys()):
        print(f"explained, but not found any more: {' '.join(key)}")
    for analyser in ("slither", "wake"):
        count, known = (sum(key[0] == analyser for key in keys) for keys in (found, found.keys() & explained))
        print(f"{analyser}: {count} high and medium findings, {known} explained.")
    return 0 if found.keys() == explained else 1


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
