"""Boards of leaders in memory: they choose as the database would, and are never older than what they show."""

import random
from decimal import Decimal
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, Float, and_, cast, insert, select
from sqlalchemy.orm import Session

from accounting.windows import WINDOWS
from api.leaders.boards import Boards
from api.leaders.query import METRIC_NAMES, LeadersFilter, LeadersQuery
from api.leaders.schemas import Leader, MetricName
from api.paging import decode_ranked
from api.schemas import Page
from api.snapshot import Snapshots
from indexer.decode import events as e
from indexer.derived.leaders import AMOUNTS, COUNTS
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.models import LeaderMetrics, Strategy, Vault
from protocol.types import Reason, VaultStatus
from tests.api.world import LEADER, USD, USDC, WETH, Chain, address, empty_chain
from tests.indexer.blocks import DECODER, TOKENS
from tests.indexer.story import tell
from tests.indexer.test_derived import hourly
from tests.indexer.test_ledger import in_blocks, new_ledger

MANY = 60


def many_leaders(engine: Engine, chance: random.Random) -> None:
    """Strategies with metrics of few different values, so that many are alike, and some of none."""
    empty_chain(engine).mine([])
    place = {"deployment_id": 1, "block_number": 10, "log_index": 0, "block_time": 99, "tx_hash": "0x1"}
    offer = {"max_slippage_bps": 1, "max_drift_bps": 1, "copy_window": 1, "min_deposit": 0, "protocol_bps": 0}
    life = {
        "policy_revision": 0,
        "position": 0,
        "terms_version": 0,
        "copy_fee_bps": 0,
        "mark": 0,
        "invested": 0,
    }
    with engine.begin() as connection:
        for number in range(1, MANY + 1):
            leader, base = address(f"leader {number % 40}"), chance.choice([USDC, WETH])
            named = {"name": chance.choice(["Momentum", "Mean", "Élan", "100%"]), "leader": leader}
            ids = {"strategy_id": number, "leader_vault_id": number + 100, "base_token": base}
            connection.execute(insert(Strategy).values(**place, **offer, **named, **ids))
            status = chance.choice(["Active", "Left"])
            whose = {"vault_id": number + 100, "strategy_id": number, "owner": leader, "is_leader": True}
            connection.execute(insert(Vault).values(**place, **life, **whose, status=status))
            rows = [{**figures(chance), "window": window, "strategy_id": number} for window in WINDOWS]
            connection.execute(insert(LeaderMetrics), rows)


def figures(chance: random.Random) -> dict[str, Any]:
    facts = {"deployment_id": 1, "as_of_block": 10, "as_of_time": 99, "due": 0, "followers_time": 99}
    facts |= {"history_days": chance.randrange(4), "bars": "", "warnings": "", "made": 1}
    found: dict[str, Any] = {}
    for name in METRIC_NAMES:
        value = chance.choice([-2, -1, 0, 1, 2, 3, None, None])
        scaled = None if value is None else value * 10**15 if name in AMOUNTS else value / 4
        found[name] = abs(value) if name in COUNTS and value is not None else scaled
    return facts | found


def asked(chance: random.Random) -> LeadersFilter:
    query: dict[str, Any] = {
        "window": chance.choice(WINDOWS),
        "sort": chance.choice(METRIC_NAMES),
        "order": chance.choice(["asc", "desc"]),
        "limit": chance.choice([1, 7, 100]),
    }
    for name in chance.sample(get_args(MetricName), chance.randrange(4)):
        value = chance.choice([-1, 0, 1]) * 10**15 if name in AMOUNTS else chance.choice(["-0.5", "0.25"])
        query[f"{chance.choice(['min', 'max'])}_{name}"] = str(value)
    others = {"min_history_days": 2, "base_token": USDC, "closed": chance.random() < 0.5}
    others["search"] = chance.choice(["m", "é", "%", "0x", address("leader 7")[:6].lower()])
    for name in chance.sample(sorted(others), chance.randrange(3)):
        query[name] = others[name]
    return LeadersQuery.model_validate(query)


def by_sql(session: Session, query: LeadersFilter) -> list[int]:
    """Every strategy that is asked for, in order."""
    text = session.get_bind().dialect.name == "sqlite"

    def number(name: str) -> Any:
        column = getattr(LeaderMetrics, name)
        return cast(column, Float) if text and name in AMOUNTS else column

    chosen = (
        select(LeaderMetrics.strategy_id, Strategy.name, Strategy.leader)
        .join(Strategy, Strategy.strategy_id == LeaderMetrics.strategy_id)
        .join(Vault, and_(Vault.vault_id == Strategy.leader_vault_id))
        .where(LeaderMetrics.window == query.window)
    )
    for name, is_lower, value in query.bounds():
        bound = value if name in AMOUNTS and not text else float(value)
        chosen = chosen.where(number(name) >= bound if is_lower else number(name) <= bound)
    if query.min_history_days is not None:
        chosen = chosen.where(LeaderMetrics.history_days >= query.min_history_days)
    if query.base_token is not None:
        chosen = chosen.where(Strategy.base_token == query.base_token)
    if query.closed is not None:
        chosen = chosen.where((Vault.status == "Left") == query.closed)
    key = (number(query.sort), LeaderMetrics.strategy_id)
    order = [each.desc() if query.order == "desc" else each.asc() for each in key]
    found = session.execute(chosen.order_by(order[0].nulls_last(), order[1])).all()
    words = (query.search or "").lower()
    return [
        number
        for number, name, leader in found
        if words in name.lower() or (words.startswith("0x") and leader.lower().startswith(words))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_leaders_are_chosen_and_put_in_order_as_the_database_would(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    many_leaders(engine, chance)
    boards, sizes = Boards(), set()
    with Session(engine) as session, Snapshots(engine, None).open() as snapshot:
        for _ in range(150):
            query = asked(chance)
            board = boards.of(snapshot, query.window)
            found: list[int] = []
            after: tuple[str | None, int] | None = None
            while True:
                places = board.choose(query, after=after, limit=query.limit)
                found += board.columns.ids[places].tolist()
                if len(places) < query.limit:
                    break
                value = board.value(places[-1], query.sort)
                after = (None if value is None else repr(value), found[-1])
            assert found == by_sql(session, query), query
            sizes.add(len(found))
    assert len(sizes) > 20


def test_amounts_beyond_64_bits_are_told_apart_by_a_unit(engine: Engine) -> None:
    many_leaders(engine, random.Random(1))
    with engine.begin() as connection:
        for number in range(1, MANY + 1):
            change = LeaderMetrics.__table__.update().where(LeaderMetrics.strategy_id == number)
            connection.execute(change.values(own_stake=10**60 + number))
    with Snapshots(engine, None).open() as snapshot:
        board = Boards().of(snapshot, "all")
        asked = {"min_own_stake": str(10**60 + 7), "max_own_stake": f"{10**60 + 9}.5"}
        query = LeadersQuery.model_validate({"sort": "own_stake", **asked})
        places = board.choose(query, after=(str(10**60 + 9), 9), limit=9)
        assert board.columns.ids[places].tolist() == [8, 7]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_of_leaders_is_what_would_be_read_anew(engine: Engine, seed: int) -> None:
    told, _ = tell(seed, 220)
    blocks = hourly(in_blocks(told, random.Random(seed)))
    ledger, chance, at = new_ledger(engine), random.Random(seed), 0
    boards, snapshots, shown = Boards(), Snapshots(engine, None), 0
    while at < len(blocks):
        take = chance.choice([1, 5, 40])
        ledger.append(DECODER.decode(blocks[at : at + take]), TOKENS, blocks[-1].header)
        at = min(len(blocks), at + take)
        if at > 1 and chance.random() < 0.3:
            at -= chance.randint(1, min(at - 1, 20))
            last = blocks[at - 1].header
            ledger.roll_back(Checkpoint(last.number, last.hash, last.time))
        ledger.refresh_leaders(chance.choice([1, 3, 100]))
        if chance.random() < 0.5:
            continue
        for window in ("24h", "all"):
            with snapshots.open() as one, snapshots.open() as other:
                kept, anew = boards.of(one, window), Boards().of(other, window)
                places = range(len(anew.columns.ids))
                assert [kept.row(place) for place in places] == [anew.row(place) for place in places]
                assert kept.columns.ids.tolist() == anew.columns.ids.tolist()
                shown += len(places)
    assert shown > 5


def test_a_snapshot_that_is_older_than_what_is_known_begins_again(engine: Engine, chain: Chain) -> None:
    boards, snapshots = Boards(), Snapshots(engine, None)
    with snapshots.open() as old, snapshots.open() as shown:
        boards.of(shown, "all")
        before = shown.block.number
        chain.mine([e.VaultStatusSet(5, VaultStatus.LEFT, Reason.NONE)])
        with snapshots.open() as new:
            newest = {window: boards.of(new, window) for window in ("all", "7d")}
        assert boards.of(old, "all") is newest["all"]
        assert old.block.number == chain.number
        # One that has shown something goes on as of its own block.
        own = boards.of(shown, "7d")
        assert own is not newest["7d"]
        assert shown.block.number == before
        assert {own.row(at).status for at in range(2)} == {"Active"}
        assert {newest["7d"].row(at).status for at in range(2)} == {"Active", "Left"}


def test_a_page_is_written_as_its_model_would_be(client: TestClient, chain: Chain) -> None:
    for query in ("limit=1", "limit=5&sort=sharpe_ratio", "min_copiers=99"):
        body = client.get(f"/v1/leaders?{query}").content
        assert Page[Leader].model_validate_json(body).model_dump_json().encode() == body
        chain.mine([e.Allocated(1, LEADER, USDC, USD), e.VaultMarked(1, 10_001 * USD, 10_001 * USD)])


def test_a_cursor_names_the_last_leader_of_its_page(client: TestClient) -> None:
    answer = client.get("/v1/leaders?sort=own_stake&limit=1").json()
    name, last = "leaders by own_stake desc over 30d", answer["data"][0]
    stake = last["metrics"]["own_stake"]["units"]
    assert decode_ranked(name, answer["next_cursor"]) == (stake, last["strategy_id"])
    assert Decimal(stake) > 0
