"""What a run has come to, written down as it goes: curves over time, and counts and costs by follower.

Money is base token units. Growth, drift and their percentiles are statistics, in floating point.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backtest.crowd import Crowd, Shares, Sized
from backtest.exact import Units
from backtest.history import Moment
from paper.batch import Batch
from paper.refused import RefusedError
from paper.state import Vault
from protocol.types import Reason

_REASONS = len(Reason)
PERCENTILES = (5, 50, 95)


@dataclass(slots=True)
class Curves:
    """One point a moment. ``leader`` and ``groups`` are equity for one unit put in; ``spread`` has a tuple of
    `PERCENTILES` over all followers; ``drift`` is each group's mean of ½ Σ |weight - leader's weight|.
    ``copy_fees`` and ``execution`` are all followers' costs so far.
    """

    time: list[int] = field(default_factory=list)
    leader: list[float] = field(default_factory=list)
    groups: list[NDArray[np.float64]] = field(default_factory=list)
    spread: list[NDArray[np.float64]] = field(default_factory=list)
    drift: list[NDArray[np.float64]] = field(default_factory=list)
    copy_fees: list[int] = field(default_factory=list)
    execution: list[int] = field(default_factory=list)


class Record:
    """Counts by follower; ``skips`` and ``reductions`` by group and reason."""

    def __init__(self, stake: int, crowd: Crowd, groups: Sequence[int], names: int) -> None:
        self.curves = Curves()
        self.refused: list[tuple[int, int, str]] = []
        self.trades = 0
        self.group = np.array(groups, dtype=np.int64)
        self.copied, self.reduced, self.skipped, self.copy_fees, self.execution = np.zeros(
            (5, crowd.count), dtype=np.int64
        )
        self.skips = np.zeros((names, _REASONS), dtype=np.int64)
        self.reductions = np.zeros((names, _REASONS), dtype=np.int64)
        self.stops: Counter[Reason] = Counter()
        self._stake = stake
        self._deposits = crowd.invested.astype(np.float64)
        self._members = np.maximum(np.bincount(self.group, minlength=names), 1)

    def refuse(self, moment: Moment, why: str) -> None:
        """The hub would have refused the leader's trade."""
        self.refused.append((moment.line, moment.time, why))

    def copy(self, batch: Batch, crowd: Crowd, sized: Sized, shares: Shares) -> None:
        """A trade was copied: by whom, and what it cost."""
        self.trades += 1
        copied = sized.gross > 0
        self.copied += copied
        self.skipped += ~copied
        less = copied & (sized.reason > 0)
        self.reduced += less
        self._count(self.skips, ~copied, sized.reason)
        self._count(self.reductions, less, sized.reason)
        if crowd.copy_bps:
            self.copy_fees += crowd.worth(batch, batch.index_in, shares.fee)
        self._execute(batch, crowd, shares)
        self.stop(np.flatnonzero(sized.stop), sized.reason[sized.stop != 0])

    def closed(self, batch: Batch, crowd: Crowd, shares: Shares) -> None:
        """Vaults have sold what they held."""
        self._execute(batch, crowd, shares)

    def stop(self, at: Units, reasons: NDArray[np.uint8]) -> None:
        """Vaults were stopped by their own limits."""
        del at
        self.stops.update(Reason(int(each)) for each in reasons)

    def look(self, batch: Batch, crowd: Crowd, leader: Vault) -> None:
        """A point of every curve, once everything held has a price."""
        try:
            equity = crowd.equity(batch)
            worths = [units and batch.value_down(at, units) for at, units in enumerate(leader.balances)]
            drift = self._drift(batch, crowd, equity, worths)
        except RefusedError:
            return
        growth = equity / self._deposits
        curves = self.curves
        curves.time.append(batch.now)
        curves.leader.append(sum(worths) / self._stake)
        curves.groups.append(np.bincount(self.group, growth, minlength=len(self._members)) / self._members)
        curves.spread.append(np.percentile(growth, PERCENTILES))
        curves.drift.append(drift)
        curves.copy_fees.append(int(self.copy_fees.sum()))
        curves.execution.append(int(self.execution.sum()))

    def _drift(self, batch: Batch, crowd: Crowd, equity: Units, worths: list[int]) -> NDArray[np.float64]:
        apart = np.zeros(crowd.count)
        whole = max(sum(worths), 1)
        for worth, own in zip(worths, crowd.worths(batch), strict=True):
            apart += np.abs(own / np.maximum(equity, 1) - worth / whole)
        return np.bincount(self.group, apart / 2, minlength=len(self._members)) / self._members

    def _execute(self, batch: Batch, crowd: Crowd, shares: Shares) -> None:
        """What the price was worse than the oracle's, in base token."""
        paid = crowd.worth(batch, batch.index_in, shares.amount_in)
        self.execution += paid - crowd.worth(batch, batch.index_out, shares.amount_out)

    def _count(self, counts: Units, which: NDArray[np.bool_], reason: NDArray[np.uint8]) -> None:
        if which.any():
            at = self.group[which] * _REASONS + reason[which]
            counts += np.bincount(at, minlength=counts.size).reshape(counts.shape)
