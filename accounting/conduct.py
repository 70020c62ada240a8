"""How a leader is ranked, and what keeps a leader from being: the rules against those who play for the rank.

The score is the lower end of the interval in which the Sharpe ratio lies with 95% (Bailey and López de Prado,
"The Sharpe Ratio Efficient Frontier", 2012): a short history, rare large losses and lumpy gains widen the
interval, so luck and sold insurance do not rank. It is made from growth, in which deposits and withdrawals
are no part. A bar leaves a leader without a score; each warning takes one off it. Both are told, and nobody
is hidden for either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite, sqrt
from typing import Literal

import numpy as np

from accounting.book import Book, Event, Fill
from accounting.columns import Floats
from accounting.rounding import ratio
from accounting.trips import ClosedTrade

Bar = Literal["short_history", "few_trades", "small_stake", "wash_trading", "no_risk_taken"]
Caution = Literal["style_change", "martingale"]

Numbers = Sequence[Decimal] | Floats
"""Statistics, in which no money is counted."""

LEAST_RETURNS = 30
"""Daily returns below which nobody is ranked."""

LEAST_TRADES = 10
"""Closed trades, wash trades not counted, below which nobody is ranked."""

STAKE_PART = 100
"""A leader has at least one part in so many of the capital under copy at stake."""

_RECENT = 30
_STYLE_TIMES = 3
_STYLE_EXPOSURE = 0.5
_MARTINGALE_TIMES = Decimal("1.5")
_LEAST_ENTRIES = 5
_ONE_SIDED_95 = 1.645
_PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Entry:
    """Base token put into another token at unix second ``time``.

    ``share`` is its part of what the vault had, at cost; ``after_loss`` whether the last closed trade lost,
    or the holding that it adds to stood below its cost.
    """

    time: int
    share: Decimal
    after_loss: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rank is given for: of a window its daily returns, exposures and trades, of now the stakes."""

    returns: Numbers
    exposures: Numbers
    closed: Sequence[ClosedTrade]
    entries: Sequence[Entry]
    own_stake: int | None
    capital_under_copy: int | None


@dataclass(frozen=True, slots=True)
class Rank:
    """A leader's score, None with a bar; higher is better."""

    score: Decimal | None
    bars: tuple[Bar, ...]
    warnings: tuple[Caution, ...]


def rank(seen: Evidence) -> Rank:
    """Return the score with everything that speaks against it."""
    bars = _bars(seen)
    warnings = _warnings(seen)
    score = None if bars else _lowest_sharpe(_floats(seen.returns))
    if score is None:
        return Rank(None, bars or ("no_risk_taken",), warnings)
    return Rank(Decimal(repr(score - len(warnings))).quantize(_PLACES), (), warnings)


def _bars(seen: Evidence) -> tuple[Bar, ...]:
    washed = sum(trade.is_wash for trade in seen.closed)
    genuine = len(seen.closed) - washed
    stake, copied = seen.own_stake or 0, seen.capital_under_copy or 0
    found: dict[Bar, bool] = {
        "short_history": len(seen.returns) < LEAST_RETURNS,
        "few_trades": genuine < LEAST_TRADES,
        "small_stake": stake <= 0 or stake * STAKE_PART < copied,
        "wash_trading": washed > genuine,
    }
    return tuple(name for name, holds in found.items() if holds)


def _warnings(seen: Evidence) -> tuple[Caution, ...]:
    found: dict[Caution, bool] = {
        "style_change": _style_changed(_floats(seen.returns), _floats(seen.exposures)),
        "martingale": _raises_after_losses(seen.entries),
    }
    return tuple(name for name, holds in found.items() if holds)


def _lowest_sharpe(returns: Floats) -> float | None:
    """The lower end of the Sharpe ratio's interval, a year; None where nothing was ever at risk."""
    n = len(returns)
    mean = float(returns.mean())
    off = returns - mean
    squares = off * off
    second, third, fourth = (float(each.mean()) for each in (squares, squares * off, squares * squares))
    if second <= 0:
        return None
    sharpe = mean / sqrt(second * n / (n - 1))
    skewness, kurtosis = third / second**1.5, fourth / second**2
    spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    low = (sharpe - _ONE_SIDED_95 * sqrt(max(spread, 0) / (n - 1))) * sqrt(365)
    return low if isfinite(low) else None


def _style_changed(returns: Floats, exposures: Floats) -> bool:
    """Whether the last 30 days swing three times as much, or as little, as those before, or half of the
    capital more, or less, is invested.
    """
    if len(returns) < 2 * _RECENT:
        return False
    before, after = float(returns[:-_RECENT].var()), float(returns[-_RECENT:].var())
    times = _STYLE_TIMES**2
    if before > after * times or after > before * times:
        return True
    earlier, later = exposures[:-_RECENT], exposures[-_RECENT:]
    return bool(len(earlier)) and abs(float(later.mean()) - float(earlier.mean())) > _STYLE_EXPOSURE


def _raises_after_losses(entries: Sequence[Entry]) -> bool:
    """Whether entries after a loss, or into one, are half as large again as the others."""
    losing = [each.share for each in entries if each.after_loss]
    others = [each.share for each in entries if not each.after_loss]
    if min(len(losing), len(others)) < _LEAST_ENTRIES:
        return False
    return _mean(losing) >= _MARTINGALE_TIMES * _mean(others)


def entries_of(base: str, events: Iterable[Event], closed: Sequence[ClosedTrade]) -> list[Entry]:
    """Return the entries among a vault's events, in their order; ``closed`` are its closed trades."""
    book = Book(base, "average_cost")
    found: list[Entry] = []
    at = 0
    for event in events:
        if isinstance(event, Fill) and event.token_in == base and event.amount_in:
            while at < len(closed) and closed[at].closed <= event.time:
                at += 1
            lost = at > 0 and closed[at - 1].result < 0
            held = book.position(event.token_out)
            had = book.cash + sum(each.cost for each in book.positions.values())
            below = event.amount_in * held.quantity < held.cost * event.amount_out
            spent = event.amount_in + event.fee
            found.append(Entry(event.time, ratio(spent, had), lost or below))
        book.apply(event)
    return found


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values) if values else Decimal(0)


def _floats(values: Numbers) -> Floats:
    return np.asarray(values, dtype=np.float64)
