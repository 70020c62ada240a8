"""What the hub asks of the world: the oracle's price, what a pool takes, and what a swap fetches."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class View:
    """What a pool says of its last minutes (`IVenue.market`): what an amount would have bought at its average
    price, and how much it takes before its price moves by the strategy's impact, both in units.
    """

    average_out: int
    depth_in: int


@dataclass(frozen=True, slots=True)
class Swapped:
    """``amount_in`` units were taken and ``amount_out`` came back."""

    amount_in: int
    amount_out: int


class Market(Protocol):
    """Prices and pools at one moment. Tokens and pools go by the names that the strategy has for them."""

    def price_down(self, token_in: str, token_out: str) -> int:
        """Return the oracle's price, scaled by 1e36, rounded down. Raises `RefusedError` without one."""

    def view(self, pool: str, token_in: str, token_out: str, amount_in: int, impact_bps: int) -> View:
        """Return what the pool says of ``amount_in`` units before anything is swapped."""

    def swap(self, pool: str, token_in: str, token_out: str, amount_in: int, price_limit: int) -> Swapped:
        """Swap, and stop where the next unit would buy less than ``price_limit`` (0: nowhere)."""

    def keeper_fee(self, token_out: str, copies: int) -> int:
        """Return what the gas of a batch of so many copies is worth in units of the token bought."""
