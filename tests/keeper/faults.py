"""Faults that a real node cannot be made to show at will: requests lost before or after it acted on them."""

from typing import Any

from indexer.chain.errors import NodeUnreachableError
from indexer.chain.rpc import RpcClient


class FailingRpc(RpcClient):
    """Loses every `share`-th request: in turn before it reaches the node, and its answer on the way back."""

    def __init__(self, url: str, *, share: int) -> None:
        super().__init__(url, attempts=1)
        self.asked = self.failed = 0
        self._share = share

    async def _ask(self, *question: Any) -> Any:
        self.asked += 1
        if self.asked % self._share or self.asked <= 6:  # it starts well
            return await super()._ask(*question)
        self.failed += 1
        if self.failed % 2:
            await super()._ask(*question)
        raise NodeUnreachableError("The request was lost.", remedy="None: it is a test.")
