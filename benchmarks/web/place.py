"""A small demo world with everything on: chain, market, leaders, keeper, indexer, API and dApp."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from sqlalchemy import Engine

from access.sealing import Seal, new_key
from api.snapshot import DeploymentKey
from benchmarks.web.wallet import Wallet, key_of
from demo.anvil import CHAIN_ID, anvil
from demo.checkout import Checkout
from demo.prices import Tick, synthetic, walk
from demo.serving import served, take_port
from demo.world import SETUP_S, World
from inbox.migrations import upgrade
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.service import open_indexer
from notices.book.push_key import PushKey, new_push_key

SEED = 7
STEPS = 60
_ETHER = 10**21
_PATIENCE_S = 60.0

T = TypeVar("T")


@dataclass
class Place:
    """Where the browser goes, and the hands that move the world behind it.

    The world has a thread to itself: its keeper runs an event loop, and so does the browser's driver.
    """

    url: str
    node: str
    database: str
    engine: Engine
    seal: Seal
    push_key: PushKey
    world: World
    deployment: Deployment
    _thread: ThreadPoolExecutor
    _ticks: Iterator[Tick]

    def do(self, work: Callable[[], T]) -> T:
        """Runs something on the world's own thread."""
        return self._thread.submit(work).result()

    def wallet(self, name: str, *, usdc: int = 0) -> Wallet:
        """Somebody with ether for gas and `usdc` whole dollars."""
        wallet = Wallet(key_of(name), self.node, CHAIN_ID)
        self.request("anvil_setBalance", wallet.account.address, hex(_ETHER))
        if usdc:
            self.mint(wallet.account.address, usdc * 10**6)
        return wallet

    def tick(self, *, weth_times: float = 1.0) -> None:
        """One step of the market, after which WETH costs so many times what it would."""
        tick = next(self._ticks)
        moved = Tick(tick.time, round(tick.weth * weth_times), tick.wbtc)
        self.do(lambda: self._live(moved))

    def _live(self, tick: Tick) -> None:
        accounts = [each.account for each in self.world.leaders.all]
        accounts += [each.account for each in self.world.crowd.all]
        for each in accounts:  # tests send from their wallets, too
            self.world.chain.recount(each.address)
        self.world.live(tick)

    def keep(self) -> None:
        """The keeper does what there is to do, and the ledger has it."""
        now = self.do(lambda: self.world.chain.w3.eth.get_block("latest"))["timestamp"]
        self.do(lambda: self.world.keeper.work(now + 1))
        head, late = int(self.request("eth_blockNumber"), 16), time.monotonic() + _PATIENCE_S
        while (indexed := self.get("/v1/protocol")["as_of_block"]["number"]) < head:
            if time.monotonic() > late:
                raise TimeoutError(
                    f"The ledger is at block {indexed}; the chain has been at {head} for long."
                )
            time.sleep(0.02)

    def get(self, path: str) -> Any:
        """What the API says."""
        return requests.get(self.url + path, timeout=30).json()

    def request(self, method: str, *params: object) -> Any:
        """What the node says."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return requests.post(self.node, json=body, timeout=30).json()["result"]

    def send(self, owner: LocalAccount, call: Any) -> None:
        """Sends a call of the hub without mining it."""
        chain, count = (
            self.world.chain,
            int(self.request("eth_getTransactionCount", owner.address, "latest"), 16),
        )
        fee = int(self.request("eth_gasPrice"), 16) * 2
        terms = {"from": owner.address, "nonce": count, "gas": 1_000_000, "chainId": chain.w3.eth.chain_id}
        built = call.build_transaction({**terms, "maxFeePerGas": fee, "maxPriorityFeePerGas": fee // 10})
        raw = owner.sign_transaction(built).raw_transaction
        self.request("eth_sendRawTransaction", "0x" + raw.hex())

    def mint(self, owner: ChecksumAddress, units: int) -> None:
        """Gives somebody USDC."""
        self.do(lambda: self._mint(owner, units))

    def _mint(self, owner: ChecksumAddress, units: int) -> None:
        world = self.world
        mint = world.market.exchange.tokens["USDC"].contract.functions.mint(owner, units)
        world.chain.submit(world.market.trader, mint, gas=100_000, label="mint")
        world.chain.mine()


@contextmanager
def open_place(folder: Path, web: Path, *, deployments: Path | None = None) -> Iterator[Place]:
    """The world after its first steps, indexed up to the head and followed from there.

    `deployments` is where those of the protocol are kept, if they are.
    """
    checkout = Checkout(Checkout.here().root, folder, deployments)
    data = synthetic(SEED, STEPS)
    genesis = data.ticks[0].time - SETUP_S
    with ExitStack() as stack:
        node = stack.enter_context(anvil(checkout.anvil, genesis_time=genesis, log=folder / "anvil.log"))
        database = f"sqlite:///{folder / 'lockstep.db'}"
        engine = open_engine(database)
        stack.callback(engine.dispose)
        upgrade(engine)
        thread = stack.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="world"))

        def create() -> World:
            world = World.create(node, checkout, data, SEED, engine, progress=lambda _: None).__enter__()
            for tick in data.ticks:
                world.live(tick)
            return world

        world = thread.submit(create).result()
        stack.callback(lambda: thread.submit(world.__exit__, None, None, None).result())
        deployment = read_deployment(world.deployment.file)
        stack.enter_context(_followed(node.http_url, engine, deployment))
        key = DeploymentKey(deployment.chain_id, deployment.hub)
        seal, push_key = Seal(new_key()), PushKey(new_push_key())
        url = stack.enter_context(served(engine, key, take_port(0), web, seal=seal, push_key=push_key))
        ticks = walk(SEED + 1, data.ticks[-1], data.step_s)
        found = (url, node.http_url, database, engine, seal, push_key)
        yield Place(*found, world, deployment, thread, ticks)


@contextmanager
def _followed(node: str, engine: Engine, deployment: Deployment) -> Iterator[None]:
    """The indexer at the head of the chain, on a thread of its own. Entered when the ledger is there."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()
    failed: list[BaseException] = []

    async def follow() -> None:
        async with open_indexer(node, engine, deployment) as indexer:
            await indexer.backfill_to_head()
            ready.set()
            await indexer.follow(stop)

    def run() -> None:
        try:
            loop.run_until_complete(follow())
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="indexer")
    thread.start()
    ready.wait()
    try:
        if not failed:
            yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
    if failed:
        raise failed[0]
