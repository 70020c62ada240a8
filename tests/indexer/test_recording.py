"""A ledger that starts from a file of raw logs is the one that the node alone would have given; a file is
believed no further than a node.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, select

from indexer.ledger import recording as recordings
from indexer.ledger.database import open_engine
from indexer.ledger.errors import RecordingError
from indexer.ledger.models import RawLog, Reorg
from indexer.ledger.recording import Recording, write_recording
from simulation.proxy import Call, Proxy
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import DEPLOYMENT, indexing
from tests.indexer.story import tell
from tests.indexer.tables import content

FINALITY = 9

Bend = Callable[[pa.Table], pa.Table]


@pytest.fixture
async def recorded(
    engine: Engine, chain: PaperChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Engine, Path]:
    """A ledger of some 30 blocks below finality, and a file of its raw logs in several row groups."""
    told, _ = tell(71, 80)
    chain.mine_all(told, each=2, gap=0)
    async with indexing(chain.url, engine, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()
    monkeypatch.setattr(recordings, "_LOGS_AT_ONCE", 50)
    path = tmp_path / "logs.parquet"
    logs = write_recording(engine, 1, path)
    with engine.connect() as connection:
        assert logs == connection.scalar(select(func.count()).select_from(RawLog))
    assert pq.ParquetFile(path).num_row_groups > 3
    return engine, path


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'second.db'}")
    yield engine
    engine.dispose()


async def index(url: str, engine: Engine, path: Path) -> None:
    async with indexing(url, engine, finality=FINALITY, recording=Recording(path)) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()


def bent(path: Path, bend: Bend) -> Path:
    """The same file with other rows."""
    table = bend(pq.read_table(path))
    other = path.with_name("bent.parquet")
    pq.write_table(table, other)
    return other


async def test_ledger_from_a_file_is_that_from_the_node_which_is_asked_for_no_old_log(
    recorded: tuple[Engine, Path], chain: PaperChain, proxy: Proxy, second: Engine
) -> None:
    first, path = recorded
    asked: list[int] = []

    def watch(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getLogs" and "fromBlock" in call["params"][0]:
            asked.append(int(call["params"][0]["fromBlock"], 16))
        return result

    for _ in range(3):  # the file ends below the head
        chain.mine()
    proxy.fault = watch
    await index(proxy.url, second, path)
    assert asked
    assert min(asked) >= chain.height - FINALITY
    async with indexing(chain.url, first, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
    assert content(second) == content(first)


async def test_node_is_asked_for_what_comes_after_the_file(
    recorded: tuple[Engine, Path], chain: PaperChain, second: Engine
) -> None:
    first, path = recorded
    more, _ = tell(71, 160)
    chain.mine_all(more[80:], each=2, gap=1)
    await index(chain.url, second, path)
    async with indexing(chain.url, first, finality=FINALITY) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()
    assert content(second) == content(first)


def without_a_block(table: pa.Table) -> pa.Table:
    numbers = table.column("block_number").to_pylist()
    left_out = numbers[len(numbers) // 3]
    return table.filter(pa.array([number != left_out for number in numbers]))


def with_another_hash(table: pa.Table) -> pa.Table:
    numbers = table.column("block_number").to_pylist()
    other = numbers[len(numbers) // 3]
    hashes = table.column("block_hash").to_pylist()
    changed = ["0x" + "ab" * 32 if at == other else each for at, each in zip(numbers, hashes, strict=True)]
    return table.set_column(1, table.schema.field(1), pa.array(changed))


@pytest.mark.parametrize("bend", [without_a_block, with_another_hash])
async def test_what_a_file_leaves_out_or_makes_up_is_found_by_the_headers(
    recorded: tuple[Engine, Path], chain: PaperChain, second: Engine, bend: Bend
) -> None:
    first, path = recorded
    await index(chain.url, second, bent(path, bend))
    assert content(second) == content(first)


def backwards(table: pa.Table) -> pa.Table:
    return table.take(pa.array(range(table.num_rows - 1, -1, -1)))


def twice(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(0, 3), table])


def with_odd_hashes(table: pa.Table) -> pa.Table:
    return table.set_column(3, table.schema.field(3), pa.array(["0xnone"] * table.num_rows))


def with_fewer_columns(table: pa.Table) -> pa.Table:
    return table.drop_columns(["data"])


def of_no_ledger(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata(None)


def of_another_hub(table: pa.Table) -> pa.Table:
    said = table.schema.metadata[b"lockstep_raw_logs"].replace(DEPLOYMENT.hub.encode(), b"0x" + b"11" * 20)
    return table.replace_schema_metadata({b"lockstep_raw_logs": said})


def of_another_chain_end(table: pa.Table) -> pa.Table:
    known = table.schema.metadata[b"lockstep_raw_logs"].decode()
    start = known.index('"last_hash": "0x') + len('"last_hash": "0x')
    return table.replace_schema_metadata(
        {b"lockstep_raw_logs": (known[:start] + "cd" * 32 + known[start + 64 :]).encode()}
    )


@pytest.mark.parametrize(
    ("bend", "problem"),
    [
        (backwards, "twice or out of order|no proper logs"),
        (twice, "twice or out of order|no proper logs"),
        (with_odd_hashes, "no proper logs"),
        (with_fewer_columns, "other columns"),
        (of_no_ledger, "is not a file of raw logs"),
        (of_another_hub, "not of hub"),
        (of_another_chain_end, "which the chain does not have"),
    ],
)
async def test_file_that_is_not_what_it_should_be_is_refused(
    recorded: tuple[Engine, Path], chain: PaperChain, second: Engine, bend: Bend, problem: str
) -> None:
    with pytest.raises(RecordingError, match=problem) as caught:
        await index(chain.url, second, bent(recorded[1], bend))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[: len(whole) // 2], lambda whole: b"", lambda whole: b"x" * 99]
)
def test_damaged_file_is_refused(recorded: tuple[Engine, Path], damage: Callable[[bytes], bytes]) -> None:
    path = recorded[1]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RecordingError, match=r"cannot be read|not a file"):
        Recording(path)


def test_row_group_too_large_for_memory_is_refused(
    recorded: tuple[Engine, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "_MOST_BYTES", 1_000)
    with pytest.raises(RecordingError, match="row group"):
        next(Recording(recorded[1]).read(0, 100))


def test_nothing_is_written_over_and_nothing_is_left_unfinished(
    recorded: tuple[Engine, Path], tmp_path: Path
) -> None:
    engine, path = recorded
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="exists already"):
        write_recording(engine, 1, path)
    assert path.read_bytes() == before
    with pytest.raises(RecordingError, match="cannot be written"):
        write_recording(engine, 1, tmp_path / "nowhere" / "logs.parquet")
    assert not list(tmp_path.glob("**/*.part"))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Reorg)) == 0
