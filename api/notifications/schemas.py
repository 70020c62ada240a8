"""What the API says about channels, rules and deliveries, and what it is told about them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import HASH_EXAMPLE, UINT32_MAX, Schema
from notices.book.rules import MOST_NAMED
from notices.book.targets import MOST_PUSH, ChannelKind

RuleKind = Literal[
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
NoticeKind = Literal[RuleKind, "confirmation", "taken_back", "digest"]
ChannelState = Literal["pending", "confirmed", "off"]
DeliveryState = Literal["waiting", "quiet", "digested", "sent", "dead", "dropped"]

_Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Id = Annotated[int, Field(strict=True, ge=0, le=UINT32_MAX)]
_Bps = Annotated[int, Field(strict=True, ge=1, le=9_999)]
_NAMED = Field(max_length=MOST_NAMED)


class QuietHours(BaseModel):
    """When only urgent notices come; the others come together afterwards. The same time twice: never."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: _Clock = Field(description="Begins, on the zone's clock.", examples=["22:00"])
    until: _Clock = Field(description="Ends, on the zone's clock.", examples=["07:00"])
    zone: str = Field(max_length=64, description="Time zone, by its IANA name.", examples=["Europe/Berlin"])


class PushKeys(BaseModel):
    """A browser's keys, as its PushSubscription has them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    p256dh: str = Field(
        pattern=r"^[A-Za-z0-9_-]{87}=?$",
        description="Its public key, base64url: what is pushed is encrypted for it (RFC 8291).",
        examples=["BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"],
    )
    auth: str = Field(
        pattern=r"^[A-Za-z0-9_-]{22}(==)?$",
        description="Its secret, base64url. Never told.",
        examples=["BTBZMqHH6r4Tts7J_aSIgg"],
    )


class ChannelOrder(BaseModel):
    """A channel to be added."""

    model_config = ConfigDict(extra="forbid")

    kind: ChannelKind = Field(description="How it is reached.", examples=["webhook"])
    address: str = Field(
        min_length=3,
        max_length=MOST_PUSH,
        description="An https URL, of a server or a browser's push service; an e-mail address; or an Apprise "
        "URL of Discord, Google Chat, Pushover, "
        "Slack or Telegram (`discord://…`, `gchat://…`, `pover://…`, `slack://…`, `tgram://…`). Never told "
        "again.",
        examples=["https://example.org/lockstep"],
    )
    secret: str | None = Field(
        default=None,
        max_length=120,
        description="Webhooks only: `whsec_` and the base64 of 24 to 64 random bytes. Never told.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    keys: PushKeys | None = Field(default=None, description="Push messages only: the browser's keys.")
    label: str = Field(pattern=r"^[^\x00-\x1f]{1,60}$", description="What you call it.", examples=["desk"])
    quiet_hours: QuietHours | None = Field(default=None, description="When it is quiet; null: never.")


class Confirmation(BaseModel):
    """The code that came by a channel."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[0-9]{8}$", description="Eight digits.", examples=["00000000"])


class Channel(Schema):
    """A channel, without what opens it."""

    id: int = Field(description="Its number.", examples=[1])
    kind: ChannelKind = Field(description="How it is reached.", examples=["webhook"])
    label: str = Field(description="What you call it.", examples=["desk"])
    leads_to: str = Field(description="Enough to know it by.", examples=["https://example.org/…"])
    state: ChannelState = Field(
        description="`pending`: its code has not come back; nothing else is sent to it. `off`: the other "
        "side answered 410, or a push service 404, and wants no more.",
        examples=["confirmed"],
    )
    quiet_hours: QuietHours | None = Field(description="When it is quiet; null: never.")
    created: datetime = Field(description="When it was added, UTC.", examples=["2024-01-05T12:00:00Z"])
    confirmed: datetime | None = Field(
        description="When its code came back, UTC; null: not yet.", examples=["2024-01-05T12:01:00Z"]
    )


class PushKey(Schema):
    """What browsers subscribe to."""

    key: str | None = Field(
        description="The server's public key (RFC 8292), base64url: `applicationServerKey`; null: it sends "
        "no push messages.",
        examples=["BNDJ2X4m0lyUD3V3mPJ8oMxTIsMTxZNt3wFOoZJ3rbeO8H5Aj1jq3NlG0tEAX4kW2cKK5oGv0z1gYFM7cGkWoaE"],
    )


class Channels(Schema):
    """All channels of the caller."""

    channels: list[Channel] = Field(description="Oldest first.")


class RuleOrder(BaseModel):
    """What to be told of, on which channel."""

    model_config = ConfigDict(extra="forbid")

    channel_id: _Id = Field(description="One of your channels.", examples=[1])
    kinds: list[RuleKind] = Field(
        min_length=1,
        max_length=20,
        description="What is told. The last three are for staff.",
        examples=[["copy_skipped", "stop_near", "stop_hit"]],
    )
    vaults: list[_Id] = Field(
        default=[],
        max_length=MOST_NAMED,
        description="Only of these of your vaults; empty: of all.",
        examples=[[42]],
    )
    strategies: list[_Id] = Field(
        default=[],
        max_length=MOST_NAMED,
        description="Only of these strategies; empty: of all that you follow or lead. `leader_traded` needs "
        "them.",
        examples=[[3]],
    )
    stop_left_bps: _Bps = Field(
        default=2_000,
        description="`stop_near`: told when less than this share of a limit is left.",
        examples=[2_000],
    )
    drawdown_bps: _Bps = Field(
        default=1_000, description="`drawdown`: told when a vault has fallen so far.", examples=[1_000]
    )
    sync_bps: _Bps = Field(
        default=9_000, description="`out_of_sync`: told below this sync score.", examples=[9_000]
    )


class Rule(Schema):
    """A rule of the caller."""

    id: int = Field(description="Its number.", examples=[1])
    channel_id: int = Field(description="Where it is told.", examples=[1])
    kinds: list[RuleKind] = Field(description="What is told.", examples=[["stop_hit"]])
    vaults: list[int] = Field(description="Only of these vaults; empty: of all.", examples=[[42]])
    strategies: list[int] = Field(description="Only of these strategies; empty: of all.", examples=[[3]])
    stop_left_bps: int = Field(description="What is left of a limit when a stop is near.", examples=[2_000])
    drawdown_bps: int = Field(description="Fall that is told.", examples=[1_000])
    sync_bps: int = Field(description="Sync score below which it is told.", examples=[9_000])
    created: datetime = Field(description="When it was made, UTC.", examples=["2024-01-05T12:00:00Z"])


class Rules(Schema):
    """All rules of the caller on this hub."""

    rules: list[Rule] = Field(description="Oldest first.")


class NoticeBlock(Schema):
    """The block that a notice follows from."""

    number: int = Field(description="Block number.", examples=[1042])
    hash: str = Field(description="Block hash.", examples=[HASH_EXAMPLE])


class Notice(Schema):
    """A fact that was told."""

    id: int = Field(description="Its number.", examples=[1])
    kind: NoticeKind = Field(description="What it is about.", examples=["stop_hit"])
    title: str = Field(description="In short.", examples=["Vault 42 has reached its stop loss"])
    text: str = Field(description="In full.", examples=["The vault had lost as much as its policy allows."])
    page: str = Field(description="The dApp's page of it.", examples=["/vaults/42"])
    vault_id: int | None = Field(description="The vault it is about.", examples=[42])
    strategy_id: int | None = Field(description="The strategy it is about.", examples=[3])
    block: NoticeBlock | None = Field(description="The block it follows from; null: none.")
    transaction: str | None = Field(
        description="The transaction, where there is one.", examples=[HASH_EXAMPLE]
    )
    at: datetime = Field(description="When it happened, UTC.", examples=["2024-01-05T12:00:00Z"])
    taken_back: datetime | None = Field(
        description="When the chain took its block back, UTC; null: it holds.", examples=[None]
    )
    takes_back: int | None = Field(description="The notice that this one takes back.", examples=[None])


class DeliveryAttempt(Schema):
    """One attempt of a delivery."""

    number: int = Field(description="Counts from 1.", examples=[1])
    at: datetime = Field(description="When it began, UTC.", examples=["2024-01-05T12:00:01Z"])
    took_ms: int | None = Field(description="How long it took; null: it has no end yet.", examples=[84])
    ok: bool | None = Field(description="Whether it was taken; null: not known.", examples=[True])
    answer: str | None = Field(description="What was answered, in short.", examples=["200 ok"])


class Delivery(Schema):
    """A notice on its way to a channel."""

    id: int = Field(description="Its number.", examples=[1])
    message_id: str = Field(
        description="The same in every attempt: `webhook-id`.",
        examples=["msg_8c1f0e2d3a4b59687786a5b4c3d2e1f0"],
    )
    channel_id: int = Field(description="Where it goes.", examples=[1])
    state: DeliveryState = Field(
        description="`quiet`: waits for the digest; `digested`: went with one; `dead`: given up; `dropped`: "
        "taken back before it was said, or its channel is gone.",
        examples=["sent"],
    )
    next_attempt: datetime | None = Field(
        description="When it is tried next, UTC; null: not again.", examples=[None]
    )
    notice: Notice = Field(description="What it says.")
    attempts: list[DeliveryAttempt] = Field(description="In order.")


class Deliveries(Schema):
    """A page of the log."""

    deliveries: list[Delivery] = Field(description="Newest first.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=["WzEwMTcsMTJd"]
    )


class Done(Schema):
    """It is done."""

    done: Literal[True] = Field(default=True, description="Always true.", examples=[True])
