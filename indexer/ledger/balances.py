"""Accounts and what they hold: derived from postings, changed by the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from sqlalchemy import Connection, bindparam, func, select, update

from indexer.ledger.books import BalanceKey, Books
from indexer.ledger.bulk import write_rows
from indexer.ledger.errors import InvariantError
from indexer.ledger.models import Balance, Posting, amount_sum
from indexer.ledger.postings import HELD_BY_HUB

_CHUNK = 500


def write_books(connection: Connection, deployment_id: int, books: Books) -> None:
    """Write a range's postings and the accounts that they change.

    Raises `InvariantError` if the hub would owe less than nothing.
    """
    known = _load(connection, deployment_id, books.accounts)
    fresh = count(_newest(connection, deployment_id) + 1)
    ids: list[int] = []
    opened, changed = [], {}
    for key, first_block, delta in zip(books.accounts, books.first_blocks, books.deltas, strict=True):
        found = known.get(key)
        account_id, held = (next(fresh), 0) if found is None else found
        ids.append(account_id)
        _require_covered(key, held + delta)
        if found is None:
            opened.append((deployment_id, account_id, *key, delta, first_block))
        elif delta:
            changed[account_id] = held + delta
    write_rows(connection, Balance, opened)
    _set(connection, deployment_id, changed)
    write_rows(connection, Posting, books.rows(ids))


def undo_above(connection: Connection, deployment_id: int, block_number: int) -> None:
    """Take what was posted above a block back from the accounts that were there before."""
    undone = _posted_since(connection, deployment_id, block_number)
    rows = connection.execute(
        select(Balance.account_id, Balance.amount).where(
            Balance.deployment_id == deployment_id, Balance.block_number <= block_number
        )
    )
    held = {account_id: amount for account_id, amount in rows}  # noqa: C416 (a row is no pair to mypy)
    _set(connection, deployment_id, {each: held[each] - undone[each] for each in held.keys() & undone})


def rebuild(connection: Connection, deployment_id: int) -> None:
    """Compute what every account holds anew from the postings."""
    posted = _posted_since(connection, deployment_id, -1)
    accounts = connection.scalars(select(Balance.account_id).where(Balance.deployment_id == deployment_id))
    _set(connection, deployment_id, {each: posted.get(each, 0) for each in accounts})


def _posted_since(connection: Connection, deployment_id: int, block_number: int) -> dict[int, int]:
    """What all postings above a block add up to, by account."""
    rows = connection.execute(
        select(Posting.account_id, amount_sum(Posting.amount))
        .where(Posting.deployment_id == deployment_id, Posting.block_number > block_number)
        .group_by(Posting.account_id)
    )
    return {account_id: amount for account_id, amount in rows}  # noqa: C416 (a row is no pair to mypy)


def _require_covered(key: BalanceKey, amount: int) -> None:
    kind, account, token = key
    if amount < 0 and kind in HELD_BY_HUB:
        raise InvariantError(
            f"The {kind} balance of {account} in token {token} would become {amount}.",
            remedy="Try another RPC endpoint, in case this one left logs out; if that does not help, "
            "report it. Nothing was written.",
        )


def _set(connection: Connection, deployment_id: int, amounts: Mapping[int, int]) -> None:
    if amounts:
        connection.execute(
            update(Balance.__table__)  # type: ignore[arg-type] # a mapped table is a Table
            .where(Balance.deployment_id == deployment_id, Balance.account_id == bindparam("in_account"))
            .values(amount=bindparam("new_amount")),
            [{"in_account": each, "new_amount": amounts[each]} for each in sorted(amounts)],
        )


def _newest(connection: Connection, deployment_id: int) -> int:
    newest = select(func.max(Balance.account_id)).where(Balance.deployment_id == deployment_id)
    return connection.scalar(newest) or 0


def _load(
    connection: Connection, deployment_id: int, keys: Iterable[BalanceKey]
) -> dict[BalanceKey, tuple[int, int]]:
    """Id and amount of each account that there is already."""
    wanted = set(keys)
    found: dict[BalanceKey, tuple[int, int]] = {}
    for kind in sorted({kind for kind, *_ in wanted}):
        names: Sequence[str] = sorted({account for each, account, _ in wanted if each == kind})
        for at in range(0, len(names), _CHUNK):
            rows = connection.execute(
                select(Balance.account, Balance.token, Balance.account_id, Balance.amount).where(
                    Balance.deployment_id == deployment_id,
                    Balance.account_kind == kind,
                    Balance.account.in_(names[at : at + _CHUNK]),
                )
            )
            found.update({(kind, row[0], row[1]): (row[2], row[3]) for row in rows})
    return {key: value for key, value in found.items() if key in wanted}
