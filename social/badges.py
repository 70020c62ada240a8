"""When somebody counts as a verified follower: by how long money of theirs was under a strategy, and no more.

Looked at when a review is shown, in the ledger's rows: a reorg that takes the rows takes the badge.
"""

from collections.abc import Iterable
from enum import StrEnum

DAY_S = 86_400


class Held(StrEnum):
    """How long, in words coarse enough that they tell no vault from another."""

    WEEK = "a_week"
    MONTH = "a_month"
    QUARTER = "a_quarter"


_LEAST = ((90 * DAY_S, Held.QUARTER), (30 * DAY_S, Held.MONTH), (7 * DAY_S, Held.WEEK))


def money_that_counts(min_deposit: int, decimals: int) -> int:
    """Return what must be invested: the strategy's least deposit, or a whole base token where it asks none.

    Base token units.
    """
    return max(min_deposit, int(10**decimals))


def held_s(states: Iterable[tuple[int, int]], money: int, until: int) -> int:
    """Return for how many seconds a vault had that much invested.

    ``states`` are (unix second, invested) in their order; each holds until the next, the last ``until``.
    """
    total = 0
    since: int | None = None
    for at, invested in states:
        total += 0 if since is None else at - since
        since = at if invested >= money else None
    return total + (0 if since is None else max(0, until - since))


def badge_of(seconds: int) -> Held | None:
    """Return the word for a span; None below a week."""
    return next((word for least, word in _LEAST if seconds >= least), None)
