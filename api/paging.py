"""Lists in pages by keyset cursors: a page starts after the last key of the one before, never at a count.

So rows that arrive between two requests neither repeat nor hide others. A cursor is opaque to the client: it
is the list's name and the last key, base64url.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from api.problems import InvalidCursorError

_KEY_LIMIT = 2**63
_NUMBER = re.compile(r"-?[0-9]{1,90}(\.[0-9]{1,30})?(e[+-]?[0-9]{1,3})?")

R = TypeVar("R")


class PageQuery(BaseModel):
    """Parameters of every list. A parameter that the list does not know is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[
        int,
        Field(ge=1, le=100, description="Most things on a page; of a table, up to 100,000.", examples=[25]),
    ] = 25
    cursor: Annotated[
        str | None,
        Field(max_length=200, description="`next_cursor` of the page before; leave out for the first."),
    ] = None


def encode_cursor(name: str, key: Sequence[int]) -> str:
    """Return the cursor that continues the list ``name`` after ``key``."""
    return _sealed([name, *key])


def decode_cursor(name: str, size: int, cursor: str | None) -> tuple[int, ...] | None:
    """Return the key in a cursor of the list ``name``, whose keys have ``size`` parts.

    Raises `InvalidCursorError` for anything that `encode_cursor` did not make for this list.
    """
    if cursor is None:
        return None
    match _opened(cursor):
        case [str(list_name), *key] if list_name == name and len(key) == size:
            # A boolean is an integer to Python but never part of a key.
            if all(type(part) is int and 0 <= part < _KEY_LIMIT for part in key):
                return tuple(key)
    raise _foreign()


def encode_ranked(name: str, value: str | None, number: int) -> str:
    """Return the cursor of a list that is sorted by a value, and by a number where values are equal."""
    return _sealed([name, value, number])


def decode_ranked(name: str, cursor: str | None) -> tuple[str | None, int] | None:
    """Return value, as a decimal number, and number in a cursor of `encode_ranked`.

    Raises `InvalidCursorError` for anything that it did not make for this list.
    """
    if cursor is None:
        return None
    match _opened(cursor):
        case [str(list_name), None | str() as value, int(number)] if list_name == name:
            known = value is None or (_NUMBER.fullmatch(value) and isfinite(float(value)))
            if known and type(number) is int and 0 <= number < _KEY_LIMIT:
                return value, number
    raise _foreign()


def cut(
    name: str, limit: int, rows: Sequence[R], key: Callable[[R], Sequence[int]]
) -> tuple[Sequence[R], str | None]:
    """Return the page and the next cursor from up to ``limit + 1`` rows: one too many means more."""
    page = rows[:limit]
    return page, encode_cursor(name, key(page[-1])) if len(rows) > limit else None


def _sealed(parts: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def _opened(cursor: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _foreign() -> InvalidCursorError:
    return InvalidCursorError(
        "The cursor was not made by this list.",
        remedy="Send the `next_cursor` of an answer of the same list unchanged, or leave `cursor` out.",
    )
