"""`lockstep hash`: one number that two ledgers share exactly when their content is the same."""

import json
from typing import Annotated

import typer
from rich.console import Console

from cli.failure import told
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from cli.progress import bar
from indexer.ledger.content import Content, content_hash
from indexer.ledger.database import open_engine
from indexer.sync.deployment import read_deployment
from indexer.sync.existing import require_ledger


def hash_content(
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    block: Annotated[
        int | None, typer.Option(help="The ledger as it was at this block; left out: as it is.", min=0)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the hash of each table, too.")] = False,
) -> None:
    """Print the hash of the ledger's content at a block.

    It is the same for the same chain, whatever the database, the ranges, the restarts and the reorgs on the
    way. Clocks, reports and memories of rollbacks are no part of it.
    """
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            with bar(Console(stderr=True), transient=True) as shown:
                task = shown.add_task("Tables", total=None, note="")
                found = content_hash(
                    engine,
                    require_ledger(engine, place),
                    block=block,
                    on_table=lambda done, total: shown.update(task, completed=done, total=total),
                )
        finally:
            engine.dispose()
    short = f"{found.hash} at block {found.block.number}"
    typer.echo(json.dumps(_document(found), indent=2) if as_json else short)


def _document(found: Content) -> dict[str, object]:
    return {
        "hash": found.hash,
        "chain_id": found.chain_id,
        "hub": found.hub,
        "block": found.block.number,
        "tables": {name: {"hash": digest, "rows": rows} for name, (digest, rows) in found.tables.items()},
    }
