"""The rows that a range of blocks adds to the tables, collected before anything is written."""

from collections import defaultdict
from typing import Any, NamedTuple

from indexer.chain.types import BlockRef, Header, Log
from indexer.decode.events import Event, ListingVetoed
from indexer.derived.facts import MOVING, Flow
from indexer.ledger.books import Books
from indexer.ledger.bulk import column_names
from indexer.ledger.context import VaultNow
from indexer.ledger.errors import InvariantError
from indexer.ledger.models import Base, Entry
from indexer.ledger.postings import VAULT, Line

Row = dict[str, Any]


class Place(NamedTuple):
    """Where an event is in the chain; names are those of the tables' columns."""

    deployment_id: int
    block_number: int
    log_index: int
    block_time: int
    tx_hash: str


class Rows:
    """New rows by table, in the order of its columns; new and changed vaults and trades by id; vetoes in
    order; what moved in and out of vaults, but for trades; the books.

    Vaults and trades wait as named columns, for later events of the range change them.
    """

    def __init__(self, deployment_id: int) -> None:
        self.new: dict[type[Base], list[tuple[Any, ...]]] = defaultdict(list)
        self.opened_vaults: dict[int, Row] = {}
        self.opened_trades: dict[int, Row] = {}
        self.vaults: dict[int, VaultNow] = {}
        self.completed: dict[int, Place] = {}
        self.flows: list[Flow] = []
        self.vetoes: list[tuple[Place, ListingVetoed]] = []
        self.books = Books(deployment_id)
        self.deployment_id = deployment_id

    def place(self, header: Header | BlockRef, log: Log) -> Place:
        """The place of a log."""
        return Place(self.deployment_id, log.block_number, log.log_index, header.time, log.tx_hash)

    def add(self, table: type[Base], place: Place, **columns: Any) -> None:
        """Add a row that the event at `place` made. A column that is not named is null."""
        self.new[table].append(as_tuple(table, place._asdict() | columns))

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
        if vault_id is not None and type(event).__name__ in MOVING:
            at = (place.block_number, place.log_index, place.block_time, vault_id)
            self.flows += [
                Flow(*at, line.purpose, line.token, line.amount)
                for line in lines
                if line.party.kind == VAULT and line.amount
            ]
        if self.books.post(place.log_index, lines):
            self.add(
                Entry,
                place,
                kind=type(event).__name__,
                trade_id=trade_id,
                vault_id=vault_id,
                owner=owner,
                counterparty=counterparty,
            )


def as_tuple(table: type[Base], row: Row) -> tuple[Any, ...]:
    """A row in the order of the table's columns."""
    return tuple([row.get(name) for name in column_names(table)])


def contradiction(place: Place, what: str) -> InvariantError:
    """The error of an event that cannot follow the ones before it."""
    return InvariantError(
        f"In block {place.block_number} (log {place.log_index}), {what}.",
        remedy="Try another RPC endpoint, in case this one left logs out; check that the deployment file has "
        "the block in which the hub was deployed. Nothing of the block was written.",
    )
