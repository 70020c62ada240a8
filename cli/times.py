"""How commands show a time."""

from datetime import UTC, datetime


def shown_time(microseconds: int) -> str:
    """Return unix microseconds as UTC to the second, for a table."""
    return f"{datetime.fromtimestamp(microseconds // 1_000_000, UTC):%Y-%m-%d %H:%M:%S}"
