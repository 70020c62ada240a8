"""Measure the indexer and write `benchmarks/results/indexer.json`: `python -m benchmarks.indexer [--quick]`.

Every rate is events a second from an empty database to the chain's head, the median of several runs that take
turns, so that what else the machine does falls on all alike. What each figure means is in
`docs/benchmarks.md`.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from benchmarks.indexer.chain import Market, Size, market
from benchmarks.indexer.live import block_to_row, mismatches, reorg_recovery
from benchmarks.indexer.peers import Job, PeerMissingError, envio, ponder
from benchmarks.postgresql import database, postgresql
from benchmarks.results import write
from indexer.sync.deployment import read_deployment

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    dense: Size
    sparse: Size
    rounds: int
    live_blocks: int
    reorg_depth: int
    round_trip_ms: int
    peers: bool
    turns: int
    peer_patience_s: float = 900


FULL = Plan(
    dense=Size("dense", 2_000, 100),
    sparse=Size("sparse", 20_000, 5),
    rounds=3,
    live_blocks=300,
    reorg_depth=64,
    round_trip_ms=100,
    peers=True,
    turns=10,
)


QUICK = Plan(
    dense=Size("dense", 20, 20),
    sparse=Size("sparse", 40, 5),
    rounds=1,
    live_blocks=5,
    reorg_depth=4,
    round_trip_ms=20,
    peers=False,
    turns=3,
)
"""Seconds instead of half an hour: shows that everything runs, and says nothing of speed."""


@dataclass(slots=True)
class Runs:
    """Events a second and resident memory of each run, by key; why a key was not measured."""

    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    missing: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, events: int, seconds: float, memory: int = 0) -> None:
        """Take one run."""
        self.rates[key].append(events / seconds)
        self.seconds[key].append(seconds)
        self.memory[key].append(memory)
        console.print(
            f"{key}: {events:,} events in {seconds:.2f} s, {events / seconds:,.0f}/s", highlight=False
        )

    def rate(self, key: str) -> int | None:
        """The median, in events a second; None where nothing was measured."""
        return round(statistics.median(self.rates[key])) if self.rates[key] else None

    def time(self, key: str) -> float:
        """The median, in seconds."""
        return statistics.median(self.seconds[key])


def measure(plan: Plan) -> dict[str, Any]:
    """All figures."""
    runs = Runs()
    figures: dict[str, Any] = {}
    with postgresql() as server:
        with market(plan.sparse) as at:
            for _ in range(plan.rounds):
                _index_once(runs, at, server, "sparse_", plan)
            if plan.peers:
                _peers_once(runs, at, server, "sparse_", plan)
        with market(plan.dense) as at:
            for _ in range(plan.rounds):
                _index_once(runs, at, server, "", plan)
                _extras_once(runs, at, server, plan)
            _repeated_once(runs, at, server, plan)
            if plan.peers:
                for _ in range(plan.rounds):
                    _peers_once(runs, at, server, "", plan)
            with database(server) as url:
                figures |= asyncio.run(block_to_row(at, url, plan.live_blocks))
                figures["mismatches"] = asyncio.run(mismatches(at, url))
                figures["reorg64_recovery_s"] = asyncio.run(reorg_recovery(at, url, plan.reorg_depth))
            figures |= {"events": at.facts.events, "blocks": at.facts.head}
    return _named(runs) | figures | {"not_measured": runs.missing}


def _index_once(runs: Runs, at: Market, server: str, prefix: str, plan: Plan) -> None:
    """The node alone, raw rows, and the ledger, on PostgreSQL and SQLite."""
    runs.add(f"{prefix}raw_fetch", *_run("fetch", at, "none"))
    for stage, key in (("raw", "raw_rows"), ("ledger", "ledger")):
        with database(server) as url:
            runs.add(f"{prefix}{key}", *_run(stage, at, url))
    with tempfile.TemporaryDirectory() as folder:
        runs.add(f"{prefix}ledger_sqlite", *_run("ledger", at, f"sqlite:///{folder}/ledger.db"))


def _extras_once(runs: Runs, at: Market, server: str, plan: Plan) -> None:
    """The same through a long line, a tenth of the chain, and what one writes with web3.py."""
    delay = ("delay", "127.0.0.1", str(at.node.port), str(plan.round_trip_ms))
    with database(server) as url, _served(*delay) as far:
        runs.add("latency", *_run("ledger", at, url, rpc_url=far))
    tenth = at.facts.head - plan.dense.blocks + plan.dense.blocks // 10
    with database(server) as url:
        runs.add("tenth", *_run("ledger", at, url, head=tenth))
    with database(server) as url:
        runs.add("web3py", *_child("benchmarks.indexer.plain", at, url, at.facts.head))


def _repeated_once(runs: Runs, at: Market, server: str, plan: Plan) -> None:
    """The same chain shown as ten times as long."""
    first, head = at.first_of(plan.dense), at.facts.head
    last = head + (plan.turns - 1) * (head - first + 1)
    repeat = ("repeat", at.node.http_url, str(first), str(head), str(plan.dense.blocks))
    with database(server) as url, _served(*repeat) as longer:
        runs.add("repeated", *_run("ledger", at, url, rpc_url=longer, head=last))


def _peers_once(runs: Runs, at: Market, server: str, prefix: str, plan: Plan) -> None:
    place = read_deployment(at.deployment)
    job = Job(at.node.http_url, place.hub, place.block, at.facts.head, at.facts.events)
    peers: dict[str, Callable[[str], float]] = {
        "ponder": lambda url: ponder(job, url, lifted=False, patience_s=plan.peer_patience_s),
        "ponder_lifted": lambda url: ponder(job, url, lifted=True, patience_s=plan.peer_patience_s),
        "envio": lambda url: envio(job, url, balances=False, patience_s=plan.peer_patience_s),
        "envio_balances": lambda url: envio(job, url, balances=True, patience_s=plan.peer_patience_s),
    }
    for name, run in peers.items():
        key = prefix + name
        if key in runs.missing:
            continue
        try:
            with database(server) as url:
                runs.add(key, job.events, run(url))
        except PeerMissingError as error:
            runs.missing[key] = str(error)
            console.print(f"{key}: skipped, {error}", highlight=False)


def _run(
    stage: str, at: Market, database_url: str, *, rpc_url: str | None = None, head: int | None = None
) -> tuple[int, float, int]:
    module = "benchmarks.indexer.run"
    return _child(module, at, database_url, head or at.facts.head, stage, rpc_url=rpc_url)


def _child(
    module: str, at: Market, database_url: str, head: int, *stage: str, rpc_url: str | None = None
) -> tuple[int, float, int]:
    command = [
        sys.executable,
        "-m",
        module,
        *stage,
        rpc_url or at.node.http_url,
        str(at.deployment),
        str(head),
    ]
    done = subprocess.run(  # noqa: S603 - our own modules
        [*command, database_url], check=True, stdout=subprocess.PIPE
    )
    found = json.loads(done.stdout)
    return found["events"], found["seconds"], found["peak_rss_mb"]


@contextmanager
def _served(name: str, *arguments: str) -> Iterator[str]:
    """The URL of one of our own modules that stands before the node and says at which port."""
    command = [sys.executable, "-m", f"benchmarks.indexer.{name}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        assert server.stdout is not None  # noqa: S101 - asked for above
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def _named(runs: Runs) -> dict[str, Any]:
    """The figures that come from the runs."""
    figures: dict[str, Any] = {
        f"{key}_events_per_s": runs.rate(key)
        for prefix in ("", "sparse_")
        for key in (
            f"{prefix}{name}"
            for name in (
                "raw_fetch",
                "raw_rows",
                "ledger",
                "ponder",
                "ponder_lifted",
                "envio",
                "envio_balances",
            )
        )
    }
    figures["ledger_events_per_s_sqlite"] = runs.rate("ledger_sqlite")
    figures["sparse_ledger_events_per_s_sqlite"] = runs.rate("sparse_ledger_sqlite")
    figures["web3py_events_per_s"] = runs.rate("web3py")
    figures["raw_rows_to_raw_fetch_ratio"] = round(runs.time("raw_rows") / runs.time("raw_fetch"), 2)
    figures["latency100ms_ratio"] = round(runs.time("latency") / runs.time("ledger"), 2)
    figures["peak_rss_mb"] = max(runs.memory["ledger"])
    figures["peak_rss_mb_tenth"] = max(runs.memory["tenth"])
    figures["peak_rss_mb_2m"] = max(runs.memory["repeated"])
    figures["repeated_ledger_events_per_s"] = runs.rate("repeated")
    # Time for ten times the events, from the rates of the whole chain and of its first tenth.
    tenth = statistics.median(runs.rates["tenth"])
    figures["cost_ratio_10x"] = round(10 * tenth / statistics.median(runs.rates["ledger"]), 2)
    return figures


def main() -> None:
    """Measure, write the result file, and show it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    quick = "--quick" in sys.argv[1:]
    plan = replace(QUICK, peers="--peers" in sys.argv[1:]) if quick else FULL
    figures = measure(plan)
    table = Table("figure", "value", box=None)
    for name, value in figures.items():
        table.add_row(name, str(value))
    out = Console(file=sys.stdout)
    out.print(table)
    if not quick:
        out.print(f"Written to {write('indexer', figures)}.", soft_wrap=True)


if __name__ == "__main__":
    main()
