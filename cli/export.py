"""`lockstep export`: the hub's raw logs as a Parquet file, or the whole ledger as a folder of them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine

from cli.failure import told
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from cli.progress import bar
from indexer.ledger.database import open_engine
from indexer.sync.deployment import read_deployment
from indexer.sync.existing import require_ledger

console = Console()


def export(
    file: Annotated[
        Path | None, typer.Argument(help="The file of raw logs to write; there must be none of this name.")
    ] = None,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    ledger: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write instead: every table of the ledger as Parquet; there must be none yet."
        ),
    ] = None,
) -> None:
    """Write the raw logs up to the ledger's block into a Parquet file, or with --ledger all tables.

    `lockstep index --from-parquet` starts another ledger from the raw logs without asking a node for old
    ones. The tables are for analysts: DuckDB, pandas and Polars read them as they are.
    """
    if (file is None) == (ledger is None):
        raise typer.BadParameter("Give the FILE for raw logs, or --ledger and a folder: one of the two.")
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            deployment_id = require_ledger(engine, place)
            if file is not None:
                _logs(engine, deployment_id, file)
            elif ledger is not None:
                _tables(engine, deployment_id, ledger)
        finally:
            engine.dispose()


def _logs(engine: Engine, deployment_id: int, file: Path) -> None:
    # Arrow takes a fifth of a process's memory, and no other command needs it.
    from indexer.ledger.recording import write_recording  # noqa: PLC0415

    with bar(Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Logs", total=None, note="")
        logs = write_recording(
            engine,
            deployment_id,
            file,
            on_progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    console.print(f"{logs:,} logs in {file}.", highlight=False, soft_wrap=True)


def _tables(engine: Engine, deployment_id: int, folder: Path) -> None:
    from indexer.ledger.dump import write_dump  # noqa: PLC0415 (Arrow, as above)

    with bar(Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Tables", total=None, note="")
        found = write_dump(
            engine,
            deployment_id,
            folder,
            on_table=lambda done, total: shown.update(task, completed=done, total=total),
        )
    rows = f"{sum(found.rows.values()):,} rows of {len(found.rows)} tables"
    console.print(f"{rows} in {folder}, as of block {found.block.number}.", highlight=False, soft_wrap=True)
