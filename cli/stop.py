"""`lockstep stop …`: an operator's stop button. Who pressed it, when and why is kept for good."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from eth_utils.address import is_address, to_checksum_address
from rich.console import Console
from rich.table import Table

from cli.failure import told
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from cli.times import shown_time
from inbox.migrations import upgrade
from inbox.stops import Scope, Stops
from indexer.errors import IndexerError
from indexer.ledger.database import open_engine
from indexer.sync.deployment import read_deployment

app = typer.Typer(
    no_args_is_help=True,
    help="Hold back a leader, a strategy or all entries; keepers obey at their next look.",
)
Why = Annotated[str, typer.Option("--why", help="Why; kept for good.")]
Who = Annotated[str | None, typer.Option("--who", help="Who does it. Left out: the machine's user.")]


class StopCommandError(IndexerError):
    """It does not say what to stop."""


@app.command("set")
def set_stop(
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    leader: Annotated[
        str | None, typer.Option(help="A leader's address: nothing of theirs is carried.")
    ] = None,
    strategy: Annotated[int | None, typer.Option(help="A strategy's id.", min=1)] = None,
    entries: Annotated[bool, typer.Option("--entries", help="All entries, of everybody.")] = False,
    why: Why,
    who: Who = None,
) -> None:
    """Stop a leader, a strategy, or all entries. Exits of vaults, and closes, always go on."""
    with told(), _stops(database_url, deployment) as stops:
        scope, subject = _what(leader, strategy, entries=entries)
        stops.set(scope, subject, who=who or getpass.getuser(), why=why)
    typer.echo(f"Stopped: {scope} {subject}".rstrip() + ".")


@app.command()
def lift(
    number: Annotated[int, typer.Argument(help="The stop's number, from `lockstep stop list`.")],
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    why: Why,
    who: Who = None,
) -> None:
    """End a stop."""
    with told(), _stops(database_url, deployment) as stops:
        stops.lift(number, who=who or getpass.getuser(), why=why)
    typer.echo(f"Stop {number} is lifted.")


@app.command("list")
def list_stops(
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    lifted: Annotated[bool, typer.Option("--all", help="Those that were lifted, too.")] = False,
) -> None:
    """List the stops that hold."""
    with told(), _stops(database_url, deployment) as stops:
        rows = stops.all(lifted=lifted)
    table = Table("number", "what", "since", "who", "why", "lifted")
    for row in rows:
        ended = (
            ""
            if row.lifted_us is None
            else f"{shown_time(row.lifted_us)} by {row.lifted_by}: {row.lifted_why}"
        )
        what = f"{row.scope} {row.subject}".rstrip()
        table.add_row(str(row.id), what, shown_time(row.since_us), row.who, row.why, ended)
    Console().print(table)


@contextmanager
def _stops(database_url: str, deployment: DeploymentPath) -> Iterator[Stops]:
    place = read_deployment(deployment)
    engine = open_engine(database_url)
    try:
        upgrade(engine)
        yield Stops(engine, chain_id=place.chain_id, hub=place.hub)
    finally:
        engine.dispose()


def _what(leader: str | None, strategy: int | None, *, entries: bool) -> tuple[Scope, str]:
    if (leader is not None) + (strategy is not None) + entries != 1:
        raise StopCommandError(
            "Exactly one thing can be stopped at a time.", remedy="Give --leader, --strategy or --entries."
        )
    if leader is not None:
        if not is_address(leader):
            raise StopCommandError(f"'{leader}' is no address.", remedy="Give 0x and 40 hexadecimal digits.")
        return Scope.LEADER, to_checksum_address(leader)
    return (Scope.ENTRIES, "") if entries else (Scope.STRATEGY, str(strategy))
