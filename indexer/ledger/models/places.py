"""Conditions on a row's place in the chain: block number and log index.

Each names the block alone, too, which is what PostgreSQL goes by when it leaves parts of a table out.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, tuple_

Place = tuple[int, int]
"""A place in the chain: block number and log index."""


def before(table: Any, place: Place) -> ColumnElement[bool]:
    """Rows of a table or an alias that come before a place."""
    if not place[1]:
        return and_(table.block_number < place[0])
    return and_(table.block_number <= place[0], tuple_(table.block_number, table.log_index) < place)


def after(table: Any, place: Place) -> ColumnElement[bool]:
    """Rows that come after a place."""
    return and_(table.block_number >= place[0], tuple_(table.block_number, table.log_index) > place)


def since(table: Any, place: Place) -> ColumnElement[bool]:
    """Rows at a place or after it."""
    return and_(table.block_number >= place[0], tuple_(table.block_number, table.log_index) >= place)


def within(table: Any, first: Place, last: Place) -> ColumnElement[bool]:
    """Rows from a place to another, both included."""
    until = tuple_(table.block_number, table.log_index) <= last
    return and_(since(table, first), table.block_number <= last[0], until)
