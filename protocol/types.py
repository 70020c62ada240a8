"""The hub's enums and structs, with members and order of `contracts/interfaces/Types.sol`: what callers hand
over and what events carry.

Amounts are integers in base token units, `_bps` basis points, times unix seconds. `struct()` is what web3 and
Brownie encode.
"""

from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import Any


class Member(IntEnum):
    """A member of one of the contract's enums."""

    @property
    def label(self) -> str:
        """The name in the contract, as `TakeProfit`."""
        return self.name.title().replace("_", "")

    @property
    def snake(self) -> str:
        """The name as the ledger keeps it, as `take_profit`."""
        return self.name.lower()


class VaultStatus(Member):
    """What a vault may do next."""

    NONE = 0
    ACTIVE = 1
    PAUSED = 2
    LEFT = 3
    SUSPENDED = 4
    EXITING = 5


class Reason(Member):
    """Why a trade was not copied into a vault, or not in full, or why a vault stopped."""

    NONE = 0
    PAUSED = 1
    NOTHING_TO_SELL = 2
    BELOW_MINIMUM_TRADE = 3
    EXPIRED = 4
    SUSPENDED = 5
    EXITING = 6
    FUNDED_NOW = 7
    POLICY_EXPIRED = 8
    TOKEN_EXCLUDED = 9
    COOLDOWN = 10
    MAXIMUM_TRADE = 11
    TOKEN_CAP = 12
    EXPOSURE_CAP = 13
    POSITION_COUNT = 14
    RISK_SIZE = 15
    SLIPPAGE = 16
    LOSS_BUDGET = 17
    STOP_LOSS = 18
    TAKE_PROFIT = 19
    DRAWDOWN = 20
    DAILY_LOSS = 21
    POOL_DEPTH = 22
    REQUESTED = 23


class Sizing(Member):
    """How much base token a vault puts into an entry; a policy's `size` is its parameter."""

    PROPORTIONAL = 0
    MULTIPLIER = 1
    FIXED = 2
    RISK = 3


class OnBreach(Member):
    """What a vault does when a limit would be broken or a stop is reached."""

    REDUCE = 0
    SKIP = 1
    SUSPEND = 2
    EXIT = 3


class FeeKind(Member):
    """What a fee was charged for."""

    PERFORMANCE = 0
    MANAGEMENT = 1
    SUBSCRIPTION = 2
    WITHDRAWAL = 3


class TradeKind(Member):
    """Who asked for a trade: the leader, a keeper for vaults that stop or exit, or an owner alone."""

    LEADER = 0
    CLOSE = 1
    MANUAL = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """A follower's rules for one vault; 0: no such limit. Bit i of `excluded_tokens`: never token i."""

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
    """What a leader asks of followers. Periods are seconds; `subscription` is for a full period."""

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
    """What binds a leader, for good. `min_interval` is seconds, `max_round_trips` a day. The defaults are the
    widest that the hub accepts, but for the stake.
    """

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
