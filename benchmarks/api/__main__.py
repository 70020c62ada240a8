"""Measure the API and write `benchmarks/results/api.json`: `python -m benchmarks.api [--quick|--leaders N]`.

The ledger is generated in a PostgreSQL of its own below `build/`, and used again while what it is made by is
the same; the server is `lockstep serve`, the load comes from this process. What each figure means is in
`docs/benchmarks.md`.
"""

import argparse
import asyncio
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from rich.console import Console
from sqlalchemy import Engine, func, insert, select, update

from benchmarks.api.load import listen, percentile, read_at
from benchmarks.api.world import Size, build
from benchmarks.postgresql import database, postgresql
from benchmarks.results import write
from indexer.derived.leaders import Moment, refresh
from indexer.ledger.checkpoint import Checkpoint, read_checkpoint
from indexer.ledger.database import open_engine
from indexer.ledger.models import Block, Copy, Deployment, RawLog, Strategy
from indexer.ledger.partitions import Partitions

console = Console(stderr=True)

FULL = Size(leaders=10_000, followers=9, trades=100, times=100)
QUICK = Size(leaders=10, followers=3, trades=6, times=2)
RPS = 300
WORKERS = 2
_SETTINGS = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "jit": "off",  # compiling takes longer than any of these statements
    "random_page_cost": "1.1",  # what is read often is in memory
}
_MADE_BY = (
    "benchmarks/api/world.py",
    "benchmarks/api/repeat.py",
    "accounting",
    "indexer/derived",
    "indexer/ledger",
)
"""What the ledger follows from."""
LISTENERS = 1_000

Figures = dict[str, object]


def measure(size: Size, *, seconds: float, listeners: int, keep: Path | None = None) -> Figures:
    """Return every figure, by key. The ledger stays in the folder `keep`, if one is given."""
    with _ledger(size, keep) as (url, made):
        engine = open_engine(url)
        figures: Figures = {**made, "leaders": size.leaders + 1, "vaults": size.vaults, "workers": WORKERS}
        with engine.connect() as connection:
            figures["copies"] = connection.scalar(select(func.count()).select_from(Copy))
        figures |= _metrics(engine, size)
        with _serving(url) as (address, process):
            figures["reads"] = {
                name: asyncio.run(read_at(address, paths, RPS, seconds))._asdict()
                for name, paths in _reads(size)
            }
            long = f"/v1/vaults/{size.vaults}/statement?limit="
            # Another text each time, with one more zero before the number: none is kept.
            pages = (f"{long}{100 - at % 50:0{3 + at // 50}d}" for at in itertools.count())
            figures["statement_10k_ms"] = asyncio.run(read_at(address, pages, 5, 4)).p50_ms
            happen = _new_blocks(engine)
            fanned = asyncio.run(listen(address, listeners, happen, 5))
            figures["sse_fanout_ms"] = round(statistics.median(fanned), 1)
            figures["sse_listeners"] = listeners
            figures["peak_rss_mb"] = _peak_rss_mb(process.pid)
        engine.dispose()
    figures["load_average"] = round(os.getloadavg()[0], 1)
    return figures


@contextmanager
def _ledger(size: Size, keep: Path | None) -> Iterator[tuple[str, Figures]]:
    """The URL of the ledger's database, and how long it took to make it."""
    if keep is None:
        with postgresql(_SETTINGS) as server, database(server) as url:
            yield url, _built(url, size)
        return
    made = hashlib.sha256(repr(size).encode())
    for path in _MADE_BY:
        files = sorted(Path(path).rglob("*.py")) if Path(path).is_dir() else [Path(path)]
        for each in files:
            made.update(each.read_bytes())
    folder = keep / made.hexdigest()[:16]
    for other in keep.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    done = folder / "made.json"
    with postgresql(_SETTINGS, folder / "data") as server:
        url = f"{server}/ledger"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = 'ledger'").fetchone()
            if known is not None and not done.exists():
                connection.execute("DROP DATABASE ledger")
            if not done.exists():
                connection.execute("CREATE DATABASE ledger")
                done.write_text(json.dumps(_built(url, size)))
        yield url, json.loads(done.read_text())


def _built(url: str, size: Size) -> Figures:
    engine = open_engine(url)
    begin = time.perf_counter()
    copies = build(engine, size)
    engine.dispose()
    seconds = round(time.perf_counter() - begin, 1)
    console.print(f"{copies} copies after {seconds:.0f} s")
    return {"generated_s": seconds}


def _metrics(engine: Engine, size: Size) -> Figures:
    with engine.connect() as connection:
        at = read_checkpoint(connection, 1)
        ids = connection.scalars(select(Strategy.strategy_id).order_by(Strategy.strategy_id)).all()
    moment = Moment(at.number, at.time)
    begin = time.perf_counter()
    with engine.begin() as connection:
        refresh(connection, 1, ids, moment, processes=os.cpu_count() or 1)
    whole = time.perf_counter() - begin
    chance, ones = random.Random(1), []
    for _ in range(min(50, size.leaders)):
        touched = chance.randint(1, size.leaders)
        begin = time.perf_counter()
        with engine.begin() as connection:
            refresh(connection, 1, [touched], moment)
        ones.append((time.perf_counter() - begin) * 1_000)
    return {
        "metrics_full_recompute_s": round(whole, 2),
        "metrics_increment_ms": round(statistics.median(ones), 1),
        "metrics_increment_p99_ms": round(percentile(ones, 99), 1),
    }


def _reads(size: Size) -> Iterator[tuple[str, Iterator[str]]]:
    """Each read with the paths that are asked for, another each time."""
    chance = random.Random(7)

    def each(make: Callable[[], str]) -> Iterator[str]:
        while True:
            yield make()

    sorts = ("cumulative_return", "sharpe_ratio", "own_stake", "rank_score", "win_rate")
    windows = ("30d", "90d", "365d", "all")

    def discovery(bounds: str) -> str:
        return f"/v1/leaders?sort={chance.choice(sorts)}&window={chance.choice(windows)}&{bounds}"

    yield "leaders", each(lambda: discovery("min_copiers=1&min_win_rate=0.1&max_max_drawdown=0.9"))
    yield (
        "leaders_anew",
        each(lambda: discovery(f"min_copiers=1&min_win_rate=0.1&max_max_drawdown={chance.random():.9f}")),
    )
    yield "leader_profile", each(lambda: f"/v1/leaders/{chance.randint(1, size.leaders)}")
    yield "statement", each(lambda: f"/v1/vaults/{chance.randint(1, size.vaults - 2)}/statement")
    yield (
        "trade_copies",
        each(lambda: f"/v1/trades/{chance.randint(1, size.leaders)}-{chance.randint(1, size.trades)}/copies"),
    )


@contextmanager
def _serving(url: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`lockstep serve` on a free port, until the block ends."""
    program = Path(sys.executable).parent / "lockstep"
    arguments = ["serve", "--database-url", url, "--port", "0", "--requests-a-minute", "0"]
    arguments += ["--workers", str(WORKERS)]
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (ours)
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://[\d.:]+", line)
            if found is None:
                raise RuntimeError(f"the server does not start: {line}")
            while True:
                try:
                    asyncio.run(read_at(found[0], itertools.repeat("/health"), 50, 0.2))
                    break
                except OSError:
                    time.sleep(0.1)
            yield found[0], process
        finally:
            process.terminate()
            process.wait(30)


def _new_blocks(engine: Engine) -> Callable[[], None]:
    """Writes, each time, a block with one copy, as the indexer would."""
    with engine.connect() as connection:
        first = read_checkpoint(connection, 1)
        known = connection.execute(select(Copy.__table__).limit(1)).mappings().one()
    numbers = itertools.count(first.number + 1)
    trades = itertools.count(10**15 + first.number)
    parts = Partitions(1)

    def happen() -> None:
        number = next(numbers)
        hash_, time_ = f"0x{number:064x}", first.time + 12 * (number - first.number)
        place = {"block_number": number, "log_index": 0, "block_time": time_}
        block = {"number": number, "hash": hash_, "time": time_, "log_count": 1, "seen_us": 0}
        log = {"block_number": number, "log_index": 0, "block_hash": hash_, "tx_hash": hash_, "tx_index": 0}
        new = {"trade_id": next(trades), "status": "skipped", "reason": "paused", "clearing_log_index": None}
        last = {"checkpoint_number": number, "checkpoint_hash": hash_, "checkpoint_time": time_}
        with engine.begin() as connection:
            parts.cover(connection, [Checkpoint(number, hash_, time_)])
            connection.execute(insert(Block).values(deployment_id=1, processed_us=0, **block))
            told = {"event": "CopySkipped", "topics": b"", "data": b""}
            connection.execute(insert(RawLog).values(deployment_id=1, **log, **told))
            connection.execute(insert(Copy).values({**known, **place, **new}))
            connection.execute(update(Deployment).values(last))

    return happen


def _peak_rss_mb(pid: int) -> int:
    """The largest resident memory of a server's processes, added up."""
    total = 0
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(_peak_rss_mb(int(child)) for child in children.read_text().split())
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return total + (int(found[1]) // 1024 if found else 0)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="try it with a small ledger, and write nothing")
    parser.add_argument("--leaders", type=int, default=FULL.leaders, help="fewer, in hundreds")
    given = parser.parse_args()
    if given.quick:
        figures = measure(QUICK, seconds=1, listeners=20)
    else:
        size = Size(given.leaders, FULL.followers, FULL.trades, times=max(1, given.leaders // 100))
        figures = measure(size, seconds=5, listeners=LISTENERS, keep=Path("build/bench-api"))
    console.print_json(data=figures)
    if not given.quick:
        console.print(f"Written to {write('api', figures)}.")


if __name__ == "__main__":
    main()
