"""Readers of ABI-encoded words, as strict as Solidity's own decoder: bits that a type does not have must be
zero.

Source: the Solidity contract ABI specification, "Formal specification of the encoding".
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any

from eth_utils.address import to_checksum_address

Reader = Callable[[bytes, int], Any]
"""Reads the value whose head word is at an offset of the data. Raises `ValueError` for what is no encoding.
"""


@lru_cache(maxsize=262_144)
def _checksum(address: bytes) -> str:
    # A ledger meets the same few addresses over and over; the checksum costs a hash.
    return str(to_checksum_address(address))


def _word(data: bytes, at: int) -> bytes:
    word = data[at : at + 32]
    if len(word) != 32:
        raise ValueError(f"the data ends inside the word at byte {at}")
    return word


def read_address(data: bytes, at: int) -> str:
    """An address as EIP-55 text."""
    word = _word(data, at)
    if any(word[:12]):
        raise ValueError(f"the word at byte {at} is no address")
    return _checksum(word[12:])


def read_uint(bits: int) -> Reader:
    """A reader of an unsigned integer of so many bits."""

    def read(data: bytes, at: int) -> int:
        value = int.from_bytes(_word(data, at))
        if value >> bits:
            raise ValueError(f"the word at byte {at} is no uint{bits}")
        return value

    return read


def read_bool(data: bytes, at: int) -> bool:
    """A boolean."""
    value = int.from_bytes(_word(data, at))
    if value > 1:
        raise ValueError(f"the word at byte {at} is no bool")
    return value == 1


def read_hash(data: bytes, at: int) -> str:
    """Thirty-two bytes as lower-case 0x text."""
    return "0x" + _word(data, at).hex()


def read_enum(members: type[IntEnum]) -> Reader:
    """A reader of an enum. Raises `ValueError` for a member that this package does not know."""

    def read(data: bytes, at: int) -> IntEnum:
        return members(int.from_bytes(_word(data, at)))

    return read


def read_struct(make: Callable[..., Any], members: Sequence[Reader]) -> Reader:
    """A reader of a struct of plain words, which lie one after the other where the struct is."""

    def read(data: bytes, at: int) -> Any:
        return make(*(member(data, at + 32 * index) for index, member in enumerate(members)))

    return read


def read_string(data: bytes, at: int) -> str:
    """A dynamic string. Bytes that are not UTF-8 (a contract does not check) become U+FFFD; NUL, too, which
    PostgreSQL cannot store.
    """
    start = int.from_bytes(_word(data, at))
    length = int.from_bytes(_word(data, start))
    content = data[start + 32 : start + 32 + length]
    if len(content) != length:
        raise ValueError(f"the string at byte {start} is longer than the data")
    return content.decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
