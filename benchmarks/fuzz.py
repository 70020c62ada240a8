"""The invariants under a million random calls a campaign, and what came of it.

    python -m benchmarks.fuzz FORGE

A campaign is one set-up of the hub that random calls run against; after every tenth of them all invariants
are checked. The seed is drawn, and written down with the result: the same one repeats the same calls on the
same contracts.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.results import write

ROOT = Path(__file__).parents[1]
CAMPAIGNS = ROOT / "tests/contracts/invariant/HubInvariants.t.sol"


def run(forge: str, seed: str) -> dict[str, object]:
    """Runs every campaign to its end. Raises `SystemExit` with Forge's report when an invariant breaks."""
    environment = {**os.environ, "FOUNDRY_PROFILE": "fuzz", "FOUNDRY_FUZZ_SEED": seed}
    command = [
        forge,
        "test",
        "--match-path",
        str(CAMPAIGNS.relative_to(ROOT)),
        "--match-test",
        "^invariant_",
        "--json",
    ]
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 — Forge, with arguments of our own
        command, cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, text=True
    )
    try:
        suites = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"Forge gave no result (exit code {done.returncode}):\n{done.stdout}") from None
    campaigns = {}
    for suite, report in suites.items():
        for test, result in report["test_results"].items():
            if result["status"] != "Success":
                raise SystemExit(f"{suite} {test} broke with seed {seed}:\n{json.dumps(result, indent=2)}")
            counts = result["kind"]["Invariant"]
            campaigns[suite.split(":")[1]] = {
                "runs": counts["runs"],
                "calls": counts["calls"],
                "reverts": counts["reverts"],
                "functions_called": len(counts["metrics"]),
                "always_reverting": sorted(
                    name.split(".")[-1]
                    for name, each in counts["metrics"].items()
                    if each["calls"] != 0 and each["reverts"] == each["calls"]
                ),
            }
    if done.returncode != 0 or not campaigns:
        raise SystemExit(f"Forge ran {len(campaigns)} campaigns and ended with exit code {done.returncode}.")
    return {
        "campaigns": campaigns,
        "invariants": invariants(),
        "breaches": 0,
        "seed": seed,
        "seconds": round(time.monotonic() - began),
    }


def invariants() -> list[str]:
    """Names of the checks that every campaign makes."""
    body = re.search(
        r"function invariant_every_rule_holds\(\).*?\{(.*?)\n    \}", CAMPAIGNS.read_text(), re.DOTALL
    )
    if body is None:
        raise SystemExit(f"{CAMPAIGNS} has no invariant_every_rule_holds.")
    return re.findall(r"(check_\w+)\(\);", body[1])


def main() -> None:
    """Run, write the result file, and show it."""
    (forge,) = sys.argv[1:]
    figures = run(forge, hex(secrets.randbits(64)))
    path = write("fuzz", figures)
    sys.stdout.write(f"{path.read_text()}Written to {path}.\n")


if __name__ == "__main__":
    main()
