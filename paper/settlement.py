"""What vaults are charged between trades: `settle`, `settleEscrow` and `acceptTerms` of the contract."""

from indexer.decode.events import TermsAccepted
from paper import outflows
from paper.refused import RefusedError
from paper.state import Strategy, Vault
from paper.vaults import Vaults
from protocol.types import VaultStatus

SETTLE_WINDOW_S = 86_400


class ChargedVaults(Vaults):
    """Vaults whose fees fall due."""

    def settle(self, vault_id: int) -> None:
        """Charge what is due."""
        with self._transaction():
            vault = self._vault(vault_id)
            if vault.status in {VaultStatus.NONE, VaultStatus.LEFT}:
                raise RefusedError("BadStatus", int(vault.status))
            strategy = self._strategy(vault.strategy_id)
            following = self._next_settlement(strategy, vault)
            if not following:
                outflows.charge_time(self._book(strategy, vault))
                return
            book = outflows.settled(strategy, vault, self.market, self._till())
            if book.prices is None:
                raise RefusedError("PriceNeeded")
            if book.equity <= book.mark:
                return
            book.crystallize()
            vault.settle_from = following

    def settle_escrow(self, vault_id: int) -> None:
        """Divide what was held back."""
        with self._transaction():
            vault = self._vault(vault_id)
            if not vault.escrowed:
                raise RefusedError("NothingEscrowed", vault_id)
            strategy = self._strategy(vault.strategy_id)
            if outflows.settled(strategy, vault, self.market, self._till()).prices is None:
                raise RefusedError("PriceNeeded")

    def accept_terms(self, owner: str, vault_id: int, version: int) -> None:
        """Charge what is due by the old terms, then take the newest."""
        with self._transaction():
            vault = self._ruled(owner, vault_id)
            strategy = self._strategy(vault.strategy_id)
            current = len(strategy.terms)
            if version not in {current} - {vault.terms_version}:
                raise RefusedError("StaleTerms", current)
            then, book = (
                strategy.terms[version - 1],
                outflows.settled(strategy, vault, self.market, self._till()),
            )
            if book.prices is not None:
                book.crystallize()
            elif vault.escrowed or book.terms.performance_bps or then.performance_bps:
                raise RefusedError("PriceNeeded")
            vault.terms_version, vault.copy_fee_bps, vault.accrued_at = version, then.copy_bps, self.now
            goes_on = (then.subscription, then.subscription_period) == (
                book.terms.subscription,
                book.terms.subscription_period,
            )
            if not goes_on:
                vault.subscribed_until = self.now
            vault.settle_from = self.now + then.performance_period if then.performance_period else 0
            self.told.append(TermsAccepted(vault_id, version, then.copy_bps))

    def _next_settlement(self, strategy: Strategy, vault: Vault) -> int:
        """When the period ends that begins with the grid's point that is being settled; 0 at other times."""
        start = vault.settle_from
        if not start or self.now < start:
            return 0
        period = strategy.terms_of(vault).performance_period
        point = self.now - (self.now - start) % period
        return point + period if self.now <= point + SETTLE_WINDOW_S else 0
