"""Deep backfill takes logs on the node's word, without a header a block; the proof that follows finds every
omission and has it read again.
"""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from indexer.chain.errors import ChainMovedError, LyingNodeError
from indexer.decode.events import PolicySet
from indexer.ledger.models import Block, Reorg
from indexer.ledger.models import Deployment as DeploymentRow
from indexer.ledger.proof import Unproven
from simulation.proxy import Call, Fault, Proxy, honest
from tests.indexer.encoding import topic_of
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.story import tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import held
from tests.indexer.test_sync import index_anew

FINALITY = 9
WINDOW = FINALITY + 1


def unproven(engine: Engine) -> tuple[int | None, int | None]:
    with engine.connect() as connection:
        row = connection.execute(select(DeploymentRow.unproven_from, DeploymentRow.unproven_to)).one()
    return tuple(row)


def asked_headers(proxy: Proxy) -> int:
    return proxy.calls.get("eth_getBlockByNumber", 0)


@pytest.mark.parametrize("max_range", [3, 10_000])
async def test_deep_backfill_reads_a_header_a_range_and_the_ledger_is_the_same(
    engine: Engine, chain: PaperChain, proxy: Proxy, tmp_path: Path, max_range: int
) -> None:
    told, hub = tell(40, 60)
    chain.mine_all(told)
    height = chain.height
    async with indexing(proxy.url, engine, max_range=max_range, finality=FINALITY) as indexer:
        before = asked_headers(proxy)
        await indexer.backfill_to_head()
        ranges = -(-(height - WINDOW) // min(max_range, 64))
        assert asked_headers(proxy) - before <= ranges + WINDOW + 2
        assert held(engine) == hub.non_zero()
        assert unproven(engine) == (0, height - WINDOW)
        await indexer.prove()
    assert unproven(engine) == (None, None)
    async with indexing(chain.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
    assert content(engine) == await index_anew(chain, tmp_path, finality=FINALITY)


async def test_proof_goes_on_where_it_was_stopped(engine: Engine, chain: PaperChain) -> None:
    told, _ = tell(41, 20)
    chain.mine_all(told, gap=30)
    async with indexing(chain.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        assert await indexer.prove_some()
    after, last = unproven(engine)
    assert after == 200
    assert last == chain.height - WINDOW
    async with indexing(chain.url, engine, finality=FINALITY) as indexer:
        await indexer.prove()
    assert unproven(engine) == (None, None)


def omitting(name: str, *, block: int | None = None) -> Fault:
    """Leaves out one kind of event from every answer for the hub's address, if of a block only there."""
    topic = "0x" + topic_of(name).hex()

    def fault(call: Call, result: Any) -> Any:
        if call["method"] != "eth_getLogs" or "address" not in call["params"][0]:
            return result
        return [
            log
            for log in result
            if log["topics"][0] != topic or (block is not None and int(log["blockNumber"], 16) != block)
        ]

    return fault


async def test_omission_that_moves_no_money_is_found_by_the_proof_and_read_again(
    engine: Engine, chain: PaperChain, proxy: Proxy, tmp_path: Path
) -> None:
    """An older policy that a newer one replaced: no balance and no revision at the head misses it."""
    told, hub = tell(42, 60)
    chain.mine_all(told, each=1)
    seen = [
        number for number, events in enumerate(told) if any(isinstance(each, PolicySet) for each in events)
    ]
    assert len(seen) > 3
    block = 2 * seen[1] + 1
    lying = True

    def fault(call: Call, result: Any) -> Any:
        return omitting(PolicySet.__name__, block=block)(call, result) if lying else result

    proxy.fault = fault
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        incomplete = content(engine)
        lying = False
        await indexer.prove()
    assert unproven(engine) == (None, None)
    assert held(engine) == hub.non_zero()
    whole = await index_anew(chain, tmp_path, finality=FINALITY)
    assert incomplete["raw_logs"] != whole["raw_logs"]
    assert content(engine) == whole
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Reorg)) == 1


async def test_node_that_goes_on_omitting_is_refused_and_never_proven(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, _ = tell(43, 40)
    chain.mine_all(told, each=1)
    seen = [
        number for number, events in enumerate(told) if any(isinstance(each, PolicySet) for each in events)
    ]
    block = 2 * seen[1] + 1
    proxy.fault = omitting(PolicySet.__name__, block=block)
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        with pytest.raises(LyingNodeError, match=f"Block {block}"):
            await indexer.prove()
        assert indexer.checkpoint.number < block
        proxy.fault = honest
        await indexer.backfill_to_head()
        await indexer.prove()
    assert unproven(engine) == (None, None)


async def test_empty_answer_for_a_whole_deep_range_is_found(
    engine: Engine, chain: PaperChain, proxy: Proxy, tmp_path: Path
) -> None:
    told, hub = tell(44, 30)
    chain.mine_all(told, each=1)
    lies = 0

    def fault(call: Call, result: Any) -> Any:
        nonlocal lies
        if call["method"] == "eth_getLogs" and "fromBlock" in call["params"][0] and lies == 0:
            lies += 1
            # Its last block is proven by a header even here: all but that one are left out.
            return [log for log in result if log["blockNumber"] == call["params"][0]["toBlock"]]
        return result

    proxy.fault = fault
    async with indexing(proxy.url, engine, max_range=10, finality=FINALITY) as indexer:
        # The ledger contradicts it as soon as a fee is charged to a vault that was never opened.
        await indexer.backfill_to_head()
        await indexer.prove()
    assert lies == 1
    assert held(engine) == hub.non_zero()
    assert content(engine) == await index_anew(chain, tmp_path, finality=FINALITY)


def at_hash(number: int) -> Fault:
    def fault(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getLogs" and "address" in call["params"][0]:
            return [
                {**log, "blockHash": "0x" + "ab" * 32} if int(log["blockNumber"], 16) == number else log
                for log in result
            ]
        return result

    return fault


async def test_deep_logs_of_another_fork_are_found_by_the_proof(
    engine: Engine, chain: PaperChain, proxy: Proxy, tmp_path: Path
) -> None:
    told, _ = tell(45, 30)
    chain.mine_all(told, each=1)
    proxy.fault = at_hash(15)
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        proxy.fault = honest
        await indexer.prove()
    assert content(engine) == await index_anew(chain, tmp_path, finality=FINALITY)


async def test_last_block_of_a_deep_range_is_compared_with_its_header_at_once(
    engine: Engine, chain: PaperChain, proxy: Proxy
) -> None:
    told, _ = tell(46, 30)
    chain.mine_all(told, each=1, gap=0)
    proxy.fault = at_hash(chain.height - WINDOW)
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        with pytest.raises(ChainMovedError, match="another fork"):
            await indexer.backfill_to_head()
    assert held(engine) == {}


@pytest.mark.parametrize("bend", ["twice", "reversed", "two times"])
async def test_deep_answer_that_contradicts_itself_is_refused(
    engine: Engine, chain: PaperChain, proxy: Proxy, bend: str
) -> None:
    told, _ = tell(47, 30)
    chain.mine_all(told, each=1)

    def fault(call: Call, result: Any) -> Any:
        if call["method"] != "eth_getLogs" or "address" not in call["params"][0]:
            return result
        if bend == "twice":
            return [log for log in result for _ in range(2)]
        if bend == "reversed":
            return result[::-1]
        return [
            {**log, "blockTimestamp": hex(int(log["blockTimestamp"], 16) - 10**6 * at)}
            for at, log in enumerate(result)
        ]

    proxy.fault = fault
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        with pytest.raises((LyingNodeError, ChainMovedError)):
            await indexer.backfill_to_head()
    assert held(engine) == {}


async def test_node_whose_logs_tell_no_time_is_read_by_headers(
    engine: Engine, chain: PaperChain, proxy: Proxy, tmp_path: Path
) -> None:
    told, _ = tell(48, 30)
    chain.mine_all(told)

    def fault(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getLogs":
            for log in result:
                log.pop("blockTimestamp")
        return result

    proxy.fault = fault
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
    assert unproven(engine) == (None, None)
    assert content(engine) == await index_anew(chain, tmp_path, finality=FINALITY)


async def test_rollback_takes_what_is_unproven_with_it(engine: Engine, chain: PaperChain) -> None:
    told, _ = tell(49, 40)
    chain.mine_all(told, each=1, gap=0)
    async with indexing(chain.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        ledger = indexer._ledger
        assert ledger.unproven == Unproven(0, 30)
        ledger.roll_back(ledger.known_blocks(21, 1)[0])
        assert ledger.unproven == Unproven(0, 20)
        ledger.roll_back(ledger.known_blocks(1, 1)[0])
        assert ledger.unproven is None
        with engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(Block)) == 1
