"""However the chain is read, in ranges, live, with stops or reorgs, the ledger is the final chain's."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Engine, func, select

from demo.anvil import Anvil
from indexer.chain.errors import NoContractError, WrongChainError
from indexer.decode.errors import AbiMismatchError
from indexer.ledger.database import open_engine
from indexer.ledger.models import Deployment as DeploymentRow
from indexer.ledger.models import Reorg, Token
from indexer.sync.deployment import Deployment
from indexer.sync.errors import DeploymentFileError, NoCommonBlockError
from indexer.sync.service import Indexer, Progress
from simulation.proxy import Call, Proxy
from tests.indexer.encoding import topic_of
from tests.indexer.paper_chain import PARTS, PaperChain, emitter
from tests.indexer.running import indexing
from tests.indexer.story import EXTENSION, HUB, KEEPERS, USDC, tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import held


@contextmanager
def clean_engine(folder: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{folder / 'clean.db'}")
    yield engine
    engine.dispose()


async def index_anew(chain: PaperChain, folder: Path, **options: int) -> dict[str, list[dict[str, Any]]]:
    """The ledger of the chain as it is now, in one go, in a database of its own."""
    (folder / "clean.db").unlink(missing_ok=True)
    with clean_engine(folder) as engine:
        async with indexing(chain.url, engine, **options) as indexer:
            await indexer.backfill_to_head()
            await indexer.prove()
        return content(engine)


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is in a database or another process
            await asyncio.sleep(0.005)


async def test_backfill_posts_what_the_hub_on_paper_did(engine: Engine, chain: PaperChain) -> None:
    told, hub = tell(1, 60)
    chain.mine_all(told)
    async with indexing(chain.url, engine) as indexer:
        checkpoint = await indexer.backfill_to_head()
    assert checkpoint.number == chain.height
    assert held(engine) == hub.non_zero()
    with engine.connect() as connection:
        row = connection.execute(select(DeploymentRow.__table__)).one()
    assert (row.chain_id, row.hub, row.start_block) == (31_337, HUB, 1)
    assert row.checkpoint_number == row.head_number == chain.height
    assert row.checkpoint_hash == chain.request("eth_getBlockByNumber", "latest", False)["hash"]


@pytest.mark.parametrize("max_range", [1, 3, 7])
async def test_ranges_make_no_difference(
    engine: Engine, chain: PaperChain, tmp_path: Path, max_range: int
) -> None:
    told, _ = tell(2, 30)
    chain.mine_all(told, gap=2)
    async with indexing(chain.url, engine, max_range=max_range) as indexer:
        await indexer.backfill_to_head()
    assert content(engine) == await index_anew(chain, tmp_path)


async def test_stops_at_any_range_make_no_difference(
    engine: Engine, chain: PaperChain, tmp_path: Path
) -> None:
    told, _ = tell(3, 30)
    chain.mine_all(told)

    class StoppedError(Exception):
        pass

    def stop(_: Progress) -> None:
        raise StoppedError

    starts = 0
    while True:
        try:
            starts += 1
            async with indexing(chain.url, engine, max_range=5, on_progress=stop) as indexer:
                await indexer.backfill_to_head()
            break
        except StoppedError:
            continue
    assert starts > 5
    assert content(engine) == await index_anew(chain, tmp_path)


@pytest.mark.parametrize(("depth", "seed"), [(1, 4), (2, 5), (7, 6), (40, 7)])
async def test_reorg_while_stopped_leaves_the_final_chain(
    engine: Engine, chain: PaperChain, tmp_path: Path, depth: int, seed: int
) -> None:
    told, _ = tell(seed, 60)
    keep = 60 - depth
    chain.mine_all(told[:keep], each=1, gap=0)
    snapshot = chain.snapshot()
    chain.mine_all(told[keep:], each=1, gap=0)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
        old = indexer.checkpoint
    chain.revert(snapshot)
    # The same transactions, packed into fewer blocks at other times.
    for at in range(keep, 60, 2):
        chain.mine(told[at : at + 2], later=3)
    while chain.height < old.number + 3:
        chain.mine(later=3)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
    assert content(engine) == await index_anew(chain, tmp_path)
    with engine.connect() as connection:
        reorg = connection.execute(select(Reorg.__table__)).one()
    assert (reorg.old_number, reorg.old_hash) == (old.number, old.hash)
    assert reorg.depth == depth


async def test_reorg_that_shortens_the_chain_waits_for_its_first_different_block(
    engine: Engine, chain: PaperChain, tmp_path: Path
) -> None:
    told, _ = tell(8, 30)
    chain.mine_all(told[:20], each=1, gap=0)
    snapshot = chain.snapshot()
    chain.mine_all(told[20:], each=1, gap=0)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
        before = content(engine)
        chain.revert(snapshot)
        await indexer.backfill_to_head()
        # A node that ends earlier may only lag: nothing it says contradicts the ledger yet.
        assert content(engine) == before
        chain.mine(told[20:22], later=5)
        await indexer.backfill_to_head()
        assert indexer.checkpoint.number == chain.height == 21
    assert content(engine) == await index_anew(chain, tmp_path)


async def test_reorg_between_two_ranges_is_followed(
    engine: Engine, chain: PaperChain, tmp_path: Path
) -> None:
    told, hub = tell(15, 40)
    snapshot = chain.snapshot()
    chain.mine_all(told, each=1, gap=0)
    reorgs = 0

    def reorganise(_: Progress) -> None:
        nonlocal reorgs
        if reorgs == 0:
            reorgs = 1
            chain.revert(snapshot)
            chain.mine_all(told, each=1, gap=0, later=4)

    async with indexing(chain.url, engine, max_range=6, on_progress=reorganise) as indexer:
        await indexer.backfill_to_head()
        assert indexer.checkpoint.number == chain.height
    assert content(engine) == await index_anew(chain, tmp_path)
    assert held(engine) == hub.non_zero()


async def test_anvils_own_reorg_is_rolled_back(engine: Engine, chain: PaperChain, tmp_path: Path) -> None:
    told, _ = tell(9, 20)
    chain.mine_all(told, each=1, gap=0)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
        chain.request("anvil_reorg", 6, [])
        chain.mine()
        await indexer.backfill_to_head()
    assert content(engine) == await index_anew(chain, tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(select(Reorg.depth)) == 6


@pytest.mark.parametrize("pushed", [True, False], ids=["websocket", "polling"])
async def test_live_following_sees_blocks_and_reorgs(
    engine: Engine, chain: PaperChain, node: Anvil, tmp_path: Path, pushed: bool
) -> None:
    told, hub = tell(10, 40)
    chain.mine_all(told[:10], each=1, gap=0)
    ws_url = node.ws_url if pushed else "ws://127.0.0.1:1"
    stop = asyncio.Event()
    async with indexing(chain.url, engine, ws_url=ws_url) as indexer:
        following = asyncio.create_task(indexer.follow(stop))
        await until(lambda: indexer.checkpoint.number == 10)
        for at in range(10, 20):
            await asyncio.to_thread(chain.mine, [told[at]])
            await until(lambda at=at: indexer.checkpoint.number == at + 1)
        snapshot = chain.snapshot()
        for at in range(20, 24):
            chain.mine([told[at]])
        await until(lambda: indexer.checkpoint.number == 24)
        chain.revert(snapshot)
        for at in range(20, 40):
            chain.mine([told[at]], later=2)
        await until(lambda: indexer.checkpoint.number == 40 and at_head(chain, indexer))
        stop.set()
        async with asyncio.timeout(5):
            await following
    assert content(engine) == await index_anew(chain, tmp_path)
    assert held(engine) == hub.non_zero()
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Reorg)) >= 1


def at_head(chain: PaperChain, indexer: Indexer) -> bool:
    return bool(chain.request("eth_getBlockByNumber", "latest", False)["hash"] == indexer.checkpoint.hash)


async def test_live_following_outlives_a_node_that_is_away(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, hub = tell(11, 12)
    chain.mine_all(told[:6], each=1, gap=0)
    stop = asyncio.Event()
    async with indexing(proxy.url, engine) as indexer:
        following = asyncio.create_task(indexer.follow(stop))
        await until(lambda: indexer.checkpoint.number == 6)

        def away(call: Call, result: Any) -> Any:
            raise web.HTTPBadGateway

        proxy.fault = away
        chain.mine_all(told[6:], each=1, gap=0)
        await asyncio.sleep(1.5)
        assert indexer.checkpoint.number == 6
        assert not following.done()
        proxy.fault = lambda call, result: result
        await until(lambda: indexer.checkpoint.number == 12)
        stop.set()
        await following
    assert held(engine) == hub.non_zero()


async def test_random_reorgs_and_restarts_leave_the_final_chain(
    engine: Engine, chain: PaperChain, tmp_path: Path
) -> None:
    chance = random.Random(12)
    told, hub = tell(12, 60)
    snapshots: list[tuple[str, int]] = []
    at = 0
    while at < len(told):
        snapshots.append((chain.snapshot(), at))
        take = chance.randint(0, 3)
        chain.mine(told[at : at + take], later=chance.randint(0, 6))
        at = min(len(told), at + take)
        if chance.random() < 0.3:
            async with indexing(chain.url, engine, max_range=chance.randint(1, 9)) as indexer:
                await indexer.backfill_to_head()
        if chance.random() < 0.2 and len(snapshots) > 3:
            back = chance.randint(1, 3)
            snapshot, at = snapshots[-back]
            snapshots = snapshots[:-back]
            chain.revert(snapshot)
    chain.mine()
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
    assert content(engine) == await index_anew(chain, tmp_path)
    assert held(engine) == hub.non_zero()


# What does not belong together


async def test_node_of_another_chain_is_refused(engine: Engine, chain: PaperChain) -> None:
    with pytest.raises(WrongChainError, match="on chain 31337, not on 8453"):
        async with indexing(chain.url, engine, deployment=Deployment(8453, HUB, EXTENSION, 1)):
            pass


async def test_hub_without_code_is_refused(engine: Engine, chain: PaperChain) -> None:
    with pytest.raises(NoContractError, match=USDC):
        async with indexing(chain.url, engine, deployment=Deployment(31_337, USDC, EXTENSION, 1)):
            pass


async def test_hub_of_another_abi_is_refused_before_anything_is_written(
    engine: Engine, chain: PaperChain
) -> None:
    chain.set_code(emitter(topic_of(name) for name in PARTS[0][1:]))
    with pytest.raises(AbiMismatchError, match=f"cannot emit {PARTS[0][0]} as"):
        async with indexing(chain.url, engine, tables=False):
            pass
    with engine.connect() as connection:
        assert not engine.dialect.has_table(connection, "deployments")


@pytest.mark.parametrize(("part", "names"), [(EXTENSION, PARTS[1]), (KEEPERS, PARTS[2])])
async def test_part_of_the_hub_without_its_events_is_refused(
    engine: Engine, chain: PaperChain, part: str, names: list[str]
) -> None:
    chain.set_code(b"\0", part)
    with pytest.raises(AbiMismatchError, match=f"cannot emit {', '.join(names)} as"):
        async with indexing(chain.url, engine):
            pass
    chain.set_code(b"", part)
    with pytest.raises(NoContractError, match=part):
        async with indexing(chain.url, engine):
            pass


async def test_deployment_file_that_names_another_extension_than_the_hub_is_refused(
    engine: Engine, chain: PaperChain
) -> None:
    wrong = Deployment(31_337, HUB, USDC, 1)
    with pytest.raises(DeploymentFileError, match=f"names {EXTENSION}") as caught:
        async with indexing(chain.url, engine, deployment=wrong, tables=False):
            pass
    assert "--deployment" in caught.value.remedy
    with engine.connect() as connection:
        assert not engine.dialect.has_table(connection, "deployments")


async def test_contract_that_names_no_extension_is_refused(engine: Engine, chain: PaperChain) -> None:
    for silent in ("00", "5f5ffd"):  # answers nothing; reverts
        chain.set_code(bytes.fromhex(silent))
        with pytest.raises(AbiMismatchError, match="does not say where the other parts"):
            async with indexing(chain.url, engine):
                pass


async def test_chain_that_was_started_anew_is_refused_and_the_ledger_left_alone(
    engine: Engine, chain: PaperChain
) -> None:
    genesis = chain.snapshot()
    told, _ = tell(13, 5)
    late = Deployment(31_337, HUB, EXTENSION, 4)
    for _ in range(3):
        chain.mine()
    chain.mine_all(told)
    async with indexing(chain.url, engine, deployment=late) as indexer:
        await indexer.backfill_to_head()
    before = content(engine)
    chain.revert(genesis)
    for _ in range(15):
        chain.mine(later=1)
    async with indexing(chain.url, engine, deployment=late) as indexer:
        with pytest.raises(NoCommonBlockError) as caught:
            await indexer.backfill_to_head()
    assert "--database-url" in caught.value.remedy
    assert content(engine) == before


async def test_token_that_says_nothing_of_itself_is_shown_in_units(engine: Engine, chain: PaperChain) -> None:
    told, _ = tell(14, 2)
    chain.mine_all(told)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
    with engine.connect() as connection:
        token = connection.execute(select(Token.symbol, Token.decimals).where(Token.address == USDC)).one()
    assert tuple(token) == ("0x000000", 0)
