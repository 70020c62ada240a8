"""Asks listed tokens for their symbol and decimals."""

import structlog
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from indexer.chain.errors import NodeRefusedError
from indexer.chain.reader import ChainReader
from indexer.chain.types import Call
from indexer.decode.events import TokenListed
from indexer.decode.ranges import DecodedRange
from indexer.ledger.projection import TokenFacts

log = structlog.get_logger()

_SYMBOL = bytes(keccak(text="symbol()")[:4])
_DECIMALS = bytes(keccak(text="decimals()")[:4])
_SYMBOL_LENGTH = 32


async def read_token_facts(reader: ChainReader, decoded: DecodedRange) -> dict[str, TokenFacts]:
    """Facts of every token that the range lists, as of the block that lists it."""
    return {
        event.token: await _facts(reader, event.token, log.block_hash)
        for log, event in decoded.events_of(TokenListed)
    }


async def _facts(reader: ChainReader, token: str, block_hash: str) -> TokenFacts:
    """Both are optional in ERC-20: without decimals amounts are in units; the address stands for a symbol."""
    symbol = _text(await _ask(reader, token, _SYMBOL, block_hash)) or token[:8]
    decimals = await _ask(reader, token, _DECIMALS, block_hash)
    value = int.from_bytes(decimals) if len(decimals) == 32 else 0
    if value > 255:
        value = 0
    return TokenFacts(symbol, value)


async def _ask(reader: ChainReader, token: str, selector: bytes, block_hash: str) -> bytes:
    try:
        return (await reader.call_all([Call(token, selector)], block_hash))[0]
    except NodeRefusedError:
        # The node has pruned that block's state, or the token has no such function: both show at the head.
        log.info("token_asked_at_head", token=token)
    try:
        return (await reader.call_all([Call(token, selector)], "latest"))[0]
    except NodeRefusedError:
        return b""


def _text(answer: bytes) -> str:
    """A string, or the bytes32 that some old tokens give instead."""
    try:
        raw = answer.rstrip(b"\0") if len(answer) == 32 else decode(["string"], answer)[0].encode()
    except (DecodingError, UnicodeDecodeError, OverflowError):
        return ""
    text = raw.decode("utf-8", errors="ignore")
    return "".join(letter for letter in text if letter.isprintable())[:_SYMBOL_LENGTH]
