"""Of two indexers started on one ledger one writes; the other says who does, and takes over from the dead."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from indexer.ledger.database import open_engine
from indexer.ledger.leases import Holder, take_lease
from indexer.ledger.migrations import upgrade
from indexer.ledger.models import Lease as LeaseRow
from indexer.sync.errors import LeaseHeldError, LeaseLostError
from indexer.sync.lease import Lease
from indexer.sync.service import open_indexer
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import DEPLOYMENT
from tests.indexer.story import HUB, address, tell
from tests.indexer.test_ledger import held

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = Holder("11111111-1111-1111-1111-111111111111", "otherbox/boot/pid", 77, "12")


def lease(engine: Engine, *, length_s: float = 30, heartbeat_s: float = 5) -> Lease:
    return Lease(engine, 1, HUB, length_s=length_s, heartbeat_s=heartbeat_s)


def rows(engine: Engine) -> list[tuple[int, str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(LeaseRow.pid, LeaseRow.holder_id))]


async def test_second_is_told_who_writes_and_what_to_do(engine: Engine) -> None:
    upgrade(engine)
    first, second = lease(engine), lease(engine)
    async with first.kept():
        first.take()
        with pytest.raises(
            LeaseHeldError, match=f"Process {os.getpid()} on .* has written .*{HUB}"
        ) as caught:
            second.take()
        assert "stop it and start this one again" in caught.value.remedy
    async with second.kept():
        second.take()  # given back: free at once
    assert rows(engine) == []


async def test_ledgers_of_two_hubs_have_a_lease_each(engine: Engine) -> None:
    upgrade(engine)
    lease(engine).take()
    Lease(engine, 1, address(5)).take()
    Lease(engine, 2, HUB).take()
    assert len(rows(engine)) == 3


async def test_lease_of_another_machine_is_waited_for_until_it_expires(engine: Engine) -> None:
    upgrade(engine)
    take_lease(engine, 1, HUB, ELSEWHERE, 500_000)
    with pytest.raises(LeaseHeldError, match="Process 77 on otherbox") as caught:
        lease(engine).take()
    assert "ends in 1 s" in caught.value.remedy
    await asyncio.sleep(0.6)
    lease(engine).take()
    assert rows(engine)[0][0] == os.getpid()


async def test_heartbeat_keeps_the_lease_beyond_its_length(engine: Engine) -> None:
    upgrade(engine)
    first = lease(engine, length_s=0.6, heartbeat_s=0.1)
    async with first.kept():
        first.take()
        await asyncio.sleep(1.0)
        with pytest.raises(LeaseHeldError):
            lease(engine).take()


async def test_whoever_lost_the_lease_stops(engine: Engine) -> None:
    upgrade(engine)
    first = lease(engine, length_s=0.2, heartbeat_s=0.4)  # as after a sleep: the heartbeat comes too late

    async def work() -> None:
        async with first.kept():
            first.take()
            await asyncio.sleep(0.25)
            assert take_lease(engine, 1, HUB, ELSEWHERE, 10**7).holder == ELSEWHERE
            await asyncio.sleep(5)
            pytest.fail("it went on")

    with pytest.raises(LeaseLostError) as caught:
        await work()
    assert "Let one indexer run" in caught.value.remedy
    assert rows(engine) == [(77, ELSEWHERE.id)]  # not given back: it is another's now


async def test_cancelling_from_outside_is_no_lost_lease(engine: Engine) -> None:
    upgrade(engine)

    async def work() -> None:
        first = lease(engine)
        async with first.kept():
            first.take()
            await asyncio.sleep(60)

    working = asyncio.create_task(work())
    await asyncio.sleep(0.2)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert rows(engine) == []


HOLD = """
import sys, time
from indexer.ledger.database import open_engine
from indexer.sync.lease import Lease
Lease(open_engine(sys.argv[1]), 1, sys.argv[2]).take()
print("taken", flush=True)
time.sleep(60)
"""


def test_lease_of_a_process_that_was_killed_is_taken_over_at_once(engine: Engine, database_url: str) -> None:
    upgrade(engine)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, database_url, HUB], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "taken\n"
        with pytest.raises(LeaseHeldError, match=f"Process {process.pid}"):
            lease(engine).take()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()
    lease(engine).take()
    assert rows(engine)[0][0] == os.getpid()


def test_process_number_that_another_program_has_now_is_no_living_holder(engine: Engine) -> None:
    upgrade(engine)
    lease(engine).take()
    with engine.begin() as connection:
        connection.execute(update(LeaseRow).values(begun="1"))
    lease(engine).take()


def test_many_at_once_and_one_gets_it(engine: Engine) -> None:
    upgrade(engine)

    async def rush() -> int:
        async def one(number: int) -> bool:
            holder = replace(ELSEWHERE, id=str(number))
            found = await asyncio.to_thread(take_lease, engine, 1, HUB, holder, 10**7)
            return found.holder == holder

        return sum(await asyncio.gather(*(one(number) for number in range(8))))

    assert asyncio.run(rush()) == 1


async def test_second_indexer_is_refused_and_the_first_goes_on(engine: Engine, chain: PaperChain) -> None:
    told, hub = tell(51, 10)
    chain.mine_all(told[:5], each=1)
    async with open_indexer(chain.url, engine, DEPLOYMENT) as indexer:
        await indexer.backfill_to_head()
        with pytest.raises(LeaseHeldError):
            async with open_indexer(chain.url, engine, DEPLOYMENT):
                pytest.fail("a second one was let in")
        chain.mine_all(told[5:], each=1)
        await indexer.backfill_to_head()
    assert held(engine) == hub.non_zero()


def test_command_says_who_holds_the_ledger_and_ends_with_one(
    chain: PaperChain, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "deployment.json"
    file.write_text(
        f'{{"chain_id": 31337, "hub": "{HUB}", "extension": "{DEPLOYMENT.extension}", "block": 1}}'
    )
    code = "from cli.main import main; main()"
    options = ["--rpc-url", chain.url, "--database-url", database_url, "--deployment", str(file)]
    start = [sys.executable, "-W", "ignore", "-c", code, "index", *options]
    first = subprocess.Popen(start, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        engine = open_engine(database_url)
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            with engine.connect() as connection:
                if engine.dialect.has_table(connection, "leases") and rows(engine):
                    break
            time.sleep(0.1)
        engine.dispose()
        second = subprocess.run(start, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    finally:
        first.send_signal(signal.SIGINT)
        first.wait(30)
    assert second.returncode == 1
    assert f"Process {first.pid} on" in second.stderr
    assert "One indexer is enough" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.returncode == 0
