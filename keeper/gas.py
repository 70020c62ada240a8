"""What a keeper pays for gas, in wei: the more urgent, the more. EIP-1559 fees, EIP-7825's limit."""

from dataclasses import dataclass

from keeper.state import Urgency

MAX_GAS = 16_777_216
"""Most that one transaction may use (EIP-7825)."""
GWEI = 10**9
_STRETCH = {Urgency.EXIT: 16, Urgency.STOP: 4, Urgency.ENTRY: 1, Urgency.UPKEEP: 1}


@dataclass(frozen=True, slots=True)
class Fee:
    """`maxFeePerGas` and `maxPriorityFeePerGas`."""

    most: int
    tip: int


@dataclass(frozen=True, slots=True)
class GasPolicy:
    """`limit`: base fee above which entries wait; stops wait above four times it, exits above sixteen."""

    limit: int = 200 * GWEI
    tip: int = GWEI

    def ceiling(self, urgency: Urgency) -> int:
        """Most that a transaction of this urgency pays a unit of gas."""
        return self.limit * _STRETCH[urgency] + self.tip

    def carries(self, base_fee: int) -> Urgency | None:
        """The last urgency that is worth a base fee, None for nothing."""
        if base_fee <= self.limit:
            return Urgency.UPKEEP
        affordable = [
            each for each in (Urgency.STOP, Urgency.EXIT) if base_fee <= self.limit * _STRETCH[each]
        ]
        return max(affordable, default=None)

    def first(self, base_fee: int, urgency: Urgency) -> Fee:
        """Enough for six full blocks in a row (12.5% each), within the ceiling."""
        most = min(2 * base_fee + self.tip, self.ceiling(urgency))
        return Fee(most, min(self.tip, most))

    def bumped(self, before: Fee, base_fee: int, urgency: Urgency) -> Fee | None:
        """A replacement, at least an eighth above what is there, as pools demand; None above the ceiling."""
        least = Fee(_up(before.most), _up(before.tip))
        wanted = 2 * base_fee + least.tip
        most = max(least.most, min(wanted, self.ceiling(urgency)))
        return Fee(most, least.tip) if most <= self.ceiling(urgency) else None


def _up(value: int) -> int:
    return value + value // 8 + 1
