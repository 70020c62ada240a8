"""Accounts: what each owner has in the hub outside of vaults, and what a call may leave behind.

Each call is as the contract's of the same name (`contracts/core/HubExtension.sol`), one call a transaction:
`RefusedError` where that reverts, and then nothing has changed; the events that it emits, in their order, in
`told`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from accounting.fees import BPS
from accounting.rounding import mul_div_down
from indexer.decode.events import Deposited, Event, FeesClaimed, LeaderCapSet, Withdrawn
from paper.market import Market
from paper.refused import RefusedError
from paper.state import Amounts, Records, Strategy, Vault

DEFAULT_LEADER_CAP_BPS = 3_000
_MAX_LEADER_CAP_BPS = 5_000


class Accounts:
    """All that the hub keeps, and the calls that need no vault.

    ``now`` and ``market`` are the caller's to set. ``treasury`` gets what rounding leaves; ``batch_size``
    positions are visited in one transaction.
    """

    def __init__(
        self,
        market: Market,
        *,
        treasury: str,
        protocol_bps: int = 0,
        batch_size: int = 2**32 - 1,
        max_deviation_bps: int = BPS,
        venue: str = "",
        nobody: str = "",
    ) -> None:
        self.market = market
        self.now = 0
        self.told: list[Event] = []
        self.batch_size = batch_size
        self.vaults: Records[Vault] = Records()
        self.strategies: Records[Strategy] = Records()
        self.accounts, self.fee_balances, self.invested = Amounts(), Amounts(), Amounts()
        self.vault_count = self.strategy_count = 0
        self._treasury = treasury
        self._protocol_bps = protocol_bps
        self._max_deviation_bps = max_deviation_bps
        self._venue, self._nobody = venue, nobody
        self._caps: dict[str, int] = {}

    def deposit(self, owner: str, token: str, amount: int) -> None:
        """Put money into the owner's account."""
        with self._transaction():
            require_amount(amount)
            self.accounts.move(amount, owner, token)
            self.told.append(Deposited(owner, token, amount, owner))

    def withdraw(self, owner: str, token: str, amount: int) -> None:
        """Take money out of the account."""
        with self._transaction():
            require_amount(amount)
            self._debit(owner, token, amount)
            self.told.append(Withdrawn(owner, token, amount, owner))

    def claim_fees(self, recipient: str, token: str) -> None:
        """Move what was earned into the account."""
        with self._transaction():
            amount = self.fee_balances.of(recipient, token)
            require_amount(amount)
            self.fee_balances.move(-amount, recipient, token)
            self.accounts.move(amount, recipient, token)
            self.told.append(FeesClaimed(recipient, token, amount))

    def set_leader_cap(self, owner: str, cap_bps: int) -> None:
        """Set the largest share of the owner's money with one leader; 0: the default."""
        if cap_bps > _MAX_LEADER_CAP_BPS:
            raise RefusedError("AboveCap", cap_bps, _MAX_LEADER_CAP_BPS)
        self._caps[owner] = cap_bps
        self.told.append(LeaderCapSet(owner, cap_bps))

    # ---------------------------------------------------------------- inside

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of it, or nothing."""
        records = (self.vaults, self.strategies, self.accounts, self.fee_balances, self.invested)
        before = (len(self.told), self.vault_count, self.strategy_count)
        try:
            yield
        except RefusedError:
            for each in records:
                each.drop()
            told, self.vault_count, self.strategy_count = before
            del self.told[told:]
            raise
        for each in records:
            each.keep()

    def _debit(self, owner: str, token: str, amount: int) -> None:
        balance = self.accounts.of(owner, token)
        if amount > balance:
            raise RefusedError("InsufficientBalance", balance, amount)
        self.accounts.move(-amount, owner, token)

    def _require_under_leader_cap(self, owner: str, by: str, token: str, amount: int) -> None:
        """The share is of what the owner has in this token here, idle and invested, by what was put in."""
        invested = self.invested.of(owner, token, by) + amount
        total = self.accounts.of(owner, token) + self.invested.of(owner, token)
        allowed = mul_div_down(total, self._caps.get(owner) or DEFAULT_LEADER_CAP_BPS, BPS)
        if invested > allowed:
            raise RefusedError("LeaderCapExceeded", invested, allowed)


def require_amount(amount: int) -> None:
    """Raise `RefusedError` for nothing."""
    if not amount:
        raise RefusedError("ZeroAmount")
