"""Answers about transactions, and what somebody's own cost."""

import re
from collections.abc import Collection

from api.paging import cut, decode_cursor
from api.problems import ApiError
from api.schemas import Answer, Page, utc
from api.snapshot import Snapshot
from api.transactions import repository
from api.transactions.repository import NOTHING, Spent
from api.transactions.schemas import Coins, GasCost, Transaction
from indexer.ledger import models

_HASH = re.compile(r"0x[0-9a-f]{64}")


class TransactionNotFoundError(ApiError):
    """No such transaction, or none yet."""

    status, slug, title = 404, "transaction-not-found", "No such transaction"


def get_transaction(snapshot: Snapshot, tx_hash: str) -> Answer[Transaction]:
    """Return a transaction. Raises `TransactionNotFoundError`."""
    block, wanted = snapshot.block, tx_hash.lower()
    found = (
        repository.find_transactions(snapshot.session, snapshot.deployment_id, [wanted])
        if _HASH.fullmatch(wanted)
        else ()
    )
    if not found:
        raise TransactionNotFoundError(
            f"No receipt of a transaction {tx_hash[:80]} with events of this hub is known at block "
            f"{block.number}.",
            remedy="Give a transaction hash as other answers show it; a new one's receipt is read a moment "
            "after its block.",
        )
    return Answer(as_of_block=block, data=present(found[0]))


def list_sent(snapshot: Snapshot, sender: str, *, limit: int, cursor: str | None) -> Page[Transaction]:
    """Return a page of what an address sent, newest first."""
    name = f"transactions of {sender}"
    before = decode_cursor(name, 2, cursor)
    rows = repository.list_sent(
        snapshot.session,
        snapshot.deployment_id,
        sender,
        before=None if before is None else (before[0], before[1]),
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, lambda row: (row.block_number, row.tx_index))
    return Page(as_of_block=snapshot.block, data=[present(row) for row in page], next_cursor=next_cursor)


def list_of(snapshot: Snapshot, hashes: Collection[str]) -> list[Transaction]:
    """Return those of transactions whose receipts are known, in the chain's order."""
    found = repository.find_transactions(snapshot.session, snapshot.deployment_id, hashes)
    return [present(row) for row in found]


def gas_of_sender(snapshot: Snapshot, sender: str) -> GasCost:
    """Return what all of an address's transactions cost."""
    return gas_of_senders(snapshot, [sender])[sender]


def gas_of_senders(snapshot: Snapshot, senders: Collection[str]) -> dict[str, GasCost]:
    """Return address → what all of its transactions cost."""
    found = repository.sum_sent(snapshot.session, snapshot.deployment_id, senders)
    up_to = _counted_up_to(snapshot)
    return {sender: _cost(found.get(sender, NOTHING), up_to) for sender in senders}


def gas_of_vault(snapshot: Snapshot, vault: models.Vault, *, span: tuple[int, int] | None = None) -> GasCost:
    """Return what those of the owner's transactions cost that did something in a vault, in a span or ever."""
    session, deployment_id = snapshot.session, snapshot.deployment_id
    spent = repository.sum_of_vault(session, deployment_id, vault.vault_id, vault.owner, span=span)
    return _cost(spent, _counted_up_to(snapshot))


def present(row: models.Transaction) -> Transaction:
    """Return a transaction as the API shows it."""
    return Transaction(
        hash=row.tx_hash,
        block=row.block_number,
        time=utc(row.block_time),
        sender=row.sender,
        gas_used=row.gas_used,
        gas_price=Coins.of(row.gas_price),
        data_fee=Coins.of(row.data_fee),
        paid=Coins.of(row.paid),
    )


def _counted_up_to(snapshot: Snapshot) -> int:
    first = repository.first_without_gas(snapshot.session, snapshot.deployment)
    return snapshot.block.number if first is None else first - 1


def _cost(spent: Spent, up_to: int) -> GasCost:
    return GasCost(
        transactions=spent.transactions,
        gas_used=spent.gas_used,
        paid=Coins.of(spent.paid),
        up_to_block=up_to,
    )
