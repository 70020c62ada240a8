"""What a vault owes and what leaves it: docs/fees.md; `contracts/core/Fees.sol`, `Outflows.sol`,
`HighWaterMarks.sol`. The formulas are `accounting.fees` and `accounting.marks`.
"""

from dataclasses import dataclass

from accounting.fees import (
    BPS,
    TimeTerms,
    divide,
    held_back,
    performance_fee,
    settled_fee,
    time_fees,
    withdrawal_fee,
)
from accounting.marks import Marks
from accounting.rounding import mul_div_down
from indexer.decode.events import EscrowSettled, Event, FeeCharged, FeeEscrowed, VaultMarked
from paper import leader
from paper.market import Market
from paper.policies import MAX_96
from paper.price import SCALE, value_down
from paper.refused import RefusedError
from paper.state import MAX_BALANCE, Amounts, Strategy, Vault
from protocol.types import FeeKind, FeeTerms, VaultStatus

_MAX_PRICE = 1 << 200


@dataclass(slots=True)
class Till:
    """What is moved beside the vault itself, and who is told."""

    treasury: str
    accounts: Amounts
    fee_balances: Amounts
    invested: Amounts
    tell: list[Event]
    now: int


@dataclass(slots=True)
class Book:
    """A vault with its terms, after what time has cost it, and its prices where they can be had."""

    strategy: Strategy
    vault: Vault
    terms: FeeTerms
    till: Till
    prices: list[int] | None = None
    equity: int = 0

    @property
    def mark(self) -> int:
        """The high-water mark."""
        return self.vault.marks.mark

    def take_out(self, index: int, amount: int) -> tuple[int, int]:
        """Take ``amount`` of a token off: what is the owner's, and what left in base token units, with fees
        (0 without a price).
        """
        self.vault.sub(index, amount)
        withdrawal = withdrawal_fee(amount, self.terms.withdrawal_bps)
        self.divide(index, FeeKind.WITHDRAWAL, withdrawal)
        if self.prices is None:
            return amount - withdrawal - self._escrow(index, amount), 0
        performance = performance_fee(amount, self.terms.performance_bps, self.equity, self.mark)
        self.divide(index, FeeKind.PERFORMANCE, performance)
        return amount - withdrawal - performance, value_down(amount, self.prices[index])

    def mark_taken(self, worth: int) -> None:
        """Move the marks along with what `take_out` took."""
        if self.prices is None:
            return
        if self.vault.position is None:
            leader.observe(self.strategy, self.equity, self.till.now)
            leader.move_stake(self.strategy.state, outflow=worth)
        mark_outflow(self.strategy, self.vault, worth, self.equity, self.till)

    def crystallize(self) -> None:
        """Charge the gain above the mark: every token pays the same share. The prices must be known."""
        if self.equity <= self.mark:
            return
        bps = self.terms.performance_bps
        for index, units in enumerate(list(self.vault.balances)):
            self.charge(index, FeeKind.PERFORMANCE, performance_fee(units, bps, self.equity, self.mark))
        _scale_risk(self.vault, (self.equity - self.mark) * bps, self.equity * BPS)
        set_marks(self.strategy, self.vault, self.vault.marks.charged(self.equity), self.till)

    def charge(self, index: int, kind: FeeKind, amount: int) -> None:
        """Take a fee off the vault."""
        if amount:
            self.vault.sub(index, amount)
            self.divide(index, kind, amount)

    def divide(self, index: int, kind: FeeKind, amount: int) -> None:
        """Give a fee that has left the vault's books to protocol, referrer and leader."""
        if not amount:
            return
        token, referrer = self.strategy.tokens[index], self.vault.referrer
        parts = divide(amount, self.strategy.protocol_bps, self.terms.referrer_bps if referrer else 0)
        self.till.fee_balances.move(parts.to_protocol, self.till.treasury, token)
        self.till.fee_balances.move(parts.to_referrer, referrer, token)
        self.till.fee_balances.move(parts.to_leader, self.strategy.leader, token)
        charged = FeeCharged(self.vault.id, token, kind, amount, parts.to_protocol, parts.to_referrer)
        self.till.tell.append(charged)

    def _escrow(self, index: int, amount: int) -> int:
        """Hold back the most that the performance fee could be; a record that is full notes no more."""
        before, bps = self.vault.outflows[index], self.terms.performance_bps
        noted = min(amount, MAX_BALANCE - before)
        held = held_back(before + noted, bps) - held_back(before, bps)
        self.vault.outflows[index] += noted
        self.vault.escrowed = True
        self.till.tell.append(FeeEscrowed(self.vault.id, self.strategy.tokens[index], noted, held))
        return held


def settled(strategy: Strategy, vault: Vault, market: Market, till: Till) -> Book:
    """Take what time has cost the vault, look for prices, and settle its escrow where they are known."""
    book = Book(strategy, vault, strategy.terms_of(vault), till)
    charge_time(book)
    whole, part = _value(book, market)
    if book.prices is not None and vault.escrowed:
        _settle_escrow(book, part, whole)
    return book


def charge_time(book: Book) -> None:
    """Take management fee and subscriptions up to now. A vault that left pays nothing for time."""
    vault, terms, now = book.vault, book.terms, book.till.now
    if not (terms.management_bps or terms.subscription) or vault.status is VaultStatus.LEFT:
        return
    time = TimeTerms(terms.management_bps, terms.subscription, terms.subscription_period)
    due = time_fees(vault.balances, time, since=vault.accrued_at, paid_until=vault.subscribed_until, now=now)
    for index, amount in enumerate(due.management):
        book.charge(index, FeeKind.MANAGEMENT, amount)
    book.charge(0, FeeKind.SUBSCRIPTION, due.subscription)
    vault.accrued_at, vault.subscribed_until = now, due.paid_until


def mark_inflow(strategy: Strategy, vault: Vault, amount: int, till: Till) -> None:
    """``amount`` base token units came in."""
    if vault.marks.mark + amount > MAX_BALANCE:
        raise RefusedError("BalanceOverflow")
    vault.peak = min(MAX_96, vault.peak + amount) if vault.peak else 0
    vault.day_equity = min(MAX_96, vault.day_equity + amount) if vault.day_equity else 0
    set_marks(strategy, vault, vault.marks.put_in(amount), till)


def mark_outflow(strategy: Strategy, vault: Vault, part: int, whole: int, till: Till) -> None:
    """``part`` of the equity ``whole`` has left or is leaving."""
    _scale_risk(vault, part, whole)
    set_marks(strategy, vault, vault.marks.taken_out(part, whole), till)


def set_marks(strategy: Strategy, vault: Vault, marks: Marks, till: Till) -> None:
    """New marks, and with them what the owner has invested with the leader."""
    before = vault.marks
    if marks == before:
        return
    if vault.position is not None:
        moved, base = marks.invested - before.invested, strategy.tokens[0]
        till.invested.move(moved, vault.owner, base)
        till.invested.move(moved, vault.owner, base, strategy.leader)
    vault.marks = marks
    till.tell.append(VaultMarked(vault.id, marks.mark, marks.invested))


def _scale_risk(vault: Vault, part: int, whole: int) -> None:
    """What leaves is no loss: drawdown and daily loss are measured from what stays."""
    if vault.peak or vault.day_equity:
        vault.peak = _less_share_up(vault.peak, part, whole)
        vault.day_equity = _less_share_up(vault.day_equity, part, whole)


def _less_share_up(amount: int, part: int, whole: int) -> int:
    return 0 if part == whole else amount - mul_div_down(amount, part, whole)


def _value(book: Book, market: Market) -> tuple[int, int]:
    """Add prices and equity where all prices that are needed can be had; what is worth what left without one,
    with the rest and alone.
    """
    vault, tokens = book.vault, book.strategy.tokens
    prices = [SCALE] + [0] * (len(tokens) - 1)
    for index in range(1, len(tokens)):
        if not vault.balances[index] and not vault.outflows[index]:
            continue
        try:
            prices[index] = market.price_down(tokens[index], tokens[0])
        except RefusedError:
            return 0, 0
        if prices[index] > _MAX_PRICE:
            return 0, 0
    held = list(zip(vault.balances, vault.outflows, prices, strict=True))
    whole = sum(value_down(units + left, price) for units, left, price in held)
    if whole > MAX_BALANCE:
        return 0, 0
    book.prices, book.equity = prices, sum(value_down(units, price) for units, _, price in held)
    return whole, sum(value_down(left, price) for _, left, price in held)


def _settle_escrow(book: Book, part: int, whole: int) -> None:
    """What left without a price pays as if it left now."""
    vault, till = book.vault, book.till
    for index, outflow in enumerate(list(vault.outflows)):
        if not outflow:
            continue
        held = held_back(outflow, book.terms.performance_bps)
        to_fees = settled_fee(held, whole, book.mark)
        token = book.strategy.tokens[index]
        till.accounts.move(held - to_fees, vault.owner, token)
        till.tell.append(EscrowSettled(vault.id, vault.owner, token, to_fees, held - to_fees))
        book.divide(index, FeeKind.PERFORMANCE, to_fees)
    vault.outflows = [0] * len(vault.outflows)
    vault.escrowed = False
    mark_outflow(book.strategy, vault, part, whole, till)
