"""Queries behind a statement: what happened in a vault, page by page, and what of it is summed up."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
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
    places,
)
from indexer.ledger.models.places import Place


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
    query = _flows(deployment_id, vault_id)
    if since is not None:
        query = query.where(places.since(Entry, since), places.since(Posting, since))
    if before is not None:
        query = query.where(places.before(Entry, before), places.before(Posting, before))
    query = query.order_by(Entry.block_number.desc(), Entry.log_index.desc()).limit(limit)
    return [FlowRow(*row) for row in session.execute(query)]


def list_flows_within(
    session: Session, deployment_id: int, vault_id: int, first: Place, last: Place
) -> Sequence[FlowRow]:
    """Return what moved in and out of a vault but for trades from one place to another."""
    query = _flows(deployment_id, vault_id).where(
        places.within(Entry, first, last), places.within(Posting, first, last)
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
    """Return the first block with events of ``time`` or later; without one, what `end_before` does."""
    query = select(Block.number).where(Block.deployment_id == deployment_id, Block.time >= time)
    found = session.scalar(query.order_by(Block.time, Block.number).limit(1))
    return end_before(session, deployment_id, time) if found is None else found


def end_before(session: Session, deployment_id: int, time: int) -> int:
    """Return the number that follows the last block with events before ``time``; 0 without one."""
    query = select(Block.number).where(Block.deployment_id == deployment_id, Block.time < time)
    last = session.scalar(query.order_by(Block.time.desc(), Block.number.desc()).limit(1))
    return 0 if last is None else last + 1


@dataclass(frozen=True, slots=True)
class Executed:
    """A fill's amounts, those of its own clearing, and those of the first clearing of its trade."""

    trade_id: int
    amount_in: int
    amount_out: int
    token_in: str
    token_out: str
    cleared_in: int
    oracle_out: int
    first_in: int
    first_out: int


def list_executed(session: Session, deployment_id: int, vault_id: int) -> Iterator[Executed]:
    """Return every fill of a vault."""
    first = aliased(Clearing)
    query = (
        select(
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
        .join(
            Clearing,
            CLEARING_OF_COPY,
        )
        .join(
            first,
            and_(
                first.deployment_id == Copy.deployment_id, first.trade_id == Copy.trade_id, first.batch == 0
            ),
        )
        .where(Copy.deployment_id == deployment_id, Copy.vault_id == vault_id)
    )
    return (Executed(*row) for row in session.execute(query))


def count_reasons(session: Session, deployment_id: int, vault_id: int) -> dict[str | None, int]:
    """Return reason → number of trades in a vault; the reason None is that of fills."""
    query = (
        select(Copy.reason, func.count())
        .where(Copy.deployment_id == deployment_id, Copy.vault_id == vault_id)
        .group_by(Copy.reason)
    )
    return {reason: count for reason, count in session.execute(query).all()}  # noqa: C416 (a row is no pair)


def list_flow_values(session: Session, deployment_id: int, vault_id: int) -> list[tuple[int, int | None]]:
    """Return unix second and value of what an owner put in, or took out when negative."""
    query = select(ValuedFlow.block_time, ValuedFlow.value).where(
        ValuedFlow.deployment_id == deployment_id, ValuedFlow.vault_id == vault_id
    )
    return [(time, value) for time, value in session.execute(query)]
