"""One run of the demo from beginning to end: world, ledger, API, summary, and then life at a calm pace.

Whatever ends it, an error, Ctrl-C or the end, ends every child process too.
"""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from access.sealing import Seal, new_key
from api.snapshot import DeploymentKey
from demo.anvil import Anvil, anvil
from demo.api_reader import ApiReader
from demo.checkout import Checkout
from demo.prices import MarketData, Tick, synthetic, walk
from demo.recordings import read_market
from demo.serving import served, take_port
from demo.summary import Summary, read_summary
from demo.world import SETUP_S, World
from inbox.migrations import upgrade
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.reconcile import Report, reconcile
from indexer.sync.service import open_indexer
from notices import service as notices
from notices.book.push_key import PushKey, new_push_key

# Steps of the market until the summary. Enough for every leader to trade several times.
STEPS = 240
# Seconds from one step to the next, for a person who watches.
_CALM_S = 3.0

OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is asked for. `market` is a recorded market's file or None; a port of 0 is any free one."""

    seed: int
    market: Path | None
    api_port: int
    rpc_port: int


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that has got as far as its summary and goes on."""

    summary: Summary
    summary_file: Path
    api_url: str
    rpc_url: str
    world: World
    engine: Engine
    deployment: Deployment
    seal: Seal
    push_key: PushKey


@contextmanager
def session(settings: Settings, progress: OnProgress) -> Iterator[Running]:
    """Runs the demo up to its summary; chain and API live as long as the block. Call it from the main thread.

    `progress` is told the stage, and how many of how many steps of it are done (0 of 0: it cannot say).

    Raises:
        DemoError: something is missing, in use or unreadable; says what to do.
        IndexerError: the ledger could not be built.
    """
    began = time.monotonic()
    checkout = Checkout.here()
    with take_port(settings.api_port) as listener:
        data = _market(settings)
        checkout.build.mkdir(parents=True, exist_ok=True)
        genesis, log = data.ticks[0].time - SETUP_S, checkout.build / "anvil.log"
        chain = anvil(checkout.anvil, genesis_time=genesis, log=log, port=settings.rpc_port)
        with chain as node, ExitStack() as stack:
            engine = stack.enter_context(_fresh_ledger(checkout.build / "lockstep.db"))
            world = World.create(
                node, checkout, data, settings.seed, engine, progress=lambda stage: progress(stage, 0, 0)
            )
            stack.enter_context(world)
            for done, tick in enumerate(data.ticks, start=1):
                world.live(tick)
                progress("Trading and copying", done, len(data.ticks))
            deployment = read_deployment(world.deployment.file)
            progress("Indexing the chain and comparing every balance", 0, 0)
            report = asyncio.run(_index(node, engine, deployment))
            progress("Asking the API for the summary", 0, 0)
            key = DeploymentKey(deployment.chain_id, deployment.hub)
            seal, push_key = Seal(new_key()), PushKey(new_push_key())
            with served(engine, key, listener, checkout.web, seal=seal, push_key=push_key) as api_url:
                summary = read_summary(
                    ApiReader(api_url),
                    seed=settings.seed,
                    market=data.description,
                    report=report,
                    refusals=world.refusals,
                    began=began,
                )
                file = checkout.build / "summary.json"
                file.write_text(json.dumps(summary.document(), indent=2) + "\n")
                yield Running(
                    summary, file, api_url, node.http_url, world, engine, deployment, seal, push_key
                )


def go_on(running: Running, show: Callable[[Tick, World], None]) -> None:
    """Lives on, step after step, with the indexer following and people told, until the process is asked to
    stop.
    """
    asyncio.run(_go_on(running, show))


async def _go_on(running: Running, show: Callable[[Tick, World], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = running.world
    async with open_indexer(running.rpc_url, running.engine, running.deployment) as indexer:
        following = asyncio.create_task(indexer.follow(stop))
        telling = asyncio.create_task(_tell(running, stop))
        try:
            for tick in walk(running.summary.seed + 1, world.ticks[-1], world.data.step_s):
                await asyncio.to_thread(world.live, tick)
                show(tick, world)
                await asyncio.wait((following,), timeout=_CALM_S)
                if following.done():
                    break
        finally:
            stop.set()
            await asyncio.gather(following, telling)


async def _tell(running: Running, stop: asyncio.Event) -> None:
    """What `lockstep notify` does."""
    place = running.deployment
    settings = notices.Settings(running.api_url, push_key=running.push_key, local=True)
    key = DeploymentKey(place.chain_id, place.hub)
    await notices.run(running.engine, key, running.seal, settings, stop)


def _market(settings: Settings) -> MarketData:
    if settings.market is None:
        return synthetic(settings.seed, STEPS)
    return read_market(settings.market, steps=STEPS, seed=settings.seed)


@contextmanager
def _fresh_ledger(path: Path) -> Iterator[Engine]:
    """An empty database with an inbox; the ledger's tables come with the first block."""
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    yield engine
    engine.dispose()


async def _index(node: Anvil, engine: Engine, deployment: Deployment) -> Report:
    async with open_indexer(node.http_url, engine, deployment) as indexer:
        await indexer.backfill_to_head()
        await indexer.read_gas()
    async with RpcClient(node.http_url) as rpc:
        return await reconcile(ChainReader(rpc), engine, deployment)
