"""Finds the form of an intent that the chain would accept now, on top of what is already on its way.

One swap at one price must be inside everybody's limit who takes part, and whoever stands aside must have
been right to. The hub checks that; the simulator looks for the call that passes: which slippage to expect,
how many positions to visit, which vaults to leave for later.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from indexer.chain.errors import NodeRefusedError
from keeper import hub
from keeper.gas import MAX_GAS
from keeper.hub import HubError
from keeper.planner import Action, ApplyTerms, Close, Continue, Execute, Intent, Prune, Settle
from keeper.views import Views
from orders.document import SignedOrder

EVERYBODY = 2**32 - 1
STEPS = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1_000)
"""Slippage limits that policies can have, in basis points (`SlippageSteps.sol`)."""
NEVER = frozenset({"BadOrder", "BadPortion", "BadSignature", "PoolNotAllowed", "TokenNotAllowed"})
"""Answers to an order that waiting does not change."""
_NO_GAS = HubError("OutOfGas")
# What a smaller batch, or another choice of vaults, may change.
_ABOUT_PRICE = frozenset({"PriceBelowOracle", "SkippedAtGoodPrice"})
_ABOUT_VAULTS = frozenset({"NotClosable", "NothingToSell"})
_ABOUT_SIZE = frozenset({"PriceBelowLimit", "PriceBelowOracle", "OutOfGas", "TooLargeForPool"})


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that passes, and the gas to give it."""

    data: str
    gas: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing passes now."""

    error: HubError

    @property
    def never(self) -> bool:
        """Whether waiting will not help."""
        return self.error.name in NEVER


class Simulator:
    """Tries calls as `sender`, at the pending block."""

    def __init__(self, views: Views, sender: str, *, batch_size: int) -> None:
        self._views = views
        self._sender = sender
        self._batch_size = batch_size

    async def find(self, intent: Intent, order: SignedOrder | None) -> Ready | Refused:
        """The call to send for an intent, or why there is none. Raises `ChainError`."""
        match intent.action:
            case Execute():
                if order is None:
                    raise ValueError("an order to carry needs its text")
                data = hub.call("executeOrder", order.order.struct(), order.signature)
                return await self._with_expectation(data)
            case Continue():
                return await self._continue(intent.strategy_id)
            case Close() as close:
                return await self._close(intent.strategy_id, close)
            case action:
                return await self._upkeep(intent.strategy_id, action)

    async def still_passes(self, data: str) -> bool:
        """Whether a call would pass at the latest block."""
        return isinstance(await self._try(data, "latest"), Ready)

    async def _continue(self, strategy_id: int) -> Ready | Refused:
        """As many as go into a batch; where the price is too far for all, fewer may pass."""
        visits, first = EVERYBODY, None
        while True:
            found = await self._with_expectation(hub.call("continueTrade", strategy_id, visits))
            if isinstance(found, Ready) or found.error.name not in _ABOUT_SIZE or visits == 1:
                # What stood in the way of all is the better reason than what stands in the way of one.
                return found if isinstance(found, Ready) else first or found
            first = first or found
            visits = min(visits, self._batch_size) // 2 or 1

    async def _with_expectation(self, data: str) -> Ready | Refused:
        """Without slippage first; then each step, until those who cannot bear it stand aside."""
        first = await self._try(data)
        if isinstance(first, Ready) or first.error.name not in _ABOUT_PRICE:
            return first
        for bps in STEPS:
            found = await self._try(hub.together([hub.call("expectSlippage", bps), data]))
            if isinstance(found, Ready) or found.error.name not in _ABOUT_PRICE:
                return found
        return first

    async def _close(self, strategy_id: int, close: Close) -> Ready | Refused:
        """All; or without the vaults that are not for sale; or the larger half that passes."""
        refused: Refused | None = None
        async for ids, found in self._halves(strategy_id, close, close.vault_ids):
            del ids
            if isinstance(found, Ready):
                return found
            refused = refused or found
        return refused or Refused(HubError("NothingToSell"))

    async def _halves(
        self, strategy_id: int, close: Close, ids: Sequence[int]
    ) -> AsyncIterator[tuple[Sequence[int], Ready | Refused]]:
        queue = [tuple(ids)]
        while queue:
            some = queue.pop(0)
            found = await self._in_a_pool(strategy_id, close, some)
            yield some, found
            if isinstance(found, Ready):
                return
            if found.error.name == "NotClosable":
                rest = tuple(each for each in some if each != found.error.arguments[0])
                queue += [rest] if rest and len(rest) < len(some) else []
            elif found.error.name in _ABOUT_SIZE and len(some) > 1:
                queue += [some[: len(some) // 2], some[len(some) // 2 :]]

    async def _in_a_pool(self, strategy_id: int, close: Close, ids: Sequence[int]) -> Ready | Refused:
        """In the first pool where it passes: one that has run dry or is far from the oracle holds nobody."""
        first: Refused | None = None
        for pool in close.pools:
            found = await self._try(hub.call("closeVaults", (strategy_id, pool, close.token, ids)))
            if isinstance(found, Ready) or found.error.name in _ABOUT_VAULTS:
                return found
            first = first or found
        return first or Refused(HubError("NothingToSell"))

    async def _upkeep(self, strategy_id: int, action: Action) -> Ready | Refused:
        match action:
            case Settle(vault_ids, escrow):
                name = "settleEscrow" if escrow else "settle"
                found = await self._try(hub.together([hub.call(name, each) for each in vault_ids]))
                if isinstance(found, Ready) or len(vault_ids) == 1:
                    return found
                # One that cannot be settled now keeps no other from it.
                half = len(vault_ids) // 2
                for some in (vault_ids[:half], vault_ids[half:]):
                    found = await self._upkeep(strategy_id, Settle(some, escrow))
                    if isinstance(found, Ready):
                        break
                return found
            case ApplyTerms():
                return await self._try(hub.call("applyTerms", strategy_id))
            case Prune(position):
                return await self._try(hub.call("prune", strategy_id, position))
        raise TypeError(f"no upkeep: {action}")

    async def _try(self, data: str, block: str = "pending") -> Ready | Refused:
        fields = {"from": self._sender, "to": self._views.address, "data": data, "gas": hex(MAX_GAS)}
        [answer] = await self._views.rpc.outcomes("eth_estimateGas", [[fields, block]], str)
        if isinstance(answer, NodeRefusedError):
            if answer.data:
                return Refused(hub.error(answer.data))
            return Refused(_NO_GAS if "gas" in str(answer).lower() else HubError(""))
        # The estimate is exact for now; a price that moves visits other ticks.
        return Ready(data, min(MAX_GAS, int(answer, 16) * 5 // 4 + 30_000))
