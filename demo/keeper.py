"""A keeper: copies open trades into the members that the leader's own transaction had no room for."""

from collections.abc import Iterable

from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract import Contract

from demo.chain import Chain, Receipt

_TRADE_OPENED = Web3.keccak(
    text="TradeOpened(uint64,address,address,address,address,uint64,uint256,uint32,uint32,uint40)"
).to_0x_hex()
_TRADE_COMPLETED = Web3.keccak(text="TradeCompleted(uint64)").to_0x_hex()
_EVERYBODY = 2**32 - 1
# Of the hub's `Strategy`.
_MEMBER_COUNT = 3


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
        for receipt in receipts:
            for log in receipt.logs:
                strategy_id = int(log["topics"][1], 16) >> 32 if len(log["topics"]) > 1 else 0
                if log["topics"][0] == _TRADE_OPENED:
                    traded.append(strategy_id)
                    self.open.add(strategy_id)
                elif log["topics"][0] == _TRADE_COMPLETED:
                    self.open.discard(strategy_id)
        return traded

    def work(self, strategy_ids: Iterable[int]) -> None:
        """Queues one batch for each strategy. If the market has moved too far, the hub refuses it."""
        for strategy_id in sorted(strategy_ids):
            further = self._hub.functions.continueTrade(strategy_id, _EVERYBODY)
            label = f"keeper continues strategy {strategy_id}"
            self._chain.submit(self._account, further, gas=8_000_000, label=label, may_fail=True)

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
