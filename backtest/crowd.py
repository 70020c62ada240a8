"""Thousands of vaults as arrays: sized and paid as `paper.policies` and `paper.clearing` do it one by one.

Every formula is that of docs/limits.md; a test holds each number against the paper hub's. Amounts are token
units in 64 bits, see `backtest.exact` for their range.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from backtest.exact import MAX_UNITS, MAX_WORTH, Flags, Units, mul_div_down, require_below
from paper import budget
from paper.batch import Batch
from paper.clearing import MAX_32, Outcome
from paper.policies import DAY_S, is_limited, needs_equity
from paper.price import BPS, SCALE, STEPS
from paper.state import WAD
from protocol.types import OnBreach, Policy, Reason, Sizing, VaultStatus

NO_ROOM_LIMIT = 2**62
PRICE_UNIT = 10**18
"""A price is a multiple of this: so it is a ratio with a divisor in range, and the same on paper."""
_NO_BPS = 2**31
_STEPS = np.array((0, *STEPS), dtype=np.int64)
_REASON_OF = {VaultStatus.SUSPENDED: Reason.SUSPENDED, VaultStatus.EXITING: Reason.EXITING}
_SIZED = ("gross", "reason", "share", "used")


@dataclass(slots=True)
class Sized:
    """What each vault puts into a trade, and what it will remember if the trade happens.

    ``stop`` is the status in which a limit stops the vault, 0 for none. ``used`` is -1 where no limit looked.
    """

    gross: Units
    reason: NDArray[np.uint8]
    share: Units
    used: Units
    stop: NDArray[np.uint8]
    peak: Units
    day_equity: Units
    day: Units
    strictest_bps: int
    laxest_aside_bps: int


@dataclass(slots=True)
class Shares:
    """What each vault paid, was charged and got."""

    amount_in: Units
    fee: Units
    amount_out: Units


class Crowd:
    """One vault a place of each array. ``balances`` is by token index, then vault."""

    def __init__(
        self, policies: Sequence[Policy], deposits: Sequence[int], *, tokens: int, copy_bps: int
    ) -> None:
        self.count = len(policies)
        self.copy_bps = copy_bps
        self.balances = np.zeros((tokens, self.count), dtype=np.int64)
        self.balances[0] = deposits
        self.invested = self.balances[0].copy()
        self.status = np.full(self.count, VaultStatus.ACTIVE, dtype=np.uint8)
        self.peak, self.day_equity, self.day, self.loss_used, self.last_entry = np.zeros(
            (5, self.count), dtype=np.int64
        )
        self.policy = {
            each.name: np.array([int(getattr(policy, each.name)) for policy in policies], dtype=np.int64)
            for each in fields(Policy)
        }
        self._changes = 0
        self._worths_key: tuple[object, ...] = ()
        self._worths = self._equity = self.balances
        self.limited = np.array([is_limited(policy) for policy in policies], dtype=np.bool_)
        self.needs_equity = np.array([needs_equity(policy) for policy in policies], dtype=np.bool_)
        self.stoppable: Flags = np.any([self.policy[name] > 0 for name in sorted(_STOPS)], axis=0)
        require_below(MAX_WORTH, self.balances[0], "a deposit")

    # ---------------------------------------------------------------- looking

    def worth(self, batch: Batch, index: int, amounts: Units) -> Units:
        """What amounts of a token are worth in base token units, each rounded down."""
        if index == 0:
            return amounts
        return mul_div_down(amounts, batch.price(index) // PRICE_UNIT, SCALE // PRICE_UNIT)

    def worths(self, batch: Batch) -> Units:
        """What vaults hold of each token is worth in base token units: by token index, then vault.

        Reckoned once for the same balances and prices.
        """
        held = [index for index in range(1, len(self.balances)) if self.balances[index].any()]
        key = (self._changes, *((index, batch.price(index)) for index in held))
        if key != self._worths_key:
            self._worths = np.zeros_like(self.balances)
            self._worths[0] = self.balances[0]
            for index in held:
                self._worths[index] = self.worth(batch, index, self.balances[index])
            self._equity = self._worths.sum(axis=0)
            require_below(MAX_WORTH, self._equity, "a worth")
            self._worths_key = key
        return self._worths

    def equity(self, batch: Batch) -> Units:
        """What vaults are worth in base token units."""
        self.worths(batch)
        return self._equity

    def size(self, batch: Batch) -> Sized:
        """Each vault's part in the batch at `batch.expected_bps`; nothing is changed."""
        active = self.status == VaultStatus.ACTIVE
        gross = mul_div_down(self.balances[batch.index_in], batch.portion, WAD)
        reason = np.zeros(self.count, dtype=np.uint8)
        if not active.all():
            gross[~active] = 0
            for status in (VaultStatus.PAUSED, VaultStatus.SUSPENDED, VaultStatus.EXITING):
                reason[self.status == status] = _REASON_OF.get(status, Reason.PAUSED)
        sized = Sized(
            gross,
            reason,
            np.zeros(self.count, dtype=np.int64),
            np.full(self.count, -1, dtype=np.int64),
            np.zeros(self.count, dtype=np.uint8),
            self.peak,
            self.day_equity,
            self.day,
            _NO_BPS,
            0,
        )
        if batch.index_out:
            looking = active & self.limited
            if looking.all():
                self._limit(batch, sized, slice(None))
            elif looking.any():
                self._limit(batch, sized, np.flatnonzero(looking))
        sized.reason[(sized.gross == 0) & (sized.reason == Reason.NONE)] = Reason.NOTHING_TO_SELL
        return sized

    def stops(self, batch: Batch, chosen: Units | slice) -> tuple[NDArray[np.uint8], Units, Units, Units]:
        """The stop that each vault has reached (0: none), and its peak, day equity and day after the look."""
        equity = self.equity(batch)[chosen]
        peak, day_equity, day = self._looked(equity, batch.now, chosen)
        return self._stop_reached(equity, peak, day_equity, chosen), peak, day_equity, day

    # ---------------------------------------------------------------- trading

    def fees(self, gross: Units) -> Units:
        """The copy fee, part of the gross, rounded down."""
        fees: Units = gross * self.copy_bps // BPS
        return fees

    def settle(self, batch: Batch, sized: Sized, outcome: Outcome) -> Shares:
        """Pay everybody by one price, and remember what was looked at."""
        shares = self.pay(batch, sized.gross, self.fees(sized.gross), outcome)
        self.peak, self.day_equity, self.day = sized.peak, sized.day_equity, sized.day
        stopped = sized.stop != 0
        self.status[stopped] = sized.stop[stopped]
        entered = (sized.used >= 0) & (sized.gross > 0)
        self.loss_used[entered] = sized.used[entered]
        self.last_entry[entered] = batch.now
        counted = sized.share > 0
        if counted.any():
            more = -(-sized.share[counted] * outcome.rate // BPS)
            self.loss_used[counted] = np.minimum(self.loss_used[counted] + more, MAX_32)
        return shares

    def pay(self, batch: Batch, gross: Units, fee: Units, outcome: Outcome) -> Shares:
        """Give each vault its share of an outcome in which all that was offered was sold."""
        offered = gross - fee
        amount_out = mul_div_down(offered, outcome.amount_out, outcome.offered)
        self._changes += 1
        self.balances[batch.index_in] -= gross
        self.balances[batch.index_out] += amount_out
        require_below(MAX_UNITS, self.balances[batch.index_out], "a balance")
        return Shares(offered, fee, amount_out)

    # ---------------------------------------------------------------- inside

    def _looked(self, equity: Units, now: int, chosen: Units | slice) -> tuple[Units, Units, Units]:
        today = now // DAY_S
        peak = np.maximum(self.peak[chosen], equity)
        same = (self.day[chosen] == today) & (self.day_equity[chosen] != 0)
        return peak, np.where(same, self.day_equity[chosen], equity), np.where(same, self.day[chosen], today)

    def _stop_reached(
        self, equity: Units, peak: Units, day_equity: Units, chosen: Units | slice
    ) -> NDArray[np.uint8]:
        policy = {name: values[chosen] for name, values in self.policy.items() if name in _STOPS}
        invested = self.invested[chosen]
        won = (policy["take_profit_bps"] > 0) & (invested > 0)
        won &= equity * BPS >= invested * (BPS + policy["take_profit_bps"])
        reached = np.zeros(equity.size, dtype=np.uint8)
        # In reverse: the first of them counts.
        reached[_lost(equity, day_equity, policy["max_daily_loss_bps"])] = Reason.DAILY_LOSS
        reached[_lost(equity, peak, policy["max_drawdown_bps"])] = Reason.DRAWDOWN
        reached[won] = Reason.TAKE_PROFIT
        reached[_lost(equity, invested, policy["stop_loss_bps"])] = Reason.STOP_LOSS
        return reached

    def _limit(self, batch: Batch, sized: Sized, at: Units | slice) -> None:
        """Size the entries of the vaults ``at`` anew by their policies, or take them out."""
        look = _Look(self, batch, at, sized.gross[at])
        look.break_rules()
        if self.needs_equity[at].any():
            sized.peak, sized.day_equity, sized.day = (
                self.peak.copy(),
                self.day_equity.copy(),
                self.day.copy(),
            )
            look.look(sized)
        look.resize()
        look.find_room()
        look.limit_slippage(sized)
        stops = (look.gross == 0) & (look.reason >= Reason.MAXIMUM_TRADE) & (look.reason != Reason.SLIPPAGE)
        status = np.where(look.action == OnBreach.SUSPEND, VaultStatus.SUSPENDED, VaultStatus.EXITING)
        sized.stop[at] = np.where(stops & (look.action >= OnBreach.SUSPEND), status, 0)
        for name in _SIZED:
            getattr(sized, name)[at] = getattr(look, name)


_STOPS = frozenset({"stop_loss_bps", "take_profit_bps", "max_drawdown_bps", "max_daily_loss_bps"})


class _Look:
    """Some vaults' way through the checks of docs/limits.md, in their order. ``on`` are those still in it."""

    def __init__(self, crowd: Crowd, batch: Batch, at: Units | slice, gross: Units) -> None:
        self.crowd, self.batch, self.at = crowd, batch, at
        self.policy = {name: values[at] for name, values in crowd.policy.items()}
        self.balances = crowd.balances[:, at]
        self.gross = gross
        self.reason = np.zeros(gross.size, dtype=np.uint8)
        self.action = self.policy["on_breach"]
        self.equity = np.zeros(gross.size, dtype=np.int64)
        self.value = np.zeros(gross.size, dtype=np.int64)
        self.share = np.zeros(gross.size, dtype=np.int64)
        self.used = self._used_up()
        self.on = np.ones(gross.size, dtype=np.bool_)

    def leave(self, which: Flags, reason: Reason) -> None:
        """Those of ``which`` that are still in it stand aside."""
        out = self.on & which
        self.gross[out] = 0
        self.reason[out] = reason
        self.on &= ~which

    def break_rules(self) -> None:
        now, policy = self.batch.now, self.policy
        self.leave((policy["expiry"] > 0) & (now > policy["expiry"]), Reason.POLICY_EXPIRED)
        self.leave(
            (policy["excluded_tokens"] >> self.batch.index_out & 1).astype(bool), Reason.TOKEN_EXCLUDED
        )
        self.leave(now < self.crowd.last_entry[self.at] + policy["cooldown"], Reason.COOLDOWN)

    def look(self, sized: Sized) -> None:
        """Value those that need it, remember it, and stop those that have reached a stop."""
        looking = self.on & self.crowd.needs_equity[self.at]
        self.equity = self.crowd.equity(self.batch)[self.at]
        stops, peak, day_equity, day = self.crowd.stops(self.batch, self.at)
        for name, seen in (("peak", peak), ("day_equity", day_equity), ("day", day)):
            kept = getattr(sized, name)
            kept[self.at] = np.where(looking, seen, kept[self.at])
        stopped = looking & (stops != 0)
        self.reason[stopped] = stops[stopped]
        self.gross[stopped] = 0
        self.action = np.where(stopped, self.policy["on_stop"], self.action)
        self.on &= ~stopped

    def resize(self) -> None:
        """Only base token is sized: whatever else is sold is the leader's portion."""
        if self.batch.index_in == 0:
            holding, sizing, size = self.balances[0], self.policy["sizing"], self.policy["size"]
            more = self.on & (sizing == Sizing.MULTIPLIER)
            self.gross[more] = np.minimum(holding[more], self.gross[more] * size[more] // BPS)
            fixed = self.on & (sizing == Sizing.FIXED)
            self.gross[fixed] = np.minimum(holding[fixed], size[fixed])
            risk = np.flatnonzero(self.on & (sizing == Sizing.RISK))
            if risk.size:
                most = mul_div_down(self.equity[risk], size[risk], self.batch.limits.stop_bps)
                less = self.gross[risk] > most
                self.gross[risk[less]], self.reason[risk[less]] = most[less], Reason.RISK_SIZE
        self.on &= self.gross > 0

    def find_room(self) -> None:
        """The tightest limit on what the entry may be worth."""
        batch, policy = self.batch, self.policy
        room = np.full(self.gross.size, NO_ROOM_LIMIT, dtype=np.int64)
        why = np.zeros(self.gross.size, dtype=np.uint8)

        def narrow(which: Flags, limit: Units, reason: Reason) -> None:
            tighter = which & (limit < room)
            room[tighter], why[tighter] = limit[tighter], reason

        held = self.balances[batch.index_out]
        narrow(policy["max_trade"] > 0, policy["max_trade"], Reason.MAXIMUM_TRADE)
        if policy["max_token_bps"].any():
            taken = self.crowd.worths(batch)[batch.index_out, self.at]
            narrow(policy["max_token_bps"] > 0, self._left("max_token_bps", taken), Reason.TOKEN_CAP)
        if policy["max_exposure_bps"].any() and batch.index_in == 0:
            left = self._left("max_exposure_bps", self.equity - self.balances[0])
            narrow(policy["max_exposure_bps"] > 0, left, Reason.EXPOSURE_CAP)
        if policy["max_positions"].any():
            positions = (self.balances[1:] != 0).sum(axis=0)
            if batch.index_in:
                positions = positions - (self.gross == self.balances[batch.index_in])
            full = (policy["max_positions"] > 0) & (held == 0) & (positions >= policy["max_positions"])
            narrow(full, np.zeros(self.gross.size, dtype=np.int64), Reason.POSITION_COUNT)
        self.value = self.crowd.worth(batch, batch.index_in, self.gross)
        over = np.flatnonzero(self.on & (self.value > room))
        if over.size:
            reduces = policy["on_breach"][over] == OnBreach.REDUCE
            less = mul_div_down(self.gross[over], room[over], self.value[over])
            self.gross[over] = np.where(reduces, less, 0)
            self.reason[over] = why[over]
            self.value = self.value.copy()
            self.value[over] = room[over]
        self.on &= self.gross > 0
        small = (self.value == 0) | (self.value < policy["min_trade"])
        self.leave(small, Reason.BELOW_MINIMUM_TRADE)

    def limit_slippage(self, sized: Sized) -> None:
        """Whoever's limit is tighter than what is expected stands aside."""
        policy, batch = self.policy, self.batch
        limit = np.where(policy["max_slippage_bps"] > 0, policy["max_slippage_bps"], _NO_BPS)
        counting = np.flatnonzero(self.on & (policy["loss_budget_bps"] > 0))
        if counting.size:
            value, equity = self.value[counting], self.equity[counting]
            share = np.where(equity <= value, BPS, -(-value * BPS // np.maximum(equity, 1)))
            full = self._capacity()[counting]
            left = np.maximum(full - self.used[counting], 0)
            bearable = left * BPS // (share * (budget.ONE // BPS))
            step = _STEPS[np.searchsorted(_STEPS, bearable, side="right") - 1]
            limit[counting] = np.where(bearable < limit[counting], step, limit[counting])
            self.share[counting] = share
        self.leave(limit == 0, Reason.LOSS_BUDGET)
        aside = self.on & (limit < batch.expected_bps)
        if aside.any():
            sized.laxest_aside_bps = int(limit[aside].max())
        self.leave(aside, Reason.SLIPPAGE)
        if self.on.any():
            sized.strictest_bps = int(limit[self.on].min())
        self.share[~self.on] = 0

    def _left(self, name: str, taken: Units) -> Units:
        left: Units = np.maximum(0, self.equity * self.policy[name] // BPS - taken)
        return left

    def _capacity(self) -> Units:
        own, strategys = self.policy["loss_budget_bps"], self.batch.limits.loss_budget_bps
        return np.where(own > 0, np.minimum(own, strategys), strategys) * budget.capacity(1)

    def _used_up(self) -> Units:
        """What of its budget each has used up by now."""
        used = self.crowd.loss_used[self.at]
        elapsed = self.batch.now - self.crowd.last_entry[self.at]
        leaked = self._capacity() * elapsed // budget.WINDOW_S
        return np.where(used == 0, used, np.maximum(0, used - leaked))


def _lost(equity: Units, anchor: Units, bps: Units) -> Flags:
    lost: Flags = (bps > 0) & (anchor > 0) & (equity * BPS <= anchor * (BPS - np.minimum(bps, BPS)))
    return lost
