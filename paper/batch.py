"""One swap on its way through the clearing: `contracts/core/Batch.sol` and `BatchPrices.sol`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounting.fees import copy_fee
from accounting.rounding import mul_div_down
from paper.market import Market
from paper.price import SCALE, value_down
from paper.refused import RefusedError
from paper.state import Strategy, Vault
from protocol.types import Reason, StrategyLimits

MAX_PRICE = 1 << 190
NO_LIMIT = 2**256 - 1


@dataclass(slots=True)
class Part:
    """What a vault puts into a batch: ``gross`` units of the token sold, 0 when it stands aside (``reason``).

    ``equity_share_bps`` is the part of its equity that is sold, where the vault counts what execution costs.
    """

    vault: Vault
    gross: int
    reason: Reason = Reason.NONE
    equity_share_bps: int = 0
    fee_bps: int = 0

    @property
    def fee(self) -> int:
        """The copy fee, part of the gross."""
        return copy_fee(self.gross, self.fee_bps)

    @property
    def offered(self) -> int:
        """What is for sale."""
        return self.gross - self.fee


@dataclass(slots=True)
class Batch:
    """Vaults of one swap. Prices are asked for once, and everybody is measured by the same."""

    strategy: Strategy
    market: Market
    now: int
    trade_id: int
    pool: str
    index_in: int
    index_out: int
    portion: int
    limits: StrategyLimits
    expected_bps: int = 0
    leads: bool = False
    keeper: str = ""
    cursor: int = 0
    strictest_bps: int = NO_LIMIT
    laxest_aside_bps: int = 0
    parts: list[Part] = field(default_factory=list)
    _prices: dict[int, int] = field(default_factory=dict)

    @property
    def token_in(self) -> str:
        """The token sold."""
        return self.strategy.tokens[self.index_in]

    @property
    def token_out(self) -> str:
        """The token bought."""
        return self.strategy.tokens[self.index_out]

    @property
    def amount_in(self) -> int:
        """Units for sale."""
        return sum(part.offered for part in self.parts)

    def price(self, index: int) -> int:
        """Base token units a unit, scaled by 1e36, rounded down. Raises `RefusedError` without one."""
        if index == 0:
            return SCALE
        price = self._prices.get(index)
        if price is None:
            tokens = self.strategy.tokens
            price = self.market.price_down(tokens[index], tokens[0])
            if price == 0 or price > MAX_PRICE:
                raise RefusedError("PriceNeeded")
            self._prices[index] = price
        return price

    def value_down(self, index: int, amount: int) -> int:
        """What units of a token are worth in base token."""
        return amount if index == 0 else value_down(amount, self.price(index))

    def equity_down(self, balances: Sequence[int]) -> int:
        """What balances are worth in base token, each token rounded down."""
        return sum(self.value_down(index, units) for index, units in enumerate(balances) if units)

    def oracle_out_down(self, amount_in: int) -> int:
        """What units of the token sold are worth in the token bought."""
        return mul_div_down(amount_in, self.price(self.index_in), self.price(self.index_out))
