"""What the hub stores: vaults, strategies and money outside vaults, and changes that are kept or dropped
together.

Names and units are those of `contracts/interfaces/Types.sol`.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

from accounting.marks import Marks
from paper.refused import RefusedError
from protocol.types import FeeTerms, Policy, StrategyLimits, StrategyParams, VaultStatus

MAX_BALANCE = 2**128 - 1
WAD = 10**18
INDEX_START = 10**10


@dataclass(slots=True)
class Vault:
    """A vault. ``balances`` and ``outflows`` are by token index; ``position``: None for the leader's own."""

    id: int
    strategy_id: int
    owner: str
    position: int | None
    copy_fee_bps: int
    terms_version: int
    accrued_at: int
    subscribed_until: int
    settle_from: int
    referrer: str
    balances: list[int]
    outflows: list[int]
    status: VaultStatus = VaultStatus.ACTIVE
    policy: Policy = field(default_factory=Policy)
    policy_revision: int = 0
    limited: bool = False
    loss_used: int = 0
    last_entry: int = 0
    marks: Marks = field(default_factory=Marks)
    peak: int = 0
    day_equity: int = 0
    day: int = 0
    escrowed: bool = False

    def __copy__(self) -> Self:
        made = object.__new__(type(self))
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        made.balances, made.outflows = list(self.balances), list(self.outflows)
        return made

    def add(self, index: int, amount: int) -> None:
        """Put ``amount`` of a token in."""
        if amount > MAX_BALANCE - self.balances[index]:
            raise RefusedError("BalanceOverflow")
        self.balances[index] += amount

    def sub(self, index: int, amount: int) -> None:
        """Take ``amount`` of a token out."""
        if amount > self.balances[index]:
            raise RefusedError("InsufficientBalance", self.balances[index], amount)
        self.balances[index] -= amount


@dataclass(slots=True)
class StrategyState:
    """How a strategy stands against its limits. ``peaks``: day → highest index of the day, in millionths."""

    day: int
    stake_equity: int = 0
    index: int = INDEX_START
    round_trips: int = 0
    loss_used: int = 0
    last_trade_at: int = 0
    peaks: dict[int, int] = field(default_factory=dict)

    def __copy__(self) -> Self:
        return type(self)(
            self.day,
            self.stake_equity,
            self.index,
            self.round_trips,
            self.loss_used,
            self.last_trade_at,
            dict(self.peaks),
        )


@dataclass(slots=True)
class Fanout:
    """A trade whose copies are not complete yet. ``cursor`` counts positions from ``start`` on."""

    sequence: int
    start: int
    count: int
    cursor: int
    deadline: int
    index_in: int
    index_out: int
    pool: str
    portion: int
    loss_rate: int = 0
    floor_price: int = 0


@dataclass(slots=True)
class Strategy:
    """A leader's offer and what became of it. ``tokens[0]`` is the base token; ``routes``: pool → two tokens.

    ``members`` has a vault's id at each position, 0 where it left.
    """

    id: int
    leader: str
    leader_vault: int
    params: StrategyParams
    tokens: tuple[str, ...]
    routes: dict[str, frozenset[int]]
    protocol_bps: int
    state: StrategyState
    terms: list[FeeTerms]
    members: list[int] = field(default_factory=list)
    sequence: int = 0
    solo_count: int = 0
    fanout: Fanout | None = None
    pending: tuple[FeeTerms, int] | None = None

    def __copy__(self) -> Self:
        made = object.__new__(type(self))
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        made.state, made.terms, made.members = copy(self.state), list(self.terms), list(self.members)
        made.fanout = copy(self.fanout)
        return made

    @property
    def limits(self) -> StrategyLimits:
        """What binds the leader."""
        return self.params.limits

    def terms_of(self, vault: Vault) -> FeeTerms:
        """The terms that a vault has: the leader's own pays nothing."""
        return self.terms[vault.terms_version - 1] if vault.terms_version else FeeTerms()

    def index_of(self, token: str) -> int:
        """A token's index. Raises `RefusedError` for one that the strategy does not have."""
        if token not in self.tokens:
            raise RefusedError("TokenNotAllowed", token)
        return self.tokens.index(token)

    def trade_id(self, sequence: int) -> int:
        """The id of the strategy's trade of that number."""
        return self.id << 32 | sequence


class _Copied(Protocol):
    def __copy__(self) -> Self: ...


Kept = TypeVar("Kept", bound=_Copied)


class Records(Generic[Kept]):
    """Records by number. What is touched is a copy until `keep` makes it what there is."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._touched: dict[int, Kept] = {}

    def get(self, number: int) -> Kept | None:
        """The record to change, or None."""
        found = self._touched.get(number)
        if found is None and (kept := self._kept.get(number)) is not None:
            found = self._touched[number] = copy(kept)
        return found

    def touch(self, number: int) -> Kept:
        """The record, which is there, to change."""
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def put(self, number: int, record: Kept) -> None:
        """A new record."""
        self._touched[number] = record

    def look(self, number: int) -> Kept:
        """The record as it is, to be read only."""
        return self._kept[number]

    def all(self) -> Iterable[Kept]:
        """All records as they are, to be read only."""
        return self._kept.values()

    def keep(self) -> None:
        """What was touched holds from now on."""
        self._kept |= self._touched
        self._touched = {}

    def drop(self) -> None:
        """What was touched never was."""
        self._touched = {}


class Amounts:
    """Token units by (whose, token, …), changed in the same way."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], int] = {}
        self._touched: dict[tuple[str, ...], int] = {}

    def of(self, *key: str) -> int:
        """Units under a key."""
        return self._touched.get(key, self._kept.get(key, 0))

    def move(self, amount: int, *key: str) -> None:
        """Add units, or take them when ``amount`` is negative."""
        self._touched[key] = self.of(*key) + amount

    def all(self) -> dict[tuple[str, ...], int]:
        """Everything that is not nothing."""
        return {key: amount for key, amount in self._kept.items() if amount}

    def keep(self) -> None:
        """What was changed holds from now on."""
        self._kept |= self._touched
        self._touched = {}

    def drop(self) -> None:
        """What was changed never was."""
        self._touched = {}
