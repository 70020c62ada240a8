"""`lockstep export`: the hub's raw logs as a Parquet file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.failure import told
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from cli.progress import bar
from indexer.ledger.database import open_engine
from indexer.sync.deployment import read_deployment
from indexer.sync.existing import require_ledger

console = Console()


def export(
    file: Annotated[Path, typer.Argument(help="The file to write; there must be none of this name.")],
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
) -> None:
    """Write the raw logs up to the ledger's block into a Parquet file.

    `lockstep index --from-parquet` starts another ledger from it without asking a node for old logs, and
    analysts' tools read it as it is.
    """
    # Arrow takes a fifth of a process's memory, and no other command needs it.
    from indexer.ledger.recording import write_recording  # noqa: PLC0415

    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            with bar(Console(stderr=True), transient=True) as shown:
                task = shown.add_task("Logs", total=None, note="")
                logs = write_recording(
                    engine,
                    require_ledger(engine, place),
                    file,
                    on_progress=lambda done, total: shown.update(task, completed=done, total=total),
                )
        finally:
            engine.dispose()
    console.print(f"{logs:,} logs in {file}.", highlight=False, soft_wrap=True)
