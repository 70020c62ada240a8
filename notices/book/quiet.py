"""Quiet hours: minutes of the day on somebody's own clock. Pure: the time is an argument."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_MINUTES = 1_440


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a minute of the day up to another, over midnight if need be; none where both are the same."""

    since: int
    until: int
    zone: str

    def hold(self, at_us: int) -> bool:
        """Whether it is quiet at a time, in unix microseconds, by the zone's clock of that day."""
        if self.since == self.until:
            return False
        local = datetime.fromtimestamp(at_us // 1_000_000, UTC).astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if self.since < self.until:
            return self.since <= minute < self.until
        return minute >= self.since or minute < self.until


NEVER = QuietHours(0, 0, "UTC")


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
