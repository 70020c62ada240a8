"""The keeper is killed at every statement to its database and at every request to its node, in turn.

Whatever had been done by then, a keeper that starts on the same database does the rest, once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from inbox.migrations import upgrade
from inbox.models import Attempt, SenderNonce, Transaction
from indexer.ledger.database import open_engine
from simulation.killing import Crash, CrashingRpc
from tests.databases import holds
from tests.e2e.stage import Stage
from tests.keeper.world import World, all_different

FOLLOWERS = 4
"""One batch more than the leader's own."""


@contextmanager
def dies_at_statement(engine: Engine, number: int, *, after: bool) -> Iterator[list[int]]:
    """Kills whoever uses the engine at the statement of this number; counts them."""
    count = [0]

    def strike(*_: Any) -> None:
        count[0] += 1
        if count[0] == number:
            raise Crash

    name = "after_cursor_execute" if after else "before_cursor_execute"
    event.listen(engine, name, strike)
    try:
        yield count
    finally:
        event.remove(engine, name, strike)


@contextmanager
def dies_at_commit(engine: Engine, number: int) -> Iterator[list[int]]:
    count = [0]

    def strike(_: Any) -> None:
        count[0] += 1
        if count[0] == number:
            raise Crash

    event.listen(engine, "commit", strike)
    try:
        yield count
    finally:
        event.remove(engine, "commit", strike)


async def live_until_killed(world: World, rpc: CrashingRpc | None = None) -> bool:
    """A keeper's life over an order, its fan-out and their confirmation; whether it was killed."""
    try:
        keeper = await world.keeper(rpc=rpc)
        await world.work(keeper)
    except Crash:
        return True
    return False


async def check(world: World, digest: str, vaults: list[int], where: str) -> None:
    """The next keeper does what is left, and everything has happened once."""
    await world.work(await world.keeper())
    assert world.states(digest)[-1] == "filled", where
    assert len(world.said("OrderFilled")) == 1, where
    assert all_different(world.copies()), where
    assert {vault for _, vault in world.copies()} == {1, *vaults}, where
    chain = world.stage.chain.w3.eth
    sender = world.stage.person("keeper").address
    used = chain.get_transaction_count(sender)
    with Session(world.engine) as session:
        rows = session.query(Transaction).order_by(Transaction.nonce).all()
        attempts = {each.transaction_id: each for each in session.query(Attempt)}
        leased = session.query(SenderNonce.next).scalar()
    # No gap and no nonce twice; whatever was signed is known, and nothing waits for ever.
    assert [row.nonce for row in rows] == list(range(used)), where
    assert leased == used, where
    assert all(row.state in {"mined", "final"} and row.id in attempts for row in rows), where
    failed = [row for row in rows if not row.succeeded]
    assert not failed, where


async def one_life(stage: Stage, engine: Engine, kill: Any) -> tuple[bool, World]:
    async with World.begin(stage, engine) as world:
        vaults = world.join(*(f"follower {at}" for at in range(FOLLOWERS)))
        digest = world.post(world.order(nonce=1))
        with kill(engine) as count:
            killed = await live_until_killed(world)
        if killed:
            await check(world, digest, vaults, f"killed at {count}")
        return killed, world


QUICK = [pytest.param(17, id="some"), pytest.param(1, id="every", marks=pytest.mark.deep)]
"""Every seventeenth place in each run of the suite, every one in `make test-deep`."""


@pytest.mark.parametrize("stride", QUICK)
@pytest.mark.parametrize("kind", ["before", "after", "commit"])
async def test_killed_at_any_statement_it_loses_nothing_and_repeats_nothing(
    deployed: Stage, tmp_path: Path, kind: str, stride: int
) -> None:
    number, killed = 1, True
    while killed:
        engine = open_engine(f"sqlite:///{tmp_path / f'{number}.db'}")
        holds(engine, "an inbox", upgrade)

        def kill(engine: Engine, at: int = number) -> Any:
            if kind == "commit":
                return dies_at_commit(engine, at)
            return dies_at_statement(engine, at, after=kind == "after")

        with deployed.story() as stage:
            killed, _ = await one_life(stage, engine, kill)
        engine.dispose()
        number += stride
    assert number > 20


@pytest.mark.parametrize("stride", QUICK)
@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_request_it_loses_nothing_and_repeats_nothing(
    deployed: Stage, tmp_path: Path, after: bool, stride: int
) -> None:
    number, killed = 1, True
    while killed:
        engine = open_engine(f"sqlite:///{tmp_path / f'{number}.db'}")
        holds(engine, "an inbox", upgrade)
        with deployed.story() as stage:
            async with World.begin(stage, engine) as world:
                vaults = world.join(*(f"follower {at}" for at in range(FOLLOWERS)))
                digest = world.post(world.order(nonce=1))
                rpc = CrashingRpc(stage.node.http_url, at=number, after=after)
                killed = await live_until_killed(world, rpc)
                if killed:
                    await check(world, digest, vaults, f"killed at request {number}")
        engine.dispose()
        number += stride
    assert number > 20
