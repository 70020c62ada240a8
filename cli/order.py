"""`lockstep order …`: leaders sign orders, hand them in, take them out, and see what became of them."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from rich.console import Console
from rich.table import Table

from cli.failure import told
from cli.options import DEPLOYMENT, DeploymentPath
from indexer.errors import IndexerError
from indexer.sync.deployment import Deployment, read_deployment
from orders.client import OrderClient, RefusedError
from orders.document import DocumentError, SignedOrder, from_json, loads, to_json
from orders.order import WAD, Order, OrderKind, sign, sign_withdrawal

app = typer.Typer(no_args_is_help=True, help="Sign orders, hand them in, withdraw and list them.")
KEY = "LOCKSTEP_LEADER_KEY"
PASSWORD = "LOCKSTEP_LEADER_PASSWORD"  # noqa: S105 - the variable's name

ApiUrl = Annotated[str, typer.Option("--api-url", envvar="LOCKSTEP_API_URL", help="The API to talk to.")]
API_URL = "http://127.0.0.1:8000"
Keystore = Annotated[
    Path | None,
    typer.Option(
        envvar="LOCKSTEP_LEADER_KEYSTORE",
        help=f"The leader's encrypted keystore; its password is in {PASSWORD}. "
        f"Without it the key itself is in {KEY}.",
    ),
]
T = TypeVar("T")
KINDS = ", ".join(kind.name.lower() for kind in OrderKind)


class OrderCommandError(IndexerError):
    """An order cannot be signed, read or handed in."""


@app.command("sign")
def sign_order(
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    strategy: Annotated[int, typer.Option(help="The strategy's id.", min=1)],
    pool: Annotated[str, typer.Option(help="Address of the pool to trade in.")],
    sell: Annotated[str, typer.Option(help="Address of the token to sell.")],
    buy: Annotated[str, typer.Option(help="Address of the token to buy.")],
    portion: Annotated[int, typer.Option(help="Part of the holding to sell; 1e18 is all.")] = WAD,
    kind: Annotated[str, typer.Option(help=f"One of {KINDS}.")] = "market",
    limit_price: Annotated[int, typer.Option(help="Units bought per unit sold, times 1e36; 0: none.")] = 0,
    trigger_price: Annotated[int, typer.Option(help="Oracle's price to wait for, likewise; 0: none.")] = 0,
    min_fill: Annotated[int, typer.Option(help="Least part for a fill; 1e18: all or nothing.")] = WAD,
    nonce: Annotated[int | None, typer.Option(help="Left out: microseconds since 1970.")] = None,
    valid_for: Annotated[int, typer.Option(help="Seconds until the deadline.", min=1)] = 3_600,
    keystore: Keystore = None,
) -> None:
    """Sign an order and print it as JSON, for `lockstep order submit`."""
    with told():
        place, leader = read_deployment(deployment), _leader(keystore)
        now = time.time_ns()
        unsigned = {
            "chain_id": str(place.chain_id),
            "hub": place.hub,
            "leader": leader.address,
            "strategy_id": str(strategy),
            "pool": pool,
            "token_in": sell,
            "token_out": buy,
            "portion": str(portion),
            "limit_price": str(limit_price),
            "deadline": str(now // 10**9 + valid_for),
            "kind": kind,
            "min_fill": str(min_fill),
            "trigger_price": str(trigger_price),
            "nonce": str(now // 1_000 if nonce is None else nonce),
            "signature": "0x",
        }
        typer.echo(json.dumps(to_json(_signed(unsigned, leader)), indent=2))


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="What `lockstep order sign` printed; - reads standard input.")],
    api_url: ApiUrl = API_URL,
) -> None:
    """Hand a signed order in and print its digest. The same order twice is one order."""
    with told():
        try:
            text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text()
            signed = loads(text)
        except OSError as error:
            raise OrderCommandError(
                f"{file} cannot be read: {error.strerror}.", remedy="Give the file with the signed order."
            ) from error
        except DocumentError as error:
            raise OrderCommandError(
                f"{file}: {error}.", remedy="Sign it with `lockstep order sign`."
            ) from error
        answer = _asked(lambda: OrderClient(api_url).submit(signed))
    typer.echo(f"{answer['hash']} {answer['posted']['status']}")


@app.command()
def cancel(
    digest: Annotated[str, typer.Argument(help="The order's digest.")],
    api_url: ApiUrl = API_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    keystore: Keystore = None,
) -> None:
    """Take an order out of the inbox, by signature and without gas.

    Whoever else has it can still carry it: only the hub's `cancelOrders` ensures that it never fills.
    """
    with told():
        place, leader = read_deployment(deployment), _leader(keystore)
        try:
            raw = bytes.fromhex(digest.removeprefix("0x"))
        except ValueError as error:
            raise OrderCommandError(f"'{digest}' is no digest.", remedy="It is 0x and 64 digits.") from error
        signature = sign_withdrawal(raw, leader, chain_id=place.chain_id, hub=_hub(place))
        answer = _asked(lambda: OrderClient(api_url).withdraw("0x" + raw.hex(), signature))
    typer.echo(f"{answer['hash']} withdrawn, {answer['posted']['status']}")


@app.command("list")
def list_orders(
    api_url: ApiUrl = API_URL,
    leader: Annotated[str | None, typer.Option(help="Only this leader's.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100)] = 25,
) -> None:
    """List signed orders, the newest first."""
    with told():
        orders = _asked(lambda: OrderClient(api_url).list(leader=leader, limit=limit))
    table = Table("order", "strategy", "kind", "inbox", "chain", "filled", "why")
    for each in orders:
        posted = each["posted"] or {"kind": "", "status": "", "why": None}
        cells = (str(each["strategy_id"]), posted["kind"], posted["status"], each["status"], each["filled"])
        table.add_row(each["hash"], *cells, posted["why"] or "")
    Console().print(table)


def _signed(unsigned: dict[str, str], leader: LocalAccount) -> SignedOrder:
    try:
        text = from_json(unsigned)
    except DocumentError as error:
        raise OrderCommandError(f"{error}.", remedy="Mend the option; --help describes each.") from error
    order: Order = text.order
    signature = sign(order, leader, chain_id=text.chain_id, hub=text.hub)
    return SignedOrder(text.chain_id, text.hub, text.leader, order, signature)


def _leader(keystore: Path | None) -> LocalAccount:
    try:
        password = os.environ.get(PASSWORD, "")
        key = Account.decrypt(json.loads(keystore.read_text()), password) if keystore is not None else None
        found: LocalAccount = Account.from_key(key or os.environ.get(KEY, ""))
    except OSError as error:
        raise OrderCommandError(
            f"{keystore} cannot be read: {error.strerror}.", remedy="Give a keystore."
        ) from error
    except (ValueError, KeyError, TypeError):
        raise OrderCommandError(
            "There is no key to sign with.",
            remedy=f"Give --keystore and its password in {PASSWORD}, or the key in {KEY}.",
        ) from None
    return found


def _hub(place: Deployment) -> ChecksumAddress:
    return to_checksum_address(place.hub)


def _asked(question: Callable[[], T]) -> T:
    try:
        return question()
    except RefusedError as error:
        raise OrderCommandError(str(error), remedy=error.remedy) from error
