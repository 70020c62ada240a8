"""A vault at the end of a day, from which risk figures and curves are made."""

from decimal import Decimal
from typing import NamedTuple


class Day(NamedTuple):
    """A vault at the end of a day, or of an hour in a window of hours.

    ``growth`` is that of one unit since the start, without flows (`accounting.returns.Growth.level`);
    ``equity`` and, of it, ``cash`` in the base token, and ``net_deposits``, are base token units.
    """

    growth: Decimal
    equity: int
    cash: int
    net_deposits: int
