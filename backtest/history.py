"""A history to run: what a leader traded and when, and what the market was worth.

Amounts are token units of the backtest, whose decimals `Tokens` says; portions are scaled by 1e18. A price is
base token units for 1e18 units, an integer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backtest.errors import BacktestError


@dataclass(frozen=True, slots=True)
class Tokens:
    """Symbols, the base token first, and the decimals in which the backtest counts each."""

    symbols: tuple[str, ...]
    decimals: tuple[int, ...]

    def index(self, symbol: str) -> int:
        """A token's place."""
        return self.symbols.index(symbol)


@dataclass(frozen=True, slots=True)
class Sale:
    """The leader sells ``portion`` of the holding; without one, ``amount_in`` units. ``amount_out`` units
    came of ``amount_in``, where that was recorded.
    """

    index_in: int
    index_out: int
    portion: int | None = None
    amount_in: int | None = None
    amount_out: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a history: prices (token index → price) that hold from ``time`` on, and a trade at them, if
    any.

    Prices that are missing are as before. ``line`` is where it was read.
    """

    line: int
    time: int
    prices: Mapping[int, int]
    sale: Sale | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Moments in the order of time; ``source`` is for people."""

    source: str
    tokens: Tokens
    moments: Sequence[Moment]

    def __post_init__(self) -> None:
        if not any(moment.sale for moment in self.moments):
            raise BacktestError(
                f"{self.source} has no trades.", remedy="Give a history with at least one trade."
            )
        last = 0
        for moment in self.moments:
            if moment.time < last:
                raise BacktestError(
                    f"{self.source}, line {moment.line}: its time is before that of the line above.",
                    remedy="Sort the file by time.",
                )
            last = moment.time

    @property
    def trades(self) -> int:
        """How many trades there are."""
        return sum(moment.sale is not None for moment in self.moments)
