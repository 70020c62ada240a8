"""Answers about signed orders."""

from collections.abc import Sequence

from api.events import event_of
from api.orders import repository
from api.orders.repository import FillRow
from api.orders.schemas import Order, OrderFill, OrderStatus
from api.paging import cut, decode_cursor
from api.problems import ApiError
from api.schemas import Answer, Page
from api.snapshot import Snapshot
from api.trades import ids
from api.trades.fills import limit_price, portion
from indexer.ledger import models


class OrderNotFoundError(ApiError):
    """No such order on chain."""

    status, slug, title = 404, "order-not-found", "The chain knows no such order"


def list_orders(snapshot: Snapshot, *, leader: str | None, limit: int, cursor: str | None) -> Page[Order]:
    """Return a page of orders, the one filled first last."""
    name = "orders" if leader is None else f"orders of {leader}"
    before = decode_cursor(name, 2, cursor)
    rows = repository.list_first_fills(
        snapshot.session,
        snapshot.deployment_id,
        leader=leader,
        before=None if before is None else (before[0], before[1]),
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, lambda row: (row.block_number, row.log_index))
    return Page(as_of_block=snapshot.block, data=_present(snapshot, page), next_cursor=next_cursor)


def get_order(snapshot: Snapshot, order_hash: str) -> Answer[Order]:
    """Return an order. Raises `OrderNotFoundError`."""
    block = snapshot.block
    found = repository.find_first_fill(snapshot.session, snapshot.deployment_id, order_hash)
    if found is None:
        raise OrderNotFoundError(
            f"No fill of an order {order_hash} is known at block {block.number}.",
            remedy="The chain knows an order from its first fill on: list them with GET /v1/orders.",
        )
    return Answer(as_of_block=block, data=_present(snapshot, [found])[0])


def _present(snapshot: Snapshot, firsts: Sequence[models.OrderFill]) -> list[Order]:
    session, deployment_id = snapshot.session, snapshot.deployment_id
    nonces = {(first.leader, first.nonce) for first in firsts}
    fills: dict[repository.Nonce, list[FillRow]] = {nonce: [] for nonce in nonces}
    for row in repository.list_fills(session, deployment_id, nonces):
        if (row.fill.leader, row.fill.nonce) in fills:
            fills[row.fill.leader, row.fill.nonce].append(row)
    cancelled = repository.list_cancellations(session, deployment_id, nonces)
    return [
        _order(snapshot, first, fills[first.leader, first.nonce], cancelled.get((first.leader, first.nonce)))
        for first in firsts
    ]


def _order(
    snapshot: Snapshot,
    first: models.OrderFill,
    of_nonce: Sequence[FillRow],
    cancelled: models.OrderCancellation | None,
) -> Order:
    own = [row for row in of_nonce if row.fill.order_hash == first.order_hash]
    trade, tokens = own[0].trade, snapshot.tokens
    status = _status(first.order_hash, of_nonce, is_cancelled=cancelled is not None)
    return Order(
        hash=first.order_hash,
        strategy_id=first.strategy_id,
        leader=first.leader,
        nonce=str(first.nonce),
        pool=trade.pool,
        token_in=tokens.by_address[trade.token_in],
        token_out=tokens.by_address[trade.token_out],
        limit_price=limit_price(trade, tokens),
        status=status,
        closed=status != "open",
        filled=portion(of_nonce[-1].fill.filled),
        fills=[_fill(row) for row in own],
        cancelled=None if cancelled is None else event_of(cancelled),
    )


def _status(order_hash: str, of_nonce: Sequence[FillRow], *, is_cancelled: bool) -> OrderStatus:
    """Whatever closed the nonce first counts; a nonce that is complete can be cancelled, to no effect."""
    for row in of_nonce:
        if row.fill.complete:
            return "complete" if row.fill.order_hash == order_hash else "replaced"
    return "cancelled" if is_cancelled else "open"


def _fill(row: FillRow) -> OrderFill:
    return OrderFill(
        trade=ids.show(row.fill.trade_id),
        portion_sold=None if row.clearing is None else portion(row.clearing.portion),
        filled=portion(row.fill.filled),
        complete=row.fill.complete,
        keeper=row.fill.keeper,
        event=event_of(row.fill),
    )
