from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.app import create_app
from indexer.decode import events as e
from indexer.ledger.models import Balance
from protocol.types import FeeKind, Policy, Reason, TradeKind, VaultStatus
from tests.api.world import (
    ALICE,
    ETH,
    LEADER,
    NOWHERE,
    POOL,
    START_TIME,
    USD,
    USDC,
    VENUE,
    WBTC,
    WETH,
    Chain,
    cleared,
    empty_chain,
    joining,
    opened,
    strategy,
    trade_id,
)

METHODS = ("average_cost", "fifo")


def statement(client: TestClient, vault: int, **params: Any) -> dict[str, Any]:
    answer = client.get(f"/v1/vaults/{vault}/statement", params=params)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def units(amount: dict[str, str] | None) -> int:
    assert amount is not None
    return int(amount["units"])


def test_a_followers_statement_to_the_unit(client: TestClient) -> None:
    found = statement(client, 2)
    # Bought 1.247 WETH for 2,500 and 2.5 of fees; took 0.1 WETH out at 1,500 USDC for 0.748 WETH, the price
    # recorded last; sold the rest at 2,200 and paid 0.001147 WETH of fees.
    in_kind = 10**17 * 1_500 * USD // (748 * 10**15)
    cost_out = -(-2_500 * USD * 10**17 // (1_247 * 10**15))
    proceeds = 1_145_853 * 10**12 * 2_200 * USD // ETH
    fee_value = 1_147 * 10**12 * proceeds // (1_145_853 * 10**12)
    realized = (in_kind - cost_out) + (proceeds + fee_value - (2_500 * USD - cost_out))
    profit = found["profit"]
    assert units(found["flows"]["deposited"]) == 5_000 * USD
    assert units(found["flows"]["withdrawn"]) == in_kind
    assert units(profit["realized_pnl"]) == realized
    assert units(profit["costs"]["copy"]) == 2_500000 + fee_value
    assert units(profit["unrealized_pnl"]) == 0
    assert units(profit["equity"]) == 5_000 * USD - 2_500 * USD - 2_500000 + proceeds
    assert [line["kind"] for line in found["lines"]] == ["fill", "withdrawal", "fill", "deposit"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("vault", [1, 2, 3, 4, 5, 6])
def test_profit_explains_equity_to_the_unit(client: TestClient, vault: int, method: str) -> None:
    found = statement(client, vault, method=method)
    profit, flows = found["profit"], found["flows"]
    explained = (
        units(profit["realized_pnl"]) + units(profit["unrealized_pnl"]) - units(profit["costs"]["total"])
    )
    assert units(profit["equity"]) - units(flows["net_deposits"]) == explained == units(profit["net_pnl"])
    assert sum(units(line["realized_pnl"]) for line in found["lines"] if line["kind"] != "skip") == units(
        profit["realized_pnl"]
    )


@pytest.mark.parametrize("vault", [1, 2, 3, 4, 5, 6])
def test_balances_are_the_ledgers(client: TestClient, engine: Engine, vault: int) -> None:
    with Session(engine) as session:
        ledger = {
            row.token: row.amount
            for row in session.scalars(
                select(Balance).where(
                    Balance.account_kind == "vault", Balance.account == str(vault), Balance.amount != 0
                )
            )
        }
    shown = {line["amount"]["token"]: units(line["amount"]) for line in statement(client, vault)["balances"]}
    assert shown == ledger


def test_in_the_leaders_clearing_the_price_is_the_leaders_to_a_unit_of_either_token(
    client: TestClient,
) -> None:
    for vault in (1, 2, 6):
        for line in statement(client, vault)["lines"]:
            if line["kind"] == "fill" and line["fill"]["batch"] == 0:
                fill = line["fill"]
                # Only a partial fill rounds what is put in: trade 1-3, whose price is 450,000,000 wei a unit.
                for_a_unit = -(-units(fill["bought"]) // units(fill["sold"])) if line["trade"] == "1-3" else 0
                assert -1 - for_a_unit <= units(fill["against_leader"]["amount"]) <= 1


def test_a_later_batch_shows_what_its_price_differed_by(client: TestClient) -> None:
    found = statement(client, 6)
    line = next(line for line in found["lines"] if line["kind"] == "fill" and line["trade"] == "1-1")
    at_leaders_price = 1_500 * USD * (3_741 * 10**15 + 2) // (7_500 * USD)
    lost = 744_459 * 10**12 - at_leaders_price
    assert line["fill"]["batch"] == 1
    assert units(line["fill"]["against_leader"]["amount"]) == lost < 0
    bps = Decimal(lost) * 10_000 / at_leaders_price
    assert Decimal(line["fill"]["against_leader"]["bps"]) == round(bps, 4)
    # In the summary the same loss in USDC at the fill's own price, and the other fill's unit of rounding.
    in_usdc = lost * 1_500 * USD // (744_459 * 10**12)
    assert abs(units(found["execution"]["against_leader"]) - in_usdc) <= 1


def test_skips_say_why_and_what_to_do(client: TestClient) -> None:
    found = statement(client, 3)
    assert found["filled"] == 0
    assert found["skipped_by_reason"] == {"below_minimum_trade": 1, "nothing_to_sell": 1}
    reason = found["lines"][1]["reason"]
    assert (reason["code"], reason["name"]) == (3, "below_minimum_trade")
    assert "setPolicy" in reason["what_to_do"]


def test_a_holding_is_valued_at_the_recorded_oracle_price_and_says_so(client: TestClient) -> None:
    weth = statement(client, 1)["balances"][1]
    assert units(weth["amount"]) == 45 * 10**16
    # Trade 1-3 recorded 0.454 WETH for a unit less than 1,000 USDC in block 17.
    assert units(weth["value"]) == 45 * 10**16 * (1_000 * USD - 1) // (454 * 10**15)
    assert units(weth["cost_basis"]) == 1_000 * USD
    assert weth["valuation"]["source"] == "valued at the oracle price recorded at block 17"
    assert weth["valuation"]["price"].startswith("2202.643169603524")


def test_without_a_recorded_price_equity_is_unknown_and_not_a_guess(engine: Engine) -> None:
    chain = empty_chain(engine)
    first = trade_id(1, 1)
    chain.mine(
        [
            e.TreasurySet(VENUE),
            e.TokenListed(USDC, START_TIME),
            e.TokenListed(WBTC, START_TIME),
            e.PoolListed(POOL, VENUE, USDC, WBTC, START_TIME),
        ],
        [*strategy(1, LEADER, 1, "Bitcoin", WBTC), *joining(2, ALICE, 0, 500 * USD)],
        [
            opened(first, USDC, WBTC, ETH, 0, 0, 1, START_TIME + 600),
            cleared(first, (USDC, 10_000 * USD), (WBTC, 20_000_000), 0, cursor=1),
            e.TradeCopied(first, 1, 0, 10_000 * USD, 0, 20_000_000, Reason.NONE),
            e.CopySkipped(first, 2, 1, Reason.EXPIRED),
        ],
    )
    found = statement(TestClient(create_app(engine)), 1)
    assert found["profit"]["equity"] is found["profit"]["net_pnl"] is None
    assert found["profit"]["unavailable"].startswith("No oracle price of WBTC in USDC")
    assert found["returns"]["time_weighted_return"] is None
    assert found["returns"]["unavailable"]
    assert found["balances"][1]["value"] is None
    assert units(found["profit"]["realized_pnl"]) == 0


def test_a_price_recorded_in_the_vaults_first_block_counts(engine: Engine) -> None:
    chain = empty_chain(engine)
    first = trade_id(1, 1)
    chain.mine(
        [
            e.TreasurySet(VENUE),
            e.TokenListed(USDC, START_TIME),
            e.TokenListed(WBTC, START_TIME),
            e.PoolListed(POOL, VENUE, USDC, WBTC, START_TIME),
            *strategy(1, LEADER, 1, "Bitcoin", WBTC),
            opened(first, USDC, WBTC, ETH, 0, 0, 0, START_TIME + 600),
            cleared(first, (USDC, 10_000 * USD), (WBTC, 20_000_000), 25_000_000, cursor=0),
            e.TradeCopied(first, 1, 0, 10_000 * USD, 0, 20_000_000, Reason.NONE),
        ]
    )
    found = statement(TestClient(create_app(engine)), 1)
    assert units(found["profit"]["equity"]) == 8_000 * USD
    assert units(found["profit"]["unrealized_pnl"]) == -2_000 * USD
    assert found["returns"]["max_drawdown"] == "0.2"


def test_returns_of_a_vault_without_flows_are_its_growth(client: TestClient) -> None:
    found = statement(client, 1)
    growth = Decimal(units(found["profit"]["equity"])) / units(found["flows"]["deposited"]) - 1
    assert Decimal(found["returns"]["time_weighted_return"]) == round(growth, 12)
    assert Decimal(found["returns"]["money_weighted_return"]) == round(growth, 12)


def test_a_vault_that_never_held_money_has_no_return(engine: Engine, chain: Chain) -> None:
    chain.mine([e.VaultOpened(7, 2, ALICE, 10, 0, 1, NOWHERE), e.PolicySet(7, 1, Policy())])
    found = statement(TestClient(create_app(engine)), 7)
    assert found["lines"] == []
    assert found["returns"]["time_weighted_return"] is None
    assert found["returns"]["unavailable"] == "The vault has not held money for any time yet."


def test_fees_in_kind_and_what_was_held_back_are_costs_apart(client: TestClient, chain: Chain) -> None:
    before = statement(client, 2)
    chain.mine(
        [
            e.FeeCharged(2, USDC, FeeKind.MANAGEMENT, 300, 60, 0),
            e.FeeCharged(2, USDC, FeeKind.SUBSCRIPTION, 20, 4, 0),
            e.FeeEscrowed(2, USDC, 1_000, 200),
            e.Deallocated(2, ALICE, USDC, 800),
            e.VaultStatusSet(2, VaultStatus.SUSPENDED, Reason.DAILY_LOSS),
        ],
        [
            e.EscrowSettled(2, ALICE, USDC, 150, 50),
            e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 150, 30, 0),
            e.VaultMarked(2, 4_999 * USD, 4_900 * USD),
        ],
    )
    found = statement(client, 2)
    costs = {kind: units(cost) for kind, cost in found["profit"]["costs"].items()}
    assert (costs["management"], costs["subscription"], costs["performance"]) == (300, 20, 150)
    assert costs["total"] == sum(cost for kind, cost in costs.items() if kind != "total")
    assert units(before["profit"]["net_pnl"]) - units(found["profit"]["net_pnl"]) == 470
    # All of the thousand left, but for what turned out to be a fee.
    withdrawn = units(found["flows"]["withdrawn"]) - units(before["flows"]["withdrawn"])
    assert withdrawn == 1_000 - 150
    newest = [line["kind"] for line in found["lines"][:6]]
    assert newest == ["fee", "returned", "withdrawal", "held", "fee", "fee"]
    assert (found["lines"][0]["fee"], units(found["lines"][0]["value"])) == ("performance", 150)
    assert found["status_reason"]["name"] == "daily_loss"
    assert found["marks"]["high_water_mark"]["decimal"] == "4999"
    gain = units(found["profit"]["equity"]) - 4_999 * USD
    assert units(found["gain_fee"]["gain"]) == gain > 0
    assert units(found["gain_fee"]["due"]) == gain * 2_000 // 10_000


def test_a_keepers_fee_is_a_cost_of_each_vault_of_its_batch(client: TestClient, chain: Chain) -> None:
    trade, before = trade_id(1, 2**31 + 1), statement(client, 2)
    chain.mine(
        [
            e.TradeOpened(trade, ALICE, TradeKind.CLOSE, POOL, USDC, WETH, ETH, 0, 0, 0, 0),
            cleared(trade, (USDC, 2_000), (WETH, 990), 1_000, cursor=0, keeper_fee=10, keeper=ALICE),
            e.TradeCopied(trade, 2, 1, 2_000, 0, 990, Reason.NONE),
        ]
    )
    found = statement(client, 2)
    assert units(found["profit"]["costs"]["keeper"]) == 20
    assert found["execution"]["fills_summed"] == before["execution"]["fills_summed"] + 1
    assert units(found["lines"][0]["costs"]) == 20


def traded_for_hours(chain: Chain) -> None:
    """An hour and a half between trades in which the leader and the vaults 2 and 6 buy, twice."""
    price = 2_300
    for sequence in (4, 5):
        chain.mine(*[[]] * 450)
        trade, price = trade_id(1, sequence), price - 150
        sold = {1: 900 * USD, 2: 333 * USD, 6: 100 * USD + sequence}
        fees = {1: 0, 2: 333_333, 6: 100_000}
        got = {vault: units * ETH // (price * USD) for vault, units in sold.items()}
        chain.mine(
            [
                opened(trade, USDC, WETH, ETH // 10, 0, 0, 3, START_TIME + 10**6),
                cleared(
                    trade,
                    (USDC, sum(sold.values())),
                    (WETH, sum(got.values())),
                    sum(sold.values()) * ETH // (price * USD),
                    cursor=3,
                    portion=ETH // 10,
                    fees=sum(fees.values()),
                ),
                *(
                    e.TradeCopied(
                        trade, each, min(each - 1, 1), sold[each], fees[each], got[each], Reason.NONE
                    )
                    for each in sold
                ),
                e.CopySkipped(trade, 3, 1, Reason.BELOW_MINIMUM_TRADE),
                e.TradeCompleted(trade),
            ]
        )
    chain.mine(
        [e.Deallocated(2, ALICE, WETH, 10**16), e.FeeCharged(2, WETH, FeeKind.MANAGEMENT, 10**15, 0, 0)]
    )


@pytest.mark.parametrize("method", METHODS)
def test_pages_say_what_the_whole_says_though_each_begins_at_an_hour_of_its_own(
    client: TestClient, chain: Chain, method: str
) -> None:
    traded_for_hours(chain)
    for vault in (1, 2, 3):
        whole = statement(client, vault, method=method, limit=100)
        lines: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            answer = client.get(
                f"/v1/vaults/{vault}/statement", params={"method": method, "limit": 2, **cursor}
            ).json()
            page = answer["data"]
            lines += page["lines"]
            assert {**page, "lines": None} == {**whole, "lines": None}
            if answer["next_cursor"] is None:
                break
            cursor = {"cursor": answer["next_cursor"]}
        assert lines == whole["lines"]
        assert sum(units(line["realized_pnl"]) for line in lines if line["kind"] != "skip") == units(
            whole["profit"]["realized_pnl"]
        )


def test_open_lots_make_up_the_balance(client: TestClient, chain: Chain) -> None:
    traded_for_hours(chain)
    assert statement(client, 2)["balances"][1]["lots"] is None
    weth = statement(client, 2, method="fifo")["balances"][1]
    first = 333 * USD * ETH // (2_150 * USD)
    # What was bought before is sold; of the first lot since, the withdrawal and the fee are gone.
    assert [units(lot["amount"]) for lot in weth["lots"]] == [
        first - 11 * 10**15,
        333 * USD * ETH // (2_000 * USD),
    ]
    assert sum(units(lot["amount"]) for lot in weth["lots"]) == units(weth["amount"])
    assert sum(units(lot["cost_basis"]) for lot in weth["lots"]) == units(weth["cost_basis"])
    assert weth["lots"][0]["bought"] < weth["lots"][1]["bought"]


def test_the_parts_of_a_tracking_difference_add_up_and_say_what_happened(
    client: TestClient, chain: Chain
) -> None:
    traded_for_hours(chain)
    assert statement(client, 1)["tracking"] is None
    found = {vault: statement(client, vault)["tracking"] for vault in (2, 3, 4, 6)}
    for each in found.values():
        parts = (units(each[name]) for name in ("skips", "sizing", "timing", "price", "fees"))
        assert sum(parts) == units(each["difference"])
    # Vault 3's policy skips every entry: it earned nothing, and all that it missed is skips.
    assert units(found[3]["skips"]) == units(found[3]["difference"]) != 0
    # Vault 6 came in a later batch of the first trade, when the oracle's price had not moved.
    assert units(found[6]["price"]) < 0
    assert units(found[2]["fees"]) < 0
    assert Decimal(found[3]["sync_score"]) < Decimal(found[2]["sync_score"]) < 1


def test_a_rate_a_year_is_not_made_of_a_few_hours(client: TestClient, chain: Chain) -> None:
    traded_for_hours(chain)
    found = statement(client, 2)["returns"]
    assert found["money_weighted_return"] is not None
    assert found["money_weighted_return_annual"] is found["money_weighted_unavailable"] is None
