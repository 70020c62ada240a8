"""Too little room shared among parts: `contracts/libraries/MaxMin.sol`.

Everybody gets what they ask for up to one level, nobody more (Bertsekas and Gallager, Data Networks, 6.5.2).
"""

from collections.abc import Sequence

NO_LEVEL = 2**128 - 1
_ROUNDS = 8
"""The level only rises and always fits: stopping early leaves room unused."""


def level_down(parts: Sequence[int], room: int) -> int:
    """Return the most that a part may be so that all fit in ``room``; `NO_LEVEL` where none is cut."""
    if not parts:
        return 0
    level = room // len(parts)
    for _ in range(_ROUNDS):
        small = [part for part in parts if part <= level]
        if len(small) == len(parts):
            return NO_LEVEL
        higher = (room - sum(small)) // (len(parts) - len(small))
        if higher == level:
            return level
        level = higher
    return level
