"""`lockstep index`: fills the ledger from the chain and keeps it at the head."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from cli.failure import told
from cli.logs import log_to_stderr
from cli.options import DATABASE_URL, DEPLOYMENT, RPC_URL, DatabaseUrl, DeploymentPath, RpcUrl
from indexer.ledger.database import open_engine
from indexer.sync import service
from indexer.sync.deployment import Deployment, read_deployment

console = Console(stderr=True)


def index(
    rpc_url: RpcUrl = RPC_URL,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    ws_url: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_WS_URL",
            help="WebSocket endpoint for new heads; by default the RPC URL's own, else heads are polled.",
        ),
    ] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop at the head instead of following it.")] = False,
) -> None:
    """Index the hub's events into the ledger: from its deployment to the head, then live until Ctrl-C.

    Can be stopped and started at any time; it goes on where it was and rolls back what the chain no longer
    has.
    """
    log_to_stderr()
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url)
        try:
            asyncio.run(_run(rpc_url, ws_url, engine, place, once=once))
        finally:
            engine.dispose()


async def _run(rpc_url: str, ws_url: str | None, engine: Engine, place: Deployment, *, once: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with _shown() as show:
        async with service.open_indexer(rpc_url, engine, place, ws_url=ws_url, on_progress=show) as indexer:
            if once:
                await indexer.backfill_to_head(stop)
                await indexer.prove(stop)
            else:
                await indexer.follow(stop)
            checkpoint = indexer.checkpoint
            unknown = indexer.unknown_logs
    console.print(f"The ledger is at block {checkpoint.number} ({checkpoint.hash}).", highlight=False)
    if unknown:
        console.print(f"{unknown} logs of the hub are of events unknown to this version; kept raw.")


@contextmanager
def _shown() -> Iterator[service.OnProgress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[logs]} logs"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Blocks", total=None, logs=0)

        def show(now: service.Progress) -> None:
            bar.update(task, completed=now.checkpoint - now.start, total=now.head - now.start, logs=now.logs)

        yield show
