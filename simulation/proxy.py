"""An HTTP proxy in front of a real node that makes it lie, lag or fail in ways a healthy node cannot be made
to.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web

Call = dict[str, Any]
Fault = Callable[[Call, Any], Any]
"""Gets a call and the node's true result; gives the result to answer. May raise `web.HTTPException`."""


class RefusedError(Exception):
    """Raised by a fault: answer a JSON-RPC error."""


def honest(call: Call, result: Any) -> Any:
    """No fault: the node's own result."""
    return result


class Proxy:
    """Forwards to the node and passes every result through `fault`. Counts calls by method."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.fault: Fault = honest
        self.calls: dict[str, int] = {}
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Serves on a free port of loopback, at `url`."""
        async with ClientSession() as self._session:
            application = web.Application(client_max_size=2**26)
            application.router.add_post("/", self._answer)
            runner = web.AppRunner(application)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        async with self._session.post(self._target, json=asked) as response:
            answered = await response.json()
        if isinstance(asked, list):
            by_id = {each["id"]: each for each in answered}
            return web.json_response([self._bend(call, by_id[call["id"]]) for call in asked])
        return web.json_response(self._bend(asked, answered))

    def _bend(self, call: Call, answer: Call) -> Call:
        self.calls[call["method"]] = self.calls.get(call["method"], 0) + 1
        if "error" in answer:
            return answer
        try:
            # A copy: a fault may bend what it is given.
            return {**answer, "result": self.fault(call, json.loads(json.dumps(answer["result"])))}
        except RefusedError as error:
            return {"jsonrpc": "2.0", "id": call["id"], "error": {"code": -32005, "message": str(error)}}
