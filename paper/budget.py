"""What execution may cost, against the oracle: `contracts/libraries/LossBudget.sol`.

A bucket that leaks: half the budget fits in it and half leaks out in seven days, so no seven days can cost
more than the budget. Parts are scaled by 1e9.
"""

from accounting.rounding import mul_div_down, mul_div_up

ONE = 10**9
WINDOW_S = 7 * 86_400


def capacity(budget_bps: int) -> int:
    """Return what fits in the bucket of a budget in basis points."""
    return budget_bps * (ONE // 10_000 // 2)


def decayed_up(used: int, budget_bps: int, elapsed: int) -> int:
    """Return what is left in the bucket ``elapsed`` seconds later, rounded up."""
    return max(0, used - mul_div_down(capacity(budget_bps), elapsed, WINDOW_S))


def rate_up(amount_out: int, oracle_out: int) -> int:
    """Return how much less than the oracle's value a swap gave, as a part of that value, rounded up."""
    return 0 if amount_out >= oracle_out else mul_div_up(oracle_out - amount_out, ONE, oracle_out)
