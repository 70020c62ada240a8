"""Logs blooms: 2048 bits that say for certain which addresses and topics a block's logs do not have.

Source: Ethereum yellow paper, section 4.3.1. Each item sets three bits, taken from the low 11 bits of the
first three pairs of bytes of its keccak256.
"""

from collections.abc import Iterable
from functools import lru_cache

from eth_utils.crypto import keccak

from indexer.chain.types import Log


@lru_cache(maxsize=65_536)
def mask(item: bytes) -> int:
    """The bits that an address (20 bytes) or topic (32 bytes) sets."""
    digest = keccak(item)
    bits = 0
    for at in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[at : at + 2]) & 2047)
    return bits


def may_contain(bloom: int, item: bytes) -> bool:
    """False: no log of the block has the item. True: one has it, or the bits coincide."""
    bits = mask(item)
    return bloom & bits == bits


def bloom_of(logs: Iterable[Log]) -> int:
    """The bloom that a block with exactly these logs has."""
    bloom = 0
    for log in logs:
        bloom |= mask(log.address)
        for topic in log.topics:
            bloom |= mask(topic)
    return bloom
