"""What a hub on paper keeps: its own plain balances and vaults, written without a look at the ledger."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eth_utils.address import to_checksum_address

from indexer.decode.events import Allocated, Deposited, Event, FeesClaimed, VaultMarked, Withdrawn
from protocol.types import FeeTerms, Policy, Reason, VaultStatus

Key = tuple[str, str, str]
Fact = tuple[int, str, int, int]
"""A vault, what happened to what it is measured against, and the amounts: put_in (amount), taken_out (part,
whole) or charged (equity).
"""

NO_POSITION = 2**32 - 1


def address(seed: int) -> str:
    return str(to_checksum_address(seed.to_bytes(20)))


HUB = address(0xB0B)
EXTENSION, KEEPERS = address(0xB0C), address(0xB0D)
USDC, WETH, NEW_TOKEN = address(0xA1), address(0xA2), address(0xA3)
POOL, VENUE, NEW_POOL = address(0xB1), address(0xB2), address(0xB3)
TREASURY = address(0xC1)
LEADER = address(0xD0)
GUARDIAN = address(0xD1)
KEEPER, REFERRER = address(0xD2), address(0xD3)
NOBODY = address(0)
WAD = 10**18
PAST, FUTURE = 1_600_000_000, 4_000_000_000
"""Before and after every block on paper."""

PROTOCOL_BPS = 1_500


@dataclass
class PaperVault:
    owner: str
    revision: int = 0
    status: VaultStatus = VaultStatus.ACTIVE
    reason: Reason = Reason.NONE
    position: int = NO_POSITION
    terms_version: int = 0
    copy_fee_bps: int = 0
    referrer: str | None = None
    policy: Policy = field(default_factory=Policy)
    mark: int = 0
    invested: int = 0
    outflows: dict[str, int] = field(default_factory=dict)


@dataclass
class PaperBooks:
    """One strategy in USDC with WETH; vault 1 is the leader's. `price` is of 100 units of WETH."""

    random: random.Random
    balances: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))
    vaults: dict[int, PaperVault] = field(default_factory=dict)
    terms: list[FeeTerms] = field(default_factory=lambda: [FeeTerms()])
    treasury: str = TREASURY
    price: int = 100
    facts: list[Fact] = field(default_factory=list)

    def amount(self, most: int) -> int:
        return self.random.choice([most, most // 2, most // 3, self.random.randint(0, most), min(1, most)])

    def add(self, kind: str, account: str, token: str, amount: int) -> None:
        self.balances[kind, account, token] += amount
        assert self.balances[kind, account, token] >= 0

    def held(self, vault_id: int, token: str) -> int:
        return self.balances["vault", str(vault_id), token]

    def worth(self, token: str, amount: int) -> int:
        return amount if token == USDC else amount * self.price // 100

    def equity(self, vault_id: int) -> int:
        return sum(self.worth(token, self.held(vault_id, token)) for token in (USDC, WETH))

    def members(self, *but: VaultStatus) -> list[int]:
        """Followers' vaults that have not left, but those in a status."""
        gone = {VaultStatus.LEFT, *but}
        return [each for each, vault in self.vaults.items() if each != 1 and vault.status not in gone]

    def deposit(self, owner: str, amount: int) -> list[Event]:
        self.add("account", owner, USDC, amount)
        return [Deposited(owner, USDC, amount, address(0xFA))]

    def allocate(self, vault_id: int, amount: int) -> list[Event]:
        vault = self.vaults[vault_id]
        self.add("account", vault.owner, USDC, -amount)
        self.add("vault", str(vault_id), USDC, amount)
        self.facts.append((vault_id, "put_in", amount, 0))
        marked = self.mark(vault_id, vault.mark + amount, vault.invested + amount)
        return [Allocated(vault_id, vault.owner, USDC, amount), *marked]

    def withdraw(self) -> list[Event]:
        owner, token = self.random.choice(list(self.vaults.values())).owner, self.random.choice([USDC, WETH])
        amount = self.amount(self.balances["account", owner, token])
        if not amount:
            return []
        self.add("account", owner, token, -amount)
        return [Withdrawn(owner, token, amount, address(0xFB))]

    def claim(self) -> list[Event]:
        who = [LEADER, TREASURY, KEEPER, REFERRER]
        recipient, token = self.random.choice(who), self.random.choice([USDC, WETH])
        amount = self.balances["fee", recipient, token]
        if not amount:
            return []
        self.add("fee", recipient, token, -amount)
        self.add("account", recipient, token, amount)
        return [FeesClaimed(recipient, token, amount)]

    def mark(self, vault_id: int, mark: int, invested: int) -> Sequence[Event]:
        """The hub says marks only when they are others than before."""
        vault = self.vaults[vault_id]
        if (vault.mark, vault.invested) == (mark, invested):
            return []
        self.vaults[vault_id] = replace(vault, mark=mark, invested=invested)
        return [VaultMarked(vault_id, mark, invested)]

    def non_zero(self) -> dict[Key, int]:
        return {key: amount for key, amount in self.balances.items() if amount}
