"""What the API says about vaults."""

from typing import Literal

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, Amount, EventRef, Schema

VaultStatus = Literal["Active", "Paused", "Left"]


class Policy(Schema):
    """A follower's rules for one vault. Both limits apply to entries, never to exits."""

    revision: int = Field(description="Counts the changes.", examples=[1])
    min_trade: Amount | None = Field(description="Smaller entries are skipped; null: no limit.")
    max_trade: Amount | None = Field(description="Larger entries are reduced to it; null: no limit.")


class Vault(Schema):
    """A vault: what one owner holds under one strategy."""

    id: int = Field(description="Vault id.", examples=[42])
    strategy_id: int = Field(description="The strategy it copies.", examples=[3])
    owner: str = Field(
        description="The only one who can withdraw from it, EIP-55.", examples=[ADDRESS_EXAMPLE]
    )
    is_leader: bool = Field(description="Whether it is the leader's own.", examples=[False])
    status: VaultStatus = Field(
        description="Active: it copies. Paused: the owner stopped copying for now. Left: it copies no more, "
        "and its balances stay withdrawable.",
        examples=["Active"],
    )
    copy_fee_bps: int = Field(
        description="Leader's fee on the notional of each copy, fixed for the vault's life.", examples=[10]
    )
    policy: Policy | None = Field(description="The rules in force; null for a leader's own vault.")
    balances: list[Amount] = Field(description="What it holds; tokens it has none of are left out.")
    filled: int = Field(description="Trades copied into it.", examples=[17])
    skipped: int = Field(description="Trades not copied into it; each has a reason.", examples=[2])
    opened: EventRef = Field(description="When it was opened.")
