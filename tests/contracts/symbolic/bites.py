"""Shows that every proof can fail: plants the bugs of `bites.toml` in a copy; Halmos must find each.

    python tests/contracts/symbolic/bites.py FORGE HALMOS [PART-OF-A-PROOF'S-NAME]

Bugs in different files, for different proofs, are planted together: what takes time is compiling.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROOFS = Path("tests/contracts/symbolic")
COPY = ROOT / "build" / "bites"
# What the copy uses of the checkout as it is.
SHARED = (".venv-proofs", "node_modules", "toolchain")
# What Halmos says of a check for which it has a counterexample.
COUNTEREXAMPLE = 1


@dataclass(frozen=True, slots=True)
class Bite:
    """A bug that `proof` must find: `before` is in `file` once, and `after` is put in its place."""

    proof: str
    file: str
    before: str
    after: str

    @property
    def check(self) -> tuple[str, str]:
        """Contract and function of the proof."""
        contract, function = self.proof.split(".")
        return contract, function


def proofs() -> dict[str, Path]:
    """Every proof there is, by contract and function, and its file."""
    found = {}
    for file in sorted((ROOT / PROOFS).glob("*.t.sol")):
        contract = ""
        for kind, name in re.findall(r"^(?:abstract )?(contract|    function) (\w+)", file.read_text(), re.M):
            if kind == "contract":
                contract = name
            elif name.startswith("check_"):
                found[f"{contract}.{name}"] = PROOFS / file.name
    return found


def rounds(bites: list[Bite], where: dict[str, Path]) -> list[list[Bite]]:
    """The bites in as few groups as have no file and no proof twice and need the same proofs compiled."""
    groups: list[list[Bite]] = []
    for bite in bites:
        for group in groups:
            if where[group[0].proof] == where[bite.proof] and bite.file not in {each.file for each in group}:
                group.append(bite)
                break
        else:
            groups.append([bite])
    return groups


def found(group: list[Bite], file: Path, forge: str, halmos: str) -> set[str]:
    """Those of the group's proofs for which Halmos has a counterexample when all of its bugs are planted."""
    _lay_out(file)
    for bite in group:
        target = COPY / bite.file
        text = target.read_text()
        if text.count(bite.before) != 1:
            raise SystemExit(f"{bite.proof}: in {bite.file} there is not exactly one\n{bite.before}")
        target.write_text(text.replace(bite.before, bite.after))
    contracts = "|".join(sorted({each.check[0] for each in group}))
    functions = "|".join(sorted({each.check[1] for each in group}))
    report = COPY / "report.json"
    command = [str(Path(halmos).absolute()), "--root", str(COPY), "--config", str(PROOFS / "halmos.toml")]
    command += ["--match-contract", f"^({contracts})$", "--match-test", rf"^({functions})\("]
    command += ["--json-output", str(report), "--early-exit"]
    path = f"{Path(forge).resolve().parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "FOUNDRY_PROFILE": "proofs"}
    done = subprocess.run(command, cwd=COPY, env=environment, check=False, capture_output=True, text=True)
    if not report.is_file():
        raise SystemExit(f"Halmos failed:\n{done.stdout}{done.stderr}")
    results = json.loads(report.read_text())["test_results"]
    return {
        f"{key.split(':')[-1]}.{each['name'].split('(')[0]}"
        for key, checks in results.items()
        for each in checks
        if each["exitcode"] == COUNTEREXAMPLE
    }


def main(forge: str, halmos: str, part: str = "") -> int:
    """0 if every proof has a bug of its own and finds it."""
    where = proofs()
    bites = [
        Bite(each["proof"], each["file"], each["from"], each["to"])
        for each in tomllib.loads((ROOT / PROOFS / "bites.toml").read_text())["bite"]
    ]
    named = {each.proof for each in bites}
    for proof in sorted(where.keys() ^ named):
        print(f"{proof}: {'no bug to show that it can fail' if proof in where else 'no such proof'}")
    if where.keys() != named:
        return 1
    missed = []
    for group in rounds([each for each in bites if part in each.proof], where):
        caught = found(group, where[group[0].proof], forge, halmos)
        for bite in group:
            print(f"{'found' if bite.proof in caught else 'MISSED'}: {bite.proof}", flush=True)
        missed += [each for each in group if each.proof not in caught]
    return 1 if missed else 0


def _lay_out(file: Path) -> None:
    """The contracts as they are, and of the proofs only `file`. What was compiled before stays."""
    for name in ("contracts", str(PROOFS), "report.json"):
        target = COPY / name
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
    COPY.mkdir(parents=True, exist_ok=True)
    for name in SHARED:
        if not (COPY / name).is_symlink():
            (COPY / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "foundry.toml", COPY)
    shutil.copytree(ROOT / "contracts", COPY / "contracts")
    needed = {file.name, "halmos.toml", "integers.py", "plain"} | _harnesses(ROOT / file)
    shutil.copytree(
        ROOT / PROOFS,
        COPY / PROOFS,
        ignore=lambda folder, names: set(names) - needed if folder.endswith("symbolic") else set(),
    )


def _harnesses(file: Path) -> set[str]:
    """What stands in the proof's own folder and is imported, however far."""
    names: set[str] = set()
    for name in re.findall(r'from "\./(\w+\.sol)"', file.read_text()):
        names |= {name} | _harnesses(file.parent / name)
    return names


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
