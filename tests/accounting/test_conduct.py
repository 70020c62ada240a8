"""Every rule of the rank against a cheat that is made for it, and an honest leader beside."""

import math
import random
import statistics
from dataclasses import replace
from decimal import Decimal

import pytest

from accounting.book import Deposit, Event, Fill, Withdrawal
from accounting.conduct import Evidence, Rank, entries_of, rank
from accounting.returns import Growth
from accounting.rounding import ratio
from accounting.trips import ClosedTrade, closed_trades
from tests.accounting.strategies import TOKENS

USDC, WETH, _ = TOKENS
HOUR = 3_600


def trades(results: list[int], *, held_s: int = HOUR) -> list[ClosedTrade]:
    """Closed trades of 1,000 each, an hour apart."""
    return [ClosedTrade(WETH, HOUR * at, 1_000, 1_000 + each, held_s) for at, each in enumerate(results, 1)]


def swings(seed: int, days: int, mean: float, deviation: float) -> list[Decimal]:
    chance = random.Random(seed)
    return [Decimal(str(round(chance.gauss(mean, deviation), 6))) for _ in range(days)]


def honest(days: int = 120) -> Evidence:
    return Evidence(
        returns=swings(1, days, 0.004, 0.02),
        exposures=[Decimal("0.5")] * days,
        closed=trades([40, -20, 30, 25, -10] * 4),
        entries=[],
        own_stake=5_000,
        capital_under_copy=100_000,
    )


def test_an_honest_leader_is_ranked_by_the_lower_end_of_the_sharpe_ratio() -> None:
    seen = honest()
    found = rank(seen)
    returns = [float(each) for each in seen.returns]
    mean, n = statistics.fmean(returns), len(returns)
    sharpe = mean / statistics.stdev(returns)
    spread = statistics.pstdev(returns)
    skewness = statistics.fmean(((each - mean) / spread) ** 3 for each in returns)
    kurtosis = statistics.fmean(((each - mean) / spread) ** 4 for each in returns)
    error = math.sqrt((1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2) / (n - 1))
    assert (found.bars, found.warnings) == ((), ())
    assert found.score is not None
    assert float(found.score) == pytest.approx((sharpe - 1.645 * error) * math.sqrt(365), rel=1e-9)


def test_a_lucky_month_is_no_record() -> None:
    lucky = replace(honest(), returns=[Decimal("0.05")] * 29)
    assert rank(lucky) == Rank(None, ("short_history",), ())


def test_the_same_returns_over_longer_rank_higher() -> None:
    year = [*honest().returns, *honest().returns, *honest().returns]
    short, long = rank(honest()).score, rank(replace(honest(), returns=year, exposures=[])).score
    assert short is not None
    assert long is not None
    assert long > short


def test_a_few_trades_are_no_record() -> None:
    assert rank(replace(honest(), closed=trades([500] * 9))).bars == ("few_trades",)


@pytest.mark.parametrize(("stake", "barred"), [(None, True), (0, True), (999, True), (1_000, False)])
def test_who_risks_others_money_alone_is_not_ranked(stake: int | None, barred: bool) -> None:
    found = rank(replace(honest(), own_stake=stake))
    assert (found.bars == ("small_stake",)) is barred
    assert (found.score is None) is barred


def test_trades_in_and_out_at_once_are_wash_and_count_for_nothing() -> None:
    in_and_out = trades([0] * 100, held_s=20)
    assert rank(replace(honest(), closed=in_and_out)).bars == ("few_trades", "wash_trading")
    padded = rank(replace(honest(), closed=[*honest().closed, *in_and_out]))
    assert padded.bars == ("wash_trading",)
    some = rank(replace(honest(), closed=[*honest().closed, *in_and_out[:20]]))
    assert (some.bars, some.score) == ((), rank(honest()).score)


def test_a_quick_trade_with_a_result_is_no_wash_trade() -> None:
    quick = trades([40, -20, 30, 25, -10] * 4, held_s=20)
    assert rank(replace(honest(), closed=quick)).bars == ()


def test_money_that_only_sits_is_not_ranked() -> None:
    assert rank(replace(honest(), returns=[Decimal(0)] * 90)).bars == ("no_risk_taken",)


@pytest.mark.parametrize("calm_first", [True, False])
def test_a_sudden_change_of_swings_costs_rank(calm_first: bool) -> None:
    calm, wild = swings(2, 60, 0.004, 0.005), swings(3, 60, 0.004, 0.04)
    returns = [*calm, *wild[:30]] if calm_first else [*wild, *calm[:30]]
    seen = replace(honest(), returns=returns, exposures=[])
    assert rank(seen).warnings == ("style_change",)


def test_going_all_in_after_a_cautious_record_costs_rank() -> None:
    exposures = [Decimal("0.1")] * 90 + [Decimal("0.95")] * 30
    found, before = rank(replace(honest(), exposures=exposures)), rank(honest())
    assert found.warnings == ("style_change",)
    assert found.score is not None
    assert before.score is not None
    assert found.score == before.score - 1


def lives(*, double_after_loss: bool) -> list[Event]:
    """Twenty round trips, every second one a loss; who doubles puts twice as much in after each."""
    events: list[Event] = [Deposit(0, 10**9)]
    stake, lost = 10**7, False
    for at in range(20):
        spent = 2 * stake if lost and double_after_loss else stake
        time = HOUR * (2 * at + 1)
        lost = at % 2 == 0
        price = spent * 97 // 100 if lost else spent * 104 // 100
        events += [Fill(time, USDC, WETH, spent, 0, 10**6), Fill(time + HOUR, WETH, USDC, 10**6, 0, price)]
    return events


def averaging_down() -> list[Event]:
    """Buys at ever lower prices, doubling each time, until one rise pays for all: no trade ever loses."""
    events: list[Event] = [Deposit(0, 10**9)]
    for round_ in range(6):
        time, spent, units = HOUR * 10 * (round_ + 1), 10**6, 0
        for step in range(4):
            got = spent * (10 + step)
            events.append(Fill(time + step * HOUR, USDC, WETH, spent, 0, got))
            units, spent = units + got, spent * 2
        events.append(Fill(time + 5 * HOUR, WETH, USDC, units, 0, units // 9))
    return events


def evidence(events: list[Event]) -> Evidence:
    closed = closed_trades(USDC, events)
    return replace(honest(), closed=closed, entries=entries_of(USDC, events, closed))


def test_doubling_after_losses_is_told_and_costs_rank() -> None:
    honest_, cheat = (
        rank(evidence(lives(double_after_loss=False))),
        rank(evidence(lives(double_after_loss=True))),
    )
    assert honest_.warnings == ()
    assert cheat.warnings == ("martingale",)
    assert honest_.score is not None
    assert cheat.score == honest_.score - 1


def test_doubling_into_a_falling_position_is_told_though_no_trade_lost() -> None:
    seen = evidence(averaging_down())
    assert all(trade.result > 0 for trade in seen.closed)
    assert replace(seen, closed=honest().closed).entries
    assert "martingale" in rank(replace(seen, closed=honest().closed)).warnings


def test_rare_large_losses_rank_below_even_ones_of_the_same_sharpe_ratio() -> None:
    steady = [Decimal("0.01"), Decimal("-0.006")] * 60
    rare = [Decimal("0.0042")] * 117 + [Decimal("-0.08")] * 3
    mean, deviation = statistics.fmean(map(float, rare)), statistics.stdev(map(float, rare))
    base, spread = statistics.fmean(map(float, steady)), statistics.stdev(map(float, steady))
    even = [Decimal(repr((float(each) - base) / spread * deviation + mean)) for each in steady]
    scores = [rank(replace(honest(), returns=each, exposures=[])).score for each in (even, rare)]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] > scores[1] + Decimal("0.05")


def test_money_put_in_before_the_end_of_a_day_makes_no_return() -> None:
    plain, pumped = Growth(), Growth()
    for growth in (plain, pumped):
        growth.observe(0, 1_000)
        growth.observe(1_100)
    pumped.observe(1_100, 50_000)
    pumped.observe(51_100, -50_000)
    assert pumped.level == plain.level


def test_the_size_of_an_entry_is_its_share_of_what_the_vault_had() -> None:
    events: list[Event] = [
        Deposit(0, 1_000),
        Fill(1, USDC, WETH, 490, 10, 100),
        Withdrawal(2, USDC, 250, 250),
        Fill(3, USDC, WETH, 125, 0, 30),
    ]
    first, second = entries_of(USDC, events, [])
    assert (first.share, first.after_loss) == (Decimal("0.5"), False)
    assert second.share == ratio(125, 740)
    assert (
        second.after_loss
    )  # 125 for 30 is less than the 490 for 100 before: the holding stands below its cost
