"""Queries behind a statement: what happened in a vault, page by page, and what of it is summed up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    POSTING_OF_ENTRY,
    Balance,
    Block,
    Clearing,
    Entry,
    Posting,
    StrategyToken,
    ValuedFlow,
    places,
)
from indexer.ledger.models.places import Place


class FlowCells(NamedTuple):
    """An entry; names are those of the table's columns."""

    block_number: int
    log_index: int
    block_time: int
    tx_hash: str


@dataclass(frozen=True, slots=True)
class FlowRow:
    """An entry that moved ``amount`` units of ``token`` into the vault, or out of it when negative, and what
    for.
    """

    entry: FlowCells
    token: str
    amount: int
    purpose: str


def list_flows(
    session: Session,
    deployment_id: int,
    vault_id: int,
    *,
    since: Place | None = None,
    before: Place | None,
    limit: int,
) -> Sequence[FlowRow]:
    """Return what moved in and out of a vault but for trades, newest first; since and before places if they
    are given.
    """
    known = {"deployment": deployment_id, "vault": vault_id, "account": str(vault_id), "limit": limit}
    query = _newest_flows(since is not None, before is not None)
    return _read_flows(session, query, known | places.known(since=since, before=before))


def list_flows_within(
    session: Session, deployment_id: int, vault_id: int, since: Place, before: Place
) -> Sequence[FlowRow]:
    """Return what moved in and out of a vault but for trades since a place and before another."""
    known = {"deployment": deployment_id, "vault": vault_id, "account": str(vault_id)}
    return _read_flows(session, _FLOWS_WITHIN, known | places.known(since=since, before=before))


_FLOWS = (
    select(
        *(getattr(Entry, name) for name in FlowCells._fields), Balance.token, Posting.amount, Posting.purpose
    )
    .join(
        Posting,
        POSTING_OF_ENTRY,
    )
    .join(
        Balance,
        ACCOUNT_OF_POSTING,
    )
    .where(
        Entry.deployment_id == bindparam("deployment"),
        Entry.vault_id == bindparam("vault", type_=BigInteger),
        Balance.account_kind == "vault",
        Balance.account == bindparam("account"),
    )
)
_SINCE = and_(places.since(Entry), places.since(Posting))
_BEFORE = and_(places.before(Entry), places.before(Posting))
_FLOWS_WITHIN = _FLOWS.where(_SINCE, _BEFORE)


@cache
def _newest_flows(since: bool, before: bool) -> Select[Any]:  # noqa: FBT001 (which conditions there are)
    query = _FLOWS.where(_SINCE) if since else _FLOWS
    query = query.where(_BEFORE) if before else query
    newest = query.order_by(Entry.block_number.desc(), Entry.log_index.desc())
    return newest.limit(bindparam("limit"))


def _read_flows(session: Session, query: Select[Any], known: Mapping[str, Any]) -> Sequence[FlowRow]:
    cells = len(FlowCells._fields)
    return [
        FlowRow(FlowCells._make(row[:cells]), *row[cells:])
        for row in session.connection().execute(query, known)
    ]


_STRATEGY_TOKENS = (
    select(StrategyToken.token)
    .where(
        StrategyToken.deployment_id == bindparam("deployment"),
        StrategyToken.strategy_id == bindparam("strategy", type_=BigInteger),
    )
    .order_by(StrategyToken.token_index)
)


def list_strategy_tokens(session: Session, deployment_id: int, strategy_id: int) -> Sequence[str]:
    """Return the tokens a strategy may hold, its base token first."""
    known = {"deployment": deployment_id, "strategy": strategy_id}
    return session.connection().scalars(_STRATEGY_TOKENS, known).all()


def list_clearings_between(
    session: Session, deployment_id: int, tokens: Collection[str], first: int, last: int
) -> Sequence[Clearing]:
    """Return every clearing between two of ``tokens`` in blocks ``first`` to ``last``, of any strategy.

    The oracle is the hub's, so a price recorded for one strategy is as good for another.
    """
    query = select(Clearing).where(
        Clearing.deployment_id == deployment_id,
        Clearing.block_number.between(first, last),
        Clearing.token_in.in_(tokens),
        Clearing.token_out.in_(tokens),
    )
    return session.scalars(query).all()


def first_block_since(session: Session, deployment_id: int, time: int) -> int:
    """Return the first block with events of ``time`` or later; without one, what `end_before` does."""
    query = select(Block.number).where(Block.deployment_id == deployment_id, Block.time >= time)
    found = session.scalar(query.order_by(Block.time, Block.number).limit(1))
    return end_before(session, deployment_id, time) if found is None else found


def end_before(session: Session, deployment_id: int, time: int) -> int:
    """Return the number that follows the last block with events before ``time``; 0 without one."""
    query = select(Block.number).where(Block.deployment_id == deployment_id, Block.time < time)
    last = session.scalar(query.order_by(Block.time.desc(), Block.number.desc()).limit(1))
    return 0 if last is None else last + 1


_FLOW_VALUES = select(ValuedFlow.block_time, ValuedFlow.value).where(
    ValuedFlow.deployment_id == bindparam("deployment"),
    ValuedFlow.vault_id == bindparam("vault", type_=BigInteger),
)


def list_flow_values(session: Session, deployment_id: int, vault_id: int) -> list[tuple[int, int | None]]:
    """Return unix second and value of what an owner put in, or took out when negative."""
    known = {"deployment": deployment_id, "vault": vault_id}
    return [(time, value) for time, value in session.connection().execute(_FLOW_VALUES, known)]
