"""Counting a token in 9 decimals instead of 18 changes a vault by at most one unit of 1e-9 a copy."""

import random
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backtest.crowd import PRICE_UNIT
from backtest.engine import Setting, offer, pool_of
from backtest.history import History, Moment, Sale, Tokens
from backtest.market import RecordedMarket
from paper.hub import Trade
from paper.state import WAD
from protocol.types import FeeTerms, Policy, StrategyLimits

USDC = 10**6
TRADES = 12


def balances(decimals: int, seed: int) -> list[int]:
    """A follower's USDC and WETH after a dozen trades, with WETH counted in so many decimals."""
    rng = random.Random(seed)
    tokens, dollars = Tokens(("USDC", "WETH"), (6, decimals)), 2_500
    market: Any = RecordedMarket(tokens, cost_bps=5)
    hub = None
    for number in range(TRADES):
        dollars += rng.randint(-30, 30)
        price = {1: dollars * USDC * PRICE_UNIT // 10**decimals}
        moment = Moment(number, 1_700_000_000 + number, price, Sale(0, 1, WAD))
        market.meet(moment)
        if hub is None:
            setting = Setting(10**10, FeeTerms(copy_bps=20), StrategyLimits(), 300, [], [], [], [])
            hub = offer(History("", tokens, [moment]), setting, market)
            hub.deposit("follower", "USDC", 4 * 10**9)
            hub.open_vault("follower", 1, Policy(), 10**9)
        hub.now = moment.time
        pair = (0, 1) if number % 3 < 2 else (1, 0)
        portion = rng.randint(WAD // 10, WAD // 2)
        sold, bought = (tokens.symbols[at] for at in pair)
        hub.trade("leader", Trade(1, pool_of(0, 1), sold, bought, portion))
    assert hub is not None
    return hub.vaults.look(2).balances


@given(st.integers(0, 10**6))
def test_nine_decimals_are_a_unit_a_copy_from_eighteen(seed: int) -> None:
    fine, coarse = balances(18, seed), balances(9, seed)
    assert abs(Fraction(fine[1], 10**9) - coarse[1]) <= TRADES
    # A unit of 1e-9 WETH is worth 2.5 of USDC's, and each sale rounds once.
    assert abs(fine[0] - coarse[0]) <= 4 * TRADES
