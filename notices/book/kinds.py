"""The kinds of notices: whom each concerns, and which do not wait for the morning."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about. The last three nobody asks for: they follow from others."""

    TRADE_COPIED = "trade_copied"
    COPY_SKIPPED = "copy_skipped"
    STOP_NEAR = "stop_near"
    STOP_HIT = "stop_hit"
    DRAWDOWN = "drawdown"
    OUT_OF_SYNC = "out_of_sync"
    FEE_CHARGED = "fee_charged"
    TERMS_CHANGED = "terms_changed"
    LEADER_TRADED = "leader_traded"
    ORDER_CHANGED = "order_changed"
    OPERATOR_STOP = "operator_stop"
    KEEPER_TROUBLE = "keeper_trouble"
    INDEXER_TROUBLE = "indexer_trouble"
    CONFIRMATION = "confirmation"
    TAKEN_BACK = "taken_back"
    DIGEST = "digest"


FOLLOWING = frozenset({Kind.CONFIRMATION, Kind.TAKEN_BACK, Kind.DIGEST})
"""Kinds that no rule names."""
FOR_STAFF = frozenset({Kind.OPERATOR_STOP, Kind.KEEPER_TROUBLE, Kind.INDEXER_TROUBLE})
"""Kinds for whoever runs the place."""
MEASURED = frozenset({Kind.STOP_NEAR, Kind.DRAWDOWN, Kind.OUT_OF_SYNC})
"""Kinds that a rule's own thresholds decide."""
URGENT = frozenset(
    {Kind.STOP_NEAR, Kind.STOP_HIT, Kind.KEEPER_TROUBLE, Kind.INDEXER_TROUBLE, Kind.CONFIRMATION}
)
"""Kinds that pass through quiet hours."""


class Audience(StrEnum):
    """Whom a draft concerns, and what its `subject` then is."""

    OWNER = "owner"  # an address
    FOLLOWERS = "followers"  # whoever has a vault under its strategy
    WATCHERS = "watchers"  # whoever's rule names its strategy
    STAFF = "staff"
    RULE = "rule"  # one rule alone, whose number it is


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice that nobody may want. `key` is the same whenever the same fact is found.

    `block` is the (number, hash) that it follows from: a reorg of it takes it back; None for what does not
    come from the ledger. `facts` is JSON. `path` leads to the dApp's page.
    """

    key: str
    kind: Kind
    audience: Audience
    subject: str
    title: str
    text: str
    facts: dict[str, object]
    path: str
    at: int
    vault_id: int | None = None
    strategy_id: int | None = None
    block: tuple[int, str] | None = None
    tx_hash: str | None = None
    log_index: int | None = None
