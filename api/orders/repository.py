"""Queries about signed orders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, select, tuple_
from sqlalchemy.orm import Session

from api.beside import is_there
from inbox.models import InboxOrder, OrderEvent
from indexer.ledger.models import Clearing, OrderCancellation, OrderFill, Trade

Nonce = tuple[str, int]
"""A leader, and the leader's number for an order and whatever replaces it."""


@dataclass(frozen=True, slots=True)
class FillRow:
    """A filled part of an order with its trade, and the clearing of the leader's own fill."""

    fill: OrderFill
    trade: Trade
    clearing: Clearing | None


Key = tuple[int, int, int, int]
"""Place in the list of orders: microseconds, 1 for the inbox's and 0 for the chain's, and what breaks ties:
the inbox's number and 0, or block and log index.
"""

CHAIN, INBOX = 0, 1


@dataclass(frozen=True, slots=True)
class Place:
    """Which hub on which chain."""

    deployment_id: int
    chain_id: int
    hub: str


def has_inbox(session: Session) -> bool:
    """Whether anybody has ever posted an order to this database."""
    return is_there(session.connection(), InboxOrder)


def list_posted(
    session: Session, place: Place, *, leader: str | None, before: Key | None, limit: int
) -> Sequence[InboxOrder]:
    """Return orders of the inbox, newest first, those before a key, if one is given."""
    query = select(InboxOrder).where(InboxOrder.chain_id == place.chain_id, InboxOrder.hub == place.hub)
    if leader is not None:
        query = query.where(InboxOrder.leader == leader)
    if before is not None:
        time_us, source, number, _ = before
        ends = (InboxOrder.received_us, InboxOrder.id)
        query = query.where(
            tuple_(*ends) < (time_us, number) if source == INBOX else InboxOrder.received_us < time_us
        )
    return session.scalars(
        query.order_by(InboxOrder.received_us.desc(), InboxOrder.id.desc()).limit(limit)
    ).all()


def find_posted(session: Session, place: Place, digest: str) -> InboxOrder | None:
    """Return an order of the inbox."""
    query = select(InboxOrder).where(
        InboxOrder.chain_id == place.chain_id, InboxOrder.hub == place.hub, InboxOrder.digest == digest
    )
    return session.scalars(query).one_or_none()


def list_inbox_events(session: Session, order_ids: Collection[int]) -> dict[int, list[OrderEvent]]:
    """Return the life of each of these orders, in order."""
    found: dict[int, list[OrderEvent]] = {each: [] for each in order_ids}
    query = select(OrderEvent).where(OrderEvent.order_id.in_(order_ids)).order_by(OrderEvent.sequence)
    for row in session.scalars(query):
        found[row.order_id].append(row)
    return found


def list_first_fills(
    session: Session,
    place: Place,
    *,
    leader: str | None,
    before: Key | None,
    limit: int,
    without_posted: bool,
) -> Sequence[OrderFill]:
    """Return each order's first fill, newest first, those before a key, if one is given."""
    query = select(OrderFill).where(OrderFill.deployment_id == place.deployment_id, OrderFill.part == 0)
    if leader is not None:
        query = query.where(OrderFill.leader == leader)
    if without_posted:
        posted = exists().where(
            InboxOrder.chain_id == place.chain_id,
            InboxOrder.hub == place.hub,
            InboxOrder.digest == OrderFill.order_hash,
        )
        query = query.where(~posted)
    if before is not None:
        time_us, source, block, index = before
        time_s, at = time_us // 1_000_000, (OrderFill.block_time, OrderFill.block_number, OrderFill.log_index)
        query = query.where(
            tuple_(*at) < (time_s, block, index) if source == CHAIN else OrderFill.block_time <= time_s
        )
    query = query.order_by(OrderFill.block_number.desc(), OrderFill.log_index.desc()).limit(limit)
    return session.scalars(query).all()


def find_first_fill(session: Session, deployment_id: int, order_hash: str) -> OrderFill | None:
    """Return an order's first fill."""
    query = select(OrderFill).where(
        OrderFill.deployment_id == deployment_id, OrderFill.order_hash == order_hash, OrderFill.part == 0
    )
    return session.scalars(query).one_or_none()


def list_fills(session: Session, deployment_id: int, nonces: Collection[Nonce]) -> Sequence[FillRow]:
    """Return all fills of any order with one of these nonces, in chain order."""
    query = (
        select(OrderFill, Trade, Clearing)
        .join(
            Trade, and_(Trade.deployment_id == OrderFill.deployment_id, Trade.trade_id == OrderFill.trade_id)
        )
        .outerjoin(
            Clearing,
            and_(
                Clearing.deployment_id == OrderFill.deployment_id,
                Clearing.trade_id == OrderFill.trade_id,
                Clearing.batch == 0,
            ),
        )
        .where(
            OrderFill.deployment_id == deployment_id,
            # Pairs of every leader with every nonce: a few too many, which the caller's grouping sorts out.
            OrderFill.leader.in_({leader for leader, _ in nonces}),
            OrderFill.nonce.in_({nonce for _, nonce in nonces}),
        )
        .order_by(OrderFill.block_number, OrderFill.log_index)
    )
    return [FillRow(*row) for row in session.execute(query)]


def list_cancellations(
    session: Session, deployment_id: int, nonces: Collection[Nonce]
) -> dict[Nonce, OrderCancellation]:
    """Return the first cancellation of each of these nonces that has one."""
    query = select(OrderCancellation).where(
        OrderCancellation.deployment_id == deployment_id,
        OrderCancellation.leader.in_({leader for leader, _ in nonces}),
        OrderCancellation.word.in_({nonce >> 8 for _, nonce in nonces}),
    )
    found: dict[Nonce, OrderCancellation] = {}
    for row in session.scalars(query.order_by(OrderCancellation.block_number, OrderCancellation.log_index)):
        for leader, nonce in nonces:
            # A database cannot look for a bit in 256: SQLite keeps the mask as text.
            if (row.leader, row.word) == (leader, nonce >> 8) and row.mask >> (nonce & 255) & 1:
                found.setdefault((leader, nonce), row)
    return found
