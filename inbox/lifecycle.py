"""The states of an order in the inbox, and which one the chain's facts say. Pure: no clock, no database.

Portions are scaled by 1e18, times are unix seconds of blocks.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where an order is between its leader and its last fill."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


OPEN = frozenset({Status.RECEIVED, Status.ACCEPTED, Status.WORKING, Status.PARTIALLY_FILLED})
"""An order in one of these can still be filled."""


@dataclass(frozen=True, slots=True)
class Place:
    """A block, and what in it is meant, where something is."""

    number: int
    hash: str
    time: int
    tx_hash: str | None = None
    trade_id: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the chain says of one order at a head.

    `closed`: its nonce is. `filled`: part of the leader's first holding that orders of its nonce have sold.
    `completed` and `last_fill`: its own fills among the blocks that were read. `replaced`: another order
    completed its nonce. `in_flight`: a transaction that carries it is on its way.
    """

    head: Place
    closed: bool
    filled: int
    completed: Place | None
    last_fill: Place | None
    replaced: bool
    in_flight: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A transition: the new state, why, and the block that caused it, if one did."""

    status: Status
    why: str | None
    filled: int
    place: Place | None


def change(
    status: Status, *, portion: int, filled: int, deadline: int, withdrawn: bool, facts: Facts
) -> Change | None:
    """What an accepted order in `status` becomes by the facts; None where it stays as it is.

    States that the chain decides are decided anew each time: what a reorg undid is undone here too.
    """
    found = _by_facts(portion=portion, deadline=deadline, withdrawn=withdrawn, facts=facts)
    if found.status is status and found.filled == filled:
        return None
    if status not in OPEN and found.status in OPEN:
        return Change(found.status, f"the chain took back what had made it {status}", found.filled, None)
    return found


def _by_facts(  # noqa: PLR0911 - a table of cases, the first that holds counts
    *, portion: int, deadline: int, withdrawn: bool, facts: Facts
) -> Change:
    if facts.completed is not None:
        return Change(Status.FILLED, None, portion, facts.completed)
    if facts.closed:
        why = (
            "another order with its nonce was completed" if facts.replaced else "its leader closed its nonce"
        )
        return Change(Status.CANCELLED, why, facts.filled, facts.head)
    if facts.in_flight:
        return Change(Status.WORKING, None, facts.filled, None)
    if withdrawn:
        why = "its leader withdrew it from the inbox; its nonce is still open on chain"
        return Change(Status.CANCELLED, why, facts.filled, facts.head)
    if facts.head.time > deadline:
        return Change(Status.EXPIRED, "its deadline has passed", facts.filled, facts.head)
    if facts.filled:
        return Change(Status.PARTIALLY_FILLED, None, facts.filled, facts.last_fill)
    return Change(Status.ACCEPTED, None, 0, None)
