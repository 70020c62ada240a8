"""Fees on paper: what a hub charges, holds back, settles and offers, by plain arithmetic of its own."""

from dataclasses import dataclass, field, replace

from indexer.decode.events import (
    Deallocated,
    EscrowSettled,
    Event,
    FeeCharged,
    FeeEscrowed,
    LeaderCapSet,
    ProtocolShareSet,
    TermsAccepted,
    TermsProposed,
    TermsSet,
)
from protocol.types import FeeKind, FeeTerms
from tests.indexer.paper_books import FUTURE, LEADER, PROTOCOL_BPS, USDC, WETH, PaperBooks, address

FIRST_TERMS = FeeTerms(30, 2_000, 100, 50, 3_000, 7 * 86_400, 30 * 86_400, 7)


@dataclass
class PaperFees(PaperBooks):
    """`share` is the protocol's of new strategies; `caps` those that owners have set."""

    share: int = PROTOCOL_BPS
    caps: dict[str, int] = field(default_factory=dict)
    pending: FeeTerms | None = None

    def terms_of(self, vault_id: int) -> FeeTerms:
        return self.terms[self.vaults[vault_id].terms_version]

    def deallocate(self) -> list[Event]:
        """With a price or, one time in four, without."""
        holdings = [(each, token) for each in self.vaults for token in (USDC, WETH) if self.held(each, token)]
        vault_id, token = self.random.choice(holdings)
        # A leader who takes all would end the story.
        amount = max(1, self.amount(self.held(vault_id, token) // (5 if vault_id == 1 else 1)))
        vault, terms = self.vaults[vault_id], self.terms_of(vault_id)
        priced = self.random.random() < 0.75
        said = self.settle_escrow(vault_id) if priced else []
        equity, mark = self.equity(vault_id), self.vaults[vault_id].mark
        fee = amount * terms.withdrawal_bps // 10_000
        left = amount - self._pay(said, vault_id, token, FeeKind.WITHDRAWAL, fee)
        if priced:
            gain = max(0, equity - mark)
            fee = amount * terms.performance_bps * gain // max(1, equity * 10_000)
            left -= self._pay(said, vault_id, token, FeeKind.PERFORMANCE, fee)
        else:
            left -= self._hold(said, vault_id, token, amount)
        self.add("vault", str(vault_id), token, -left)
        self.add("account", vault.owner, token, left)
        if priced:
            said += self._take_from_marks(vault_id, self.worth(token, amount), equity)
        return [*said, Deallocated(vault_id, vault.owner, token, left)]

    def settle(self) -> list[Event]:
        """What time costs, and sometimes the gain of a vault that stays."""
        members = self.members()
        if not members:
            return []
        gained = [each for each in members if self.equity(each) > self.vaults[each].mark]
        vault_id = self.random.choice(gained or members)
        terms, said = self.terms_of(vault_id), list[Event]()
        for token in (USDC, WETH):
            self._pay(said, vault_id, token, FeeKind.MANAGEMENT, self.held(vault_id, token) * 3 // 10_000)
        due = min(terms.subscription, self.held(vault_id, USDC))
        self._pay(said, vault_id, USDC, FeeKind.SUBSCRIPTION, due)
        if self.random.random() < 0.7:
            said += self.settle_escrow(vault_id)
            said += self._crystallize(vault_id)
        return said

    def accept_terms(self) -> list[Event]:
        if not self.members():
            return []
        vault_id, newest = self.random.choice(self.members()), len(self.terms) - 1
        if self.vaults[vault_id].terms_version == newest:
            return []
        said = [*self.settle_escrow(vault_id), *self._crystallize(vault_id)]
        copy = self.terms[newest].copy_bps
        self.vaults[vault_id] = replace(self.vaults[vault_id], terms_version=newest, copy_fee_bps=copy)
        return [*said, TermsAccepted(vault_id, newest, copy)]

    def offer_terms(self) -> list[Event]:
        """Dearer terms wait; cheaper ones, or those that have waited, begin."""
        if self.pending is None and self.random.random() < 0.5:
            self.pending = replace(self.terms[-1], performance_bps=self.random.randint(2_001, 3_000))
            return [TermsProposed(1, self.pending, FUTURE)]
        new = self.pending or replace(self.terms[-1], copy_bps=self.random.randint(0, 30))
        self.pending = None
        self.terms.append(new)
        return [TermsSet(1, len(self.terms) - 1, new)]

    def set_share_or_cap(self) -> list[Event]:
        if self.random.random() < 0.5:
            self.share = self.random.randint(0, 2_000)
            return [ProtocolShareSet(self.share)]
        owner, cap = address(0xE000 + self.random.randint(1, 6)), self.random.choice([0, 1_000, 5_000])
        self.caps[owner] = cap
        return [LeaderCapSet(owner, cap)]

    def settle_escrow(self, vault_id: int) -> list[Event]:
        """The gain of all that left and all that stayed is charged on what is held of what left."""
        vault, said = self.vaults[vault_id], list[Event]()
        if not vault.outflows:
            return said
        part = sum(self.worth(token, amount) for token, amount in vault.outflows.items())
        together = {
            token: self.held(vault_id, token) + vault.outflows.get(token, 0) for token in (USDC, WETH)
        }
        whole = sum(self.worth(token, amount) for token, amount in together.items())
        for token in vault.outflows:
            held = self.balances["escrow", str(vault_id), token]
            fee = held * max(0, whole - vault.mark) // max(1, whole)
            self.add("escrow", str(vault_id), token, -held)
            self.add("account", vault.owner, token, held - fee)
            self.add("vault", str(vault_id), token, fee)
            said.append(EscrowSettled(vault_id, vault.owner, token, fee, held - fee))
            self._pay(said, vault_id, token, FeeKind.PERFORMANCE, fee)
        self.vaults[vault_id] = replace(vault, outflows={})
        return [*said, *self._take_from_marks(vault_id, part, whole)]

    def _hold(self, said: list[Event], vault_id: int, token: str, amount: int) -> int:
        vault, bps = self.vaults[vault_id], self.terms_of(vault_id).performance_bps
        before = vault.outflows.get(token, 0)
        held = (before + amount) * bps // 10_000 - before * bps // 10_000
        self.vaults[vault_id] = replace(vault, outflows={**vault.outflows, token: before + amount})
        self.add("vault", str(vault_id), token, -held)
        self.add("escrow", str(vault_id), token, held)
        said.append(FeeEscrowed(vault_id, token, amount, held))
        return held

    def _crystallize(self, vault_id: int) -> list[Event]:
        vault, equity, said = self.vaults[vault_id], self.equity(vault_id), list[Event]()
        if equity <= vault.mark:
            return said
        rate = self.terms_of(vault_id).performance_bps * (equity - vault.mark)
        for token in (USDC, WETH):
            fee = self.held(vault_id, token) * rate // (equity * 10_000)
            self._pay(said, vault_id, token, FeeKind.PERFORMANCE, fee)
        self.facts.append((vault_id, "charged", equity, 0))
        return [*said, *self.mark(vault_id, equity, vault.invested)]

    def _pay(self, said: list[Event], vault_id: int, token: str, kind: FeeKind, amount: int) -> int:
        """What is nothing is not said."""
        if not amount:
            return 0
        vault = self.vaults[vault_id]
        protocol = amount * PROTOCOL_BPS // 10_000
        referrer = (
            (amount - protocol) * self.terms_of(vault_id).referrer_bps // 10_000 if vault.referrer else 0
        )
        self.add("vault", str(vault_id), token, -amount)
        self.add("fee", self.treasury, token, protocol)
        if vault.referrer:
            self.add("fee", vault.referrer, token, referrer)
        self.add("fee", LEADER, token, amount - protocol - referrer)
        said.append(FeeCharged(vault_id, token, kind, amount, protocol, referrer))
        return amount

    def _take_from_marks(self, vault_id: int, part: int, whole: int) -> list[Event]:
        vault = self.vaults[vault_id]
        self.facts.append((vault_id, "taken_out", part, whole))
        share = vault.mark * part // whole if whole else 0
        rest = 0 if part == whole else vault.invested - vault.invested * part // whole
        return [*self.mark(vault_id, vault.mark - min(part, share), rest)]
