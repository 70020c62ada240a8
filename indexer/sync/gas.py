"""Reads what transactions with events of the hub cost their senders, after their blocks' rows are written.

A receipt is believed where it agrees with what is known already: it is of the ledger's block, its logs of the
hub are the block's raw logs of that transaction, its gas lies within what the block's header says was used,
behind that of the transactions before it, and no unit of it cost less than the header's base fee. Nothing in
a header tells the sender, or what was paid above the base fee: that is the node's word.
"""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from indexer.chain.errors import (
    ChainError,
    ChainMovedError,
    LaggingNodeError,
    LyingNodeError,
    NodeUnreachableError,
)
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.types import GasOfBlock, Receipt
from indexer.ledger.gas import Sent
from indexer.ledger.ledger import Ledger
from indexer.ledger.proof import LogFacts
from indexer.sync.finish import finish
from indexer.sync.proof import facts_of

log = structlog.get_logger()

_LOGS_AT_ONCE = 1_000
"""Of the transactions that are asked for at once: a block that comes meanwhile waits for them."""

_TRY_AGAIN = "Nothing to do: it is asked for again. If it stays, use an RPC endpoint that keeps receipts."

Answers = tuple[GasOfBlock | None, Mapping[str, Receipt | None]]


class GasReading:
    """Fills in the gas of one ledger's transactions, lowest block first.

    What a node has no proper receipts of is left out when it is final, and asked for again at the next start.
    """

    def __init__(self, reader: ChainReader, watch: Watch, ledger: Ledger, finality: int) -> None:
        self._reader = reader
        self._watch = watch
        self._ledger = ledger
        self._finality = finality

    async def read_some(self) -> bool:
        """Read the gas of some transactions; False when none are left, or they cannot be had for now.

        Raises `NodeUnreachableError`.
        """
        blocks = await asyncio.to_thread(self._ledger.without_gas, _LOGS_AT_ONCE)
        if not blocks:
            return False
        try:
            answers = await self._ask(blocks)
        except NodeUnreachableError:
            raise
        except ChainError as error:
            return await self._give_up(blocks, error)
        found: list[tuple[Sent, list[Receipt]]] = []
        for block, answer in zip(blocks, answers, strict=True):
            try:
                found.append((block, checked(self._watch, block, *answer)))
            except ChainError as error:
                # What was read before it is kept.
                before = [each for each in blocks if each.number < block.number]
                if before:
                    await finish(self._ledger.note_gas, found, before[-1].number)
                return await self._give_up([block], error)
        await finish(self._ledger.note_gas, found, blocks[-1].number)
        return True

    async def _ask(self, blocks: Sequence[Sent]) -> list[Answers]:
        hashes = [tx_hash for block in blocks for tx_hash in block.logs]
        headers, receipts = await asyncio.gather(
            self._reader.gas_of_blocks([block.hash for block in blocks]), self._reader.receipts(hashes)
        )
        by_hash = dict(zip(hashes, receipts, strict=True))
        return [
            (header, {tx_hash: by_hash[tx_hash] for tx_hash in block.logs})
            for block, header in zip(blocks, headers, strict=True)
        ]

    async def _give_up(self, blocks: Sequence[Sent], error: ChainError) -> bool:
        """Leave out blocks that are final; the newer ones wait."""
        first, last = blocks[0].number, blocks[-1].number
        if last > self._ledger.checkpoint.number - self._finality:
            log.info("gas_put_off", first=first, last=last, problem=str(error))
            return False
        log.warning("gas_unknown", first=first, last=last, problem=str(error))
        await finish(self._ledger.note_gas, [], last)
        return True


def checked(
    watch: Watch, block: Sent, header: GasOfBlock | None, receipts: Mapping[str, Receipt | None]
) -> list[Receipt]:
    """A block's receipts, in order, where they agree with its header and its raw logs.

    Raises `LaggingNodeError` where one is missing, `ChainMovedError` where they are of another block, and
    `LyingNodeError` where they contradict.
    """
    if header is None or None in receipts.values():
        raise LaggingNodeError(f"The node has no receipts of block {block.number}.", remedy=_TRY_AGAIN)
    there = sorted((each for each in receipts.values() if each is not None), key=lambda each: each.tx_index)
    if {block.hash, header.hash, *(each.block_hash for each in there)} != {block.hash}:
        raise ChainMovedError(
            f"The node has block {block.number} with another hash than the ledger.", remedy=_TRY_AGAIN
        )
    used = 0
    for each in there:
        ours = block.logs[each.tx_hash]
        if _told(watch, each) != ours or each.tx_index != ours[0].tx_index:
            raise _lie(block, each, "has other logs of the hub than the block")
        if each.gas_used <= 0 or not used + each.gas_used <= each.gas_until <= header.used:
            raise _lie(
                block, each, f"used {each.gas_used} gas, which the block's {header.used} has no room for"
            )
        if each.gas_price < header.base_price or each.data_fee < 0:
            raise _lie(block, each, f"paid {each.gas_price} a unit, less than the block's base fee")
        used = each.gas_until
    return there


def _told(watch: Watch, receipt: Receipt) -> list[LogFacts]:
    return [facts_of(each) for each in receipt.logs if each.address == watch.raw]


def _lie(block: Sent, receipt: Receipt, what: str) -> LyingNodeError:
    return LyingNodeError(
        f"By its receipt, transaction {receipt.tx_hash} of block {block.number} {what}.",
        remedy="Use another RPC endpoint; nothing of the receipt was written.",
    )
