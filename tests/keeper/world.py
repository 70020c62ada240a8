"""A leader's strategy on a real chain, its inbox, and keepers that work on both, block by block."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from sqlalchemy import Engine

from inbox.models import InboxOrder
from inbox.orders import Orders
from inbox.stops import Stops
from indexer.chain.rpc import RpcClient
from keeper.breakers import Tolerance
from keeper.keys import LocalSigner
from keeper.planner import Limits
from keeper.service import KeeperService, Settings, open_keeper
from orders.document import SignedOrder
from orders.order import WAD, Order, OrderKind, Trade, sign
from protocol.types import FeeTerms, Policy, StrategyLimits, StrategyParams
from tests.e2e.stage import Event, Stage
from tests.keeper.wallet import LeadersWallet

BATCH_SIZE = 3
USDC = 10**6
SCALE = 10**36
SLIPPAGE_BPS = 300
DRIFT_BPS = 50
COPY_WINDOW_S = 600
POOL_FEE = 500
"""Of a million, before the swap."""
NOBODY = "0x" + "00" * 20


@dataclass
class World:
    """What a test tells and asks. Times are the chain's; a block is `stage.BLOCK_S` after the one before."""

    stage: Stage
    engine: Engine
    leader: LocalAccount
    orders: Orders
    stops: Stops
    since: int
    closing: AsyncExitStack
    vaults: dict[str, int] = field(default_factory=dict)
    owners: dict[str, LocalAccount] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def begin(cls, stage: Stage, engine: Engine) -> AsyncIterator["World"]:
        leader = stage.person("leader", usdc=50_000 * USDC)
        hub = stage.deployment.hub
        chain_id = stage.deployment.chain_id
        since = stage.chain.w3.eth.block_number
        async with AsyncExitStack() as closing:
            orders = Orders(engine, chain_id=chain_id, hub=hub, by="test")
            stops = Stops(engine, chain_id=chain_id, hub=hub)
            world = cls(stage, engine, leader, orders, stops, since, closing)
            # Time goes on from one test to the next, by more than a feed's heartbeat at times.
            stage.move_price(stage.tick.weth)
            world.offer(leader, 50_000 * USDC)
            yield world

    def offer(
        self,
        leader: LocalAccount | LeadersWallet,
        stake: int,
        *,
        terms: FeeTerms | None = None,
        pools: Sequence[ChecksumAddress] = (),
    ) -> int:
        """A leader's strategy on USDC and WETH, through their deep pool if none is named; its id."""
        stage = self.stage
        strategy_id, vault_id = stage.hub.strategyCount().call() + 1, stage.hub.vaultCount().call() + 1
        params = StrategyParams(
            stage.usdc.address,
            (stage.weth.address,),
            tuple(pools) or (stage.pool,),
            "Kept",
            terms=terms or FeeTerms(),
            limits=StrategyLimits(min_stake=100 * USDC),
            max_slippage_bps=SLIPPAGE_BPS,
            max_drift_bps=DRIFT_BPS,
            copy_window=COPY_WINDOW_S,
            min_deposit=100 * USDC,
        )
        for call in (
            stage.hub.deposit(stage.usdc.address, stake, leader.address),
            stage.hub.createStrategy(params.struct()),
            stage.hub.allocate(vault_id, stake),
        ):
            leader.does(call) if isinstance(leader, LeadersWallet) else stage.order(leader, call)
        stage.play()
        return int(strategy_id)

    def join(
        self, *names: str, usdc: int = 1_000, policy: Policy | None = None, strategy_id: int = 1
    ) -> list[int]:
        """Followers, each with a vault of `usdc`."""
        stage, amount = self.stage, usdc * USDC
        first = stage.hub.vaultCount().call() + 1
        for name in names:
            who = stage.person(name, usdc=4 * amount)
            self.owners[name] = who
            stage.order(who, stage.hub.deposit(stage.usdc.address, 4 * amount, who.address))
            opening = stage.hub.openVault(strategy_id, (policy or Policy()).struct(), amount, 1, NOBODY)
            stage.order(who, opening)
        stage.play()
        ids = [first + at for at in range(len(names))]
        self.vaults |= dict(zip(names, ids, strict=True))
        return ids

    def shallow_pool(self, usdc: int) -> ChecksumAddress:
        """Another pool of USDC and WETH, listed, with `usdc` on each side; in dollars."""
        stage, chain = self.stage, self.stage.chain
        owner, uniswap, tick = chain.w3.eth.accounts[0], stage.exchange.uniswap, stage.tick
        worth = {
            token.address: token.units(usdc, tick.price(token.symbol)) for token in (stage.usdc, stage.weth)
        }
        for token in (stage.usdc, stage.weth):
            mint = token.contract.functions.mint(owner, worth[token.address])
            chain.submit(stage.market.trader, mint, gas=100_000, label="mint")
        stage.play()
        with chain.automine():
            a, b = worth
            pool = uniswap.create_pool(a, b, 3_000, amount_a=worth[a], amount_b=worth[b])
            uniswap.add_liquidity(pool, worth)
            stage.hub.listPool(pool.address, stage.venue).transact({"from": owner})
        stage.time += stage.hub.listingDelay().call()
        stage.move_price(tick.weth)
        return pool.address

    def says(self, name: str, call: Any) -> None:
        """Somebody's call, in a block of its own."""
        who = self.leader if name == "leader" else self.owners[name]
        self.stage.order(who, call)
        self.stage.play()

    def price(self, *, room_bps: int = 100, sell: str = "usdc") -> int:
        """A limit `room_bps` worse than the oracle's price, in units bought per unit sold, times 1e36."""
        weth = self.stage.tick.weth
        fair = SCALE * 10**20 // weth if sell == "usdc" else SCALE * weth // 10**20
        return fair * (10_000 - room_bps) // 10_000

    def order(
        self,
        *,
        nonce: int,
        sell: str = "usdc",
        portion: int = WAD // 2,
        kind: OrderKind = OrderKind.MARKET,
        limit: int = 0,
        min_fill: int = WAD,
        trigger: int = 0,
        lives_s: int = 1_000_000,
        leader: LocalAccount | None = None,
        strategy_id: int = 1,
    ) -> SignedOrder:
        """A signed order of the leader."""
        stage, who = self.stage, leader or self.leader
        pair = (stage.usdc.address, stage.weth.address)
        token_in, token_out = pair if sell == "usdc" else pair[::-1]
        trade = Trade(strategy_id, stage.pool, token_in, token_out, portion, limit, stage.time + lives_s)
        order = Order(trade, nonce, kind, min_fill, trigger)
        place = {"chain_id": stage.deployment.chain_id, "hub": stage.contracts.hub.address}
        return SignedOrder(leader=who.address, order=order, signature=sign(order, who, **place), **place)

    def post(self, signed: SignedOrder) -> str:
        """Put it into the inbox; its digest."""
        self.orders.receive(signed)
        return "0x" + signed.digest.hex()

    async def keeper(
        self, name: str = "keeper", *, rpc: RpcClient | None = None, key: str | None = None, **settings: Any
    ) -> KeeperService:
        """A keeper with ether and a key of its own."""
        who = self.stage.person(key or name)
        if rpc is None:
            rpc = RpcClient(self.stage.node.http_url, attempts=2)
        await self.closing.enter_async_context(rpc)
        settings.setdefault("upkeep_every", 1)
        wanted = Settings(
            name=name,
            tolerance=settings.pop("tolerance", Tolerance(stale_s=None)),
            limits=settings.pop("limits", Limits()),
            **settings,
        )
        opened = open_keeper(rpc, self.engine, self.stage.deployment, LocalSigner(who), wanted)
        return await self.closing.enter_async_context(opened)

    def seal(self) -> None:
        """The next block, with what keepers have sent."""
        self.stage.time += 12
        self.stage.chain.seal(self.stage.time)

    async def work(self, *keepers: KeeperService, blocks: int = 12) -> int:
        """Keepers work until none of them has anything on its way; how many transactions they sent."""
        sent = 0
        for _ in range(blocks):
            for keeper in keepers:
                while (step := await keeper.step()).sent:
                    sent += step.sent
            self.seal()
            idle = True
            for keeper in keepers:
                step = await keeper.step()
                sent += step.sent
                idle = idle and not step.sent and not step.in_flight
            if idle:
                return sent
        raise AssertionError("the keepers do not come to rest")

    def found(self, digest: str) -> InboxOrder:
        order = self.orders.find(digest)
        assert order is not None
        return order

    def states(self, digest: str) -> list[str]:
        """Every state the order has been in."""
        return [each.status for each in self.orders.events(self.found(digest).id)]

    def said(self, *names: str) -> list[Event]:
        """The hub's events since this world began, of these names."""
        return [each for each in self.stage.said(self.since) if each[0] in names]

    def copies(self) -> list[tuple[int, int]]:
        """(trade, vault) of each copy and each skip, leaders' fills included."""
        return [(each["tradeId"], each["vaultId"]) for _, each in self.said("TradeCopied", "CopySkipped")]

    def held(self, vault_id: int, symbol: str) -> int:
        token = self.stage.exchange.tokens[symbol].address
        return int(self.stage.hub.vaultBalance(vault_id, token).call())


def all_different(values: Sequence[object]) -> bool:
    return len(set(values)) == len(values)


async def pause() -> None:
    await asyncio.sleep(0)
