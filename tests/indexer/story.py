"""A hub on paper: it lives a random but lawful life and says which events it would emit.

It keeps its own plain balances, written without a look at the ledger, so that the ledger can be compared with
them.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from indexer.decode.events import (
    BatchCleared,
    CopySkipped,
    Event,
    GateSet,
    GuardianSet,
    ListingVetoed,
    MemberMoved,
    OrderFilled,
    OrdersCancelled,
    PolicySet,
    PoolListed,
    ProtocolShareSet,
    StrategyCreated,
    StrategyLimitsSet,
    StrategyPoolAdded,
    StrategyTokenAdded,
    TermsSet,
    TokenListed,
    TradeCompleted,
    TradeCopied,
    TradeOpened,
    TradingHalted,
    TradingResumed,
    TreasurySet,
    VaultOpened,
    VaultStatusSet,
)
from protocol.types import OnBreach, Policy, Reason, Sizing, StrategyLimits, TradeKind, VaultStatus
from tests.indexer.paper_books import (
    EXTENSION,
    FUTURE,
    GUARDIAN,
    HUB,
    KEEPER,
    KEEPERS,
    LEADER,
    NEW_POOL,
    NEW_TOKEN,
    NO_POSITION,
    NOBODY,
    PAST,
    POOL,
    PROTOCOL_BPS,
    REFERRER,
    TREASURY,
    USDC,
    VENUE,
    WAD,
    WETH,
    PaperVault,
    address,
)
from tests.indexer.paper_fees import FIRST_TERMS, PaperFees

__all__ = [
    "EXTENSION",
    "FUTURE",
    "GUARDIAN",
    "HUB",
    "KEEPER",
    "KEEPERS",
    "LEADER",
    "LIMITS",
    "NEW_POOL",
    "NEW_TOKEN",
    "NOBODY",
    "PAST",
    "PROTOCOL_BPS",
    "REFERRER",
    "USDC",
    "VENUE",
    "WETH",
    "PaperHub",
    "address",
    "tell",
]

LIMITS = StrategyLimits(300, 1_500, 9_000, 10_000, 100, 500, 60, 20, 10_000)
SOLO = 1 << 31
STOPS = [VaultStatus.SUSPENDED, VaultStatus.EXITING]


@dataclass
class PaperOrder:
    hash: str
    nonce: int
    filled: int = 0


@dataclass(frozen=True)
class PaperCopy:
    vault_id: int
    offered: int
    fee: int


_WHY = {
    VaultStatus.PAUSED: Reason.PAUSED,
    VaultStatus.SUSPENDED: Reason.SUSPENDED,
    VaultStatus.EXITING: Reason.EXITING,
    VaultStatus.LEFT: Reason.PAUSED,
}


@dataclass
class PaperHub(PaperFees):
    """`act` does one random thing and returns the transaction's events."""

    sequence: int = 0
    solo: int = 0
    portion: int = WAD
    waiting: list[int] = field(default_factory=list)
    listed: dict[str, bool] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    halted: dict[int, bool] = field(default_factory=dict)
    open_order: PaperOrder | None = None
    fills: list[OrderFilled] = field(default_factory=list)
    cancelled: list[OrdersCancelled] = field(default_factory=list)

    def begin(self) -> list[Event]:
        self.vaults[1] = PaperVault(LEADER)
        self.terms.append(FIRST_TERMS)
        return [
            TreasurySet(TREASURY),
            ProtocolShareSet(PROTOCOL_BPS),
            TokenListed(USDC, PAST),
            TokenListed(WETH, PAST),
            PoolListed(POOL, VENUE, USDC, WETH, PAST),
            StrategyCreated(1, LEADER, 1, USDC, 100, 100, 3600, 5, PROTOCOL_BPS, "Paper"),
            StrategyLimitsSet(1, LIMITS),
            TermsSet(1, 1, FIRST_TERMS),
            StrategyTokenAdded(1, USDC, 0),
            StrategyTokenAdded(1, WETH, 1),
            StrategyPoolAdded(1, POOL),
            VaultOpened(1, 1, LEADER, 0, NO_POSITION, 0, NOBODY),
            *self.deposit(LEADER, 10**30),
            *self.allocate(1, 10**29),
        ]

    def act(self) -> list[Event]:
        if any(self.halted.values()) and self.random.random() < 0.7:
            return self._halt_or_resume(next(each for each, halted in self.halted.items() if halted))
        self.price = self.random.choice([60, 90, 100, 100, 140, 230])
        acts = [*[self._open] * 3, *[self._trade] * 8, self._change_status, self._leave]
        acts += [self._policy, *[self.deallocate] * 3, self.withdraw, self.claim, self._appoint]
        acts += [self.settle, self.settle, self.accept_terms, self.offer_terms, self.set_share_or_cap]
        acts += [self._close, self._manual]
        acts += [self._list_or_veto, self._cancel, lambda: self._halt_or_resume(self.random.choice([0, 1]))]
        return self.random.choice(acts)()

    def _open(self) -> list[Event]:
        if any(self.halted.values()):
            return []
        vault_id, newest = len(self.vaults) + 1, len(self.terms) - 1
        owner = address(0xE000 + self.random.randint(1, 6))
        amount = self.random.choice([7, 10**6, 10**12 + 1, 2**120])
        vault = PaperVault(
            owner,
            revision=1,
            position=vault_id - 2,
            terms_version=newest,
            copy_fee_bps=self.terms[newest].copy_bps,
            referrer=self.random.choice([None, REFERRER]),
            policy=Policy(max_trade=10**11),
        )
        self.vaults[vault_id] = vault
        referrer = vault.referrer or NOBODY
        return [
            *self.deposit(owner, amount),
            VaultOpened(vault_id, 1, owner, vault.copy_fee_bps, vault.position, newest, referrer),
            PolicySet(vault_id, 1, vault.policy),
            *self.allocate(vault_id, amount),
        ]

    def _change_status(self) -> list[Event]:
        """An owner pauses or resumes, or a limit stops the vault."""
        if not self.members():
            return []
        vault_id = self.random.choice(self.members())
        if self.vaults[vault_id].status is not VaultStatus.ACTIVE:
            return self._set_status(vault_id, VaultStatus.ACTIVE)
        stopped = self.random.choice([Reason.NONE, Reason.STOP_LOSS, Reason.DAILY_LOSS])
        status = VaultStatus.PAUSED if stopped is Reason.NONE else self.random.choice(STOPS)
        return self._set_status(vault_id, status, stopped)

    def _set_status(self, vault_id: int, status: VaultStatus, reason: Reason = Reason.NONE) -> list[Event]:
        self.vaults[vault_id] = replace(self.vaults[vault_id], status=status, reason=reason)
        return [VaultStatusSet(vault_id, status, reason)]

    def _leave(self) -> list[Event]:
        followers = self.members()
        if len(followers) < 3 or self.waiting:
            return []
        vault_id = self.random.choice(followers)
        position = self.vaults[vault_id].position
        last = max(followers, key=lambda each: self.vaults[each].position)
        moved = 0 if last == vault_id else last
        if moved:
            self.vaults[moved] = replace(self.vaults[moved], position=position)
        return [*self._set_status(vault_id, VaultStatus.LEFT), MemberMoved(1, moved, position)]

    def _policy(self) -> list[Event]:
        vault_id = self.random.choice(list(self.vaults))
        vault = self.vaults[vault_id]
        policy = Policy(
            self.random.choice(list(Sizing)),
            self.random.choice(list(OnBreach)),
            self.random.choice(list(OnBreach)),
            *(self.random.randint(0, 9) for _ in range(10)),
            2**32 - 1,
            2**40 - 1,
            3,
            self.random.choice([0, 2**88 - 1]),
            self.random.choice([0, 2**88 - 1]),
        )
        self.vaults[vault_id] = replace(vault, revision=vault.revision + 1, policy=policy)
        return [PolicySet(vault_id, vault.revision + 1, policy)]

    def _appoint(self) -> list[Event]:
        role = self.random.choice(["treasury", "guardian", "gate"])
        who = self.random.choice([TREASURY, LEADER, address(0xC2)])
        if role == "treasury":
            self.treasury = who
            return [TreasurySet(who)]
        self.roles[role] = self.random.choice([who, address(0)])
        return [(GuardianSet if role == "guardian" else GateSet)(self.roles[role])]

    def _list_or_veto(self) -> list[Event]:
        """What is listed late waits for ever: it can only be vetoed, and listed again, at once if need be."""
        what = self.random.choice([NEW_TOKEN, NEW_POOL])
        listed: Event = (
            TokenListed(what, FUTURE)
            if what == NEW_TOKEN
            else PoolListed(what, VENUE, USDC, NEW_TOKEN, FUTURE)
        )
        if not self.listed.get(what):
            self.listed[what] = True
            return [listed]
        self.listed[what] = self.random.choice([True, False])
        vetoed = ListingVetoed(what, GUARDIAN)
        return [vetoed, listed] if self.listed[what] else [vetoed]

    def _halt_or_resume(self, strategy: int) -> list[Event]:
        self.halted[strategy] = not self.halted.get(strategy, False)
        if self.halted[strategy]:
            return [TradingHalted(strategy, self.random.choice([GUARDIAN, LEADER]))]
        return [TradingResumed(strategy)]

    def _cancel(self) -> list[Event]:
        nonce = self.random.choice([0, 8, 2**256 - 1, self.open_order.nonce if self.open_order else 7])
        cancelled = OrdersCancelled(LEADER, nonce >> 8, 1 << (nonce & 255) | 1 << 9)
        if self.open_order is not None and self.open_order.nonce == nonce:
            self.open_order = None
        self.cancelled.append(cancelled)
        return [cancelled]

    # Trades

    def _trade(self) -> list[Event]:
        """Open a trade, or go on with the one that waits for a later batch."""
        if any(self.halted.values()):
            return []
        if self.waiting:
            visited, self.waiting = self.waiting[:3], self.waiting[3:]
            return self._batch(visited)
        token_in, token_out = self.random.sample([USDC, WETH], 2)
        if self.balances["vault", "1", token_in] < 10:
            return []
        self.sequence += 1
        self.sells = (token_in, token_out)
        order = self._order() if self.random.random() < 0.5 else None
        self.portion = self.random.choice([WAD, 3 * WAD // 10, 1])
        members = self.members()
        trade_id, count = (1 << 32) | self.sequence, len(members)
        terms = (POOL, token_in, token_out, self.portion, 1, 0, count, 99)
        opened = TradeOpened(trade_id, LEADER, TradeKind.LEADER, *terms)
        visited, self.waiting = members[:3], members[3:]
        whole = order is None or self.random.random() < 0.3
        done = self._batch([1, *visited], None if whole else self.random.choice([1, 37, 50, 99]))
        return [opened, *done, *([] if order is None else self._filled(order, complete=whole))]

    def _order(self) -> PaperOrder:
        """The order that is still open, or a new one."""
        if self.open_order is None:
            nonce = self.random.choice([self.sequence, 2**255 + self.sequence])
            signed = hashlib.sha256(f"{nonce}".encode()).hexdigest()
            self.open_order = PaperOrder(f"0x{signed}", nonce)
        return self.open_order

    def _filled(self, order: PaperOrder, *, complete: bool) -> list[Event]:
        order.filled += (WAD - order.filled) // 3
        if complete:
            self.open_order = None
        keeper = self.random.choice([LEADER, address(0xFC)])
        trade_id = (1 << 32) | self.sequence
        fill = OrderFilled(order.hash, trade_id, LEADER, order.nonce, order.filled, complete, keeper)
        self.fills.append(fill)
        return [fill]

    def _batch(self, visited: Sequence[int], percent: int | None = None) -> list[Event]:
        """`percent` of what is for sale is sold; None: all."""
        trade_id = (1 << 32) | self.sequence
        skipped: list[Event] = []
        copies: list[PaperCopy] = []
        for vault_id in visited:
            vault = self.vaults[vault_id]
            gross = self.held(vault_id, self.sells[0]) * self.portion // WAD
            if vault_id == 1:
                gross = max(1, gross)
            reason = _WHY.get(vault.status, Reason.NONE)
            if reason is Reason.NONE and gross == 0:
                reason = self.random.choice([Reason.NOTHING_TO_SELL, Reason.FUNDED_NOW])
            if reason is not Reason.NONE:
                skipped.append(CopySkipped(trade_id, vault_id, vault.revision, reason))
            else:
                fee = 0 if vault_id == 1 else gross * vault.copy_fee_bps // 10_000
                copies.append(PaperCopy(vault_id, gross - fee, fee))
        keeper = self.random.choice([NOBODY, KEEPER])
        if percent is not None:
            offered = sum(copy.offered for copy in copies)
            self.portion = self.portion * max(1, offered * percent // 100) // offered
        cleared = self._clear(trade_id, self.sells, copies, percent, keeper) if copies else []
        done: list[Event] = [] if self.waiting else [TradeCompleted(trade_id)]
        return [*skipped, *cleared, *done]

    def _close(self) -> list[Event]:
        """A keeper sells what vaults hold that stop or exit. Vaults that only stop are not sold."""
        told: list[Event] = []
        for vault_id in self.members(*STOPS)[:1]:
            told += self._set_status(vault_id, self.random.choice(STOPS), Reason.TAKE_PROFIT)
        exiting = [each for each in self.members() if self.vaults[each].status is VaultStatus.EXITING]
        copies = [PaperCopy(each, self.held(each, WETH), 0) for each in exiting if self.held(each, WETH)]
        if not told and not copies:
            return []
        trade_id = self._next_solo()
        opened = TradeOpened(trade_id, KEEPER, TradeKind.CLOSE, POOL, WETH, USDC, WAD, 0, 0, 0, 0)
        return [opened, *told, *(self._clear(trade_id, (WETH, USDC), copies, None, KEEPER) if copies else [])]

    def _manual(self) -> list[Event]:
        if not self.members():
            return []
        vault_id = self.random.choice(self.members())
        sells = self.random.choice([(USDC, WETH), (WETH, USDC)])
        amount = self.amount(self.held(vault_id, sells[0]))
        if not amount:
            return []
        trade_id, owner = self._next_solo(), self.vaults[vault_id].owner
        opened = TradeOpened(trade_id, owner, TradeKind.MANUAL, POOL, *sells, self.portion, 0, 0, 0, 0)
        return [opened, *self._clear(trade_id, sells, [PaperCopy(vault_id, amount, 0)], None, NOBODY)]

    def _next_solo(self) -> int:
        self.solo += 1
        return (1 << 32) | SOLO | self.solo

    def _clear(
        self,
        trade_id: int,
        sells: tuple[str, str],
        copies: Sequence[PaperCopy],
        percent: int | None,
        keeper: str,
    ) -> list[Event]:
        token_in, token_out = sells
        offered = sum(copy.offered for copy in copies)
        sold = offered if percent is None else max(1, offered * percent // 100)
        got = sold * 997 // 1000 + 3
        keeper_fee = 0 if keeper == NOBODY else got // 500
        received = got - keeper_fee
        parts = [
            (
                copy.vault_id,
                -(-copy.offered * sold // offered),
                copy.fee * sold // offered,
                copy.offered * received // offered,
            )
            for copy in copies
        ]
        fees = sum(fee for _, _, fee, _ in parts)
        dust_in = sum(each for _, each, _, _ in parts) - sold
        dust = received - sum(out for *_, out in parts)
        swapped = (sold, dust_in, received, dust, fees, keeper_fee, keeper, sold)
        events: list[Event] = [BatchCleared(trade_id, VENUE, token_in, token_out, 0, self.portion, *swapped)]
        for vault_id, each, fee, out in parts:
            self.add("vault", str(vault_id), token_in, -each - fee)
            self.add("vault", str(vault_id), token_out, out)
            reduced_by = self.random.choice([Reason.NONE, Reason.POOL_DEPTH])
            revision = self.vaults[vault_id].revision
            events.append(TradeCopied(trade_id, vault_id, revision, each, fee, out, reduced_by))
        protocol = fees * PROTOCOL_BPS // 10_000
        self.add("fee", LEADER, token_in, fees - protocol)
        self.add("fee", self.treasury, token_in, dust_in + protocol)
        self.add("fee", self.treasury, token_out, dust)
        self.add("fee", keeper, token_out, keeper_fee)
        return events


def tell(seed: int, transactions: int) -> tuple[list[list[Event]], PaperHub]:
    """The events of so many transactions, the founding one first, and the hub as it is after them."""
    hub = PaperHub(random.Random(seed))
    told = [hub.begin()]
    while len(told) < transactions:
        if events := hub.act():
            told.append(events)
    return told, hub
