"""Candles: the world's own record, and many hours of one pair against a plain reckoning."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from indexer.ledger.models import PriceHour
from tests.api.test_paging import walk
from tests.api.test_problems import check
from tests.api.world import ETH, NOBODY, START_TIME, USD, USDC, WBTC, WETH

PATH = f"/v1/prices?token={WETH}&base={USDC}"
HOUR = 3_600


def data(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.fixture
def cents(engine: Engine, client: TestClient) -> dict[int, int]:
    """Ten days of one pair, with gaps: the hour's last price in cents by the hour's first second."""
    random, hour, price = Random(3), START_TIME // HOUR * HOUR, 200_000
    found = {}
    for _ in range(150):
        hour += HOUR * random.choice((1, 1, 1, 2, 9))
        price += random.randint(-5_000, 5_000)
        found[hour] = price
    first, second = sorted((WETH, USDC))
    with Session(engine) as session, session.begin():
        session.execute(delete(PriceHour))
        for number, (at, each) in enumerate(found.items()):
            amounts = {WETH: ETH, USDC: each * USD // 100}
            pair = {"token_a": first, "token_b": second}
            record = {"recorded_block": number, "recorded_time": at + 5}
            sizes = {"amount_a": amounts[first], "amount_b": amounts[second]}
            session.add(PriceHour(deployment_id=1, hour=at, **pair, **record, **sizes))
    return found


def test_it_is_the_price_that_holdings_are_valued_with_both_ways(client: TestClient) -> None:
    (candle,) = data(client, PATH)
    assert candle["open"] == candle["high"] == candle["low"] == candle["close"]
    assert candle["hours"] == 1
    valued = [
        balance["valuation"]
        for vault in (1, 2, 3, 6)
        for balance in data(client, f"/v1/vaults/{vault}/statement")["balances"]
        if balance["valuation"]
    ]
    assert {(each["price"], each["block"]) for each in valued} == {(candle["close"], candle["block"])}
    (other,) = data(client, f"/v1/prices?token={USDC}&base={WETH}")
    assert abs(Decimal(other["close"]) * Decimal(candle["close"]) - 1) < Decimal("1e-16")


@pytest.mark.parametrize(("step", "seconds"), [("1h", HOUR), ("4h", 4 * HOUR), ("1d", 24 * HOUR)])
def test_candles_are_those_of_a_plain_reckoning(
    client: TestClient, cents: dict[int, int], step: str, seconds: int
) -> None:
    steps: dict[int, list[int]] = {}
    for hour, price in cents.items():
        steps.setdefault(hour // seconds * seconds, []).append(price)
    wanted, before = [], next(iter(cents.values()))
    for start, prices in steps.items():
        seen = (before, *prices)
        wanted.append((start, *(Decimal(each) / 100 for each in (before, max(seen), min(seen), prices[-1]))))
        before = prices[-1]
    found = data(client, f"{PATH}&step={step}&limit=500")
    shown = [
        (
            int(datetime.fromisoformat(each["start"]).astimezone(UTC).timestamp()),
            *(Decimal(each[name]) for name in ("open", "high", "low", "close")),
        )
        for each in reversed(found)
    ]
    assert shown == wanted
    assert all(before["close"] == after["open"] for after, before in pairwise(found))
    assert sum(each["hours"] for each in found) == len(cents)


@pytest.mark.parametrize("step", ["1h", "4h", "1d"])
@pytest.mark.parametrize("limit", [3, 7])
def test_pages_are_parts_of_the_whole(
    client: TestClient, cents: dict[int, int], step: str, limit: int
) -> None:
    whole = data(client, f"{PATH}&step={step}&limit=500")[: 12 * limit]
    found, cursor = [], ""
    while len(found) < len(whole):
        answer = client.get(f"{PATH}&step={step}&limit={limit}{cursor}").json()
        found += answer["data"]
        cursor = f"&cursor={answer['next_cursor']}"
    assert found[: len(whole)] == whole


def test_a_pair_without_a_trade_has_no_price(client: TestClient) -> None:
    for token in (NOBODY, WBTC, USDC):
        assert data(client, f"/v1/prices?token={token}&base={USDC}") == []


def test_a_page_of_another_pair_goes_nowhere(client: TestClient, cents: dict[int, int]) -> None:
    cursor = client.get(f"{PATH}&limit=1").json()["next_cursor"]
    other = f"/v1/prices?token={USDC}&base={WETH}&limit=1&cursor={cursor}"
    check(client.get(other), 422, "invalid-cursor")
    assert len(walk(client, f"{PATH}&step=1d", 10)) > 5
