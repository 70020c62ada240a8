"""`lockstep access …`: roles by the server's shell, the first administrator's too, and the audit log."""

import getpass
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from eth_utils.address import is_address, to_checksum_address
from rich.console import Console
from rich.table import Table

from access.audit import Actor, Audit
from access.migrations import upgrade
from access.roles import Role
from access.sealing import VARIABLE, new_key
from access.users import SHELL, Users
from cli.failure import told
from cli.options import DATABASE_URL, DatabaseUrl
from cli.times import shown_time
from indexer.errors import IndexerError
from indexer.ledger.database import open_engine
from notices.book.push_key import VARIABLE as PUSH_KEY
from notices.book.push_key import new_push_key

app = typer.Typer(
    no_args_is_help=True,
    help="Who may do what: grant the first administrator here, the others through the API.",
)
Address = Annotated[str, typer.Argument(help="The wallet's address.")]
RoleName = Annotated[Role, typer.Argument(help="support, operator or admin.")]
Why = Annotated[str, typer.Option("--why", help="Why; kept for good.")]
DIFFERENT = 3
"""Exit code of an audit log that is not what was written."""


class AccessCommandError(IndexerError):
    """It does not say whom."""


@app.command()
def grant(
    address: Address, role: RoleName, database_url: DatabaseUrl = DATABASE_URL, *, why: Why = ""
) -> None:
    """Grant a role, and put the address on the allowlist."""
    with told(), _open(database_url) as (users, _):
        users.allow(_known(address), by=_actor(), why=why)
        users.grant(_known(address), role, by=_actor(), why=why)
    typer.echo(f"{to_checksum_address(address)} is {role}.")


@app.command()
def take(address: Address, role: RoleName, database_url: DatabaseUrl = DATABASE_URL, *, why: Why) -> None:
    """Take a role away."""
    with told(), _open(database_url) as (users, _):
        users.take(_known(address), role, by=_actor(), why=why)
    typer.echo(f"{to_checksum_address(address)} is not {role}.")


@app.command()
def allow(address: Address, database_url: DatabaseUrl = DATABASE_URL, *, why: Why = "") -> None:
    """Put an address on the allowlist, so that one administrator may make it operator or admin."""
    with told(), _open(database_url) as (users, _):
        users.allow(_known(address), by=_actor(), why=why)
    typer.echo(f"{to_checksum_address(address)} is on the allowlist.")


@app.command()
def disallow(address: Address, database_url: DatabaseUrl = DATABASE_URL, *, why: Why) -> None:
    """Take an address off the allowlist: as operator or admin it counts no more, at once."""
    with told(), _open(database_url) as (users, _):
        users.disallow(_known(address), by=_actor(), why=why)
    typer.echo(f"{to_checksum_address(address)} is not on the allowlist.")


@app.command("list")
def list_staff(database_url: DatabaseUrl = DATABASE_URL) -> None:
    """List everybody who was granted something."""
    table = Table("address", "roles", "allowlist", "last sign-in", "shut out")
    with told(), _open(database_url) as (users, _):
        for person in users.list(limit=1_000, staff=True):
            seen = "" if person.seen_us is None else shown_time(person.seen_us)
            table.add_row(
                to_checksum_address(person.address),
                ", ".join(sorted(person.granted)),
                "yes" if person.allowed else "no",
                seen,
                person.blocked_why or "",
            )
    Console().print(table)


@app.command()
def audit(
    database_url: DatabaseUrl = DATABASE_URL,
    *,
    limit: Annotated[int, typer.Option(help="Newest rows to show.", min=1, max=1_000)] = 20,
    verify: Annotated[bool, typer.Option("--verify", help="Reckon every row's hash anew first.")] = False,
) -> None:
    """Show the audit log, the newest row first. Exit code 3: a row is not as it was written."""
    table = Table("number", "when", "who", "what", "whom", "before", "after", "why")
    with told(), _open(database_url) as (_, log):
        verdict = log.verify() if verify else None
        for row in log.newest(limit=limit):
            facts = (row.actor, row.act, row.subject, row.before, row.after, row.why)
            table.add_row(str(row.id), shown_time(row.at_us), *facts)
        number, head = log.head()
    Console().print(table)
    typer.echo(f"{number} rows; the last one's hash is {head}. Keep it elsewhere: a shorter log shows by it.")
    if verdict is not None and verdict.broken is not None:
        typer.echo(f"Row {verdict.broken} is missing or not what was written.", err=True)
        raise typer.Exit(DIFFERENT)


@app.command("new-key")
def make_key() -> None:
    """Print a new key that keeps second factors unreadable: put it into the server's environment."""
    typer.echo(f"{VARIABLE}={new_key()}")


@app.command("new-push-key")
def make_push_key() -> None:
    """Print a new key that signs push messages: with another one, browsers must subscribe anew."""
    typer.echo(f"{PUSH_KEY}={new_push_key()}")


@contextmanager
def _open(database_url: str) -> Iterator[tuple[Users, Audit]]:
    engine = open_engine(database_url, must_exist=True)
    try:
        upgrade(engine)
        log = Audit(engine)
        yield Users(engine, log), log
    finally:
        engine.dispose()


def _known(address: str) -> str:
    if not is_address(address):
        raise AccessCommandError(f"'{address}' is no address.", remedy="Give 0x and 40 hexadecimal digits.")
    return address.lower()


def _actor() -> Actor:
    return Actor(f"{SHELL}{getpass.getuser()}", uuid.uuid4().hex)
