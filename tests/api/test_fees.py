"""Fees by recipient reconcile with the ledger's postings and balances, to the unit."""

from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from indexer.decode import events as e
from indexer.ledger.models import Balance, Fee, Posting
from protocol.types import FeeKind
from tests.api.test_paging import walk
from tests.api.test_problems import check
from tests.api.world import ALICE, CAROL, LEADER, NOBODY, TREASURY, USD, USDC, WETH, Chain


def data(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


TREASURYS = 3_600_001
"""All that the treasury has in USDC when it claims, as the hub would have it."""


@pytest.fixture(autouse=True)
def charged(chain: Chain) -> None:
    """Fees of every kind, in January and in March."""
    chain.mine(
        [
            e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 10 * USD, 2 * USD, 0),
            e.FeeCharged(6, USDC, FeeKind.MANAGEMENT, 3 * USD + 1, 600_000, 0),
        ]
    )
    chain.late += 60 * 86_400
    chain.mine(
        [
            e.FeeCharged(2, USDC, FeeKind.SUBSCRIPTION, USD, 200_000, 0),
            e.FeesClaimed(TREASURY, USDC, TREASURYS),
            e.FeeCharged(2, USDC, FeeKind.SUBSCRIPTION, USD, 200_000, 0),
        ]
    )


def units(found: Any) -> int:
    return int(found["units"])


def test_sums_and_standings_are_the_postings_and_balances(client: TestClient, engine: Engine) -> None:
    found = data(client, "/v1/fees?limit=100")
    with engine.connect() as connection:
        postings: Counter[tuple[str, str, str]] = Counter()
        for account, token, purpose, amount in connection.execute(
            select(Balance.account, Balance.token, Posting.purpose, Posting.amount)
            .join(Posting, Posting.account_id == Balance.account_id)
            .where(Balance.account_kind == "fee")
        ):
            postings[account, token, purpose] += amount
        balances = {
            (account, token): amount
            for account, token, amount in connection.execute(
                select(Balance.account, Balance.token, Balance.amount).where(Balance.account_kind == "fee")
            )
        }
    told: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        for line in each["sums"]:
            told[each["recipient"], line["amount"]["token"], line["source"]] += units(line["amount"])
    assert told == postings
    shown = {}
    for each in found:
        for standing in each["standings"]:
            token = standing["pending"]["token"]
            shown[each["recipient"], token] = units(standing["pending"])
            assert units(standing["pending"]) == units(standing["credited"]) - units(standing["claimed"])
            parts = standing["pending_by_source"]
            assert sum(units(part["amount"]) for part in parts) == units(standing["pending"])
            assert all(part["source"] != "fee_claim" for part in parts)
    assert shown == balances
    assert {LEADER, TREASURY} <= {each["recipient"] for each in found}


def test_what_is_pending_came_after_the_last_claim(client: TestClient) -> None:
    standings = {each["pending"]["token"]: each for each in data(client, f"/v1/fees/{TREASURY}")["standings"]}
    assert units(standings[USDC]["claimed"]) == TREASURYS
    [left] = standings[USDC]["pending_by_source"]
    assert (left["source"], units(left["amount"])) == ("subscription_fee", 200_000)
    sources = [each["source"] for each in standings[WETH]["pending_by_source"]]
    assert sources == ["dust", "protocol_share"]


@pytest.mark.parametrize("recipient", [LEADER, TREASURY, CAROL, NOBODY])
def test_a_statement_is_its_row_of_the_list_and_the_sum_of_its_lines(
    client: TestClient, recipient: str
) -> None:
    one = data(client, f"/v1/fees/{recipient}?period=all")
    lines = walk(client, f"/v1/accounts/{recipient}/fees", 100)
    summed: Counter[tuple[str, str]] = Counter()
    for line in lines:
        summed[line["source"], line["amount"]["token"]] += units(line["amount"])
    assert {
        (each["source"], each["amount"]["token"]): units(each["amount"]) for each in one["sums"]
    } == summed
    assert sum(each["lines"] for each in one["sums"]) == len(lines)
    account = data(client, f"/v1/accounts/{recipient}")["claimable_fees"]
    pending = [each["pending"] for each in one["standings"] if units(each["pending"])]
    assert pending == account


def test_periods(client: TestClient) -> None:
    months = data(client, f"/v1/fees/{LEADER}")["sums"]
    assert [each["period"] for each in months] == sorted((each["period"] for each in months), reverse=True)
    assert {each["period"] for each in months} == {"2024-01", "2024-03"}
    march = data(client, f"/v1/fees/{LEADER}?since=2024-03-01")["sums"]
    assert [(each["source"], units(each["amount"])) for each in march] == [("subscription_fee", 1_600_000)]
    day = data(client, f"/v1/fees/{LEADER}?period=day&since=2024-01-05&until=2024-01-05")["sums"]
    assert {each["period"] for each in day} == {"2024-01-05"}
    january = data(client, f"/v1/fees/{LEADER}?until=2024-01-31")["sums"]
    assert [units(each["amount"]) for each in day] == [units(each["amount"]) for each in january]
    # The standing is over all time, whatever is asked for.
    assert (
        data(client, f"/v1/fees/{LEADER}?since=2030-01-01")["standings"]
        == data(client, f"/v1/fees/{LEADER}")["standings"]
    )


def test_what_vaults_paid_is_divided_without_a_rest(client: TestClient, engine: Engine) -> None:
    rows = data(client, "/v1/strategies/1/fees")
    assert [(row["source"], row["charged"]["token"]) for row in rows] == [
        ("management", USDC),
        ("performance", USDC),
        ("subscription", USDC),
        ("copy", min(USDC, WETH)),
        ("copy", max(USDC, WETH)),
    ]
    for row in rows:
        parts = ("to_leader", "to_protocol", "to_referrers")
        assert units(row["charged"]) == sum(units(row[part]) for part in parts)
    with engine.connect() as connection:
        fees = connection.scalars(select(Fee.amount)).all()
    assert sum(units(row["charged"]) for row in rows if row["source"] != "copy") == sum(fees)
    leader = data(client, f"/v1/fees/{LEADER}?period=all")["sums"]
    credited = sum(
        units(each["amount"])
        for each in leader
        if each["source"] != "fee_claim" and each["amount"]["token"] == USDC
    )
    assert credited == sum(units(row["to_leader"]) for row in rows if row["charged"]["token"] == USDC)
    assert data(client, "/v1/strategies/2/fees") == []
    check(client.get("/v1/strategies/9/fees"), 404, "strategy-not-found")


def test_revenue_is_what_the_fee_balances_were_credited(client: TestClient, engine: Engine) -> None:
    credited: Counter[str] = Counter()
    with engine.connect() as connection:
        for token, amount in connection.execute(
            select(Balance.token, Posting.amount)
            .join(Posting, Posting.account_id == Balance.account_id)
            .where(Balance.account_kind == "fee", Posting.purpose != "fee_claim")
        ):
            credited[token] += amount
    for query in ("period=all", "period=month", "period=day&since=2024-01-01&until=2024-12-31"):
        rows = data(client, f"/v1/revenue?{query}")
        earned: Counter[str] = Counter()
        for row in rows:
            earned[row["amount"]["token"]] += units(row["amount"])
        assert earned == credited, query
        periods = [row["period"] for row in rows]
        assert periods == sorted(periods, reverse=True)
    roles = {(row["role"], row["source"]) for row in data(client, "/v1/revenue?period=all")}
    assert roles == {
        *(
            (role, kind)
            for role in ("leader", "protocol")
            for kind in ("performance", "management", "subscription")
        ),
        *(("leader", "copy"), ("protocol", "copy"), ("protocol", "dust")),
    }


def test_revenue_of_a_strategy_is_what_its_vaults_paid(client: TestClient) -> None:
    paid: Counter[tuple[str, str, str]] = Counter()
    for row in data(client, "/v1/strategies/1/fees"):
        for role in ("leader", "protocol"):
            paid[row["source"], role, row["charged"]["token"]] += units(row[f"to_{role}"])
    earned: Counter[tuple[str, str, str]] = Counter()
    for row in data(client, "/v1/revenue?period=month&strategy_id=1"):
        if row["source"] not in {"dust", "keeper"}:
            earned[row["source"], row["role"], row["amount"]["token"]] += units(row["amount"])
    assert earned == paid
    assert data(client, "/v1/revenue?strategy_id=2") == []
    march = data(client, "/v1/revenue?period=month&since=2024-03-01")
    assert {row["period"] for row in march} == {"2024-03"}
    check(client.get("/v1/revenue?strategy_id=9"), 404, "strategy-not-found")
    check(client.get("/v1/revenue?period=day"), 422, "invalid-request")


def test_what_has_accrued_is_what_each_statement_says_and_its_parts(client: TestClient) -> None:
    rows = data(client, "/v1/strategies/1/accrued-fees?limit=100")
    assert [row["vault_id"] for row in rows] == [2, 3, 4, 6]
    assert any(units(row["due"]) for row in rows)
    for row in rows:
        told = data(client, f"/v1/vaults/{row['vault_id']}/statement")["gain_fee"]
        assert (row["gain"], row["due"]) == (told["gain"], told["due"])
        to_protocol = units(row["due"]) * 2_000 // 10_000
        assert (units(row["to_protocol"]), units(row["to_referrer"])) == (to_protocol, 0)
        assert units(row["to_leader"]) == units(row["due"]) - to_protocol
        assert (row["leader"], row["referrer"]) == (LEADER, None)
    assert walk(client, "/v1/strategies/1/accrued-fees", 3) == rows
    check(client.get("/v1/strategies/9/accrued-fees"), 404, "strategy-not-found")


def test_pages_make_up_the_list(client: TestClient) -> None:
    whole = data(client, "/v1/fees?limit=100")
    assert len(whole) >= 2
    assert walk(client, "/v1/fees", 1) == whole


@pytest.mark.parametrize(
    "query",
    [
        "period=year",
        "since=2024-13-01",
        "since=2024-02-01&until=2024-01-01",
        "period=day",
        "period=day&since=2024-01-01",
        "period=day&since=2023-01-01&until=2024-06-01",
        "since=0001-01-01",
        "until=9999-12-31",
        "until=0.0",
        "since=1704412800",
        "since=2024-01-05T00:00:00",
    ],
)
def test_bad_spans_are_refused(client: TestClient, query: str) -> None:
    check(client.get(f"/v1/fees?{query}"), 422, "invalid-request")
    check(client.get(f"/v1/fees/{ALICE}?{query}"), 422, "invalid-request")
