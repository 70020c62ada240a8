"""A process that is killed at a request to its node, before or after the node has acted on it."""

from typing import Any

from indexer.chain.rpc import RpcClient


class Crash(BaseException):
    """The process is killed here: nothing that catches errors catches this."""


class CrashingRpc(RpcClient):
    """Kills the process at its `at`-th request (0: never); `kill` says when anew."""

    def __init__(self, url: str, *, at: int = 0, after: bool = False, attempts: int = 1) -> None:
        super().__init__(url, attempts=attempts)
        self.asked = 0
        self._at = at
        self._after = after

    def kill(self, *, within: int, after: bool) -> None:
        """Have it killed at the `within`-th request from now on."""
        self._at, self._after = self.asked + within, after

    async def _ask(self, *question: Any) -> Any:
        self.asked += 1
        number = self.asked
        if number == self._at and not self._after:
            raise Crash
        answer = await super()._ask(*question)
        if number == self._at:
            raise Crash
        return answer
