"""What the API says about trades, clearings and copies."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.reasons.catalogue import Reason
from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, Amount, EventRef, Ratio, Schema, Token
from api.transactions.schemas import Coins, Transaction

CopyStatus = Literal["filled", "skipped"]
TradeStatus = Literal["copying", "completed"]
TradeKind = Literal["leader", "close", "manual"]


class Difference(Schema):
    """A fill against what the same input gets at a reference price."""

    amount: Amount = Field(description="In the token bought; positive: more than the reference.")
    bps: Ratio | None = Field(
        description="The same in basis points; null where the reference gives nothing.", examples=["-1.25"]
    )


class Fill(Schema):
    """What a vault paid and got in one clearing."""

    sold: Amount = Field(description="Went into the swap.")
    fee: Amount = Field(description="Leader's copy fee, in the token sold and on top of it.")
    bought: Amount = Field(description="What the vault got.")
    keeper_fee: Amount = Field(
        description="The vault's part of what the batch paid its keeper; not in `bought`."
    )
    price: Ratio | None = Field(
        description="Whole tokens bought for one whole token sold, 18 significant digits.",
        examples=["0.000446428571428571"],
    )
    batch: int = Field(
        description="Which clearing of the trade; 0 holds the leader's own fill.", examples=[0]
    )
    reduced_by: Reason | None = Field(
        description="What made it smaller than the vault's sizing says; null where nothing did."
    )
    against_leader: Difference | None = Field(
        description="Against the price of the clearing that the leader's own fill was part of. "
        "In the same clearing it is the same price, to one unit of rounding of either token. "
        "Null where no leader had a part."
    )
    against_oracle: Difference | None = Field(
        description="Against the oracle's value of the input at that block: pool fee, price impact, drift "
        "and the keeper. Null where the oracle was not asked."
    )


class Copy(Schema):
    """What a trade did in one vault. The leader's own vault has one too."""

    copy_id: str = Field(
        description="keccak256(abi.encode(chainId, hub, tradeId, vaultId, policyRevision)).",
        examples=[HASH_EXAMPLE],
    )
    trade: str = Field(description="Id of the trade.", examples=["3-17"])
    vault_id: int = Field(description="The vault.", examples=[42])
    owner: str = Field(description="Its owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    is_leader: bool = Field(description="Whether it is the leader's own vault.", examples=[False])
    policy_revision: int = Field(description="The revision of the vault's policy that applied.", examples=[1])
    status: CopyStatus = Field(description="Whether the vault took part.", examples=["filled"])
    reason: Reason | None = Field(description="Why it did not; null where it did.")
    fill: Fill | None = Field(description="What it paid and got; null where it was skipped.")
    event: EventRef = Field(description="The event on chain that says so.")


class Clearing(Schema):
    """One swap for a batch of vaults, all at one price."""

    batch: int = Field(
        description="Counts the trade's clearings; 0 holds the leader's own fill.", examples=[0]
    )
    venue: str = Field(description="The exchange's adapter, EIP-55.", examples=[ADDRESS_EXAMPLE])
    portion: Ratio = Field(
        description="The part of each holding that was sold; less than the trade's where the swap stopped "
        "at the limit price.",
        examples=["0.25"],
    )
    sold: Amount = Field(description="Went into the swap: the sum of what the vaults put in, less `dust_in`.")
    dust_in: Amount = Field(
        description="Rounding remainder of a partial fill, to which each vault puts in a unit at most; "
        "credited to the treasury in the token sold."
    )
    bought: Amount = Field(description="What the swap gave: the sum of what the vaults got, and the dust.")
    dust: Amount = Field(description="Rounding remainder of the distribution, credited to the treasury.")
    copy_fees: Amount = Field(description="Sum of the copy fees.")
    protocol_fees: Amount = Field(description="The protocol's part of them; the rest is the leader's.")
    keeper_fee: Amount = Field(description="What paid the keeper's gas; not in `bought`.")
    keeper: str | None = Field(
        description="Who got it, EIP-55; null: nobody was to be paid.", examples=[ADDRESS_EXAMPLE]
    )
    oracle_value: Amount | None = Field(
        description="What the oracle said `sold` was worth, rounded down; null where it was not asked."
    )
    price: Ratio | None = Field(
        description="Whole tokens bought for one whole token sold.", examples=["0.000446428571428571"]
    )
    against_oracle: Difference | None = Field(
        description="`bought` against `oracle_value`; null where the oracle was not asked."
    )
    event: EventRef = Field(description="The event on chain.")


class Completion(Schema):
    """When a trade had visited every position."""

    block: int = Field(description="Block number.", examples=[1018])
    time: datetime = Field(description="The block's own time, UTC.", examples=["2024-01-05T11:35:12Z"])
    transaction: str = Field(description="Transaction hash.", examples=[HASH_EXAMPLE])


class TradeOrder(Schema):
    """The signed order that a trade has filled, in whole or in part."""

    hash: str = Field(description="The EIP-712 digest that the leader signed.", examples=[HASH_EXAMPLE])
    nonce: str = Field(description="The leader's number for it.", examples=["41"])
    filled: Ratio = Field(
        description="Part of the leader's first holding that was sold after this trade; 1 is all.",
        examples=["0.125"],
    )
    complete: bool = Field(
        description="Whether nothing of the order was left after this trade.", examples=[True]
    )
    keeper: str = Field(description="Who carried it to the hub, EIP-55.", examples=[ADDRESS_EXAMPLE])


class Trade(Schema):
    """One instruction, and how far it has been copied."""

    id: str = Field(description="`strategy-sequence`.", examples=["3-17"])
    number: str = Field(description="The id on chain: `strategy << 32 | sequence`.", examples=["12884901905"])
    strategy_id: int = Field(description="The strategy that traded.", examples=[3])
    sequence: int = Field(
        description="Counts the strategy's trades from 1, and apart from them what no leader gave.",
        examples=[17],
    )
    kind: TradeKind = Field(
        description="leader: copied into every member. close: a keeper, for vaults that stop "
        "or exit, together. manual: an owner, in an own vault.",
        examples=["leader"],
    )
    by: str = Field(
        description="Who began it, EIP-55: the leader, the keeper, or the owner.", examples=[ADDRESS_EXAMPLE]
    )
    pool: str = Field(description="The pool, EIP-55.", examples=[ADDRESS_EXAMPLE])
    token_in: Token = Field(description="The token sold.")
    token_out: Token = Field(description="The token bought.")
    portion: Ratio = Field(
        description="The part of one's own holding of the token sold that was for sale; 1 is all.",
        examples=["0.25"],
    )
    portion_sold: Ratio | None = Field(
        description="The part that really was sold, by the leader and everybody who copies; less than "
        "`portion` where a signed order's swap stopped at the limit price.",
        examples=["0.25"],
    )
    limit_price: Ratio = Field(
        description="Least whole tokens bought for one whole token sold; 0: no limit of the leader's own.",
        examples=["0.000444"],
    )
    status: TradeStatus = Field(
        description="`copying` while positions wait for a later batch.", examples=["completed"]
    )
    copy_deadline: datetime | None = Field(
        description="Later batches may copy it until then; null where there are none.",
        examples=["2024-01-05T11:45:00Z"],
    )
    filled: int = Field(description="Vaults that took part, the leader's included.", examples=[24])
    skipped: int = Field(description="Vaults that did not; each has a reason.", examples=[3])
    order: TradeOrder | None = Field(
        description="The signed order that it came from; null where the leader traded without one."
    )
    opened: EventRef = Field(description="The instruction on chain.")
    completed: Completion | None = Field(description="When the last position was visited; null until then.")


class TradeDetail(Trade):
    """A trade with its clearings."""

    skipped_by_reason: dict[str, int] = Field(
        description="Reason → vaults skipped for it.", examples=[{"paused": 2, "nothing_to_sell": 1}]
    )
    clearings: list[Clearing] = Field(description="The swaps that cleared it, in order.")
    transactions: list[Transaction] = Field(
        description="What carried it to the hub and finished it, in order: who sent each, and what gas it "
        "cost. One of the newest block is here a moment after it."
    )
    gas_paid: Coins | None = Field(
        description="What they cost in all; null until every one's receipt is read."
    )
