"""Mutants of the core: which there are, and in which order they are drawn."""

import hashlib
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "libraries", "oracles", "venues")
_COMPILER = Path(__file__).with_name("compiler.js")
# Gambit notes above the line what it has done to it.
_NOTE = re.compile(r"^ *///? \w+Mutation\(.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One source file with one mistake in it.

    `was` and `now` are the changed lines, without indentation; `line` is where they begin.
    """

    file: str
    line: int
    kind: str
    was: str
    now: str
    source: str

    @property
    def key(self) -> str:
        """Stays the same when lines above it come or go."""
        return digest(self.file, self.was, self.now)[:12]


def digest(*texts: str) -> str:
    """SHA-256 of several texts, in hexadecimal."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def files() -> list[str]:
    """The sources that are mutated, relative to the checkout."""
    found = [path for folder in FOLDERS for path in (ROOT / "contracts" / folder).glob("*.sol")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def generate(gambit: Path, file: str, cache: Path) -> list[Mutant]:
    """Every mutant that Gambit knows of one file, each once. Not all of them compile."""
    original = (ROOT / file).read_text()
    kept = cache / f"{digest(file, original)[:24]}.json"
    if not kept.is_file():
        with tempfile.TemporaryDirectory() as folder:
            # Gambit wants the compiler's name alone.
            solc = Path(folder) / "solc"
            solc.write_text(f'#!/bin/sh\nexec node "{_COMPILER}" "$@"\n')
            solc.chmod(0o755)
            command = [str(gambit), "mutate", "--filename", file, "--solc", str(solc), "--skip_validate"]
            command += ["--outdir", f"{folder}/out"]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - Gambit
            results = json.loads((Path(folder) / "out/gambit_results.json").read_text())
            written = [
                (each["description"], (Path(folder) / "out" / each["name"]).read_text()) for each in results
            ]
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(written))
    mutants: dict[str, Mutant] = {}
    for kind, text in json.loads(kept.read_text()):
        mutant = _mutant(file, original, kind, _NOTE.sub("", text))
        if mutant is not None:
            mutants.setdefault(mutant.source, mutant)
    return list(mutants.values())


def in_order(mutants: list[Mutant], seed: int) -> list[Mutant]:
    """Shuffled by the seed, such that a change to one file leaves the order of the others' mutants."""
    return sorted(mutants, key=lambda mutant: digest(str(seed), mutant.key, mutant.source))


def _mutant(file: str, original: str, kind: str, source: str) -> Mutant | None:
    before, after = original.splitlines(), source.splitlines()
    first = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    if first is None:
        return None
    last = 0
    while before[-1 - last] == after[-1 - last] and last < min(len(before), len(after)) - first - 1:
        last += 1
    was = " ".join(line.strip() for line in before[first : len(before) - last])
    now = " ".join(line.strip() for line in after[first : len(after) - last])
    return Mutant(file, first + 1, kind.removesuffix("Mutation"), was, now, source)
