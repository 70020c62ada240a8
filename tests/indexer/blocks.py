"""Blocks on paper: events as logs in blocks with made-up hashes, for tests of the ledger without a chain."""

import hashlib
from collections.abc import Mapping, Sequence

from indexer.chain.types import BlockLogs, Header, Log
from indexer.decode.decoder import Decoder
from indexer.decode.events import Event
from indexer.ledger.ledger import Ledger
from indexer.ledger.projection import TokenFacts
from tests.indexer.encoding import encode_event
from tests.indexer.story import HUB, NEW_TOKEN, USDC, WETH

CHAIN_ID = 31_337
TOKENS = {USDC: TokenFacts("USDC", 6), WETH: TokenFacts("WETH", 18), NEW_TOKEN: TokenFacts("NEW", 9)}
DECODER = Decoder()


def block_hash(number: int, fork: str = "") -> str:
    return "0x" + hashlib.sha256(f"{number}{fork}".encode()).hexdigest()


def header(number: int, *, fork: str = "", parent_fork: str | None = None) -> Header:
    parent = block_hash(number - 1, fork if parent_fork is None else parent_fork)
    return Header(number, block_hash(number, fork), parent, 1_700_000_000 + 12 * number, 0, 1)


def block(
    number: int, transactions: Sequence[Sequence[Event]], *, fork: str = "", parent_fork: str | None = None
) -> BlockLogs:
    """A block with the events of some transactions."""
    head = header(number, fork=fork, parent_fork=parent_fork)
    logs: list[Log] = []
    for index, events in enumerate(transactions):
        tx_hash = "0x" + hashlib.sha256(f"{head.hash}{index}".encode()).hexdigest()
        for event in events:
            topics, data = encode_event(event)
            logs.append(
                Log(bytes.fromhex(HUB[2:]), number, head.hash, tx_hash, index, len(logs), topics, data)
            )
    return BlockLogs(head, tuple(logs))


def write(
    ledger: Ledger, blocks: Sequence[BlockLogs], tokens: Mapping[str, TokenFacts], head: Header
) -> None:
    """Decode the blocks and append them to the ledger."""
    ledger.append(DECODER.decode(blocks), tokens, head)
