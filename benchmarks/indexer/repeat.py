"""A chain shown as if it had gone on for many times as long: `python -m benchmarks.indexer.repeat RPC_URL
FIRST HEAD TRADES` serves JSON-RPC and prints the port that it listens on.

The blocks from FIRST to HEAD, with TRADES trades of a strategy, come again and again: at later heights and
times each time, with other hashes, and with the trades' numbers going on. All else of their logs is the real
chain's: the same vaults pay and get the same once more. What is not about blocks or logs goes to the chain.
"""

import asyncio
import sys
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from eth_utils.abi import event_abi_to_log_topic

from demo.checkout import Checkout
from demo.deployment import hub_abi

_EVENTS: list[Any] = hub_abi(Checkout.here())
_OF_TRADES = frozenset(
    "0x" + event_abi_to_log_topic(each).hex()
    for each in _EVENTS
    if each["type"] == "event" and each["inputs"] and each["inputs"][0]["name"] == "tradeId"
)
"""Events that name their trade in their second topic."""


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks of the real chain from `first` to `last`, shown `turn` times later."""

    first: int
    last: int
    turn: int


class Repeated:
    """The real chain's answers, as the longer chain would give them."""

    def __init__(self, rpc_url: str, session: aiohttp.ClientSession, first: int, head: int) -> None:
        self._url = rpc_url
        self._session = session
        self._first = first
        self._head = head
        self._length = head - first + 1
        self._trades = self._seconds = 0

    async def prepare(self, trades: int) -> None:
        """Find out how long a turn takes."""
        times = [
            int((await self._ask("eth_getBlockByNumber", [hex(at), False]))["timestamp"], 16)
            for at in (self._first - 1, self._head)
        ]
        self._seconds, self._trades = times[1] - times[0], trades

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call, or a batch of them."""
        calls = msgspec.json.decode(await request.read())
        if isinstance(calls, list):
            found: Any = await asyncio.gather(*map(self._one, calls))
        else:
            found = await self._one(calls)
        return web.Response(body=msgspec.json.encode(found), content_type="application/json")

    async def _one(self, call: dict[str, Any]) -> dict[str, Any]:
        method, params = call["method"], call["params"]
        if method == "eth_getLogs" and "fromBlock" in params[0]:
            result: Any = await self._logs(params[0])
        elif method == "eth_getBlockByNumber" and params[0].startswith("0x"):
            result = await self._block(int(params[0], 16))
        else:
            return await self._post(call)
        return {"jsonrpc": "2.0", "id": call["id"], "result": result}

    async def _post(self, call: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        async with self._session.post(self._url, data=msgspec.json.encode(call), headers=headers) as answer:
            found: dict[str, Any] = msgspec.json.decode(await answer.read())
        return found

    async def _ask(self, method: str, params: list[Any]) -> Any:
        found = await self._post({"jsonrpc": "2.0", "id": 0, "method": method, "params": params})
        if "error" in found:
            raise RuntimeError(f"{method}: {found['error']}")
        return found["result"]

    async def _block(self, number: int) -> Any:
        [part] = self._parts(number, number)
        block = await self._ask("eth_getBlockByNumber", [hex(part.first), False])
        block |= self._moved(block, "number", "hash", "timestamp", turn=part.turn)
        # The first block of a turn follows the last of the turn before.
        if part.turn and part.first == self._first:
            before = await self._ask("eth_getBlockByNumber", [hex(self._head), False])
            block["parentHash"] = _hash(before["hash"], part.turn - 1)
        else:
            block["parentHash"] = _hash(block["parentHash"], part.turn)
        return block

    async def _logs(self, query: dict[str, Any]) -> list[Any]:
        found = []
        for part in self._parts(int(query["fromBlock"], 16), int(query["toBlock"], 16)):
            logs = await self._ask(
                "eth_getLogs", [{**query, "fromBlock": hex(part.first), "toBlock": hex(part.last)}]
            )
            if part.turn:
                logs = [self._log(log, part.turn) for log in logs]
            found += logs
        return found

    def _log(self, log: dict[str, Any], turn: int) -> dict[str, Any]:
        log |= self._moved(log, "blockNumber", "blockHash", "blockTimestamp", turn=turn)
        log["transactionHash"] = _hash(log["transactionHash"], turn)
        if log["topics"][0] in _OF_TRADES:
            log["topics"][1] = f"0x{int(log['topics'][1], 16) + turn * self._trades:064x}"
        return log

    def _moved(self, told: dict[str, Any], number: str, name: str, time: str, *, turn: int) -> dict[str, str]:
        return {
            number: hex(int(told[number], 16) + turn * self._length),
            name: _hash(told[name], turn),
            time: hex(int(told[time], 16) + turn * self._seconds),
        }

    def _parts(self, first: int, last: int) -> list[Part]:
        """The real blocks that blocks are made from, in order."""
        parts = []
        while first <= last:
            turn = max(0, first - self._first) // self._length
            end = min(last, self._head + turn * self._length)
            parts.append(Part(first - turn * self._length, end - turn * self._length, turn))
            first = end + 1
        return parts


def _hash(told: str, turn: int) -> str:
    """Another hash for each turn; the first keeps its own."""
    return f"0x{turn:06x}{told[8:]}" if turn else told


async def serve(rpc_url: str, first: int, head: int, trades: int) -> None:
    """Serve until cancelled."""
    async with aiohttp.ClientSession() as session:
        chain = Repeated(rpc_url, session, first, head)
        await chain.prepare(trades)
        app = web.Application()
        app.router.add_post("/", chain.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        _, port, *_ = runner.addresses[0]
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], *(int(each) for each in sys.argv[2:])))
