"""The postings of a range, column by column, and the accounts they are on, before anything is written."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from indexer.ledger.postings import VAULT, Line

BalanceKey = tuple[str, str, str]
"""Account kind, account, token."""


class VaultAccounts(dict[int, int]):
    """Vault id → the vault's account in one token, by its place among the range's accounts."""

    def __init__(self, books: "Books", token: str) -> None:
        super().__init__()
        self._books = books
        self._token = token

    def __missing__(self, vault_id: int) -> int:
        found = self[vault_id] = self._books.account(VAULT, str(vault_id), self._token)
        return found


class Books:
    """Collects postings. Accounts are counted from 0 in the order in which the range first posts to them;
    what they are called in the database is known when it is written.
    """

    def __init__(self, deployment_id: int) -> None:
        self.accounts: dict[BalanceKey, int] = {}
        self.first_blocks: list[int] = []
        self.deltas: list[int] = []
        self.block_number = 0
        self._deployment_id = deployment_id
        self._vaults: dict[str, VaultAccounts] = {}
        # A posting's block, log, line, entry's log, account, amount, purpose.
        self._columns: tuple[list[Any], ...] = tuple([] for _ in range(7))

    def account(self, kind: str, account: str, token: str) -> int:
        """An account's place among the range's accounts."""
        key = (kind, account, token)
        found = self.accounts.get(key)
        if found is None:
            found = self.accounts[key] = len(self.deltas)
            self.first_blocks.append(self.block_number)
            self.deltas.append(0)
        return found

    def vaults(self, token: str) -> VaultAccounts:
        """The accounts of vaults in a token."""
        if token not in self._vaults:
            self._vaults[token] = VaultAccounts(self, token)
        return self._vaults[token]

    def post(self, log_index: int, lines: Sequence[Line]) -> bool:
        """Post an entry's lines, without those of 0, in the current block. Tells whether there were any."""
        posted = False
        for at, line in enumerate(lines):
            if line.amount:
                account = self.account(*line.party, line.token)
                self.post_column(
                    line.purpose,
                    at,
                    entry_log_index=log_index,
                    log_indexes=[log_index],
                    accounts=[account],
                    amounts=[line.amount],
                )
                posted = True
        return posted

    def post_column(
        self,
        purpose: str,
        line: int,
        *,
        entry_log_index: int,
        log_indexes: Sequence[int],
        accounts: Sequence[int],
        amounts: Sequence[int],
    ) -> None:
        """Post the same line of several events of one entry in the current block. No amount may be 0."""
        count = len(log_indexes)
        values: tuple[Iterable[Any], ...] = (
            repeat(self.block_number, count),
            log_indexes,
            repeat(line, count),
            repeat(entry_log_index, count),
            accounts,
            amounts,
            repeat(purpose, count),
        )
        for column, more in zip(self._columns, values, strict=True):
            column.extend(more)
        deltas = self.deltas
        for account, amount in zip(accounts, amounts, strict=True):
            deltas[account] += amount

    def rows(self, account_ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """The postings as rows of their table, given each account's id."""
        block, log, line, entry, account, amount, purpose = self._columns
        ids = map(account_ids.__getitem__, account)
        return zip(
            repeat(self._deployment_id, len(block)),
            block,
            log,
            line,
            entry,
            ids,
            amount,
            purpose,
            strict=True,
        )
