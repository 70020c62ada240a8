"""Queries about transactions."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from indexer.ledger.models import Block, Copy, Deployment, Entry, Transaction, VaultState, amount_sum

Place = tuple[int, int]
"""Block number, and index of the transaction in the block."""


class Spent(NamedTuple):
    """How many transactions, the gas they used, and what was paid for it."""

    transactions: int
    gas_used: int
    paid: int


NOTHING = Spent(0, 0, 0)


def find_transactions(session: Session, deployment_id: int, hashes: Collection[str]) -> Sequence[Transaction]:
    """Return those of transactions that are known, in the chain's order."""
    query = select(Transaction).where(
        Transaction.deployment_id == deployment_id, Transaction.tx_hash.in_(hashes)
    )
    return session.scalars(query.order_by(Transaction.block_number, Transaction.tx_index)).all()


def list_sent(
    session: Session, deployment_id: int, sender: str, *, before: Place | None, limit: int
) -> Sequence[Transaction]:
    """Return what an address sent, newest first, before a place if one is given."""
    place = (Transaction.block_number, Transaction.tx_index)
    query = select(Transaction).where(
        Transaction.deployment_id == deployment_id, Transaction.sender == sender
    )
    if before is not None:
        query = query.where(tuple_(*place) < before)
    return session.scalars(query.order_by(*(each.desc() for each in place)).limit(limit)).all()


def sum_sent(session: Session, deployment_id: int, senders: Collection[str]) -> dict[str, Spent]:
    """Return sender → what all transactions of it cost."""
    query = _spent(Transaction.sender).where(
        Transaction.deployment_id == deployment_id, Transaction.sender.in_(senders)
    )
    return {sender: _of(spent) for sender, *spent in session.execute(query.group_by(Transaction.sender))}


def sum_of_vault(
    session: Session, deployment_id: int, vault_id: int, sender: str, *, span: tuple[int, int] | None = None
) -> Spent:
    """Return what those transactions of a sender cost that did something in a vault.

    With a `span`, only those in blocks from its first second up to, not with, its second.
    """

    def did(table: type[Entry | VaultState | Copy]) -> ColumnElement[bool]:
        within = and_(
            table.deployment_id == Transaction.deployment_id,
            table.block_number == Transaction.block_number,
            table.tx_hash == Transaction.tx_hash,
            table.vault_id == vault_id,
        )
        return select(table.block_number).where(within).correlate(Transaction).exists()

    query = _spent().where(
        Transaction.deployment_id == deployment_id,
        Transaction.sender == sender,
        or_(did(VaultState), did(Entry), did(Copy)),
    )
    if span is not None:
        query = query.where(Transaction.block_time >= span[0], Transaction.block_time < span[1])
    return _of(session.execute(query).one())


def first_without_gas(session: Session, deployment: Deployment) -> int | None:
    """Return the first block whose transactions were not asked for their gas yet; None where all were."""
    after = -1 if deployment.gas_number is None else deployment.gas_number
    query = select(func.min(Block.number)).where(
        Block.deployment_id == deployment.id, Block.number > after, Block.log_count > 0
    )
    return session.scalar(query)


def _spent(*columns: Any) -> Select[Any]:
    return select(
        *columns, func.count(), func.sum(Transaction.gas_used), amount_sum(Transaction.paid)
    ).select_from(Transaction)


def _of(row: Sequence[Any]) -> Spent:
    transactions, gas_used, paid = row
    return Spent(transactions, int(gas_used or 0), int(paid or 0))
