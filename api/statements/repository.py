"""Queries behind a statement: what happened in a vault, page by page, and what of it is summed up."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.orm import Session, aliased

from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    CLEARING_OF_COPY,
    POSTING_OF_ENTRY,
    Balance,
    Block,
    Clearing,
    Copy,
    Entry,
    Posting,
    StrategyToken,
    ValuedFlow,
)

Place = tuple[int, int]
"""A place in the chain: block number and log index."""


@dataclass(frozen=True, slots=True)
class FlowRow:
    """An entry that moved ``amount`` units of ``token`` into the vault, or out of it when negative, and what
    for.
    """

    entry: Entry
    token: str
    amount: int
    purpose: str


def list_flows(
    session: Session, deployment_id: int, vault_id: int, *, before: Place | None, limit: int
) -> Sequence[FlowRow]:
    """Return what moved in and out of a vault but for trades, newest first; given a place, before it."""
    query = _flows(deployment_id, vault_id)
    if before is not None:
        query = query.where(tuple_(Entry.block_number, Entry.log_index) < before)
    query = query.order_by(Entry.block_number.desc(), Entry.log_index.desc()).limit(limit)
    return [FlowRow(*row) for row in session.execute(query)]


def list_flows_since(
    session: Session, deployment_id: int, vault_id: int, time: int, before: Place
) -> Sequence[FlowRow]:
    """Return what moved in and out of a vault but for trades from a unix second on, before a place."""
    query = _flows(deployment_id, vault_id).where(
        Entry.block_time >= time, tuple_(Entry.block_number, Entry.log_index) < before
    )
    return [FlowRow(*row) for row in session.execute(query)]


def _flows(deployment_id: int, vault_id: int) -> Select[Entry, str, int, str]:
    return (
        select(Entry, Balance.token, Posting.amount, Posting.purpose)
        .join(
            Posting,
            POSTING_OF_ENTRY,
        )
        .join(
            Balance,
            ACCOUNT_OF_POSTING,
        )
        .where(
            Entry.deployment_id == deployment_id,
            Entry.vault_id == vault_id,
            Balance.account_kind == "vault",
            Balance.account == str(vault_id),
        )
    )


def list_strategy_tokens(session: Session, deployment_id: int, strategy_id: int) -> Sequence[str]:
    """Return the tokens a strategy may hold, its base token first."""
    query = select(StrategyToken.token).where(
        StrategyToken.deployment_id == deployment_id, StrategyToken.strategy_id == strategy_id
    )
    return session.scalars(query.order_by(StrategyToken.token_index)).all()


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
    """Return a block number of which, and of all above, blocks with events are of ``time`` or later."""
    query = select(Block.number).where(Block.deployment_id == deployment_id, Block.time < time)
    before = session.scalar(query.order_by(Block.number.desc()).limit(1))
    return 0 if before is None else before + 1


class Done(NamedTuple):
    """What a trade did in a vault: why nothing, or a fill's amounts, those of its own clearing, and those of
    the first clearing of its trade. Amounts of clearings are null for a skip.
    """

    reason: str | None
    trade_id: int
    amount_in: int
    amount_out: int
    token_in: str
    token_out: str
    cleared_in: int
    oracle_out: int
    first_in: int
    first_out: int


def list_done(session: Session, deployment_id: int, vault_id: int) -> Iterator[Done]:
    """Return all that trades did in a vault, in no order."""
    first = aliased(Clearing)
    query = (
        select(
            Copy.reason,
            Copy.trade_id,
            Copy.amount_in,
            Copy.amount_out,
            Clearing.token_in,
            Clearing.token_out,
            Clearing.amount_in,
            Clearing.oracle_out,
            first.amount_in,
            first.amount_out,
        )
        .outerjoin(
            Clearing,
            CLEARING_OF_COPY,
        )
        .outerjoin(
            first,
            and_(
                Copy.reason.is_(None),
                first.deployment_id == Copy.deployment_id,
                first.trade_id == Copy.trade_id,
                first.batch == 0,
            ),
        )
        .where(Copy.deployment_id == deployment_id, Copy.vault_id == vault_id)
    )
    return map(Done._make, session.execute(query))


def list_flow_values(session: Session, deployment_id: int, vault_id: int) -> list[tuple[int, int | None]]:
    """Return unix second and value of what an owner put in, or took out when negative."""
    query = select(ValuedFlow.block_time, ValuedFlow.value).where(
        ValuedFlow.deployment_id == deployment_id, ValuedFlow.vault_id == vault_id
    )
    return [(time, value) for time, value in session.execute(query)]
