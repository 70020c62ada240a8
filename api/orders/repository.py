"""Queries about signed orders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session

from api.trades.repository import Place
from indexer.ledger.models import Clearing, OrderCancellation, OrderFill, Trade

Nonce = tuple[str, int]
"""A leader, and the leader's number for an order and whatever replaces it."""


@dataclass(frozen=True, slots=True)
class FillRow:
    """A filled part of an order with its trade, and the clearing of the leader's own fill."""

    fill: OrderFill
    trade: Trade
    clearing: Clearing | None


def list_first_fills(
    session: Session, deployment_id: int, *, leader: str | None, before: Place | None, limit: int
) -> Sequence[OrderFill]:
    """Return each order's first fill, newest first, those before a place, if one is given."""
    query = select(OrderFill).where(OrderFill.deployment_id == deployment_id, OrderFill.part == 0)
    if leader is not None:
        query = query.where(OrderFill.leader == leader)
    if before is not None:
        query = query.where(tuple_(OrderFill.block_number, OrderFill.log_index) < before)
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
