"""The internal rate of return: found, proven to be the only one, or not given.

A rate exists and is the only one where the flows change sign once (Descartes' rule of signs, which holds for
real exponents, too). Where they change more often there may be none or several; then the whole range is
searched by interval arithmetic, which cannot miss one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Literal, NamedTuple

Problem = Literal["no_flows", "no_time", "no_solution", "several_solutions"]

_DIGITS = 34
_LARGEST = Decimal(2) ** 40
_WIDTH = Decimal("1e-12")
_STEPS = 200
_UNDECIDED = Decimal("1e-9")
YEAR_S = 365 * 86_400


@dataclass(frozen=True, slots=True)
class InternalRate:
    """The rate for the whole span (0.05 is 5%), or the ``problem`` for which there is none to give."""

    rate: Decimal | None
    span_s: int = 0
    problem: Problem | None = None

    def annual(self, least_s: int) -> Decimal | None:
        """Return the rate a year (XIRR, 365 days); None for a span below ``least_s`` seconds."""
        if self.rate is None or self.span_s < max(least_s, 1):
            return None
        with localcontext(prec=_DIGITS):
            if self.rate == -1:
                return self.rate
            return (1 + self.rate) ** (Decimal(YEAR_S) / self.span_s) - 1


class _Term(NamedTuple):
    exponent: Decimal
    amount: Decimal


def internal_rate(flows: Sequence[tuple[int, int]]) -> InternalRate:
    """Return the rate at which ``flows`` (unix second, units paid in; negative: got back) come to nothing.

    The growth factor ``g`` of the span solves ``sum(flow * g ** (time left / span)) = 0`` (Bacon, *Practical
    Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.3) and is looked for between 2**-40 and
    2**40, to twelve digits. Flows of one second are added up. If nothing came back the rate is -1.
    """
    by_time: dict[int, int] = {}
    for time, flow in flows:
        by_time[time] = by_time.get(time, 0) + flow
    moved = sorted((time, flow) for time, flow in by_time.items() if flow)
    if not moved:
        return InternalRate(None, problem="no_flows")
    start, end = moved[0][0], moved[-1][0]
    if all(flow > 0 for _, flow in moved):
        return InternalRate(Decimal(-1), end - start)
    if start == end:
        return InternalRate(None, problem="no_time")
    with localcontext(prec=_DIGITS):
        return _between_two(moved, end - start) if len(moved) == 2 else _searched(moved, end - start)


def _between_two(moved: Sequence[tuple[int, int]], span: int) -> InternalRate:
    """What came back over what was paid in: no other rate explains two flows of different sign."""
    growth = Decimal(-moved[1][1]) / Decimal(moved[0][1])
    if not 1 / _LARGEST <= growth <= _LARGEST:
        return InternalRate(None, span, "no_solution")
    return InternalRate(growth - 1, span)


def _searched(moved: Sequence[tuple[int, int]], span: int) -> InternalRate:
    end = moved[-1][0]
    terms = [_Term(Decimal(end - time) / span, Decimal(flow)) for time, flow in moved]
    changes = sum((one > 0) != (next_ > 0) for (_, one), (_, next_) in pairwise(moved))
    limit = _LARGEST.ln()
    brackets = [(-limit, limit)] if changes == 1 else _isolate(terms, limit)
    if len(brackets) > 1:
        return InternalRate(None, span, "several_solutions")
    root = _solve(terms, *brackets[0]) if brackets else None
    if root is None:
        return InternalRate(None, span, "no_solution")
    return InternalRate(root.exp() - 1, span)


def _surplus(terms: Sequence[_Term], y: Decimal) -> Decimal:
    """Sum of the flows, each grown at the factor ``exp(y)`` for the time left."""
    return sum((amount * (exponent * y).exp() for exponent, amount in terms), Decimal(0))


def _solve(terms: Sequence[_Term], low: Decimal, high: Decimal) -> Decimal | None:
    """Return the root between two ends of different sign (regula falsi, Illinois variant), or None."""
    at_low, at_high = _surplus(terms, low), _surplus(terms, high)
    if not at_low or not at_high:
        return low if not at_low else high
    if (at_low > 0) == (at_high > 0):
        return None
    kept = 0
    for step in range(_STEPS):
        if high - low < _WIDTH:
            break
        middle = (low + high) / 2 if step % 3 == 2 else (low * at_high - high * at_low) / (at_high - at_low)
        at_middle = _surplus(terms, middle)
        if not at_middle:
            return middle
        if (at_middle > 0) == (at_high > 0):
            high, at_high = middle, at_middle
            at_low = at_low / 2 if kept == 1 else at_low
            kept = 1
        else:
            low, at_low = middle, at_middle
            at_high = at_high / 2 if kept == -1 else at_high
            kept = -1
    return (low + high) / 2


def _isolate(terms: Sequence[_Term], limit: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Return intervals with one root each; two for roots that lie too close together to be told apart.

    What is paid in and what is got back grow with ``y`` each, and so do their slopes: their ends bound them
    over an interval. An interval whose bounds leave out zero has no root; one with a slope of one sign has a
    root if its ends differ.
    """
    paid = [term for term in terms if term.amount > 0]
    got = [_Term(exponent, -amount) for exponent, amount in terms if amount < 0]
    slopes = [[_Term(e, a * e) for e, a in side if e] for side in (paid, got)]
    known: dict[Decimal, tuple[Decimal, ...]] = {}

    def at(y: Decimal) -> tuple[Decimal, ...]:
        if y not in known:
            known[y] = tuple(_surplus(side, y) for side in (paid, got, *slopes))
        return known[y]

    found: list[tuple[Decimal, Decimal]] = []
    waiting = [(-limit, limit)]
    while waiting:
        low, high = waiting.pop()
        (paid_low, got_low, up_low, down_low), (paid_high, got_high, up_high, down_high) = at(low), at(high)
        if paid_low > got_high or paid_high < got_low:
            continue
        if up_low > down_high or up_high < down_low:
            if (paid_low < got_low) != (paid_high < got_high):
                found.append((low, high))
        elif high - low < _UNDECIDED:
            found += [(low, high)] * 2
        else:
            middle = (low + high) / 2
            waiting += [(low, middle), (middle, high)]
        if len(found) > 1:
            break
    return found
