"""Accounts and what they hold: derived from postings, changed by the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, bindparam, func, select

from indexer.ledger.books import BalanceKey, Books
from indexer.ledger.bulk import update_rows, write_rows
from indexer.ledger.errors import InvariantError
from indexer.ledger.models import Balance, Posting, amount_sum
from indexer.ledger.postings import HELD_BY_HUB

MOST = 16_384
"""Accounts kept in memory: some five megabytes."""

_CHUNK = 500

# Statements are made once: to make one takes longer than to run it for a block.
_NEWEST = select(func.max(Balance.account_id)).where(Balance.deployment_id == bindparam("deployment"))
_ACCOUNTS = select(Balance.account, Balance.token, Balance.account_id, Balance.amount).where(
    Balance.deployment_id == bindparam("deployment"),
    Balance.account_kind == bindparam("kind"),
    Balance.account.in_(bindparam("accounts", expanding=True)),
)


class Accounts:
    """The accounts that were posted to last, kept in memory from range to range: most are needed again soon.

    What is kept is what the rows say, so it is forgotten after a rollback and a transaction that failed.
    """

    def __init__(self, deployment_id: int) -> None:
        self._id = deployment_id
        self.forget()

    def forget(self) -> None:
        """Read everything anew when it is needed next."""
        self._known: dict[BalanceKey, tuple[int, int]] = {}
        self._newest: int | None = None

    def know(self, books: Books) -> bool:
        """Whether nothing must be read to write a range's postings."""
        return self._newest is not None and books.accounts.keys() <= self._known.keys()

    def write(self, connection: Connection, books: Books) -> None:
        """Write a range's postings and the accounts that they change.

        Raises `InvariantError` if the hub would owe less than nothing; what is kept must be forgotten then.
        """
        known = self._known
        if missing := books.accounts.keys() - known.keys():
            known.update(_load(connection, self._id, missing))
        newest = _newest(connection, self._id) if self._newest is None else self._newest
        ids: list[int] = []
        opened, changed = [], {}
        for key, first_block, delta in zip(books.accounts, books.first_blocks, books.deltas, strict=True):
            found = known.pop(key, None)
            if found is None:
                newest += 1
                opened.append((self._id, newest, *key, delta, first_block))
            elif delta:
                changed[found[0]] = found[1] + delta
            account_id, held = found or (newest, 0)
            _require_covered(key, held + delta)
            ids.append(account_id)
            known[key] = account_id, held + delta  # the last to go
        write_rows(connection, Balance, opened)
        _set(connection, self._id, changed)
        write_rows(connection, Posting, books.rows(ids))
        self._newest = newest
        for key in list(islice(known, max(0, len(known) - MOST))):
            del known[key]


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
    update_rows(connection, Balance, deployment_id, ("account_id", "amount"), sorted(amounts.items()))


def _newest(connection: Connection, deployment_id: int) -> int:
    return connection.scalar(_NEWEST, {"deployment": deployment_id}) or 0


def _load(
    connection: Connection, deployment_id: int, keys: Iterable[BalanceKey]
) -> dict[BalanceKey, tuple[int, int]]:
    """Id and amount of each account that there is already."""
    wanted = set(keys)
    found: dict[BalanceKey, tuple[int, int]] = {}
    for kind in sorted({kind for kind, *_ in wanted}):
        names: Sequence[str] = sorted({account for each, account, _ in wanted if each == kind})
        for at in range(0, len(names), _CHUNK):
            asked = {"deployment": deployment_id, "kind": kind, "accounts": names[at : at + _CHUNK]}
            rows = connection.execute(_ACCOUNTS, asked)
            found.update({(kind, row[0], row[1]): (row[2], row[3]) for row in rows})
    return {key: value for key, value in found.items() if key in wanted}
