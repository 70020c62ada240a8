"""Correlations of leaders, over a month of trades at moving prices."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from indexer.decode import events as e
from protocol.types import Reason
from tests.api.test_fees import data
from tests.api.test_problems import check
from tests.api.world import ETH, START_TIME, USD, USDC, WETH, Chain, cleared, fill_world, opened, trade_id

DAYS = 34


def trade(strategy: int, vault: int, sequence: int, price: int, part: int) -> list[e.Event]:
    """A leader alone buys ether for so many dollars, at a price."""
    number = trade_id(strategy, sequence)
    bought = part * USD * ETH // (price * USD)
    return [
        opened(number, USDC, WETH, ETH // 100, 0, 1, 0, START_TIME),
        cleared(number, (USDC, part * USD), (WETH, bought), bought, cursor=1, portion=ETH // 100),
        e.TradeCopied(number, vault, 0, part * USD, 0, bought, Reason.NONE),
        e.TradeCompleted(number),
    ]


def trade_a_month(engine: Engine) -> Chain:
    """Two leaders, each of whom buys ether every day."""
    chain = fill_world(engine)
    chain.mine([e.TradeCompleted(trade_id(1, 3))])
    for day in range(DAYS):
        chain.late += 86_400
        price = 2_000 + (day * 7_919) % 400
        chain.mine(trade(1, 1, 4 + day, price, 20), trade(2, 5, 1 + day, price, 1 + (day * 13) % 200))
    return chain


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return trade_a_month(engine)


def returns(client: TestClient, strategy: int) -> Any:
    """Daily returns of a leader's curve, by pandas, without the day that is under way."""
    curve = data(client, f"/v1/leaders/{strategy}?window=all")["curve"][:-1]
    growth = pd.Series({each["time"]: float(each["growth"]) for each in curve})
    return growth.pct_change().dropna()


def test_a_correlation_is_that_of_the_curves(client: TestClient) -> None:
    [found] = data(client, "/v1/correlations?strategy_id=2&strategy_id=1&strategy_id=1&window=all")
    assert (found["first_id"], found["second_id"], found["days"]) == (1, 2, DAYS - 1)
    first, second = returns(client, 1), returns(client, 2)
    assert len(first) == found["days"]
    assert float(found["correlation"]) == pytest.approx(first.corr(second), abs=1e-6)
    assert 0 < Decimal(found["correlation"]) < 1
    begun = datetime.fromtimestamp(START_TIME, UTC).date()
    assert found["since"] == str(begun + timedelta(days=1))
    month = data(client, "/v1/correlations?strategy_id=1&strategy_id=2&window=30d")
    assert month[0]["days"] == 29


def test_what_cannot_be_compared_says_so(client: TestClient) -> None:
    check(client.get("/v1/correlations?strategy_id=1&strategy_id=9"), 404, "strategy-not-found")
    check(client.get("/v1/correlations?strategy_id=1"), 422, "invalid-request")
    check(client.get("/v1/correlations?" + "&".join(["strategy_id=1"] * 21)), 422, "invalid-request")
    check(client.get("/v1/correlations?strategy_id=1&strategy_id=2&window=7d"), 422, "invalid-request")
    assert data(client, "/v1/correlations?strategy_id=1&strategy_id=1") == []
