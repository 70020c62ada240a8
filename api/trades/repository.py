"""Queries about trades, clearings and copies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from indexer.ledger.models import CLEARING_OF_COPY, Clearing, Copy, OrderFill, Trade, Vault, places
from indexer.ledger.models.places import Place


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy with its vault, trade, its clearing, and the trade's first, which has the leader's own fill."""

    copy: Copy
    vault: Vault
    trade: Trade
    clearing: Clearing | None
    first_clearing: Clearing | None


def list_trades(
    session: Session,
    deployment_id: int,
    *,
    strategy_id: int | None,
    kind: str | None,
    before: Place | None,
    limit: int,
) -> Sequence[Trade]:
    """Return trades newest first, those before a place, if one is given."""
    query = select(Trade).where(Trade.deployment_id == deployment_id)
    if strategy_id is not None:
        query = query.where(Trade.strategy_id == strategy_id)
    if kind is not None:
        query = query.where(Trade.kind == kind)
    if before is not None:
        query = query.where(places.before(Trade, before))
    query = query.order_by(Trade.block_number.desc(), Trade.log_index.desc()).limit(limit)
    return session.scalars(query).all()


def find_trade(session: Session, deployment_id: int, trade_id: int) -> Trade | None:
    """Return a trade."""
    if trade_id >= 2**63:  # beyond what the column holds; no strategy counts that far
        return None
    return session.get(Trade, (deployment_id, trade_id))


def count_copies(
    session: Session, deployment_id: int, trades: Collection[Trade]
) -> dict[int, dict[str | None, int]]:
    """Return trade id → reason → number of copies; the reason None is that of fills."""
    query = (
        select(Copy.trade_id, Copy.reason, func.count())
        .where(
            Copy.deployment_id == deployment_id,
            Copy.trade_id.in_([trade.trade_id for trade in trades]),
            _while_open(trades),
        )
        .group_by(Copy.trade_id, Copy.reason)
        .order_by(Copy.trade_id, Copy.reason)
    )
    counts: dict[int, dict[str | None, int]] = {}
    for trade_id, reason, number in session.execute(query):
        counts.setdefault(trade_id, {})[reason] = number
    return counts


def list_clearings(session: Session, deployment_id: int, trade_id: int) -> Sequence[Clearing]:
    """Return a trade's clearings in order."""
    query = select(Clearing).where(Clearing.deployment_id == deployment_id, Clearing.trade_id == trade_id)
    return session.scalars(query.order_by(Clearing.batch)).all()


def find_first_clearings(
    session: Session, deployment_id: int, trade_ids: Collection[int]
) -> dict[int, Clearing]:
    """Return trade id → the clearing of the leader's own fill."""
    query = select(Clearing).where(
        Clearing.deployment_id == deployment_id, Clearing.trade_id.in_(trade_ids), Clearing.batch == 0
    )
    return {row.trade_id: row for row in session.scalars(query)}


def find_order_fills(
    session: Session, deployment_id: int, trade_ids: Collection[int]
) -> dict[int, OrderFill]:
    """Return trade id → the part of a signed order that it filled, for those that come from one."""
    query = select(OrderFill).where(
        OrderFill.deployment_id == deployment_id, OrderFill.trade_id.in_(trade_ids)
    )
    return {row.trade_id: row for row in session.scalars(query)}


def list_copies(
    session: Session,
    deployment_id: int,
    trade: Trade,
    *,
    status: str | None,
    reason: str | None,
    after: Place | None,
    limit: int,
) -> Sequence[CopyRow]:
    """Return a trade's copies in the order the contract made them, those after a place, if one is given."""
    query = _copies().where(
        Copy.deployment_id == deployment_id, Copy.trade_id == trade.trade_id, _while_open([trade])
    )
    if status is not None:
        query = query.where(Copy.status == status)
    if reason is not None:
        query = query.where(Copy.reason == reason)
    if after is not None:
        query = query.where(places.after(Copy, after))
    rows = session.execute(query.order_by(Copy.block_number, Copy.log_index).limit(limit))
    return [CopyRow(*row) for row in rows]


def list_vault_copies(
    session: Session,
    deployment_id: int,
    vault_id: int,
    *,
    status: str | None = None,
    reason: str | None = None,
    since: Place | None = None,
    before: Place | None,
    limit: int,
) -> Sequence[CopyRow]:
    """Return what trades did in a vault, newest first, since and before places if they are given."""
    query = _copies().where(Copy.deployment_id == deployment_id, Copy.vault_id == vault_id)
    if status is not None:
        query = query.where(Copy.status == status)
    if reason is not None:
        query = query.where(Copy.reason == reason)
    if since is not None:
        query = query.where(places.since(Copy, since))
    if before is not None:
        query = query.where(places.before(Copy, before))
    rows = session.execute(query.order_by(Copy.block_number.desc(), Copy.log_index.desc()).limit(limit))
    return [CopyRow(*row) for row in rows]


def list_vault_copies_within(
    session: Session, deployment_id: int, vault_id: int, first: Place, last: Place
) -> Sequence[CopyRow]:
    """Return what trades did in a vault from one place to another."""
    query = _copies().where(
        Copy.deployment_id == deployment_id,
        Copy.vault_id == vault_id,
        places.within(Copy, first, last),
    )
    return [CopyRow(*row) for row in session.execute(query)]


def _while_open(trades: Collection[Trade]) -> ColumnElement[bool]:
    """Copies in the blocks in which one of some trades was open: no others are theirs."""
    first = min((trade.block_number for trade in trades), default=0)
    ends = [trade.completed_block for trade in trades]
    last = max((end for end in ends if end is not None), default=0)
    return Copy.block_number >= first if None in ends else Copy.block_number.between(first, last)


def _copies() -> Select[Copy, Vault, Trade, Clearing, Clearing]:
    first = aliased(Clearing)
    return (
        select(Copy, Vault, Trade, Clearing, first)
        .join(Vault, and_(Vault.deployment_id == Copy.deployment_id, Vault.vault_id == Copy.vault_id))
        .join(Trade, and_(Trade.deployment_id == Copy.deployment_id, Trade.trade_id == Copy.trade_id))
        .outerjoin(
            Clearing,
            CLEARING_OF_COPY,
        )
        .outerjoin(
            first,
            and_(
                first.deployment_id == Copy.deployment_id, first.trade_id == Copy.trade_id, first.batch == 0
            ),
        )
    )
