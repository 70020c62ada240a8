"""Prices as exact ratios, and the worth of a vault's balances in its base token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from accounting.rounding import mul_div_down


@dataclass(frozen=True, slots=True)
class Price:
    """``base_units`` of the base token for ``token_units`` of the other, as recorded; both positive.

    Kept as the two amounts of the record, not as a quotient: a value derived from it is rounded once.
    """

    base_units: int
    token_units: int

    def __post_init__(self) -> None:
        if self.base_units <= 0 or self.token_units <= 0:
            raise ValueError(
                f"a price needs two positive amounts, not {self.base_units} for {self.token_units}"
            )

    def through(self, onward: Self) -> Self:
        """Return the price of this token in the base of ``onward``, which prices this price's base token."""
        return type(self)(self.base_units * onward.base_units, self.token_units * onward.token_units)

    def value(self, quantity: int) -> int:
        """Return what ``quantity`` token units are worth in base token units, rounded down."""
        return mul_div_down(quantity, self.base_units, self.token_units)


@dataclass(frozen=True, slots=True)
class Equity:
    """The worth of a vault in base token units, or the tokens whose missing price leaves it unknown."""

    value: int | None
    missing: tuple[str, ...] = ()


def equity_of(base: str, balances: Mapping[str, int], prices: Mapping[str, Price]) -> Equity:
    """Value balances (token → units) in units of ``base``: each token's worth rounds down, then they add up.

    A token that is held and has no price makes the whole unknown: a sum without it would look like a loss.
    """
    missing = tuple(sorted(t for t, units in balances.items() if units and t != base and t not in prices))
    if missing:
        return Equity(None, missing)
    return Equity(
        sum(units if t == base else prices[t].value(units) for t, units in balances.items() if units),
    )
