"""Queries about transactions."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
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


def _spent(*columns: Any) -> Select[Any]:
    return select(
        *columns, func.count(), func.sum(Transaction.gas_used), amount_sum(Transaction.paid)
    ).select_from(Transaction)


def _did(table: type[Entry | VaultState | Copy]) -> ColumnElement[bool]:
    within = and_(
        table.deployment_id == Transaction.deployment_id,
        table.block_number == Transaction.block_number,
        table.tx_hash == Transaction.tx_hash,
        table.vault_id == bindparam("vault", type_=BigInteger),
    )
    return select(table.block_number).where(within).correlate(Transaction).exists()


# Statements are made once: to make one takes longer than to run it.
_OF_DEPLOYMENT = Transaction.deployment_id == bindparam("deployment")
_SENT = (
    _spent(Transaction.sender)
    .where(_OF_DEPLOYMENT, Transaction.sender.in_(bindparam("senders", expanding=True)))
    .group_by(Transaction.sender)
)
_OF_VAULT = _spent().where(
    _OF_DEPLOYMENT,
    Transaction.sender == bindparam("sender"),
    or_(_did(VaultState), _did(Entry), _did(Copy)),
)
_OF_VAULT_IN_SPAN = _OF_VAULT.where(
    Transaction.block_time >= bindparam("since"), Transaction.block_time < bindparam("until")
)


def sum_sent(session: Session, deployment_id: int, senders: Collection[str]) -> dict[str, Spent]:
    """Return sender → what all transactions of it cost."""
    known = {"deployment": deployment_id, "senders": list(senders)}
    return {sender: _of(spent) for sender, *spent in session.connection().execute(_SENT, known)}


def sum_of_vault(
    session: Session, deployment_id: int, vault_id: int, sender: str, *, span: tuple[int, int] | None = None
) -> Spent:
    """Return what those transactions of a sender cost that did something in a vault.

    With a `span`, only those in blocks from its first second up to, not with, its second.
    """
    known: dict[str, Any] = {"deployment": deployment_id, "vault": vault_id, "sender": sender}
    statement = _OF_VAULT
    if span is not None:
        statement, known["since"], known["until"] = _OF_VAULT_IN_SPAN, *span
    return _of(session.connection().execute(statement, known).one())


def first_without_gas(session: Session, deployment: Deployment) -> int | None:
    """Return the first block whose transactions were not asked for their gas yet; None where all were."""
    after = -1 if deployment.gas_number is None else deployment.gas_number
    query = select(func.min(Block.number)).where(
        Block.deployment_id == deployment.id, Block.number > after, Block.log_count > 0
    )
    return session.scalar(query)


def _of(row: Sequence[Any]) -> Spent:
    transactions, gas_used, paid = row
    return Spent(transactions, int(gas_used or 0), int(paid or 0))
