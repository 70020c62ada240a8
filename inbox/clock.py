"""The clock of events: unix microseconds."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def now_us() -> int:
    """Now."""
    return time.time_ns() // 1_000
