"""`lockstep verify`: a vault's statement from the chain alone, beside the ledger's."""

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from accounting.book import CostMethod
from accounting.position import OversoldError
from api.problems import ApiError
from api.snapshot import DeploymentKey, Snapshot, Snapshots
from api.statements.service import get_statement
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
from indexer.errors import IndexerError
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.existing import require_ledger
from indexer.sync.second_look import indexed_anew
from indexer.sync.service import Progress

console = Console()

_PAGE = 100
_HEADLINES = (
    "flows.net_deposits",
    "profit.equity",
    "profit.realized_pnl",
    "profit.unrealized_pnl",
    "profit.costs.total",
    "marks.high_water_mark",
    "returns.time_weighted_return",
    "returns.money_weighted_return",
)
"""What a person looks for first; printed where the statement has it."""


class CannotVerifyError(IndexerError):
    """There is no such statement."""


def verify(
    vault_id: Annotated[int, typer.Argument(help="The vault whose statement is verified.", min=1)],
    rpc_url: RpcUrls = RPC_URLS,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    method: Annotated[str, typer.Option(help="average_cost or fifo.")] = "average_cost",
    as_json: Annotated[bool, typer.Option("--json", help="Print both statements as JSON.")] = False,
) -> None:
    """Recompute a vault's statement from the chain alone and compare it with the ledger's, figure by figure.

    Reads the whole chain from the hub's deployment to the ledger's block into a database of its own. Exits 0
    when every figure is the same, 3 when any differs.
    """
    log_to_stderr()
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            ours, theirs = asyncio.run(_both(split_urls(rpc_url), engine, place, vault_id, _method(method)))
        finally:
            engine.dispose()
    differences = list(_differences(ours, theirs))
    if as_json:
        shown = [{"figure": name, "ledger": mine, "chain": other} for name, mine, other in differences]
        typer.echo(json.dumps({"ledger": ours, "chain": theirs, "differences": shown}, indent=2))
    else:
        _print(ours, theirs, differences)
    if differences:
        raise typer.Exit(3)


def _method(given: str) -> CostMethod:
    if given == "average_cost":
        return "average_cost"
    if given == "fifo":
        return "fifo"
    raise CannotVerifyError(f"'{given}' is no cost method.", remedy="Give --method average_cost or fifo.")


async def _both(
    rpc_urls: list[str], engine: Engine, place: Deployment, vault_id: int, method: CostMethod
) -> tuple[dict[str, Any], dict[str, Any]]:
    require_ledger(engine, place)
    key = DeploymentKey(place.chain_id, place.hub)
    try:
        with Snapshots(engine, key).open() as snapshot:
            now = snapshot.deployment
            last = Checkpoint(now.checkpoint_number or 0, now.checkpoint_hash or "", now.checkpoint_time or 0)
            try:
                ours = _statement(snapshot, vault_id, method)
            except OversoldError as error:
                raise CannotVerifyError(
                    f"The ledger's own statement cannot be drawn up: {error}.",
                    remedy="Run `lockstep reconcile` and `lockstep rebuild`.",
                ) from error
        with bar(Console(stderr=True), transient=True) as shown:
            task = shown.add_task("Blocks", total=None, note="")

            def show(done: Progress) -> None:
                shown.update(
                    task,
                    completed=done.checkpoint - done.start,
                    total=done.head - done.start,
                    note=f"{done.logs:,} logs",
                )

            async with indexed_anew(rpc_urls, place, last, on_progress=show) as anew:
                with Snapshots(anew, key).open() as snapshot:
                    return ours, _statement(snapshot, vault_id, method)
    except ApiError as error:
        raise CannotVerifyError(
            error.detail, remedy="Give the number of a vault that the hub has."
        ) from error


def _statement(snapshot: Snapshot, vault_id: int, method: CostMethod) -> dict[str, Any]:
    """The statement as the API gives it, with the lines of every page, but without gas: no event tells it."""
    answer = get_statement(snapshot, vault_id, method=method, limit=_PAGE, cursor=None)
    whole = answer.model_dump(mode="json")
    while answer.next_cursor is not None:
        answer = get_statement(snapshot, vault_id, method=method, limit=_PAGE, cursor=answer.next_cursor)
        whole["data"]["lines"] += answer.model_dump(mode="json")["data"]["lines"]
    del whole["next_cursor"], whole["data"]["gas"]
    return whole


def _differences(ours: Any, theirs: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every figure that is not the same in both, by its path in the answer."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            path = f"{name}.{key}" if name else key
            yield from _differences(ours.get(key), theirs.get(key), path)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for at in range(max(len(ours), len(theirs))):
            mine, other = (each[at] if at < len(each) else None for each in (ours, theirs))
            yield from _differences(mine, other, f"{name}[{at}]")
    elif ours != theirs:
        yield name, ours, theirs


def _print(ours: dict[str, Any], theirs: dict[str, Any], differences: list[tuple[str, Any, Any]]) -> None:
    block = ours["as_of_block"]
    lines = len(theirs["data"]["lines"])
    console.print(
        f"Vault {ours['data']['vault_id']} at block {block['number']}, {lines} lines, from the chain alone:",
        highlight=False,
    )
    table = Table("figure", "ledger", "chain", "difference")
    for headline in _HEADLINES:
        mine, other = _figure(ours["data"], headline), _figure(theirs["data"], headline)
        if mine is not None or other is not None:
            table.add_row(headline, str(mine), str(other), "none" if mine == other else "differs")
    for name, mine, other in differences:
        table.add_row(name.removeprefix("data."), str(mine), str(other), "differs")
    console.print(table)
    console.print(
        f"{len(differences)} figures differ."
        + (" Run `lockstep reconcile`, then `lockstep rebuild`." if differences else ""),
        highlight=False,
    )


def _figure(statement: dict[str, Any], path: str) -> str | None:
    found: Any = statement
    for key in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    if isinstance(found, dict):
        return f"{found['decimal']} {found['symbol']}" if "decimal" in found else None
    return None if found is None else str(found)
