"""Asks listed tokens for their symbol and decimals."""

import structlog
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

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
    """Facts of every token that the range lists, as of the block that lists it.

    Both are optional in ERC-20: without decimals amounts are in units; the address stands for a symbol.
    """
    listed = {event.token: log.block_hash for log, event in decoded.events_of(TokenListed)}
    if not listed:
        return {}
    asked = [(Call(token, selector), at) for token, at in listed.items() for selector in (_SYMBOL, _DECIMALS)]
    answers = await reader.try_calls(asked)
    # The node has pruned that block's state, or the token has no such function: both show at the head.
    again = [at for at, answer in enumerate(answers) if answer is None]
    for token in sorted({asked[at][0].to for at in again}):
        log.info("token_asked_at_head", token=token)
    heads = await reader.try_calls([(asked[at][0], "latest") for at in again])
    answers = list(answers)
    for at, answer in zip(again, heads, strict=True):
        answers[at] = answer
    return {
        token: TokenFacts(_text(symbol or b"") or token[:8], _number(decimals or b""))
        for token, symbol, decimals in zip(listed, answers[::2], answers[1::2], strict=True)
    }


def _number(answer: bytes) -> int:
    value = int.from_bytes(answer) if len(answer) == 32 else 0
    return value if value <= 255 else 0


def _text(answer: bytes) -> str:
    """A string, or the bytes32 that some old tokens give instead."""
    try:
        raw = answer.rstrip(b"\0") if len(answer) == 32 else decode(["string"], answer)[0].encode()
    except (DecodingError, UnicodeDecodeError, OverflowError):
        return ""
    text = raw.decode("utf-8", errors="ignore")
    return "".join(letter for letter in text if letter.isprintable())[:_SYMBOL_LENGTH]
