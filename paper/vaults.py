"""Strategies and vaults, their rules, who is a member: one call a transaction, as in `paper.accounts`.

Not here: lists of tokens and pools, gate and halts, signatures, several calls in one transaction.
"""

from collections.abc import Sequence

from indexer.decode.events import (
    Allocated,
    Deallocated,
    Event,
    MemberMoved,
    PolicySet,
    StrategyCreated,
    StrategyLimitsSet,
    StrategyPoolAdded,
    StrategyTokenAdded,
    TermsSet,
    VaultOpened,
    VaultStatusSet,
    Withdrawn,
)
from paper import leader, outflows, policies
from paper.accounts import Accounts, require_amount
from paper.clearing import Books
from paper.outflows import Book, Till
from paper.price import value_down
from paper.refused import RefusedError
from paper.state import Strategy, StrategyState, Vault
from protocol.types import FeeTerms, Policy, Reason, StrategyParams, VaultStatus

NO_POSITION = 2**32 - 1
_EVICTION_DIVISOR = 10


class Vaults(Accounts):
    """Strategies and their vaults."""

    # ---------------------------------------------------------------- strategies

    def create_strategy(
        self, by: str, params: StrategyParams, routes: dict[str, frozenset[int]]
    ) -> tuple[int, int]:
        """Offer a strategy; ``routes`` is pool → indices of its two tokens. Its id and its leader's vault's.

        That the offer is within the hub's caps is taken for granted.
        """
        with self._transaction():
            self.strategy_count += 1
            strategy = Strategy(
                self.strategy_count,
                by,
                self.vault_count + 1,
                params,
                (params.base_token, *params.tokens),
                routes,
                self._protocol_bps,
                StrategyState(self.now // policies.DAY_S),
                [params.terms],
            )
            self.strategies.put(strategy.id, strategy)
            self.told += self._created(strategy)
            self._create_vault(strategy, by, None, 0, "")
        return strategy.id, strategy.leader_vault

    def propose_terms(self, by: str, strategy_id: int, terms: FeeTerms) -> None:
        """Other terms for new vaults, which are dearer in nothing: those that are wait on a chain."""
        with self._transaction():
            strategy = self._strategy(strategy_id)
            if by != strategy.leader:
                raise RefusedError("NotLeader")
            strategy.terms.append(terms)
            self.told.append(TermsSet(strategy_id, len(strategy.terms), terms))

    # ---------------------------------------------------------------- vaults

    def open_vault(
        self,
        owner: str,
        strategy_id: int,
        policy: Policy,
        amount: int,
        *,
        terms_version: int = 1,
        referrer: str = "",
    ) -> int:
        """Open a vault with base token from the account; its id."""
        with self._transaction():
            strategy = self._strategy(strategy_id)
            if terms_version != len(strategy.terms):
                raise RefusedError("StaleTerms", len(strategy.terms))
            if amount < strategy.params.min_deposit:
                raise RefusedError("BelowMinimumDeposit", amount, strategy.params.min_deposit)
            position = len(strategy.members)
            vault = self._create_vault(strategy, owner, position, terms_version, referrer)
            strategy.members.append(vault.id)
            self._set_policy(strategy, vault, policy)
            if amount:
                self._allocate(strategy, vault, amount)
        return vault.id

    def allocate(self, owner: str, vault_id: int, amount: int) -> None:
        """Put more base token from the account into a vault."""
        with self._transaction():
            require_amount(amount)
            vault = self._owned(owner, vault_id)
            if vault.status is VaultStatus.LEFT:
                raise RefusedError("BadStatus", int(VaultStatus.LEFT))
            strategy = self._strategy(vault.strategy_id)
            outflows.charge_time(self._book(strategy, vault))
            self._allocate(strategy, vault, amount)

    def deallocate(self, owner: str, vault_id: int, token: str, amount: int | None) -> None:
        """Take units of a token out of a vault into the account; None: all of them."""
        with self._transaction():
            if amount is not None:
                require_amount(amount)
            vault = self._owned(owner, vault_id)
            strategy = self._strategy(vault.strategy_id)
            index = strategy.index_of(token)
            book = outflows.settled(strategy, vault, self.market, self._till())
            paid, worth = book.take_out(index, vault.balances[index] if amount is None else amount)
            book.mark_taken(worth)
            self.accounts.move(paid, owner, token)
            self.told.append(Deallocated(vault_id, owner, token, paid))

    def exit(self, owner: str, vault_id: int, tokens: Sequence[str]) -> None:
        """Leave the strategy, and take all of these tokens out of the hub."""
        with self._transaction():
            vault = self._owned(owner, vault_id)
            strategy = self._strategy(vault.strategy_id)
            book = outflows.settled(strategy, vault, self.market, self._till())
            if vault.status is not VaultStatus.LEFT and vault.position is not None:
                self._leave(strategy, vault)
            taken, worth = [], 0
            for token in tokens:
                index = strategy.index_of(token)
                if vault.balances[index]:
                    paid, part = book.take_out(index, vault.balances[index])
                    taken.append((token, paid))
                    worth += part
                    self.told.append(Deallocated(vault_id, owner, token, paid))
            book.mark_taken(worth)
            self.told += [Withdrawn(owner, token, paid, owner) for token, paid in taken if paid]

    # ---------------------------------------------------------------- rules and membership

    def set_policy(self, owner: str, vault_id: int, policy: Policy) -> None:
        """Give a vault another policy: a new revision."""
        with self._transaction():
            vault = self._ruled(owner, vault_id)
            self._set_policy(self._strategy(vault.strategy_id), vault, policy)

    def pause(self, owner: str, vault_id: int) -> None:
        """Stop copying for now."""
        with self._transaction():
            vault = self._ruled(owner, vault_id)
            if vault.status is not VaultStatus.ACTIVE:
                raise RefusedError("BadStatus", int(vault.status))
            self._set_status(vault, VaultStatus.PAUSED, Reason.NONE)

    def resume(self, owner: str, vault_id: int) -> None:
        """Copy again; peak and day begin anew."""
        with self._transaction():
            vault = self._ruled(owner, vault_id)
            if vault.status is VaultStatus.ACTIVE:
                raise RefusedError("BadStatus", int(vault.status))
            vault.peak = vault.day_equity = 0
            self._set_status(vault, VaultStatus.ACTIVE, Reason.NONE)

    def request_exit(self, owner: str, vault_id: int) -> None:
        """Anybody may sell what the vault holds for base token."""
        with self._transaction():
            vault = self._ruled(owner, vault_id)
            if vault.status is VaultStatus.EXITING:
                raise RefusedError("BadStatus", int(vault.status))
            self._set_status(vault, VaultStatus.EXITING, Reason.REQUESTED)

    def leave_strategy(self, owner: str, vault_id: int) -> None:
        """Stop copying for good; balances stay."""
        with self._transaction():
            vault = self._ruled(owner, vault_id)
            strategy = self._strategy(vault.strategy_id)
            outflows.charge_time(self._book(strategy, vault))
            self._leave(strategy, vault)

    def evict(self, vault_id: int) -> None:
        """Take a vault that is worth next to nothing out of the list."""
        with self._transaction():
            vault = self._vault(vault_id)
            _require_member(vault)
            strategy = self._strategy(vault.strategy_id)
            outflows.charge_time(self._book(strategy, vault))
            least = strategy.params.min_deposit // _EVICTION_DIVISOR
            equity = self.equity_down(vault)
            if equity >= least:
                raise RefusedError("WorthKeeping", equity, least)
            self._leave(strategy, vault)

    def prune(self, strategy_id: int, position: int) -> None:
        """Fill an empty position."""
        with self._transaction():
            strategy = self._strategy(strategy_id)
            if strategy.fanout:
                raise RefusedError("FanoutOpen", strategy.trade_id(strategy.sequence))
            if position >= len(strategy.members) or strategy.members[position]:
                raise RefusedError("NotEmpty", position)
            self._fill_hole(strategy, position)

    # ---------------------------------------------------------------- what there is

    def equity_down(self, vault: Vault) -> int:
        """What a vault holds is worth in base token, each token rounded down. Raises `RefusedError`."""
        tokens = self.strategies.look(vault.strategy_id).tokens
        return vault.balances[0] + sum(
            value_down(units, self.market.price_down(tokens[index], tokens[0]))
            for index, units in enumerate(vault.balances)
            if index and units
        )

    # ---------------------------------------------------------------- inside

    def _till(self) -> Till:
        return Till(self._treasury, self.accounts, self.fee_balances, self.invested, self.told, self.now)

    def _books(self) -> Books:
        return Books(
            self._treasury, self._venue, self._nobody, self._max_deviation_bps, self.fee_balances, self.told
        )

    def _book(self, strategy: Strategy, vault: Vault) -> Book:
        return Book(strategy, vault, strategy.terms_of(vault), self._till())

    def _strategy(self, strategy_id: int) -> Strategy:
        strategy = self.strategies.get(strategy_id)
        if strategy is None:
            raise RefusedError("UnknownStrategy", strategy_id)
        return strategy

    def _vault(self, vault_id: int) -> Vault:
        vault = self.vaults.get(vault_id)
        if vault is None:
            raise RefusedError("BadStatus", int(VaultStatus.NONE))
        return vault

    def _owned(self, owner: str, vault_id: int) -> Vault:
        vault = self.vaults.get(vault_id)
        if vault is None or vault.owner != owner:
            raise RefusedError("NotVaultOwner")
        return vault

    def _ruled(self, owner: str, vault_id: int) -> Vault:
        vault = self._owned(owner, vault_id)
        _require_member(vault)
        return vault

    def _create_vault(
        self, strategy: Strategy, owner: str, position: int | None, terms_version: int, referrer: str
    ) -> Vault:
        self.vault_count += 1
        terms = strategy.terms[terms_version - 1] if terms_version else FeeTerms()
        tokens = len(strategy.tokens)
        period = terms.performance_period
        vault = Vault(
            self.vault_count,
            strategy.id,
            owner,
            position,
            terms.copy_bps,
            terms_version,
            accrued_at=self.now,
            subscribed_until=self.now,
            settle_from=self.now + period if period else 0,
            referrer=referrer,
            balances=[0] * tokens,
            outflows=[0] * tokens,
        )
        self.vaults.put(vault.id, vault)
        shown = NO_POSITION if position is None else position
        opened = (vault.id, strategy.id, owner, terms.copy_bps, shown, terms_version)
        self.told.append(VaultOpened(*opened, referrer or self._nobody))
        return vault

    def _created(self, strategy: Strategy) -> list[Event]:
        params = strategy.params
        created = StrategyCreated(
            strategy.id,
            strategy.leader,
            strategy.leader_vault,
            params.base_token,
            params.max_slippage_bps,
            params.max_drift_bps,
            params.copy_window,
            params.min_deposit,
            self._protocol_bps,
            params.name,
        )
        tokens = (StrategyTokenAdded(strategy.id, token, at) for at, token in enumerate(strategy.tokens))
        pools = (StrategyPoolAdded(strategy.id, pool) for pool in params.pools)
        limits = StrategyLimitsSet(strategy.id, params.limits)
        return [created, limits, TermsSet(strategy.id, 1, params.terms), *tokens, *pools]

    def _set_policy(self, strategy: Strategy, vault: Vault, policy: Policy) -> None:
        policies.check(policy, strategy, self.now)
        vault.policy, vault.limited = policy, policies.is_limited(policy)
        vault.policy_revision += 1
        self.told.append(PolicySet(vault.id, vault.policy_revision, policy))

    def _set_status(self, vault: Vault, status: VaultStatus, reason: Reason) -> None:
        vault.status = status
        self.told.append(VaultStatusSet(vault.id, status, reason))

    def _allocate(self, strategy: Strategy, vault: Vault, amount: int) -> None:
        base = strategy.tokens[0]
        if vault.position is None:
            leader.observe(strategy, self.equity_down(vault), self.now)
            leader.move_stake(strategy.state, inflow=amount)
        else:
            self._require_under_leader_cap(vault.owner, strategy.leader, base, amount)
        self._debit(vault.owner, base, amount)
        vault.add(0, amount)
        self.told.append(Allocated(vault.id, vault.owner, base, amount))
        outflows.mark_inflow(strategy, vault, amount, self._till())

    def _leave(self, strategy: Strategy, vault: Vault) -> None:
        """A vault's place moves only while no trade is being copied."""
        self._set_status(vault, VaultStatus.LEFT, Reason.NONE)
        position = strategy.members.index(vault.id)
        strategy.members[position] = 0
        if not strategy.fanout:
            self._fill_hole(strategy, position)

    def _fill_hole(self, strategy: Strategy, position: int) -> None:
        """The last member moves there; where the last position is itself empty the hole stays."""
        moved = strategy.members.pop()
        if position != len(strategy.members) and moved:
            strategy.members[position] = moved
            self.vaults.touch(moved).position = position
        self.told.append(MemberMoved(strategy.id, moved, position))


def _require_member(vault: Vault) -> None:
    if vault.status in {VaultStatus.LEFT, VaultStatus.NONE}:
        raise RefusedError("BadStatus", int(vault.status))
    if vault.position is None:
        raise RefusedError("LeaderVault")
