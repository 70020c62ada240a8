"""What is kept by hand of vaults, trades, orders and fees. Amounts are token units, rates basis points."""

from collections import Counter
from dataclasses import dataclass, field

from protocol.types import FeeTerms, Policy
from tests.e2e.paper import Lots, Papers

WAD = 10**18

STATUSES = {"Active": 1, "Paused": 2, "Left": 3, "Suspended": 4, "Exiting": 5}
REASONS = {
    "paused": 1,
    "nothing_to_sell": 2,
    "below_minimum_trade": 3,
    "expired": 4,
    "exiting": 6,
    "maximum_trade": 11,
    "stop_loss": 18,
}
"""Those that a story meets, by the name that ledger and API give them, with the number on chain."""


@dataclass(frozen=True)
class Charge:
    """A fee in kind, what of it is whose, and what it counts as in base units."""

    kind: str
    token: str
    amount: int
    to_protocol: int
    to_referrer: int
    value: int

    @property
    def to_leader(self) -> int:
        return self.amount - self.to_protocol - self.to_referrer


@dataclass(frozen=True)
class Outflow:
    """What left a vault: the fees on it, and what was the owner's."""

    token: str
    charges: list[Charge]
    paid: int


@dataclass
class Vault:
    """A vault and its statement, by average cost. `cost` is what the asset held has cost, in base units.
    `lots` and `papers` are the statement's figures by FIFO, and what it would have been as an ideal copy.

    `costs` are fees by kind, in base units; `copied` are copy fees by token, in kind. `mark` and `invested`
    are what its results are measured against.
    """

    id: int
    owner: str
    terms: FeeTerms
    policy: Policy
    revision: int
    referrer: str | None = None
    status: str = "Active"
    stopped_by: str | None = None
    mark: int = 0
    invested: int = 0
    deposited: int = 0
    withdrawn: int = 0
    realized: int = 0
    cost: int = 0
    costs: Counter[str] = field(default_factory=Counter)
    copied: Counter[str] = field(default_factory=Counter)
    charges: list[Charge] = field(default_factory=list)
    filled: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    lots: Lots = field(default_factory=Lots)
    papers: Papers = field(default_factory=Papers)


@dataclass
class Part:
    """A vault's part in a batch."""

    vault: Vault
    amount_in: int
    fee: int
    amount_out: int = 0
    reduced_by: str | None = None


@dataclass
class Batch:
    """One swap: its parts and its sums. `portion` of each holding was sold, together `amount_in`."""

    parts: list[Part]
    portion: int
    amount_in: int
    dust_in: int
    amount_out: int
    dust: int
    copy_fees: int
    protocol_fees: int
    oracle_out: int
    keeper: str | None


@dataclass
class Trade:
    """A trade: who it visits in which order, and what it has done so far.

    A leader's is copied; in a close, which a keeper begins, vaults that stop sell alone.
    """

    sequence: int
    by: str
    token_in: str
    token_out: str
    portion: int
    start: int = 0
    order: list[int] = field(default_factory=list)
    is_close: bool = False
    cursor: int = 0
    batches: list[Batch] = field(default_factory=list)
    skips: list[tuple[Vault, str]] = field(default_factory=list)

    @property
    def id(self) -> int:
        return (1 << 32) | (self.is_close << 31) | self.sequence

    @property
    def name(self) -> str:
        return f"1-{'s' if self.is_close else ''}{self.sequence}"

    @property
    def kind(self) -> str:
        return "close" if self.is_close else "leader"


@dataclass
class Order:
    """A leader's signed order: the part of the first holding that it sells, and what it has sold of it."""

    hash: str
    nonce: int
    portion: int
    filled: int = 0
    complete: bool = False
    cancelled: bool = False
    fills: list["OrderFill"] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Of what the leader holds now, the part that brings what is sold of the first to `portion`."""
        return (self.portion - self.filled) * WAD // (WAD - self.filled)

    @property
    def status(self) -> str:
        if self.complete:
            return "complete"
        return "cancelled" if self.cancelled else "open"


@dataclass
class OrderFill:
    """A part of an order: the trade that filled it, and the order after it."""

    trade: Trade
    filled: int
    complete: bool
    keeper: str
