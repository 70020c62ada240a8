"""What a keeper sees at one head: values only, for the planner. Nothing here asks anybody.

Prices are units bought per unit sold, scaled by 1e36; times are unix seconds of blocks.
"""

from dataclasses import dataclass
from enum import IntEnum


class Urgency(IntEnum):
    """What goes first, and what is given up last: a keeper in trouble drops from the end of this list."""

    EXIT = 0
    STOP = 1
    ENTRY = 2
    UPKEEP = 3


@dataclass(frozen=True, slots=True)
class OpenTrade:
    """A trade that is being copied. `cursor` counts the positions visited, those on their way included."""

    sequence: int
    cursor: int
    count: int
    deadline: int
    is_exit: bool


@dataclass(frozen=True, slots=True)
class StrategyState:
    """A strategy. `holes` are empty positions of its list, `terms_due` says that pending terms may begin."""

    id: int
    leader: str
    base: str
    halted: bool
    trade: OpenTrade | None
    holes: tuple[int, ...] = ()
    terms_due: bool = False


@dataclass(frozen=True, slots=True)
class Trigger:
    """The oracle's price at which an order may fill: once it has risen to it, or fallen."""

    price: int
    rises: bool


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order that may be filled. `place` is its rank in the inbox, `price` the oracle's if it has one."""

    digest: str
    place: int
    strategy_id: int
    leader: str
    nonce: int
    is_exit: bool
    trigger: Trigger | None
    deadline: int
    price: int | None


@dataclass(frozen=True, slots=True)
class Sale:
    """One token of a vault that is for sale, and the strategy's pools that take it for base token."""

    token: str
    pools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosingVault:
    """A vault that is exiting (`stops` False), or has reached a stop that its policy answers."""

    id: int
    strategy_id: int
    stops: bool
    sales: tuple[Sale, ...]


@dataclass(frozen=True, slots=True)
class Dues:
    """A vault's fees that may be charged now. `period` tells one time they are due from the next."""

    vault_id: int
    strategy_id: int
    period: int
    escrow: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Stops of operators that hold now."""

    entries: bool = False
    leaders: frozenset[str] = frozenset()
    strategies: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """Everything a plan follows from.

    `carries`: the last urgency that the breakers allow, None for nothing. `busy`: claims that hold.
    `busy_strategies`: those with an order on its way. `in_flight`: how many of one's own transactions are.
    """

    number: int
    time: int
    strategies: tuple[StrategyState, ...]
    orders: tuple[OrderState, ...] = ()
    vaults: tuple[ClosingVault, ...] = ()
    dues: tuple[Dues, ...] = ()
    held: Held = Held()
    halted: bool = False
    carries: Urgency | None = Urgency.UPKEEP
    busy: frozenset[str] = frozenset()
    busy_strategies: frozenset[int] = frozenset()
    in_flight: int = 0
