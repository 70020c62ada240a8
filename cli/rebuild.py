"""`lockstep rebuild`: every derived table anew from the raw logs."""

import asyncio
import os

import typer
from rich.console import Console
from sqlalchemy import Engine

from cli.failure import told
from cli.logs import log_to_stderr
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from cli.progress import bar
from indexer.ledger.content import content_hash
from indexer.ledger.database import open_engine
from indexer.ledger.rebuild import rebuild as rebuild_tables
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.existing import open_ledger, require_ledger
from indexer.sync.lease import Lease

console = Console()

_LEADERS_AT_ONCE = 10_000


def rebuild(database_url: DatabaseUrl = DATABASE_URL, deployment: DeploymentPath = DEPLOYMENT) -> None:
    """Rebuild every table that follows from the raw logs, in one transaction, without a node.

    Stop `lockstep index` first. Says whether the tables were what the logs say; afterwards they are.
    """
    log_to_stderr()
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            same, logs, found = asyncio.run(_run(engine, place))
        finally:
            engine.dispose()
    console.print(f"{logs:,} logs posted anew. Content hash: {found}.", highlight=False, soft_wrap=True)
    console.print(
        "The tables are what they were." if same else "The tables were not what the logs say; now they are."
    )


async def _run(engine: Engine, place: Deployment) -> tuple[bool, int, str]:
    deployment_id = require_ledger(engine, place)
    lease = Lease(engine, place.chain_id, place.hub)
    async with lease.kept():
        lease.take()
        return await asyncio.to_thread(_rebuild, engine, place, deployment_id)


def _rebuild(engine: Engine, place: Deployment, deployment_id: int) -> tuple[bool, int, str]:
    before = content_hash(engine, deployment_id)
    with bar(Console(stderr=True)) as shown:
        task = shown.add_task("Logs", total=None, note="")
        ledger = open_ledger(engine, place)
        logs = rebuild_tables(
            ledger,
            place.hub,
            on_progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    while ledger.refresh_leaders(_LEADERS_AT_ONCE, processes=os.cpu_count() or 1):
        pass
    after = content_hash(engine, deployment_id)
    if before.hash != after.hash:
        for name, told_before in before.tables.items():
            if told_before != after.tables[name]:
                typer.echo(f"{name} differed.", err=True)
    return before.hash == after.hash, logs, after.hash
