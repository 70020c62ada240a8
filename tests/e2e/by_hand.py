"""The protocol computed by hand, from its sentences: what every balance, event and statement line must be.

Integers only, in token units. Nothing here asks the contract, the ledger or the API, nor uses their code:
only what the pool took and gave for a batch is told from outside.
"""

from collections import Counter
from dataclasses import dataclass, field

from protocol.types import FeeTerms, OnBreach, Policy
from tests.e2e.records import WAD, Batch, Charge, Order, OrderFill, Outflow, Part, Trade, Vault

BPS = 10_000
SCALE = 10**36
LEADERS_POSITION = 2**32 - 1
LEADER_CAP_BPS = 3_000
"""Largest share of one's money with one leader, for owners who have not said otherwise."""

Account = tuple[str, str, str]
"""Whose: the kind (vault, account, fee, venue, outside), which one, and the token."""


def least_money(amount: int, cap_bps: int = LEADER_CAP_BPS) -> int:
    """The least that an owner brings who puts `amount` of it with one leader."""
    return _up(amount * BPS, cap_bps)


@dataclass
class Books:
    """One strategy, its leader, its followers and the treasury, in one base token and one asset.

    `decimals` and `prices` (dollars) are by token. The leader's vault is number 1. `protocol_bps` of every
    fee are the treasury's. `recorded` is the price of the last clearing: base units for asset units.
    """

    base: str
    asset: str
    decimals: dict[str, int]
    prices: dict[str, int]
    leader: str
    treasury: str
    venue: str
    terms: FeeTerms
    protocol_bps: int
    balances: Counter[Account] = field(default_factory=Counter)
    vaults: dict[int, Vault] = field(default_factory=dict)
    members: list[int] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    recorded: tuple[int, int] | None = None

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

    def open_vault(
        self, owner: str, amount: int = 0, *, policy: Policy | None = None, referrer: str | None = None
    ) -> Vault:
        """The strategy's first vault is the leader's own: no fee, no policy, no place among the members."""
        number = len(self.vaults) + 1
        if number == 1:
            vault = Vault(number, owner, FeeTerms(), Policy(), revision=0)
        else:
            vault = Vault(number, owner, self.terms, policy or Policy(), revision=1, referrer=referrer)
            self.members.append(number)
        self.vaults[number] = vault
        if amount:
            self.allocate(vault, amount)
        return vault

    def allocate(self, vault: Vault, amount: int) -> None:
        self.move(amount, self.base, ("account", vault.owner), ("vault", str(vault.id)))
        vault.deposited += amount
        vault.papers.put_in(amount)
        vault.mark += amount
        vault.invested += amount

    def take_out(self, vault: Vault, *amounts: tuple[str, int]) -> list[Outflow]:
        """Tokens leave for the owner's account, less fees, by one look at the vault at the oracle's prices.

        The gain above the mark pays in proportion to what leaves. The mark falls in proportion, too, and by
        no more than what left; what is invested falls in proportion.
        """
        equity, mark, terms = self.equity_now(vault), vault.mark, vault.terms
        gain = max(0, equity - mark)
        left = 0
        outflows = []
        for token, amount in amounts:
            left += self.value_now(token, amount)
            fees = {
                "withdrawal": amount * terms.withdrawal_bps // BPS,
                "performance": amount * terms.performance_bps * gain // (equity * BPS),
            }
            charges = [self._charge(vault, token, kind, fee) for kind, fee in fees.items() if fee]
            paid = amount - sum(fees.values())
            worth = self.equity(vault)
            value = self._take(vault, token, paid)
            vault.withdrawn += value
            vault.papers.give_up(value, worth, self.recorded)
            self.move(paid, token, ("vault", str(vault.id)), ("account", vault.owner))
            outflows.append(Outflow(token, charges, paid))
        vault.mark -= min(left, mark * left // equity)
        vault.invested = 0 if left == equity else vault.invested - vault.invested * left // equity
        return outflows

    def leave(self, vault: Vault) -> tuple[int, int]:
        """The last member takes the place of the one that leaves. Returns who it is, 0 for nobody, and the
        place.
        """
        vault.status, vault.stopped_by = "Left", None
        place, last = self.members.index(vault.id), self.members.pop()
        if last == vault.id:
            return 0, place
        self.members[place] = last
        return last, place

    def _charge(self, vault: Vault, token: str, kind: str, amount: int) -> Charge:
        """A fee in kind: the protocol's share of it first, then the referrer's of the rest."""
        to_protocol = amount * self.protocol_bps // BPS
        to_referrer = (amount - to_protocol) * vault.terms.referrer_bps // BPS if vault.referrer else 0
        charge = Charge(kind, token, amount, to_protocol, to_referrer, self._take(vault, token, amount))
        vault.costs[kind] += charge.value
        vault.charges.append(charge)
        for who, part in (
            (self.treasury, to_protocol),
            (vault.referrer or "", to_referrer),
            (self.leader, charge.to_leader),
        ):
            if part:
                self.move(part, token, ("vault", str(vault.id)), ("fee", who))
        return charge

    def _take(self, vault: Vault, token: str, amount: int) -> int:
        """What leaves in kind counts at the last recorded price; its cost, rounded up, leaves with it.

        The caller moves it.
        """
        if token == self.base:
            return amount
        cost = _up(vault.cost * amount, self.held(vault, token))
        value = self.worth(amount)
        vault.cost -= cost
        vault.realized += value - cost
        vault.lots.sell(amount, value)
        return value

    # ---------------------------------------------------------------- trades

    def begin(self, token_in: str, token_out: str, portion: int) -> Trade:
        """Visits every member once, from a start that the golden ratio picks anew for each trade."""
        sequence = self.count("leader") + 1
        start = (sequence * 2_654_435_769 % 2**32) * len(self.members) // 2**32
        order = self.members[start:] + self.members[:start]
        trade = Trade(sequence, self.leader, token_in, token_out, portion, start, order)
        self.trades.append(trade)
        return trade

    def count(self, kind: str) -> int:
        return sum(trade.kind == kind for trade in self.trades)

    def batch(
        self,
        trade: Trade,
        visits: int,
        received: int,
        taken: int | None = None,
        *,
        keeper: str | None = None,
    ) -> Batch:
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
            if gross == 0:
                assert reason is not None
                self._skip(trade, vault, reason)
            else:
                fee = gross * vault.terms.copy_bps // BPS
                parts.append(Part(vault, gross - fee, fee, reduced_by=reason))
        return self._clear(trade, parts, portion, received, taken=taken, keeper=keeper)

    def close(self, keeper: str, token: str, vaults: list[Vault], received: int) -> Trade:
        """Vaults that have reached their stop, and want to leave then, sell all they hold, without a fee."""
        trade = Trade(self.count("close") + 1, keeper, token, self.base, WAD, is_close=True)
        self.trades.append(trade)
        for vault in vaults:
            assert vault.policy.on_stop == OnBreach.EXIT
            assert self.has_lost_too_much(vault)
            vault.status, vault.stopped_by = "Exiting", "stop_loss"
        parts = [Part(vault, self.held(vault, token), 0) for vault in vaults]
        self._clear(trade, parts, WAD, received, keeper=keeper)
        return trade

    def has_lost_too_much(self, vault: Vault) -> bool:
        """Whether the vault is worth so much less than is invested that its stop-loss is reached."""
        bps = vault.policy.stop_loss_bps
        return bps != 0 and self.equity_now(vault) * BPS <= vault.invested * (BPS - bps)

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
            self._skip(trade, vault, "expired")

    def _visited(self, trade: Trade, visits: int) -> list[Vault]:
        chosen = trade.order[trade.cursor : trade.cursor + visits]
        trade.cursor += len(chosen)
        return [self.vaults[number] for number in chosen]

    def _size(self, vault: Vault, trade: Trade, portion: int) -> tuple[int, str | None]:
        """A portion of one's own holding; a policy binds entries only. Why it is nothing, or less."""
        if vault.status != "Active":
            return 0, vault.status.lower()
        gross = self.held(vault, trade.token_in) * portion // WAD
        if gross == 0:
            return 0, "nothing_to_sell"
        if trade.token_in != self.base:
            return gross, None
        assert not self.has_lost_too_much(vault), "a story closes who has reached a stop before an entry"
        policy, reason = vault.policy, None
        if policy.max_trade and gross > policy.max_trade:
            gross, reason = policy.max_trade, "maximum_trade"
        return (0, "below_minimum_trade") if gross < policy.min_trade else (gross, reason)

    def _skip(self, trade: Trade, vault: Vault, reason: str) -> None:
        trade.skips.append((vault, reason))
        vault.skipped[reason] += 1
        if trade.batches:
            vault.papers.skip(trade.batches[0], entry=trade.token_in == self.base)

    def _clear(
        self,
        trade: Trade,
        parts: list[Part],
        portion: int,
        received: int,
        *,
        taken: int | None = None,
        keeper: str | None,
    ) -> Batch:
        offered = sum(part.amount_in for part in parts)
        amount_in = offered if taken is None else taken
        for part in parts:
            part.amount_out = part.amount_in * received // offered
            part.amount_in = _up(part.amount_in * amount_in, offered)
            part.fee = part.fee * amount_in // offered
        copy_fees = sum(part.fee for part in parts)
        batch = Batch(
            parts,
            portion * amount_in // offered,
            amount_in,
            sum(part.amount_in for part in parts) - amount_in,
            received,
            dust=received - sum(part.amount_out for part in parts),
            copy_fees=copy_fees,
            protocol_fees=copy_fees * self.protocol_bps // BPS,
            oracle_out=amount_in * self.price(trade.token_in) // self.price(trade.token_out),
            keeper=keeper,
        )
        trade.batches.append(batch)
        self._settle(trade, batch)
        return batch

    def _settle(self, trade: Trade, batch: Batch) -> None:
        venue, leader, treasury = ("venue", self.venue), ("fee", self.leader), ("fee", self.treasury)
        entry = trade.token_in == self.base
        for part in batch.parts:
            vault, place = part.vault, ("vault", str(part.vault.id))
            held = self.held(vault, trade.token_in)
            self.move(part.amount_in, trade.token_in, place, venue)
            self.move(part.fee, trade.token_in, place, leader)
            self.move(part.amount_out, trade.token_out, venue, place)
            vault.filled += 1
            vault.copied[trade.token_in] += part.fee
            gross = part.amount_in + part.fee
            if trade.is_close:
                vault.papers.sell_alone(batch, gross, held)
            else:
                vault.papers.copy(trade.batches[0], batch, gross, held, entry=entry)
            if entry:
                vault.cost += part.amount_in
                vault.costs["copy"] += part.fee
                vault.lots.buy(part.amount_out, part.amount_in)
            else:
                cost = _up(vault.cost * (part.amount_in + part.fee), held)
                fee = part.fee * part.amount_out // part.amount_in
                vault.cost -= cost
                vault.realized += part.amount_out + fee - cost
                vault.costs["copy"] += fee
                vault.lots.sell(gross, part.amount_out + fee)
        if len(trade.batches) == 1:
            for vault, _ in trade.skips:  # they were left out of this batch
                vault.papers.skip(batch, entry=entry)
        self.move(batch.protocol_fees, trade.token_in, leader, treasury)
        self.move(batch.dust_in, trade.token_in, venue, treasury)
        self.move(batch.dust, trade.token_out, venue, treasury)
        amounts = (batch.amount_in, batch.oracle_out)
        self.recorded = amounts if entry else (batch.oracle_out, batch.amount_in)

    # ---------------------------------------------------------------- worth

    def quote(self, token_in: str, token_out: str, amount: int) -> int:
        """What the oracle's prices say `amount` is worth, rounded down."""
        value, unit = amount * self.prices[token_in], self.prices[token_out]
        return value * 10 ** self.decimals[token_out] // (unit * 10 ** self.decimals[token_in])

    def price(self, token: str) -> int:
        """The oracle's price today: base units for 1e36 units, rounded down."""
        return SCALE if token == self.base else self.quote(token, self.base, SCALE)

    def value_now(self, token: str, amount: int) -> int:
        """An amount in base units at the oracle's price today, rounded down: what fees and stops go by."""
        return amount * self.price(token) // SCALE

    def equity_now(self, vault: Vault) -> int:
        return sum(self.value_now(token, self.held(vault, token)) for token in (self.base, self.asset))

    def worth(self, amount: int) -> int:
        """An amount of the asset in base units, at the last price that a clearing recorded, rounded down:
        what statements go by.
        """
        if amount == 0:
            return 0
        assert self.recorded is not None
        base, asset = self.recorded
        return amount * base // asset

    def equity(self, vault: Vault) -> int:
        return self.held(vault, self.base) + self.worth(self.held(vault, self.asset))


def _up(numerator: int, denominator: int) -> int:
    """A quotient rounded up; nothing of nothing is nothing."""
    return -(-numerator // denominator) if denominator else 0
