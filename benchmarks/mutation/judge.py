"""Judges one mutant after another: compiles what it changes, puts that in the build, and runs the tests.

The tests deploy what they find in the build's artifacts (`dynamic_test_linking`), so a mutant costs a compile
of the deployed contracts it is in, seconds without the optimizer, and a run of tests that stay compiled.
"""

import json
import os
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from benchmarks.mutation.mutants import ROOT, Mutant, digest

# What tests deploy that is made of the core's sources, and whether it needs the compiler's newer pipeline.
# The older one takes half the time, and cannot compile what has many variables.
UNITS = {
    "contracts/core/Hub.sol": True,
    "contracts/core/HubExtension.sol": False,
    "contracts/core/HubKeepers.sol": True,
    "contracts/core/HubOffers.sol": False,
    "contracts/oracles/ChainlinkOracle.sol": False,
    "contracts/venues/UniswapV3Venue.sol": False,
    "tests/contracts/fees/Bench.sol": False,
    "tests/contracts/trading/LibraryBench.sol": True,
}
TESTS = ROOT / "tests/contracts"
_BUILD = ROOT / "build/mutation/out"
_SETTINGS = {
    "evmVersion": "prague",
    "optimizer": {"enabled": False, "runs": 200},
    "metadata": {"bytecodeHash": "none"},
}
_IMPORT = re.compile(r'^import .*?"(.+?)";', re.MULTILINE | re.DOTALL)
# A mutant that loops for ever runs into this.
_TIMEOUT_S = 300
_COMPILES_A_PROCESS = 60


class Verdict(StrEnum):
    """What became of a mutant. Only killed and survived ones count."""

    KILLED = "killed"
    SURVIVED = "survived"
    INVALID = "does not compile"
    SAME_CODE = "compiles to the same code"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the suite and test that gave it, and digests of what it rests on: see `Judge.is_current`."""

    verdict: Verdict
    killer: str
    contracts: str
    tests: str


class Compiler:
    """A long-lived compiler process. Use as a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._left = 0

    def __enter__(self) -> "Compiler":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def compile(self, units: list[str], overlay: Mapping[str, str]) -> dict[str, str] | None:
        """Creation code by contract, in hexadecimal; None where it does not compile."""
        if self._left == 0:
            self._stop()
            command = ["node", str(Path(__file__).with_name("compiler.js"))]
            self._process = subprocess.Popen(  # noqa: S603 - a program of our own
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._left = _COMPILES_A_PROCESS
        self._left -= 1
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("the compiler is not running")
        code: dict[str, str] = {}
        for via_ir in (False, True):
            wanted = [(unit, Path(unit).stem) for unit in units if UNITS[unit] is via_ir]
            if not wanted:
                continue
            request = {"settings": {**_SETTINGS, "viaIR": via_ir}, "overlay": dict(overlay), "units": wanted}
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if "error" in answer:
                return None
            code |= answer["code"]
        return code

    def _stop(self) -> None:
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        self._process = None


class Judge:
    """Compiles and tests mutants with Forge's profile `mutation`, whose build it must have been given."""

    def __init__(self, forge: str, compiler: Compiler) -> None:
        self._forge = forge
        self._compiler = compiler
        self._closures = {unit: _closure(unit) for unit in UNITS}
        self._original: dict[str, str] | None = None
        self._tests = digest(*(path.read_text() for path in sorted(TESTS.rglob("*.sol"))))
        # What killed other mutants of a file, by file: the first to try.
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)

    def check(self) -> None:
        """Plants what our own compiler makes. Raises `SystemExit` unless all tests pass on it."""
        self._original = self._compiler.compile(list(UNITS), {})
        if self._original is None:
            raise SystemExit("The contracts do not compile.")
        self._build()
        for contract, code in self._original.items():
            _plant(contract, code)
        killer = self._run([], fail_fast=False)
        if killer is not None:
            raise SystemExit(f"{killer} fails without any mutant.")

    def is_current(self, mutant: Mutant, judgement: Judgement) -> bool:
        """Whether a judgement holds: the contracts are the same, and the test that killed, or all of them."""
        if judgement.contracts != self._contracts(mutant):
            return False
        if judgement.verdict is Verdict.KILLED:
            return judgement.tests == _suite_digest(judgement.killer)
        return judgement.verdict is not Verdict.SURVIVED or judgement.tests == self._tests

    def judge(self, mutant: Mutant, before: Judgement | None) -> Judgement:
        """The verdict on a mutant. What killed it before is tried first."""
        if self._original is None:
            self.check()
        original = self._original or {}
        contracts = self._contracts(mutant)
        units = [unit for unit in UNITS if mutant.file in self._closures[unit]]
        code = self._compiler.compile(units, {mutant.file: mutant.source})
        if code is None:
            return Judgement(Verdict.INVALID, "", contracts, "")
        if all(original[contract] == code[contract] for contract in code):
            return Judgement(Verdict.SAME_CODE, "", contracts, "")
        with self._planted(code, original):
            killer = self._first(mutant, before)
            killer = killer or self._run(["--no-match-test", "^invariant_|fits_a_contract"])
            killer = killer or self._run(["--match-test", "^invariant_"])
        if killer is None:
            return Judgement(Verdict.SURVIVED, "", contracts, self._tests)
        self.note(mutant, killer)
        return Judgement(Verdict.KILLED, killer, contracts, _suite_digest(killer))

    def note(self, mutant: Mutant, killer: str) -> None:
        """Remembers what killed a mutant, for others of its file."""
        self._killers[mutant.file][killer.split(":", maxsplit=1)[0]] += 1

    def _first(self, mutant: Mutant, before: Judgement | None) -> str | None:
        """Tries what killed the mutant before, and what has killed most others of its file."""
        likely = [path for path, _ in self._killers[mutant.file].most_common(1)]
        if before is not None:
            likely.insert(0, before.killer.split(":", maxsplit=1)[0])
        for path in dict.fromkeys(likely):
            killer = self._run(["--match-path", path]) if (ROOT / path).is_file() else None
            if killer is not None:
                return killer
        return None

    def _contracts(self, mutant: Mutant) -> str:
        """Digest of the mutant and of all sources of the contracts it is in."""
        sources = {
            path for unit in UNITS if mutant.file in self._closures[unit] for path in self._closures[unit]
        }
        return digest(mutant.source, *((ROOT / path).read_text() for path in sorted(sources)))

    @contextmanager
    def _planted(self, code: Mapping[str, str], original: Mapping[str, str]) -> Iterator[None]:
        try:
            for contract in code:
                _plant(contract, code[contract])
            yield
        finally:
            for contract in code:
                _plant(contract, original[contract])

    def _build(self) -> None:
        subprocess.run(  # noqa: S603 - Forge
            [self._forge, "build", "--quiet"], cwd=ROOT, env=_environment(), check=True
        )

    def _run(self, selection: list[str], *, fail_fast: bool = True) -> str | None:
        """The first test that fails, as `path:suite:test`."""
        command = [self._forge, "test", "--json", "--threads", "1", *selection]
        command += ["--fail-fast"] if fail_fast else []
        try:
            done = subprocess.run(  # noqa: S603 - Forge
                command,
                cwd=ROOT,
                env=_environment(),
                check=False,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            return "::took too long"
        try:
            suites: dict[str, Any] = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise SystemExit(f"Forge gave no result:\n{done.stdout}\n{done.stderr}") from None
        for suite, report in suites.items():
            for test, result in report["test_results"].items():
                if result["status"] == "Failure":
                    return f"{suite}:{test}"
        return None


def saved(judgements: Mapping[str, Judgement]) -> str:
    """Judgements by the digest of the mutant, as JSON."""
    return json.dumps({key: asdict(each) for key, each in judgements.items()}, indent=1)


def loaded(path: Path) -> dict[str, Judgement]:
    """What `saved` gave; nothing where there is no file."""
    if not path.is_file():
        return {}
    return {
        key: Judgement(**{**each, "verdict": Verdict(each["verdict"])})
        for key, each in json.loads(path.read_text()).items()
    }


def _environment() -> dict[str, str]:
    return {**os.environ, "FOUNDRY_PROFILE": "mutation"}


def _plant(contract: str, code: str) -> None:
    artifact = _BUILD / f"{contract}.sol" / f"{contract}.json"
    document = json.loads(artifact.read_text())
    document["bytecode"]["object"] = f"0x{code}"
    artifact.write_text(json.dumps(document))


def _suite_digest(killer: str) -> str:
    path = ROOT / killer.split(":", maxsplit=1)[0]
    return digest(path.read_text()) if path.is_file() else ""


def _closure(unit: str) -> frozenset[str]:
    """The unit and all of our sources that it imports. Another unit is only called, so it is not followed."""
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        path = waiting.pop()
        if path in found or (path in UNITS and path != unit):
            continue
        found.add(path)
        names = _IMPORT.findall((ROOT / path).read_text())
        waiting += [os.path.relpath((ROOT / path).parent / name, ROOT) for name in names if name[0] == "."]
    return frozenset(found)
