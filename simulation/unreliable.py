"""A node that fails at a given rate, by a seed: it drops, delays, repeats, withholds, cuts and contradicts.

One request in so many is bent, whatever its size; which call of a batch, and how, is drawn: from the seed,
what is asked, and how often it was asked before, so that the order of simultaneous requests decides nothing.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulation.proxy import Call, Proxy

OTHER_HASH = "0x" + "ab" * 32

Bend = Callable[["Unreliable", random.Random, Call, Any], Any]


def _stale(node: "Unreliable", chance: random.Random, call: Call, result: Any) -> Any:
    """What it would have said a while ago: an older head, and nothing above it."""
    if call["method"] != "eth_getBlockByNumber" or result is None:
        return result
    if call["params"][0] == "latest":
        return node.older_head or result
    return None


def _empty(node: "Unreliable", chance: random.Random, call: Call, result: Any) -> Any:
    return [] if call["method"] == "eth_getLogs" else None if isinstance(result, dict) else result


def _cut(node: "Unreliable", chance: random.Random, call: Call, result: Any) -> Any:
    """Logs up to the end of some block, as from a node that stops reading at a limit and does not say so."""
    if call["method"] != "eth_getLogs" or not result:
        return result
    last = chance.choice(result)["blockNumber"]
    return [log for log in result if int(log["blockNumber"], 16) < int(last, 16)]


def _twice(node: "Unreliable", chance: random.Random, call: Call, result: Any) -> Any:
    return [log for log in result for _ in range(2)] if call["method"] == "eth_getLogs" else result


def _shuffled(node: "Unreliable", chance: random.Random, call: Call, result: Any) -> Any:
    if call["method"] == "eth_getLogs":
        chance.shuffle(result)
    return result


def _of_another_fork(node: "Unreliable", chance: random.Random, call: Call, result: Any) -> Any:
    if call["method"] == "eth_getLogs" and result:
        at = chance.randrange(len(result))
        return [{**log, "blockHash": OTHER_HASH} if log == result[at] else log for log in result]
    if call["method"] == "eth_getBlockByNumber" and result is not None:
        return {**result, chance.choice(["hash", "parentHash"]): OTHER_HASH}
    return result


BENDS: dict[str, Bend] = {
    "stale": _stale,
    "empty": _empty,
    "cut": _cut,
    "twice": _twice,
    "shuffled": _shuffled,
    "contradictory": _of_another_fork,
}
WHOLE = ("dropped", "delayed", "refused", "truncated")
"""What happens to an answer as a whole."""


class Unreliable(Proxy):
    """Forwards to the node and bends one request in `1 / rate`. Counts what it did, by kind."""

    def __init__(self, target: str, seed: int, rate: float) -> None:
        super().__init__(target)
        self.seed = seed
        self.rate = rate
        self.done: Counter[str] = Counter()
        self.older_head: Any = None
        self._heads: list[Any] = []
        self._asked: Counter[str] = Counter()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        async with self._session.post(self._target, json=asked) as response:
            answered = await response.json()
        chance = self._draw(asked)
        self._remember(chance, asked, answered)
        if chance.random() >= self.rate:
            return web.json_response(answered)
        kind = chance.choice([*BENDS, *WHOLE])
        self.done[kind] += 1
        match kind:
            case "dropped":
                if request.transport is not None:
                    request.transport.close()
                raise web.HTTPBadGateway
            case "delayed":
                await asyncio.sleep(chance.random() * 0.05)
                return web.json_response(answered)
            case "refused":
                raise web.HTTPTooManyRequests
            case "truncated":
                text = json.dumps(answered)
                return web.Response(text=text[: len(text) // 2], content_type="application/json")
        calls = asked if isinstance(asked, list) else [asked]
        by_id = {each["id"]: each for each in (answered if isinstance(answered, list) else [answered])}
        bent = chance.choice(calls)
        answer = by_id[bent["id"]]
        if "result" in answer:
            answer["result"] = BENDS[kind](self, chance, bent, answer["result"])
        return web.json_response(list(by_id.values()) if isinstance(asked, list) else answer)

    def _draw(self, asked: Any) -> random.Random:
        calls = asked if isinstance(asked, list) else [asked]
        question = json.dumps([(each["method"], each["params"]) for each in calls])
        self._asked[question] += 1
        return random.Random(f"{self.seed} {self._asked[question]} {question}")

    def _remember(self, chance: random.Random, asked: Any, answered: Any) -> None:
        if isinstance(asked, dict) and asked["params"][:1] == ["latest"] and "result" in answered:
            self._heads.append(answered["result"])
            self.older_head = chance.choice(self._heads[-4:])
