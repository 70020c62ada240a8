"""Many strategies with followers on one real hub, of which some leader wants something all the time."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3

from demo.anvil import CHAIN_ID, Anvil, anvil
from demo.checkout import Checkout
from demo.opening import ETHER_FOR_GAS, Opened, open_market
from demo.prices import PRICE_UNIT, SYNTHETIC_START, Tick
from indexer.sync.deployment import Deployment, read_deployment
from orders.document import SignedOrder
from orders.order import WAD, Order, Trade, sign
from protocol.types import Policy, StrategyLimits, StrategyParams

_USDC = 10**6
_STAKE = 10_000 * _USDC
_COPY = 500 * _USDC
_LEADER_CAP_BPS = 5_000
_START = Tick(SYNTHETIC_START, weth=3_000 * PRICE_UNIT, wbtc=60_000 * PRICE_UNIT)
_COPY_WINDOW_S = 600
_NOBODY = "0x" + "00" * 20


@dataclass
class Crowd:
    """A hub with `strategies` on USDC and WETH; each follower has one vault under one of them."""

    node: Anvil
    opened: Opened
    deployment: Deployment
    leaders: list[LocalAccount]
    followers: int
    time: int = SYNTHETIC_START
    _sells: dict[int, Iterator[str]] = field(default_factory=dict)
    _nonces: dict[int, int] = field(default_factory=dict)

    @property
    def hub(self) -> Any:
        """The hub's functions."""
        return self.opened.contracts.hub.functions

    def sign(self, strategy_id: int) -> SignedOrder:
        """The strategy's next market order: half of its dollars for ether, and all of it back, in turns."""
        turns = self._sells.setdefault(strategy_id, itertools.cycle(("USDC", "WETH")))
        sell = next(turns)
        buy = "WETH" if sell == "USDC" else "USDC"
        sold, bought = (self.opened.exchange.tokens[symbol].address for symbol in (sell, buy))
        portion = WAD // 2 if sell == "USDC" else WAD
        pool = self.opened.exchange.pool("USDC", "WETH").address
        trade = Trade(strategy_id, pool, sold, bought, portion, 0, self.time + 10**6)
        nonce = self._nonces[strategy_id] = self._nonces.get(strategy_id, 0) + 1
        order, who, place = Order(trade, nonce), self.leaders[strategy_id - 1], self.deployment.hub
        signature = sign(order, who, chain_id=CHAIN_ID, hub=place)  # type: ignore[arg-type]
        return SignedOrder(CHAIN_ID, place, who.address, order, signature)  # type: ignore[arg-type]


@contextmanager
def open_crowd(folder: Path, *, strategies: int, followers: int) -> Iterator[Crowd]:
    """A chain on which all of them have put money into their vaults; it ends with the block."""
    checkout = Checkout(Checkout.here().root, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with anvil(checkout.anvil, genesis_time=SYNTHETIC_START - 7_200, log=folder / "anvil.log") as node:
        trader = account("market")
        opened = open_market(node, checkout, _START, trader=trader, treasury=account("treasury").address)
        opened.market.post(_START)
        leaders = [account(f"leader {at}") for at in range(strategies)]
        people = [account(f"follower {at}") for at in range(followers)]
        crowd = Crowd(node, opened, read_deployment(opened.contracts.file), leaders, followers)
        chain = opened.chain
        funded = [*leaders, *people]
        chain.batch([("anvil_setBalance", [who.address, hex(ETHER_FOR_GAS)]) for who in funded])
        chain.mine(SYNTHETIC_START - 3_600)
        _settle(crowd, people)
        yield crowd


def _settle(crowd: Crowd, people: list[LocalAccount]) -> None:
    chain, hub = crowd.opened.chain, crowd.opened.contracts.hub
    usdc, weth = crowd.opened.exchange.tokens["USDC"], crowd.opened.exchange.tokens["WETH"]
    pool = crowd.opened.exchange.pool("USDC", "WETH").address

    def give(who: LocalAccount, amount: int) -> None:
        mint = usdc.contract.functions.mint(who.address, amount)
        chain.submit(crowd.opened.market.trader, mint, gas=100_000, label="mint")
        approve = usdc.contract.functions.approve(hub.address, amount)
        chain.submit(who, approve, gas=100_000, label="approve")

    params = StrategyParams(
        usdc.address,
        (weth.address,),
        (pool,),
        "Measured",
        limits=StrategyLimits(min_stake=100 * _USDC),
        max_slippage_bps=300,
        max_drift_bps=300,
        copy_window=_COPY_WINDOW_S,
        min_deposit=100 * _USDC,
    )
    for who in crowd.leaders:
        give(who, _STAKE)
        chain.submit(who, hub.functions.createStrategy(params.struct()), gas=2_000_000, label="create")
    chain.mine()
    for vault_id, who in enumerate(crowd.leaders, start=1):
        calls = [
            hub.encode_abi("deposit", [usdc.address, _STAKE, who.address]),
            hub.encode_abi("allocate", [vault_id, _STAKE]),
        ]
        chain.submit(who, hub.functions.multicall(calls), gas=1_000_000, label="stake")
    chain.mine()
    for at, who in enumerate(people):
        give(who, 2 * _COPY)
        calls = [
            hub.encode_abi("setLeaderCap", [_LEADER_CAP_BPS]),
            hub.encode_abi("deposit", [usdc.address, 2 * _COPY, who.address]),
            hub.encode_abi("openVault", [at % len(crowd.leaders) + 1, Policy().struct(), _COPY, 1, _NOBODY]),
        ]
        chain.submit(who, hub.functions.multicall(calls), gas=1_000_000, label="join")
    chain.mine()
    crowd.opened.market.post(_START)
    chain.mine(crowd.time)


def account(name: str) -> LocalAccount:
    """A key that everybody can compute: for play money on a local chain only."""
    found: LocalAccount = Account.from_key(Web3.keccak(text=f"lockstep keeper benchmark {name}"))
    return found
