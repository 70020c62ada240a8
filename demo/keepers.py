"""The keeper in the demo's world: it works when the world's clock says so, on the inbox in its database."""

import asyncio
from types import TracebackType
from typing import Self

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine

from demo.chain import Chain
from inbox.orders import Orders
from indexer.chain.rpc import RpcClient
from indexer.sync.deployment import Deployment
from keeper.breakers import Tolerance
from keeper.keys import LocalSigner
from keeper.service import KeeperService, Settings, open_keeper
from orders.document import SignedOrder

_SETTINGS = Settings(
    name="demo",
    # The world's blocks are dated by its market, not by the clock.
    tolerance=Tolerance(stale_s=None),
    upkeep_every=4,
)
_MOST_BLOCKS = 8


class Keeper:
    """A keeper that takes a step when it is told to, on an event loop of its own."""

    def __init__(self, chain: Chain, engine: Engine, place: Deployment, account: LocalAccount) -> None:
        self.inbox = Orders(engine, chain_id=place.chain_id, hub=place.hub, by="demo")
        self._chain = chain
        self._loop = asyncio.new_event_loop()
        self._rpc = RpcClient(chain.url)
        self._opened = open_keeper(self._rpc, engine, place, LocalSigner(account), _SETTINGS)
        self._service: KeeperService | None = None

    def __enter__(self) -> Self:
        self._loop.run_until_complete(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run_until_complete(self._close())
        self._loop.close()

    def take(self, signed: SignedOrder) -> None:
        """Put a leader's order into the inbox."""
        self.inbox.receive(signed)

    def work(self, time: int) -> int:
        """Does all there is to do, in blocks from `time` on, a second apart; the time after the last."""
        for _ in range(_MOST_BLOCKS):
            if not self._loop.run_until_complete(self._step()):
                break
            self._chain.seal(time)
            time += 1
        return time

    async def _step(self) -> bool:
        """Whether anything is on its way now."""
        if self._service is None:
            raise RuntimeError("use the keeper as a context manager")
        while (step := await self._service.step()).sent:
            pass
        return bool(step.in_flight)

    async def _open(self) -> None:
        await self._rpc.__aenter__()
        self._service = await self._opened.__aenter__()

    async def _close(self) -> None:
        await self._opened.__aexit__(None, None, None)
        await self._rpc.__aexit__(None, None, None)
