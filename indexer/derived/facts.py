"""What the read models are made from: clearings, what trades did in vaults, and money in and out of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from accounting.tracking import Batch
from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    POSTING_OF_ENTRY,
    Balance,
    Clearing,
    Copy,
    Entry,
    Posting,
    StrategyToken,
)

LEADERS_BIT = 1 << 31
"""Set in a trade's id unless the leader gave it."""

OWN_CHOICES = frozenset(
    {
        "paused",
        "nothing_to_sell",
        "suspended",
        "exiting",
        "funded_now",
        "policy_expired",
        "token_excluded",
    }
)
"""Skips that a follower's own standing choice made, and not how the strategy copies."""

MOVING = ("Allocated", "Deallocated", "FeeCharged", "FeeEscrowed", "EscrowSettled")
"""Events other than trades that move money in and out of a vault."""


class Cleared(NamedTuple):
    """A clearing; names are those of its table's columns."""

    block_number: int
    log_index: int
    block_time: int
    trade_id: int
    batch: int
    token_in: str
    token_out: str
    portion: int
    amount_in: int
    amount_out: int
    keeper_fee: int
    oracle_out: int

    def swapped(self) -> "Swapped":
        """What was swapped, and for how much."""
        return Swapped(self.token_in, self.token_out, Batch(*self[7:]))


class Swapped(NamedTuple):
    """A clearing as `accounting.tracking` reckons with it."""

    token_in: str
    token_out: str
    batch: Batch


class Visit(NamedTuple):
    """What a trade did in a vault; names are its table's. A skip has a `reason`, and no
    `clearing_log_index`.
    """

    block_number: int
    log_index: int
    block_time: int
    vault_id: int
    trade_id: int
    amount_in: int
    fee: int
    amount_out: int
    clearing_log_index: int | None
    reason: str | None

    @property
    def is_leaders(self) -> bool:
        """Whether the leader gave the trade."""
        return not self.trade_id & LEADERS_BIT


class Flow(NamedTuple):
    """`amount` units of `token` into a vault, or out of it when negative; `purpose` is the posting's."""

    block_number: int
    log_index: int
    block_time: int
    vault_id: int
    purpose: str
    token: str
    amount: int


class Traded(NamedTuple):
    """A token that a strategy trades from here on."""

    block_number: int
    log_index: int
    strategy_id: int
    token: str


Fact = Cleared | Visit | Flow | Traded
FirstClearings = Mapping[int, Cleared]
"""Trade of a leader → its first clearing, which has the leader's own fill."""


class Facts(NamedTuple):
    """What happened in some blocks, each kind in any order."""

    clearings: Sequence[Cleared]
    visits: Sequence[Visit]
    flows: Sequence[Flow]
    traded: Sequence[Traded]

    def of(self, vault_ids: Collection[int]) -> "Facts":
        """Those of some vaults, and of all the strategies."""
        visits = [visit for visit in self.visits if visit.vault_id in vault_ids]
        return self._replace(visits=visits, flows=[flow for flow in self.flows if flow.vault_id in vault_ids])


def in_order(told: Facts, firsts: FirstClearings) -> list[Fact]:
    """Return the facts in chain order, but a skip that the hub tells before its trade's first clearing after
    the leader's fill in it: it was left out of what the leader did then.
    """
    facts: list[Fact] = [*told.traded, *told.clearings, *told.visits, *told.flows]
    late = {}
    for visit in told.visits:
        if visit.clearing_log_index is None:
            first = firsts.get(visit.trade_id)
            if first and first.block_number == visit.block_number and first.log_index > visit.log_index:
                late[visit[:2]] = (visit.block_number, first.log_index + 1, visit.log_index + 1)
    # Nothing else is at a late skip's place; without one, the facts begin with the place they are sorted by.
    facts.sort(key=(lambda fact: late.get(fact[:2], (*fact[:2], 0))) if late else itemgetter(0, 1))
    return facts


def read_facts(connection: Connection, deployment_id: int, blocks: range) -> Facts:
    """Return what happened in blocks."""
    return Facts(
        clearings=read_clearings(connection, deployment_id, blocks),
        visits=read_visits(connection, deployment_id, blocks),
        flows=read_flows(connection, deployment_id, blocks),
        traded=_read_traded(connection, deployment_id, blocks),
    )


def read_clearings(connection: Connection, deployment_id: int, blocks: range) -> list[Cleared]:
    """Return the clearings of blocks."""
    within = Clearing.block_number.between(blocks[0], blocks[-1])
    return list(map(Cleared._make, connection.execute(_clearings(deployment_id).where(within))))


def read_first_clearings(
    connection: Connection, deployment_id: int, trade_ids: Iterable[int]
) -> Iterator[Cleared]:
    """Return the clearings of the leaders' own fills in trades."""
    query = _clearings(deployment_id).where(Clearing.trade_id.in_(sorted(trade_ids)), Clearing.batch == 0)
    return map(Cleared._make, connection.execute(query))


def read_visits(connection: Connection, deployment_id: int, blocks: range) -> list[Visit]:
    """Return what trades did in vaults in blocks."""
    columns = [getattr(Copy, name) for name in Visit._fields]
    query = select(*columns).where(
        Copy.deployment_id == deployment_id, Copy.block_number.between(blocks[0], blocks[-1])
    )
    return list(map(Visit._make, connection.execute(query)))


def read_flows(connection: Connection, deployment_id: int, blocks: range) -> list[Flow]:
    """Return what moved in and out of vaults, but for trades, in blocks."""
    query = (
        select(
            Entry.block_number,
            Entry.log_index,
            Entry.block_time,
            Entry.vault_id,
            Posting.purpose,
            Balance.token,
            Posting.amount,
        )
        .join(
            Posting,
            POSTING_OF_ENTRY,
        )
        .join(
            Balance,
            ACCOUNT_OF_POSTING,
        )
        .where(
            Entry.deployment_id == deployment_id,
            Entry.block_number.between(blocks[0], blocks[-1]),
            Entry.kind.in_(MOVING),
            Balance.account_kind == "vault",
        )
    )
    return list(map(Flow._make, connection.execute(query)))


def _read_traded(connection: Connection, deployment_id: int, blocks: range) -> list[Traded]:
    columns = [getattr(StrategyToken, name) for name in Traded._fields]
    query = select(*columns).where(
        StrategyToken.deployment_id == deployment_id,
        StrategyToken.block_number.between(blocks[0], blocks[-1]),
    )
    return list(map(Traded._make, connection.execute(query)))


def _clearings(deployment_id: int) -> Select[int, int]:
    columns = [getattr(Clearing, name) for name in Cleared._fields]
    return select(*columns).where(Clearing.deployment_id == deployment_id)
