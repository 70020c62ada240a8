"""One vault of play money beside a real strategy: it copies each real trade as one more in its batch.

The batch's price is the real one, which the vault did not move; its size, its limits and its fees are those
of the hub. What it cannot know: whether the pool would have taken its part too (`PoolDepth`), and at which
price a keeper would have sold what it holds when it stops, for which the oracle's price less a cost stands.
"""

from copy import copy
from dataclasses import dataclass

from accounting.rounding import mul_div_down
from indexer.decode.events import CopySkipped, Event, TradeOpened, VaultStatusSet
from paper import budget, policies, price
from paper.batch import Batch, Part
from paper.clearing import Outcome, settle, share_of
from paper.market import Swapped, View
from paper.policies import size
from paper.refused import RefusedError
from paper.settlement import ChargedVaults
from paper.state import WAD, Vault
from protocol.types import OnBreach, Policy, Reason, StrategyLimits, StrategyParams, TradeKind, VaultStatus

OWNER, LEADER, KEEPER = "owner", "leader", "keeper"
_ENDLESS = 2**128


@dataclass(frozen=True, slots=True)
class RealBatch:
    """A trade's first batch as it was cleared: ``portion`` of each holding was sold, at ``amount_out`` units
    for ``amount_in``, which the oracle valued at ``oracle_out``.
    """

    time: int
    trade_id: int
    index_in: int
    index_out: int
    portion: int
    amount_in: int
    amount_out: int
    oracle_out: int


class OracleMarket:
    """The oracle's latest price of each token in base token units, scaled by 1e36; ``cost_bps`` less is
    what a swap fetches.
    """

    def __init__(self, tokens: tuple[str, ...], *, cost_bps: int) -> None:
        self._tokens = tokens
        self._cost_bps = cost_bps
        self._prices: dict[int, int] = {0: price.SCALE}

    def learn(self, index_in: int, index_out: int, amount_in: int, oracle_out: int) -> None:
        """Take the oracle's word that an amount was worth another, rounded down, where one price is known."""
        if not oracle_out or not amount_in:
            return
        if index_in == 0 or (index_out and index_in in self._prices):
            worth = mul_div_down(amount_in, self._prices[index_in], 1)
            self._prices[index_out] = worth // oracle_out
        elif index_out in self._prices:
            self._prices[index_in] = mul_div_down(oracle_out, self._prices[index_out], amount_in)

    def price_down(self, token_in: str, token_out: str) -> int:
        """Return a token's price in the base token. Raises `RefusedError` before there is one."""
        del token_out
        found = self._prices.get(self._tokens.index(token_in), 0)
        if not found:
            raise RefusedError("PriceNeeded")
        return found

    def view(self, pool: str, token_in: str, token_out: str, amount_in: int, impact_bps: int) -> View:
        """The average price is the oracle's, and nothing is too much."""
        del pool, impact_bps
        return View(self._worth(token_in, token_out, amount_in), _ENDLESS)

    def swap(self, pool: str, token_in: str, token_out: str, amount_in: int, price_limit: int) -> Swapped:
        """Sell all of it at the oracle's price less the cost."""
        del pool, price_limit
        worth = self._worth(token_in, token_out, amount_in)
        return Swapped(amount_in, mul_div_down(worth, price.BPS - self._cost_bps, price.BPS))

    def keeper_fee(self, token_out: str, copies: int) -> int:
        """Nobody carries anything."""
        del token_out, copies
        return 0

    def _worth(self, token_in: str, token_out: str, amount_in: int) -> int:
        return mul_div_down(amount_in, self.price_down(token_in, ""), self.price_down(token_out, ""))


class Shadow:
    """The vault. ``told`` is all that happened to it, as the hub would tell it."""

    def __init__(
        self,
        params: StrategyParams,
        policy: Policy,
        amount: int,
        *,
        opened: int,
        protocol_bps: int,
        cost_bps: int,
    ) -> None:
        self.prices = OracleMarket((params.base_token, *params.tokens), cost_bps=cost_bps)
        self._hub = ChargedVaults(self.prices, treasury="treasury", protocol_bps=protocol_bps)
        self._hub.now = opened
        self._hub.create_strategy(LEADER, params, {})
        self._hub.told.clear()
        self._hub.deposit(OWNER, params.base_token, amount * 4)
        self._hub.told.clear()
        self.vault_id = self._hub.open_vault(OWNER, 1, policy, amount)
        self._cost_bps = cost_bps
        self._sales = 0

    @property
    def told(self) -> list[Event]:
        """Everything, in order."""
        return self._hub.told

    @property
    def hub(self) -> ChargedVaults:
        """The books, to look at, and for what an owner may do beside trades."""
        return self._hub

    def copy(self, real: RealBatch) -> None:
        """Copy a trade, or skip it with the hub's reason."""
        self._hub.now = real.time
        self.prices.learn(real.index_in, real.index_out, real.amount_in, real.oracle_out)
        batch = self._batch(real, expected_bps=0)
        before = self._hub.vaults.look(self.vault_id)
        vault = copy(before)
        part, stop = size(batch, vault)
        if part.gross and not self._is_inside(real, batch.strictest_bps):
            # Whoever brings the trade expects as much slippage as there is: the vault stands aside.
            batch = self._batch(real, expected_bps=batch.strictest_bps + 1)
            vault = copy(before)
            part, stop = size(batch, vault)
        if stop is not None:
            self._stop(vault, stop, part.reason)
        if part.gross:
            outcome = Outcome(real.amount_in, real.amount_in, real.amount_out)
            rate = budget.rate_up(real.amount_out, real.oracle_out)
            self.told.append(settle(batch, part, share_of(part, outcome), rate))
        else:
            self.told.append(CopySkipped(real.trade_id, vault.id, vault.policy_revision, part.reason))
        self._keep(vault)

    def close(self, time: int) -> None:
        """Carry out a stop that is reached at today's prices, and sell what an exiting vault holds."""
        self._hub.now = time
        vault = copy(self._hub.vaults.look(self.vault_id))
        strategy = self._hub.strategies.look(1)
        try:
            equity = self._hub.equity_down(vault)
        except RefusedError:
            return
        on_stop = vault.policy.on_stop
        status = policies.status_of(on_stop)
        again = vault.status is VaultStatus.SUSPENDED and on_stop is not OnBreach.EXIT
        if status is not None and vault.status is not VaultStatus.EXITING and not again:
            seen = copy(vault)
            policies.look_at(seen, equity, time)
            reason = policies.stop_reached(seen, equity)
            if reason is not Reason.NONE:
                vault = seen
                self._stop(vault, status, reason)
        limit = vault.policy.max_slippage_bps
        if vault.status is VaultStatus.EXITING and not 0 < limit < self._cost_bps:
            for index in range(1, len(strategy.tokens)):
                if vault.balances[index]:
                    self._sell(vault, index)
        self._keep(vault)

    def _sell(self, vault: Vault, index: int) -> None:
        batch = Batch(
            self._hub.strategies.look(1), self.prices, self._hub.now, 0, "", index, 0, WAD, self._limits()
        )
        units = vault.balances[index]
        self._sales += 1
        batch.trade_id = 1 << 32 | 1 << 31 | self._sales
        opened = (batch.trade_id, KEEPER, TradeKind.CLOSE, "", batch.token_in, batch.token_out)
        self.told.append(TradeOpened(*opened, WAD, 0, 0, 0, 0))
        part = Part(vault, units)
        got = self.prices.swap("", batch.token_in, batch.token_out, units, 0).amount_out
        self.told.append(settle(batch, part, (units, got, 0), 0))

    def _batch(self, real: RealBatch, *, expected_bps: int) -> Batch:
        return Batch(
            self._hub.strategies.look(1),
            self.prices,
            real.time,
            real.trade_id,
            "",
            real.index_in,
            real.index_out,
            real.portion,
            self._limits(),
            expected_bps,
        )

    def _limits(self) -> StrategyLimits:
        return self._hub.strategies.look(1).limits

    def _is_inside(self, real: RealBatch, limit_bps: int) -> bool:
        if limit_bps >= price.BPS:
            return True
        least = price.less_bps_up(real.oracle_out, limit_bps)
        return price.is_worth(real.amount_out, real.amount_in, least, 0)

    def _stop(self, vault: Vault, status: VaultStatus, reason: Reason) -> None:
        vault.status = status
        self.told.append(VaultStatusSet(vault.id, status, reason))

    def _keep(self, vault: Vault) -> None:
        self._hub.vaults.put(vault.id, vault)
        self._hub.vaults.keep()
