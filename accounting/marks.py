"""What a vault's results are measured against, worked out anew from what was put in, taken out and charged.

All amounts are base token units. The hub says its own marks in events; these are the same by another road,
and a test compares the two.
"""

from dataclasses import dataclass
from typing import Self

from accounting.rounding import mul_div_down


@dataclass(frozen=True, slots=True)
class Marks:
    """``mark`` is the high-water mark: net deposits and gains already charged. ``invested``: net deposits."""

    mark: int = 0
    invested: int = 0

    def put_in(self, amount: int) -> Self:
        """Return the marks after a deposit: a gain begins above what came in."""
        return type(self)(self.mark + amount, self.invested + amount)

    def taken_out(self, part: int, whole: int) -> Self:
        """Return the marks after ``part`` of the equity ``whole`` left, fees included.

        The mark falls in proportion and never by more than what left: a loss stays to be made good, however
        often a vault is emptied and filled again. What is invested falls in proportion, to nothing with the
        last of the equity.
        """
        if part == 0 and whole != 0:
            return self
        mark = self.mark - (min(part, mul_div_down(self.mark, part, whole)) if part else 0)
        invested = 0 if part == whole else self.invested - mul_div_down(self.invested, part, whole)
        return type(self)(mark, invested)

    def charged(self, equity: int) -> Self:
        """Return the marks after the fee on all of the gain up to ``equity``."""
        return type(self)(equity, self.invested)

    def gain(self, equity: int) -> int:
        """Return what of ``equity`` a performance fee may be charged on."""
        return max(0, equity - self.mark)
