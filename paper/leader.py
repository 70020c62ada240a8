"""What binds a leader, and how the strategy has done by the leader's own vault: docs/limits.md, "What binds a
leader"; `contracts/core/LeaderLimits.sol` and `LeaderState.sol`.
"""

from accounting.rounding import mul_div_down, mul_div_up
from paper import budget
from paper.batch import Batch
from paper.policies import DAY_S, MAX_96
from paper.price import BPS
from paper.refused import RefusedError
from paper.state import WAD, Strategy, StrategyState, Vault

_MAX_INDEX = 2**56 - 1
_MAX_PEAK = 2**32 - 1
_MAX_ROUND_TRIPS = 255
_PEAK_UNIT = 10**4
_DAYS_KEPT = 8


def require_entry(batch: Batch, vault: Vault, gross: int) -> None:
    """Before an entry of ``gross`` units of the token sold by the leader's vault; a look at its equity."""
    limits, state = batch.limits, batch.strategy.state
    equity = batch.equity_down(vault.balances)
    if equity < limits.min_stake:
        raise RefusedError("StakeTooLow", equity, limits.min_stake)
    look(state, limits.min_stake, equity, batch.now)
    floor = drawdown_floor_up(state, limits.max_drawdown_bps)
    if state.index < floor:
        raise RefusedError("InDrawdown", state.index, floor)
    start = state.last_trade_at + limits.min_interval
    if batch.now < start:
        raise RefusedError("TooSoon", start)
    if state.round_trips >= limits.max_round_trips:
        raise RefusedError("RoundTripsUsedUp", state.round_trips)
    bought = batch.value_down(batch.index_in, gross)
    held = batch.value_down(batch.index_out, vault.balances[batch.index_out])
    _require_share(held + bought, equity, limits.max_token_bps)
    exposure = equity - vault.balances[0] + (0 if batch.index_in else bought)
    _require_share(exposure, equity, limits.max_exposure_bps)


def charge_strategy(batch: Batch, portion: int, loss_rate: int) -> None:
    """After a trade of ``portion`` of the holdings. Counts the trade, and an exit as a round trip."""
    state, bps = batch.strategy.state, batch.limits.loss_budget_bps
    used = budget.decayed_up(state.loss_used, bps, batch.now - state.last_trade_at)
    used += mul_div_up(portion, loss_rate, WAD)
    if used > budget.capacity(bps):
        raise RefusedError("LossBudgetUsedUp", used, budget.capacity(bps))
    if batch.index_out == 0:
        _roll_day(state, batch.now)
        state.round_trips = min(_MAX_ROUND_TRIPS, state.round_trips + 1)
    state.loss_used, state.last_trade_at = used, batch.now


def charge_more(batch: Batch, before: int, loss_rate: int) -> None:
    """A later batch of a trade cost more than the worst before: what is more is charged too, undecayed."""
    state, bps = batch.strategy.state, batch.limits.loss_budget_bps
    used = state.loss_used + mul_div_up(batch.portion, loss_rate - before, WAD)
    if used > budget.capacity(bps):
        raise RefusedError("LossBudgetUsedUp", used, budget.capacity(bps))
    state.loss_used = used


def observe(strategy: Strategy, equity: int, now: int) -> None:
    """Take ``equity`` of the leader's vault for the look of now."""
    look(strategy.state, strategy.limits.min_stake, equity, now)


def move_stake(state: StrategyState, *, inflow: int = 0, outflow: int = 0) -> None:
    """Move what the next look is compared with by what was put in and taken out since the look of now."""
    state.stake_equity = min(MAX_96, max(0, state.stake_equity + inflow - outflow))


def look(state: StrategyState, min_stake: int, equity: int, now: int) -> None:
    """The index moves by the ratio of the equity to that at the last look, rounded down."""
    if state.stake_equity >= min_stake:
        grown = mul_div_down(state.index, min(equity, MAX_96), state.stake_equity)
        state.index = min(grown, _MAX_INDEX)
    _roll_day(state, now)
    peak = min(state.index // _PEAK_UNIT, _MAX_PEAK)
    state.peaks[state.day] = max(peak, state.peaks.get(state.day, 0))
    state.stake_equity = min(equity, MAX_96)


def drawdown_floor_up(state: StrategyState, max_drawdown_bps: int) -> int:
    """Return the index at which entries stop, after a look."""
    highest = max(state.peaks.values(), default=0)
    return mul_div_up(highest * _PEAK_UNIT, BPS - max_drawdown_bps, BPS)


def _roll_day(state: StrategyState, now: int) -> None:
    """A new day forgets the peaks of days more than seven back, and the round trips."""
    today = now // DAY_S
    if state.day == today:
        return
    state.peaks = {day: peak for day, peak in state.peaks.items() if day > today - _DAYS_KEPT}
    state.day, state.round_trips = today, 0


def _require_share(part: int, equity: int, cap_bps: int) -> None:
    share = mul_div_up(part, BPS, equity)
    if share > cap_bps and part > 1:
        raise RefusedError("ProfileExceeded", share, cap_bps)
