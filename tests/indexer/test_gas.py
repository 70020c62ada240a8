"""What transactions cost: read from receipts after their blocks, believed where it agrees with header and raw
logs, gone with its block in a reorg, and read again where it could not be had.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from sqlalchemy import Engine, select, update

from indexer.ledger.database import open_engine
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import Block, RawLog, Transaction
from indexer.ledger.rebuild import rebuild
from simulation.proxy import Call, Fault, Proxy, honest
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.story import HUB, tell
from tests.indexer.tables import content, sent
from tests.indexer.test_sync import until

FINALITY = 9


def with_events(engine: Engine) -> dict[str, int]:
    """Transaction hash → block, of every transaction that the raw logs name."""
    with engine.connect() as connection:
        rows = connection.execute(select(RawLog.tx_hash, RawLog.block_number).distinct())
        return {tx_hash: number for tx_hash, number in rows}  # noqa: C416 (a row is no pair to mypy)


async def read(url: str, engine: Engine) -> None:
    async with indexing(url, engine, finality=FINALITY, pause_s=0.002) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()
        await indexer.read_gas()


async def test_every_transaction_with_events_costs_what_its_receipt_says(
    engine: Engine, chain: PaperChain
) -> None:
    told, _ = tell(60, 30)
    chain.mine_all(told)
    await read(chain.url, engine)
    found = {row["tx_hash"]: row for row in sent(engine)}
    assert found.keys() == with_events(engine).keys()
    for tx_hash, row in found.items():
        receipt = chain.request("eth_getTransactionReceipt", tx_hash)
        used, price = int(receipt["gasUsed"], 16), int(receipt["effectiveGasPrice"], 16)
        assert row["sender"] == to_checksum_address(receipt["from"])
        assert (row["gas_used"], row["gas_price"], row["data_fee"]) == (used, price, 0)
        assert row["paid"] == used * price > 0
        assert row["block_number"] == int(receipt["blockNumber"], 16)
        assert row["tx_index"] == int(receipt["transactionIndex"], 16)


async def test_rollup_asks_for_its_data_too(engine: Engine, chain: PaperChain, proxy: Proxy) -> None:
    told, _ = tell(60, 4)
    chain.mine_all(told)
    proxy.fault = changing(l1Fee="0x1234")
    await read(proxy.url, engine)
    for row in sent(engine):
        assert row["data_fee"] == 0x1234
        assert row["paid"] == row["gas_used"] * row["gas_price"] + 0x1234


def changing(number: int | None = None, **fields: Any) -> Fault:
    """Answers receipts, of one block or of all, with other fields."""

    def fault(call: Call, result: Any) -> Any:
        if call["method"] != "eth_getTransactionReceipt":
            return result
        if number is not None and int(result["blockNumber"], 16) != number:
            return result
        return {**result, **{name: new(result) if callable(new) else new for name, new in fields.items()}}

    return fault


def missing(number: int) -> Fault:
    def fault(call: Call, result: Any) -> Any:
        mine = call["method"] == "eth_getTransactionReceipt" and int(result["blockNumber"], 16) == number
        return None if mine else result

    return fault


LIES: dict[str, Callable[[int], Fault]] = {
    "no receipt": missing,
    "a log left out": lambda number: changing(number, logs=lambda said: said["logs"][1:]),
    "another log": lambda number: changing(
        number, logs=lambda said: [{**said["logs"][0], "data": "0x00"}, *said["logs"][1:]]
    ),
    "more gas than the block": lambda number: changing(
        number, gasUsed="0xffffffff", cumulativeGasUsed="0xffffffff"
    ),
    "more gas than up to it": lambda number: changing(
        number, gasUsed=lambda said: hex(int(said["cumulativeGasUsed"], 16) + 1)
    ),
    "no gas": lambda number: changing(number, gasUsed="0x0"),
    "cheaper than the block": lambda number: changing(number, effectiveGasPrice="0x1"),
    "another block": lambda number: changing(number, blockHash="0x" + "11" * 32),
    "another place": lambda number: changing(number, transactionIndex="0x63"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_receipt_that_contradicts_is_not_believed_and_asked_for_again_at_the_next_start(
    tmp_path: Path, chain: PaperChain, proxy: Proxy, lie: str
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    told, _ = tell(60, 24)
    chain.mine_all(told)
    async with indexing(chain.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
    number = sorted(with_events(engine).values())[4]
    expected = {tx_hash for tx_hash, block in with_events(engine).items() if block != number}
    proxy.fault = LIES[lie](number)
    await read(proxy.url, engine)
    assert {row["tx_hash"] for row in sent(engine)} == expected
    proxy.fault = honest
    await read(proxy.url, engine)
    assert {row["tx_hash"] for row in sent(engine)} == with_events(engine).keys()
    engine.dispose()


async def test_receipt_of_a_new_block_that_is_missing_is_asked_for_again_after_the_next(
    tmp_path: Path, chain: PaperChain, proxy: Proxy
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    told, _ = tell(60, 12)
    chain.mine_all(told, gap=0)
    proxy.fault = missing(chain.height)
    async with indexing(proxy.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        await indexer.read_gas()
        assert {row["block_number"] for row in sent(engine)} == set(range(1, chain.height))
        proxy.fault = honest
        chain.mine()
        await indexer.backfill_to_head()
        await indexer.read_gas()
    assert {row["tx_hash"] for row in sent(engine)} == with_events(engine).keys()
    engine.dispose()


async def test_reorg_takes_gas_back_with_its_blocks(
    engine: Engine, chain: PaperChain, tmp_path: Path
) -> None:
    told, _ = tell(60, 24)
    chain.mine_all(told[:16], gap=0)
    middle = chain.snapshot()
    chain.mine_all(told[16:], gap=0)
    await read(chain.url, engine)
    before = sent(engine)
    chain.revert(middle)
    chain.mine_all(told[16:], gap=0, later=3)
    chain.mine()
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
        assert sent(engine) == before[: len(sent(engine))] != before
        await indexer.prove()
        await indexer.read_gas()
    anew = open_engine(f"sqlite:///{tmp_path / 'anew.db'}")
    await read(chain.url, anew)
    assert sent(engine) == sent(anew) != before
    assert content(engine) == content(anew)
    anew.dispose()


async def test_gas_of_a_live_block_follows_it_and_a_rebuild_keeps_it(
    engine: Engine, chain: PaperChain
) -> None:
    told, _ = tell(60, 12)
    chain.mine_all(told[:8], gap=0)
    stop = asyncio.Event()
    async with indexing(chain.url, engine) as indexer:
        following = asyncio.create_task(indexer.follow(stop))
        await asyncio.to_thread(chain.mine_all, told[8:], gap=0)
        await until(lambda: len(sent(engine)) == len(told))
        stop.set()
        await following
    before = sent(engine)
    assert {row["tx_hash"] for row in before} == with_events(engine).keys()
    rebuild(Ledger(engine, 1), HUB)
    assert sent(engine) == before


async def test_gas_of_a_ledger_from_before_it_was_kept_is_read_afterwards(
    tmp_path: Path, chain: PaperChain
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    told, _ = tell(60, 12)
    chain.mine_all(told, gap=0)
    await read(chain.url, engine)
    before = sent(engine)
    with engine.begin() as connection:
        connection.execute(Transaction.__table__.delete())
        connection.execute(update(Block).values(seen_us=0))
    await read(chain.url, engine)
    assert sent(engine) == before
    engine.dispose()
