"""`lockstep reconcile`: proves the ledger against the chain, to the wei."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Engine

from cli.failure import told
from cli.logs import log_to_stderr
from cli.options import DATABASE_URL, DEPLOYMENT, RPC_URLS, DatabaseUrl, DeploymentPath, RpcUrls, split_urls
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.reconcile import Report
from indexer.sync.reconcile import reconcile as compare

console = Console()


def reconcile(
    rpc_url: RpcUrls = RPC_URLS,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compare every balance in the ledger with the hub's own books, at the ledger's block.

    Exits 0 when all agree to the wei, 3 when any differs. The report is stored in the database.
    """
    log_to_stderr()
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            report = asyncio.run(_compare(split_urls(rpc_url), engine, place))
        finally:
            engine.dispose()
    if as_json:
        typer.echo(json.dumps(_document(report), indent=2))
    else:
        _print(report)
    if report.differences:
        raise typer.Exit(3)


async def _compare(rpc_urls: list[str], engine: Engine, place: Deployment) -> Report:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Balances", total=None)
        async with RpcClient(*rpc_urls) as rpc:
            return await compare(
                ChainReader(rpc),
                engine,
                place,
                on_progress=lambda done, total: bar.update(task, completed=done, total=total),
            )


def _document(report: Report) -> dict[str, object]:
    return {
        "block": report.block.number,
        "block_hash": report.block.hash,
        "balances_checked": report.balances_checked,
        "mismatches": len(report.differences),
        "differences": [
            {
                "account_kind": each.account_kind,
                "account": each.account,
                "token": each.token,
                "ledger": str(each.ledger_amount),
                "chain": str(each.chain_amount),
            }
            for each in report.differences
        ],
    }


def _print(report: Report) -> None:
    console.print(
        f"{report.balances_checked} balances compared at block {report.block.number}, "
        f"{len(report.differences)} differ.",
        highlight=False,
    )
    if not report.differences:
        return
    table = Table("account", "token", "ledger", "chain", "difference", title="Differences, in token units")
    for each in report.differences:
        difference = each.ledger_amount - each.chain_amount
        name = f"{each.account_kind} {each.account}".strip()
        table.add_row(name, each.token, str(each.ledger_amount), str(each.chain_amount), f"{difference:+d}")
    console.print(table)
    console.print(
        "Index once more and compare again. If they stay, index into a new database; if that differs too, "
        "report it.",
        soft_wrap=True,
    )
