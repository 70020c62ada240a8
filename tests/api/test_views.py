"""The views for BI tools say what the API says, to the unit, on both databases; a reader sees them alone."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from indexer.decode import events as e
from indexer.ledger.database import open_engine
from protocol.types import FeeKind
from tests.api.test_paging import walk
from tests.api.world import CHAIN_ID, HUB, USD, USDC, Chain, fill_world

VIEWS = ("copies", "daily_equity", "fees", "fills", "positions", "postings", "tokens", "trades")


@pytest.fixture
def chain(engine: Engine) -> Chain:
    chain = fill_world(engine)
    chain.mine([e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 10 * USD, 2 * USD, 0)])
    chain.late += 86_400
    chain.mine([e.Deallocated(6, HUB, USDC, 7), e.VaultMarked(6, 1, 1)])
    return chain


def rows(engine: Engine, view: str, order: str = "block_number, log_index") -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM v1_{view} ORDER BY {order}")).mappings()  # noqa: S608
        return [dict(row) for row in found]


def same(row: dict[str, Any], name: str, amount: dict[str, Any]) -> None:
    """A view's amount is the API's, in units and in whole tokens."""
    assert int(row[f"{name}_units"]) == int(amount["units"])
    assert Decimal(row[name]) == Decimal(amount["decimal"])


def when(value: Any) -> datetime:
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


def test_trades_are_those_of_the_api(client: TestClient, engine: Engine) -> None:
    told = {each["id"]: each for each in walk(client, "/v1/trades", 100)}
    found = rows(engine, "trades")
    assert {row["trade"] for row in found} == told.keys()
    for row in found:
        trade = told[row["trade"]]
        assert (row["chain_id"], row["hub"]) == (CHAIN_ID, HUB)
        assert (row["kind"], row["begun_by"], row["status"]) == (trade["kind"], trade["by"], trade["status"])
        assert (row["symbol_in"], row["symbol_out"]) == (
            trade["token_in"]["symbol"],
            trade["token_out"]["symbol"],
        )
        assert Decimal(row["portion"]) == Decimal(trade["portion"])
        assert when(row["block_time"]) == when(trade["opened"]["time"])
        assert when(row["copy_deadline"]) == when(trade["copy_deadline"])


def test_copies_fills_and_copy_fees_are_those_of_the_api(client: TestClient, engine: Engine) -> None:
    trades = [each["id"] for each in walk(client, "/v1/trades", 100)]
    told = {
        (copy["trade"], copy["vault_id"]): copy
        for trade in trades
        for copy in walk(client, f"/v1/trades/{trade}/copies", 100)
    }
    copies = rows(engine, "copies")
    assert {(row["trade"], row["vault_id"]) for row in copies} == told.keys()
    for row in copies:
        copy = told[row["trade"], row["vault_id"]]
        reason = copy["reason"] and copy["reason"]["name"]
        assert (row["status"], row["reason"], row["owner"]) == (copy["status"], reason, copy["owner"])
        assert bool(row["is_leader"]) is copy["is_leader"]
        assert row["tx_hash"] == copy["event"]["transaction"]
    fills = rows(engine, "fills")
    assert len(fills) == sum(copy["status"] == "filled" for copy in told.values()) > 0
    for row in fills:
        fill = told[row["trade"], row["vault_id"]]["fill"]
        for name in ("sold", "fee", "bought"):
            same(row, name, fill[name])
        assert row["batch"] == fill["batch"]
    paid = {(r["trade"], r["vault_id"]): r for r in rows(engine, "fees") if r["kind"] == "copy"}
    charged = {
        key: copy["fill"]
        for key, copy in told.items()
        if copy["fill"] and copy["fill"]["fee"]["units"] != "0"
    }
    assert paid.keys() == charged.keys()
    for key, fill in charged.items():
        same(paid[key], "amount", fill["fee"])


def test_fees_add_up_to_those_of_the_strategy(client: TestClient, engine: Engine) -> None:
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(engine, "fees"):
        sums[row["kind"], row["token"]] += Decimal(row["amount"])
    told = client.get("/v1/strategies/1/fees").json()["data"]
    assert sums == {
        (each["source"], each["charged"]["token"]): Decimal(each["charged"]["decimal"]) for each in told
    }
    [gain] = [row for row in rows(engine, "fees") if row["kind"] == "performance"]
    assert int(gain["amount_units"]) == sum(
        int(gain[f"{part}_units"]) for part in ("to_leader", "to_protocol", "to_referrer")
    )


def test_positions_and_days_are_those_of_the_statements(client: TestClient, engine: Engine) -> None:
    held, days = defaultdict(list), defaultdict(list)
    for row in rows(engine, "positions", "vault_id"):
        held[row["vault_id"]].append(row)
    for row in rows(engine, "daily_equity", "vault_id, day"):
        days[row["vault_id"]].append(row)
    for vault in (1, 2, 3, 4, 5, 6):
        statement = client.get(f"/v1/vaults/{vault}/statement").json()["data"]
        told = {
            each["amount"]["token"]: each for each in statement["balances"] if each["amount"]["units"] != "0"
        }
        assert {row["token"] for row in held[vault]} == told.keys()
        for row in held[vault]:
            same(row, "amount", told[row["token"]]["amount"])
            if row["token"] != row["base_token"]:
                same(row, "cost_basis", told[row["token"]]["cost_basis"])
        last = days[vault][-1]
        same(last, "deposited", statement["flows"]["deposited"])
        same(last, "withdrawn", statement["flows"]["withdrawn"])
        same(last, "equity", statement["profit"]["equity"])
        points = client.get(f"/v1/vaults/{vault}/equity?window=all").json()["data"]
        if len(days[vault]) == 1:
            assert Decimal(last["growth"]) == pytest.approx(
                Decimal(points[-1]["growth"]), abs=Decimal("1e-12")
            )
    assert [str(row["day"]) for row in days[6]] == ["2024-01-05", "2024-01-06"]


def test_postings_have_names_and_sum_to_zero(client: TestClient, engine: Engine) -> None:
    found = rows(engine, "postings", "block_number, log_index, line")
    sums: defaultdict[tuple[int, int, str, str], Decimal] = defaultdict(Decimal)
    fees: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in found:
        sums[row["block_number"], row["entry_log_index"], row["purpose"], row["token"]] += Decimal(
            row["amount"]
        )
        assert Decimal(row["amount"]).scaleb(6 if row["symbol"] == "USDC" else 18) == int(row["amount_units"])
        if row["account_kind"] == "fee" and row["purpose"] != "fee_claim" and row["symbol"] == "USDC":
            fees[row["account"]] += Decimal(row["amount"])
    assert set(sums.values()) == {0}
    for recipient, credited in fees.items():
        [standing] = [
            each
            for each in client.get(f"/v1/fees/{recipient}").json()["data"]["standings"]
            if each["credited"]["token"] == USDC
        ]
        assert Decimal(standing["credited"]["decimal"]) == credited
    assert {row["trade"] for row in found if row["purpose"] == "sold"} == {"1-1", "1-2", "1-3"}
    assert all(row["owner"] for row in found if row["account_kind"] in {"vault", "account", "fee"})


def test_columns_are_those_of_the_guide(engine: Engine, chain: Chain) -> None:
    del chain
    guide = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text()
    told = re.findall(r"^\| `v1_(\w+)` \|[^|]*\| (.+) \|$", guide, re.MULTILINE)
    assert sorted(view for view, _ in told) == sorted(VIEWS)
    for view, words in told:
        columns = rows(engine, view, "1")[0].keys()
        assert {"chain_id", "hub"} <= columns
        named = set(re.findall(r"`(\w+)`", words))
        assert named <= columns, (view, named - columns)
        assert {
            f"{column.removesuffix('_units')}" for column in columns if column.endswith("_units")
        } <= named, view


EXTREMES = [
    (0, 18, "0"),
    (-1, 18, "-0.000000000000000001"),
    (2**256 - 1, 18, f"{(2**256 - 1) // 10**18}.584007913129639935"),
    (-(10**40), 6, "-" + "1" + "0" * 34),
    (5, 0, "5"),
    (1, 77, "0." + "0" * 76 + "1"),
]


def test_whole_tokens_are_exact_at_any_size(engine: Engine, chain: Chain) -> None:
    del chain
    for units, digits, shown in EXTREMES:
        with engine.begin() as connection:
            connection.execute(text("UPDATE tokens SET decimals = :digits"), {"digits": digits})
            value = str(units) if engine.dialect.name == "sqlite" else Decimal(units)
            connection.execute(text("UPDATE postings SET amount = :units"), {"units": value})
            found = connection.execute(text("SELECT amount_units, amount FROM v1_postings LIMIT 1")).one()
        assert (str(found[0]), f"{Decimal(found[1]):f}") == (str(units), shown)


def recipe(role: str) -> str:
    """What docs/operations.md tells an operator to run."""
    docs = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    found = docs.split("### Readers of the views")[1].split("```sql")[1].split("```")[0]
    return found.replace("lockstep_reader", role)


def test_a_reader_sees_the_views_alone(postgresql_url: str) -> None:
    owner = open_engine(postgresql_url)
    fill_world(owner)
    url = make_url(postgresql_url)
    role = f"reader_{url.database}"
    with owner.begin() as connection:
        connection.execute(text(recipe(role)))
    reader = open_engine(url.set(username=role).render_as_string(hide_password=False))
    try:
        for view in VIEWS:
            assert rows(reader, view, "1"), view
        for forbidden in (
            "SELECT * FROM postings",
            "SELECT * FROM raw_logs",
            "DELETE FROM postings",
            "CREATE TABLE mine (x int)",
        ):
            with (
                reader.connect() as connection,
                pytest.raises(DBAPIError, match=r"permission denied|read-only"),
            ):
                connection.execute(text(forbidden))
    finally:
        reader.dispose()
        with owner.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}; DROP ROLE {role}"))
        owner.dispose()
