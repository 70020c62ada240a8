"""Queries about trades, clearings and copies."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from accounting.execution import Rate
from api.trades.cells import ClearingCells, CopyCells
from indexer.ledger.models import Clearing, Copy, OrderFill, Trade, Vault, places
from indexer.ledger.models.places import Place

_ENDLESS = 2**63 - 1
_BEYOND = 2**63
"""What the column of a trade's id does not hold; no strategy counts that far."""


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy with its vault's owner, its clearing, and the price of the trade's first, which has the leader's
    own fill; None where no leader had a part in the trade.
    """

    copy: CopyCells
    owner: str
    is_leader: bool
    clearing: ClearingCells | None
    leader_rate: Rate | None


def list_trades(
    session: Session,
    deployment_id: int,
    *,
    strategies: Collection[int] | None,
    kind: str | None,
    before: Place | None,
    limit: int,
) -> Sequence[Trade]:
    """Return trades of some strategies, or of all, newest first; those before a place, if one is given."""
    query = select(Trade).where(Trade.deployment_id == deployment_id)
    if strategies is not None:
        query = query.where(Trade.strategy_id.in_(strategies))
    if kind is not None:
        query = query.where(Trade.kind == kind)
    if before is not None:
        query = query.where(places.before(Trade))
    query = query.order_by(Trade.block_number.desc(), Trade.log_index.desc()).limit(limit)
    return session.scalars(query, places.known(before=before)).all()


def find_trade(session: Session, deployment_id: int, trade_id: int) -> Trade | None:
    """Return a trade."""
    if trade_id >= _BEYOND:
        return None
    return session.get(Trade, (deployment_id, trade_id))


class Opened(NamedTuple):
    """A trade, and the blocks in which it was open: the last is None while positions wait."""

    trade_id: int
    block_number: int
    completed_block: int | None


_OPENED = select(*(getattr(Trade, name) for name in Opened._fields)).where(
    Trade.deployment_id == bindparam("deployment"), Trade.trade_id == bindparam("trade", type_=BigInteger)
)


def find_opened(session: Session, deployment_id: int, trade_id: int) -> Opened | None:
    """Return when a trade was open."""
    if trade_id >= _BEYOND:
        return None
    known = {"deployment": deployment_id, "trade": trade_id}
    row = session.connection().execute(_OPENED, known).one_or_none()
    return None if row is None else Opened._make(row)


def count_copies(
    session: Session, deployment_id: int, trades: Collection[Trade]
) -> dict[int, dict[str | None, int]]:
    """Return trade id → reason → number of copies; the reason None is that of fills."""
    query = (
        select(Copy.trade_id, Copy.reason, func.count())
        .where(
            Copy.deployment_id == deployment_id,
            Copy.trade_id.in_([trade.trade_id for trade in trades]),
            _WHILE_OPEN,
        )
        .group_by(Copy.trade_id, Copy.reason)
        .order_by(Copy.trade_id, Copy.reason)
    )
    counts: dict[int, dict[str | None, int]] = {}
    for trade_id, reason, number in session.execute(query, _while_open(trades)):
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
    trade: Opened,
    *,
    status: str | None,
    reason: str | None,
    after: Place | None,
    limit: int,
) -> Sequence[CopyRow]:
    """Return a trade's copies in the order the contract made them, those after a place, if one is given."""
    query = _copies_of_trade(status is not None, reason is not None, after is not None)
    known = {"deployment": deployment_id, "trade": trade.trade_id, "status": status, "reason": reason}
    return _read(session, query, known | _while_open([trade]) | places.known(after=after) | {"limit": limit})


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
    query = _copies_of_vault(status is not None, reason is not None, since is not None, before is not None)
    known = {"deployment": deployment_id, "vault": vault_id, "status": status, "reason": reason}
    known |= places.known(since=since, before=before)
    return _read(session, query, known | {"limit": limit})[::-1]


def list_vault_copies_within(
    session: Session, deployment_id: int, vault_id: int, since: Place, before: Place
) -> Sequence[CopyRow]:
    """Return what trades did in a vault since a place and before another, oldest first."""
    known = {"deployment": deployment_id, "vault": vault_id}
    return _read(session, _WITHIN, known | places.known(since=since, before=before))


def _while_open(trades: Collection[Trade | Opened]) -> dict[str, int]:
    """The blocks in which one of some trades was open: copies in no others are theirs."""
    ends = [_ENDLESS if trade.completed_block is None else trade.completed_block for trade in trades]
    opened = (trade.block_number for trade in trades)
    return {"opened": min(opened, default=0), "completed": max(ends, default=0)}


_WHILE_OPEN = Copy.block_number.between(
    bindparam("opened", type_=BigInteger), bindparam("completed", type_=BigInteger)
)
_OF_VAULT = and_(
    Copy.deployment_id == bindparam("deployment"), Copy.vault_id == bindparam("vault", type_=BigInteger)
)


@cache
def _copies_of_trade(status: bool, reason: bool, after: bool) -> Select[Any]:  # noqa: FBT001 (which conditions there are)
    chosen = select(Copy).where(
        Copy.deployment_id == bindparam("deployment"),
        Copy.trade_id == bindparam("trade", type_=BigInteger),
        _WHILE_OPEN,
        *_outcome(status, reason),
    )
    chosen = chosen.where(places.after(Copy)) if after else chosen
    return _shown(chosen.order_by(Copy.block_number, Copy.log_index).limit(bindparam("limit")))


@cache
def _copies_of_vault(status: bool, reason: bool, since: bool, before: bool) -> Select[Any]:  # noqa: FBT001 (which conditions there are)
    """The newest of a vault."""
    chosen = select(Copy).where(_OF_VAULT, *_outcome(status, reason))
    chosen = chosen.where(places.since(Copy)) if since else chosen
    chosen = chosen.where(places.before(Copy)) if before else chosen
    newest = chosen.order_by(Copy.block_number.desc(), Copy.log_index.desc())
    return _shown(newest.limit(bindparam("limit")))


def _outcome(status: bool, reason: bool) -> Iterator[ColumnElement[bool]]:  # noqa: FBT001 (which conditions there are)
    if status:
        yield Copy.status == bindparam("status")
    if reason:
        yield Copy.reason == bindparam("reason")


def _shown(chosen: Select[Copy]) -> Select[Any]:
    """What is shown of copies, in the order of the chain: chosen before anything is looked up for them."""
    copy = aliased(Copy, chosen.subquery())
    first = aliased(Clearing)
    return (
        select(
            *(getattr(copy, name) for name in CopyCells._fields),
            *(getattr(Clearing, name) for name in ClearingCells._fields),
            Vault.owner,
            Vault.is_leader,
            Trade.kind,
            first.amount_in,
            first.amount_out,
        )
        .join(Vault, and_(Vault.deployment_id == copy.deployment_id, Vault.vault_id == copy.vault_id))
        .join(Trade, and_(Trade.deployment_id == copy.deployment_id, Trade.trade_id == copy.trade_id))
        .outerjoin(
            Clearing,
            and_(
                Clearing.deployment_id == copy.deployment_id,
                Clearing.block_number == copy.block_number,
                Clearing.log_index == copy.clearing_log_index,
            ),
        )
        .outerjoin(
            first,
            and_(
                first.deployment_id == copy.deployment_id, first.trade_id == copy.trade_id, first.batch == 0
            ),
        )
        .order_by(copy.block_number, copy.log_index)
    )


_WITHIN = _shown(select(Copy).where(_OF_VAULT, places.since(Copy), places.before(Copy)))


def _read(session: Session, query: Select[Any], known: Mapping[str, Any]) -> Sequence[CopyRow]:
    return [_row(tuple(row)) for row in session.connection().execute(query, known).all()]


_COPY = len(CopyCells._fields)
_CLEARING = _COPY + len(ClearingCells._fields)


def _row(cells: tuple[Any, ...]) -> CopyRow:
    owner, is_leader, kind, first_in, first_out = cells[_CLEARING:]
    cleared = cells[_COPY:_CLEARING]
    return CopyRow(
        CopyCells._make(cells[:_COPY]),
        owner,
        is_leader,
        None if cleared[0] is None else ClearingCells._make(cleared),
        Rate(first_in, first_out) if kind == "leader" and first_in is not None else None,
    )
