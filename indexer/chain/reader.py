"""Questions to the chain whose answers are checked before they are believed.

Which blocks have logs of an address is decided by the headers, not by `eth_getLogs`: a header's bloom says
for certain that a block has none. Where the bloom says there may be some and the node gave none (or none of
an event whose topic the bloom has), all logs of that block are read and their bloom computed: if it equals
the header's, the list is complete and the bits merely coincided; if not, the node has left logs out.

In deep backfill, below what can still reorganise, that is put off: logs that carry their block's time are
taken as they come, with one header at the end of the range, and the headers' proof follows later
(`complete_logs`).

What this cannot see is a log held back whose address and first topic another log of the block shares. Such a
gap shows in the ledger: in a batch that does not add up, in a balance below zero, at the latest when it is
reconciled.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from indexer.chain import bloom
from indexer.chain.endpoint import Endpoint
from indexer.chain.errors import (
    ChainMovedError,
    LaggingNodeError,
    LyingNodeError,
    NoContractError,
    NodeRefusedError,
    TimelessLogsError,
)
from indexer.chain.quorum import agreed_head
from indexer.chain.rpc import RpcClient
from indexer.chain.types import BlockLogs, BlockRef, Call, GasOfBlock, Header, Log, Receipt
from indexer.chain.wire import (
    BlockRun,
    Params,
    WireGas,
    WireHeader,
    WireLog,
    WireReceipt,
    block_runs,
    translate,
)

_USE_ANOTHER = "Use another RPC endpoint, or ask this node's operator; nothing of the block was written."
_TWO_FORKS = "The chain reorganised while it was read, or the node mixes two forks: try again."


@dataclass(frozen=True, slots=True)
class Watch:
    """What is read: all logs of `address`. `topics` are the first topics it is known to emit."""

    address: str
    topics: tuple[bytes, ...]

    @property
    def raw(self) -> bytes:
        """The address as 20 bytes."""
        return bytes.fromhex(self.address[2:])


class ChainReader:
    """Reads headers, logs, code and views from one node, or from the healthiest of several."""

    def __init__(self, rpc: RpcClient) -> None:
        self._rpc = rpc

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The nodes that are asked."""
        return self._rpc.endpoints

    def distrust(self, reason: str) -> None:
        """Ask another node from now on, if there is one: this one's answers contradict each other."""
        self._rpc.distrust(reason)

    async def require_chain(self, chain_id: int) -> None:
        """Raise `WrongChainError` unless the nodes are on the chain."""
        await self._rpc.require_chain(chain_id)

    async def code(self, address: str) -> bytes:
        """The contract's bytecode. Raises `NoContractError` where there is none."""
        found = await self._rpc.call("eth_getCode", [address, "latest"], str)
        if len(found) <= 2:
            raise NoContractError(
                f"There is no contract at {address} on the chain of {self._rpc.url}.",
                remedy="Check the deployment file: it may be of another chain, or of one that restarted.",
            )
        return bytes.fromhex(found[2:])

    async def head(self) -> Header:
        """The newest block: with several nodes, the newest that most of them have."""
        found = await agreed_head(self._rpc)
        return translate(lambda: found.value(now_us()))

    async def confirm(self, pushed: Header) -> Header:
        """The head to believe after one node pushed this one: where there are several, their majority's."""
        if len(self.endpoints) > 1:
            return await self.head()
        self.endpoints[0].health.height = pushed.number
        return pushed

    async def header(self, number: int) -> Header | None:
        """The block at a height, or None above the head."""
        return (await self.headers_at([number]))[0]

    async def headers_at(self, numbers: Sequence[int]) -> list[Header | None]:
        """The blocks at several heights; None above the head."""
        params = [[hex(number), False] for number in numbers]
        shape: Any = WireHeader | None  # a union is no type[T] to mypy
        found: list[WireHeader | None] = await self._rpc.batch("eth_getBlockByNumber", params, shape)
        seen = now_us()
        return translate(lambda: [each.value(seen) if each is not None else None for each in found])

    async def headers(self, first: int, last: int) -> list[Header]:
        """The blocks from `first` to `last`, each the parent of the next."""
        headers = []
        for number, header in zip(
            range(first, last + 1), await self.headers_at(range(first, last + 1)), strict=True
        ):
            if header is None:
                raise LaggingNodeError(
                    f"The node at {self._rpc.url} has no block {number}.",
                    remedy="Wait until the node has caught up, or use one that has.",
                )
            if header.number != number:
                raise LyingNodeError(
                    f"The node answered block {header.number} for block {number}.", remedy=_USE_ANOTHER
                )
            headers.append(header)
        for parent, child in pairwise(headers):
            if child.parent_hash != parent.hash:
                raise ChainMovedError(
                    f"Block {child.number} is not a child of block {parent.number} that was read with it.",
                    remedy=_TWO_FORKS,
                )
        return headers

    async def logs(self, watch: Watch, headers: Sequence[Header]) -> list[BlockLogs]:
        """All logs of the watched address in consecutive blocks, proven complete by the headers' blooms.

        Raises `LyingNodeError` when the node's logs contradict the headers, `ChainMovedError` when they are
        of another fork.
        """
        if len(headers) == 1:
            place: dict[str, str] = {"blockHash": headers[0].hash}
        else:
            place = {"fromBlock": hex(headers[0].number), "toBlock": hex(headers[-1].number)}
        runs = await self._runs(watch, place, headers[0].number, headers[-1].number)
        by_number = {run.number: run for run in runs}
        blocks = [_block_of(header, by_number.get(header.number)) for header in headers]
        suspects = [block for block in blocks if _contradicts(watch, block)]
        await asyncio.gather(*(self._audit(watch, block) for block in suspects))
        return blocks

    async def logs_unproven(self, watch: Watch, first: int, last: int) -> list[BlockLogs]:
        """What the node sends for a range: its blocks with logs, in order, and the last block in any case,
        which is proven by its header.

        A block without logs is not there. Raises `TimelessLogsError` when the node does not tell blocks'
        times with logs, and otherwise as `headers` and `logs`.
        """
        place = {"fromBlock": hex(first), "toBlock": hex(last)}
        runs, [end] = await asyncio.gather(self._runs(watch, place, first, last), self.headers(last, last))
        seen, time_before = now_us(), 0
        blocks = []
        for run in runs:
            if run.time is None:
                raise TimelessLogsError(
                    f"The node at {self._rpc.url} sends logs without their block's time.",
                    remedy="Nothing to do: each block's header is read instead, which takes longer.",
                )
            if run.time < time_before or run.time > end.time:
                raise LyingNodeError(
                    f"The node dates block {run.number} before the one below it or after the one above.",
                    remedy=_USE_ANOTHER,
                )
            time_before = run.time
            if run.number < last:
                blocks.append(BlockLogs(BlockRef(run.number, run.hash, run.time, seen), run.logs))
        proven = _block_of(end, next((run for run in runs if run.number == last), None))
        if _contradicts(watch, proven):
            await self._audit(watch, proven)
        return [*blocks, BlockLogs(BlockRef(last, end.hash, end.time, seen), proven.logs)]

    async def complete_logs(self, watch: Watch, header: Header) -> tuple[Log, ...]:
        """The watched address's logs of a block, from all logs of the block, whose bloom is the header's.

        Raises `LyingNodeError` when it is not.
        """
        found = await self._ask_logs({"blockHash": header.hash})
        everything = [log for run in translate(lambda: block_runs(found)) for log in run.logs]
        if bloom.bloom_of(everything) != header.logs_bloom:
            raise LyingNodeError(
                f"Block {header.number} ({header.hash}) has logs that the node did not send: its logs bloom "
                f"contradicts the {len(everything)} logs that were answered.",
                remedy=_USE_ANOTHER,
            )
        return tuple(log for log in everything if log.address == watch.raw)

    async def gas_of_blocks(self, hashes: Sequence[str]) -> list[GasOfBlock | None]:
        """What blocks' headers say of gas, by the blocks' hashes; None for a block that the node has not."""
        shape: Any = WireGas | None  # a union is no type[T] to mypy
        params = [[each, False] for each in hashes]
        found: list[WireGas | None] = await self._rpc.batch("eth_getBlockByHash", params, shape)
        return translate(lambda: [None if each is None else each.value() for each in found])

    async def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        """The receipts of transactions, unchecked; None for a transaction that the node knows none of."""
        shape: Any = WireReceipt | None  # a union is no type[T] to mypy
        params = [[each] for each in tx_hashes]
        found: list[WireReceipt | None] = await self._rpc.batch("eth_getTransactionReceipt", params, shape)
        return translate(lambda: [None if each is None else each.value() for each in found])

    async def call_all(self, calls: Sequence[Call], block: str) -> list[bytes]:
        """Call views at one block: a block's hash, or `latest`."""
        answers = await self._rpc.batch("eth_call", [_calling(call, block) for call in calls], str)
        return translate(lambda: [bytes.fromhex(answer[2:]) for answer in answers])

    async def try_calls(self, calls: Sequence[tuple[Call, str]]) -> list[bytes | None]:
        """Call views, each at a block of its own; None where the node refuses one."""
        found = await self._rpc.outcomes("eth_call", [_calling(*each) for each in calls], str)
        return translate(
            lambda: [
                None if isinstance(each, NodeRefusedError) else bytes.fromhex(each[2:]) for each in found
            ]
        )

    async def _runs(self, watch: Watch, place: dict[str, str], first: int, last: int) -> list[BlockRun]:
        """Each block's logs, checked for being of the address, of the range, and in order."""
        found = await self._ask_logs({"address": watch.address, **place})
        runs = translate(lambda: block_runs(found))
        number, index = first, -1
        for run in runs:
            if not first <= run.number <= last or any(log.address != watch.raw for log in run.logs):
                raise LyingNodeError(
                    f"The node sent a log of block {run.number} that was not asked for.", remedy=_USE_ANOTHER
                )
            if run.number > number:
                number, index = run.number, -1
            for log in run.logs:
                if run.number < number or log.log_index <= index:
                    raise LyingNodeError(
                        f"The node sent the logs of block {run.number} twice or out of order.",
                        remedy=_USE_ANOTHER,
                    )
                index = log.log_index
        if len({run.number for run in runs}) != len(runs):
            raise ChainMovedError(
                "The node sent logs of one block with two hashes or times.", remedy=_TWO_FORKS
            )
        return runs

    async def _ask_logs(self, query: dict[str, str]) -> list[WireLog]:
        return await self._rpc.call("eth_getLogs", [query], list[WireLog])

    async def _audit(self, watch: Watch, block: BlockLogs) -> None:
        header = block.header
        assert isinstance(header, Header)  # noqa: S101 - narrows the type: only proven blocks are audited
        if await self.complete_logs(watch, header) != block.logs:
            raise LyingNodeError(
                f"Block {header.number} ({header.hash}) has logs that the node did not send: its logs bloom "
                f"contradicts the {len(block.logs)} logs of {watch.address} that were answered.",
                remedy=_USE_ANOTHER,
            )


def _calling(call: Call, block: str) -> Params:
    at: str | dict[str, str] = block if block == "latest" else {"blockHash": block}
    return [{"to": call.to, "data": "0x" + call.data.hex()}, at]


def _block_of(header: Header, run: BlockRun | None) -> BlockLogs:
    if run is None:
        return BlockLogs(header, ())
    if run.hash != header.hash:
        raise ChainMovedError(
            f"A log of block {run.number} is of another fork than the block's header.", remedy=_TWO_FORKS
        )
    if run.time not in {None, header.time}:
        raise LyingNodeError(f"The node gives block {run.number} two times.", remedy=_USE_ANOTHER)
    return BlockLogs(header, run.logs)


def _contradicts(watch: Watch, block: BlockLogs) -> bool:
    assert isinstance(block.header, Header)  # noqa: S101 - narrows the type
    sent = {log.topics[0] if log.topics else b"" for log in block.logs}
    return is_suspect(watch, block.header, sent)


def is_suspect(watch: Watch, header: Header, sent: Collection[bytes]) -> bool:
    """Whether a block's bloom tells of logs of the watched address that are not among those sent.

    `sent` has their first topics, `b""` for a log without.
    """
    if not bloom.may_contain(header.logs_bloom, watch.raw):
        return bool(sent)
    told = (topic for topic in watch.topics if bloom.may_contain(header.logs_bloom, topic))
    return not sent or any(topic not in sent for topic in told)


def now_us() -> int:
    """The time seen: unix microseconds."""
    return time.time_ns() // 1000
