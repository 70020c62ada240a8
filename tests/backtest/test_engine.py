"""The engine's thousands are the paper hub's one by one: fills, reasons, stops, balances, memories."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from backtest.crowd import Shares, Sized
from backtest.engine import Engine, Setting, offer, pool_of
from backtest.history import History, Moment, Sale, Tokens
from backtest.market import RecordedMarket
from indexer.decode.events import CopySkipped, TradeCopied
from paper.hub import Hub, Trade
from paper.refused import RefusedError
from paper.state import WAD
from protocol.types import FeeTerms, OnBreach, Policy, Reason, Sizing, StrategyLimits, VaultStatus

TOKENS = Tokens(("USDC", "WETH", "WBTC"), (6, 9, 8))
USDC = 10**6
START = 1_700_000_000
WETH, WBTC = 25 * 10**17, 600 * 10**18
LIMITS = StrategyLimits(min_stake=10_000, stop_bps=500, max_impact_bps=100)

policies = st.builds(
    Policy,
    sizing=st.sampled_from([Sizing.PROPORTIONAL, Sizing.PROPORTIONAL]),
    on_breach=st.sampled_from(OnBreach),
    on_stop=st.sampled_from(OnBreach),
    max_positions=st.sampled_from([0, 0, 1]),
    excluded_tokens=st.sampled_from([0, 0, 2, 4]),
    max_slippage_bps=st.sampled_from([0, 10, 20, 50, 100]),
    max_token_bps=st.sampled_from([0, 0, 1_500, 4_000]),
    max_exposure_bps=st.sampled_from([0, 0, 3_000, 7_000]),
    max_daily_loss_bps=st.sampled_from([0, 0, 50, 300]),
    max_drawdown_bps=st.sampled_from([0, 0, 100, 400]),
    stop_loss_bps=st.sampled_from([0, 0, 100, 500]),
    take_profit_bps=st.sampled_from([0, 0, 100, 500]),
    loss_budget_bps=st.sampled_from([0, 0, 1, 5, 50]),
    cooldown=st.sampled_from([0, 0, 7_200]),
    expiry=st.sampled_from([0, 0, START + 20_000]),
    min_trade=st.sampled_from([0, 0, 50 * USDC, 200 * USDC]),
    max_trade=st.sampled_from([0, 0, 300 * USDC + 1]),
).flatmap(
    lambda policy: st.sampled_from(
        [
            policy,
            replace(policy, sizing=Sizing.MULTIPLIER, size=23_456),
            replace(policy, sizing=Sizing.FIXED, size=123_456_789),
            replace(policy, sizing=Sizing.RISK, size=70),
        ]
    )
)
stops = st.builds(
    Policy,
    on_stop=st.sampled_from(OnBreach),
    max_daily_loss_bps=st.sampled_from([0, 50]),
    max_drawdown_bps=st.sampled_from([0, 100]),
    stop_loss_bps=st.sampled_from([0, 100]),
    take_profit_bps=st.sampled_from([0, 100]),
)
followers = st.lists(
    st.tuples(st.one_of(policies, stops), st.integers(10 * USDC, 9_000 * USDC)), min_size=1, max_size=9
)
moves = st.lists(
    st.tuples(
        st.integers(1, 40_000),
        st.integers(-60, 60),
        st.integers(-60, 60),
        st.sampled_from([None, (0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1), (0, 1)]),
        st.integers(1, 20),
        st.one_of(st.none(), st.integers(-80, 20)),
    ),
    min_size=4,
    max_size=25,
)


class DeepMarket(RecordedMarket):
    """As recorded, and only so deep."""

    depth: int = 2**128

    def view(self, *arguments: Any, **named: Any) -> Any:
        return replace(RecordedMarket.view(self, *arguments, **named), depth_in=self.depth)


def history_of(drawn: list[tuple[Any, ...]]) -> History:
    now, weth, wbtc = START, WETH, WBTC
    moments = [Moment(1, now, {1: weth, 2: wbtc})]
    for line, (seconds, one, two, pair, part, worse) in enumerate(drawn, start=2):
        now += seconds
        weth, wbtc = weth * (1_000 + one) // 1_000, wbtc * (1_000 + two) // 1_000
        sale = None
        if pair is not None:
            prices = {0: 10**18, 1: weth, 2: wbtc}
            paid = 10**12
            fair = paid * prices[pair[0]] // prices[pair[1]]
            got = None if worse is None else fair * (10_000 + worse) // 10_000
            portion = WAD if part == 20 else part * WAD // 21 + 12_345
            sale = Sale(*pair, portion, None if worse is None else paid, got)
        moments.append(Moment(line, now, {1: weth, 2: wbtc}, sale))
    moments.append(Moment(999, now + 1, {}, Sale(0, 1, WAD // 3)))
    return History("drawn", TOKENS, moments)


class Paper:
    """The same run with the paper hub, told which slippage to expect and whom to close."""

    def __init__(self, history: History, setting: Setting, market: RecordedMarket) -> None:
        market.meet(history.moments[0])
        self.hub: Hub = offer(history, setting, market)
        self.market = market
        for number, (policy, deposit) in enumerate(zip(setting.policies, setting.deposits, strict=True)):
            owner = f"follower {number}"
            self.hub.deposit(owner, "USDC", 4 * deposit)
            self.hub.open_vault(owner, 1, policy, deposit)

    def vaults(self) -> list[Any]:
        return [vault for vault in self.hub.vaults.all() if vault.id > 1]


def compare(engine: Engine, paper: Paper) -> None:
    crowd, vaults = engine.crowd, paper.vaults()
    assert crowd.balances.T.tolist() == [vault.balances for vault in vaults]
    assert crowd.status.tolist() == [vault.status for vault in vaults]
    for name in ("peak", "day_equity", "day", "loss_used", "last_entry"):
        assert getattr(crowd, name).tolist() == [getattr(vault, name) for vault in vaults], name
    leader, strategy = paper.hub.vaults.look(1), paper.hub.strategies.look(1)
    assert (engine.leader.balances, engine.strategy.state) == (leader.balances, strategy.state)


@settings(deadline=None, max_examples=200)
@given(drawn=moves, who=followers, copy_bps=st.sampled_from([0, 33]), depth=st.sampled_from([2**128, 10**10]))
def test_every_vault_of_the_crowd_is_the_paper_hubs(
    drawn: list[tuple[Any, ...]], who: list[tuple[Policy, int]], copy_bps: int, depth: int
) -> None:
    history = history_of(drawn)
    setting = Setting(
        20_000 * USDC,
        FeeTerms(copy_bps=copy_bps),
        LIMITS,
        100,
        [policy for policy, _ in who],
        [deposit for _, deposit in who],
        [0] * len(who),
        ["all"],
    )
    markets = DeepMarket(TOKENS, cost_bps=15), DeepMarket(TOKENS, cost_bps=15)
    for market in markets:
        market.depth = depth
    told: list[Told] = []

    def note(moment: Moment, bps: int, sized: Sized | None, shares: Shares | None, why: str) -> None:
        assert moment.sale is not None
        told.append(Told(moment.sale, bps, sized, shares, why))

    paper = Paper(history, setting, markets[1])
    engine = Engine(history, setting, markets[0], on_trade=note)
    for moment in history.moments:
        told.clear()
        engine.play(moment)
        paper.hub.now = moment.time
        markets[1].meet(moment)
        if told:
            same_trade(paper, told[0])
        same_closes(engine, paper)
        compare(engine, paper)


class Told(NamedTuple):
    """What the engine said of a trade."""

    sale: Sale
    bps: int
    sized: Sized | None
    shares: Shares | None
    why: str


def same_trade(paper: Paper, told: Told) -> None:
    sale, _, sized, shares, _ = told
    symbols = TOKENS.symbols
    pool = pool_of(sale.index_in, sale.index_out)
    trade = Trade(1, pool, symbols[sale.index_in], symbols[sale.index_out], sale.portion or 0)
    paper.hub.told.clear()
    refused = ""
    try:
        paper.hub.trade("leader", trade, expected_bps=told.bps)
    except RefusedError as error:
        refused = str(error)
    assert refused == told.why
    if sized is None or shares is None:
        return
    for code in set(sized.reason.tolist()):
        event(Reason(code).name)
    skips = {each.vault_id: each.reason for each in paper.hub.told if isinstance(each, CopySkipped)}
    copies = {each.vault_id: each for each in paper.hub.told if isinstance(each, TradeCopied)}
    for at in range(sized.gross.size):
        reason = int(sized.reason[at])
        if not sized.gross[at]:
            assert skips[at + 2] == reason
            continue
        own = copies[at + 2]
        figures = (int(shares.amount_in[at]), int(shares.fee[at]), int(shares.amount_out[at]))
        assert (own.amount_in, own.fee, own.amount_out, own.reduced_by) == (*figures, reason)


def same_closes(engine: Engine, paper: Paper) -> None:
    """Whoever the engine has stopped or sold out can be closed on paper, and comes out alike."""
    crowd, vaults = engine.crowd, paper.vaults()
    changed = [vault.id for vault in vaults if crowd.status[vault.id - 2] != vault.status]
    for index in (1, 2):
        sold = [vault.id for vault in vaults if crowd.balances[index][vault.id - 2] < vault.balances[index]]
        if index == 1:
            suspended = [each for each in changed if crowd.status[each - 2] == VaultStatus.SUSPENDED]
            stopped = [each for each in changed if each not in suspended]
        ids = sorted({*sold, *(suspended if index == 1 else ())})
        if ids:
            paper.hub.close_vaults("", 1, pool_of(index, 0), TOKENS.symbols[index], ids)
    still = [each for each in stopped if paper.hub.vaults.look(each).status != VaultStatus.EXITING]
    for vault_id in still:
        # Nothing to sell, or it waits for a better price: stopped with a token that it does not hold.
        empty = next(at for at in (1, 2) if not paper.hub.vaults.look(vault_id).balances[at])
        paper.hub.close_vaults("", 1, pool_of(empty, 0), TOKENS.symbols[empty], [vault_id])


def test_a_run_is_the_same_every_time() -> None:
    drawn = [(600, 5, -3, (0, 1), 7, -20), (900, -9, 2, (1, 0), 20, None), (60, 1, 1, (0, 2), 3, 0)]
    history = history_of(drawn)
    setting = Setting(
        20_000 * USDC, FeeTerms(), LIMITS, 100, [Policy()] * 50, [USDC * 1_000] * 50, [0] * 50, ["all"]
    )
    runs = []
    for _ in range(2):
        engine = Engine(history, setting, RecordedMarket(TOKENS))
        for moment in history.moments:
            engine.play(moment)
        runs.append((engine.crowd.balances.tobytes(), repr(engine.record.curves)))
    assert runs[0] == runs[1]
    assert np.all(engine.record.copied > 0)


@pytest.mark.parametrize(("worse", "aside"), [(8, 0), (15, 1), (25, 2), (60, 4)])
def test_whoever_is_inside_the_price_takes_part_and_nobody_else(worse: int, aside: int) -> None:
    """Buying at so many bps worse than the oracle: tighter limits stand aside, wider ones are in."""
    fair = 10**12 * 10**18 // WETH
    sale = Sale(0, 1, WAD // 2, 10**12, fair * (10_000 - worse) // 10_000)
    history = History("one", TOKENS, [Moment(1, START, {1: WETH, 2: WBTC}, sale)])
    limits = (10, 20, 30, 50, 0)
    setting = Setting(
        20_000 * USDC,
        FeeTerms(),
        LIMITS,
        100,
        [Policy(max_slippage_bps=bps) for bps in limits],
        [1_000 * USDC] * len(limits),
        [0] * len(limits),
        ["all"],
    )
    engine = Engine(history, setting, RecordedMarket(TOKENS))
    engine.play(history.moments[0])
    assert engine.record.refused == []
    assert engine.record.copied.tolist() == [0] * aside + [1] * (5 - aside)
    assert engine.record.skips[0, Reason.SLIPPAGE] == aside
