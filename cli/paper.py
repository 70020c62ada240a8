"""`lockstep paper`: follow leaders of the ledger with play money, without wallet or registration."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from accounting.rounding import decimal_string
from api.snapshot import DeploymentKey, Snapshots
from backtest.choices import PRESETS, read_policies
from cli.backtest import amount_of
from cli.failure import told
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from indexer.ledger.database import open_engine
from indexer.ledger.trade_ids import trade_label
from indexer.sync.deployment import read_deployment
from practice.books import PaperBooks
from practice.recorded import read_offer
from practice.statement import Copied, PaperStatement, check, statement_of

console = Console()
app = typer.Typer(help="Follow leaders of the ledger with play money.", no_args_is_help=True)

PaperUrl = Annotated[
    str,
    typer.Option(
        "--paper-database-url",
        envvar="LOCKSTEP_PAPER_DATABASE_URL",
        help="Where vaults of play money are kept: sqlite:///path/to/file.db or postgresql://user@host/name.",
    ),
]
PAPER_URL = "sqlite:///build/paper.db"
PaperId = Annotated[str, typer.Argument(help="The vault's id, as `lockstep paper open` said it.")]


@app.command("open")
def open_vault(
    strategy_id: Annotated[int, typer.Argument(help="The strategy to follow.", min=1)],
    policy: Annotated[
        str, typer.Option(help=f"A preset ({', '.join(PRESETS)}), or a TOML file with one policy.")
    ] = "plain",
    *,
    deposit: Annotated[str, typer.Option(help="Base tokens of play money.")] = "1000",
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    paper_database_url: PaperUrl = PAPER_URL,
) -> None:
    """Open a vault of play money that copies what the leader trades from now on, and print its id."""
    with told(), _opened(database_url, deployment, paper_database_url) as (snapshots, books):
        chosen = next(iter(read_policies([policy]).values()))
        with snapshots.open() as snapshot:
            offer = read_offer(snapshot.session, snapshot.deployment_id, strategy_id)
            amount = amount_of("--deposit", deposit, offer.tokens[0].decimals)
            check(offer, chosen, amount, now=snapshot.time)
            place = (snapshot.deployment.chain_id, snapshot.deployment.hub)
            block = snapshot.block.number
            vault = books.open(place, strategy_id, chosen, amount, block=block, at=snapshot.time)
    typer.echo(vault.id)


@app.command()
def show(
    vault_id: PaperId,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    paper_database_url: PaperUrl = PAPER_URL,
) -> None:
    """Print a vault's statement: what it holds, its result, and what each trade did."""
    with told(), _opened(database_url, deployment, paper_database_url) as (snapshots, books):
        vault = books.find(vault_id)
        with snapshots.open(DeploymentKey(vault.chain_id, vault.hub)) as snapshot:
            found = statement_of(snapshot.session, snapshot.deployment_id, vault, now=snapshot.time)
    _print(found)


@app.command("list")
def list_vaults(
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    paper_database_url: PaperUrl = PAPER_URL,
) -> None:
    """Print the ids of all vaults of play money."""
    with told(), _opened(database_url, deployment, paper_database_url) as (_, books):
        for vault in books.all():
            typer.echo(f"{vault.id}  strategy {vault.strategy_id}")


@app.command()
def watch(
    vault_id: PaperId,
    *,
    every: Annotated[float, typer.Option(min=0.05, help="Seconds between two looks at the ledger.")] = 2,
    looks: Annotated[int, typer.Option(min=0, help="Stop after so many looks; 0: go on until Ctrl-C.")] = 0,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    paper_database_url: PaperUrl = PAPER_URL,
) -> None:
    """Print what each new trade does to a vault, as the ledger learns of it, until Ctrl-C."""
    with told(), _opened(database_url, deployment, paper_database_url) as (snapshots, books):
        vault = books.find(vault_id)
        shown, look = 0, 0
        while True:
            with snapshots.open(DeploymentKey(vault.chain_id, vault.hub)) as snapshot:
                found = statement_of(snapshot.session, snapshot.deployment_id, vault, now=snapshot.time)
            for each in found.copies[shown:]:
                typer.echo(_line(each))
            # After a reorganisation there may be fewer: what was shown then no longer holds.
            shown, look = len(found.copies), look + 1
            if look == looks:
                return
            time.sleep(every)


@contextmanager
def _opened(
    database_url: str, deployment: DeploymentPath, paper_url: str
) -> Iterator[tuple[Snapshots, PaperBooks]]:
    place = read_deployment(deployment)
    ledger = open_engine(database_url, must_exist=True)
    own: Engine | None = None
    try:
        own = open_engine(paper_url)
        yield Snapshots(ledger, DeploymentKey(place.chain_id, place.hub)), PaperBooks(own)
    finally:
        ledger.dispose()
        if own is not None:
            own.dispose()


def _print(found: PaperStatement) -> None:
    offer, profit = found.offer, found.history.profit
    base = offer.tokens[0]

    def money(units: int | None) -> str:
        return "no price" if units is None else f"{decimal_string(units, base.decimals)} {base.symbol}"

    table = Table(box=None, show_header=False)
    table.add_row("Strategy", f"{offer.strategy_id}, {offer.name}")
    table.add_row("Status", found.state.status.snake)
    table.add_row("Put in", money(found.history.book.deposited))
    table.add_row("Equity", money(profit.equity))
    table.add_row("Result", money(profit.net))
    table.add_row("Realised", money(profit.realized))
    table.add_row("Unrealised", money(profit.unrealized))
    table.add_row("Costs", money(found.history.book.total_costs))
    table.add_row("High-water mark", money(found.state.marks.mark))
    for token, units in zip(offer.tokens, found.state.balances, strict=True):
        table.add_row(f"Holds {token.symbol}", decimal_string(units, token.decimals))
    console.print(table)
    for each in found.copies:
        typer.echo(_line(each))


def _line(copied: Copied) -> str:
    trade = trade_label(copied.trade_id)
    if not copied.filled:
        return f"{trade} skipped: {copied.reason.label}"
    reduced = f", reduced by {copied.reason.label}" if copied.reason else ""
    return f"{trade} copied: {copied.amount_in + copied.fee} units sold, {copied.amount_out} bought{reduced}"
