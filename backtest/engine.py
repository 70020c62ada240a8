"""Runs a history through a crowd's policies: the trade axis is a loop, the follower axis arrays.

The leader is the paper hub's own vault and limits, the price is its clearing's; what thousands of followers
do is `backtest.crowd`. All copies of a trade are one batch. After each moment somebody closes what may be
closed, as a keeper would: vaults that exit, and those whose stop is reached and answered with Suspend or
Exit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from accounting.rounding import mul_div_down
from backtest.crowd import Crowd, Shares, Sized
from backtest.exact import Flags
from backtest.history import History, Moment, Sale
from backtest.market import RecordedMarket
from backtest.record import Record
from paper import fairness, leader
from paper.batch import Batch
from paper.clearing import Bounds, Outcome, execute
from paper.hub import Hub
from paper.price import BPS, STEPS
from paper.refused import RefusedError
from paper.state import WAD, Strategy, Vault
from protocol.types import FeeTerms, OnBreach, Policy, Reason, StrategyLimits, StrategyParams, VaultStatus

LEADER = "leader"
POOL = "pool"
_CLOSABLE = (VaultStatus.ACTIVE, VaultStatus.PAUSED, VaultStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is run besides the history: the leader's stake in base token units, terms, limits, and followers.

    Each follower has a policy, a deposit, and the number of the group that it is counted in; groups have
    names.
    """

    stake: int
    terms: FeeTerms
    limits: StrategyLimits
    max_slippage_bps: int
    policies: Sequence[Policy]
    deposits: Sequence[int]
    groups: Sequence[int]
    names: Sequence[str]


def offer(history: History, setting: Setting, market: RecordedMarket) -> Hub:
    """A paper hub with the leader's strategy and stake, at the first moment of the history."""
    hub = Hub(market, treasury="treasury")
    hub.now = history.moments[0].time
    base, *others = history.tokens.symbols
    params = StrategyParams(
        base,
        tuple(others),
        (),
        "Backtest",
        terms=setting.terms,
        limits=setting.limits,
        max_slippage_bps=setting.max_slippage_bps,
    )
    pairs = {
        f"{POOL} {one} {other}": frozenset((one, other))
        for one in range(len(others) + 1)
        for other in range(one)
    }
    hub.create_strategy(LEADER, params, pairs)
    hub.deposit(LEADER, base, setting.stake)
    hub.allocate(LEADER, 1, setting.stake)
    return hub


def pool_of(index_in: int, index_out: int) -> str:
    """The pool of two tokens."""
    return f"{POOL} {max(index_in, index_out)} {min(index_in, index_out)}"


OnTrade = Callable[[Moment, int, Sized | None, Shares | None, str], None]
"""Told of each trade: its moment, the slippage expected, sizes and shares, or why it was refused."""


class Engine:
    """One run. Give it every moment of the history in turn."""

    def __init__(
        self, history: History, setting: Setting, market: RecordedMarket, *, on_trade: OnTrade | None = None
    ) -> None:
        hub = offer(history, setting, market)
        self.strategy: Strategy = hub.strategies.touch(1)
        self.leader: Vault = hub.vaults.touch(1)
        self.market = market
        self.crowd = Crowd(
            setting.policies,
            setting.deposits,
            tokens=len(history.tokens.symbols),
            copy_bps=setting.terms.copy_bps,
        )
        self.record = Record(setting.stake, self.crowd, setting.groups, len(setting.names))
        self._max_slippage_bps = setting.max_slippage_bps
        self._on_trade = on_trade
        self._sequence = 0

    def play(self, moment: Moment) -> None:
        """Trade what the leader trades at this moment, then close what may be closed."""
        self.market.meet(moment)
        if moment.sale is not None:
            self._trade(moment, moment.sale)
        batch = self._batch(moment.time, 0, 0, WAD)
        self._close(batch)
        self.record.look(batch, self.crowd, self.leader)

    def _trade(self, moment: Moment, sale: Sale) -> None:
        self._sequence += 1
        held = self.leader.balances[sale.index_in]
        portion = sale.portion
        if portion is None:
            # The least portion that sells the recorded amount, or all where that is more than there is.
            wanted = min(sale.amount_in or 0, held)
            portion = -(-wanted * WAD // held) if held else 1
        before = self.strategy, self.leader
        try:
            cleared = self._clear(moment.time, sale, max(1, portion))
        except RefusedError as error:
            self.strategy, self.leader = before
            self.record.refuse(moment, str(error))
            self._tell(moment, 0, None, None, str(error))
            return
        expected_bps, sized, shares, batch = cleared
        self.record.copy(batch, self.crowd, sized, shares)
        self._tell(moment, expected_bps, sized, shares, "")

    def _tell(
        self, moment: Moment, expected_bps: int, sized: Sized | None, shares: Shares | None, why: str
    ) -> None:
        if self._on_trade is not None:
            self._on_trade(moment, expected_bps, sized, shares, why)

    def _clear(self, now: int, sale: Sale, portion: int) -> tuple[int, Sized, Shares, Batch]:
        """Leader and followers in one swap. What is refused changes nothing: both are copies until then."""
        strategy, vault = self.strategy.__copy__(), self.leader.__copy__()
        self.strategy = strategy
        batch = self._batch(now, sale.index_in, sale.index_out, portion)
        gross = mul_div_down(vault.balances[sale.index_in], portion, WAD)
        if not gross:
            raise RefusedError("NothingToSell")
        if sale.index_out:
            leader.require_entry(batch, vault, gross)
        sized, outcome = self._agree(batch, gross)
        leader.charge_strategy(batch, batch.portion, outcome.rate)
        vault.sub(sale.index_in, gross)
        vault.add(sale.index_out, mul_div_down(gross, outcome.amount_out, outcome.offered))
        self.leader = vault
        return batch.expected_bps, sized, self.crowd.settle(batch, sized, outcome), batch

    def _agree(self, batch: Batch, gross: int) -> tuple[Sized, Outcome]:
        """Find who takes part: everybody inside their limit, and nobody outside who would have been inside.

        From nobody aside upwards, as the price gets better with every vault that stands aside.
        """
        while True:
            sized = self.crowd.size(batch)
            offered, average = self._fit(batch, sized, gross)
            batch.strictest_bps, batch.laxest_aside_bps = sized.strictest_bps, sized.laxest_aside_bps
            try:
                return sized, execute(batch, offered, Bounds(0, self._max_slippage_bps, WAD, 0), average, BPS)
            except RefusedError as error:
                tighter = sized.strictest_bps < self._max_slippage_bps
                if error.name != "PriceBelowOracle" or not tighter:
                    raise
                batch.expected_bps = next(step for step in (*STEPS, BPS) if step > sized.strictest_bps)

    def _fit(self, batch: Batch, sized: Sized, gross: int) -> tuple[int, tuple[int, int]]:
        """Cut the largest parts where the pool does not take all: what is offered, and the average price."""
        looked = gross + int((sized.gross - self.crowd.fees(sized.gross)).sum())
        impact = batch.limits.max_impact_bps
        seen = self.market.view(batch.pool, batch.token_in, batch.token_out, looked, impact)
        average = (seen.average_out, looked)
        if looked <= seen.depth_in:
            return looked, average
        if gross > seen.depth_in:
            raise RefusedError("TooLargeForPool", gross, seen.depth_in)
        parts = sized.gross[sized.gross > 0].tolist()
        level = fairness.level_down(parts, seen.depth_in - gross)
        cut = sized.gross > level
        sized.gross[cut], sized.reason[cut] = level, Reason.POOL_DEPTH
        return gross + int((sized.gross - self.crowd.fees(sized.gross)).sum()), average

    def _close(self, batch: Batch) -> None:
        """Carry out stops, and sell what exiting vaults hold."""
        crowd = self.crowd
        on_stop = crowd.policy["on_stop"]
        closable = (on_stop >= OnBreach.SUSPEND) & np.isin(crowd.status, _CLOSABLE) & crowd.stoppable
        closable &= (crowd.status != VaultStatus.SUSPENDED) | (on_stop == OnBreach.EXIT)
        if closable.any():
            self._stop(batch, closable)
        exiting = crowd.status == VaultStatus.EXITING
        for index in range(1, len(crowd.balances)):
            selling: Flags = exiting & (crowd.balances[index] > 0)
            if selling.any() and self.market.has_price(index):
                self._sell(batch.now, index, selling)

    def _stop(self, batch: Batch, closable: Flags) -> None:
        crowd = self.crowd
        try:
            stops, peak, day_equity, day = crowd.stops(batch, slice(None))
        except RefusedError:
            return
        reached = closable & (stops != 0)
        if not reached.any():
            return
        stopped = np.flatnonzero(reached)
        crowd.peak[stopped], crowd.day_equity[stopped] = peak[reached], day_equity[reached]
        crowd.day[stopped] = day[reached]
        exits = crowd.policy["on_stop"][stopped] == OnBreach.EXIT
        crowd.status[stopped] = np.where(exits, VaultStatus.EXITING, VaultStatus.SUSPENDED)
        self.record.stop(stopped, stops[reached])

    def _sell(self, now: int, index: int, selling: Flags) -> None:
        """All at one price; whoever's slippage limit is tighter than that waits for a better one."""
        crowd = self.crowd
        limits = crowd.policy["max_slippage_bps"]
        while selling.any():
            batch = self._batch(now, index, 0, WAD)
            own = limits[selling & (limits > 0)]
            batch.strictest_bps = int(own.min()) if own.size else BPS * BPS
            gross = np.where(selling, crowd.balances[index], 0)
            offered = int(gross.sum())
            seen = self.market.view(
                batch.pool, batch.token_in, batch.token_out, offered, batch.limits.max_impact_bps
            )
            average = (seen.average_out, offered)
            if offered > seen.depth_in:
                level = fairness.level_down(gross[gross > 0].tolist(), seen.depth_in)
                gross = np.minimum(gross, level)
                offered = int(gross.sum())
            try:
                outcome = execute(batch, offered, Bounds(0, self._max_slippage_bps, WAD, 1), average, BPS)
            except RefusedError:
                if batch.strictest_bps >= self._max_slippage_bps:
                    return
                selling &= (limits == 0) | (limits > batch.strictest_bps)
                continue
            shares = crowd.pay(batch, gross, np.zeros_like(gross), outcome)
            self.record.closed(batch, crowd, shares)
            return

    def _batch(self, now: int, index_in: int, index_out: int, portion: int) -> Batch:
        pool = pool_of(index_in, index_out)
        trade_id = self.strategy.trade_id(self._sequence)
        limits = self.strategy.limits
        return Batch(self.strategy, self.market, now, trade_id, pool, index_in, index_out, portion, limits)


def run(
    history: History, setting: Setting, market: RecordedMarket, *, on_trade: OnTrade | None = None
) -> Engine:
    """Play the whole history."""
    engine = Engine(history, setting, market, on_trade=on_trade)
    for moment in history.moments:
        engine.play(moment)
    return engine
