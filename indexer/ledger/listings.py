"""Vetoes: a listing that still waits is withdrawn. Its row stays, marked; a rollback takes the mark off."""

from sqlalchemy import Connection, tuple_, update

from indexer.decode.events import ListingVetoed
from indexer.ledger.models import Pool, Token
from indexer.ledger.rows import Place, contradiction

_TABLES: tuple[type[Token] | type[Pool], ...] = (Token, Pool)
"""In the order in which the hub looks: an address that waits as both is vetoed as a token first."""


def veto(connection: Connection, place: Place, event: ListingVetoed) -> None:
    """Mark the listing that waits. Raises `InvariantError` if there is none."""
    for table in _TABLES:
        marked = connection.execute(
            update(table)
            .where(
                table.deployment_id == place.deployment_id,
                table.address == event.what,
                table.vetoed_block.is_(None),
                table.usable_from > place.block_time,
                # The range may hold a later listing of the same address, too.
                tuple_(table.block_number, table.log_index) < (place.block_number, place.log_index),
            )
            .values(
                vetoed_by=event.by,
                vetoed_block=place.block_number,
                vetoed_time=place.block_time,
                vetoed_tx_hash=place.tx_hash,
            )
        )
        if marked.rowcount:
            return
    raise contradiction(place, f"{event.what} was vetoed, but no listing of it waits")


def restore_vetoed(connection: Connection, deployment_id: int, block_number: int) -> None:
    """Take off the marks that blocks above `block_number` had made."""
    for table in _TABLES:
        connection.execute(
            update(table)
            .where(table.deployment_id == deployment_id, table.vetoed_block > block_number)
            .values(vetoed_by=None, vetoed_block=None, vetoed_time=None, vetoed_tx_hash=None)
        )
