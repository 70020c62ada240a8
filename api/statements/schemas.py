"""What the API says in a vault's statement."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from accounting.book import CostMethod
from api.reasons.catalogue import Reason
from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, Amount, BlockRef, EventRef, Ratio, Schema, Token
from api.terms.schemas import VersionedTerms
from api.trades.schemas import Fill
from api.transactions.schemas import GasCost
from api.vaults.schemas import FeeKind, Marks, VaultStatus


class Valuation(Schema):
    """The price a balance was valued at: one that the hub's oracle gave at a clearing, never a guess."""

    price: Ratio = Field(description="Whole base tokens for one whole token.", examples=["2240.5"])
    block: int = Field(description="Block of the clearing that recorded it.", examples=[1017])
    time: datetime = Field(description="That block's own time, UTC.", examples=["2024-01-05T11:35:00Z"])
    via: str | None = Field(
        description="The token between, where the price is two recorded prices multiplied.",
        examples=[ADDRESS_EXAMPLE],
    )
    source: str = Field(
        description="The same in a sentence.", examples=["valued at the oracle price recorded at block 1017"]
    )


class OpenLot(Schema):
    """Units bought together, and not yet sold."""

    amount: Amount = Field(description="What is left of them.")
    cost_basis: Amount = Field(description="What these have cost, in the base token.")
    bought: datetime = Field(description="When, UTC.", examples=["2024-01-05T11:35:00Z"])


class Balance(Schema):
    """What the vault holds of a token."""

    amount: Amount = Field(description="The holding.")
    cost_basis: Amount | None = Field(
        description="What it cost by the statement's method; null for the base token itself."
    )
    value: Amount | None = Field(
        description="What it is worth in the base token, rounded down; null when no price is recorded."
    )
    valuation: Valuation | None = Field(description="The price used; null for the base token itself.")
    lots: list[OpenLot] | None = Field(
        description="With method `fifo`, what the holding is made of, oldest first: amounts and costs add up "
        "to those of the balance. Null otherwise."
    )


class Flows(Schema):
    """What came into the vault and what left it, in the base token."""

    deposited: Amount = Field(description="Paid in.")
    withdrawn: Amount = Field(
        description="Taken out; in kind at the recorded price of its moment, at cost where there was none."
    )
    net_deposits: Amount = Field(description="`deposited` less `withdrawn`.")


class Costs(Schema):
    """What was paid in fees, kind by kind, in the base token.

    A fee in another token counts at the recorded price of its moment: of that sale for a copy fee and a
    keeper's, at cost in a swap between two other tokens or where no price was recorded.
    """

    copy_: Amount = Field(alias="copy", description="Copy fees.")
    keeper: Amount = Field(description="What batches paid their keepers, missing from what the vault got.")
    performance: Amount = Field(description="Of gains above the high-water mark.")
    management: Amount = Field(description="Of what was held, for the time.")
    subscription: Amount = Field(description="For periods.")
    withdrawal: Amount = Field(description="Of what left.")
    total: Amount = Field(description="All of them.")


class GainFee(Schema):
    """What stands open for the leader, at the prices of the balances."""

    gain: Amount = Field(description="Equity above the high-water mark; 0 below it.")
    due: Amount = Field(description="Performance fee on it, if all left now.")


class Profit(Schema):
    """The result in base token units: `equity` - `net_deposits` = `net_pnl`, to the unit."""

    equity: Amount | None = Field(description="Worth of all balances.")
    realized_pnl: Amount = Field(description="Result of what was sold, withdrawn or paid, before costs.")
    unrealized_pnl: Amount | None = Field(description="Worth of what is held less what it cost.")
    costs: Costs = Field(description="Fees: they lower the equity, and are shown apart.")
    net_pnl: Amount | None = Field(description="`realized_pnl` + `unrealized_pnl` - `costs.total`.")
    unavailable: str | None = Field(
        description="Why equity, unrealized and net are null; null where they are not.",
        examples=["No oracle price of WBTC in USDC has been recorded since the vault was opened."],
    )


class Returns(Schema):
    """Returns since the vault was opened, not annualised: 0.05 is 5%."""

    time_weighted_return: Ratio | None = Field(
        description="Growth without the effect of deposits and withdrawals.", examples=["0.0512"]
    )
    money_weighted_return: Ratio | None = Field(
        description="The rate at which the owner's money grew over the whole span.", examples=["0.0433"]
    )
    money_weighted_return_annual: Ratio | None = Field(
        description="The same a year of 365 days (XIRR); null below 90 days.", examples=["0.1871"]
    )
    max_drawdown: Ratio | None = Field(
        description="Largest fall from a peak, seen at the vault's own events and at the end.",
        examples=["0.0871"],
    )
    unavailable: str | None = Field(
        description="Why they are null, where they are.", examples=["The vault never held any money."]
    )
    money_weighted_unavailable: str | None = Field(
        description="Why the money-weighted return is null, where it is.",
        examples=["More than one rate explains the flows: none of them is the return."],
    )


class Tracking(Schema):
    """Why a follower's result differs from an ideal copy of its leader, in the base token.

    The ideal copy has the vault's own deposits, and makes every trade of the leader in full, at the leader's
    price and without fees. The five parts add up to `difference`, to the unit.
    """

    difference: Amount | None = Field(description="The vault's result less that of the ideal copy.")
    skips: Amount | None = Field(description="Trades not copied, and trades made without the leader.")
    sizing: Amount | None = Field(description="Other parts of the holding sold than the leader's portion.")
    timing: Amount | None = Field(description="Later batches: what the oracle's price had moved by.")
    price: Amount | None = Field(description="The rest of a batch's price: depth and the pool's fee.")
    fees: Amount | None = Field(description="Every kind of fee, and what fees cost in growth.")
    sync_score: Ratio | None = Field(
        description="1 less half the sum of absolute differences of weights to the leader's vault; 1: the "
        "same weights. Null while one of the two is worth nothing or unknown.",
        examples=["0.9871"],
    )
    unavailable: str | None = Field(
        description="Why the parts are null, where they are.",
        examples=["A token that it or an ideal copy held at a withdrawal or the end had no recorded price."],
    )


class Execution(Schema):
    """How the vault's fills were priced. Already part of the result: it explains and is not added.

    Sums cover fills that buy or sell the base token, each at its own price.
    """

    against_leader: Amount = Field(
        description="More (or less) than at the leader's own price, in the base token."
    )
    against_oracle: Amount = Field(
        description="More (or less) than the oracle's value: pool fees, price impact and drift together."
    )
    fills_summed: int = Field(
        description="Fills in these sums; those of closes only in the second.", examples=[17]
    )
    fills_left_out: int = Field(
        description="Fills between two other tokens, and manual trades, not in these sums.", examples=[0]
    )


class FlowLine(Schema):
    """Money in or out. held: kept back of a withdrawal without a price. returned: what of it is a fee,
    charged next.
    """

    kind: Literal["deposit", "withdrawal", "held", "returned"] = Field(
        description="Which.", examples=["deposit"]
    )
    amount: Amount = Field(description="What moved, not negative.")
    value: Amount | None = Field(
        description="Its worth in the base token at the recorded price of the moment; null without one."
    )
    realized_pnl: Amount = Field(description="Result that a withdrawal in kind realised.")
    event: EventRef = Field(description="The event on chain.")


class FeeLine(Schema):
    """A fee that the vault paid in kind."""

    kind: Literal["fee"] = Field(description="A fee.", examples=["fee"])
    fee: FeeKind = Field(description="What for.", examples=["performance"])
    amount: Amount = Field(description="What was paid.")
    value: Amount = Field(description="What it counts as in the base token.")
    realized_pnl: Amount = Field(description="Result that paying in kind realised.")
    event: EventRef = Field(description="The event on chain.")


class FillLine(Schema):
    """A copied trade."""

    kind: Literal["fill"] = Field(description="A copied trade.", examples=["fill"])
    trade: str = Field(description="Id of the trade.", examples=["3-17"])
    copy_id: str = Field(
        description="Id of the copy; anybody can compute it from the chain.", examples=[HASH_EXAMPLE]
    )
    policy_revision: int = Field(description="The revision of the policy that applied.", examples=[1])
    fill: Fill = Field(description="What was paid and got, and how the price compares.")
    realized_pnl: Amount = Field(description="Result it realised, before costs.")
    costs: Amount = Field(description="Copy fee and keeper's fee in the base token.")
    event: EventRef = Field(description="The event on chain.")


class SkipLine(Schema):
    """A trade that was not copied."""

    kind: Literal["skip"] = Field(description="A trade that was not copied.", examples=["skip"])
    trade: str = Field(description="Id of the trade.", examples=["3-18"])
    copy_id: str = Field(description="Id of the copy that did not happen.", examples=[HASH_EXAMPLE])
    policy_revision: int = Field(description="The revision of the policy that applied.", examples=[1])
    reason: Reason = Field(description="Why, and what to do.")
    event: EventRef = Field(description="The event on chain.")


Line = Annotated[FlowLine | FeeLine | FillLine | SkipLine, Field(discriminator="kind")]


class Statement(Schema):
    """Everything that happened in a vault, and what it came to."""

    vault_id: int = Field(description="The vault.", examples=[42])
    owner: str = Field(description="Its owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    status: VaultStatus = Field(description="Whether it copies.", examples=["Active"])
    status_reason: Reason | None = Field(description="The limit that brought it there; null where none did.")
    strategy_id: int = Field(description="The strategy it copies.", examples=[3])
    strategy_name: str = Field(description="The strategy's name.", examples=["Momentum"])
    base_token: Token = Field(description="All results are in this token.")
    method: CostMethod = Field(
        description="Cost method of this statement; never mixed.", examples=["average_cost"]
    )
    opened: EventRef = Field(description="When the vault was opened.")
    flows: Flows = Field(description="What came in and left.")
    balances: list[Balance] = Field(description="What it holds, the base token first.")
    profit: Profit = Field(description="The result.")
    terms: VersionedTerms = Field(description="What the vault pays.")
    marks: Marks = Field(description="What its results are measured against.")
    gain_fee: GainFee | None = Field(
        description="What it would owe for its gain if all left now; null when equity is."
    )
    returns: Returns = Field(description="The returns.")
    tracking: Tracking | None = Field(
        description="Why the result is not the leader's; null for a leader's own vault."
    )
    execution: Execution = Field(description="How fills were priced.")
    gas: GasCost = Field(
        description="What the owner's own transactions in this vault cost, in the chain's own coin. Not part "
        "of `profit`: the vault does not pay it. One that did something in several vaults is in each of "
        "theirs; the account's `gas` counts it once."
    )
    filled: int = Field(description="Trades copied.", examples=[17])
    skipped_by_reason: dict[str, int] = Field(
        description="Reason → trades skipped for it.", examples=[{"paused": 2}]
    )
    lines: list[Line] = Field(description="What happened, newest first; this page of it.")


class StatementAnswer(Schema):
    """A statement with one page of its lines; every other figure is over the vault's whole life."""

    as_of_block: BlockRef = Field(description="Last block that the answer takes into account, and all of it.")
    data: Statement = Field(description="The statement.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for older lines; null at the first.", examples=["WzEwMTcsMTJd"]
    )
