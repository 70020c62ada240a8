"""`lockstep index`: fills the ledger from the chain and keeps it at the head."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine

from cli.failure import told
from cli.logs import log_to_stderr
from cli.options import (
    DATABASE_URL,
    DEPLOYMENT,
    RPC_URLS,
    DatabaseUrl,
    DeploymentPath,
    RpcUrls,
    split_urls,
)
from cli.progress import bar
from indexer.ledger.database import open_engine
from indexer.sync import service
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.metrics import serve_metrics
from indexer.sync.reading import Recorded
from indexer.sync.schedule import reconcile_now_and_then

console = Console(stderr=True)


def index(
    rpc_url: RpcUrls = RPC_URLS,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    ws_url: Annotated[
        list[str] | None,
        typer.Option(
            envvar="LOCKSTEP_WS_URL",
            help="WebSocket endpoint for new heads; by default the RPC URLs' own, else heads are polled.",
        ),
    ] = None,
    reconcile_every: Annotated[
        float,
        typer.Option(
            envvar="LOCKSTEP_RECONCILE_EVERY",
            min=0,
            help="Seconds between two comparisons with the chain, after the one at start; 0: only that one.",
        ),
    ] = 3600,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            envvar="LOCKSTEP_METRICS_PORT",
            min=0,
            max=65535,
            help="Port for Prometheus metrics; 0 takes a free one. Left out: none are served.",
        ),
    ] = None,
    metrics_host: Annotated[
        str, typer.Option(envvar="LOCKSTEP_METRICS_HOST", help="Address to serve the metrics on.")
    ] = "127.0.0.1",
    finality: Annotated[
        int | None,
        typer.Option(min=1, help="Blocks below the newest that count as final; by default the chain's own."),
    ] = None,
    from_parquet: Annotated[
        Path | None,
        typer.Option(
            help="File that `lockstep export` wrote: its logs are read in place of the node's, and proven by "
            "the node's headers as the node's own are."
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop at the head instead of following it.")] = False,
    beside_others: Annotated[
        bool,
        typer.Option("--beside-others", help="Let this hub into a database that holds other hubs already."),
    ] = False,
) -> None:
    """Index the hub's events into the ledger: from its deployment to the head, then live until Ctrl-C.

    Can be stopped and started at any time; it goes on where it was and rolls back what the chain no longer
    has. One indexer writes a ledger: a second one is refused.
    """
    log_to_stderr()
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url)
        try:
            asyncio.run(
                _run(
                    split_urls(rpc_url),
                    split_urls(ws_url or ()),
                    engine,
                    place,
                    once=once,
                    beside_others=beside_others,
                    finality=finality,
                    recording=None if from_parquet is None else _recording(from_parquet),
                    reconcile_every=reconcile_every,
                    metrics=None if metrics_port is None else (metrics_host, metrics_port),
                )
            )
        finally:
            engine.dispose()


def _recording(path: Path) -> Recorded:
    # Arrow takes a fifth of a process's memory, and only this needs it.
    from indexer.ledger.recording import Recording  # noqa: PLC0415

    return Recording(path)


async def _run(
    rpc_urls: list[str],
    ws_urls: list[str],
    engine: Engine,
    place: Deployment,
    *,
    once: bool,
    beside_others: bool,
    finality: int | None,
    recording: Recorded | None,
    reconcile_every: float,
    metrics: tuple[str, int] | None,
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with _shown() as show:
        async with (
            service.open_indexer(
                rpc_urls,
                engine,
                place,
                ws_url=ws_urls,
                on_progress=show,
                beside_others=beside_others,
                finality=finality,
                recording=recording,
            ) as indexer,
            serve_metrics(metrics, engine, place, indexer),
            reconcile_now_and_then(indexer, engine, place, every_s=0 if once else reconcile_every),
        ):
            if once:
                await indexer.backfill_to_head(stop)
                await indexer.prove(stop)
                await indexer.read_gas(stop)
            else:
                await indexer.follow(stop)
            checkpoint = indexer.checkpoint
            unknown = indexer.unknown_logs
    console.print(f"The ledger is at block {checkpoint.number} ({checkpoint.hash}).", highlight=False)
    if unknown:
        console.print(f"{unknown} logs of the hub are of events unknown to this version; kept raw.")


@contextmanager
def _shown() -> Iterator[service.OnProgress]:
    with bar(console) as shown:
        task = shown.add_task("Blocks", total=None, note="")

        def show(now: service.Progress) -> None:
            lag = now.head - now.checkpoint
            shown.update(
                task,
                description="Blocks" if lag else "Live  ",
                completed=now.checkpoint - now.start,
                total=now.head - now.start,
                note=f"{now.logs:,} logs, {lag:,} blocks behind",
            )

        yield show
