"""A hub on paper: it lives a random but lawful life and says which events it would emit.

It keeps its own plain balances, written without a look at the ledger, so that the ledger can be compared with
them.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from eth_utils.address import to_checksum_address

from indexer.decode.events import (
    Allocated,
    BatchCleared,
    CopySkipped,
    Deallocated,
    Deposited,
    Event,
    FeesClaimed,
    GateSet,
    GuardianSet,
    ListingVetoed,
    MemberMoved,
    OrderFilled,
    OrdersCancelled,
    PolicySet,
    PoolListed,
    SkipReason,
    StrategyCreated,
    StrategyPoolAdded,
    StrategyTokenAdded,
    TokenListed,
    TradeCompleted,
    TradeCopied,
    TradeOpened,
    TradingHalted,
    TradingResumed,
    TreasurySet,
    VaultOpened,
    VaultStatus,
    VaultStatusSet,
    Withdrawn,
)

Key = tuple[str, str, str]
NO_POSITION = 2**32 - 1


def address(seed: int) -> str:
    return str(to_checksum_address(seed.to_bytes(20)))


HUB = address(0xB0B)
EXTENSION = address(0xB0C)
USDC, WETH, NEW_TOKEN = address(0xA1), address(0xA2), address(0xA3)
POOL, VENUE, NEW_POOL = address(0xB1), address(0xB2), address(0xB3)
TREASURY = address(0xC1)
LEADER = address(0xD0)
GUARDIAN = address(0xD1)
WAD = 10**18
PAST, FUTURE = 1_600_000_000, 4_000_000_000
"""Before and after every block on paper."""


@dataclass
class PaperVault:
    owner: str
    revision: int = 0
    status: VaultStatus = VaultStatus.ACTIVE
    position: int = NO_POSITION


@dataclass
class PaperOrder:
    hash: str
    nonce: int
    filled: int = 0


@dataclass
class PaperHub:
    """One strategy; vault 1 is the leader's. `act` does one random thing and returns the transaction's
    events.
    """

    random: random.Random
    balances: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))
    vaults: dict[int, PaperVault] = field(default_factory=dict)
    treasury: str = TREASURY
    sequence: int = 0
    waiting: list[int] = field(default_factory=list)
    pending: dict[str, bool] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    halted: dict[int, bool] = field(default_factory=dict)
    open_order: PaperOrder | None = None
    fills: list[OrderFilled] = field(default_factory=list)
    cancelled: list[OrdersCancelled] = field(default_factory=list)

    def begin(self) -> list[Event]:
        self.vaults[1] = PaperVault(LEADER)
        return [
            TreasurySet(TREASURY),
            TokenListed(USDC, PAST),
            TokenListed(WETH, PAST),
            PoolListed(POOL, VENUE, USDC, WETH, PAST),
            StrategyCreated(1, LEADER, 1, USDC, 30, 100, 100, 3600, 5, "Paper"),
            StrategyTokenAdded(1, USDC, 0),
            StrategyTokenAdded(1, WETH, 1),
            StrategyPoolAdded(1, POOL),
            VaultOpened(1, 1, LEADER, 0, NO_POSITION),
            *self._deposit(LEADER, 10**30),
            *self._allocate(1, 10**29),
        ]

    def act(self) -> list[Event]:
        if any(self.halted.values()) and self.random.random() < 0.7:
            return self._halt_or_resume(next(each for each, halted in self.halted.items() if halted))
        acts = [*[self._open] * 3, *[self._trade] * 8, self._pause, self._leave]
        acts += [self._policy, self._deallocate, self._withdraw, self._claim, self._appoint]
        acts += [self._list_or_veto, self._cancel, lambda: self._halt_or_resume(self.random.choice([0, 1]))]
        return self.random.choice(acts)()

    def _amount(self, most: int) -> int:
        return self.random.choice([most, most // 2, most // 3, self.random.randint(0, most), min(1, most)])

    def _add(self, kind: str, account: str, token: str, amount: int) -> None:
        self.balances[kind, account, token] += amount
        assert self.balances[kind, account, token] >= 0

    def _deposit(self, owner: str, amount: int) -> list[Event]:
        self._add("account", owner, USDC, amount)
        return [Deposited(owner, USDC, amount, address(0xFA))]

    def _allocate(self, vault_id: int, amount: int) -> list[Event]:
        owner = self.vaults[vault_id].owner
        self._add("account", owner, USDC, -amount)
        self._add("vault", str(vault_id), USDC, amount)
        return [Allocated(vault_id, owner, USDC, amount)]

    def _open(self) -> list[Event]:
        if any(self.halted.values()):
            return []
        vault_id = len(self.vaults) + 1
        owner = address(0xE000 + self.random.randint(1, 6))
        amount = self.random.choice([7, 10**6, 10**12 + 1, 2**127])
        vault = PaperVault(owner, revision=1, position=vault_id - 2)
        self.vaults[vault_id] = vault
        return [
            *self._deposit(owner, amount),
            VaultOpened(vault_id, 1, owner, 30, vault.position),
            PolicySet(vault_id, 1, 0, 10**11),
            *self._allocate(vault_id, amount),
        ]

    def _followers(self) -> list[int]:
        return [
            each for each, vault in self.vaults.items() if each != 1 and vault.status is not VaultStatus.LEFT
        ]

    def _pause(self) -> list[Event]:
        if not self._followers():
            return []
        vault_id = self.random.choice(self._followers())
        vault = self.vaults[vault_id]
        paused = vault.status is VaultStatus.PAUSED
        vault.status = VaultStatus.ACTIVE if paused else VaultStatus.PAUSED
        return [VaultStatusSet(vault_id, vault.status)]

    def _leave(self) -> list[Event]:
        followers = self._followers()
        if len(followers) < 3 or self.waiting:
            return []
        vault_id = self.random.choice(followers)
        vault = self.vaults[vault_id]
        vault.status = VaultStatus.LEFT
        last = max(followers, key=lambda each: self.vaults[each].position)
        moved = 0 if last == vault_id else last
        if moved:
            self.vaults[moved].position = vault.position
        return [VaultStatusSet(vault_id, VaultStatus.LEFT), MemberMoved(1, moved, vault.position)]

    def _policy(self) -> list[Event]:
        vault_id = self.random.choice(list(self.vaults))
        self.vaults[vault_id].revision += 1
        return [PolicySet(vault_id, self.vaults[vault_id].revision, 3, self.random.choice([0, 2**128 - 1]))]

    def _deallocate(self) -> list[Event]:
        vault_id, token = self.random.choice(list(self.vaults)), self.random.choice([USDC, WETH])
        amount = self._amount(self.balances["vault", str(vault_id), token])
        if not amount:
            return []
        owner = self.vaults[vault_id].owner
        self._add("vault", str(vault_id), token, -amount)
        self._add("account", owner, token, amount)
        return [Deallocated(vault_id, owner, token, amount)]

    def _withdraw(self) -> list[Event]:
        owner, token = self.random.choice(list(self.vaults.values())).owner, self.random.choice([USDC, WETH])
        amount = self._amount(self.balances["account", owner, token])
        if not amount:
            return []
        self._add("account", owner, token, -amount)
        return [Withdrawn(owner, token, amount, address(0xFB))]

    def _claim(self) -> list[Event]:
        recipient, token = self.random.choice([LEADER, TREASURY]), self.random.choice([USDC, WETH])
        amount = self.balances["fee", recipient, token]
        if not amount:
            return []
        self._add("fee", recipient, token, -amount)
        self._add("account", recipient, token, amount)
        return [FeesClaimed(recipient, token, amount)]

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
        if not self.pending.get(what):
            self.pending[what] = True
            return [listed]
        self.pending[what] = self.random.choice([True, False])
        vetoed = ListingVetoed(what, GUARDIAN)
        return [vetoed, listed] if self.pending[what] else [vetoed]

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
        members = self._followers()
        opened = TradeOpened(
            (1 << 32) | self.sequence, LEADER, POOL, token_in, token_out, self.portion, 1, 0, len(members), 99
        )
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
        token_in, token_out = self.sells
        skipped: list[Event] = []
        copies: list[tuple[int, int, int]] = []
        for vault_id in visited:
            vault = self.vaults[vault_id]
            gross = self.balances["vault", str(vault_id), token_in] * self.portion // WAD
            if vault_id == 1:
                gross = max(1, gross)
            reason = SkipReason.NONE
            if vault.status is not VaultStatus.ACTIVE:
                reason = SkipReason.PAUSED
            elif gross == 0:
                reason = SkipReason.NOTHING_TO_SELL
            if reason is not SkipReason.NONE:
                skipped.append(CopySkipped(trade_id, vault_id, vault.revision, reason))
            else:
                fee = 0 if vault_id == 1 else gross * 30 // 10_000
                copies.append((vault_id, gross - fee, fee))
        cleared = self._clear(trade_id, token_in, token_out, copies, percent) if copies else []
        done: list[Event] = [] if self.waiting else [TradeCompleted(trade_id)]
        return [*skipped, *cleared, *done]

    def _clear(
        self,
        trade_id: int,
        token_in: str,
        token_out: str,
        copies: Sequence[tuple[int, int, int]],
        percent: int | None,
    ) -> list[Event]:
        offered = sum(each for _, each, _ in copies)
        sold = offered if percent is None else max(1, offered * percent // 100)
        received = sold * 997 // 1000 + 3
        self.portion = self.portion * sold // offered
        parts = [
            (vault_id, -(-each * sold // offered), fee * sold // offered, each * received // offered)
            for vault_id, each, fee in copies
        ]
        fees = sum(fee for _, _, fee, _ in parts)
        dust_in = sum(each for _, each, _, _ in parts) - sold
        dust = received - sum(out for *_, out in parts)
        batch = BatchCleared(
            trade_id,
            VENUE,
            token_in,
            token_out,
            0,
            self.portion,
            sold,
            dust_in,
            received,
            dust,
            fees,
            sold,
        )
        events: list[Event] = [batch]
        for vault_id, each, fee, out in parts:
            self._add("vault", str(vault_id), token_in, -each - fee)
            self._add("vault", str(vault_id), token_out, out)
            events.append(TradeCopied(trade_id, vault_id, self.vaults[vault_id].revision, each, fee, out))
        self._add("fee", LEADER, token_in, fees)
        self._add("fee", self.treasury, token_in, dust_in)
        self._add("fee", self.treasury, token_out, dust)
        return events

    def non_zero(self) -> dict[Key, int]:
        return {key: amount for key, amount in self.balances.items() if amount}


def tell(seed: int, transactions: int) -> tuple[list[list[Event]], PaperHub]:
    """The events of so many transactions, the founding one first, and the hub as it is after them."""
    hub = PaperHub(random.Random(seed))
    told = [hub.begin()]
    while len(told) < transactions:
        if events := hub.act():
            told.append(events)
    return told, hub
