"""Queries about trades, clearings and copies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import BigInteger, Select, and_, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from accounting.execution import Rate
from api.trades.cells import ClearingCells, CopyCells
from indexer.ledger.models import Clearing, Copy, OrderFill, Trade, Vault

Place = tuple[int, int]
"""A place in the chain: block number and log index."""


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
        query = query.where(tuple_(Trade.block_number, Trade.log_index) < before)
    query = query.order_by(Trade.block_number.desc(), Trade.log_index.desc()).limit(limit)
    return session.scalars(query).all()


def find_trade(session: Session, deployment_id: int, trade_id: int) -> Trade | None:
    """Return a trade."""
    if trade_id >= 2**63:  # beyond what the column holds; no strategy counts that far
        return None
    return session.get(Trade, (deployment_id, trade_id))


def count_copies(
    session: Session, deployment_id: int, trade_ids: Collection[int]
) -> dict[int, dict[str | None, int]]:
    """Return trade id → reason → number of copies; the reason None is that of fills."""
    query = (
        select(Copy.trade_id, Copy.reason, func.count())
        .where(Copy.deployment_id == deployment_id, Copy.trade_id.in_(trade_ids))
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
    trade_id: int,
    *,
    status: str | None,
    reason: str | None,
    after: Place | None,
    limit: int,
) -> Sequence[CopyRow]:
    """Return a trade's copies in the order the contract made them, those after a place, if one is given."""
    known = {"deployment": deployment_id, "trade": trade_id, "limit": limit}
    return _read(session, _copies("trade", *_given(known, status, reason, after)), known)


def list_vault_copies(
    session: Session,
    deployment_id: int,
    vault_id: int,
    *,
    status: str | None = None,
    reason: str | None = None,
    before: Place | None,
    limit: int,
) -> Sequence[CopyRow]:
    """Return what trades did in a vault, newest first, before a place if one is given."""
    known = {"deployment": deployment_id, "vault": vault_id, "limit": limit}
    return _read(session, _copies("vault", *_given(known, status, reason, before)), known)[::-1]


def list_vault_copies_since(
    session: Session, deployment_id: int, vault_id: int, time: int, before: Place
) -> Sequence[CopyRow]:
    """Return what trades did in a vault from a unix second on, before a place."""
    known = {"deployment": deployment_id, "vault": vault_id, "time": time}
    known |= {"block": before[0], "log": before[1]}
    return _read(session, _SINCE, known)


def _given(
    known: dict[str, Any], status: str | None, reason: str | None, place: Place | None
) -> tuple[bool, bool, bool]:
    """Put what is given beside what is known, and say what is."""
    known |= {"status": status, "reason": reason}
    if place is not None:
        known |= {"block": place[0], "log": place[1]}
    return status is not None, reason is not None, place is not None


@cache
def _copies(of: Literal["trade", "vault"], status: bool, reason: bool, place: bool) -> Select[Any]:  # noqa: FBT001 (which conditions there are)
    """Copies of a trade in the order of the chain, or the newest of a vault."""
    here, there = tuple_(Copy.block_number, Copy.log_index), tuple_(bindparam("block"), bindparam("log"))
    chosen = select(Copy).where(Copy.deployment_id == bindparam("deployment"))
    if status:
        chosen = chosen.where(Copy.status == bindparam("status"))
    if reason:
        chosen = chosen.where(Copy.reason == bindparam("reason"))
    if of == "trade":
        chosen = chosen.where(Copy.trade_id == bindparam("trade", type_=BigInteger))
        chosen = chosen.where(here > there) if place else chosen
        chosen = chosen.order_by(Copy.block_number, Copy.log_index)
    else:
        chosen = chosen.where(Copy.vault_id == bindparam("vault", type_=BigInteger))
        chosen = chosen.where(here < there) if place else chosen
        chosen = chosen.order_by(Copy.block_number.desc(), Copy.log_index.desc())
    return _shown(chosen.limit(bindparam("limit")))


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


_SINCE = _shown(
    select(Copy).where(
        Copy.deployment_id == bindparam("deployment"),
        Copy.vault_id == bindparam("vault", type_=BigInteger),
        Copy.block_time >= bindparam("time", type_=BigInteger),
        tuple_(Copy.block_number, Copy.log_index) < tuple_(bindparam("block"), bindparam("log")),
    )
)


def _read(session: Session, query: Select[Any], known: Mapping[str, Any]) -> Sequence[CopyRow]:
    return [_row(tuple(row)) for row in session.connection().execute(query, known)]


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
