"""Queries about fees, each on the postings of fee balances."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, func, literal, select
from sqlalchemy.orm import Session

from accounting.windows import DAY_S
from indexer.ledger.models import ACCOUNT_OF_POSTING, Balance, Clearing, Entry, Fee, Posting, amount_sum


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a recipient's fee balance of a token changed by on a day (its first second), for one purpose."""

    recipient: str
    token: str
    day: int
    purpose: str
    amount: int
    lines: int


def list_recipients(
    session: Session, deployment_id: int, *, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Return number and address of those who were ever credited a fee, by when that was first."""
    number = func.min(Balance.account_id)
    query = (
        select(number, Balance.account)
        .where(Balance.deployment_id == deployment_id, Balance.account_kind == "fee")
        .group_by(Balance.account)
        .order_by(number)
        .limit(limit)
    )
    if after is not None:
        query = query.having(number > after)
    return [(row[0], row[1]) for row in session.execute(query)]


def sum_by_day(session: Session, deployment_id: int, recipients: Collection[str]) -> Sequence[DaySum]:
    """Return what the fee balances of recipients changed by, day by day (UTC)."""
    day = (Entry.block_time - Entry.block_time % literal(DAY_S, BigInteger)).label("day")
    keys = (Balance.account, Balance.token, day, Posting.purpose)
    query = (
        select(*keys, amount_sum(Posting.amount), func.count())
        .join(
            Posting,
            ACCOUNT_OF_POSTING,
        )
        .join(
            Entry,
            and_(
                Entry.deployment_id == Posting.deployment_id,
                Entry.block_number == Posting.block_number,
                Entry.log_index == Posting.entry_log_index,
            ),
        )
        .where(
            Balance.deployment_id == deployment_id,
            Balance.account_kind == "fee",
            Balance.account.in_(recipients),
        )
        .group_by(*keys)
    )
    return [DaySum(*row) for row in session.execute(query)]


def list_balances(
    session: Session, deployment_id: int, recipients: Collection[str]
) -> dict[tuple[str, str], int]:
    """Return (recipient, token) → fee balance."""
    query = select(Balance.account, Balance.token, Balance.amount).where(
        Balance.deployment_id == deployment_id,
        Balance.account_kind == "fee",
        Balance.account.in_(recipients),
    )
    return {(account, token): amount for account, token, amount in session.execute(query)}


_LOGS = 1 << 24
"""More logs than a block has: with it a place is one number."""


def sum_pending(
    session: Session, deployment_id: int, recipients: Collection[str]
) -> Sequence[tuple[str, str, str, int]]:
    """Return (recipient, token, purpose, amount) of all that was credited after the last claim of it."""
    place = Posting.block_number * literal(_LOGS, BigInteger) + Posting.log_index
    of_fees = (
        Balance.deployment_id == deployment_id,
        Balance.account_kind == "fee",
        Balance.account.in_(recipients),
    )
    claims = (
        select(Posting.account_id, func.max(place).label("place"))
        .join(Balance, ACCOUNT_OF_POSTING)
        .where(*of_fees, Posting.purpose == "fee_claim")
        .group_by(Posting.account_id)
        .subquery()
    )
    keys = (Balance.account, Balance.token, Posting.purpose)
    query = (
        select(*keys, amount_sum(Posting.amount))
        .join(Posting, ACCOUNT_OF_POSTING)
        .outerjoin(claims, claims.c.account_id == Posting.account_id)
        .where(*of_fees, place > func.coalesce(claims.c.place, -1))
        .group_by(*keys)
        .order_by(Posting.purpose)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Charged:
    """What of a kind the vaults of a strategy paid in a token, and its parts."""

    kind: str
    token: str
    amount: int
    to_leader: int
    to_protocol: int
    to_referrers: int
    charges: int


def sum_charged(session: Session, deployment_id: int, strategy_id: int) -> Sequence[Charged]:
    """Return the fees of a strategy by kind and token; copy fees come from its clearings."""
    fees = session.execute(
        select(
            Fee.kind,
            Fee.token,
            amount_sum(Fee.amount),
            amount_sum(Fee.to_leader),
            amount_sum(Fee.to_protocol),
            amount_sum(Fee.to_referrer),
            func.count(),
        )
        .where(Fee.deployment_id == deployment_id, Fee.strategy_id == strategy_id)
        .group_by(Fee.kind, Fee.token)
        .order_by(Fee.kind, Fee.token)
    )
    first = strategy_id << 32
    copies = session.execute(
        select(
            Clearing.token_in,
            amount_sum(Clearing.copy_fees),
            amount_sum(Clearing.protocol_fees),
            func.count(),
        )
        .where(
            Clearing.deployment_id == deployment_id,
            Clearing.trade_id.between(first, first + 2**32 - 1),
            Clearing.copy_fees != 0,
        )
        .group_by(Clearing.token_in)
        .order_by(Clearing.token_in)
    )
    found = [Charged(*row) for row in fees]
    for token, charged, protocol, charges in copies:
        found.append(Charged("copy", token, charged, charged - protocol, protocol, 0, charges))
    return found
