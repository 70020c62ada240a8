"""Answers about signed orders: what was posted here, joined to what the chain has filled.

Both views are of one order, known by its digest. What the chain says is as of the ledger's block; the inbox
is the keepers' present, which may be a block ahead or behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.events import event_of
from api.orders import repository
from api.orders.posted import posted_of, price_of
from api.orders.repository import CHAIN, INBOX, FillRow, Key, Place
from api.orders.schemas import Order, OrderFill, OrderStatus
from api.paging import cut, decode_cursor
from api.problems import ApiError
from api.schemas import Answer, Page, Token
from api.snapshot import Snapshot
from api.trades import ids
from api.trades.fills import portion
from inbox.lifecycle import Status
from inbox.models import InboxOrder
from indexer.ledger import models


class OrderNotFoundError(ApiError):
    """No such order on chain or in the inbox."""

    status, slug, title = 404, "order-not-found", "Neither chain nor inbox knows such an order"


@dataclass(frozen=True, slots=True)
class _Known:
    """An order as either side knows it; at least one does."""

    posted: InboxOrder | None
    first: models.OrderFill | None

    @property
    def digest(self) -> str:
        return self.posted.digest if self.posted is not None else self._fill.order_hash

    @property
    def nonce(self) -> repository.Nonce:
        of = self.posted if self.posted is not None else self._fill
        return of.leader, of.nonce

    @property
    def key(self) -> Key:
        if self.posted is not None:
            return self.posted.received_us, INBOX, self.posted.id, 0
        return self._fill.block_time * 1_000_000, CHAIN, self._fill.block_number, self._fill.log_index

    @property
    def _fill(self) -> models.OrderFill:
        if self.first is None:
            raise ValueError("an order that nobody knows")
        return self.first


def list_orders(snapshot: Snapshot, *, leader: str | None, limit: int, cursor: str | None) -> Page[Order]:
    """Return a page of orders: by when they were posted, others by their first fill, the oldest last."""
    name = "orders" if leader is None else f"orders of {leader}"
    key = decode_cursor(name, 4, cursor)
    before = None if key is None else (key[0], key[1], key[2], key[3])
    session, place, has_inbox = snapshot.session, _place(snapshot), repository.has_inbox(snapshot.session)
    posted = (
        repository.list_posted(session, place, leader=leader, before=before, limit=limit + 1)
        if has_inbox
        else ()
    )
    others = repository.list_first_fills(
        session, place, leader=leader, before=before, limit=limit + 1, without_posted=has_inbox
    )
    known = [_Known(each, None) for each in posted] + [_Known(None, each) for each in others]
    rows = sorted(known, key=lambda each: each.key, reverse=True)[: limit + 1]
    page, next_cursor = cut(name, limit, rows, lambda each: each.key)
    return Page(as_of_block=snapshot.block, data=_present(snapshot, page), next_cursor=next_cursor)


def get_order(snapshot: Snapshot, order_hash: str) -> Answer[Order]:
    """Return an order. Raises `OrderNotFoundError`."""
    block, session, place = snapshot.block, snapshot.session, _place(snapshot)
    posted = repository.find_posted(session, place, order_hash) if repository.has_inbox(session) else None
    first = repository.find_first_fill(session, snapshot.deployment_id, order_hash)
    if posted is None and first is None:
        raise OrderNotFoundError(
            f"No order {order_hash} was posted here, and no fill of one is known at block {block.number}.",
            remedy="List the orders with GET /v1/orders; the chain knows one from its first fill on.",
        )
    return Answer(as_of_block=block, data=_present(snapshot, [_Known(posted, first)])[0])


def _place(snapshot: Snapshot) -> Place:
    deployment = snapshot.deployment
    return Place(deployment.id, deployment.chain_id, deployment.hub)


def _present(snapshot: Snapshot, known: Sequence[_Known]) -> list[Order]:
    session, deployment_id = snapshot.session, snapshot.deployment_id
    nonces = {each.nonce for each in known}
    fills: dict[repository.Nonce, list[FillRow]] = {nonce: [] for nonce in nonces}
    for row in repository.list_fills(session, deployment_id, nonces):
        if (row.fill.leader, row.fill.nonce) in fills:
            fills[row.fill.leader, row.fill.nonce].append(row)
    cancelled = repository.list_cancellations(session, deployment_id, nonces)
    events = (
        repository.list_inbox_events(session, {each.posted.id for each in known if each.posted is not None})
        if any(each.posted for each in known)
        else {}
    )
    found = []
    for each in known:
        posted = each.posted
        life = [] if posted is None else events[posted.id]
        shown = None if posted is None else posted_of(posted, life, snapshot.tokens)
        order = _order(snapshot, each, fills[each.nonce], cancelled.get(each.nonce))
        found.append(order.model_copy(update={"posted": shown}))
    return found


def _order(
    snapshot: Snapshot,
    known: _Known,
    of_nonce: Sequence[FillRow],
    cancelled: models.OrderCancellation | None,
) -> Order:
    own = [row for row in of_nonce if row.fill.order_hash == known.digest]
    terms = known.posted if known.posted is not None else own[0].trade
    status = _by_inbox(
        snapshot, known.posted, _status(known.digest, of_nonce, is_cancelled=cancelled is not None)
    )
    leader, nonce = known.nonce
    return Order(
        hash=known.digest,
        strategy_id=known.posted.strategy_id if known.posted is not None else own[0].fill.strategy_id,
        leader=leader,
        nonce=str(nonce),
        pool=terms.pool,
        token_in=_token(snapshot, terms.token_in),
        token_out=_token(snapshot, terms.token_out),
        limit_price=price_of(terms.limit_price, terms.token_in, terms.token_out, snapshot.tokens),
        status=status,
        closed=status != "open",
        filled=portion(of_nonce[-1].fill.filled) if of_nonce else Decimal(0),
        fills=[_fill(row) for row in own],
        cancelled=None if cancelled is None else event_of(cancelled),
        posted=None,
    )


def _token(snapshot: Snapshot, address: str) -> Token:
    """An order may name a token that is not listed: the hub refuses it, and the answer shows it as it is."""
    return snapshot.tokens.by_address.get(address) or Token(address=address, symbol="unlisted", decimals=0)


def _status(order_hash: str, of_nonce: Sequence[FillRow], *, is_cancelled: bool) -> OrderStatus:
    """Whatever closed the nonce first counts; a nonce that is complete can be cancelled, to no effect."""
    for row in of_nonce:
        if row.fill.complete:
            return "complete" if row.fill.order_hash == order_hash else "replaced"
    return "cancelled" if is_cancelled else "open"


def _by_inbox(snapshot: Snapshot, posted: InboxOrder | None, status: OrderStatus) -> OrderStatus:
    """What only the signed text tells of an order that the chain has not closed."""
    if posted is None or status != "open":
        return status
    if posted.status == Status.REJECTED:
        return "rejected"
    return "expired" if snapshot.time > posted.deadline else "open"


def _fill(row: FillRow) -> OrderFill:
    return OrderFill(
        trade=ids.show(row.fill.trade_id),
        portion_sold=None if row.clearing is None else portion(row.clearing.portion),
        filled=portion(row.fill.filled),
        complete=row.fill.complete,
        keeper=row.fill.keeper,
        event=event_of(row.fill),
    )
