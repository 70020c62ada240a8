"""When a keeper does less, and when it does all again: by itself, on what it measures.

Each breaker allows up to an urgency; the tightest counts. A keeper that does not know what it does pauses.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from keeper.gas import GasPolicy
from keeper.state import Urgency

_SLOW_SAMPLES = 9


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`slow_s`: median time of a look at the node above which entries wait. `failures`: looks in a row that
    failed until the keeper says it is out of work. `stale_s`: age of the newest block above which only exits
    go on; None where blocks are not dated by the clock.
    """

    slow_s: float = 2.0
    failures: int = 3
    stale_s: float | None = 120.0


@dataclass(slots=True)
class Breakers:
    """`time` is unix seconds."""

    gas: GasPolicy
    tolerance: Tolerance
    time: Callable[[], float]
    _failures: int = 0
    _looks: deque[float] = field(default_factory=lambda: deque(maxlen=_SLOW_SAMPLES))
    _base_fee: int = 0
    _head_time: int | None = None
    _oracle_gone: bool = False

    def looked(self, seconds: float, *, base_fee: int, head_time: int) -> None:
        """The node has answered."""
        self._failures = 0
        self._looks.append(seconds)
        self._base_fee, self._head_time = base_fee, head_time

    def failed(self) -> None:
        """The node has not answered, or contradicts itself."""
        self._failures += 1

    def priced(self, *, oracle_gone: bool) -> None:
        """Whether the oracle prices none of what it was asked for."""
        self._oracle_gone = oracle_gone

    @property
    def open(self) -> dict[str, Urgency | None]:
        """The breakers that hold something back, with the last urgency that each allows; None: nothing."""
        found: dict[str, Urgency | None] = {}
        if self._failures >= self.tolerance.failures:
            found["node_failing"] = None
        if (
            len(self._looks) == _SLOW_SAMPLES
            and sorted(self._looks)[_SLOW_SAMPLES // 2] > self.tolerance.slow_s
        ):
            found["node_slow"] = Urgency.STOP
        stale = self.tolerance.stale_s
        if stale is not None and self._head_time is not None and self.time() - self._head_time > stale:
            found["head_stale"] = Urgency.EXIT
        if (allowed := self.gas.carries(self._base_fee)) is not Urgency.UPKEEP:
            found["gas_price"] = allowed
        if self._oracle_gone:
            found["oracle_gone"] = Urgency.EXIT
        return found

    @property
    def carries(self) -> Urgency | None:
        """The last urgency that all breakers allow."""
        allowed = self.open.values()
        if None in allowed:
            return None
        return min((each for each in allowed if each is not None), default=Urgency.UPKEEP)
