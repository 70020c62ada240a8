from demo.prices import PRICE_UNIT, Tick
from demo.styles import WAD, Decision, DipBuyer, MeanReversion, Momentum, Rebalancer


def market(*dollars: int) -> list[Tick]:
    return [Tick(900 * at, price * PRICE_UNIT, 20 * price * PRICE_UNIT) for at, price in enumerate(dollars)]


ALL_CASH = {"USDC": 1_000 * PRICE_UNIT, "WETH": 0}
INVESTED = {"USDC": 500 * PRICE_UNIT, "WETH": 500 * PRICE_UNIT}
MOMENTUM = Momentum("USDC", "WETH", fast=2, slow=4, portion=WAD // 2)
REVERSION = MeanReversion("USDC", "WETH", window=6, portion=WAD // 4)
DIPS = DipBuyer("USDC", "WETH", window=6, dip=3, gain=3, portion=WAD // 4)


def test_momentum_buys_a_rise_and_closes_in_full_on_a_fall() -> None:
    assert MOMENTUM.decide(market(100, 100, 101, 103), ALL_CASH) == Decision("USDC", "WETH", WAD // 2)
    assert MOMENTUM.decide(market(103, 103, 101, 100), INVESTED) == Decision("WETH", "USDC", WAD)


def test_momentum_holds_its_position_while_the_trend_lasts() -> None:
    assert MOMENTUM.decide(market(100, 101, 102, 103), INVESTED) is None
    assert MOMENTUM.decide(market(103, 102, 101, 100), ALL_CASH) is None


def test_dust_is_no_position() -> None:
    dust = {"USDC": 1_000 * PRICE_UNIT, "WETH": PRICE_UNIT // 2}
    assert MOMENTUM.decide(market(103, 103, 101, 100), dust) is None


def test_mean_reversion_buys_what_is_unusually_cheap_and_closes_at_the_average() -> None:
    assert REVERSION.decide(market(100, 101, 100, 101, 100, 90), ALL_CASH) == Decision(
        "USDC", "WETH", WAD // 4
    )
    assert REVERSION.decide(market(100, 101, 100, 101, 100, 99), INVESTED) is None
    assert REVERSION.decide(market(90, 90, 90, 90, 90, 95), INVESTED) == Decision("WETH", "USDC", WAD)


def test_rebalancer_sells_exactly_the_excess() -> None:
    style = Rebalancer({"USDC": 5_000, "WETH": 5_000}, every=1, tolerance_bps=100)
    holdings = {"USDC": 800 * PRICE_UNIT, "WETH": 200 * PRICE_UNIT}
    assert style.decide(market(100), holdings) == Decision("USDC", "WETH", 3 * WAD // 8)
    assert style.decide(market(100), INVESTED) is None


def test_rebalancer_looks_only_now_and_then() -> None:
    style = Rebalancer({"USDC": 5_000, "WETH": 5_000}, every=2, tolerance_bps=100)
    assert style.decide(market(100), ALL_CASH) is None
    assert style.decide(market(100, 100), ALL_CASH) is not None


def test_dip_buyer_buys_slices_of_a_fall_and_closes_on_a_rise() -> None:
    assert DIPS.decide(market(110, 108, 106, 104, 102, 100), ALL_CASH) == Decision("USDC", "WETH", WAD // 4)
    assert DIPS.decide(market(100, 102, 104, 106, 108, 110), INVESTED) == Decision("WETH", "USDC", WAD)
    more_invested = {"USDC": 400 * PRICE_UNIT, "WETH": 600 * PRICE_UNIT}
    assert DIPS.decide(market(110, 108, 106, 104, 102, 100), more_invested) is None


def test_no_style_decides_before_it_has_seen_enough() -> None:
    for style in (MOMENTUM, REVERSION, DIPS):
        assert style.decide(market(100, 200, 50), ALL_CASH) is None
