"""What a WebSocket can subscribe to: a vault, a strategy, a leader, an owner, or a kind of events."""

import re
from collections.abc import Callable

from eth_utils.address import is_address, to_checksum_address

from api.live.happenings import Happening
from api.problems import ApiError

Wants = Callable[[Happening], bool]

ALWAYS = frozenset({"block", "rollback"})
"""Types that come whatever one subscribes to."""

_KINDS = {
    "trades": frozenset({"trade", "copy"}),
    "orders": frozenset({"order", "transition"}),
    "health": frozenset({"health", "stop"}),
}
_NUMBER = re.compile(r"[0-9]{1,10}")


class UnknownTopicError(ApiError):
    """There is no such topic."""

    status, slug, title = 422, "unknown-topic", "There is no such topic"


def parse(text: str) -> tuple[str, Wants]:
    """Return a topic in its one spelling, and which events are of it. Raises `UnknownTopicError`."""
    if text in _KINDS:
        kinds = _KINDS[text]
        return text, lambda told: told.type in kinds
    name, _, subject = text.partition(":")
    if name in {"vault", "strategy"} and _NUMBER.fullmatch(subject):
        number, field = int(subject), f"{name}_id"
        return f"{name}:{number}", lambda told: getattr(told, field) == number
    if name in {"leader", "owner"} and is_address(subject):
        address = str(to_checksum_address(subject))
        return f"{name}:{address}", lambda told: getattr(told, name) == address
    raise UnknownTopicError(
        f"There is no topic {text[:60]!r}.",
        remedy="Topics are vault:42, strategy:3, leader:0x…, owner:0x…, trades, orders and health.",
    )
