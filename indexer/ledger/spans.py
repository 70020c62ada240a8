"""Where a month ends: in seconds, and in blocks as the chain's pace has it. Months are UTC's."""

from typing import NamedTuple

import numpy as np

_NEARLY_OVER_S = 4 * 86_400
_SLOWEST_S = 40
_FASTEST = 8
"""Seconds a block takes, and blocks a second has, at most: a local chain's clock may stand still or jump."""


class Pace(NamedTuple):
    """So many blocks in so many seconds."""

    blocks: int
    seconds: int


def month_after(time: int) -> int:
    """The first second of the month that follows a time's."""
    month = np.datetime64(time, "s").astype("datetime64[M]") + 1
    return int(month.astype("datetime64[s]").astype(np.int64))


def block_after(number: int, time: int, pace: Pace) -> int:
    """The first block of the month that follows the one of a block, if the chain keeps its pace.

    A month that is nearly over is taken together with the next one. Exact where blocks come like clockwork,
    else off by as much as the pace changes in a month.
    """
    end = month_after(time)
    if end - time < _NEARLY_OVER_S:
        end = month_after(end)
    left = end - time
    most = left * _FASTEST
    expected = -(-left * pace.blocks // pace.seconds) if pace.seconds > 0 else most
    return number + min(max(expected, left // _SLOWEST_S), most)
