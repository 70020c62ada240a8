"""A keeper: copies open trades into the members that the leader's own transaction had no room for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount
from web3.contract import Contract

from demo.chain import Chain, Receipt

_EVERYBODY = 2**32 - 1
# Of the hub's `TradeKind` and `Strategy`.
_LEADERS = 0
# Of its `Reason`.
_NO_STOP = 0
_MEMBER_COUNT = 3


@dataclass(frozen=True, slots=True)
class Sellable:
    """A vault that may have to be sold out: what for base token, and in which pools."""

    vault_id: int
    strategy_id: int
    sales: tuple[tuple[str, str], ...]


class Keeper:
    """Anyone may do this work and has nothing to decide. `open` holds the strategies with an open trade."""

    def __init__(self, chain: Chain, hub: Contract, account: LocalAccount) -> None:
        self.open: set[int] = set()
        self._chain = chain
        self._hub = hub
        self._account = account

    def watch(self, receipts: Iterable[Receipt]) -> list[int]:
        """Reads a block's receipts, in order; answers the strategies that traded, once for each trade."""
        traded = []
        opened, completed = self._hub.events.TradeOpened.topic, self._hub.events.TradeCompleted.topic
        for receipt in receipts:
            for log in receipt.logs:
                strategy_id = int(log["topics"][1], 16) >> 32 if len(log["topics"]) > 1 else 0
                if log["topics"][0] == opened:
                    if int(log["topics"][3], 16) != _LEADERS:
                        continue
                    traded.append(strategy_id)
                    self.open.add(strategy_id)
                elif log["topics"][0] == completed:
                    self.open.discard(strategy_id)
        return traded

    def work(self, strategy_ids: Iterable[int]) -> None:
        """Queues one batch for each strategy. If the market has moved too far, the hub refuses it."""
        for strategy_id in sorted(strategy_ids):
            further = self._hub.functions.continueTrade(strategy_id, _EVERYBODY)
            label = f"keeper continues strategy {strategy_id}"
            self._chain.submit(self._account, further, gas=8_000_000, label=label, may_fail=True)

    def close(self, vaults: Iterable[Sellable]) -> bool:
        """Queues the sale of what vaults hold that have reached a stop; False if there is nothing to sell."""
        vaults = list(vaults)
        questions = [self._hub.functions.stopOf(vault.vault_id) for vault in vaults]
        stopped = [
            vault for vault, stop in zip(vaults, self._chain.read(questions), strict=True) if stop != _NO_STOP
        ]
        questions = [
            self._hub.functions.vaultBalance(vault.vault_id, token)
            for vault in stopped
            for token, _ in vault.sales
        ]
        held = iter(self._chain.read(questions))
        batches: dict[tuple[int, str, str], list[int]] = defaultdict(list)
        for vault in stopped:
            for token, pool in vault.sales:
                if next(held):
                    batches[vault.strategy_id, pool, token].append(vault.vault_id)
        for batch, ids in batches.items():
            sale = self._hub.functions.closeVaults((*batch, sorted(ids)))
            label = f"keeper closes vaults {sorted(ids)}"
            self._chain.submit(self._account, sale, gas=4_000_000, label=label, may_fail=True)
        return bool(batches)

    def prune(self, strategy_ids: Iterable[int]) -> None:
        """Queues the closing of holes that vaults left in the member lists while a trade was being copied."""
        for strategy_id in sorted(strategy_ids):
            [strategy] = self._chain.read([self._hub.functions.strategyOf(strategy_id)])
            count = strategy[_MEMBER_COUNT]
            members = self._chain.read([self._hub.functions.memberAt(strategy_id, at) for at in range(count)])
            # From the end: what is moved into a hole is then never a hole itself.
            for position in reversed([at for at, vault_id in enumerate(members) if vault_id == 0]):
                prune = self._hub.functions.prune(strategy_id, position)
                label = f"keeper prunes position {position} of strategy {strategy_id}"
                self._chain.submit(self._account, prune, gas=300_000, label=label)
