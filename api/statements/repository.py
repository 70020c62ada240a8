"""Queries behind a statement: money between a vault and its owner's account, and recorded prices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from indexer.ledger.models import Balance, Clearing, Entry, Posting, StrategyToken


@dataclass(frozen=True, slots=True)
class FlowRow:
    """An entry that moved ``amount`` units of ``token`` into the vault, or out of it when negative, and what
    for.
    """

    entry: Entry
    token: str
    amount: int
    purpose: str


def list_flows(session: Session, deployment_id: int, vault_id: int) -> Sequence[FlowRow]:
    """Return what moved in and out of a vault but for trades, in chain order."""
    query = (
        select(Entry, Balance.token, Posting.amount, Posting.purpose)
        .join(
            Posting,
            and_(
                Posting.deployment_id == Entry.deployment_id,
                Posting.block_number == Entry.block_number,
                Posting.entry_log_index == Entry.log_index,
            ),
        )
        .join(
            Balance,
            and_(Balance.deployment_id == Posting.deployment_id, Balance.account_id == Posting.account_id),
        )
        .where(
            Entry.deployment_id == deployment_id,
            Entry.vault_id == vault_id,
            Balance.account_kind == "vault",
            Balance.account == str(vault_id),
        )
        .order_by(Entry.block_number, Entry.log_index)
    )
    return [FlowRow(*row) for row in session.execute(query)]


def list_strategy_tokens(session: Session, deployment_id: int, strategy_id: int) -> Sequence[str]:
    """Return the tokens a strategy may hold, its base token first."""
    query = select(StrategyToken.token).where(
        StrategyToken.deployment_id == deployment_id, StrategyToken.strategy_id == strategy_id
    )
    return session.scalars(query.order_by(StrategyToken.token_index)).all()


def list_clearings_between(
    session: Session, deployment_id: int, tokens: Collection[str], *, since: int
) -> Sequence[Clearing]:
    """Return every clearing between two of ``tokens`` from block ``since`` on, of any strategy, in chain
    order.

    The oracle is the hub's, so a price recorded for one strategy is as good for another.
    """
    query = select(Clearing).where(
        Clearing.deployment_id == deployment_id,
        Clearing.block_number >= since,
        Clearing.token_in.in_(tokens),
        Clearing.token_out.in_(tokens),
    )
    return session.scalars(query.order_by(Clearing.block_number, Clearing.log_index)).all()
