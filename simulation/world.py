"""A seeded world: leaders, followers, keepers, an indexer and a market on a chain behind nodes that may fail.

One step is five minutes: the market moves, people act, orders arrive, and the keepers work in a few blocks.
"""

import math
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine
from web3 import Web3

from demo.anvil import Anvil, anvil
from demo.checkout import Checkout
from demo.crowd import Crowd, Follower
from demo.followers import plan_followers
from demo.leaders import PLANS, Leader, Leaders
from demo.opening import ETHER_FOR_GAS, Opened, open_market
from demo.prices import PRICE_UNIT, SYNTHETIC_START, Tick, walk
from inbox.migrations import upgrade
from inbox.orders import Orders
from indexer.errors import IndexerError
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.service import open_indexer
from simulation.keepers import SimulatedKeeper
from simulation.liquidity import Liquidity
from simulation.orders import Desk, Post
from simulation.reorg import reorganize
from simulation.unreliable import Unreliable
from simulation.weather import DEEPEST, Weather, fair, foul

STEP_S = 300
BLOCKS_A_STEP = 4
BLOCK_S = 12
COPY_WINDOW_S = 600
_INDEX_EVERY = 12
_SETUP_S = 7_200
# The last deadline of an order and the last copy window are over by then.
_CALM_STEPS = 16
_TRIES = 400


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated. `faults`: share of the nodes' answers that are bent; 0 is a world without faults.

    `batch_size`: vaults in one transaction; small, so that keepers have fan-outs to finish.
    """

    seed: int
    steps: int
    faults: float = 0.05
    followers: int = 32
    keepers: int = 2
    batch_size: int = 4

    @property
    def is_foul(self) -> bool:
        """Whether anything goes wrong."""
        return self.faults > 0


@dataclass(slots=True)
class World:
    """What lives. `dropped`: transactions of keepers that reorgs took back; `reorgs`: their depths."""

    plan: Plan
    node: Anvil
    opened: Opened
    deployment: Deployment
    engine: Engine
    nodes: list[Unreliable]
    keepers: list[SimulatedKeeper]
    leaders: Leaders
    crowd: Crowd
    desk: Desk
    liquidity: Liquidity
    weather: Iterator[Weather]
    tick: Tick
    chance: random.Random
    step: int = 0
    dropped: int = 0
    reorgs: list[int] = field(default_factory=list)
    restarts: int = 0
    _settled: int = 0

    async def live(self, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """All steps, and then a calm in which everything that was begun can end."""
        total = self.plan.steps + _CALM_STEPS
        # Balances of ether were given out by the node itself: no reorg goes back to before that.
        self._settled = self.opened.chain.w3.eth.block_number
        for _ in range(self.plan.steps):
            await self._step(next(self.weather))
            progress(self.step, total)
        for node in self.nodes:
            node.rate = 0.0
        calm = Weather(skew_s=(0,) * len(self.keepers), base_fee=10**9)
        for _ in range(_CALM_STEPS):
            await self._step(calm, orders=False)
            progress(self.step, total)
        await self.index()

    async def index(self) -> None:
        """The ledger follows to the head, started again after every error as a supervisor would."""
        urls = [node.url for node in self.nodes]
        for _ in range(_TRIES):
            try:
                async with open_indexer(urls, self.engine, self.deployment) as indexer:
                    await indexer.backfill_to_head()
                    await indexer.prove()
                    return
            except IndexerError:
                self.restarts += 1
        raise RuntimeError("the indexer does not reach the head")

    async def close(self) -> None:
        """Ends the keepers."""
        for keeper in self.keepers:
            await keeper.close()

    async def _step(self, weather: Weather, *, orders: bool = True) -> None:
        self.tick = self._next_tick(weather)
        chain, time = self.opened.chain, self.tick.time
        self.liquidity.set(thin=weather.thin)
        if not weather.silent:
            self.opened.market.post(self.tick)
        self.opened.market.arbitrage(self.tick)
        if orders:
            self.crowd.act(self.step, self.tick)
        if weather.base_fee:
            chain.request("anvil_setNextBlockBaseFeePerGas", hex(weather.base_fee))
        self.crowd.joined(chain.mine(time))
        if orders:
            self.desk.decide(self.step, self.tick, self.leaders.holdings(self.leaders.all, self.tick))
        self.desk.deliver(self.step)
        await self._blocks(weather, time)
        self.step += 1
        if self.step % _INDEX_EVERY == 0:
            await self.index()

    async def _blocks(self, weather: Weather, time: int) -> None:
        chain = self.opened.chain
        reorg_at = self.chance.randrange(BLOCKS_A_STEP) if weather.reorg else -1
        if weather.kill is not None:
            at, requests, after = weather.kill
            self.keepers[at].kill(requests, after=after)
        for block in range(BLOCKS_A_STEP):
            for keeper, skew in zip(self.keepers, weather.skew_s, strict=True):
                keeper.time, keeper.skew_s = time, skew
                await keeper.work()
            if block == reorg_at:
                senders = [keeper.account.address for keeper in self.keepers]
                depth = min(weather.reorg, chain.w3.eth.block_number - self._settled)
                self.reorgs.append(depth)
                keep = weather.keeps_what_keepers_sent
                self.dropped += reorganize(chain, depth, senders, keep=keep)
            time += BLOCK_S
            if weather.base_fee:
                chain.request("anvil_setNextBlockBaseFeePerGas", hex(weather.base_fee))
            chain.seal(time)

    def _next_tick(self, weather: Weather) -> Tick:
        """The walk's next move, stretched by the weather."""
        before = self.tick
        moved = next(walk(self.chance.getrandbits(32), before, STEP_S))
        # The walk is made for steps of fifteen minutes.
        factor = weather.volatility * math.sqrt(STEP_S / 900)

        def stretched(old: int, new: int) -> int:
            return max(1, round(old * math.exp(math.log(new / old) * factor)))

        return replace(
            moved, weth=stretched(before.weth, moved.weth), wbtc=stretched(before.wbtc, moved.wbtc)
        )


@asynccontextmanager
async def open_world(
    plan: Plan,
    folder: Path,
    *,
    deployments: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[World]:
    """A world that is ready to live; everything it starts ends with the block.

    `deployments` is where those of the protocol are kept, if they are.

    Raises:
        DemoError: a program or an artifact is missing, or the protocol cannot be deployed.
    """
    checkout = Checkout(Checkout.here().root, folder, deployments)
    engine = open_engine(f"sqlite:///{_fresh(folder / 'simulation.db')}")
    upgrade(engine)
    async with AsyncExitStack() as stack:
        stack.callback(engine.dispose)
        node = stack.enter_context(
            anvil(
                checkout.anvil,
                genesis_time=SYNTHETIC_START - _SETUP_S,
                log=folder / "anvil.log",
                states_in_memory=2 * DEEPEST,
            )
        )
        start = Tick(SYNTHETIC_START, weth=3_000 * PRICE_UNIT, wbtc=60_000 * PRICE_UNIT)
        # The same for every seed: so are the blocks that the protocol is deployed in.
        trader = _account("market")
        treasury = _account("treasury").address
        opened = open_market(
            node,
            checkout,
            start,
            trader=trader,
            treasury=treasury,
            batch_size=plan.batch_size,
            progress=progress,
        )
        nodes = [Unreliable(node.http_url, 1_000 * plan.seed + at, plan.faults) for at in range(2)]
        for each in nodes:
            await stack.enter_async_context(each.running())
        world = _people(plan, node, opened, engine, nodes, start=start)
        stack.push_async_callback(world.close)
        progress("Opening strategies")
        _settle_in(world, start)
        yield world


def _people(
    plan: Plan, node: Anvil, opened: Opened, engine: Engine, nodes: list[Unreliable], *, start: Tick
) -> World:
    chance = random.Random(f"world {plan.seed}")

    def account(name: str) -> LocalAccount:
        return _account(f"{plan.seed} {name}")

    leaders = [Leader(each, account(each.name)) for each in PLANS]
    share = [plan.followers * each.followers // sum(who.followers for who in PLANS) for each in PLANS]
    plans = plan_followers(plan.seed, plan.steps, share)
    followers = [Follower(each, account(each.name), leaders[each.leader]) for each in plans]
    deployment = read_deployment(opened.contracts.file)
    keepers = [
        SimulatedKeeper(name, account(name), nodes[at % len(nodes)].url, engine, deployment, time=start.time)
        for at, name in enumerate(f"keeper {number + 1}" for number in range(plan.keepers))
    ]
    everyone = [
        *(each.account for each in leaders),
        *(each.account for each in followers),
        *(each.account for each in keepers),
    ]
    chain, hub = opened.chain, opened.contracts.hub
    chain.batch([("anvil_setBalance", [who.address, hex(ETHER_FOR_GAS)]) for who in everyone])
    trader = opened.market.trader
    crowd = Crowd(chain, opened.exchange, hub, trader, followers, may_fail=plan.is_foul)
    post = Post(random.Random(f"post {plan.seed}"), plan.is_foul)
    world = World(
        plan,
        node,
        opened,
        deployment,
        engine,
        nodes,
        keepers,
        Leaders(chain, opened.exchange, hub, leaders, post=lambda _: None),
        crowd,
        None,  # type: ignore[arg-type]  # in the next line: its clock is the world's
        Liquidity(chain, opened.exchange),
        foul(plan.seed, plan.keepers) if plan.is_foul else fair(plan.keepers),
        start,
        chance,
    )
    inbox = Orders(
        engine,
        chain_id=deployment.chain_id,
        hub=deployment.hub,
        by="leaders",
        clock=lambda: world.tick.time * 1_000_000,
    )
    world.desk = Desk(inbox, opened.exchange, leaders, post, chance, deployment.hub)
    return world


def _settle_in(world: World, start: Tick) -> None:
    chain, leaders = world.opened.chain, world.leaders
    leaders.open(COPY_WINDOW_S, start)
    world.opened.market.post(start)
    leaders.opened(chain.mine(start.time - 120))
    leaders.fund(world.opened.market.trader, start)
    world.liquidity.fund(world.opened.market.trader)
    chain.mine(start.time - 60)


def _fresh(database: Path) -> Path:
    database.parent.mkdir(parents=True, exist_ok=True)
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()
    return database


def _account(name: str) -> LocalAccount:
    """A key that everybody can compute: for play money on a local chain only."""
    account: LocalAccount = Account.from_key(Web3.keccak(text=f"lockstep simulation {name}"))
    return account
