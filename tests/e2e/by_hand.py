"""The protocol computed by hand, from its sentences: what every balance, event and statement line must be.

Integers only, in token units. Nothing here asks the contract, the ledger or the API, nor uses their code:
only what the pool took and gave for a batch is told from outside.
"""

from collections import Counter
from dataclasses import dataclass, field

WAD = 10**18
BPS = 10_000
SCALE = 10**36
LEADERS_POSITION = 2**32 - 1

Account = tuple[str, str, str]
"""Whose: the kind (vault, account, fee, venue, outside), which one, and the token."""


@dataclass
class Vault:
    """A vault and its statement, by average cost. `cost` is what the asset held has cost, in base units."""

    id: int
    owner: str
    fee_bps: int
    min_trade: int = 0
    max_trade: int = 0
    revision: int = 0
    paused: bool = False
    deposited: int = 0
    withdrawn: int = 0
    realized: int = 0
    copy_fees: int = 0
    cost: int = 0
    filled: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass
class Part:
    """A vault's part in a batch."""

    vault: Vault
    amount_in: int
    fee: int
    amount_out: int = 0


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
    oracle_out: int


@dataclass
class Trade:
    """A leader's trade: who it visits in which order, and what it has done so far."""

    sequence: int
    token_in: str
    token_out: str
    portion: int
    start: int
    order: list[int]
    cursor: int = 0
    batches: list[Batch] = field(default_factory=list)
    skips: list[tuple[Vault, str]] = field(default_factory=list)

    @property
    def id(self) -> int:
        return (1 << 32) | self.sequence

    @property
    def name(self) -> str:
        return f"1-{self.sequence}"


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


@dataclass
class Books:
    """One strategy, its leader, its followers and the treasury, in one base token and one asset.

    `decimals` and `prices` (dollars) are by token. The leader's vault is number 1.
    """

    base: str
    asset: str
    decimals: dict[str, int]
    prices: dict[str, int]
    leader: str
    treasury: str
    venue: str
    fee_bps: int
    balances: Counter[Account] = field(default_factory=Counter)
    vaults: dict[int, Vault] = field(default_factory=dict)
    members: list[int] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    mark: tuple[int, int] | None = None

    # ---------------------------------------------------------------- money

    def move(self, amount: int, token: str, source: tuple[str, str], target: tuple[str, str]) -> None:
        self.balances[*source, token] -= amount
        self.balances[*target, token] += amount

    def held(self, vault: Vault, token: str) -> int:
        return self.balances["vault", str(vault.id), token]

    def deposit(self, owner: str, amount: int) -> None:
        self.move(amount, self.base, ("outside", ""), ("account", owner))

    def withdraw(self, owner: str, token: str, amount: int) -> None:
        self.move(amount, token, ("account", owner), ("outside", ""))

    def claim(self, who: str, token: str) -> int:
        amount = self.balances["fee", who, token]
        self.move(amount, token, ("fee", who), ("account", who))
        return amount

    # ---------------------------------------------------------------- vaults

    def open_vault(self, owner: str, amount: int = 0, *, min_trade: int = 0, max_trade: int = 0) -> Vault:
        """The strategy's first vault is the leader's own: no fee, no policy, no place among the members."""
        number = len(self.vaults) + 1
        if number == 1:
            vault = Vault(number, owner, fee_bps=0)
        else:
            vault = Vault(number, owner, self.fee_bps, min_trade, max_trade, revision=1)
            self.members.append(number)
        self.vaults[number] = vault
        if amount:
            self.allocate(vault, amount)
        return vault

    def allocate(self, vault: Vault, amount: int) -> None:
        self.move(amount, self.base, ("account", vault.owner), ("vault", str(vault.id)))
        vault.deposited += amount

    def deallocate(self, vault: Vault, token: str, amount: int) -> None:
        """What leaves in kind leaves at the last recorded price, and its cost, rounded up, leaves with it."""
        value = amount
        if token == self.asset:
            held = self.held(vault, token)
            cost = _up(vault.cost * amount, held)
            value = self.worth(amount)
            vault.cost -= cost
            vault.realized += value - cost
        vault.withdrawn += value
        self.move(amount, token, ("vault", str(vault.id)), ("account", vault.owner))

    def leave(self, vault: Vault) -> None:
        """The last member takes the place of the one that leaves."""
        place, last = self.members.index(vault.id), self.members.pop()
        if last != vault.id:
            self.members[place] = last

    # ---------------------------------------------------------------- trades

    def begin(self, token_in: str, token_out: str, portion: int) -> Trade:
        """Visits every member once, from a start that the golden ratio picks anew for each trade."""
        sequence = len(self.trades) + 1
        start = (sequence * 2_654_435_769 % 2**32) * len(self.members) // 2**32
        order = self.members[start:] + self.members[:start]
        trade = Trade(sequence, token_in, token_out, portion, start, order)
        self.trades.append(trade)
        return trade

    def batch(self, trade: Trade, visits: int, received: int, taken: int | None = None) -> Batch:
        """The next `visits` members, first the leader, too, sell in one swap that gave `received`.

        It took `taken` of what they offered, or all. Later batches sell the part that the leader's did.
        """
        portion = trade.batches[0].portion if trade.batches else trade.portion
        parts = []
        if not trade.batches:
            leader = self.vaults[1]
            parts.append(Part(leader, self.held(leader, trade.token_in) * portion // WAD, 0))
        for vault in self._visited(trade, visits):
            gross, reason = self._size(vault, trade, portion)
            if reason:
                self._skip(trade, vault, reason)
            else:
                fee = gross * vault.fee_bps // BPS
                parts.append(Part(vault, gross - fee, fee))
        offered = sum(part.amount_in for part in parts)
        amount_in = offered if taken is None else taken
        for part in parts:
            part.amount_out = part.amount_in * received // offered
            part.amount_in = _up(part.amount_in * amount_in, offered)
            part.fee = part.fee * amount_in // offered
        batch = Batch(
            parts,
            portion * amount_in // offered,
            amount_in,
            sum(part.amount_in for part in parts) - amount_in,
            received,
            dust=received - sum(part.amount_out for part in parts),
            copy_fees=sum(part.fee for part in parts),
            oracle_out=self.quote(trade.token_in, trade.token_out, amount_in),
        )
        trade.batches.append(batch)
        self._settle(trade, batch)
        return batch

    def fill(self, order: Order, trade: Trade, keeper: str) -> OrderFill:
        """The trade's first batch filled a part of the order, or all that was left of it."""
        sold = trade.batches[0].portion
        order.complete = sold == trade.portion
        order.filled = order.portion if order.complete else order.filled + (WAD - order.filled) * sold // WAD
        filled = OrderFill(trade, order.filled, order.complete, keeper)
        order.fills.append(filled)
        return filled

    def expire(self, trade: Trade, visits: int) -> None:
        for vault in self._visited(trade, visits):
            self._skip(trade, vault, "Expired")

    def _visited(self, trade: Trade, visits: int) -> list[Vault]:
        chosen = trade.order[trade.cursor : trade.cursor + visits]
        trade.cursor += len(chosen)
        return [self.vaults[number] for number in chosen]

    def _size(self, vault: Vault, trade: Trade, portion: int) -> tuple[int, str | None]:
        """A portion of one's own holding; a policy binds entries only."""
        if vault.paused:
            return 0, "Paused"
        gross = self.held(vault, trade.token_in) * portion // WAD
        if gross == 0:
            return 0, "NothingToSell"
        if trade.token_in == self.base:
            if gross < vault.min_trade:
                return 0, "BelowMinimumTrade"
            if vault.max_trade:
                gross = min(gross, vault.max_trade)
        return gross, None

    def _skip(self, trade: Trade, vault: Vault, reason: str) -> None:
        trade.skips.append((vault, reason))
        vault.skipped[reason] += 1

    def _settle(self, trade: Trade, batch: Batch) -> None:
        venue = ("venue", self.venue)
        entry = trade.token_in == self.base
        for part in batch.parts:
            vault, place = part.vault, ("vault", str(part.vault.id))
            held = self.held(vault, trade.token_in)
            self.move(part.amount_in, trade.token_in, place, venue)
            self.move(part.fee, trade.token_in, place, ("fee", self.leader))
            self.move(part.amount_out, trade.token_out, venue, place)
            vault.filled += 1
            if entry:
                vault.cost += part.amount_in
                vault.copy_fees += part.fee
            else:
                cost = _up(vault.cost * (part.amount_in + part.fee), held)
                fee = part.fee * part.amount_out // part.amount_in
                vault.cost -= cost
                vault.realized += part.amount_out + fee - cost
                vault.copy_fees += fee
        self.move(batch.dust_in, trade.token_in, venue, ("fee", self.treasury))
        self.move(batch.dust, trade.token_out, venue, ("fee", self.treasury))
        self.mark = (batch.amount_in, batch.oracle_out) if entry else (batch.oracle_out, batch.amount_in)

    # ---------------------------------------------------------------- worth

    def quote(self, token_in: str, token_out: str, amount: int) -> int:
        """What the oracle's prices say `amount` is worth, rounded down."""
        value, unit = amount * self.prices[token_in], self.prices[token_out]
        return value * 10 ** self.decimals[token_out] // (unit * 10 ** self.decimals[token_in])

    def worth(self, amount: int) -> int:
        """An amount of the asset in base units, at the last price that a clearing recorded, rounded down."""
        if amount == 0:
            return 0
        assert self.mark is not None
        base, asset = self.mark
        return amount * base // asset

    def equity(self, vault: Vault) -> int:
        return self.held(vault, self.base) + self.worth(self.held(vault, self.asset))


def _up(numerator: int, denominator: int) -> int:
    """A quotient rounded up; nothing of nothing is nothing."""
    return -(-numerator // denominator) if denominator else 0
