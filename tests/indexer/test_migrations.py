"""Migrations make exactly the tables of the models, on both databases, and refuse what they do not know."""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, insert, inspect, select, text

from indexer.ledger.database import open_engine
from indexer.ledger.errors import DatabaseUnavailableError, SchemaMismatchError
from indexer.ledger.migrations import downgrade, ensure_current, upgrade
from indexer.ledger.models import Base
from indexer.ledger.postings import HELD_BY_HUB
from indexer.ledger.rollback import BLOCK_TABLES
from protocol.identity import copy_id
from tests.indexer.blocks import CHAIN_ID
from tests.indexer.crashing import CRASHED, STRIDES, Places, crashing
from tests.indexer.story import HUB, tell
from tests.indexer.test_ledger import append, in_blocks, new_ledger


def test_migrated_tables_are_those_of_the_models(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_twice_changes_nothing_and_downgrade_removes_every_table(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    ensure_current(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def test_two_at_once_upgrade_once(postgresql_url: str) -> None:
    engines = [open_engine(postgresql_url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as pool:
        for done in [pool.submit(upgrade, each) for each in engines]:
            done.result()
    ensure_current(engines[0])
    for each in engines:
        each.dispose()


def test_newer_database_is_refused_and_left_alone(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for check in (upgrade, ensure_current):
        with pytest.raises(SchemaMismatchError, match="9999") as caught:
            check(engine)
        assert "newer" in caught.value.remedy
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_empty_database_is_not_current(engine: Engine) -> None:
    with pytest.raises(SchemaMismatchError, match="no ledger yet") as caught:
        ensure_current(engine)
    assert "lockstep index" in caught.value.remedy
    assert inspect(engine).get_table_names() == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://somewhere/db", "mysql"),
        ("://", "not a database URL"),
        ("sqlite:////no/such/folder/x.db", "cannot be opened"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be opened"),
    ],
)
def test_unusable_database_url_says_what_to_do(url: str, problem: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=problem) as caught:
        open_engine(url)
    assert caught.value.remedy


def test_rollback_covers_every_table_that_lives_and_dies_with_a_block() -> None:
    kept_on_purpose = {"orphaned_logs", "reconciliations"}
    by_block = {table.name for table in Base.metadata.tables.values() if "block_number" in table.columns}
    assert {table.__tablename__ for table in BLOCK_TABLES} == by_block - kept_on_purpose


def written_by_0001(connection: Connection) -> None:
    """What a ledger of copy fees alone held, in every table that the next version changes."""
    place = {"deployment_id": 1, "block_number": 7, "log_index": 3, "block_time": 99, "tx_hash": "0x77"}
    trade = {"trade_id": 2**32 + 1, "strategy_id": 1, "sequence": 1, "leader": "0xL", "pool": "0xP"}
    swap = {"token_in": "0xA", "token_out": "0xB"}
    offer = {"strategy_id": 1, "leader": "0xL", "leader_vault_id": 1, "base_token": "0xA", "copy_fee_bps": 30}
    offer |= {"max_slippage_bps": 100, "max_drift_bps": 50, "copy_window": 600}
    vault = {"strategy_id": 1, "owner": "0xO", "copy_fee_bps": 30, "status": "Active"}
    now = {"policy_revision": 1, "position": 0}
    amounts = {"amount_in": str(2**100), "amount_out": "5"}
    clearing = {"batch": 0, "venue": "0xV", "cursor": 1, "portion": 9}
    clearing |= {"dust_in": "0", "dust": "1", "copy_fees": "3", "oracle_out": "6"}
    copy = {"trade_id": 2**32 + 1, "strategy_id": 1, "policy_revision": 1, "fee": "3"}
    asked = {"portion": 9, "limit_price": str(2**200), "start_position": 0, "member_count": 1}
    hub = "0x" + "ab" * 20
    # Enough to sell what the copy says: read models are made of it when the tables are those of today.
    funds = [("account", "0xL", -1), ("vault", "1", 1)]
    money = {"deployment_id": 1, "token": "0xA"}
    line = {**money, "block_number": 7, "log_index": 2, "purpose": "allocation"}
    ids = {vault: copy_id(8453, hub, 2**32 + 1, vault, 1) for vault in (1, 2)}
    written: dict[str, list[dict[str, Any]]] = {
        "deployments": [{"id": 1, "chain_id": 8453, "hub": hub, "start_block": 1}],
        "entries": [{**place, "log_index": 2, "kind": "Allocated", "vault_id": 1, "owner": "0xL"}],
        "postings": [
            {**line, "line": at, "account_kind": kind, "account": account, "amount": str(sign * 2**101)}
            for at, (kind, account, sign) in enumerate(funds)
        ],
        "balances": [
            {**money, "account_kind": kind, "account": account, "amount": str(sign * 2**101)}
            for kind, account, sign in funds
        ],
        "strategies": [{**place, **offer, "min_deposit": str(2**90), "name": "Old"}],
        "vaults": [
            {**place, **vault, **now, "vault_id": 1, "is_leader": True, "copy_fee_bps": 0},
            {**place, **vault, **now, "vault_id": 2, "is_leader": False},
        ],
        "vault_states": [
            {**place, **now, "vault_id": 2, "event": "VaultOpened", "status": "Active"},
            {**place, **now, "log_index": 4, "vault_id": 2, "event": "VaultStatusSet", "status": "Paused"},
        ],
        "policies": [{**place, "vault_id": 2, "revision": 1, "min_trade": "4", "max_trade": str(2**127)}],
        "trades": [{**place, **trade, **swap, **asked, "copy_deadline": 100}],
        "clearings": [{**place, **swap, **clearing, **amounts, "trade_id": 2**32 + 1}],
        "copies": [
            {
                **place,
                **copy,
                **amounts,
                "vault_id": 1,
                "copy_id": ids[1],
                "status": "filled",
                "clearing_log_index": 3,
            },
            {
                **place,
                **copy,
                **amounts,
                "vault_id": 2,
                "copy_id": ids[2],
                "status": "skipped",
                "reason": "BelowMinimumTrade",
            },
        ],
    }
    tables = MetaData()
    tables.reflect(connection)
    for name, rows in written.items():
        for row in rows:
            connection.execute(insert(tables.tables[name]).values(row))


COUNTS = {"metrics_version", "metrics_taken"}


def stored(engine: Engine) -> dict[str, list[dict[str, str]]]:
    """All but how often leaders' metrics were made, which begins anew where the column does."""
    tables = MetaData()
    with engine.connect() as connection:
        parts = "SELECT CAST(CAST(inhrelid AS regclass) AS text) FROM pg_inherits"
        left_out = set(connection.scalars(text(parts))) if engine.dialect.name == "postgresql" else set()
        tables.reflect(connection, only=lambda name, _: name not in left_out)
        return {
            name: [
                {key: str(value) for key, value in row._mapping.items() if key not in COUNTS}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in tables.tables.items()
            if name != "alembic_version"
        }


@pytest.mark.parametrize("every", STRIDES)
def test_crash_before_every_statement_of_an_upgrade_with_data_changes_nothing(
    engine: Engine, every: int
) -> None:
    upgrade(engine, "0001")
    with engine.begin() as connection:
        written_by_0001(connection)
    before, places = stored(engine), Places(every)
    while True:
        with crashing(engine, places) as statements, suppress(*CRASHED):
            upgrade(engine)
            break
        engine.dispose()
        assert stored(engine) == before, statements.run[-1]
    assert len(statements.run) > 30
    assert len(statements.run) // every <= places.crashes
    ensure_current(engine)


def test_ledger_of_copy_fees_alone_is_taken_along_and_back(engine: Engine) -> None:
    upgrade(engine, "0001")
    with engine.begin() as connection:
        written_by_0001(connection)
    before = stored(engine)
    upgrade(engine)
    ensure_current(engine)
    now = stored(engine)
    [strategy], [terms], [trade] = now["strategies"], now["terms"], now["trades"]
    assert (strategy["protocol_bps"], strategy["min_deposit"]) == ("0", str(2**90))
    assert (terms["version"], terms["copy_bps"], terms["performance_bps"]) == ("1", "30", "0")
    names = ("terms_version", "copy_fee_bps", "mark", "referrer")
    assert [tuple(vault[name] for name in names) for vault in now["vaults"]] == [
        ("0", "0", "0", "None"),
        ("1", "30", "0", "None"),
    ]
    states = [(each["status"], each["terms_version"], each["copy_fee_bps"]) for each in now["vault_states"]]
    assert states == [("Active", "1", "30"), ("Paused", "1", "30")]
    [policy] = now["policies"]
    assert (policy["max_trade"], policy["sizing"], policy["cooldown"]) == (str(2**127), "proportional", "0")
    assert (trade["kind"], trade["by"], trade["limit_price"]) == ("leader", "0xL", str(2**200))
    assert [copy["reason"] for copy in now["copies"]] == ["None", "below_minimum_trade"]
    downgrade(engine, "0001")
    assert stored(engine) == before
    upgrade(engine)
    assert stored(engine) == now


@pytest.mark.parametrize("seed", [51, 52, 53])
def test_books_of_a_whole_story_are_taken_back_and_along(engine: Engine, seed: int) -> None:
    """Down, each copy has an entry of its own that sums to zero; up again, every row is what it was."""
    told, hub = tell(seed, 120)
    blocks = in_blocks(told, random.Random(seed))
    append(new_ledger(engine), blocks, random.Random(seed))
    now = stored(engine)
    downgrade(engine, "0004")
    before = stored(engine)
    assert {
        (row["account_kind"], row["account"], row["token"]): int(row["amount"])
        for row in before["balances"]
        if row["account_kind"] in HELD_BY_HUB
    } == hub.non_zero()
    sums: defaultdict[tuple[str, ...], int] = defaultdict(int)
    held: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for line in before["postings"]:
        place = (line["block_number"], line["log_index"])
        sums[(*place, line["token"], line["purpose"])] += int(line["amount"])
        held[line["account_kind"], line["account"], line["token"]] += int(line["amount"])
    assert set(sums.values()) == {0}
    assert {place[:2] for place in sums} == {
        (row["block_number"], row["log_index"]) for row in before["entries"]
    }
    assert {key: amount for key, amount in held.items() if amount} == {
        (row["account_kind"], row["account"], row["token"]): int(row["amount"]) for row in before["balances"]
    }
    fills = [row for row in before["copies"] if row["status"] == "filled"]
    assert len(fills) == sum(row["kind"] == "TradeCopied" for row in before["entries"]) > 20
    for row in before["copies"]:
        ids = (int(row[name]) for name in ("trade_id", "vault_id", "policy_revision"))
        assert row["copy_id"] == copy_id(CHAIN_ID, HUB, *ids)
    upgrade(engine)
    assert stored(engine) == now
    downgrade(engine, "0004")
    assert stored(engine) == before
