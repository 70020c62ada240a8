"""Queries about accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, and_, cast, select, tuple_
from sqlalchemy.orm import Session

from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    Balance,
    Copy,
    Entry,
    LeaderCap,
    Posting,
    Vault,
    amount_sum,
)


def list_balances(session: Session, deployment_id: int, kind: str, account: str) -> dict[str, int]:
    """Return token → units of one account of a kind (`account` or `fee`)."""
    query = select(Balance.token, Balance.amount).where(
        Balance.deployment_id == deployment_id,
        Balance.account_kind == kind,
        Balance.account == account,
        Balance.amount != 0,
    )
    return {row[0]: row[1] for row in session.execute(query)}


def sum_vaults(session: Session, deployment_id: int, owner: str) -> dict[str, int]:
    """Return token → units over all vaults of an owner."""
    query = (
        select(Balance.token, amount_sum(Balance.amount))
        .join(
            Vault,
            and_(
                Vault.deployment_id == Balance.deployment_id, cast(Vault.vault_id, String) == Balance.account
            ),
        )
        .where(Balance.deployment_id == deployment_id, Balance.account_kind == "vault", Vault.owner == owner)
        .group_by(Balance.token)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_vault_ids(session: Session, deployment_id: int, owner: str) -> Sequence[int]:
    """Return the ids of an owner's vaults."""
    query = select(Vault.vault_id).where(Vault.deployment_id == deployment_id, Vault.owner == owner)
    return session.scalars(query.order_by(Vault.vault_id)).all()


def find_leader_cap(session: Session, deployment_id: int, owner: str) -> int | None:
    """Return the share that an owner last chose, in basis points; None for the default."""
    query = select(LeaderCap.cap_bps).where(
        LeaderCap.deployment_id == deployment_id, LeaderCap.owner == owner
    )
    newest = query.order_by(LeaderCap.block_number.desc(), LeaderCap.log_index.desc()).limit(1)
    return session.scalars(newest).first() or None


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A line of an entry that changed a fee balance, in units of ``token``.

    ``copy`` is whose fee it is where the entry is a clearing's.
    """

    posting: Posting
    token: str
    entry: Entry
    copy: Copy | None


def list_fees(
    session: Session, deployment_id: int, recipient: str, *, before: tuple[int, int, int] | None, limit: int
) -> Sequence[FeeRow]:
    """Return what changed an address's fee balances, newest first, those before a line, if one is given."""
    line = (Posting.block_number, Posting.log_index, Posting.line)
    query = (
        select(Posting, Balance.token, Entry, Copy)
        .join(
            Balance,
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
        .outerjoin(
            Copy,
            and_(
                Copy.deployment_id == Posting.deployment_id,
                Copy.block_number == Posting.block_number,
                Copy.log_index == Posting.log_index,
            ),
        )
        .where(
            Posting.deployment_id == deployment_id,
            Balance.account_kind == "fee",
            Balance.account == recipient,
        )
    )
    if before is not None:
        query = query.where(Posting.block_number <= before[0], tuple_(*line) < before)
    rows = session.execute(query.order_by(*(column.desc() for column in line)).limit(limit))
    return [FeeRow(*row) for row in rows]
