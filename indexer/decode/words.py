"""Readers of ABI-encoded words, a column of them at a time, as strict as Solidity's own decoder: bits that a
type does not have must be zero.

A column is the same word of many logs: an array of bytes of shape (logs, 32). Integers of up to 64 bits are
taken from the array at once, wider ones one by one, so that each is exact. Source: the Solidity contract ABI
specification, "Formal specification of the encoding".
"""

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np
from eth_utils.address import to_checksum_address
from numpy.typing import NDArray

Words = NDArray[np.uint8]
Reader = Callable[[Words], list[Any]]
"""Reads a column into values. Raises `BadWordError` for what is no encoding."""


class BadWordError(ValueError):
    """The word of one log, by its row in the column, is no encoding of its type."""

    def __init__(self, row: int, problem: str) -> None:
        super().__init__(problem)
        self.row = row


@lru_cache(maxsize=262_144)
def _checksum(address: bytes) -> str:
    # A ledger meets the same few addresses over and over; the checksum costs a hash.
    return str(to_checksum_address(address))


def read_addresses(words: Words) -> list[str]:
    """Addresses as EIP-55 text."""
    _require_zero(words, 12, "address")
    return [_checksum(each) for each in _pieces(words[:, 12:], 20)]


def read_uints(bits: int) -> Reader:
    """A reader of unsigned integers of so many bits."""

    def read(words: Words) -> list[int]:
        _require_zero(words, 32 - bits // 8, f"uint{bits}")
        if not words[:, :24].any():
            return _low(words)
        return [int.from_bytes(each) for each in _pieces(words, 32)]

    return read


def read_bools(words: Words) -> list[bool]:
    """Booleans."""
    _require_zero(words, 31, "bool")
    if (large := words[:, 31] > 1).any():
        raise BadWordError(int(large.argmax()), "a word is no bool")
    return [value == 1 for value in words[:, 31].tolist()]


def read_hashes(words: Words) -> list[str]:
    """Thirty-two bytes each as lower-case 0x text."""
    return ["0x" + each.hex() for each in _pieces(words, 32)]


def read_enums(members: type[IntEnum]) -> Reader:
    """A reader of an enum. Raises `BadWordError` for a member that this package does not know."""
    known = {member.value: member for member in members}

    def read(words: Words) -> list[IntEnum]:
        values = read_uints(256)(words)
        try:
            return [known[value] for value in values]
        except KeyError as error:
            [unknown] = error.args
            row = values.index(unknown)
            raise BadWordError(row, f"{unknown} is not a valid {members.__name__}") from None

    return read


def read_string(data: bytes, word: bytes) -> str:
    """A dynamic string, from the data it is in and the word that says where. Raises `ValueError`.

    Bytes that are not UTF-8 (a contract does not check) become U+FFFD; NUL, too, which PostgreSQL cannot
    store.
    """
    start = int.from_bytes(word)
    size = data[start : start + 32]
    length = int.from_bytes(size)
    content = data[start + 32 : start + 32 + length]
    if len(size) != 32 or len(content) != length:
        raise ValueError(f"the string at byte {start} is longer than the data")
    return content.decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def column_of(joined: bytes, width: int) -> NDArray[np.uint8]:
    """Words of many logs, `width` of them each, as an array of shape (logs, width, 32)."""
    return np.frombuffer(joined, np.uint8).reshape(-1, width, 32)


def structs(make: Callable[..., Any], members: Sequence[list[Any]]) -> list[Any]:
    """Structs from the columns of their members."""
    return [make(*row) for row in zip(*members, strict=True)]


def _low(words: Words) -> list[int]:
    values: list[int] = np.ascontiguousarray(words[:, 24:]).view(">u8").ravel().tolist()
    return values


def _pieces(words: Words, size: int) -> Iterator[bytes]:
    joined = words.tobytes()
    return (joined[at : at + size] for at in range(0, len(joined), size))


def _require_zero(words: Words, count: int, kind: str) -> None:
    """Raise `BadWordError` unless the first bytes of each word, which the type does not have, are zero."""
    above = words[:, :count]
    if above.any():
        raise BadWordError(int(above.any(axis=1).argmax()), f"a word is no {kind}")
