"""How many planted mistakes the Forge tests notice: draws, judges, remembers, compares with the explanations.

    python -m benchmarks.mutation FOLDER FORGE [--sample N]

`FOLDER` is the environment in which Gambit is installed. The first `N` mutants of the core, in an order that
the seed fixes, are judged; those that do not compile or make no other code are passed over. The score is the
killed ones' share of those that are not equivalent. Every survivor must be explained in `explained.toml`, and
everything explained there must be a survivor.

Judgements are remembered in `build/mutation`, so that a later run judges only what has changed.
"""

import argparse
import math
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

from rich.console import Console

from benchmarks.mutation.judge import Compiler, Judge, Judgement, Verdict, loaded, saved
from benchmarks.mutation.mutants import ROOT, Mutant, digest, files, generate, in_order
from benchmarks.results import write

SEED = 20_261_125
SAMPLE = 400
LEAST_SCORE = 0.9
CACHE = ROOT / "build/mutation"
EXPLAINED = Path(__file__).with_name("explained.toml")
_COUNTS = (Verdict.KILLED, Verdict.SURVIVED)
_Z_95 = 1.96


def judge_all(
    gambit: Path, forge: str, sample: int, console: Console
) -> tuple[int, list[tuple[Mutant, Judgement]]]:
    """How many mutants there are, and the judgements on those drawn, valid or not."""
    population = [mutant for file in files() for mutant in generate(gambit, file, CACHE / "mutants")]
    known = loaded(CACHE / "judgements.json")
    judged: list[tuple[Mutant, Judgement]] = []
    valid = 0
    with Compiler() as compiler:
        judge = Judge(forge, compiler)
        for mutant in in_order(population, SEED):
            if valid == sample:
                break
            name = digest(mutant.file, mutant.source)
            judgement = known.get(name)
            if judgement is None or not judge.is_current(mutant, judgement):
                began = time.monotonic()
                judgement = judge.judge(mutant, judgement)
                known[name] = judgement
                (CACHE / "judgements.json").write_text(saved(known))
                console.print(
                    f"{valid:4} {judgement.verdict} {time.monotonic() - began:.0f}s "
                    f"{mutant.file}:{mutant.line} {mutant.was} -> {mutant.now} {judgement.killer}",
                    soft_wrap=True,
                    markup=False,
                    highlight=False,
                )
            elif judgement.verdict is Verdict.KILLED:
                judge.note(mutant, judgement.killer)
            valid += judgement.verdict in _COUNTS
            judged.append((mutant, judgement))
    return len(population), judged


def explanations() -> dict[tuple[str, str, str], tuple[bool, str]]:
    """By file, line before and line after: whether the mutant is equivalent, and why it survives."""
    entries = tomllib.loads(EXPLAINED.read_text()).get("survivor", [])
    return {
        (each["file"], each["was"], each["now"]): (each.get("equivalent", False), each["reason"])
        for each in entries
    }


def figures(population: int, judged: list[tuple[Mutant, Judgement]], equivalent: int) -> dict[str, object]:
    """What the result file says."""
    verdicts = Counter(judgement.verdict for _, judgement in judged)
    killed, survived = verdicts[Verdict.KILLED], verdicts[Verdict.SURVIVED]
    counted = killed + survived - equivalent
    low, high = _wilson(killed, counted)
    return {
        "score": round(killed / counted, 4),
        "score_confidence_95": [round(low, 4), round(high, 4)],
        "killed": killed,
        "survived": survived,
        "of_these_equivalent": equivalent,
        "judged": killed + survived,
        "passed_over_not_compiling": verdicts[Verdict.INVALID],
        "passed_over_same_code": verdicts[Verdict.SAME_CODE],
        "generated": population,
        "seed": SEED,
        "by_file": {
            file: {
                "killed": sum(m.file == file and j.verdict is Verdict.KILLED for m, j in judged),
                "survived": sum(m.file == file and j.verdict is Verdict.SURVIVED for m, j in judged),
            }
            for file in sorted({mutant.file for mutant, each in judged if each.verdict in _COUNTS})
        },
    }


def _wilson(killed: int, counted: int) -> tuple[float, float]:
    """Wilson's score interval at 95% for the share that would be killed of all that could have been drawn."""
    share, z2 = killed / counted, _Z_95**2
    middle = (share + z2 / (2 * counted)) / (1 + z2 / counted)
    half = _Z_95 * math.sqrt(share * (1 - share) / counted + z2 / (4 * counted**2)) / (1 + z2 / counted)
    return middle - half, middle + half


def main() -> int:
    """0 if the score is reached, and what survives and what is explained are the same."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("forge")
    parser.add_argument("--sample", type=int, default=SAMPLE)
    options = parser.parse_args()
    console = Console(file=sys.stdout)
    gambit = next(options.folder.resolve().glob("lib/python*/site-packages/certora_bins/gambit"))
    gambit.chmod(0o755)
    population, judged = judge_all(gambit, options.forge, options.sample, console)
    survivors = {
        (mutant.file, mutant.was, mutant.now): mutant
        for mutant, judgement in judged
        if judgement.verdict is Verdict.SURVIVED
    }
    explained = explanations()
    for key in sorted(survivors.keys() - explained.keys()):
        file, was, now = key
        console.print(
            f"not explained: {file}:{survivors[key].line}\n  was: {was}\n  now: {now}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    for key in sorted(explained.keys() - survivors.keys()):
        console.print(f"explained, but no survivor: {' | '.join(key)}", markup=False, soft_wrap=True)
    equivalent = sum(explained[key][0] for key in survivors.keys() & explained.keys())
    result = figures(population, judged, equivalent)
    path = write("mutation", result)
    console.print_json(data=result)
    console.print(f"Written to {path}.", soft_wrap=True)
    score = result["score"]
    reached = isinstance(score, float) and score >= LEAST_SCORE
    return 0 if reached and survivors.keys() == explained.keys() else 1


if __name__ == "__main__":
    sys.exit(main())
