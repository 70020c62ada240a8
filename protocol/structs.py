"""A follower's policy, a leader's terms and limits, as the hub takes them.

Amounts are integers in base token units, rates basis points, times seconds. Field names and order are those
of `contracts/interfaces/Types.sol`; `struct()` is what web3 and Brownie encode. 0 means: no such limit, or no
such fee.
"""

from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import Any


class Sizing(IntEnum):
    """How much base token a vault puts into an entry; `size` is its parameter."""

    PROPORTIONAL = 0
    MULTIPLIER = 1
    FIXED = 2
    RISK = 3


class OnBreach(IntEnum):
    """What a vault does when a limit would be broken or a stop is reached."""

    REDUCE = 0
    SKIP = 1
    SUSPEND = 2
    EXIT = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """A follower's rules for one vault."""

    sizing: Sizing = Sizing.PROPORTIONAL
    on_breach: OnBreach = OnBreach.REDUCE
    on_stop: OnBreach = OnBreach.REDUCE
    max_positions: int = 0
    excluded_tokens: int = 0
    max_slippage_bps: int = 0
    max_token_bps: int = 0
    max_exposure_bps: int = 0
    max_daily_loss_bps: int = 0
    max_drawdown_bps: int = 0
    stop_loss_bps: int = 0
    take_profit_bps: int = 0
    loss_budget_bps: int = 0
    cooldown: int = 0
    expiry: int = 0
    min_trade: int = 0
    max_trade: int = 0
    size: int = 0

    def struct(self) -> tuple[int, ...]:
        """The contract's `Policy`."""
        return tuple(int(value) for value in astuple(self))


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What a leader asks of followers."""

    copy_bps: int = 0
    performance_bps: int = 0
    management_bps: int = 0
    withdrawal_bps: int = 0
    referrer_bps: int = 0
    performance_period: int = 0
    subscription_period: int = 0
    subscription: int = 0

    def struct(self) -> tuple[int, ...]:
        """The contract's `FeeTerms`."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class StrategyLimits:
    """What binds a leader. The defaults are the widest that the hub accepts, but for the stake."""

    loss_budget_bps: int = 2_000
    max_drawdown_bps: int = 5_000
    max_token_bps: int = 10_000
    max_exposure_bps: int = 10_000
    max_impact_bps: int = 1_000
    stop_bps: int = 0
    min_interval: int = 0
    max_round_trips: int = 255
    min_stake: int = 10_000

    def struct(self) -> tuple[int, ...]:
        """The contract's `StrategyLimits`."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class StrategyParams:
    """A leader's offer. `tokens` is without the base token."""

    base_token: str
    tokens: tuple[str, ...]
    pools: tuple[str, ...]
    name: str
    terms: FeeTerms = FeeTerms()
    limits: StrategyLimits = StrategyLimits()
    max_slippage_bps: int = 300
    max_drift_bps: int = 100
    copy_window: int = 600
    min_deposit: int = 0

    def struct(self) -> tuple[Any, ...]:
        """The contract's `StrategyParams`."""
        return (
            self.base_token,
            list(self.tokens),
            list(self.pools),
            self.terms.struct(),
            self.limits.struct(),
            self.max_slippage_bps,
            self.max_drift_bps,
            self.copy_window,
            self.min_deposit,
            self.name,
        )
