"""What the API answers, and what it takes.

Made from the API's OpenAPI document by `make client`: do not edit.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from pydantic import AwareDatetime, ConfigDict, Field, RootModel
from decimal import Decimal
from lockstep_client.base import Model
from datetime import date


class Act(
    RootModel[
        Literal[
            "list_token",
            "list_pool",
            "set_feed",
            "set_treasury",
            "set_guardian",
            "set_gate",
            "set_protocol_share",
            "halt_trading",
            "resume_trading",
            "veto",
        ]
    ]
):
    root: Literal[
        "list_token",
        "list_pool",
        "set_feed",
        "set_treasury",
        "set_guardian",
        "set_gate",
        "set_protocol_share",
        "halt_trading",
        "resume_trading",
        "veto",
    ]
    """
    What can be proposed.
    """


class Amount(Model):
    """
    An exact amount of a token.
    """

    token: str
    """
    Address of the token, EIP-55.
    """
    symbol: str
    """
    Symbol of the token.
    """
    units: int
    """
    Integer token units; the exact amount.
    """
    decimal: Decimal
    """
    The same amount in whole tokens, exact.
    """


class AnnotationOrder(Model):
    """
    What is written about a trade.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    text: Annotated[str, Field(max_length=1000, min_length=1)]
    """
    In words.
    """
    trade_id: Annotated[str, Field(pattern="^([0-9]{1,20}|[0-9]{1,10}-s?[0-9]{1,10})$")]
    """
    One of your own trades.
    """


class AnnotationRevision(Model):
    """
    What it said once.
    """

    written: AwareDatetime
    """
    When, UTC.
    """
    after_trade_s: int
    """
    Seconds between the trade's block and the ledger's last block when it was written: what the leader could have known by then.
    """
    text: str | None
    """
    What it said; null: it was taken back then.
    """


class AnnotationText(Model):
    """
    What is written.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    text: Annotated[str, Field(max_length=1000, min_length=1)]
    """
    In words.
    """


class Attempt(Model):
    """
    A signed form of a transaction. The signed bytes themselves are not shown.
    """

    hash: str
    """
    Its hash.
    """
    max_fee: str
    """
    Most that a unit of gas may cost, in wei.
    """
    tip: str
    """
    Priority fee for a unit of gas, in wei.
    """
    relay: str
    """
    Where it was handed in.
    """
    clears: bool
    """
    It only uses the nonce up.
    """
    signed: AwareDatetime
    """
    When it was signed, UTC.
    """
    sent: AwareDatetime | None
    """
    When a relay took it, UTC.
    """


class AuditEntry(Model):
    """
    An administrative act. Rows are only ever added.
    """

    id: int
    """
    Its number.
    """
    at: AwareDatetime
    """
    When, UTC.
    """
    actor: str
    """
    An address, or `shell:` and a user of the server.
    """
    act: str
    """
    What was done.
    """
    subject: str
    """
    To whom or what.
    """
    before: Any
    """
    What was.
    """
    after: Any
    """
    What is since.
    """
    why: str
    """
    Why.
    """
    request_id: str
    """
    `X-Request-Id` of the request.
    """
    hash: str
    """
    SHA-256 over this row and the hash before it.
    """


class AuditLog(Model):
    """
    Part of the audit log, the newest row first.
    """

    head: str
    """
    The last row's hash. Keep it elsewhere: a log that lost its end shows by it.
    """
    rows: int
    """
    Rows in all.
    """
    data: list[AuditEntry]
    """
    The rows.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page.
    """


class Author(Model):
    """
    Who is seen as the author of a text.
    """

    shown: str
    """
    A handle; or `0x` and some digits of the address; or a pseudonym, which is the same for one person on one strategy and joins with nothing else.
    """
    kind: Literal["handle", "shortened", "pseudonym"]
    """
    Which of these.
    """
    is_leader: bool
    """
    Whether they lead the strategy. Leaders use no pseudonym there.
    """


class BlockRef(Model):
    """
    A block of the chain.
    """

    number: int
    """
    Block number.
    """
    hash: str
    """
    Block hash.
    """
    time: AwareDatetime
    """
    The block's own time, UTC.
    """


class Breaker(Model):
    """
    Something that holds a keeper back for now.
    """

    name: str
    """
    What is wrong.
    """
    carries: Literal["everything", "entries", "stops", "exits", "nothing"]
    """
    What it still allows, and all before it.
    """


class Campaign(Model):
    """
    A code that stands for a referrer. Its times are the chain's: those of blocks.
    """

    code: str
    """
    The code.
    """
    title: str
    """
    What its referrer calls it.
    """
    referrer: str
    """
    Whom a vault that it brings names as referrer, EIP-55.
    """
    strategy_id: int | None
    """
    Only for vaults under it; null: for all.
    """
    starts: AwareDatetime
    """
    From when on vaults count, UTC.
    """
    ends: AwareDatetime | None
    """
    What opens after it is not counted, UTC; null: no end.
    """
    created: AwareDatetime
    """
    When it was made, UTC.
    """
    state: Literal["upcoming", "open", "ended"]
    """
    Where it stands at the last block.
    """


class CampaignNoteOrder(Model):
    """
    That a campaign brought a vault's owner.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    code: Annotated[
        str,
        Field(max_length=20, min_length=3, pattern="^[A-Za-z](_?[A-Za-z0-9]){2,19}$"),
    ]
    """
    The campaign.
    """
    vault_id: Annotated[int, Field(ge=0, le=4294967295)]
    """
    A vault of yours.
    """


class StrategyId(RootModel[int]):
    root: Annotated[int, Field(ge=0, le=4294967295)]
    """
    Only for vaults under this strategy; null: for all.
    """


class CampaignOrder(Model):
    """
    A campaign to be made.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    title: Annotated[str, Field(max_length=80, min_length=1)]
    """
    What you call it.
    """
    ends: AwareDatetime | None = None
    """
    What opens after it is not counted, UTC; null: no end.
    """
    code: Annotated[
        str,
        Field(max_length=20, min_length=3, pattern="^[A-Za-z](_?[A-Za-z0-9]){2,19}$"),
    ]
    """
    Its code, as handles are formed. What looks like another's is theirs.
    """
    strategy_id: StrategyId | None = None
    """
    Only for vaults under this strategy; null: for all.
    """
    starts: AwareDatetime | None = None
    """
    From when on vaults count, UTC; null: from now on.
    """


class CampaignWords(Model):
    """
    What of a campaign can be changed.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    title: Annotated[str, Field(max_length=80, min_length=1)]
    """
    What you call it.
    """
    ends: AwareDatetime | None = None
    """
    What opens after it is not counted, UTC; null: no end.
    """


class Campaigns(Model):
    """
    The caller's campaigns.
    """

    campaigns: list[Campaign]
    """
    The newest first; those that ended, too.
    """


class Candle(Model):
    """
    The oracle's price of a token over one step, in whole base tokens for one whole token.
    """

    start: AwareDatetime
    """
    When the step begins, UTC.
    """
    open: Decimal
    """
    The last price before the step; the first ever has its own.
    """
    high: Decimal
    """
    Highest of the open and the last price of each hour.
    """
    low: Decimal
    """
    Lowest of the same.
    """
    close: Decimal
    """
    The last price of the step.
    """
    hours: int
    """
    Hours of the step in which a price was recorded.
    """
    block: int
    """
    Where the close was recorded.
    """


class ChannelKind(RootModel[Literal["webhook", "email", "chat", "push"]]):
    root: Literal["webhook", "email", "chat", "push"]
    """
    How a channel is reached.
    """


class Secret(RootModel[str]):
    root: Annotated[str, Field(max_length=120)]
    """
    Webhooks only: `whsec_` and the base64 of 24 to 64 random bytes. Never told.
    """


class ClaimText(Model):
    """
    What a wallet signs to claim a handle.
    """

    handle: str
    """
    The handle.
    """
    text: Annotated[str, Field(max_length=1200)]
    """
    Sign exactly this (EIP-191, `personal_sign`).
    """
    issued: int
    """
    Unix second in the text: send it back.
    """
    expires: AwareDatetime
    """
    Until when the signature is taken, UTC.
    """


class ClaimTransaction(Model):
    """
    A transaction for the referrer's own wallet. Nothing is sent from here.
    """

    chain_id: int
    """
    The chain.
    """
    to: str
    """
    The hub, EIP-55.
    """
    data: str
    """
    The call.
    """
    value: Literal["0"] = "0"
    """
    No coin goes along.
    """
    words: str
    """
    What it does.
    """


class Code(Model):
    """
    A code.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    code: Annotated[str, Field(pattern="^[0-9A-Za-z -]{6,32}$")]
    """
    Six digits of the authenticator, or a recovery code.
    """


class CodeTaken(Model):
    """
    The session has its second factor.
    """

    second_factor: Literal[True]
    """
    Always true.
    """
    recovery_codes: list[str]
    """
    After the first code of a new second factor: ten codes, each good once for a lost authenticator. Told once; else empty.
    """


class Coins(Model):
    """
    An exact amount of the chain's own coin.
    """

    units: str
    """
    Integer units (wei); the exact amount.
    """
    decimal: str
    """
    The same amount in whole coins, exact.
    """


class ReplyTo(RootModel[int]):
    root: Annotated[int, Field(ge=1, lt=9223372036854776000)]
    """
    A comment that is no reply itself; null: a new thread.
    """


class CommentOrder(Model):
    """
    A comment to be written.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    text: Annotated[str, Field(max_length=2000, min_length=1)]
    """
    Plain text; it is never read as HTML or Markdown.
    """
    strategy_id: Annotated[int, Field(ge=0, le=4294967295)]
    """
    On which strategy.
    """
    reply_to: ReplyTo | None = None
    """
    A comment that is no reply itself; null: a new thread.
    """
    show_as: Literal["handle", "shortened", "pseudonym"] | None = "pseudonym"
    """
    Under which name you are seen. Who has the chain can find an address from a part of it.
    """


class CommentRevision(Model):
    """
    What a comment said once.
    """

    written: AwareDatetime
    """
    When, UTC.
    """
    text: str | None
    """
    What it said; null: it was withdrawn then.
    """


class CommentText(Model):
    """
    What is written.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    text: Annotated[str, Field(max_length=2000, min_length=1)]
    """
    Plain text; it is never read as HTML or Markdown.
    """


class Completion(Model):
    """
    When a trade had visited every position.
    """

    block: int
    """
    Block number.
    """
    time: AwareDatetime
    """
    The block's own time, UTC.
    """
    transaction: str
    """
    Transaction hash.
    """


class Confirmation(Model):
    """
    The code that came by a channel.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    code: Annotated[str, Field(pattern="^[0-9]{8}$")]
    """
    Eight digits.
    """


class Correlation(Model):
    """
    Two strategies, the one with the lower id first.
    """

    first_id: int
    """
    A strategy.
    """
    second_id: int
    """
    The other one.
    """
    correlation: Decimal | None
    """
    cov(r_i, q_i) / (s(r_i) · s(q_i)) of two leaders' returns of whole days (UTC), over days of both; numpy.corrcoef. None below 20 such days, or where one of them never changes (ratio, version 1).
    """
    days: int
    """
    Days that both have a return of.
    """
    since: date | None
    """
    First of these days; null: there is none.
    """
    until: date | None
    """
    Last of these days; null: there is none.
    """


class Costs(Model):
    """
    What was paid in fees, kind by kind, in the base token.

    A fee in another token counts at the recorded price of its moment: of that sale for a copy fee and a
    keeper's, at cost in a swap between two other tokens or where no price was recorded.
    """

    copy_: Annotated[Amount, Field(alias="copy")]
    """
    Copy fees.
    """
    keeper: Amount
    """
    What batches paid their keepers, missing from what the vault got.
    """
    performance: Amount
    """
    Of gains above the high-water mark.
    """
    management: Amount
    """
    Of what was held, for the time.
    """
    subscription: Amount
    """
    For periods.
    """
    withdrawal: Amount
    """
    Of what left.
    """
    total: Amount
    """
    All of them.
    """


class CurvePoint(Model):
    """
    A vault at one moment.
    """

    time: AwareDatetime
    """
    UTC.
    """
    equity: Amount | None
    """
    What it was worth; null: a token had no price.
    """
    net_deposits: Amount | None
    """
    What had been put in, less what was taken out; null: as `equity`.
    """
    growth: Decimal | None
    """
    Of one unit since the vault was opened, without flows.
    """
    drawdown: Decimal | None
    """
    Fall from the highest growth of the curve until then.
    """


class DeliveryAttempt(Model):
    """
    One attempt of a delivery.
    """

    number: int
    """
    Counts from 1.
    """
    at: AwareDatetime
    """
    When it began, UTC.
    """
    took_ms: int | None
    """
    How long it took; null: it has no end yet.
    """
    ok: bool | None
    """
    Whether it was taken; null: not known.
    """
    answer: str | None
    """
    What was answered, in short.
    """


class Deployed(Model):
    """
    A hub on a chain whose ledger the database holds.
    """

    chain_id: int
    """
    EIP-155 id of the chain.
    """
    hub: str
    """
    The hub's address.
    """
    path: str
    """
    Goes before every other path to ask about this deployment.
    """
    start_block: int
    """
    First block that was read.
    """
    as_of_block: BlockRef | None
    """
    Last block in the ledger; null before the first.
    """


class Deployments(Model):
    """
    Every deployment in the database.
    """

    data: list[Deployed]
    """
    In the order they were added.
    """


class Difference(Model):
    """
    A fill against what the same input gets at a reference price.
    """

    amount: Amount
    """
    In the token bought; positive: more than the reference.
    """
    bps: Decimal | None
    """
    The same in basis points; null where the reference gives nothing.
    """


class Done(Model):
    """
    It is done.
    """

    done: Literal[True] = True
    """
    Always true.
    """


class Ended(Model):
    """
    What was ended.
    """

    ended: int
    """
    How many.
    """


class Enrolment(Model):
    """
    What to set an authenticator up with. Told once; it counts from the first right code on.
    """

    secret: str
    """
    The secret in base32.
    """
    uri: str
    """
    The same for a QR code.
    """


class EventRef(Model):
    """
    Where on chain something happened.
    """

    block: int
    """
    Block number.
    """
    time: AwareDatetime
    """
    The block's own time, UTC.
    """
    transaction: str
    """
    Transaction hash.
    """
    log_index: int
    """
    Index of the event's log in the block.
    """


class Execution(Model):
    """
    How the vault's fills were priced. Already part of the result: it explains and is not added.

    Sums cover fills that buy or sell the base token, each at its own price.
    """

    against_leader: Amount
    """
    More (or less) than at the leader's own price, in the base token.
    """
    against_oracle: Amount
    """
    More (or less) than the oracle's value: pool fees, price impact and drift together.
    """
    fills_summed: int
    """
    Fills in these sums; those of closes only in the second.
    """
    fills_left_out: int
    """
    Fills between two other tokens, and manual trades, not in these sums.
    """


class FeeHappened(Model):
    """
    `fee`: a fee left a vault; copy fees are with the copies.
    """

    kind: Literal["performance", "management", "subscription", "withdrawal"]
    """
    What for.
    """
    strategy_id: int
    """
    The strategy.
    """
    vault_id: int
    """
    The vault.
    """
    owner: str
    """
    The vault's owner, EIP-55.
    """
    amount: Amount
    """
    All of it.
    """
    to_leader: Amount
    """
    The leader's part.
    """
    to_protocol: Amount
    """
    The protocol's part.
    """
    to_referrer: Amount
    """
    The referrer's part.
    """
    event: EventRef
    """
    The event on chain.
    """


class FeeLine(Model):
    """
    A fee that the vault paid in kind.
    """

    kind: Literal["fee"]
    """
    A fee.
    """
    fee: Literal["copy", "performance", "management", "subscription", "withdrawal"]
    """
    What for.
    """
    amount: Amount
    """
    What was paid.
    """
    value: Amount
    """
    What it counts as in the base token.
    """
    realized_pnl: Amount
    """
    Result that paying in kind realised.
    """
    event: EventRef
    """
    The event on chain.
    """


class FeeSum(Model):
    """
    What a recipient was credited in a period, for one thing in one token.
    """

    period: str
    """
    `2024-01-05`, `2024-01`, or `all`: by the time of the block, UTC.
    """
    source: Literal[
        "copy_fee",
        "performance_fee",
        "management_fee",
        "subscription_fee",
        "withdrawal_fee",
        "protocol_share",
        "dust",
        "keeper_fee",
        "fee_claim",
    ]
    """
    What for. protocol_share: the protocol's part of copy fees, which leaders give up and the treasury gets. fee_claim: moved to the recipient's account, negative.
    """
    amount: Amount
    """
    Added to the fee balance; negative: taken from it.
    """
    lines: int
    """
    Postings that it is the sum of.
    """


class FeeTerms(Model):
    """
    What a leader asks of a vault. Rates are basis points; a period of null: there is none.
    """

    copy_bps: int
    """
    Of each copy's notional, in the token sold.
    """
    performance_bps: int
    """
    Of the gain above the vault's own high-water mark.
    """
    management_bps: int
    """
    A year, of what is held, continuously.
    """
    withdrawal_bps: int
    """
    Of what leaves the vault.
    """
    referrer_bps: int
    """
    Share of the leader's part, copy fees aside, that goes to the vault's referrer.
    """
    performance_period_seconds: int | None
    """
    Between the times at which gains of a vault that stays may be charged; null: only as value leaves.
    """
    subscription: Amount | None
    """
    For a full period; null: no subscription.
    """
    subscription_period_seconds: int | None
    """
    What one subscription pays for; null: no subscription.
    """


class FeesPaid(Model):
    """
    What a vault has paid of one kind of fee.
    """

    kind: Literal["copy", "performance", "management", "subscription", "withdrawal"]
    """
    What for.
    """
    paid: list[Amount]
    """
    A token at a time.
    """


class FlowLine(Model):
    """
    Money in or out. held: kept back of a withdrawal without a price. returned: what of it is a fee,
    charged next.
    """

    kind: Literal["deposit", "held", "returned", "withdrawal"]
    """
    Which.
    """
    amount: Amount
    """
    What moved, not negative.
    """
    value: Amount | None
    """
    Its worth in the base token at the recorded price of the moment; null without one.
    """
    realized_pnl: Amount
    """
    Result that a withdrawal in kind realised.
    """
    event: EventRef
    """
    The event on chain.
    """


class Flows(Model):
    """
    What came into the vault and what left it, in the base token.
    """

    deposited: Amount
    """
    Paid in.
    """
    withdrawn: Amount
    """
    Taken out; in kind at the recorded price of its moment, at cost where there was none.
    """
    net_deposits: Amount
    """
    `deposited` less `withdrawn`.
    """


class Follow(Model):
    """
    A strategy that the caller watches.
    """

    strategy_id: int
    """
    Which.
    """
    name: str
    """
    The strategy's name.
    """
    leader: str
    """
    Its leader, EIP-55.
    """
    since: AwareDatetime
    """
    Since when, UTC.
    """
    told_by: list[int]
    """
    Channels of the caller that are told of its trades, by a rule of `leader_traded`.
    """


class FollowOrder(Model):
    """
    A strategy to be watched.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    strategy_id: Annotated[int, Field(ge=0, le=4294967295)]
    """
    Which.
    """


class Followers(Model):
    """
    The vaults that copy a strategy, the leader's own not counted.
    """

    active: int
    """
    They copy.
    """
    paused: int
    """
    Their owners stopped copying for now.
    """
    suspended: int
    """
    A limit of their own stopped copying.
    """
    exiting: int
    """
    They are for sale.
    """
    left: int
    """
    They copy no more.
    """


class Follows(Model):
    """
    What the caller watches. Nobody else sees it.
    """

    follows: list[Follow]
    """
    The newest first.
    """


class GainFee(Model):
    """
    What stands open for the leader, at the prices of the balances.
    """

    gain: Amount
    """
    Equity above the high-water mark; 0 below it.
    """
    due: Amount
    """
    Performance fee on it, if all left now.
    """


class GasCost(Model):
    """
    What somebody's own transactions cost in gas: never part of a vault's result, which does not pay it.
    """

    transactions: int
    """
    How many they are.
    """
    gas_used: int
    """
    Units of gas.
    """
    paid: Coins
    """
    What they cost in all.
    """
    up_to_block: int
    """
    Later ones are not counted yet: receipts are read after their blocks.
    """


class Health(Model):
    """
    The process answers.
    """

    status: Literal["ok"]
    """
    Always `ok`: a process that does not live does not answer.
    """


class HealthHappened(Model):
    """
    `health`: whether the ledger can be relied on became another. It has no id.
    """

    ready: bool
    """
    As `/ready` says.
    """
    problem: str | None
    """
    What is wrong; null: nothing.
    """


class Held(RootModel[Literal["a_week", "a_month", "a_quarter"]]):
    root: Literal["a_week", "a_month", "a_quarter"]
    """
    How long, in words coarse enough that they tell no vault from another.
    """


class Holding(Model):
    """
    What the hub holds of a token, by whom it belongs to.
    """

    total: Amount
    """
    Sum of the four below: what the hub owes in this token.
    """
    in_vaults: Amount
    """
    In vaults.
    """
    idle: Amount
    """
    In owners' accounts.
    """
    fees: Amount
    """
    Fees not yet claimed.
    """
    held_back: Amount
    """
    Withheld from what left without a price, until there is one.
    """


class InboxEvent(Model):
    """
    One step of an order's life. Three clocks: the block's, when it was seen, when it was written.
    """

    status: Literal[
        "received",
        "accepted",
        "working",
        "partially_filled",
        "filled",
        "cancelled",
        "rejected",
        "expired",
    ]
    """
    What it became.
    """
    why: str | None
    """
    Why, where there is more to say.
    """
    by: str
    """
    Who wrote it: a keeper's name, or `api`.
    """
    filled: Decimal
    """
    Part of the leader's first holding sold by then.
    """
    trade: str | None
    """
    The trade that filled it, if one did.
    """
    transaction: str | None
    """
    The transaction, if there is one.
    """
    block: int | None
    """
    The block that caused it, if one did.
    """
    block_time: AwareDatetime | None
    """
    That block's own time, UTC.
    """
    seen: AwareDatetime
    """
    When the cause was seen, UTC.
    """
    processed: AwareDatetime
    """
    When this was written, UTC.
    """


class IncidentClosing(Model):
    """
    How an incident ended.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    outcome: Annotated[str, Field(pattern="^[^\\x00-\\x09\\x0b-\\x1f]{3,1000}$")]
    """
    How it ended.
    """


class Keeper(Model):
    """
    A keeper that works on this inbox, by its last sign of life.
    """

    name: str
    """
    Its name.
    """
    address: str
    """
    Who signs its transactions, EIP-55.
    """
    alive: bool
    """
    Whether it was heard of within the last 15 seconds.
    """
    started: AwareDatetime
    """
    Since when it runs, UTC.
    """
    seen: AwareDatetime
    """
    When it was last heard of, UTC.
    """
    head_block: int | None
    """
    Newest block it has seen.
    """
    carries: Literal["everything", "entries", "stops", "exits", "nothing"]
    """
    The last kind of work it does now: exits come first, then stops, then entries.
    """
    breakers: list[Breaker]
    """
    Why it does not do everything; empty where it does.
    """
    in_flight: int
    """
    Its transactions that are not mined yet.
    """
    gas: GasCost
    """
    What its address's transactions with events of this hub cost, in the chain's own coin; what it earned is in the address's fees.
    """
    held: int
    """
    Things to do that it leaves for later.
    """


class KeeperTransaction(Model):
    """
    A nonce of a keeper's key and what it was for.
    """

    id: int
    """
    Its number.
    """
    keeper: str
    """
    Which keeper.
    """
    sender: str
    """
    Whose key, EIP-55.
    """
    nonce: int
    """
    The nonce.
    """
    purpose: str
    """
    What it was for.
    """
    strategy_id: int
    """
    The strategy; 0 for none.
    """
    order: str | None
    """
    The signed order that it carries.
    """
    state: Literal["leased", "sent", "mined", "final", "void"]
    """
    leased: nothing was sent; sent: on its way; mined, then final; void: something else used the nonce.
    """
    succeeded: bool | None
    """
    Whether it did; null before it was mined.
    """
    block: int | None
    """
    Where it was mined.
    """
    leased: AwareDatetime
    """
    When the nonce was leased, UTC.
    """
    attempts: list[Attempt]
    """
    Every signed form, in order.
    """


class KeeperTransactions(Model):
    """
    Part of the keepers' transactions, the newest first.
    """

    data: list[KeeperTransaction]
    """
    The transactions.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page.
    """


class LeaderAct(RootModel[Literal["verify", "unverify", "suspend", "reinstate"]]):
    root: Literal["verify", "unverify", "suspend", "reinstate"]
    """
    What can be said of a leader, and taken back.
    """


class LeaderActBody(Model):
    """
    An act about a leader.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: LeaderAct
    """
    suspend takes the leader's strategies out of discovery; the others take back.
    """
    stop: bool | None = False
    """
    With suspend: keepers carry nothing of theirs either, until the stop is lifted.
    """


class Limit(Model):
    """
    A limit of a vault's own policy, and how far off it is at the latest recorded prices.
    """

    name: Literal[
        "stop_loss",
        "take_profit",
        "drawdown",
        "daily_loss",
        "token_share",
        "exposure",
        "positions",
        "cooldown",
        "expiry",
    ]
    """
    Which.
    """
    unit: Literal["bps", "count", "seconds"]
    """
    What it is counted in.
    """
    limit: int
    """
    What the policy says.
    """
    now: Decimal | None
    """
    What it is compared with, as it stands; negative: the other way. Null: not known.
    """
    distance: Decimal | None
    """
    `limit` less `now`; at 0 or below it is reached. Null: not known.
    """
    reached: bool | None
    """
    Whether it is reached; null: not known.
    """
    action: Literal["reduce", "skip", "suspend", "exit"]
    """
    What happens at the next visit once it is.
    """
    reference: str
    """
    What `now` is measured against.
    """


class Limits(Model):
    """
    What binds the leader, declared when the strategy was created, for good. Rates are basis points.
    """

    loss_budget_bps: int
    """
    Share of equity that execution may cost a follower in any seven days.
    """
    max_drawdown_bps: int
    """
    Fall of the leader's own result from its highest in seven days at which entries stop.
    """
    max_token_bps: int
    """
    Largest share of the leader's equity in a token after an entry.
    """
    max_exposure_bps: int
    """
    Largest share of the leader's equity outside the base token.
    """
    max_impact_bps: int
    """
    How far a batch may move a pool's price, by the liquidity it had on average.
    """
    stop_bps: int | None
    """
    Declared distance of the stop from the entry; null: none declared.
    """
    min_interval_seconds: int
    """
    From any trade to the next entry.
    """
    max_round_trips: int
    """
    Sales for base token in a day (UTC) after which entries stop until the next.
    """
    min_stake: Amount
    """
    Least equity of the leader's own vault for an entry.
    """


class ListPool(Model):
    """
    List a pool.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["list_pool"]
    """
    What to do.
    """
    pool: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The pool, of listed tokens.
    """
    venue: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The exchange's adapter that vouches for it.
    """


class ListToken(Model):
    """
    List a token.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["list_token"]
    """
    What to do.
    """
    token: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The token; it must have a price feed.
    """


class ListedToken(Model):
    """
    A token that strategies may hold.
    """

    address: str
    """
    Address, EIP-55.
    """
    symbol: str
    """
    The token's own word for itself; not unique.
    """
    decimals: int
    """
    Digits after the point of a whole token.
    """
    usable_from: AwareDatetime | None
    """
    From then on it may be used, UTC; null where that is beyond the year 9999.
    """
    listed: EventRef
    """
    When it was listed.
    """


class Marks(Model):
    """
    What a vault's results are measured against, in the base token.
    """

    high_water_mark: Amount
    """
    What was put in and gains already charged, less what left: a performance fee is charged on gains above it only.
    """
    invested: Amount
    """
    What was put in, less the share of it that left.
    """


class Metric(Model):
    """
    A figure that answers name by its id.
    """

    id: str
    """
    What answers, filters and sorting call it.
    """
    unit: Literal["base_units", "ratio", "ratio_per_year", "seconds", "count"]
    """
    base_units: smallest units of the base token.
    """
    formula: str
    """
    How it is computed.
    """
    version: int
    """
    Goes up when the same history would give another number.
    """


class Metrics(Model):
    """
    A leader over one window, as `/v1/metrics` says.
    """

    cumulative_return: Decimal | None
    """
    growth of one unit over the days - 1 (ratio, version 1); null: not defined.
    """
    annual_return: Decimal | None
    """
    (Π (1 + r_i))^(365 / n) - 1 of daily returns. As empyrical-reloaded has it: annualization=365, risk-free rate 0. None below 90 days. (ratio_per_year, version 1); null: not defined.
    """
    volatility: Decimal | None
    """
    s(r_i) · √365, s the sample deviation. As empyrical-reloaded has it: annualization=365, risk-free rate 0. None below 90 days. (ratio_per_year, version 1); null: not defined.
    """
    sharpe_ratio: Decimal | None
    """
    mean(r_i) / s(r_i) · √365. As empyrical-reloaded has it: annualization=365, risk-free rate 0. None below 90 days. (ratio, version 1); null: not defined.
    """
    sortino_ratio: Decimal | None
    """
    mean(r_i) · 365 / √(365 · mean(min(r_i, 0)²)). As empyrical-reloaded has it: annualization=365, risk-free rate 0. None below 90 days. (ratio, version 1); null: not defined.
    """
    calmar_ratio: Decimal | None
    """
    annual_return / max_drawdown. As empyrical-reloaded has it: annualization=365, risk-free rate 0. None below 90 days. (ratio, version 1); null: not defined.
    """
    max_drawdown: Decimal | None
    """
    max over i < j of (peak_i - growth_j) / peak_i, positive (ratio, version 1); null: not defined.
    """
    max_drawdown_amount: Amount | None
    """
    max over i < j of (result_i - result_j), result = E - net deposits (base_units, version 1); null: not defined.
    """
    win_rate: Decimal | None
    """
    closed trades with a result above 0 after fees / closed trades (ratio, version 1); null: not defined.
    """
    profit_factor: Decimal | None
    """
    Σ results above 0 / -Σ results below 0, after fees (ratio, version 1); null: not defined.
    """
    average_duration: Decimal | None
    """
    mean over closed trades of the mean time its units were held (seconds, version 1); null: not defined.
    """
    turnover: Decimal | None
    """
    min(bought, sold) / mean equity at the ends of the days (ratio, version 1); null: not defined.
    """
    exposure: Decimal | None
    """
    mean over days of (equity - cash) / equity (ratio, version 1); null: not defined.
    """
    closed_trades: int | None
    """
    closed trades that are no wash trades (count, version 1); null: not defined.
    """
    wash_trades: int | None
    """
    closed trades held below 300 s whose |result| is below 0.1% of their cost (count, version 1); null: not defined.
    """
    longest_winning_streak: int | None
    """
    most closed trades in a row with a result above 0 (count, version 1); null: not defined.
    """
    longest_losing_streak: int | None
    """
    most closed trades in a row with a result below 0 (count, version 1); null: not defined.
    """
    best_trade: Decimal | None
    """
    max over closed trades of result / cost, after fees (ratio, version 1); null: not defined.
    """
    worst_trade: Decimal | None
    """
    min over closed trades of result / cost, after fees (ratio, version 1); null: not defined.
    """
    copiers: int | None
    """
    vaults under the strategy that have not left and are not the leader's own (count, version 1); null: not defined.
    """
    capital_under_copy: Amount | None
    """
    Σ floor(balance · price) of these vaults' tokens (base_units, version 1); null: not defined.
    """
    own_stake: Amount | None
    """
    equity of the leader's own vault (base_units, version 1); null: not defined.
    """
    copy_quality: Decimal | None
    """
    filled / (filled + skipped) copies, without skips that the owner's own standing choice made (ratio, version 1); null: not defined.
    """
    follower_time_weighted_q1: Decimal | None
    """
    lower quartile of the followers' time-weighted returns (ratio, version 1); null: not defined.
    """
    follower_time_weighted_median: Decimal | None
    """
    median of the followers' time-weighted returns (ratio, version 1); null: not defined.
    """
    follower_time_weighted_q3: Decimal | None
    """
    upper quartile of the followers' time-weighted returns (ratio, version 1); null: not defined.
    """
    follower_money_weighted_q1: Decimal | None
    """
    lower quartile of (E_end - E_0 - Σ F_j) / (E_0 + Σ F_j · (T - t_j) / (T - t)), modified Dietz (ratio, version 1); null: not defined.
    """
    follower_money_weighted_median: Decimal | None
    """
    median of the followers' modified Dietz returns (ratio, version 1); null: not defined.
    """
    follower_money_weighted_q3: Decimal | None
    """
    upper quartile of the followers' modified Dietz returns (ratio, version 1); null: not defined.
    """
    rank_score: Decimal | None
    """
    √365 · (SR - 1.645 · √((1 - skewness · SR + (kurtosis - 1)/4 · SR²) / (n - 1))) - 1 for each warning, SR = mean(r_i) / s(r_i) (Bailey and López de Prado, 2012). None with a bar. (ratio_per_year, version 1); null: not defined.
    """


class ModerationAct(RootModel[Literal["hide", "restore", "dismiss"]]):
    root: Literal["hide", "restore", "dismiss"]
    """
    What staff does.
    """


class Month(Model):
    """
    A cell of the monthly grid.
    """

    month: str
    """
    Year and month, UTC.
    """
    time_weighted_return: Decimal | None
    """
    Growth of one unit over the month, of what of it the strategy lived through; null: something that was held had no price.
    """


class NoticeBlock(Model):
    """
    The block that a notice follows from.
    """

    number: int
    """
    Block number.
    """
    hash: str
    """
    Block hash.
    """


class OpenLot(Model):
    """
    Units bought together, and not yet sold.
    """

    amount: Amount
    """
    What is left of them.
    """
    cost_basis: Amount
    """
    What these have cost, in the base token.
    """
    bought: AwareDatetime
    """
    When, UTC.
    """


class Opened(Model):
    """
    A session that was opened.
    """

    token: str | None
    """
    Send it as `Authorization: Bearer …`. Told once; null where it is in the cookie.
    """
    id: str
    """
    Name of the session, which opens nothing.
    """
    address: str
    """
    Who is signed in, EIP-55.
    """
    expires: AwareDatetime
    """
    Until when, UTC.
    """


class OrderFill(Model):
    """
    A part of an order that was filled: one trade.
    """

    trade: str
    """
    Id of the trade that filled it.
    """
    portion_sold: Decimal | None
    """
    Part of everybody's own holding at that moment that the trade sold; 1 is all.
    """
    filled: Decimal
    """
    Part of the leader's first holding that was sold after it, in all; 1 is all.
    """
    complete: bool
    """
    Whether nothing of the order was left.
    """
    keeper: str
    """
    Who carried the order to the hub, EIP-55.
    """
    event: EventRef
    """
    The event on chain.
    """


class OrderHappened(Model):
    """
    `order`: a part of a signed order was filled, or nonces were closed.
    """

    hash: str | None
    """
    The order; null where nonces were closed.
    """
    strategy_id: int | None
    """
    Its strategy; null where nonces were closed.
    """
    leader: str
    """
    Whose it is, EIP-55.
    """
    trade: str | None
    """
    The trade that filled it.
    """
    filled: Decimal | None
    """
    The part that is sold.
    """
    complete: bool
    """
    Whether nothing of it is left.
    """
    event: EventRef
    """
    The event on chain.
    """


class OutsideSite(
    RootModel[Literal["x", "github", "farcaster", "telegram", "discord", "youtube"]]
):
    root: Literal["x", "github", "farcaster", "telegram", "discord", "youtube"]
    """
    Where else somebody may be known.
    """


class PageCandle(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Candle]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PaperPolicy(Model):
    """
    A follower's rules, as the hub's `Policy`: 0 says no such limit. Amounts are base token units.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    sizing: Literal["proportional", "multiplier", "fixed", "risk"] | None = (
        "proportional"
    )
    """
    How much an entry puts in.
    """
    on_breach: Literal["reduce", "skip", "suspend", "exit"] | None = "reduce"
    """
    What happens at a limit on size or cost.
    """
    on_stop: Literal["reduce", "skip", "suspend", "exit"] | None = "reduce"
    """
    What happens at a stop; reduce is skip.
    """
    max_positions: Annotated[int | None, Field(ge=0, le=255)] = 0
    """
    Most tokens beside the base token.
    """
    excluded_tokens: Annotated[int | None, Field(ge=0, le=65535)] = 0
    """
    Bit i: never into token i.
    """
    max_slippage_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    How much worse than the oracle an entry may be.
    """
    max_token_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    Largest share of equity in the token bought.
    """
    max_exposure_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    Largest share outside the base token.
    """
    max_daily_loss_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    Loss in a day (UTC) at which it stops.
    """
    max_drawdown_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    Fall from the highest equity at which it stops.
    """
    stop_loss_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    Loss of what is invested at which it stops.
    """
    take_profit_bps: Annotated[int | None, Field(ge=0, le=65535)] = 0
    """
    Gain at which it stops.
    """
    loss_budget_bps: Annotated[int | None, Field(ge=0, le=10000)] = 0
    """
    What execution may cost in seven days.
    """
    cooldown: Annotated[int | None, Field(ge=0, lt=4294967296)] = 0
    """
    Seconds between entries.
    """
    expiry: Annotated[int | None, Field(ge=0, lt=1099511627776)] = 0
    """
    Unix seconds; no entries after it.
    """
    min_trade: Annotated[str | None, Field(pattern="^[0-9]{1,27}$")] = "0"
    """
    Smaller entries are skipped.
    """
    max_trade: Annotated[str | None, Field(pattern="^[0-9]{1,27}$")] = "0"
    """
    Largest entry.
    """
    size: Annotated[str | None, Field(pattern="^[0-9]{1,27}$")] = "0"
    """
    By `sizing`; 0 for proportional.
    """


class PendingTerms(Model):
    """
    Dearer terms that wait until new vaults may join with them.
    """

    copy_bps: int
    """
    Of each copy's notional, in the token sold.
    """
    performance_bps: int
    """
    Of the gain above the vault's own high-water mark.
    """
    management_bps: int
    """
    A year, of what is held, continuously.
    """
    withdrawal_bps: int
    """
    Of what leaves the vault.
    """
    referrer_bps: int
    """
    Share of the leader's part, copy fees aside, that goes to the vault's referrer.
    """
    performance_period_seconds: int | None
    """
    Between the times at which gains of a vault that stays may be charged; null: only as value leaves.
    """
    subscription: Amount | None
    """
    For a full period; null: no subscription.
    """
    subscription_period_seconds: int | None
    """
    What one subscription pays for; null: no subscription.
    """
    usable_from: AwareDatetime | None
    """
    From then on anybody may let them begin, UTC; null where that is beyond the year 9999.
    """


class PolicyHappened(Model):
    """
    `policy`: an owner gave a vault other rules. `GET /v1/vaults/{vault_id}` has them.
    """

    strategy_id: int
    """
    The strategy.
    """
    vault_id: int
    """
    The vault.
    """
    owner: str
    """
    The vault's owner, EIP-55.
    """
    revision: int
    """
    Counts the changes.
    """
    event: EventRef
    """
    The event on chain.
    """


class Posted(Model):
    """
    What the inbox knows of an order that was posted here: all its terms, and its life so far.
    """

    kind: Literal["market", "limit", "stop_limit", "stop_loss", "take_profit"]
    """
    When it may be filled.
    """
    portion: Decimal
    """
    Part of the leader's holding to sell; 1 is all.
    """
    min_fill: Decimal
    """
    Least part of what is left for a fill; 1 is all.
    """
    trigger_price: Decimal | None
    """
    Whole tokens bought for one sold that the oracle must say; null: waits for nothing.
    """
    deadline: AwareDatetime | None
    """
    Last block time at which it may fill, UTC; null beyond the year 9999.
    """
    status: Literal[
        "received",
        "accepted",
        "working",
        "partially_filled",
        "filled",
        "cancelled",
        "rejected",
        "expired",
    ]
    """
    Where it is with the keepers.
    """
    why: str | None
    """
    Why, where there is more to say.
    """
    withdrawn: bool
    """
    Whether its leader took it out of the inbox.
    """
    events: list[InboxEvent]
    """
    Every step, in order.
    """


class Link(RootModel[str]):
    root: Annotated[
        str,
        Field(
            max_length=200,
            pattern="^https://([a-z0-9-]{1,63}\\.){1,5}[a-z]{2,24}(:[0-9]{1,5})?(/[A-Za-z0-9/._~!$&()*+,;=:?%#-]*)?$",
        ),
    ]


class ProfileWords(Model):
    """
    What somebody says of themselves. All of it is replaced.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    about: Annotated[str, Field(max_length=500)]
    """
    In words; may be empty.
    """
    links: Annotated[list[Link], Field(max_length=5)]
    """
    https addresses, host in lower case.
    """


class Profit(Model):
    """
    The result in base token units: `equity` - `net_deposits` = `net_pnl`, to the unit.
    """

    equity: Amount | None
    """
    Worth of all balances.
    """
    realized_pnl: Amount
    """
    Result of what was sold, withdrawn or paid, before costs.
    """
    unrealized_pnl: Amount | None
    """
    Worth of what is held less what it cost.
    """
    costs: Costs
    """
    Fees: they lower the equity, and are shown apart.
    """
    net_pnl: Amount | None
    """
    `realized_pnl` + `unrealized_pnl` - `costs.total`.
    """
    unavailable: str | None
    """
    Why equity, unrealized and net are null; null where they are not.
    """


class Proof(Model):
    """
    What the wallet signed: anybody can check it without this server.
    """

    text: str
    """
    The text (EIP-191).
    """
    signature: str
    """
    Its signature, by key or by contract (ERC-1271).
    """
    signed: AwareDatetime
    """
    When, UTC.
    """


class ProposedTransaction(Model):
    """
    A transaction for somebody's own wallet. This server has no key and sends none.
    """

    step: Literal["call", "schedule", "execute"]
    """
    call: by owner or guardian. schedule, execute: by the timelock's people, in this order.
    """
    to: str
    """
    The contract, EIP-55.
    """
    value: Literal["0"] = "0"
    """
    No ether goes with it.
    """
    data: str
    """
    The call's bytes.
    """
    not_before: AwareDatetime | None
    """
    When it may be executed, were it scheduled now, UTC; null: at once.
    """


class PushKey(Model):
    """
    What browsers subscribe to.
    """

    key: str | None
    """
    The server's public key (RFC 8292), base64url: `applicationServerKey`; null: it sends no push messages.
    """


class PushKeys(Model):
    """
    A browser's keys, as its PushSubscription has them.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    p256dh: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{87}=?$")]
    """
    Its public key, base64url: what is pushed is encrypted for it (RFC 8291).
    """
    auth: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}(==)?$")]
    """
    Its secret, base64url. Never told.
    """


class QuietHours(Model):
    """
    When only urgent notices come; the others come together afterwards. The same time twice: never.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    since: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    """
    Begins, on the zone's clock.
    """
    until: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    """
    Ends, on the zone's clock.
    """
    zone: Annotated[str, Field(max_length=64)]
    """
    Time zone, by its IANA name.
    """


class Ratings(Model):
    """
    What a strategy's reviews come to.
    """

    count: int
    """
    Reviews that are shown.
    """
    average: Decimal | None
    """
    Their mean, to two places; null: none.
    """
    by_rating: list[int]
    """
    How many gave each, from 1 to 5.
    """
    verified_count: int
    """
    Of the newest 500 whose authors want their badge shown: those that have one.
    """
    verified_average: Decimal | None
    """
    The mean of these, to two places; null: none.
    """


class Reason(Model):
    """
    Why a trade was not copied into a vault, or not in full, or why a vault stopped.
    """

    code: int | None
    """
    Its number on chain; null for a reason this version does not know.
    """
    name: str
    """
    Name of the reason: the hub's `Reason` in snake_case.
    """
    meaning: str
    """
    What happened.
    """
    what_to_do: str
    """
    What the vault's owner can do.
    """


class Reasoned(Model):
    """
    An act of staff.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """


class ReconciliationReport(Model):
    """
    The last comparison of the ledger with the chain.
    """

    block: int
    """
    Block at which both were compared.
    """
    checked: AwareDatetime
    """
    When, UTC.
    """
    balances_checked: int
    """
    Balances compared.
    """
    mismatches: int
    """
    Balances that differed; anything but 0 is an alarm.
    """


class ReferralBalance(Model):
    """
    A referrer's income in a token, and what can be claimed of it.
    """

    earned: Amount
    """
    As referrer, over all time.
    """
    unclaimed: Amount
    """
    Of that, what came since the last claim.
    """
    claimable: Amount
    """
    The whole fee balance on chain, which a claim takes: also what the address earned as leader, treasury or keeper.
    """
    claim: ClaimTransaction | None
    """
    How to claim it; null: there is nothing.
    """


class ReferralLine(Model):
    """
    What a referrer earned in a month by one strategy, from one kind of fee, in one token.
    """

    month: str
    """
    By the time of the block, UTC.
    """
    strategy_id: int
    """
    The strategy.
    """
    source: Literal["performance", "management", "subscription", "withdrawal"]
    """
    The kind of fee.
    """
    amount: Amount
    """
    The referrer's part.
    """
    charges: int
    """
    Fees that it is the sum of.
    """


class ReferralResult(Model):
    """
    What vaults came to that name the referrer: all of it from the chain.
    """

    vaults: int
    """
    Vaults that were opened.
    """
    open_vaults: int
    """
    Of these, vaults that were not left.
    """
    people: int | None
    """
    Addresses that opened them; null below 5, and where another campaign has fewer.
    """
    first_deposits: list[Amount] | None
    """
    What was first put into each, by token; null as `people` is.
    """
    volume: list[Amount] | None
    """
    What their copies sold, fees included, by token; null as `people` is.
    """
    income: list[Amount]
    """
    The referrer's part of their fees, by token.
    """


class ReportReason(
    RootModel[
        Literal["spam", "abuse", "scam", "impersonation", "private_data", "other"]
    ]
):
    root: Literal["spam", "abuse", "scam", "impersonation", "private_data", "other"]
    """
    What is wrong with a text: in reports, and where one was hidden.
    """


class Returns(Model):
    """
    Returns since the vault was opened, not annualised: 0.05 is 5%.
    """

    time_weighted_return: Decimal | None
    """
    Growth without the effect of deposits and withdrawals.
    """
    money_weighted_return: Decimal | None
    """
    The rate at which the owner's money grew over the whole span.
    """
    money_weighted_return_annual: Decimal | None
    """
    The same a year of 365 days (XIRR); null below 90 days.
    """
    max_drawdown: Decimal | None
    """
    Largest fall from a peak, seen at the vault's own events and at the end.
    """
    unavailable: str | None
    """
    Why they are null, where they are.
    """
    money_weighted_unavailable: str | None
    """
    Why the money-weighted return is null, where it is.
    """


class Revenue(Model):
    """
    What was earned in a period by one side, from one thing, in one token.
    """

    period: str
    """
    `2024-01-05`, `2024-01`, or `all`: by the time of the block, UTC.
    """
    role: Literal["leader", "protocol", "referrer", "keeper"]
    """
    Who earned it.
    """
    source: Literal[
        "performance",
        "management",
        "subscription",
        "withdrawal",
        "copy",
        "dust",
        "keeper",
    ]
    """
    What for. copy: a leader's is net of the protocol's share. dust: of rounding.
    """
    amount: Amount
    """
    How much.
    """
    events: int
    """
    Fees, or clearings, that it is the sum of.
    """


class ReviewOrder(Model):
    """
    A review to be written.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    rating: Annotated[int, Field(ge=1, le=5)]
    """
    From 1, the worst, to 5.
    """
    text: Annotated[str, Field(max_length=2000)]
    """
    Plain text; may be empty.
    """
    with_badge: bool
    """
    Show that you followed with money, and roughly how long, if you did. The fewer follow the strategy, the more that tells of you.
    """
    strategy_id: Annotated[int, Field(ge=0, le=4294967295)]
    """
    Of which strategy.
    """
    show_as: Literal["handle", "shortened", "pseudonym"] | None = "pseudonym"
    """
    Under which name you are seen. Who has the chain can find an address from a part of it.
    """


class ReviewRevision(Model):
    """
    What a review said once.
    """

    written: AwareDatetime
    """
    When, UTC.
    """
    rating: int | None
    """
    The rating; null: it was withdrawn then.
    """
    text: str | None
    """
    The text; null: it was withdrawn then.
    """


class ReviewText(Model):
    """
    What is written.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    rating: Annotated[int, Field(ge=1, le=5)]
    """
    From 1, the worst, to 5.
    """
    text: Annotated[str, Field(max_length=2000)]
    """
    Plain text; may be empty.
    """
    with_badge: bool
    """
    Show that you followed with money, and roughly how long, if you did. The fewer follow the strategy, the more that tells of you.
    """


class Role(RootModel[Literal["follower", "leader", "support", "operator", "admin"]]):
    root: Literal["follower", "leader", "support", "operator", "admin"]
    """
    What somebody is to a hub. No role includes another.
    """


class RollbackHappened(Model):
    """
    `rollback`: what was told of blocks above this one is taken back; what replaced it follows.
    """

    ancestor: int
    """
    The last block that still holds.
    """


class Rule(Model):
    """
    A rule of the caller.
    """

    id: int
    """
    Its number.
    """
    channel_id: int
    """
    Where it is told.
    """
    kinds: list[
        Literal[
            "trade_copied",
            "copy_skipped",
            "stop_near",
            "stop_hit",
            "drawdown",
            "out_of_sync",
            "fee_charged",
            "terms_changed",
            "leader_traded",
            "order_changed",
            "operator_stop",
            "keeper_trouble",
            "indexer_trouble",
        ]
    ]
    """
    What is told.
    """
    vaults: list[int]
    """
    Only of these vaults; empty: of all.
    """
    strategies: list[int]
    """
    Only of these strategies; empty: of all.
    """
    stop_left_bps: int
    """
    What is left of a limit when a stop is near.
    """
    drawdown_bps: int
    """
    Fall that is told.
    """
    sync_bps: int
    """
    Sync score below which it is told.
    """
    created: AwareDatetime
    """
    When it was made, UTC.
    """


class Vault1(RootModel[int]):
    root: Annotated[int, Field(ge=0, le=4294967295)]


class Strategy1(RootModel[int]):
    root: Annotated[int, Field(ge=0, le=4294967295)]


class RuleOrder(Model):
    """
    What to be told of, on which channel.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    channel_id: Annotated[int, Field(ge=0, le=4294967295)]
    """
    One of your channels.
    """
    kinds: Annotated[
        list[
            Literal[
                "trade_copied",
                "copy_skipped",
                "stop_near",
                "stop_hit",
                "drawdown",
                "out_of_sync",
                "fee_charged",
                "terms_changed",
                "leader_traded",
                "order_changed",
                "operator_stop",
                "keeper_trouble",
                "indexer_trouble",
            ]
        ],
        Field(max_length=20, min_length=1),
    ]
    """
    What is told. The last three are for staff.
    """
    vaults: Annotated[
        list[Vault1] | None, Field(max_length=100, validate_default=True)
    ] = []
    """
    Only of these of your vaults; empty: of all.
    """
    strategies: Annotated[
        list[Strategy1] | None, Field(max_length=100, validate_default=True)
    ] = []
    """
    Only of these strategies; empty: of all that you follow or lead. `leader_traded` needs them.
    """
    stop_left_bps: Annotated[int | None, Field(ge=1, le=9999)] = 2000
    """
    `stop_near`: told when less than this share of a limit is left.
    """
    drawdown_bps: Annotated[int | None, Field(ge=1, le=9999)] = 1000
    """
    `drawdown`: told when a vault has fallen so far.
    """
    sync_bps: Annotated[int | None, Field(ge=1, le=9999)] = 9000
    """
    `out_of_sync`: told below this sync score.
    """


class Rules(Model):
    """
    All rules of the caller on this hub.
    """

    rules: list[Rule]
    """
    Oldest first.
    """


class Scope(RootModel[Literal["public:read", "private:read"]]):
    root: Literal["public:read", "private:read"]
    """
    What a key opens. A key never changes anything, and has no staff role.
    """


class SecondFactorState(Model):
    """
    Where the caller's second factor stands.
    """

    enrolled: bool
    """
    Whether the address has one.
    """
    given: bool
    """
    Whether a code was given in this session within eight hours.
    """


class Session(Model):
    """
    An open session of the caller.
    """

    id: str
    """
    Its name.
    """
    current: bool
    """
    Whether this request came in it.
    """
    agent: str
    """
    What the browser or program called itself.
    """
    chain_id: int
    """
    The hub's chain.
    """
    hub: str
    """
    The hub it is for.
    """
    opened: AwareDatetime
    """
    Since when, UTC.
    """
    seen: AwareDatetime
    """
    When it was last used, to the minute, UTC.
    """
    expires: AwareDatetime
    """
    Until when, UTC.
    """


class Sessions(Model):
    """
    The caller's open sessions, the newest first: twenty at most.
    """

    data: list[Session]
    """
    The sessions.
    """


class SetFeed(Model):
    """
    Give a token its price feed, for good.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["set_feed"]
    """
    What to do.
    """
    token: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The token.
    """
    feed: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The feed.
    """
    heartbeat: Annotated[int, Field(gt=0, lt=4294967296)]
    """
    Seconds for which an answer is believed.
    """


class SetHalt(Model):
    """
    Halt trading or let it go on.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["halt_trading", "resume_trading"]
    """
    What to do.
    """
    strategy_id: Annotated[int, Field(ge=0, lt=4294967296)]
    """
    A strategy, or 0 for all.
    """


class SetOptional(Model):
    """
    Appoint guardian or gate, or nobody.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["set_guardian", "set_gate"]
    """
    What to do.
    """
    address: Annotated[str | None, Field(pattern="^0x[0-9a-fA-F]{40}$")] = (
        "0x0000000000000000000000000000000000000000"
    )
    """
    Who; the zero address for nobody.
    """


class SetProtocolShare(Model):
    """
    Set the protocol's share of fees of new strategies.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["set_protocol_share"]
    """
    What to do.
    """
    protocol_bps: Annotated[int, Field(ge=0, le=2000)]
    """
    The share.
    """


class SetTreasury(Model):
    """
    Say who gets the protocol's fees.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["set_treasury"]
    """
    What to do.
    """
    treasury: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    Who gets them from then on.
    """


class Severity(RootModel[Literal["notice", "degraded", "outage"]]):
    root: Literal["notice", "degraded", "outage"]
    """
    How bad it is.
    """


class SignIn(Model):
    """
    A signed message.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    message: Annotated[str, Field(max_length=1200)]
    """
    Exactly what was signed.
    """
    signature: Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2}){0,4096}$")]
    """
    Its signature: 65 bytes of a key, or what the contract wallet takes (ERC-1271).
    """
    cookie: bool | None = False
    """
    Put the session into a cookie that scripts cannot read, and not into the answer.
    """


class SignedOrder(Model):
    """
    An order and its signature, as the leader's wallet or `lockstep order sign` made it.

    Whole numbers are text: those above 2^53 do not survive every JSON reader.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    chain_id: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    The chain it is for.
    """
    hub: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The hub it is for.
    """
    leader: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    Who signed it.
    """
    strategy_id: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    The strategy that trades.
    """
    pool: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    Pool to trade in.
    """
    token_in: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    Token sold.
    """
    token_out: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    Token bought.
    """
    portion: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    Part of what the leader holds of it; 1e18 is all.
    """
    limit_price: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    Least units bought for one unit sold, times 1e36; 0: no limit.
    """
    deadline: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    Last block time, unix seconds.
    """
    kind: Literal["market", "limit", "stop_limit", "stop_loss", "take_profit"]
    """
    When it may be filled.
    """
    min_fill: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    Least part of what is left that a fill must reach; 1e18: all or nothing.
    """
    trigger_price: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    Oracle's price that it waits for, as `limit_price`; 0: none.
    """
    nonce: Annotated[str, Field(pattern="^[0-9]{1,78}$")]
    """
    Any number the leader has not used.
    """
    signature: Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2}){1,4096}$")]
    """
    65 bytes of the leader's key, or what the leader's contract wallet takes (ERC-1271).
    """


class Signer(Model):
    """
    Who wants to sign in.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    address: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The wallet that will sign.
    """


class SkipLine(Model):
    """
    A trade that was not copied.
    """

    kind: Literal["skip"]
    """
    A trade that was not copied.
    """
    trade: str
    """
    Id of the trade.
    """
    copy_id: str
    """
    Id of the copy that did not happen.
    """
    policy_revision: int
    """
    The revision of the policy that applied.
    """
    reason: Reason
    """
    Why, and what to do.
    """
    event: EventRef
    """
    The event on chain.
    """


class SourceAmount(Model):
    """
    What came from one thing.
    """

    source: Literal[
        "copy_fee",
        "performance_fee",
        "management_fee",
        "subscription_fee",
        "withdrawal_fee",
        "protocol_share",
        "dust",
        "keeper_fee",
        "fee_claim",
    ]
    """
    What for.
    """
    amount: Amount
    """
    How much; protocol_share is negative for a leader.
    """


class StandingFact(Model):
    """
    Something that the operator says of a leader.
    """

    since: AwareDatetime
    """
    Since when, UTC.
    """
    why: str
    """
    Why.
    """


class StatusHappened(Model):
    """
    `status`: a vault copies on, or no more: its owner wished it, or one of its limits was reached.
    """

    strategy_id: int
    """
    The strategy.
    """
    vault_id: int
    """
    The vault.
    """
    owner: str
    """
    The vault's owner, EIP-55.
    """
    status: Literal["Active", "Paused", "Left", "Suspended", "Exiting"]
    """
    Whether it copies from now on.
    """
    reason: Reason | None
    """
    The limit that was reached; null: none.
    """
    event: EventRef
    """
    The event on chain.
    """


class Stop(Model):
    """
    An operator's stop that holds now.
    """

    id: int
    """
    Its number, for `lockstep stop lift`.
    """
    scope: Literal["leader", "strategy", "entries"]
    """
    What is stopped.
    """
    subject: str | None
    """
    Which leader or strategy; null for all entries.
    """
    who: str
    """
    Who stopped it.
    """
    why: str
    """
    Why.
    """
    since: AwareDatetime
    """
    Since when, UTC.
    """


class Leader1(RootModel[str]):
    root: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    An address.
    """


class StrategyId1(RootModel[int]):
    root: Annotated[int, Field(ge=1, lt=4294967296)]
    """
    Which strategy, for scope strategy.
    """


class StopBody(Model):
    """
    Something to be stopped.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    scope: Literal["leader", "strategy", "entries"]
    """
    What is stopped.
    """
    leader: Leader1 | None = None
    """
    Which leader, for scope leader.
    """
    strategy_id: StrategyId1 | None = None
    """
    Which strategy, for scope strategy.
    """


class StopHappened(Model):
    """
    `stop`: an operator stopped a leader, a strategy or all entries, or let them go on.
    """

    holds: bool
    """
    Whether it holds from now on; false: it was lifted.
    """
    scope: Literal["leader", "strategy", "entries"]
    """
    What is stopped.
    """
    subject: str | None
    """
    Which leader or strategy; null for all entries.
    """
    who: str
    """
    Who did it.
    """
    why: str
    """
    Why.
    """
    at: AwareDatetime
    """
    When, UTC.
    """


class StrategyFees(Model):
    """
    What of a kind of fee the vaults of a strategy paid, and to whom it went.
    """

    source: Literal["performance", "management", "subscription", "withdrawal", "copy"]
    """
    The kind of fee.
    """
    charged: Amount
    """
    What left the vaults.
    """
    to_leader: Amount
    """
    The leader's part.
    """
    to_protocol: Amount
    """
    The protocol's part.
    """
    to_referrers: Amount
    """
    The referrers' part.
    """
    charges: int
    """
    How often.
    """


class SubjectKind(RootModel[Literal["annotation", "comment", "review", "profile"]]):
    root: Literal["annotation", "comment", "review", "profile"]
    """
    What a report is about.
    """


class TermsHappened(Model):
    """
    `terms`: a strategy's terms began, or dearer ones were proposed.
    """

    strategy_id: int
    """
    The strategy.
    """
    version: int | None
    """
    Version that began; null: proposed.
    """
    usable_from: AwareDatetime | None
    """
    When proposed terms may begin, UTC; null: they began.
    """
    fees: FeeTerms
    """
    The terms.
    """
    event: EventRef
    """
    The event on chain.
    """


class ToSign(Model):
    """
    What to sign: nothing is stored yet, and nothing is signed in.
    """

    message: str
    """
    The message of EIP-4361, to be signed as it is (EIP-191, `personal_sign`).
    """
    expires: AwareDatetime
    """
    Until then it can be used, once, UTC.
    """


class Token(Model):
    """
    A token as the ledger knows it.
    """

    address: str
    """
    Address, EIP-55.
    """
    symbol: str
    """
    The token's own word for itself; not unique.
    """
    decimals: int
    """
    Digits after the point of a whole token.
    """


class Total(Model):
    """
    The sum over the vaults that are counted in one token.
    """

    base_token: Token
    """
    What they are counted in.
    """
    equity: Amount | None
    """
    Worth of all of them; null: that of one is not known.
    """
    net_deposits: Amount
    """
    Put in less taken out.
    """
    net_pnl: Amount | None
    """
    `equity` less `net_deposits`; null: as `equity`.
    """
    costs: Costs
    """
    Fees paid, by kind.
    """


class Tracking(Model):
    """
    Why a follower's result differs from an ideal copy of its leader, in the base token.

    The ideal copy has the vault's own deposits, and makes every trade of the leader in full, at the leader's
    price and without fees. The five parts add up to `difference`, to the unit.
    """

    difference: Amount | None
    """
    The vault's result less that of the ideal copy.
    """
    skips: Amount | None
    """
    Trades not copied, and trades made without the leader.
    """
    sizing: Amount | None
    """
    Other parts of the holding sold than the leader's portion.
    """
    timing: Amount | None
    """
    Later batches: what the oracle's price had moved by.
    """
    price: Amount | None
    """
    The rest of a batch's price: depth and the pool's fee.
    """
    fees: Amount | None
    """
    Every kind of fee, and what fees cost in growth.
    """
    sync_score: Decimal | None
    """
    1 less half the sum of absolute differences of weights to the leader's vault; 1: the same weights. Null while one of the two is worth nothing or unknown.
    """
    unavailable: str | None
    """
    Why the parts are null, where they are.
    """


class TradeHappened(Model):
    """
    `trade`: a trade was opened; what it does in each vault follows as `copy`.
    """

    trade: str
    """
    The trade.
    """
    strategy_id: int
    """
    The strategy.
    """
    kind: Literal["leader", "close", "manual"]
    """
    Who asked for it.
    """
    by: str
    """
    Who began it, EIP-55.
    """
    token_in: Token
    """
    Sold.
    """
    token_out: Token
    """
    Bought.
    """
    portion: Decimal
    """
    Of each holding, for sale.
    """
    event: EventRef
    """
    The event on chain.
    """


class TradeOrder(Model):
    """
    The signed order that a trade has filled, in whole or in part.
    """

    hash: str
    """
    The EIP-712 digest that the leader signed.
    """
    nonce: str
    """
    The leader's number for it.
    """
    filled: Decimal
    """
    Part of the leader's first holding that was sold after this trade; 1 is all.
    """
    complete: bool
    """
    Whether nothing of the order was left after this trade.
    """
    keeper: str
    """
    Who carried it to the hub, EIP-55.
    """


class Transaction(Model):
    """
    A transaction with events of the hub, by its receipt.
    """

    hash: str
    """
    Transaction hash.
    """
    block: int
    """
    Block number.
    """
    time: AwareDatetime
    """
    The block's own time, UTC.
    """
    sender: str
    """
    Who sent it and paid its gas, EIP-55.
    """
    gas_used: int
    """
    Units of gas.
    """
    gas_price: Coins
    """
    What a unit of gas cost.
    """
    data_fee: Coins
    """
    What a rollup asked for its data; 0 elsewhere.
    """
    paid: Coins
    """
    `gas_used` · `gas_price` + `data_fee`.
    """


class TransitionHappened(Model):
    """
    `transition`: an order in the inbox went on. Its `sequence` counts its transitions.
    """

    hash: str
    """
    The order.
    """
    strategy_id: int
    """
    The strategy.
    """
    leader: str
    """
    Whose it is, EIP-55.
    """
    sequence: int
    """
    Counts the order's transitions from 1.
    """
    step: InboxEvent
    """
    What it became, why and through whom.
    """


class User(Model):
    """
    An address that has signed in, was granted something, or is shut out.
    """

    address: str
    """
    EIP-55.
    """
    granted: list[Role]
    """
    Roles that were granted.
    """
    allowed: bool
    """
    Whether it is on the allowlist; as operator or admin it counts only there.
    """
    first_seen: AwareDatetime | None
    """
    Since when it is known, UTC.
    """
    signed_in: AwareDatetime | None
    """
    Its last sign-in, UTC.
    """
    blocked: AwareDatetime | None
    """
    Since when it is shut out, UTC.
    """
    blocked_why: str | None
    """
    Why.
    """


class UserAct(
    RootModel[
        Literal[
            "grant",
            "take",
            "allow",
            "disallow",
            "block",
            "unblock",
            "reset_second_factor",
            "end_sessions",
        ]
    ]
):
    root: Literal[
        "grant",
        "take",
        "allow",
        "disallow",
        "block",
        "unblock",
        "reset_second_factor",
        "end_sessions",
    ]
    """
    What an administrator may do about somebody.
    """


class UserActBody(Model):
    """
    An act about somebody.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: UserAct
    """
    What to do.
    """
    role: Role | None = None
    """
    For grant and take: support, operator or admin.
    """


class UserDetails(Model):
    """
    A person, with what the chain says and what is open.
    """

    address: str
    """
    EIP-55.
    """
    granted: list[Role]
    """
    Roles that were granted.
    """
    allowed: bool
    """
    Whether it is on the allowlist; as operator or admin it counts only there.
    """
    first_seen: AwareDatetime | None
    """
    Since when it is known, UTC.
    """
    signed_in: AwareDatetime | None
    """
    Its last sign-in, UTC.
    """
    blocked: AwareDatetime | None
    """
    Since when it is shut out, UTC.
    """
    blocked_why: str | None
    """
    Why.
    """
    on_chain: list[Role]
    """
    What it is on this hub: with a vault here, granted roles sleep.
    """
    sessions: int
    """
    Open sessions.
    """
    keys: int
    """
    Keys that are good.
    """
    second_factor: bool
    """
    Whether it has one.
    """


class Users(Model):
    """
    Part of the list of people.
    """

    data: list[User]
    """
    People, by address.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page.
    """


class Valuation(Model):
    """
    The price a balance was valued at: one that the hub's oracle gave at a clearing, never a guess.
    """

    price: Decimal
    """
    Whole base tokens for one whole token.
    """
    block: int
    """
    Block of the clearing that recorded it.
    """
    time: AwareDatetime
    """
    That block's own time, UTC.
    """
    via: str | None
    """
    The token between, where the price is two recorded prices multiplied.
    """
    source: str
    """
    The same in a sentence.
    """


class VersionedTerms(Model):
    """
    One version of a strategy's terms. A vault keeps the version it joined with until its owner takes
    another.
    """

    copy_bps: int
    """
    Of each copy's notional, in the token sold.
    """
    performance_bps: int
    """
    Of the gain above the vault's own high-water mark.
    """
    management_bps: int
    """
    A year, of what is held, continuously.
    """
    withdrawal_bps: int
    """
    Of what leaves the vault.
    """
    referrer_bps: int
    """
    Share of the leader's part, copy fees aside, that goes to the vault's referrer.
    """
    performance_period_seconds: int | None
    """
    Between the times at which gains of a vault that stays may be charged; null: only as value leaves.
    """
    subscription: Amount | None
    """
    For a full period; null: no subscription.
    """
    subscription_period_seconds: int | None
    """
    What one subscription pays for; null: no subscription.
    """
    version: int
    """
    Counts the strategy's terms from 1; 0: no fees at all.
    """


class Veto(Model):
    """
    Withdraw a listing that may not be used yet.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """
    act: Literal["veto"]
    """
    What to do.
    """
    listing: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """
    The token or pool.
    """


class Window(Model):
    """
    The metrics of one window, and what keeps the leader from being ranked by them.
    """

    window: Literal["24h", "7d", "30d", "90d", "365d", "all"]
    """
    How far back it goes, today included.
    """
    as_of: AwareDatetime
    """
    Time of the block that it is as of, UTC: younger than an hour.
    """
    as_of_block: int
    """
    That block's number.
    """
    history_days: int
    """
    Whole days since the leader's vault was opened.
    """
    bars: list[
        Literal[
            "short_history",
            "few_trades",
            "small_stake",
            "wash_trading",
            "no_risk_taken",
        ]
    ]
    """
    Why there is no rank_score; empty: there is one.
    """
    warnings: list[Literal["style_change", "martingale"]]
    """
    What takes one off the rank_score each.
    """
    metrics: Metrics
    """
    The figures.
    """


class Withdrawal(Model):
    """
    The leader's signature (EIP-712 `Withdrawal(bytes32 order)`) that takes an order out of the inbox.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    signature: Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2}){1,4096}$")]
    """
    65 bytes of the leader's key, or what the leader's contract wallet takes (ERC-1271).
    """


class FieldError(Model):
    """
    One part of the request that was not understood.
    """

    at: str
    """
    Where: path or query, and the parameter.
    """
    detail: str
    """
    What is wrong there.
    """


class Problem(Model):
    """
    RFC 9457 problem document.
    """

    type: str
    """
    Stable name of the kind of problem.
    """
    title: str
    """
    The kind of problem in words.
    """
    status: int
    """
    HTTP status, as in the answer's first line.
    """
    detail: str
    """
    What is wrong with this request.
    """
    remedy: str
    """
    What to do about it.
    """
    instance: str
    """
    Path of the request.
    """
    errors: Annotated[list[FieldError] | None, Field(validate_default=True)] = []
    """
    The parts of the request at fault; empty where no single part is.
    """


class Account(Model):
    """
    What an owner holds in the hub.
    """

    owner: str
    """
    The owner, EIP-55.
    """
    idle: list[Amount]
    """
    Can be withdrawn or allocated to a vault; zeros are left out.
    """
    in_vaults: list[Amount]
    """
    Sum over the owner's vaults; zeros are left out.
    """
    claimable_fees: list[Amount]
    """
    Earned as leader, treasury, referrer or keeper, not yet claimed.
    """
    leader_cap_bps: int | None
    """
    Largest share of the owner's money with one leader, as the owner chose; null: the hub's default.
    """
    vault_ids: list[int]
    """
    The owner's vaults, by id.
    """
    gas: GasCost
    """
    What the address's own transactions with events of the hub cost, as follower, leader, keeper or anybody else.
    """


class AccruedFee(Model):
    """
    What a vault would owe for its gain if all of it left now. It is not charged yet, and may never be.
    """

    vault_id: int
    """
    The vault.
    """
    gain: Amount
    """
    What it is worth above its high-water mark.
    """
    due: Amount
    """
    The performance fee on it, by the vault's own terms.
    """
    leader: str
    """
    Who would get `to_leader`, EIP-55.
    """
    to_leader: Amount
    """
    The leader's part.
    """
    to_protocol: Amount
    """
    The treasury's part.
    """
    referrer: str | None
    """
    Who would get `to_referrer`, EIP-55; null: nobody.
    """
    to_referrer: Amount
    """
    The referrer's part.
    """


class AnswerAccount(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Account
    """
    What was asked for.
    """


class AnswerTransaction(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Transaction
    """
    What was asked for.
    """


class AnswerListCorrelation(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Correlation]
    """
    What was asked for.
    """


class AnswerListCurvePoint(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[CurvePoint]
    """
    What was asked for.
    """


class AnswerListLimit(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Limit]
    """
    What was asked for.
    """


class AnswerListListedToken(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[ListedToken]
    """
    What was asked for.
    """


class AnswerListMetric(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Metric]
    """
    What was asked for.
    """


class AnswerListReason(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Reason]
    """
    What was asked for.
    """


class AnswerListRevenue(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Revenue]
    """
    What was asked for.
    """


class AnswerListStrategyFees(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[StrategyFees]
    """
    What was asked for.
    """


class Badge(Model):
    """
    That the author followed the strategy with money, by the ledger's rows as of now.
    """

    kind: Literal["verified_follower"] = "verified_follower"
    """
    Money of theirs, at least the strategy's least deposit, was in it.
    """
    held: Held
    """
    For at least so long.
    """


class Balance(Model):
    """
    What the vault holds of a token.
    """

    amount: Amount
    """
    The holding.
    """
    cost_basis: Amount | None
    """
    What it cost by the statement's method; null for the base token itself.
    """
    value: Amount | None
    """
    What it is worth in the base token, rounded down; null when no price is recorded.
    """
    valuation: Valuation | None
    """
    The price used; null for the base token itself.
    """
    lots: list[OpenLot] | None
    """
    With method `fifo`, what the holding is made of, oldest first: amounts and costs add up to those of the balance. Null otherwise.
    """


class BlockHappened(Model):
    """
    `block`: the ledger has this block and all before it; everything of them has been told.
    """

    block: BlockRef
    """
    The ledger's last block.
    """


class CampaignResult(Model):
    """
    What a campaign came to: of the vaults whose owners said that it brought them.
    """

    campaign: Campaign
    """
    The campaign.
    """
    result: ReferralResult
    """
    What it came to.
    """


class CaseReport(Model):
    """
    What somebody said is wrong. Who did is not told.
    """

    reason: ReportReason
    """
    What is wrong.
    """
    words: str
    """
    More about it; may be empty.
    """
    reported: AwareDatetime
    """
    When, UTC.
    """


class Channel(Model):
    """
    A channel, without what opens it.
    """

    id: int
    """
    Its number.
    """
    kind: ChannelKind
    """
    How it is reached.
    """
    label: str
    """
    What you call it.
    """
    leads_to: str
    """
    Enough to know it by.
    """
    state: Literal["pending", "confirmed", "off"]
    """
    `pending`: its code has not come back; nothing else is sent to it. `off`: the other side answered 410, or a push service 404, and wants no more.
    """
    quiet_hours: QuietHours | None
    """
    When it is quiet; null: never.
    """
    created: AwareDatetime
    """
    When it was added, UTC.
    """
    confirmed: AwareDatetime | None
    """
    When its code came back, UTC; null: not yet.
    """


class ChannelOrder(Model):
    """
    A channel to be added.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    kind: ChannelKind
    """
    How it is reached.
    """
    address: Annotated[str, Field(max_length=1000, min_length=3)]
    """
    An https URL, of a server or a browser's push service; an e-mail address; or an Apprise URL of Discord, Google Chat, Pushover, Slack or Telegram (`discord://…`, `gchat://…`, `pover://…`, `slack://…`, `tgram://…`). Never told again.
    """
    secret: Secret | None = None
    """
    Webhooks only: `whsec_` and the base64 of 24 to 64 random bytes. Never told.
    """
    keys: PushKeys | None = None
    """
    Push messages only: the browser's keys.
    """
    label: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{1,60}$")]
    """
    What you call it.
    """
    quiet_hours: QuietHours | None = None
    """
    When it is quiet; null: never.
    """


class Channels(Model):
    """
    All channels of the caller.
    """

    channels: list[Channel]
    """
    Oldest first.
    """


class Clearing(Model):
    """
    One swap for a batch of vaults, all at one price.
    """

    batch: int
    """
    Counts the trade's clearings; 0 holds the leader's own fill.
    """
    venue: str
    """
    The exchange's adapter, EIP-55.
    """
    portion: Decimal
    """
    The part of each holding that was sold; less than the trade's where the swap stopped at the limit price.
    """
    sold: Amount
    """
    Went into the swap: the sum of what the vaults put in, less `dust_in`.
    """
    dust_in: Amount
    """
    Rounding remainder of a partial fill, to which each vault puts in a unit at most; credited to the treasury in the token sold.
    """
    bought: Amount
    """
    What the swap gave: the sum of what the vaults got, and the dust.
    """
    dust: Amount
    """
    Rounding remainder of the distribution, credited to the treasury.
    """
    copy_fees: Amount
    """
    Sum of the copy fees.
    """
    protocol_fees: Amount
    """
    The protocol's part of them; the rest is the leader's.
    """
    keeper_fee: Amount
    """
    What paid the keeper's gas; not in `bought`.
    """
    keeper: str | None
    """
    Who got it, EIP-55; null: nobody was to be paid.
    """
    oracle_value: Amount | None
    """
    What the oracle said `sold` was worth, rounded down; null where it was not asked.
    """
    price: Decimal | None
    """
    Whole tokens bought for one whole token sold.
    """
    against_oracle: Difference | None
    """
    `bought` against `oracle_value`; null where the oracle was not asked.
    """
    event: EventRef
    """
    The event on chain.
    """


class CopyHappened(Model):
    """
    `copy`: what a trade did in one vault.
    """

    trade: str
    """
    The trade.
    """
    copy_id: str
    """
    What the contracts call it.
    """
    strategy_id: int
    """
    The strategy.
    """
    vault_id: int
    """
    The vault.
    """
    owner: str
    """
    The vault's owner, EIP-55.
    """
    status: Literal["filled", "skipped"]
    """
    Whether it was copied.
    """
    reason: Reason | None
    """
    Why it was skipped; null: it was not.
    """
    reduced_by: Reason | None
    """
    What made it smaller; null: nothing.
    """
    sold: Amount | None
    """
    Went into the swap; null: skipped.
    """
    fee: Amount | None
    """
    Copy fee on top of it; null: skipped.
    """
    bought: Amount | None
    """
    What the vault got; null: skipped.
    """
    event: EventRef
    """
    The event on chain.
    """


class EarnedFee(Model):
    """
    One posting to an address's fee balance: all of them add up to what is claimable.
    """

    source: Literal[
        "copy_fee",
        "performance_fee",
        "management_fee",
        "subscription_fee",
        "withdrawal_fee",
        "protocol_share",
        "dust",
        "keeper_fee",
        "fee_claim",
    ]
    """
    What it was for. protocol_share: the protocol's part of copy fees, which a leader gives up. dust: rounding remainders. fee_claim: moved to the account.
    """
    amount: Amount
    """
    Added to the fee balance; negative: taken from it.
    """
    vault_id: int | None
    """
    The vault that paid; null where a batch did.
    """
    trade: str | None
    """
    The trade, where it was one.
    """
    event: EventRef
    """
    The event on chain.
    """


class FeeStanding(Model):
    """
    What a recipient was credited, has claimed and can claim of one token, over all time.
    """

    credited: Amount
    """
    The sum of everything but claims.
    """
    claimed: Amount
    """
    Moved to the account.
    """
    pending: Amount
    """
    `credited` less `claimed`: the fee balance on chain.
    """
    pending_by_source: list[SourceAmount]
    """
    What `pending` is made of: all that came since the last claim, which takes everything.
    """


class FeeStatement(Model):
    """
    The fees of one recipient: leader, treasury, referrer or keeper, or several of these.
    """

    recipient: str
    """
    Whose fee balance it is, EIP-55.
    """
    standings: list[FeeStanding]
    """
    One for each token.
    """
    sums: list[FeeSum]
    """
    By period, newest first, of the span asked for.
    """


class Fill(Model):
    """
    What a vault paid and got in one clearing.
    """

    sold: Amount
    """
    Went into the swap.
    """
    fee: Amount
    """
    Leader's copy fee, in the token sold and on top of it.
    """
    bought: Amount
    """
    What the vault got.
    """
    keeper_fee: Amount
    """
    The vault's part of what the batch paid its keeper; not in `bought`.
    """
    price: Decimal | None
    """
    Whole tokens bought for one whole token sold, 18 significant digits.
    """
    batch: int
    """
    Which clearing of the trade; 0 holds the leader's own fill.
    """
    reduced_by: Reason | None
    """
    What made it smaller than the vault's sizing says; null where nothing did.
    """
    against_leader: Difference | None
    """
    Against the price of the clearing that the leader's own fill was part of. In the same clearing it is the same price, to one unit of rounding of either token. Null where no leader had a part.
    """
    against_oracle: Difference | None
    """
    Against the oracle's value of the input at that block: pool fee, price impact, drift and the keeper. Null where the oracle was not asked.
    """


class FillLine(Model):
    """
    A copied trade.
    """

    kind: Literal["fill"]
    """
    A copied trade.
    """
    trade: str
    """
    Id of the trade.
    """
    copy_id: str
    """
    Id of the copy; anybody can compute it from the chain.
    """
    policy_revision: int
    """
    The revision of the policy that applied.
    """
    fill: Fill
    """
    What was paid and got, and how the price compares.
    """
    realized_pnl: Amount
    """
    Result it realised, before costs.
    """
    costs: Amount
    """
    Copy fee and keeper's fee in the base token.
    """
    event: EventRef
    """
    The event on chain.
    """


class Hidden(Model):
    """
    That staff hid a text.
    """

    code: ReportReason
    """
    What is wrong with it.
    """
    since: AwareDatetime
    """
    Since when, UTC.
    """


class Incident(Model):
    """
    Something that is or was wrong. No chain data.
    """

    id: int
    """
    Its number.
    """
    severity: Severity
    """
    notice, degraded or outage.
    """
    title: str
    """
    What it is.
    """
    banner: str
    """
    What people should know and do.
    """
    opened: AwareDatetime
    """
    Since when, UTC.
    """
    changed: AwareDatetime
    """
    When it was last told anew, UTC.
    """
    closed: AwareDatetime | None
    """
    When it was over, UTC; null: it is not.
    """
    outcome: str | None
    """
    How it ended.
    """


class IncidentNews(Model):
    """
    What is told of an open incident from now on.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    severity: Severity
    """
    notice, degraded or outage.
    """
    banner: Annotated[str, Field(pattern="^[^\\x00-\\x09\\x0b-\\x1f]{3,1000}$")]
    """
    What people should know and do.
    """


class IncidentOpening(Model):
    """
    An incident to be opened.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    severity: Severity
    """
    notice, degraded or outage.
    """
    title: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,120}$")]
    """
    What it is.
    """
    banner: Annotated[str, Field(pattern="^[^\\x00-\\x09\\x0b-\\x1f]{3,1000}$")]
    """
    What people should know and do.
    """


class Incidents(Model):
    """
    Part of the incidents, the newest first.
    """

    data: list[Incident]
    """
    The incidents.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page.
    """


class Keepers(Model):
    """
    Keepers and stops of this hub. This is no chain data and has no block.
    """

    keepers: list[Keeper]
    """
    Every keeper that ever worked on this inbox, by name.
    """
    stops: list[Stop]
    """
    Operators' stops that hold now.
    """


class Key(Model):
    """
    A key, without what opens.
    """

    id: str
    """
    Its name in the key's own text: `lsk_{id}_…`.
    """
    name: str
    """
    What you call it.
    """
    scopes: list[Scope]
    """
    What it opens.
    """
    created: AwareDatetime
    """
    When, UTC.
    """
    expires: AwareDatetime
    """
    Until when, UTC.
    """
    used: AwareDatetime | None
    """
    When it was last used, to the minute, UTC.
    """
    revoked: AwareDatetime | None
    """
    When it was revoked, UTC; null where it was not.
    """


class KeyOrder(Model):
    """
    A key to be made.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{1,64}$")]
    """
    What you call it.
    """
    scopes: Annotated[list[Scope], Field(max_length=2, min_length=1)]
    """
    What it opens. private:read: what you alone may read. public:read: requests for what is public have an allowance of their own. Nothing changes anything.
    """
    days: Annotated[int | None, Field(ge=1, le=366)] = 90
    """
    How long it is good.
    """


class Keys(Model):
    """
    The caller's keys, the newest first: a hundred at most.
    """

    data: list[Key]
    """
    The keys, the revoked and expired ones too.
    """


class Market(Model):
    """
    A listing of a token or a pool, a vetoed one too.
    """

    kind: Literal["token", "pool"]
    """
    What was listed.
    """
    address: str
    """
    Its address, EIP-55.
    """
    tokens: list[Token]
    """
    The token, or the pool's two.
    """
    venue: str | None
    """
    A pool's exchange; null for a token.
    """
    state: Literal["waiting", "usable", "vetoed"]
    """
    waiting can still be vetoed, usable is for good.
    """
    usable_from: AwareDatetime | None
    """
    When it is usable, UTC; null beyond the year 9999.
    """
    listed: EventRef
    """
    When it was listed.
    """
    vetoed_by: str | None
    """
    Who vetoed it, EIP-55.
    """
    strategies: int
    """
    Strategies that may use it.
    """
    priced: AwareDatetime | None
    """
    When the oracle last valued the token in a trade, UTC; null for pools, or never.
    """


class MarketShare(Model):
    """
    How much of a leader's business is in one token.
    """

    token: Token
    """
    The token.
    """
    bought: Decimal
    """
    Share of all base token that the leader ever put in.
    """
    held: Decimal | None
    """
    Share of the leader's equity now; null: its worth is not known.
    """


class Me(Model):
    """
    Who is signed in.
    """

    address: str
    """
    EIP-55.
    """
    roles: list[Role]
    """
    Roles on this hub that count now. follower and leader are what the chain says.
    """
    granted: list[Role]
    """
    Roles that were granted. They sleep at an address with a vault on this hub.
    """
    scopes: list[Scope]
    """
    What may be read.
    """
    session: str | None
    """
    The session's name; null for a key.
    """
    second_factor: SecondFactorState
    """
    The second factor.
    """


class ModerationCase(Model):
    """
    Something that was reported, or that staff looked at, as staff sees it.
    """

    number: int
    """
    The case's number.
    """
    open: bool
    """
    Whether a report waits.
    """
    subject: SubjectKind
    """
    What it is about.
    """
    id: str
    """
    Its number; of a profile, the handle.
    """
    strategy_id: int | None
    """
    The strategy; null for a profile.
    """
    text: str
    """
    The words, also where others do not see them.
    """
    author: str
    """
    Whose they are, EIP-55.
    """
    state: Literal["shown", "withdrawn", "hidden"]
    """
    What others see of it.
    """
    hidden: Hidden | None
    """
    Why it is hidden; null: it is not.
    """
    reports: list[CaseReport]
    """
    The oldest first.
    """
    first_reported: AwareDatetime | None
    """
    When the first came, UTC; null: none did.
    """
    last_reported: AwareDatetime | None
    """
    When the last came, UTC; null: none did.
    """


class ModerationCases(Model):
    """
    Part of the cases.
    """

    data: list[ModerationCase]
    """
    The newest first.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class ModerationOrder(Model):
    """
    An act about what somebody wrote.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    subject: SubjectKind
    """
    What it is.
    """
    id: Annotated[
        str, Field(pattern="^([1-9][0-9]{0,17}|[A-Za-z](_?[A-Za-z0-9]){2,19})$")
    ]
    """
    Its number; of a profile, the handle.
    """
    act: ModerationAct
    """
    hide takes the words away from everybody but staff, restore takes that back, dismiss ends the reports and changes nothing.
    """
    code: ReportReason | None = None
    """
    With hide alone: what everybody is told instead.
    """
    why: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{3,500}$")]
    """
    Why; kept for good.
    """


class NewKey(Model):
    """
    A key that was made.
    """

    id: str
    """
    Its name in the key's own text: `lsk_{id}_…`.
    """
    name: str
    """
    What you call it.
    """
    scopes: list[Scope]
    """
    What it opens.
    """
    created: AwareDatetime
    """
    When, UTC.
    """
    expires: AwareDatetime
    """
    Until when, UTC.
    """
    used: AwareDatetime | None
    """
    When it was last used, to the minute, UTC.
    """
    revoked: AwareDatetime | None
    """
    When it was revoked, UTC; null where it was not.
    """
    token: str
    """
    Send it as `Authorization: Bearer …`. Told once.
    """


class Notice(Model):
    """
    A fact that was told.
    """

    id: int
    """
    Its number.
    """
    kind: Literal[
        "trade_copied",
        "copy_skipped",
        "stop_near",
        "stop_hit",
        "drawdown",
        "out_of_sync",
        "fee_charged",
        "terms_changed",
        "leader_traded",
        "order_changed",
        "operator_stop",
        "keeper_trouble",
        "indexer_trouble",
        "confirmation",
        "taken_back",
        "digest",
    ]
    """
    What it is about.
    """
    title: str
    """
    In short.
    """
    text: str
    """
    In full.
    """
    page: str
    """
    The dApp's page of it.
    """
    vault_id: int | None
    """
    The vault it is about.
    """
    strategy_id: int | None
    """
    The strategy it is about.
    """
    block: NoticeBlock | None
    """
    The block it follows from; null: none.
    """
    transaction: str | None
    """
    The transaction, where there is one.
    """
    at: AwareDatetime
    """
    When it happened, UTC.
    """
    taken_back: AwareDatetime | None
    """
    When the chain took its block back, UTC; null: it holds.
    """
    takes_back: int | None
    """
    The notice that this one takes back.
    """


class Order(Model):
    """
    A signed order: posted here, or known from its first fill on chain, or both.

    Kind, trigger and deadline only the signed text has: they are in `posted`.
    """

    hash: str
    """
    The EIP-712 digest that the leader signed.
    """
    strategy_id: int
    """
    The strategy that it trades.
    """
    leader: str
    """
    Who signed it, EIP-55.
    """
    nonce: str
    """
    The leader's number for it. Orders with one nonce replace each other.
    """
    pool: str
    """
    The pool it trades in, EIP-55.
    """
    token_in: Token
    """
    The token sold.
    """
    token_out: Token
    """
    The token bought.
    """
    limit_price: Decimal
    """
    Least whole tokens bought for one whole token sold; 0: no limit.
    """
    status: Literal["open", "complete", "replaced", "cancelled", "expired", "rejected"]
    """
    By the chain at this block. `open`: it can be filled further until its deadline, which is known of posted orders only. `complete`: nothing of it is left. `replaced`: another order with its nonce was completed. `cancelled`: the leader closed its nonce. `expired`: its deadline has passed. `rejected`: the hub would never take it; `posted` says why.
    """
    closed: bool
    """
    Whether no further fill is possible: not `open`.
    """
    filled: Decimal
    """
    Part of the leader's first holding that orders with its nonce have sold; 1 is all.
    """
    fills: list[OrderFill]
    """
    What was filled of it, in order.
    """
    cancelled: EventRef | None
    """
    When the leader closed its nonce; null where not.
    """
    posted: Posted | None
    """
    What the inbox knows of it; null if it was not posted here.
    """


class OutsideHandle(Model):
    """
    A handle elsewhere, which the caller says is theirs, too.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    site: OutsideSite
    """
    Where.
    """
    name: Annotated[str, Field(pattern="^[A-Za-z0-9_.-]{1,40}$")]
    """
    The handle there.
    """


class OutsideProof(Model):
    """
    A handle elsewhere that the wallet's owner says is theirs. This server never looks there.
    """

    site: OutsideSite
    """
    Where.
    """
    name: str
    """
    The handle there.
    """
    post: str
    """
    What its owner puts up there. Who finds it there knows that both are one person.
    """


class PageAccruedFee(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[AccruedFee]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageEarnedFee(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[EarnedFee]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageFeeStatement(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[FeeStatement]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageOrder(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Order]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageReferralLine(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[ReferralLine]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageTransaction(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Transaction]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PaperFill(Model):
    """
    A trade that was copied, or a sale after a stop.
    """

    kind: Literal["fill"]
    """
    A fill.
    """
    trade: str
    """
    Id of the trade; of a sale of its own, a made-up one.
    """
    time: AwareDatetime
    """
    When, UTC.
    """
    sold: Amount
    """
    Went into the swap.
    """
    fee: Amount
    """
    Copy fee, on top of it.
    """
    bought: Amount
    """
    What came of it.
    """
    reduced_by: Reason | None
    """
    What made it smaller; null where nothing did.
    """


class PaperOpening(Model):
    """
    A vault of play money to open.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    strategy_id: Annotated[int, Field(ge=1, lt=4294967296)]
    """
    The strategy to follow.
    """
    deposit: Annotated[str, Field(pattern="^[0-9]{1,27}$")]
    """
    Base token units to begin with.
    """
    policy: PaperPolicy | None = None
    """
    Its rules.
    """


class PaperSkip(Model):
    """
    A trade that was not copied.
    """

    kind: Literal["skip"]
    """
    A skip.
    """
    trade: str
    """
    Id of the trade.
    """
    time: AwareDatetime
    """
    When, UTC.
    """
    reason: Reason
    """
    Why, and what to do.
    """


class Lines(RootModel[PaperFill | PaperSkip]):
    root: Annotated[PaperFill | PaperSkip, Field(discriminator="kind")]


class PaperStatement(Model):
    """
    What a vault of play money has come to. The figures are those of a real vault's statement.
    """

    id: str
    """
    Who knows it can read it: keep it.
    """
    status: Literal["Active", "Paused", "Left", "Suspended", "Exiting"]
    """
    Whether it copies.
    """
    strategy_id: int
    """
    The strategy it follows.
    """
    strategy_name: str
    """
    Its name.
    """
    base_token: Token
    """
    All results are in this token.
    """
    opened: AwareDatetime
    """
    It copies what came after, UTC.
    """
    opened_block: int
    """
    The ledger's block then.
    """
    flows: Flows
    """
    What was put in.
    """
    balances: list[Balance]
    """
    What it holds.
    """
    profit: Profit
    """
    The result, by average cost.
    """
    marks: Marks
    """
    What fees on gains are measured against.
    """
    gain_fee: GainFee | None
    """
    What it would owe for its gain; null without a price.
    """
    returns: Returns
    """
    Returns since it was opened.
    """
    filled: int
    """
    Trades copied, and sales after stops.
    """
    skipped_by_reason: dict[str, int]
    """
    Trades not copied, by reason.
    """
    lines: list[Lines]
    """
    The newest hundred fills and skips, newest first.
    """


class Policy(Model):
    """
    A follower's rules for one vault. All of it binds entries, never exits. Rates are basis points.
    """

    revision: int
    """
    Counts the changes.
    """
    sizing: Literal["proportional", "multiplier", "fixed", "risk"]
    """
    How much base token an entry puts in: the leader's portion; a multiple of it; a fixed amount; or what keeps the loss at the strategy's stop below a share of equity.
    """
    multiplier_bps: int | None
    """
    Multiple of the leader's portion; null for other sizings.
    """
    fixed: Amount | None
    """
    What an entry puts in; null for other sizings.
    """
    risk_bps: int | None
    """
    Share of equity that the strategy's stop may lose; null for other sizings.
    """
    on_breach: Literal["reduce", "skip", "suspend", "exit"]
    """
    What happens when a limit on size, exposure or execution cost would be broken.
    """
    on_stop: Literal["reduce", "skip", "suspend", "exit"]
    """
    What happens when a stop is reached.
    """
    min_trade: Amount | None
    """
    Smaller entries are skipped; null: no limit.
    """
    max_trade: Amount | None
    """
    Largest entry; null: no limit.
    """
    max_positions: int | None
    """
    Most tokens beside the base token at a time; null: no limit.
    """
    excluded_tokens: list[Token]
    """
    Tokens that no entry buys.
    """
    max_slippage_bps: int | None
    """
    How much worse than the oracle an entry may execute; null: no limit.
    """
    max_token_bps: int | None
    """
    Largest share of equity in the token bought; null: no limit.
    """
    max_exposure_bps: int | None
    """
    Largest share of equity outside the base token; null: no limit.
    """
    max_daily_loss_bps: int | None
    """
    Loss in a day (UTC) at which it stops; null: no limit.
    """
    max_drawdown_bps: int | None
    """
    Fall from the highest equity at which it stops; null: no limit.
    """
    stop_loss_bps: int | None
    """
    Loss of what is invested at which it stops; null: no limit.
    """
    take_profit_bps: int | None
    """
    Gain on what is invested at which it stops; null: no limit.
    """
    loss_budget_bps: int | None
    """
    Share of equity that execution may cost in seven days; null: no limit.
    """
    cooldown_seconds: int | None
    """
    Seconds between entries; null: no limit.
    """
    expiry: AwareDatetime | None
    """
    After that entries are no longer copied, UTC; null: never, or beyond the year 9999.
    """


class Pool(Model):
    """
    A pool that strategies may trade in.
    """

    usable_from: AwareDatetime | None
    """
    From then on it may be used, UTC; null where that is beyond the year 9999.
    """
    listed: EventRef
    """
    When it was listed.
    """
    address: str
    """
    The pool, EIP-55.
    """
    venue: str
    """
    The exchange's adapter that vouches for it.
    """
    token0: Token
    """
    One token.
    """
    token1: Token
    """
    The other token.
    """


class Profile(Model):
    """
    What somebody says of themselves, under a handle that their wallet signed for.
    """

    handle: str
    """
    The handle.
    """
    address: str
    """
    The wallet, EIP-55.
    """
    about: str
    """
    In their words; empty where staff hid it.
    """
    links: list[str]
    """
    Theirs; none of them was looked at.
    """
    created: AwareDatetime
    """
    Since when there is a profile, UTC.
    """
    changed: AwareDatetime
    """
    When it was last changed, UTC.
    """
    hidden: Hidden | None
    """
    Why staff hid the words; null: it did not.
    """
    proof: Proof
    """
    What makes the handle verified.
    """
    outside: OutsideProof | None
    """
    A handle elsewhere; null: none.
    """


class Profiles(Model):
    """
    The profiles that were asked for, of those who have one.
    """

    profiles: list[Profile]
    """
    In no order.
    """


class Proposal(Model):
    """
    A call that one proposed and another confirms.
    """

    id: int
    """
    Its number.
    """
    state: Literal["proposed", "ready", "withdrawn", "expired"]
    """
    proposed waits a week for a second person.
    """
    act: Act
    """
    What it does.
    """
    words: str
    """
    The same in words.
    """
    target: str
    """
    The contract called, hub or oracle.
    """
    call: str
    """
    The call of the target.
    """
    why: str
    """
    Why it was proposed.
    """
    proposed_by: str
    """
    By whom, EIP-55.
    """
    proposed: AwareDatetime
    """
    When, UTC.
    """
    confirmed_by: str | None
    """
    Who confirmed it, EIP-55.
    """
    confirmed: AwareDatetime | None
    """
    When, UTC.
    """
    withdrawn_by: str | None
    """
    Who took it back, EIP-55.
    """
    withdrawn_why: str | None
    """
    Why.
    """
    operation: str | None
    """
    The timelock's id of the operation; null without one.
    """
    transactions: list[ProposedTransaction]
    """
    What is to be sent, in order; empty until it is ready.
    """


class Proposals(Model):
    """
    Part of the proposals, the newest first.
    """

    data: list[Proposal]
    """
    The proposals.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page.
    """


class Protocol(Model):
    """
    One hub on one chain.
    """

    chain_id: int
    """
    EIP-155 chain id.
    """
    hub: str
    """
    The one contract that holds every vault's tokens.
    """
    treasury: str | None
    """
    Who gets the protocol's fees and the rounding dust from now on; null before it was set.
    """
    guardian: str | None
    """
    Who, beside the owner, may veto listings that wait and halt trading; null: nobody.
    """
    gate: str | None
    """
    The contract that is asked who may enter, and never who may leave; null: everybody may.
    """
    halted: bool
    """
    Whether entries and trades of all strategies are halted; exits go on.
    """
    protocol_bps: int
    """
    The protocol's share of every fee, of strategies created from now on.
    """
    start_block: int
    """
    Block of the deployment.
    """
    strategies: int
    """
    Strategies created.
    """
    vaults_by_status: dict[str, int]
    """
    Status → number of vaults, leaders' own included.
    """
    trades: int
    """
    Leaders' trades so far.
    """
    closes: int
    """
    Times that vaults left their positions together.
    """
    manual_trades: int
    """
    Trades of owners alone.
    """
    copies_filled: int
    """
    Copies that took part, leaders' own included.
    """
    copies_skipped_by_reason: dict[str, int]
    """
    Reason → number of skips.
    """
    incidents: list[Incident]
    """
    What operators say is wrong now. No chain data, and not of this block.
    """
    holdings: list[Holding]
    """
    What the hub holds, a token at a time.
    """


class ProtocolFees(Model):
    """
    What the protocol takes, and what it has earned.
    """

    protocol_bps: int
    """
    The protocol's share of every fee, of strategies created from now on.
    """
    treasury: str | None
    """
    Who gets it, EIP-55.
    """
    statement: FeeStatement | None
    """
    What the treasury was credited, claimed, and can claim; null without a treasury.
    """


class Readiness(Model):
    """
    Whether what the API says is current and right.
    """

    as_of_block: BlockRef
    """
    Last block in the ledger.
    """
    head_block: int | None
    """
    Newest block that the indexer's node told of; null before it did.
    """
    lag_blocks: int | None
    """
    Blocks behind it.
    """
    head_seen: AwareDatetime | None
    """
    When the indexer last heard of a new block, UTC.
    """
    reconciliation: ReconciliationReport | None
    """
    The last comparison with the chain; null before the first.
    """


class Referrals(Model):
    """
    What a referrer's people came to.
    """

    referrer: str
    """
    The caller, EIP-55.
    """
    total: ReferralResult
    """
    Of all vaults that name the referrer.
    """
    campaigns: list[CampaignResult]
    """
    By campaign, the newest first.
    """
    of_no_campaign: ReferralResult
    """
    Of vaults whose owners named none: the chain knows the referrer alone.
    """
    balances: list[ReferralBalance]
    """
    One for each token in which something was earned.
    """


class Reply(Model):
    """
    A comment, as it is shown.
    """

    id: int
    """
    Its number.
    """
    strategy_id: int
    """
    The strategy.
    """
    reply_to: int | None
    """
    The comment it replies to; null: none.
    """
    author: Author
    """
    Who is seen as its author.
    """
    written: AwareDatetime
    """
    When it was written, UTC.
    """
    edited: AwareDatetime | None
    """
    When it was last changed, UTC; null: never.
    """
    text: str | None
    """
    Plain text; null where it is not shown.
    """
    state: Literal["shown", "withdrawn", "hidden"]
    """
    `withdrawn`: its author took it back. `hidden`: staff hid it, and `hidden` says why.
    """
    hidden: Hidden | None
    """
    Why staff hid it; null: it did not.
    """


class ReportOrder(Model):
    """
    What is wrong with a text, or a profile.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    subject: SubjectKind
    """
    What it is.
    """
    id: Annotated[
        str, Field(pattern="^([1-9][0-9]{0,17}|[A-Za-z](_?[A-Za-z0-9]){2,19})$")
    ]
    """
    Its number; of a profile, the handle.
    """
    reason: ReportReason
    """
    What is wrong.
    """
    words: Annotated[str | None, Field(max_length=500)] = ""
    """
    More about it.
    """


class Review(Model):
    """
    A review, as it is shown.
    """

    id: int
    """
    Its number.
    """
    strategy_id: int
    """
    The strategy.
    """
    author: Author
    """
    Who is seen as its author.
    """
    rating: int | None
    """
    From 1 to 5; null where it is not shown.
    """
    text: str | None
    """
    Plain text; null where it is not shown.
    """
    written: AwareDatetime
    """
    When it was written, UTC.
    """
    edited: AwareDatetime | None
    """
    When it was last changed, UTC; null: never.
    """
    state: Literal["shown", "withdrawn", "hidden"]
    """
    `withdrawn`: its author took it back. `hidden`: staff hid it, and `hidden` says why.
    """
    hidden: Hidden | None
    """
    Why staff hid it; null: it did not.
    """
    badge: Badge | None
    """
    That its author followed with money; null: not long enough, or not to be shown.
    """


class ReviewHistory(Model):
    """
    A review with all that it said.
    """

    review: Review
    """
    As it is now.
    """
    revisions: list[ReviewRevision]
    """
    The oldest first; empty where it is not shown now.
    """


class Reviews(Model):
    """
    Part of the reviews of a strategy.
    """

    data: list[Review]
    """
    The newest first; those that were withdrawn are left out.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class SignedClaim(Model):
    """
    A claim with its signature: the text is made anew from the other fields.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    handle: Annotated[
        str,
        Field(max_length=20, min_length=3, pattern="^[A-Za-z](_?[A-Za-z0-9]){2,19}$"),
    ]
    """
    3 to 20 Latin letters, digits and single `_`, beginning with a letter. What looks like another's is theirs, in capitals or not.
    """
    outside: OutsideHandle | None = None
    """
    A handle elsewhere; null: none.
    """
    issued: Annotated[int, Field(ge=0, le=8589934592)]
    """
    Unix second in the signed text.
    """
    signature: Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2}){1,4096}$")]
    """
    65 bytes of a key, or what the contract wallet takes (ERC-1271).
    """


class SocialSummary(Model):
    """
    What people say about a strategy, in numbers.
    """

    strategy_id: int
    """
    The strategy.
    """
    leader: Profile | None
    """
    Its leader's profile; null: none.
    """
    watchers: int
    """
    People who watch it without money.
    """
    comments: int
    """
    Comments and replies that are shown.
    """
    annotations: int
    """
    Annotations by its leader that are shown.
    """
    reviews: Ratings
    """
    Its reviews.
    """


class Standing(Model):
    """
    What the operator of this server says of a leader. No chain data: it binds nobody on chain.
    """

    verified: StandingFact | None
    """
    The leader has shown who they are; null: not.
    """
    suspended: StandingFact | None
    """
    Not offered to new followers here; null: not. Exits go on.
    """
    stopped: StandingFact | None
    """
    Keepers carry nothing of theirs; null: they do.
    """


class Lines1(RootModel[FlowLine | FeeLine | FillLine | SkipLine]):
    root: Annotated[
        FlowLine | FeeLine | FillLine | SkipLine, Field(discriminator="kind")
    ]


class Statement(Model):
    """
    Everything that happened in a vault, and what it came to.
    """

    vault_id: int
    """
    The vault.
    """
    owner: str
    """
    Its owner, EIP-55.
    """
    status: Literal["Active", "Paused", "Left", "Suspended", "Exiting"]
    """
    Whether it copies.
    """
    status_reason: Reason | None
    """
    The limit that brought it there; null where none did.
    """
    strategy_id: int
    """
    The strategy it copies.
    """
    strategy_name: str
    """
    The strategy's name.
    """
    base_token: Token
    """
    All results are in this token.
    """
    method: Literal["average_cost", "fifo"]
    """
    Cost method of this statement; never mixed.
    """
    opened: EventRef
    """
    When the vault was opened.
    """
    flows: Flows
    """
    What came in and left.
    """
    balances: list[Balance]
    """
    What it holds, the base token first.
    """
    profit: Profit
    """
    The result.
    """
    terms: VersionedTerms
    """
    What the vault pays.
    """
    marks: Marks
    """
    What its results are measured against.
    """
    gain_fee: GainFee | None
    """
    What it would owe for its gain if all left now; null when equity is.
    """
    returns: Returns
    """
    The returns.
    """
    tracking: Tracking | None
    """
    Why the result is not the leader's; null for a leader's own vault.
    """
    execution: Execution
    """
    How fills were priced.
    """
    gas: GasCost
    """
    What the owner's own transactions in this vault cost, in the chain's own coin. Not part of `profit`: the vault does not pay it. One that did something in several vaults is in each of theirs; the account's `gas` counts it once.
    """
    filled: int
    """
    Trades copied.
    """
    skipped_by_reason: dict[str, int]
    """
    Reason → trades skipped for it.
    """
    lines: list[Lines1]
    """
    What happened, newest first; this page of it.
    """


class StatementAnswer(Model):
    """
    A statement with one page of its lines; every other figure is over the vault's whole life.
    """

    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Statement
    """
    The statement.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for older lines; null at the first.
    """


class Terms(Model):
    """
    What a strategy offers; all but the fees is fixed when it is created.
    """

    fees: VersionedTerms
    """
    What vaults that join now pay.
    """
    pending: PendingTerms | None
    """
    Dearer fees that wait; null: none.
    """
    protocol_bps: int
    """
    The protocol's share of every fee, for good.
    """
    max_slippage_bps: int
    """
    How much worse than the oracle a clearing may execute.
    """
    max_drift_bps: int
    """
    How much worse than the leader's own fill a later batch may execute.
    """
    copy_window_seconds: int
    """
    How long after the leader's fill later batches may copy it.
    """
    min_deposit: Amount
    """
    Smallest amount that a vault can open with.
    """


class TermsVersion(Model):
    """
    Terms from when on.
    """

    terms: VersionedTerms
    """
    What vaults that joined with them pay.
    """
    since: EventRef
    """
    When they began.
    """


class Trade(Model):
    """
    One instruction, and how far it has been copied.
    """

    id: str
    """
    `strategy-sequence`.
    """
    number: str
    """
    The id on chain: `strategy << 32 | sequence`.
    """
    strategy_id: int
    """
    The strategy that traded.
    """
    sequence: int
    """
    Counts the strategy's trades from 1, and apart from them what no leader gave.
    """
    kind: Literal["leader", "close", "manual"]
    """
    leader: copied into every member. close: a keeper, for vaults that stop or exit, together. manual: an owner, in an own vault.
    """
    by: str
    """
    Who began it, EIP-55: the leader, the keeper, or the owner.
    """
    pool: str
    """
    The pool, EIP-55.
    """
    token_in: Token
    """
    The token sold.
    """
    token_out: Token
    """
    The token bought.
    """
    portion: Decimal
    """
    The part of one's own holding of the token sold that was for sale; 1 is all.
    """
    portion_sold: Decimal | None
    """
    The part that really was sold, by the leader and everybody who copies; less than `portion` where a signed order's swap stopped at the limit price.
    """
    limit_price: Decimal
    """
    Least whole tokens bought for one whole token sold; 0: no limit of the leader's own.
    """
    status: Literal["copying", "completed"]
    """
    `copying` while positions wait for a later batch.
    """
    copy_deadline: AwareDatetime | None
    """
    Later batches may copy it until then; null where there are none.
    """
    filled: int
    """
    Vaults that took part, the leader's included.
    """
    skipped: int
    """
    Vaults that did not; each has a reason.
    """
    order: TradeOrder | None
    """
    The signed order that it came from; null where the leader traded without one.
    """
    opened: EventRef
    """
    The instruction on chain.
    """
    completed: Completion | None
    """
    When the last position was visited; null until then.
    """


class TradeDetail(Model):
    """
    A trade with its clearings.
    """

    id: str
    """
    `strategy-sequence`.
    """
    number: str
    """
    The id on chain: `strategy << 32 | sequence`.
    """
    strategy_id: int
    """
    The strategy that traded.
    """
    sequence: int
    """
    Counts the strategy's trades from 1, and apart from them what no leader gave.
    """
    kind: Literal["leader", "close", "manual"]
    """
    leader: copied into every member. close: a keeper, for vaults that stop or exit, together. manual: an owner, in an own vault.
    """
    by: str
    """
    Who began it, EIP-55: the leader, the keeper, or the owner.
    """
    pool: str
    """
    The pool, EIP-55.
    """
    token_in: Token
    """
    The token sold.
    """
    token_out: Token
    """
    The token bought.
    """
    portion: Decimal
    """
    The part of one's own holding of the token sold that was for sale; 1 is all.
    """
    portion_sold: Decimal | None
    """
    The part that really was sold, by the leader and everybody who copies; less than `portion` where a signed order's swap stopped at the limit price.
    """
    limit_price: Decimal
    """
    Least whole tokens bought for one whole token sold; 0: no limit of the leader's own.
    """
    status: Literal["copying", "completed"]
    """
    `copying` while positions wait for a later batch.
    """
    copy_deadline: AwareDatetime | None
    """
    Later batches may copy it until then; null where there are none.
    """
    filled: int
    """
    Vaults that took part, the leader's included.
    """
    skipped: int
    """
    Vaults that did not; each has a reason.
    """
    order: TradeOrder | None
    """
    The signed order that it came from; null where the leader traded without one.
    """
    opened: EventRef
    """
    The instruction on chain.
    """
    completed: Completion | None
    """
    When the last position was visited; null until then.
    """
    skipped_by_reason: dict[str, int]
    """
    Reason → vaults skipped for it.
    """
    clearings: list[Clearing]
    """
    The swaps that cleared it, in order.
    """
    transactions: list[Transaction]
    """
    What carried it to the hub and finished it, in order: who sent each, and what gas it cost. One of the newest block is here a moment after it.
    """
    gas_paid: Coins | None
    """
    What they cost in all; null until every one's receipt is read.
    """


class Vault(Model):
    """
    A vault: what one owner holds under one strategy.
    """

    id: int
    """
    Vault id.
    """
    strategy_id: int
    """
    The strategy it copies.
    """
    owner: str
    """
    The only one who can withdraw from it, EIP-55.
    """
    is_leader: bool
    """
    Whether it is the leader's own.
    """
    status: Literal["Active", "Paused", "Left", "Suspended", "Exiting"]
    """
    Active: it copies. Paused: the owner stopped copying for now. Suspended: a limit of its policy did, until the owner resumes. Exiting: it is for sale for base token, until the owner resumes. Left: it copies no more. Balances stay withdrawable in each.
    """
    status_reason: Reason | None
    """
    The limit that brought it there; null where none did.
    """
    referrer: str | None
    """
    Who gets a share of the leader's part of its fees; null: nobody.
    """
    terms: VersionedTerms
    """
    What it pays; all 0 for a leader's own vault.
    """
    marks: Marks
    """
    What its results are measured against.
    """
    policy: Policy | None
    """
    The rules in force; null for a leader's own vault.
    """
    balances: list[Amount]
    """
    What it holds; tokens it has none of are left out.
    """
    held_back: list[Amount]
    """
    Withheld from what left without a price, until there is one.
    """
    fees: list[FeesPaid]
    """
    What it has paid, kind by kind; kinds of nothing are left out.
    """
    filled: int
    """
    Trades copied into it.
    """
    skipped: int
    """
    Trades not copied into it; each has a reason.
    """
    opened: EventRef
    """
    When it was opened.
    """


class VaultStanding(Model):
    """
    A vault in a portfolio: its present, and its result since it was opened.
    """

    vault_id: int
    """
    The vault.
    """
    strategy_id: int
    """
    The strategy it copies.
    """
    strategy_name: str
    """
    The strategy's name.
    """
    is_leader: bool
    """
    Whether it is the leader's own.
    """
    status: Literal["Active", "Paused", "Left", "Suspended", "Exiting"]
    """
    Whether it copies.
    """
    flows: Flows
    """
    What came in and left.
    """
    balances: list[Balance]
    """
    What it holds, with its FIFO lots; the base token first.
    """
    profit: Profit
    """
    The result by FIFO, with fees by kind.
    """
    returns: Returns
    """
    The returns.
    """
    sync_score: Decimal | None
    """
    1: invested exactly as the leader; null: a leader's own, or not known.
    """


class Annotation(Model):
    """
    What a leader wrote about a trade.
    """

    id: int
    """
    Its number.
    """
    trade_id: str
    """
    The trade.
    """
    strategy_id: int
    """
    The strategy.
    """
    traded: AwareDatetime
    """
    The time of the trade's block, UTC.
    """
    written: AwareDatetime
    """
    When it was first written, UTC.
    """
    after_trade_s: int
    """
    Seconds between the trade's block and the ledger's last block when it was written: what the leader could have known by then.
    """
    text: str | None
    """
    What it says now.
    """
    state: Literal["shown", "withdrawn", "hidden"]
    """
    `withdrawn`: its author took it back. `hidden`: staff hid it, and `hidden` says why.
    """
    hidden: Hidden | None
    """
    Why staff hid it; null: it did not.
    """
    revisions: list[AnnotationRevision]
    """
    Everything that was ever written, the oldest first, what it says now included. Empty where staff hid it.
    """


class AnswerFeeStatement(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: FeeStatement
    """
    What was asked for.
    """


class AnswerOrder(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Order
    """
    What was asked for.
    """


class AnswerPaperStatement(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: PaperStatement
    """
    What was asked for.
    """


class AnswerProtocolFees(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: ProtocolFees
    """
    What was asked for.
    """


class AnswerProtocol(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Protocol
    """
    What was asked for.
    """


class AnswerReferrals(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Referrals
    """
    What was asked for.
    """


class AnswerTradeDetail(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: TradeDetail
    """
    What was asked for.
    """


class AnswerVault(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Vault
    """
    What was asked for.
    """


class AnswerListMarket(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Market]
    """
    What was asked for.
    """


class AnswerListPool(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Pool]
    """
    What was asked for.
    """


class ClaimOrder(Model):
    """
    A handle to be claimed.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    handle: Annotated[
        str,
        Field(max_length=20, min_length=3, pattern="^[A-Za-z](_?[A-Za-z0-9]){2,19}$"),
    ]
    """
    3 to 20 Latin letters, digits and single `_`, beginning with a letter. What looks like another's is theirs, in capitals or not.
    """
    outside: OutsideHandle | None = None
    """
    A handle elsewhere; null: none.
    """


class Comment(Model):
    """
    A comment with what was replied.
    """

    id: int
    """
    Its number.
    """
    strategy_id: int
    """
    The strategy.
    """
    reply_to: int | None
    """
    The comment it replies to; null: none.
    """
    author: Author
    """
    Who is seen as its author.
    """
    written: AwareDatetime
    """
    When it was written, UTC.
    """
    edited: AwareDatetime | None
    """
    When it was last changed, UTC; null: never.
    """
    text: str | None
    """
    Plain text; null where it is not shown.
    """
    state: Literal["shown", "withdrawn", "hidden"]
    """
    `withdrawn`: its author took it back. `hidden`: staff hid it, and `hidden` says why.
    """
    hidden: Hidden | None
    """
    Why staff hid it; null: it did not.
    """
    replies: list[Reply]
    """
    The oldest first, 50 at most.
    """


class CommentHistory(Model):
    """
    A comment with all that it said.
    """

    comment: Comment
    """
    As it is now.
    """
    revisions: list[CommentRevision]
    """
    The oldest first; empty where it is not shown now.
    """


class Comments(Model):
    """
    Part of the comments on a strategy.
    """

    data: list[Comment]
    """
    Threads, the newest first.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class Copy(Model):
    """
    What a trade did in one vault. The leader's own vault has one too.
    """

    copy_id: str
    """
    keccak256(abi.encode(chainId, hub, tradeId, vaultId, policyRevision)).
    """
    trade: str
    """
    Id of the trade.
    """
    vault_id: int
    """
    The vault.
    """
    owner: str
    """
    Its owner, EIP-55.
    """
    is_leader: bool
    """
    Whether it is the leader's own vault.
    """
    policy_revision: int
    """
    The revision of the vault's policy that applied.
    """
    status: Literal["filled", "skipped"]
    """
    Whether the vault took part.
    """
    reason: Reason | None
    """
    Why it did not; null where it did.
    """
    fill: Fill | None
    """
    What it paid and got; null where it was skipped.
    """
    event: EventRef
    """
    The event on chain that says so.
    """


class Delivery(Model):
    """
    A notice on its way to a channel.
    """

    id: int
    """
    Its number.
    """
    message_id: str
    """
    The same in every attempt: `webhook-id`.
    """
    channel_id: int
    """
    Where it goes.
    """
    state: Literal["waiting", "quiet", "digested", "sent", "dead", "dropped"]
    """
    `quiet`: waits for the digest; `digested`: went with one; `dead`: given up; `dropped`: taken back before it was said, or its channel is gone.
    """
    next_attempt: AwareDatetime | None
    """
    When it is tried next, UTC; null: not again.
    """
    notice: Notice
    """
    What it says.
    """
    attempts: list[DeliveryAttempt]
    """
    In order.
    """


class Leader(Model):
    """
    A strategy in the list of leaders, over the window asked for.
    """

    window: Literal["24h", "7d", "30d", "90d", "365d", "all"]
    """
    How far back it goes, today included.
    """
    as_of: AwareDatetime
    """
    Time of the block that it is as of, UTC: younger than an hour.
    """
    as_of_block: int
    """
    That block's number.
    """
    history_days: int
    """
    Whole days since the leader's vault was opened.
    """
    bars: list[
        Literal[
            "short_history",
            "few_trades",
            "small_stake",
            "wash_trading",
            "no_risk_taken",
        ]
    ]
    """
    Why there is no rank_score; empty: there is one.
    """
    warnings: list[Literal["style_change", "martingale"]]
    """
    What takes one off the rank_score each.
    """
    metrics: Metrics
    """
    The figures.
    """
    strategy_id: int
    """
    The strategy.
    """
    name: str
    """
    The leader's word for it.
    """
    leader: str
    """
    Who trades it, EIP-55.
    """
    base_token: Token
    """
    What it is counted in.
    """
    closed: bool
    """
    Whether the leader has left it. Its history stays.
    """
    created: EventRef
    """
    When it was created.
    """
    standing: Standing
    """
    What the operator says of the leader.
    """


class LeaderProfile(Model):
    """
    All about one leader: what was made, and what followers got of it, side by side.
    """

    strategy_id: int
    """
    The strategy.
    """
    name: str
    """
    The leader's word for it.
    """
    leader: str
    """
    Who trades it, EIP-55.
    """
    base_token: Token
    """
    What it is counted in.
    """
    closed: bool
    """
    Whether the leader has left it. Its history stays.
    """
    created: EventRef
    """
    When it was created.
    """
    standing: Standing
    """
    What the operator says of the leader.
    """
    windows: list[Window]
    """
    The metrics of every window.
    """
    months: list[Month]
    """
    The monthly grid, oldest first.
    """
    market_mix: list[MarketShare]
    """
    Tokens by what was bought of them.
    """
    curve: list[CurvePoint]
    """
    Ends of days, or of hours for 24h, and now; of a long life every so many days: at most 400 points.
    """
    gas: GasCost
    """
    What the leader's own transactions with events of the hub cost, those for other strategies too, in the chain's own coin; in no metric.
    """
    terms_history: list[TermsVersion]
    """
    Every version of the fee terms, oldest first.
    """


class MyProfile(Model):
    """
    The caller's own.
    """

    profile: Profile | None
    """
    The profile; null: none.
    """
    reserved: list[str]
    """
    Handles that are kept for the caller, the newest first.
    """


class Overview(Model):
    """
    The state of the hub and of those who run it.
    """

    as_of_block: BlockRef
    """
    Last block in the ledger.
    """
    lag_blocks: int | None
    """
    Blocks behind the indexer's node; null before it told of one.
    """
    head_seen: AwareDatetime | None
    """
    When the indexer last heard of a new block, UTC.
    """
    mismatches: int | None
    """
    Balances that differed from the chain when last compared; null: never compared.
    """
    protocol: Protocol
    """
    Vaults, trades, copies and holdings, as at `/v1/protocol`.
    """
    users: int
    """
    Addresses that ever signed in or were granted something.
    """
    open_sessions: int
    """
    Sessions that are open now, on every hub.
    """
    staff: dict[str, int]
    """
    Role → to how many it is granted.
    """
    open_orders: int
    """
    Signed orders in the inbox that may still fill.
    """
    keepers: list[Keeper]
    """
    Every keeper that ever worked here.
    """
    stops: list[Stop]
    """
    Operators' stops that hold.
    """
    incidents: list[Incident]
    """
    Open incidents.
    """
    waiting_proposals: int
    """
    Proposals of the newest hundred that wait for a second person.
    """


class OwnPosts(Model):
    """
    What of all that is said about a strategy is the caller's.
    """

    comments: list[int]
    """
    Comments and replies, the newest first, 100 at most.
    """
    review: Review | None
    """
    The review, in whichever state; null: none.
    """


class PageAnnotation(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Annotation]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageCopy(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Copy]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageLeader(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Leader]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageTrade(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Trade]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageVault(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Vault]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class Portfolio(Model):
    """
    All of an owner: idle money is in the account.
    """

    owner: str
    """
    The owner, EIP-55.
    """
    totals: list[Total]
    """
    One for each base token.
    """
    vaults: list[VaultStanding]
    """
    By id; the first 100.
    """
    left_out: int
    """
    Vaults beyond these, in no total: list them with `/v1/vaults`.
    """


class Strategy(Model):
    """
    A leader's offer.
    """

    id: int
    """
    Strategy id.
    """
    name: str
    """
    What the leader calls it.
    """
    leader: str
    """
    Who trades it, EIP-55.
    """
    leader_vault_id: int
    """
    The leader's own vault: skin in the game.
    """
    base_token: Token
    """
    Token in which followers join and results are counted.
    """
    terms: Terms
    """
    Fees and what a vault can rely on.
    """
    limits: Limits | None
    """
    What binds the leader; null for a strategy of a hub that knew no such limits.
    """
    halted: bool
    """
    Whether leader, guardian or owner stopped its entries and trades; exits go on. A halt of all strategies is the protocol's `halted`.
    """
    followers: Followers
    """
    How many copy it.
    """
    trades: int
    """
    Trades so far.
    """
    created: EventRef
    """
    When it was created.
    """


class StrategyDetail(Model):
    """
    A strategy with what it may trade and how it has done.
    """

    id: int
    """
    Strategy id.
    """
    name: str
    """
    What the leader calls it.
    """
    leader: str
    """
    Who trades it, EIP-55.
    """
    leader_vault_id: int
    """
    The leader's own vault: skin in the game.
    """
    base_token: Token
    """
    Token in which followers join and results are counted.
    """
    terms: Terms
    """
    Fees and what a vault can rely on.
    """
    limits: Limits | None
    """
    What binds the leader; null for a strategy of a hub that knew no such limits.
    """
    halted: bool
    """
    Whether leader, guardian or owner stopped its entries and trades; exits go on. A halt of all strategies is the protocol's `halted`.
    """
    followers: Followers
    """
    How many copy it.
    """
    trades: int
    """
    Trades so far.
    """
    created: EventRef
    """
    When it was created.
    """
    tokens: list[Token]
    """
    Tokens it may hold, the base token first.
    """
    pools: list[Pool]
    """
    Pools it may trade in.
    """
    leader_equity: Amount | None
    """
    Worth of the leader's own vault; null when a token has no recorded price.
    """
    returns: Returns
    """
    Returns of the leader's own vault: the leader pays the same price as every follower.
    """


class AnswerLeaderProfile(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: LeaderProfile
    """
    What was asked for.
    """


class AnswerPortfolio(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: Portfolio
    """
    What was asked for.
    """


class AnswerStrategyDetail(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: StrategyDetail
    """
    What was asked for.
    """


class Deliveries(Model):
    """
    A page of the log.
    """

    deliveries: list[Delivery]
    """
    Newest first.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """


class PageStrategy(Model):
    as_of_block: BlockRef
    """
    Last block that the answer takes into account, and all of it.
    """
    data: list[Strategy]
    """
    The things on this page.
    """
    next_cursor: str | None
    """
    Send it as `cursor` for the next page; null on the last.
    """
