"""The hub's views, many in one call, and its logs: what a keeper asks a node, and nothing yet made of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from indexer.chain.errors import NodeRefusedError
from indexer.chain.rpc import RpcClient
from indexer.chain.wire import translate
from keeper import hub
from keeper.hub import HubError

_CALLS_AT_ONCE = 100

View = tuple[str, tuple[object, ...]]
"""A view's name and its arguments."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block: number, hash, its parent's, unix seconds, base fee in wei."""

    number: int
    hash: str
    parent: str
    time: int
    base_fee: int


class _WireBlock(msgspec.Struct, rename="camel"):
    number: str
    hash: str
    parent_hash: str
    timestamp: str
    base_fee_per_gas: str = "0x0"


class _WireLog(msgspec.Struct, rename="camel"):
    block_number: str
    block_hash: str
    transaction_hash: str
    topics: list[str]
    data: str
    block_timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class HubLog:
    """A log of the hub, in the node's own words but for the numbers."""

    block_number: int
    block_hash: str
    block_time: int
    tx_hash: str
    topics: tuple[str, ...]
    data: str


class Views:
    """Asks one hub, through one node."""

    def __init__(self, rpc: RpcClient, address: str) -> None:
        self.rpc = rpc
        self.address = address

    async def head(self) -> Head:
        """The newest block."""
        found = await self.rpc.call("eth_getBlockByNumber", ["latest", False], _WireBlock)
        return translate(
            lambda: Head(
                int(found.number, 16),
                found.hash.lower(),
                found.parent_hash.lower(),
                int(found.timestamp, 16),
                int(found.base_fee_per_gas, 16),
            )
        )

    async def hash_of(self, number: int) -> str | None:
        """The hash of the block of this number, None where there is none."""
        shape: Any = _WireBlock | None
        found = await self.rpc.call("eth_getBlockByNumber", [hex(number), False], shape)
        return None if found is None else found.hash.lower()

    async def many(self, views: Sequence[View], block: str = "latest") -> list[Any]:
        """Each view's result, in order; a `HubError` where it reverts."""
        chunks = [views[at : at + _CALLS_AT_ONCE] for at in range(0, len(views), _CALLS_AT_ONCE)]
        answers = await asyncio.gather(*(self._chunk(chunk, block) for chunk in chunks))
        return [answer for chunk in answers for answer in chunk]

    async def one(self, name: str, *arguments: object) -> Any:
        """One view at the latest block."""
        return (await self.many([(name, arguments)]))[0]

    async def prices(self, oracle: str, pairs: Sequence[tuple[str, str]]) -> list[int | None]:
        """The oracle's price of each pair's first token in its second, scaled by 1e36; None without one."""
        params = [[{"to": oracle, "data": hub.call("priceDown", *pair)}, "latest"] for pair in pairs]
        answers = await self.rpc.outcomes("eth_call", params, str)
        return [None if isinstance(answer, NodeRefusedError) else int(answer, 16) for answer in answers]

    async def logs(self, topics: list[Any], first: int, last: int) -> list[HubLog]:
        """The hub's logs with these topics, from block to block; in halves where a node wants less."""
        if first > last:
            return []
        where = {
            "address": self.address,
            "topics": topics,
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        try:
            found = await self.rpc.call("eth_getLogs", [where], list[_WireLog])
        except NodeRefusedError:
            if first == last:
                raise
            middle = (first + last) // 2
            return await self.logs(topics, first, middle) + await self.logs(topics, middle + 1, last)
        times = await self._times({each.block_hash for each in found if each.block_timestamp is None})
        return [
            HubLog(
                int(each.block_number, 16),
                each.block_hash.lower(),
                times[each.block_hash] if each.block_timestamp is None else int(each.block_timestamp, 16),
                each.transaction_hash.lower(),
                tuple(each.topics),
                each.data,
            )
            for each in found
        ]

    async def _times(self, hashes: set[str]) -> dict[str, int]:
        """Unix seconds of blocks; newer nodes put them into the logs."""
        ordered = sorted(hashes)
        blocks = await self.rpc.batch("eth_getBlockByHash", [[each, False] for each in ordered], _WireBlock)
        return {each: int(block.timestamp, 16) for each, block in zip(ordered, blocks, strict=True)}

    async def _chunk(self, views: Sequence[View], block: str) -> list[Any]:
        calls = [hub.call(name, *arguments) for name, arguments in views]
        if len(calls) > 1:
            try:
                answer = await self._call(hub.together(calls), block)
            except NodeRefusedError:
                pass  # one of them reverts: which, they say one by one
            else:
                return translate(lambda: _parts(views, answer))
        params = [[{"to": self.address, "data": data}, block] for data in calls]
        answers = await self.rpc.outcomes("eth_call", params, str)
        return translate(
            lambda: [
                hub.error(answer.data) if isinstance(answer, NodeRefusedError) else hub.result(name, answer)
                for (name, _), answer in zip(views, answers, strict=True)
            ]
        )

    async def _call(self, data: str, block: str) -> str:
        return await self.rpc.call("eth_call", [{"to": self.address, "data": data}, block], str)


def _parts(views: Sequence[View], answer: str) -> list[Any]:
    parts = hub.result("multicall", answer)
    return [hub.result(name, part) for (name, _), part in zip(views, parts, strict=True)]


def is_error(answer: Any) -> bool:
    """Whether a view reverted."""
    return isinstance(answer, HubError)
