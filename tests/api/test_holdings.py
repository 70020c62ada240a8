"""Copies, limits, equity and portfolios, over the small chain of `world`."""

from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.decode import events as e
from protocol.types import OnBreach, Policy
from tests.api.test_paging import walk
from tests.api.test_problems import check
from tests.api.world import ALICE, BOB, CAROL, LEADER, NOBODY, START_TIME, USD, USDC, Chain


def data(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_every_skip_has_its_reason_and_remedy(client: TestClient) -> None:
    found = data(client, "/v1/vaults/3/copies?outcome=skipped")
    assert [(each["trade"], each["reason"]["name"]) for each in found] == [
        ("1-2", "nothing_to_sell"),
        ("1-1", "below_minimum_trade"),
    ]
    assert all(each["reason"]["what_to_do"] and each["fill"] is None for each in found)
    assert data(client, "/v1/vaults/3/copies?outcome=filled") == []
    assert len(data(client, "/v1/vaults/3/copies?reason=nothing_to_sell")) == 1
    fills = data(client, "/v1/vaults/2/copies")
    assert [each["trade"] for each in fills] == ["1-2", "1-1"]
    assert all(each["fill"]["against_leader"] for each in fills)
    assert walk(client, "/v1/vaults/2/copies", 1) == fills


def test_limits_say_how_far_off_they_are(client: TestClient, chain: Chain) -> None:
    policy = Policy(
        on_breach=OnBreach.SKIP,
        on_stop=OnBreach.EXIT,
        stop_loss_bps=2_000,
        take_profit_bps=500,
        max_drawdown_bps=1_500,
        max_daily_loss_bps=300,
        max_token_bps=5_000,
        max_exposure_bps=8_000,
        max_positions=2,
        cooldown=3_600,
        expiry=START_TIME + 10_000,
    )
    chain.mine([e.PolicySet(6, 2, policy)])
    found = {each["name"]: each for each in data(client, "/v1/vaults/6/limits")}
    statement = data(client, "/v1/vaults/6/statement")
    equity = int(statement["profit"]["equity"]["units"])
    gain = Decimal(equity - 3_000 * USD) * 10_000 / (3_000 * USD)
    assert gain > 0
    loss = found["stop_loss"]
    assert Decimal(loss["now"]) == (-gain).quantize(Decimal("0.0001"))
    assert Decimal(loss["distance"]) == 2_000 - Decimal(loss["now"])
    assert (loss["reached"], loss["action"], loss["unit"]) == (False, "exit", "bps")
    assert Decimal(found["take_profit"]["now"]) == -Decimal(loss["now"])
    assert found["take_profit"]["reached"] is (gain >= 500)
    assert Decimal(found["drawdown"]["now"]) >= 0
    assert found["token_share"] == found["exposure"] | {
        "name": "token_share",
        "limit": 5_000,
        "distance": "5000",
    }
    assert (found["positions"]["now"], found["positions"]["distance"]) == ("0", "2")
    entered = START_TIME + 12 * 4
    assert found["cooldown"]["now"] == str(entered + 3_600 - (START_TIME + 12 * (chain.number - 10)))
    assert found["cooldown"]["reached"] is True
    assert found["expiry"]["reached"] is False
    assert found["exposure"]["action"] == "skip"
    chain.late += 10_000
    chain.mine([])
    found = {each["name"]: each for each in data(client, "/v1/vaults/6/limits")}
    assert (found["cooldown"]["reached"], found["expiry"]["reached"]) == (False, True)


def test_a_day_s_loss_is_measured_from_midnight(client: TestClient, chain: Chain) -> None:
    chain.mine([e.PolicySet(2, 2, Policy(max_daily_loss_bps=300))])
    (today,) = data(client, "/v1/vaults/2/limits")
    assert Decimal(today["now"]) < 0  # it gained since it was opened, today
    chain.late += 86_400
    chain.mine([])
    (tomorrow,) = data(client, "/v1/vaults/2/limits")
    assert Decimal(tomorrow["now"]) == 0


def test_without_limits_or_policy_there_are_none(client: TestClient) -> None:
    assert data(client, "/v1/vaults/1/limits") == []
    assert data(client, "/v1/vaults/2/limits") == []


def test_equity_over_time_ends_with_the_statement_s(client: TestClient, chain: Chain) -> None:
    chain.late += 10 * 86_400
    chain.mine([e.Deposited(CAROL, USDC, 100 * USD, CAROL), e.Allocated(6, CAROL, USDC, 100 * USD)])
    curve = data(client, "/v1/vaults/6/equity?window=7d")
    assert len(curve) == 8
    statement = data(client, "/v1/vaults/6/statement")
    assert curve[-1]["equity"] == statement["profit"]["equity"]
    assert curve[-1]["net_deposits"] == statement["flows"]["net_deposits"]
    assert int(curve[-1]["net_deposits"]["units"]) - int(curve[-2]["net_deposits"]["units"]) == 100 * USD
    assert curve[-1]["growth"] == curve[-2]["growth"]


def test_a_portfolio_is_its_vaults_and_their_sum(client: TestClient) -> None:
    found = data(client, f"/v1/portfolios/{BOB}")
    assert [each["vault_id"] for each in found["vaults"]] == [3, 4]
    (total,) = found["totals"]
    assert total["equity"]["units"] == str(850 * USD)
    assert total["net_pnl"]["units"] == "0"
    for vault, owner in ((2, ALICE), (6, CAROL), (1, LEADER)):
        shown = {each["vault_id"]: each for each in data(client, f"/v1/portfolios/{owner}")["vaults"]}[vault]
        statement = data(client, f"/v1/vaults/{vault}/statement?method=fifo")
        for part in ("flows", "balances", "profit", "returns"):
            assert shown[part] == statement[part], part
        assert shown["sync_score"] == (statement["tracking"] or {}).get("sync_score")
    carol = data(client, f"/v1/portfolios/{CAROL}")
    parts = [int(each["profit"]["net_pnl"]["units"]) for each in carol["vaults"]]
    assert len(parts) == 2
    assert int(carol["totals"][0]["net_pnl"]["units"]) == sum(parts)
    costs = carol["totals"][0]["costs"]
    kinds = ("copy", "keeper", "performance", "management", "subscription", "withdrawal")
    assert int(costs["total"]["units"]) == sum(int(costs[kind]["units"]) for kind in kinds) > 0
    assert data(client, f"/v1/portfolios/{NOBODY}") == {
        "owner": NOBODY,
        "totals": [],
        "vaults": [],
        "left_out": 0,
    }


@pytest.mark.parametrize("part", ["copies", "limits", "equity"])
def test_an_unknown_vault_is_not_found(client: TestClient, part: str) -> None:
    check(client.get(f"/v1/vaults/99/{part}"), 404, "vault-not-found")
    check(client.get(f"/v1/vaults/99999999999/{part}"), 422, "invalid-request")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/vaults/2/copies?outcome=maybe",
        "/v1/vaults/2/copies?status=filled",
        "/v1/vaults/2/equity?window=1h",
        "/v1/portfolios/0x12",
    ],
)
def test_bad_parameters_are_refused(client: TestClient, path: str) -> None:
    check(client.get(path), 422, "invalid-request")
