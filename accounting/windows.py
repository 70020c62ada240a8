"""Windows of time that figures are given for, and the points in time at which a vault is looked at in one.

A window of days ends now and begins at the end of a day (UTC): its last day is the one that is under way.
That of 24 hours goes by hours. A vault younger than the window is looked at from its opening. Times are unix
seconds.
"""

from collections.abc import Mapping
from typing import Literal, get_args

WindowName = Literal["24h", "7d", "30d", "90d", "365d", "all"]
WINDOWS: tuple[WindowName, ...] = get_args(WindowName)

HOUR_S = 3_600
DAY_S = 86_400

_DAYS: Mapping[WindowName, int] = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}


def step_of(window: WindowName) -> int:
    """Return how far apart the points of a window are, in seconds."""
    return HOUR_S if window == "24h" else DAY_S


def start_of(window: WindowName, now: int) -> int:
    """Return when a window that ends ``now`` begins; 0 for all of time."""
    if window == "all":
        return 0
    step = step_of(window)
    periods = 24 if window == "24h" else _DAYS[window]
    return now - now % step - (periods - 1) * step


def boundaries(now: int, opened: int) -> list[int]:
    """Return the ends of all days and of the last 24 hours from ``opened`` to before ``now``."""
    days = range(opened - opened % DAY_S + DAY_S, now, DAY_S)
    hours = range(max(start_of("24h", now), opened - opened % HOUR_S + HOUR_S), now, HOUR_S)
    return sorted({*days, *hours})
