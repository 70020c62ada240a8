"""Several nodes of one chain: the next is asked where one fails, and the head is what most of them have."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Engine

from demo.anvil import anvil
from demo.checkout import Checkout
from indexer.chain.endpoint import shown
from indexer.chain.errors import (
    NodeRefusedError,
    NodeUnreachableError,
    NoQuorumError,
    NotANodeError,
    WrongChainError,
)
from indexer.chain.ranges import Ranges
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.rpc import RpcClient
from indexer.chain.types import BlockLogs
from indexer.chain.wire import WireHeader
from indexer.sync.service import open_indexer
from simulation.proxy import Call, Fault, Proxy, RefusedError, honest
from tests.indexer.paper_chain import GENESIS_TIME, PaperChain
from tests.indexer.running import DEPLOYMENT, indexing
from tests.indexer.story import tell
from tests.indexer.test_faults import bend_logs, without_vaults
from tests.indexer.test_ledger import held
from tests.indexer.test_sync import until

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def proxies(chain: PaperChain) -> AsyncIterator[list[Proxy]]:
    """Three endpoints in front of one node."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Proxy(chain.url).running()) for _ in range(3)]


@pytest.fixture
def fork(tmp_path: Path) -> Iterator[PaperChain]:
    """Another node, which shares nothing but the genesis block with the first."""
    with anvil(Checkout.here().anvil, genesis_time=GENESIS_TIME, log=tmp_path / "fork.log") as running:
        paper = PaperChain(running.http_url)
        yield paper
        paper.close()


@dataclass(frozen=True)
class Part:
    first: int
    last: int
    blocks: list[BlockLogs]

    @property
    def log_count(self) -> int:
        return sum(len(block.logs) for block in self.blocks)


def away(call: Call, result: Any) -> Any:
    raise web.HTTPBadGateway


def urls(proxies: list[Proxy]) -> list[str]:
    return [each.url for each in proxies]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("https://user:secret@node.example/rpc", "https://***@node.example/rpc"),
        (f"https://node.example/v2/{KEY}", "https://node.example/v2/012***"),
        (f"https://node.example/?apikey={KEY}", "https://node.example/?apikey=***"),
        ("http://[::1]:8545", "http://[::1]:8545"),
        ("not a url", "not a url"),
    ],
)
def test_endpoint_is_named_without_its_secrets(url: str, name: str) -> None:
    assert shown(url) == name


async def test_error_names_every_endpoint_and_no_secret(chain: PaperChain) -> None:
    ones = (f"http://user:secret@127.0.0.1:1/{KEY}", "http://127.0.0.1:2")
    async with RpcClient(*ones, attempts=1) as rpc:
        with pytest.raises(NodeUnreachableError) as caught:
            await ChainReader(rpc).head()
    said = str(caught.value)
    assert "***@127.0.0.1:1" in said
    assert "127.0.0.1:2" in said
    assert "secret" not in said
    assert KEY not in said
    assert "--rpc-url" in caught.value.remedy


async def test_logs_longer_than_memory_allows_are_asked_for_in_parts(chain: PaperChain) -> None:
    told, _ = tell(5, 120)
    chain.mine_all(told, each=2, gap=0)
    last = 60
    watch = Watch(DEPLOYMENT.hub, ())

    async def read(rpc: RpcClient) -> list[BlockLogs]:
        reader = ChainReader(rpc)

        async def fetch(first: int, end: int) -> Part:
            return Part(first, end, await reader.logs_unproven(watch, first, end))

        return [
            block for part in [each async for each in Ranges().read(fetch, 1, last)] for block in part.blocks
        ]

    async with RpcClient(chain.url) as rpc:
        everything = await read(rpc)
    async with RpcClient(chain.url, longest_logs=20_000) as rpc:
        with pytest.raises(NodeRefusedError, match="sends more than"):
            await ChainReader(rpc).logs_unproven(watch, 1, last)
        in_parts = await read(rpc)
    with_logs = [[block.logs for block in blocks if block.logs] for blocks in (everything, in_parts)]
    assert with_logs[0] == with_logs[1] != []


@pytest.mark.parametrize("shape", [str, list[str], WireHeader])
async def test_null_is_no_answer_where_the_shape_has_none(proxies: list[Proxy], shape: type[Any]) -> None:
    proxies[0].fault = lambda call, result: None
    async with RpcClient(proxies[0].url, attempts=1) as rpc:
        with pytest.raises(NotANodeError, match="cannot be read"):
            await rpc.call("eth_chainId", [], shape)


async def test_next_endpoint_is_asked_where_one_fails_and_calls_stay_there(proxies: list[Proxy]) -> None:
    first, second, _ = proxies
    async with RpcClient(*urls(proxies)) as rpc:
        assert await rpc.call("eth_chainId", [], str) == "0x7a69"
        first.fault = away
        for _ in range(3):
            await rpc.call("eth_chainId", [], str)
        assert rpc.url == second.url
        assert first.calls["eth_chainId"] == 2  # the good one, and the one that failed
        assert second.calls["eth_chainId"] == 3


async def test_endpoint_that_fails_again_and_again_rests_and_comes_back(proxies: list[Proxy]) -> None:
    async with RpcClient(*urls(proxies[:2]), attempts=3) as rpc:
        first = rpc.endpoints[0]
        proxies[0].fault = away
        for _ in range(3):
            with pytest.raises(NodeUnreachableError):
                await rpc.ask(first, "eth_chainId", [[]], str)
        assert first.health.resting
        assert rpc.healthy == [rpc.endpoints[1]]
        assert first.health.score < rpc.endpoints[1].health.score
        proxies[0].fault = honest
        await until(lambda: not first.health.resting, 10)
        await rpc.ask(first, "eth_chainId", [[]], str)
        assert not first.health.in_a_row


async def test_refusal_of_one_endpoint_is_no_refusal_of_the_others(proxies: list[Proxy]) -> None:
    def pruned(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getCode":
            raise RefusedError("missing trie node")
        return result

    proxies[0].fault = pruned
    async with RpcClient(*urls(proxies)) as rpc:
        await ChainReader(rpc).code(DEPLOYMENT.hub)
        assert rpc.url == proxies[0].url  # it is good enough for everything else
        for proxy in proxies[1:]:
            proxy.fault = pruned
        with pytest.raises(NodeRefusedError, match="missing trie node"):
            await ChainReader(rpc).code(DEPLOYMENT.hub)


async def test_endpoint_of_another_chain_is_refused_even_if_another_is_right(
    engine: Engine, proxies: list[Proxy]
) -> None:
    proxies[1].fault = lambda call, result: "0x1" if call["method"] == "eth_chainId" else result
    with pytest.raises(WrongChainError, match=rf"{proxies[1].url} is on chain 1, not on 31337"):
        async with open_indexer(urls(proxies), engine, DEPLOYMENT):
            pass


async def test_endpoint_that_turns_out_to_be_of_another_chain_later_is_never_used(
    proxies: list[Proxy], chain: PaperChain
) -> None:
    chain.mine()
    proxies[1].fault = away
    async with RpcClient(*urls(proxies[:2]), attempts=1) as rpc:
        await rpc.require_chain(31_337)
        proxies[0].fault = away
        proxies[1].fault = lambda call, result: "0x1" if call["method"] == "eth_chainId" else result
        with pytest.raises(WrongChainError):
            await rpc.call("eth_blockNumber", [], str)
    assert "eth_blockNumber" not in proxies[1].calls


async def test_head_is_what_most_endpoints_have(
    proxies: list[Proxy], chain: PaperChain, fork: PaperChain
) -> None:
    for _ in range(4):
        chain.mine()
        fork.mine(later=1)
    async with RpcClient(fork.url, *urls(proxies[:2])) as rpc:
        head = await ChainReader(rpc).head()
        assert head.hash == chain.request("eth_getBlockByNumber", "latest", False)["hash"]
        assert rpc.url == proxies[0].url  # whoever is on a fork of its own is not asked first


async def test_head_of_one_node_that_runs_ahead_waits_for_a_second(
    proxies: list[Proxy], chain: PaperChain
) -> None:
    for _ in range(6):
        chain.mine()
    proxies[0].fault, proxies[1].fault = behind(chain, 4), behind(chain, 3)
    async with RpcClient(*urls(proxies)) as rpc:
        assert (await ChainReader(rpc).head()).number == 4
        assert [each.health.height for each in rpc.endpoints] == [4, 3, 6]
        # What has to be asked at that head is asked where it is.
        assert (await ChainReader(rpc).header(4)) is not None


def behind(chain: PaperChain, number: int) -> Fault:
    latest = chain.request("eth_getBlockByNumber", hex(number), False)

    def fault(call: Call, result: Any) -> Any:
        if call["method"] != "eth_getBlockByNumber":
            return result
        if call["params"][0] == "latest":
            return latest
        return None if int(call["params"][0], 16) > number else result

    return fault


async def test_two_endpoints_of_two_forks_have_no_head_in_common_that_is_new(
    proxies: list[Proxy], chain: PaperChain, fork: PaperChain
) -> None:
    for _ in range(20):
        chain.mine()
        fork.mine(later=1)
    async with RpcClient(proxies[0].url, fork.url, attempts=2) as rpc:
        with pytest.raises(NoQuorumError) as caught:
            await ChainReader(rpc).head()
    assert proxies[0].url in str(caught.value)
    assert fork.url in str(caught.value)
    assert "three endpoints outvote one" in caught.value.remedy


async def test_nodes_that_part_at_the_tip_agree_below_it(
    proxies: list[Proxy], chain: PaperChain, fork: PaperChain
) -> None:
    for paper in (chain, fork):
        for _ in range(5):
            paper.mine()
    assert chain.request("eth_getBlockByNumber", "0x5", False) == fork.request(
        "eth_getBlockByNumber", "0x5", False
    )
    fork.mine(later=1)
    chain.mine()
    async with RpcClient(proxies[0].url, fork.url) as rpc:
        assert (await ChainReader(rpc).head()).number == 5


async def test_silent_endpoint_does_not_outvote_for_ever(proxies: list[Proxy], chain: PaperChain) -> None:
    chain.mine()
    proxies[1].fault = away
    async with RpcClient(*urls(proxies[:2]), attempts=1) as rpc:
        reader = ChainReader(rpc)
        for _ in range(3):
            with pytest.raises(NoQuorumError):
                await reader.head()
        assert (await reader.head()).number == 1  # it rests now, and the other is all there is


async def test_ledger_is_whole_where_every_endpoint_fails_now_and_then(
    engine: Engine, proxies: list[Proxy], chain: PaperChain
) -> None:
    told, hub = tell(41, 30)
    chain.mine_all(told)

    def now_and_then(chance: random.Random) -> Fault:
        def fault(call: Call, result: Any) -> Any:
            if chance.random() < 0.05:
                raise web.HTTPServiceUnavailable
            return result

        return fault

    for at, proxy in enumerate(proxies):
        proxy.fault = now_and_then(random.Random(at))
    async with indexing(urls(proxies), engine, max_range=6) as indexer:
        await indexer.backfill_to_head()
    assert held(engine) == hub.non_zero()


async def test_endpoint_that_leaves_logs_out_is_left_for_another(
    engine: Engine, proxies: list[Proxy], chain: PaperChain
) -> None:
    told, hub = tell(42, 12)
    chain.mine_all(told)
    proxies[0].fault = bend_logs(without_vaults)
    async with indexing(urls(proxies), engine) as indexer:
        await indexer.backfill_to_head()
    assert held(engine) == hub.non_zero()


async def test_heads_go_on_when_the_websocket_is_that_of_a_node_on_another_fork(
    engine: Engine, proxies: list[Proxy], chain: PaperChain, fork: PaperChain
) -> None:
    told, hub = tell(43, 8)
    chain.mine_all(told[:4], each=1, gap=0)
    stop = asyncio.Event()
    pushing = fork.url.replace("http", "ws")
    async with indexing([*urls(proxies[:2]), fork.url], engine, ws_url=pushing) as indexer:
        following = asyncio.create_task(indexer.follow(stop))
        await until(lambda: indexer.checkpoint.number == 4)
        for at in range(4, 8):
            await asyncio.to_thread(chain.mine, [told[at]])
            await asyncio.to_thread(fork.mine)  # pushes a head that nobody else has
            await until(lambda at=at: indexer.checkpoint.number == at + 1)
        stop.set()
        await following
    assert held(engine) == hub.non_zero()
