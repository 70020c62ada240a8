"""The rows that a range of blocks adds to the tables, collected before anything is written."""

from collections import defaultdict
from typing import Any, NamedTuple

from indexer.chain.types import BlockRef, Header, Log
from indexer.decode.events import Event, ListingVetoed
from indexer.ledger.context import VaultNow
from indexer.ledger.errors import InvariantError
from indexer.ledger.models import Base, Entry, Posting, RawLog
from indexer.ledger.postings import Line

Row = dict[str, Any]
BalanceKey = tuple[str, str, str]
"""Account kind, account, token."""


class Place(NamedTuple):
    """Where an event is in the chain; names are those of the tables' columns."""

    deployment_id: int
    block_number: int
    log_index: int
    block_time: int
    tx_hash: str


class Rows:
    """New rows by table; changed vaults and completed trades by id; vetoes in order; balance changes by
    account and token.
    """

    def __init__(self, deployment_id: int) -> None:
        self.new: dict[type[Base], list[Row]] = defaultdict(list)
        self.vaults: dict[int, VaultNow] = {}
        self.completed: dict[int, Place] = {}
        self.vetoes: list[tuple[Place, ListingVetoed]] = []
        self.deltas: dict[BalanceKey, int] = defaultdict(int)
        self._deployment_id = deployment_id

    def place(self, header: Header | BlockRef, log: Log) -> Place:
        """The place of a log."""
        return Place(self._deployment_id, log.block_number, log.log_index, header.time, log.tx_hash)

    def add(self, table: type[Base], place: Place, **columns: Any) -> None:
        """Add a row that the event at `place` made."""
        self.new[table].append(place._asdict() | columns)

    def add_raw(self, log: Log, event: Event | None) -> None:
        """Keep the log as it came."""
        self.new[RawLog].append(
            {
                "deployment_id": self._deployment_id,
                "block_hash": log.block_hash,
                "log_index": log.log_index,
                "block_number": log.block_number,
                "tx_hash": log.tx_hash,
                "tx_index": log.tx_index,
                "event": None if event is None else type(event).__name__,
                "topics": b"".join(log.topics),
                "data": log.data,
            }
        )

    def enter(
        self,
        place: Place,
        event: Event,
        lines: list[Line],
        *,
        trade_id: int | None = None,
        vault_id: int | None = None,
        owner: str | None = None,
        counterparty: str | None = None,
    ) -> None:
        """Book an entry with its postings. An event that moved nothing makes none."""
        if not lines:
            return
        self.add(
            Entry,
            place,
            kind=type(event).__name__,
            trade_id=trade_id,
            vault_id=vault_id,
            owner=owner,
            counterparty=counterparty,
        )
        for at, line in enumerate(lines):
            kind, account = line.party
            self.new[Posting].append(
                {
                    "deployment_id": place.deployment_id,
                    "block_number": place.block_number,
                    "log_index": place.log_index,
                    "line": at,
                    "account_kind": kind,
                    "account": account,
                    "token": line.token,
                    "amount": line.amount,
                    "purpose": line.purpose,
                }
            )
            self.deltas[kind, account, line.token] += line.amount


def contradiction(place: Place, what: str) -> InvariantError:
    """The error of an event that cannot follow the ones before it."""
    return InvariantError(
        f"In block {place.block_number} (log {place.log_index}), {what}.",
        remedy="Try another RPC endpoint, in case this one left logs out; check that the deployment file has "
        "the block in which the hub was deployed. Nothing of the block was written.",
    )
