"""Keepers that work block by block, are killed in the middle of it, and start again on the same database."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine

from indexer.chain.errors import ChainError
from indexer.sync.deployment import Deployment
from keeper.breakers import Tolerance
from keeper.gas import GasPolicy
from keeper.keys import LocalSigner
from keeper.service import KeeperService, Settings, open_keeper
from simulation.killing import Crash, CrashingRpc
from simulation.weather import DEAR_GAS

_MOST_LOOKS = 12
_TRIES = 50
_LEASE_S = 60
"""How long others leave alone what one has claimed: simulated seconds, a fraction of a copy window."""


@dataclass(slots=True)
class SimulatedKeeper:
    """One keeper. `time` is the world's, unix seconds; its own clock is wrong by `skew_s`."""

    name: str
    account: LocalAccount
    url: str
    engine: Engine
    deployment: Deployment
    time: int = 0
    skew_s: int = 0
    kills: int = 0
    failures: int = 0
    _service: KeeperService | None = None
    _rpc: CrashingRpc | None = None
    _closing: AsyncExitStack = field(default_factory=AsyncExitStack)
    _due: tuple[int, bool] | None = None

    def kill(self, requests: int, *, after: bool) -> None:
        """Have it killed at a request to its node, so many from now."""
        self._due = (requests, after)

    async def work(self) -> bool:
        """Looks, and does what there is to do; whether anything of its own is on its way."""
        try:
            service = await self._started()
            if self._due is not None and self._rpc is not None:
                self._rpc.kill(within=self._due[0], after=self._due[1])
                self._due = None
            for _ in range(_MOST_LOOKS):
                step = await service.step()
                if not step.sent:
                    return bool(step.in_flight)
        except Crash:
            self.kills += 1
            await self.close()
        return True

    async def close(self) -> None:
        """Ends it, as if its process were gone."""
        self._service = self._rpc = None
        closing, self._closing = self._closing, AsyncExitStack()
        await closing.aclose()

    async def _started(self) -> KeeperService:
        for _ in range(_TRIES):
            if self._service is not None:
                break
            try:
                await self._start()
            except ChainError:
                self.failures += 1
                await self.close()
        if self._service is None:
            raise RuntimeError(f"{self.name} does not start")
        return self._service

    async def _start(self) -> None:
        settings = Settings(
            name=self.name,
            gas=GasPolicy(limit=DEAR_GAS),
            tolerance=Tolerance(slow_s=30.0, stale_s=900.0),
            upkeep_every=10,
            settle_after_s=6 * 3_600,
            lease_s=_LEASE_S,
        )
        self._rpc = await self._closing.enter_async_context(CrashingRpc(self.url, attempts=3))
        opened = open_keeper(
            self._rpc, self.engine, self.deployment, LocalSigner(self.account), settings, clock=self._clock
        )
        self._service = await self._closing.enter_async_context(opened)

    def _clock(self) -> int:
        return (self.time + self.skew_s) * 1_000_000
