"""Conditions on a row's place in the chain: block number and log index.

Statements are made once, so a condition names its place and `known` gives it. Each names the block alone,
too, which is what PostgreSQL goes by when it leaves parts of a table out.
"""

from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, and_, bindparam, tuple_

Place = tuple[int, int]
"""A place in the chain: block number and log index."""


def before(table: Any) -> ColumnElement[bool]:
    """Rows of a table or an alias that come before a place."""
    return and_(table.block_number <= _number("before_until"), _place(table) < _given("before"))


def after(table: Any) -> ColumnElement[bool]:
    """Rows that come after a place."""
    return and_(table.block_number >= _number("after_block"), _place(table) > _given("after"))


def since(table: Any) -> ColumnElement[bool]:
    """Rows at a place or after it."""
    return and_(table.block_number >= _number("since_block"), _place(table) >= _given("since"))


def known(
    *, before: Place | None = None, after: Place | None = None, since: Place | None = None
) -> dict[str, int]:
    """Return what those conditions of a statement are about for which a place is given."""
    values: dict[str, int] = {}
    for name, place in (("before", before), ("after", after), ("since", since)):
        if place is not None:
            values |= {f"{name}_block": place[0], f"{name}_log": place[1]}
    if before is not None:  # nothing of a block comes before its first log
        values["before_until"] = before[0] if before[1] else before[0] - 1
    return values


def _place(table: Any) -> Any:
    return tuple_(table.block_number, table.log_index)


def _given(name: str) -> Any:
    return tuple_(_number(f"{name}_block"), _number(f"{name}_log"))


def _number(name: str) -> BindParameter[int]:
    return bindparam(name, type_=BigInteger)
