"""What the API says as it happens: the `data` of each type of event."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.keepers.schemas import Scope
from api.orders.schemas import InboxEvent
from api.reasons.catalogue import Reason
from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, Amount, BlockRef, EventRef, Ratio, Schema, Token
from api.terms.schemas import FeeTerms
from api.trades.schemas import CopyStatus, TradeKind
from api.vaults.schemas import VaultStatus

EventType = Literal[
    "trade",
    "copy",
    "order",
    "fee",
    "status",
    "policy",
    "terms",
    "transition",
    "stop",
    "health",
    "block",
    "rollback",
]

_STRATEGY = Field(description="The strategy.", examples=[3])
_VAULT = Field(description="The vault.", examples=[42])
_EVENT = Field(description="The event on chain.")


class TradeHappened(Schema):
    """`trade`: a trade was opened; what it does in each vault follows as `copy`."""

    trade: str = Field(description="The trade.", examples=["3-17"])
    strategy_id: int = _STRATEGY
    kind: TradeKind = Field(description="Who asked for it.", examples=["leader"])
    by: str = Field(description="Who began it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    token_in: Token = Field(description="Sold.")
    token_out: Token = Field(description="Bought.")
    portion: Ratio = Field(description="Of each holding, for sale.", examples=["0.5"])
    event: EventRef = _EVENT


class CopyHappened(Schema):
    """`copy`: what a trade did in one vault."""

    trade: str = Field(description="The trade.", examples=["3-17"])
    copy_id: str = Field(description="What the contracts call it.", examples=[HASH_EXAMPLE])
    strategy_id: int = _STRATEGY
    vault_id: int = _VAULT
    owner: str = Field(description="The vault's owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    status: CopyStatus = Field(description="Whether it was copied.", examples=["filled"])
    reason: Reason | None = Field(description="Why it was skipped; null: it was not.")
    reduced_by: Reason | None = Field(description="What made it smaller; null: nothing.")
    sold: Amount | None = Field(description="Went into the swap; null: skipped.")
    fee: Amount | None = Field(description="Copy fee on top of it; null: skipped.")
    bought: Amount | None = Field(description="What the vault got; null: skipped.")
    event: EventRef = _EVENT


class OrderHappened(Schema):
    """`order`: a part of a signed order was filled, or nonces were closed."""

    hash: str | None = Field(description="The order; null where nonces were closed.", examples=[HASH_EXAMPLE])
    strategy_id: int | None = Field(description="Its strategy; null where nonces were closed.", examples=[3])
    leader: str = Field(description="Whose it is, EIP-55.", examples=[ADDRESS_EXAMPLE])
    trade: str | None = Field(description="The trade that filled it.", examples=["3-17"])
    filled: Ratio | None = Field(description="The part that is sold.", examples=["0.5"])
    complete: bool = Field(description="Whether nothing of it is left.", examples=[True])
    event: EventRef = _EVENT


class FeeHappened(Schema):
    """`fee`: a fee left a vault; copy fees are with the copies."""

    kind: Literal["performance", "management", "subscription", "withdrawal"] = Field(
        description="What for.", examples=["performance"]
    )
    strategy_id: int = _STRATEGY
    vault_id: int = _VAULT
    owner: str = Field(description="The vault's owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    amount: Amount = Field(description="All of it.")
    to_leader: Amount = Field(description="The leader's part.")
    to_protocol: Amount = Field(description="The protocol's part.")
    to_referrer: Amount = Field(description="The referrer's part.")
    event: EventRef = _EVENT


class PolicyHappened(Schema):
    """`policy`: an owner gave a vault other rules. `GET /v1/vaults/{vault_id}` has them."""

    strategy_id: int = _STRATEGY
    vault_id: int = _VAULT
    owner: str = Field(description="The vault's owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    revision: int = Field(description="Counts the changes.", examples=[2])
    event: EventRef = _EVENT


class StatusHappened(Schema):
    """`status`: a vault copies on, or no more: its owner wished it, or one of its limits was reached."""

    strategy_id: int = _STRATEGY
    vault_id: int = _VAULT
    owner: str = Field(description="The vault's owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    status: VaultStatus = Field(description="Whether it copies from now on.", examples=["Suspended"])
    reason: Reason | None = Field(description="The limit that was reached; null: none.")
    event: EventRef = _EVENT


class TermsHappened(Schema):
    """`terms`: a strategy's terms began, or dearer ones were proposed."""

    strategy_id: int = _STRATEGY
    version: int | None = Field(description="Version that began; null: proposed.", examples=[2])
    usable_from: datetime | None = Field(
        description="When proposed terms may begin, UTC; null: they began.", examples=["2024-01-07T12:00:00Z"]
    )
    fees: FeeTerms = Field(description="The terms.")
    event: EventRef = _EVENT


class TransitionHappened(Schema):
    """`transition`: an order in the inbox went on. Its `sequence` counts its transitions."""

    hash: str = Field(description="The order.", examples=[HASH_EXAMPLE])
    strategy_id: int = _STRATEGY
    leader: str = Field(description="Whose it is, EIP-55.", examples=[ADDRESS_EXAMPLE])
    sequence: int = Field(description="Counts the order's transitions from 1.", examples=[2])
    step: InboxEvent = Field(description="What it became, why and through whom.")


class StopHappened(Schema):
    """`stop`: an operator stopped a leader, a strategy or all entries, or let them go on."""

    holds: bool = Field(description="Whether it holds from now on; false: it was lifted.", examples=[True])
    scope: Scope = Field(description="What is stopped.", examples=["leader"])
    subject: str | None = Field(
        description="Which leader or strategy; null for all entries.", examples=[ADDRESS_EXAMPLE]
    )
    who: str = Field(description="Who did it.", examples=["alice"])
    why: str = Field(description="Why.", examples=["key reported stolen"])
    at: datetime = Field(description="When, UTC.", examples=["2024-01-05T11:59:00Z"])


class HealthHappened(Schema):
    """`health`: whether the ledger can be relied on became another. It has no id."""

    ready: bool = Field(description="As `/ready` says.", examples=[True])
    problem: str | None = Field(description="What is wrong; null: nothing.", examples=[None])


class BlockHappened(Schema):
    """`block`: the ledger has this block and all before it; everything of them has been told."""

    block: BlockRef = Field(description="The ledger's last block.")


class RollbackHappened(Schema):
    """`rollback`: what was told of blocks above this one is taken back; what replaced it follows."""

    ancestor: int = Field(description="The last block that still holds.", examples=[1037])
