"""Discovery of leaders and their profiles, over the small chain of `world`."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from accounting.catalogue import METRICS
from api.leaders.schemas import MetricName, Metrics
from api.paging import decode_ranked, encode_ranked
from api.problems import InvalidCursorError
from indexer.decode import events as e
from indexer.ledger.models import Deployment, LeaderMetrics
from protocol.types import Reason, VaultStatus
from tests.api.world import CAROL, LEADER, START_TIME, USD, USDC, WETH, Chain

NAMES: tuple[str, ...] = get_args(MetricName)

OTHER_METRICS = update(Deployment).values(
    metrics_version=Deployment.metrics_version + 1, metrics_taken=Deployment.metrics_version + 1
)
"""Whoever makes metrics anew says so; here, that former ones are no longer true."""


def leaders(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/v1/leaders?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def ids(client: TestClient, query: str) -> list[int]:
    return [row["strategy_id"] for row in leaders(client, query)]


def test_a_row_has_the_metrics_of_its_window(client: TestClient) -> None:
    found = {row["strategy_id"]: row for row in leaders(client, "window=24h")}
    first = found[1]
    assert (first["name"], first["leader"], first["closed"]) == ("Momentum", LEADER, False)
    assert first["bars"] == ["short_history", "few_trades"]
    figures = first["metrics"]
    # 5,000 of 10,000 into ether at 2,004.81, all of it out at 2,200; then 1,000 for 0.45 ether, at 2,202.64.
    assert figures["own_stake"]["units"] == "10477989426"
    assert figures["cumulative_return"] == "0.0477989426"
    assert (figures["closed_trades"], figures["win_rate"]) == (1, "1")
    assert figures["best_trade"] == "0.09736"  # 2.494 ether for 5,000, sold for 5,486.8
    # Alice, Carol, and Bob twice, one of his vaults paused.
    assert figures["copiers"] == 4
    # Fills 2 and 6 of 1-1, the same of 1-2; below_minimum_trade counts, paused and nothing_to_sell do not.
    assert figures["copy_quality"] == "0.8"
    assert found[2]["metrics"]["copiers"] == 0
    assert found[2]["metrics"]["copy_quality"] is None


def test_followers_results_are_spread_over_all_of_them(client: TestClient) -> None:
    """Bob's two vaults made nothing, Alice's and Carol's did."""
    figures = leaders(client, "window=all&search=Momentum")[0]["metrics"]
    shown = [
        client.get(f"/v1/vaults/{vault}/statement").json()["data"]["returns"]["time_weighted_return"]
        for vault in (2, 3, 4, 6)
    ]
    results = sorted(Decimal(each or 0) for each in shown)
    assert Decimal(figures["follower_time_weighted_median"]) == pytest.approx(
        (results[1] + results[2]) / 2, abs=Decimal("1e-11")
    )
    assert figures["follower_time_weighted_q1"] == "0"


def test_capital_under_copy_is_what_the_vaults_hold(client: TestClient) -> None:
    worth = sum(
        int(client.get(f"/v1/vaults/{vault}/statement").json()["data"]["profit"]["equity"]["units"])
        for vault in (2, 3, 4, 6)
    )
    found = leaders(client, "window=all&search=Momentum")[0]["metrics"]["capital_under_copy"]
    assert int(found["units"]) == worth


def test_every_metric_sorts_with_those_without_a_value_last(client: TestClient, engine: Engine) -> None:
    for name in NAMES:
        for order in ("asc", "desc"):
            check_order(client, engine, name, order)


def check_order(client: TestClient, engine: Engine, name: str, order: str) -> None:
    column = LeaderMetrics.__table__.columns[name]
    many = "9" * 30  # beyond 64 bits: text that would sort before 10
    low, high = (10, int(many)) if name.endswith(("amount", "copy", "stake")) else (3, 10)
    with engine.begin() as connection:
        connection.execute(OTHER_METRICS)
        for strategy_id, value in ((1, high), (2, low)):
            connection.execute(
                update(LeaderMetrics)
                .where(LeaderMetrics.strategy_id == strategy_id)
                .values({column.name: value})
            )
    expected = [2, 1] if order == "asc" else [1, 2]
    assert ids(client, f"sort={name}&order={order}") == expected
    first = client.get(f"/v1/leaders?sort={name}&order={order}&limit=1").json()
    rest = client.get(f"/v1/leaders?sort={name}&order={order}&limit=1&cursor={first['next_cursor']}").json()
    assert [row["strategy_id"] for row in first["data"] + rest["data"]] == expected
    assert rest["next_cursor"] is None
    assert ids(client, f"sort={name}&min_{name}={low + 1}") == [1]
    assert ids(client, f"sort={name}&max_{name}={low}.5") == [2]
    with engine.begin() as connection:
        connection.execute(OTHER_METRICS)
        connection.execute(
            update(LeaderMetrics).where(LeaderMetrics.strategy_id == expected[0]).values({column.name: None})
        )
    assert ids(client, f"sort={name}&order={order}") == [expected[1], expected[0]]
    assert ids(client, f"min_{name}=0") == [expected[1]]


def test_pages_go_through_those_without_a_value(client: TestClient) -> None:
    found, cursor = [], ""
    for _ in range(2):
        answer = client.get(f"/v1/leaders?sort=sharpe_ratio&limit=1{cursor}").json()
        found += [row["strategy_id"] for row in answer["data"]]
        cursor = f"&cursor={answer['next_cursor']}"
    assert (found, answer["next_cursor"]) == ([2, 1], None)


FILTERS: list[tuple[str, list[int]]] = [
    ("search=MOM", [1]),
    ("search=ati", [2]),
    ("search=%25", []),
    ("search=_", []),
    ("search=0x", [2, 1]),
    (f"search={LEADER[:12].lower()}", [1]),
    (f"search={CAROL}", [2]),
    (f"base_token={USDC}", [2, 1]),
    (f"base_token={WETH}", []),
    ("min_history_days=1", []),
    ("closed=true", []),
    ("closed=false", [2, 1]),
    ("min_copiers=1&max_copiers=4&min_win_rate=0.9&window=7d", [1]),
    ("min_own_stake=10477989427", []),
    ("min_own_stake=10477989426", [1]),
]


def test_filters(client: TestClient) -> None:
    assert {query: ids(client, query) for query, _ in FILTERS} == dict(FILTERS)


def test_a_closed_strategy_stays_and_says_so(client: TestClient, chain: Chain) -> None:
    chain.mine([e.VaultStatusSet(5, VaultStatus.LEFT, Reason.NONE)])
    assert {row["strategy_id"]: row["closed"] for row in leaders(client)} == {1: False, 2: True}
    assert ids(client, "closed=true") == [2]


def test_a_block_makes_anew_only_what_it_touched(client: TestClient, chain: Chain) -> None:
    before = {row["strategy_id"]: row["as_of_block"] for row in leaders(client)}
    chain.mine([e.Allocated(5, CAROL, USDC, USD), e.VaultMarked(5, 10_001 * USD, 10_001 * USD)])
    after = {row["strategy_id"]: row["as_of_block"] for row in leaders(client)}
    assert after == {1: before[1], 2: chain.number}
    chain.late += 3_600
    chain.mine([])
    assert {row["as_of_block"] for row in leaders(client)} == {chain.number}


def test_a_profile_has_all_windows_months_curve_mix_and_terms(client: TestClient) -> None:
    answer = client.get("/v1/leaders/1?window=24h")
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    assert [each["window"] for each in found["windows"]] == ["24h", "7d", "30d", "90d", "365d", "all"]
    assert found["months"] == [{"month": "2024-01", "time_weighted_return": "0.0477989426"}]
    ether, dollars = found["market_mix"]
    assert (ether["token"]["symbol"], ether["bought"]) == ("WETH", "1")
    assert (dollars["token"]["symbol"], dollars["bought"]) == ("USDC", "0")
    assert Decimal(ether["held"]) + Decimal(dollars["held"]) == 1
    stake = found["windows"][0]["metrics"]["own_stake"]
    assert found["curve"] == [
        {
            "time": "2024-01-05T12:01:36Z",
            "equity": stake,
            "net_deposits": stake | {"units": "10000000000", "decimal": "10000"},
            "growth": "1.0477989426",
            "drawdown": "0",
        }
    ]
    assert [each["terms"]["version"] for each in found["terms_history"]] == [1]
    assert found["terms_history"][0]["since"]["block"] == 11


def test_a_curve_has_the_ends_of_days_and_the_grid_their_months(client: TestClient, chain: Chain) -> None:
    chain.late += 40 * 86_400
    chain.mine([e.Allocated(1, LEADER, USDC, 500 * USD), e.VaultMarked(1, 10_500 * USD, 10_500 * USD)])
    found = client.get("/v1/leaders/1?window=all").json()["data"]
    assert len(found["curve"]) == 41
    assert [each["month"] for each in found["months"]] == ["2024-01", "2024-02"]
    assert found["curve"][0]["time"] == "2024-01-06T00:00:00Z"
    # What came in is no growth.
    assert {each["growth"] for each in found["curve"]} == {"1.0477989426"}
    equity = [int(each["equity"]["units"]) for each in found["curve"]]
    assert equity[-1] - equity[-2] == 500 * USD
    assert len(client.get("/v1/leaders/1?window=7d").json()["data"]["curve"]) == 8
    chain.late += 900 * 86_400
    chain.mine([])
    assert len(client.get("/v1/leaders/1?window=all").json()["data"]["curve"]) <= 400


BAD = [
    "window=1d",
    "sort=leader",
    "order=down",
    "min_win_rate=high",
    "min_win_rate=1e5",
    "min_win_rate=NaN",
    "min_own_stake=" + "9" * 79,
    "max_hope=1",
    "search=",
    "search=%00",
    "search=" + "x" * 65,
    "base_token=0x12",
    "min_history_days=-1",
    "closed=perhaps",
]


def test_bad_parameters_are_named(client: TestClient) -> None:
    for query in BAD:
        answer = client.get(f"/v1/leaders?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["at"] == "query." + query.split("=")[0]


def test_a_cursor_of_another_order_is_refused(client: TestClient) -> None:
    cursor = client.get("/v1/leaders?limit=1").json()["next_cursor"]
    for query in ("order=asc", "sort=win_rate", "window=7d"):
        answer = client.get(f"/v1/leaders?{query}&cursor={cursor}")
        assert answer.json()["type"] == "urn:lockstep:problem:invalid-cursor"


@given(text=st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        decode_ranked("leaders", text)


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "", "1;2", "9" * 91, "0x10"])
def test_a_cursor_with_no_number_is_refused(value: str) -> None:
    with pytest.raises(InvalidCursorError):
        decode_ranked("leaders", encode_ranked("leaders", value, 1))


def test_the_catalogue_is_served_and_has_every_metric_of_leaders(client: TestClient) -> None:
    rows = client.get("/v1/metrics").json()["data"]
    assert [row["id"] for row in rows] == [metric.id for metric in METRICS]
    columns = list(LeaderMetrics.__table__.columns.keys())
    assert list(NAMES) == list(Metrics.model_fields) == columns[columns.index("cumulative_return") :]
    assert START_TIME
