"""A node that lies, lags, limits or fails is never believed: an error says what to do, and nothing is
written.
"""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Engine

from indexer.chain.bloom import may_contain
from indexer.chain.errors import (
    ChainError,
    ChainMovedError,
    LaggingNodeError,
    LyingNodeError,
    NodeUnreachableError,
    NotANodeError,
)
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.rpc import RpcClient
from indexer.decode.events import Deposited, VaultOpened
from indexer.ledger.errors import InvariantError
from simulation.proxy import Call, Proxy, RefusedError
from tests.indexer.encoding import topic_of
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.story import USDC, address, tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import held

Bend = Callable[[list[Any]], list[Any]]


def bend_logs(bend: Bend) -> Callable[[Call, Any], Any]:
    """Bends every answer of `eth_getLogs` for one address, not the unfiltered ones."""

    def fault(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getLogs" and "address" in call["params"][0]:
            return bend(result)
        return result

    return fault


def without_vaults(logs: list[Any]) -> list[Any]:
    topic = "0x" + topic_of(VaultOpened.__name__).hex()
    return [log for log in logs if log["topics"][0] != topic]


def of_another_fork(logs: list[Any]) -> list[Any]:
    return [{**log, "blockHash": "0x" + "ab" * 32} for log in logs]


def of_another_address(logs: list[Any]) -> list[Any]:
    return [{**log, "address": USDC} for log in logs]


def reversed_in_block(logs: list[Any]) -> list[Any]:
    return logs[::-1]


def twice(logs: list[Any]) -> list[Any]:
    return [log for log in logs for _ in range(2)]


@pytest.mark.parametrize("max_range", [1, 500], ids=["by block", "by range"])
@pytest.mark.parametrize(
    ("bend", "error"),
    [
        (lambda _: [], LyingNodeError),
        (without_vaults, LyingNodeError),
        (lambda logs: logs[:-1], (LyingNodeError, InvariantError)),
        (twice, LyingNodeError),
        (reversed_in_block, LyingNodeError),
        (of_another_address, LyingNodeError),
        (of_another_fork, ChainMovedError),
    ],
    ids=["none", "one event missing", "cut", "twice", "reversed", "another address", "another fork"],
)
async def test_logs_that_the_headers_contradict_are_not_believed(
    engine: Engine,
    chain: PaperChain,
    proxy: Proxy,
    *,
    bend: Bend,
    error: type[ChainError] | tuple[type[Exception], ...],
    max_range: int,
) -> None:
    told, hub = tell(21, 6)
    chain.mine_all(told, each=6)
    async with indexing(proxy.url, engine, max_range=max_range) as indexer:
        before = content(engine)
        proxy.fault = bend_logs(bend)
        with pytest.raises(error):
            await indexer.backfill_to_head()
        assert content(engine) == before
        proxy.fault = lambda call, result: result
        await indexer.backfill_to_head()
    assert held(engine) == hub.non_zero()


async def test_a_lie_that_passes_is_asked_again_and_the_ledger_is_whole(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, hub = tell(22, 10)
    chain.mine_all(told)
    lies = 2

    def fault(call: Call, result: Any) -> Any:
        nonlocal lies
        if call["method"] == "eth_getLogs" and lies:
            lies -= 1
            return []
        return result

    proxy.fault = fault
    async with indexing(proxy.url, engine) as indexer:
        await indexer.backfill_to_head()
    assert lies == 0
    assert held(engine) == hub.non_zero()


async def test_bits_that_merely_coincide_are_no_lie(engine: Engine, chain: PaperChain, proxy: Proxy) -> None:
    """The watched address is silent, but the block's bloom happens to have its bits."""
    told, _ = tell(23, 2)
    chain.mine_all(told, each=2)
    async with RpcClient(proxy.url) as rpc:
        reader = ChainReader(rpc)
        headers = await reader.headers(1, 1)
        silent = colliding_address(headers[0].logs_bloom)
        before = proxy.calls.get("eth_getLogs", 0)
        blocks = await reader.logs(Watch(silent, ()), headers)
    assert blocks[0].logs == ()
    assert proxy.calls["eth_getLogs"] - before == 2


def colliding_address(bloom: int) -> str:
    """An address whose three bits are all set by other items' bits. The block's many items make one easy to
    find.
    """
    return next(address(seed) for seed in range(2**20, 2**22) if may_contain(bloom, seed.to_bytes(20)))


async def test_block_that_the_node_does_not_have_is_not_taken_for_empty(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, _ = tell(24, 6)
    chain.mine_all(told)

    def fault(call: Call, result: Any) -> Any:
        missing = call["method"] == "eth_getBlockByNumber" and call["params"][0] == "0x3"
        return None if missing else result

    proxy.fault = fault
    async with indexing(proxy.url, engine) as indexer:
        with pytest.raises(LaggingNodeError, match="no block 3") as caught:
            await indexer.backfill_to_head()
    assert caught.value.remedy
    assert held(engine) == {}


async def test_headers_of_two_forks_are_not_mixed(engine: Engine, chain: PaperChain, proxy: Proxy) -> None:
    told, _ = tell(25, 6)
    chain.mine_all(told)

    def fault(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getBlockByNumber" and call["params"][0] == "0x4":
            result["parentHash"] = "0x" + "cd" * 32
        return result

    proxy.fault = fault
    async with indexing(proxy.url, engine) as indexer:
        with pytest.raises(ChainMovedError, match="not a child"):
            await indexer.backfill_to_head()
    assert held(engine) == {}


async def test_limit_of_the_provider_is_found_and_kept(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, hub = tell(26, 30)
    chain.mine_all(told)

    def fault(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getLogs" and len(result) > 8:
            raise RefusedError("query returned more than 8 results")
        return result

    proxy.fault = fault
    async with indexing(proxy.url, engine) as indexer:
        # The founding block alone is over the limit: with one block there is nothing left to halve.
        with pytest.raises(ChainError, match="more than 8 results"):
            await indexer.backfill_to_head()
        assert indexer.checkpoint.number == 0

        def wider(call: Call, result: Any) -> Any:
            if call["method"] == "eth_getLogs" and len(result) > 25:
                raise RefusedError("query returned more than 25 results")
            return result

        proxy.fault = wider
        await indexer.backfill_to_head()
    assert held(engine) == hub.non_zero()


async def test_node_that_fails_for_a_moment_is_waited_for(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, hub = tell(27, 10)
    chain.mine_all(told)
    failures = {"eth_chainId": 1, "eth_getBlockByNumber": 1, "eth_getLogs": 1}

    def fault(call: Call, result: Any) -> Any:
        if failures.get(call["method"], 0):
            failures[call["method"]] -= 1
            raise web.HTTPTooManyRequests
        return result

    proxy.fault = fault
    async with indexing(proxy.url, engine) as indexer:
        await indexer.backfill_to_head()
    assert not any(failures.values())
    assert held(engine) == hub.non_zero()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:1", "does not answer"),
        ("http://no-such-host.invalid", "does not answer"),
        ("not a url", "is not a URL|does not answer"),
    ],
)
async def test_unreachable_node_says_which_and_what_to_do(engine: Engine, url: str, problem: str) -> None:
    with pytest.raises(NodeUnreachableError, match=problem) as caught:
        async with indexing(url, engine):
            pass
    assert "--rpc-url" in caught.value.remedy


async def test_web_page_is_no_node(engine: Engine, chain: PaperChain, proxy: Proxy) -> None:
    def page(call: Call, result: Any) -> Any:
        raise web.HTTPOk(text="<html>It works!</html>")

    proxy.fault = page
    with pytest.raises(NotANodeError, match="cannot be read") as caught:
        async with indexing(proxy.url, engine):
            pass
    assert "JSON-RPC" in caught.value.remedy


async def test_answer_of_another_shape_is_no_answer(engine: Engine, chain: PaperChain, proxy: Proxy) -> None:
    proxy.fault = lambda call, result: {"nonsense": 1} if call["method"] == "eth_getLogs" else result
    chain.mine_all([[Deposited(address(1), USDC, 1, address(2))]])
    async with indexing(proxy.url, engine) as indexer:
        with pytest.raises(NotANodeError):
            await indexer.backfill_to_head()
