"""Notices and their deliveries: put down once, claimed when due, and noted what became of them."""

import json
import random
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update
from sqlalchemy.orm import Session

from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing
from notices.book.errors import UnknownDeliveryError
from notices.book.kinds import URGENT, Draft, Kind
from notices.book.models import Channel, Delivery, DeliveryAttempt, Notice
from notices.book.quiet import QuietHours

LOCK = 0x10C_0701
"""The lock of notices' writers: keepers need not wait for them."""

NOWHERE = (0, "")
"""Chain and hub of notices that are about a channel itself."""

DELAYS_S = (5, 30, 120, 600, 3_600, 10_800, 21_600)
"""Seconds before the second attempt, the third, and so on; after the last attempt it is dead."""
_JITTER = 0.25
LEASE_US = 120_000_000
"""How long one sender has what it claimed; after a crash another takes it then."""
MOST_IN_DIGEST = 100
MOST_AT_ONCE = 20
"""Notices of one step that go to a person one by one; more go as a digest."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this process's to attempt."""

    delivery: Delivery
    notice: Notice
    channel: Channel


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to.

    `final`: another would come to the same; `closed`: the other side wants no more.
    """

    ok: bool
    answer: str
    took_us: int
    final: bool = False
    closed: bool = False


def put(
    connection: Connection, place: tuple[int, str], draft: Draft, channels: Collection[Channel], *, now: int
) -> bool:
    """Put down a notice and a delivery to each channel; False where the fact was told before."""
    block = draft.block or (None, None)
    values = {
        "chain_id": place[0],
        "hub": place[1],
        "key": draft.key,
        "kind": draft.kind,
        "urgent": draft.kind in URGENT,
        "title": draft.title,
        "text": draft.text,
        "facts": json.dumps(draft.facts),
        "path": draft.path,
        "vault_id": draft.vault_id,
        "strategy_id": draft.strategy_id,
        "block_number": block[0],
        "block_hash": block[1],
        "tx_hash": draft.tx_hash,
        "log_index": draft.log_index,
        "at": draft.at,
        "made_us": now,
    }
    return _put(connection, values, channels, now) is not None


def put_own(
    connection: Connection,
    channel_id: int,
    kind: Kind,
    *,
    key: str,
    title: str,
    text: str,
    facts: dict[str, Any],
    now: int,
) -> int:
    """Put down a notice that is for one channel and about it; its number."""
    values = {
        "chain_id": NOWHERE[0],
        "hub": NOWHERE[1],
        "key": key,
        "kind": kind,
        "urgent": True,
        "title": title,
        "text": text,
        "facts": json.dumps(facts),
        "path": "/dashboard",
        "at": now // 1_000_000,
        "made_us": now,
    }
    number = connection.execute(insert(Notice).values(**values).returning(Notice.id)).scalar_one()
    _deliver(connection, number, channel_id, "waiting", now)
    return number


def take_back(connection: Connection, place: tuple[int, str], ancestor: int, *, now: int) -> int:
    """Say of every notice that followed from a block above one that it no longer holds; how many did.

    What was not said yet is dropped instead.
    """
    gone = (
        Notice.chain_id == place[0],
        Notice.hub == place[1],
        Notice.block_number > ancestor,
        Notice.taken_back_us.is_(None),
    )
    rows = connection.execute(select(Notice.__table__).where(*gone)).mappings().all()
    for row in rows:
        number = row["id"]
        # The key is free again: the chain may come back to the block.
        values = {"taken_back_us": now, "key": f"gone {number} {row['key']}"[:200]}
        connection.execute(update(Notice).where(Notice.id == number).values(**values))
        said = select(Delivery.channel_id).where(
            Delivery.notice_id == number, (Delivery.attempts > 0) | (Delivery.state == "digested")
        )
        told = connection.execute(select(Channel.__table__).where(Channel.id.in_(said))).mappings().all()
        on_its_way = (Delivery.notice_id == number, Delivery.state.in_(("waiting", "quiet")))
        connection.execute(update(Delivery).where(*on_its_way).values(state="dropped", done_us=now))
        live = [Channel(**each) for each in told if each["state"] == "confirmed"]
        if live:
            _put(connection, _withdrawal(row, now), live, now)
    return len(rows)


class Outbox:
    """The deliveries of a database, as those who send them see it."""

    def __init__(self, engine: Engine, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._clock = clock

    def claim(self, most: int) -> list[Claimed]:
        """Take what is due; nobody else has it until the lease ends. Attempts are noted before they begin."""
        now = self._clock()
        is_due = (Delivery.state == "waiting", Delivery.next_us <= now)
        if not self._any(*is_due):
            return []
        with writing(self._engine, LOCK) as connection:
            due = (
                select(Delivery.id, Delivery.attempts)
                .where(*is_due)
                .order_by(Delivery.next_us, Delivery.id)
                .limit(most)
            )
            found = [tuple(row) for row in connection.execute(due)]
            for number, attempts in found:
                values = {"attempts": attempts + 1, "next_us": now + LEASE_US}
                connection.execute(update(Delivery).where(Delivery.id == number).values(**values))
                note = {"delivery_id": number, "number": attempts + 1, "at_us": now}
                connection.execute(insert(DeliveryAttempt).values(**note))
        if not found:
            return []
        query = (
            select(Delivery, Notice, Channel)
            .join(Notice, Notice.id == Delivery.notice_id)
            .join(Channel, Channel.id == Delivery.channel_id)
            .where(Delivery.id.in_([number for number, _ in found]))
            .order_by(Delivery.id)
        )
        with Session(self._engine, expire_on_commit=False) as session:
            return [Claimed(*row) for row in session.execute(query)]

    def note(self, claimed: Claimed, outcome: Outcome) -> str:
        """Note what an attempt came to; the delivery's new state."""
        now, delivery = self._clock(), claimed.delivery
        number = delivery.attempts
        with writing(self._engine, LOCK) as connection:
            connection.execute(
                update(DeliveryAttempt)
                .where(DeliveryAttempt.delivery_id == delivery.id, DeliveryAttempt.number == number)
                .values(took_us=outcome.took_us, ok=outcome.ok, answer=outcome.answer[:300])
            )
            values: dict[str, Any] = {"state": "sent", "done_us": now}
            if not outcome.ok and (outcome.final or outcome.closed or number > len(DELAYS_S)):
                values = {"state": "dead", "done_us": now}
            elif not outcome.ok:
                values = {"state": "waiting", "next_us": now + _delay_us(number)}
            own = (Delivery.id == delivery.id, Delivery.attempts == number, Delivery.state == "waiting")
            connection.execute(update(Delivery).where(*own).values(**values))
            if outcome.closed:
                pending = (
                    Delivery.channel_id == claimed.channel.id,
                    Delivery.state.in_(("waiting", "quiet")),
                )
                connection.execute(update(Delivery).where(*pending).values(state="dropped", done_us=now))
                confirmed = (Channel.id == claimed.channel.id, Channel.state.in_(("confirmed", "pending")))
                connection.execute(update(Channel).where(*confirmed).values(state="off"))
        return str(values["state"])

    def digest(self) -> int:
        """Gather what was quiet of every channel where it no longer is; how many digests were made."""
        now, made = self._clock(), 0
        if not self._any(Delivery.state == "quiet"):
            return 0
        with writing(self._engine, LOCK) as connection:
            silent = select(Delivery.channel_id).where(Delivery.state == "quiet").distinct()
            query = select(Channel.__table__).where(Channel.id.in_(silent))
            for row in connection.execute(query).mappings().all():
                channel = Channel(**row)
                if not hours_of(channel).hold(now):
                    made += _digest(connection, channel, now)
        return made

    def _any(self, *where: ColumnElement[bool]) -> bool:
        """Look before the lock is taken: mostly there is nothing."""
        with self._engine.connect() as connection:
            return connection.scalar(select(Delivery.id).where(*where).limit(1)) is not None

    def retry(self, owner: str, number: int) -> None:
        """Attempt a dead delivery once more. Raises `UnknownDeliveryError`."""
        theirs = select(Channel.id).where(Channel.owner == owner, Channel.state == "confirmed")
        with writing(self._engine, LOCK) as connection:
            own = (Delivery.id == number, Delivery.channel_id.in_(theirs), Delivery.state == "dead")
            values = {"state": "waiting", "next_us": self._clock(), "done_us": None}
            if connection.execute(update(Delivery).where(*own).values(**values)).rowcount != 1:
                raise UnknownDeliveryError(
                    f"There is no dead delivery {number} to a confirmed channel of yours.",
                    remedy="List them with GET /v1/notifications/deliveries?state=dead.",
                )


def hours_of(channel: Channel) -> QuietHours:
    """The quiet hours of a channel."""
    return QuietHours(channel.quiet_from, channel.quiet_until, channel.zone)


def _put(
    connection: Connection, values: dict[str, Any], channels: Collection[Channel], now: int
) -> int | None:
    if not insert_new(connection, Notice, **values):
        return None
    own = (
        Notice.chain_id == values["chain_id"],
        Notice.hub == values["hub"],
        Notice.key == values["key"],
    )
    number = connection.execute(select(Notice.id).where(*own)).scalar_one()
    for channel in channels:
        quiet = not values["urgent"] and (hours_of(channel).hold(now) or _crowded(connection, channel, now))
        _deliver(connection, number, channel.id, "quiet" if quiet else "waiting", now)
    return number


def _crowded(connection: Connection, channel: Channel, now: int) -> bool:
    """Whether so much was put down for a person at this moment that the rest goes together."""
    if channel.kind == "webhook":
        return False
    lately = select(func.count()).where(Delivery.channel_id == channel.id, Delivery.made_us == now)
    return (connection.scalar(lately) or 0) >= MOST_AT_ONCE


def _deliver(connection: Connection, notice_id: int, channel_id: int, state: str, now: int) -> None:
    connection.execute(
        insert(Delivery).values(
            notice_id=notice_id,
            channel_id=channel_id,
            message=f"msg_{secrets.token_hex(16)}",
            state=state,
            attempts=0,
            next_us=now,
            made_us=now,
        )
    )


def _withdrawal(row: Any, now: int) -> dict[str, Any]:
    """The notice that takes another back."""
    title = f"Taken back: {row['title']}"
    text = (
        f"The chain replaced block {row['block_number']}, so this no longer holds: {row['text']} "
        "If it happened again in another block, you hear of it anew."
    )
    kept = ("chain_id", "hub", "urgent", "path", "vault_id", "strategy_id", "at")
    return {name: row[name] for name in kept} | {
        "key": f"back {row['id']}",
        "kind": Kind.TAKEN_BACK,
        "title": title,
        "text": text,
        "facts": json.dumps({"kind": row["kind"], "notice": row["id"], "block": row["block_number"]}),
        "made_us": now,
        "of": row["id"],
    }


def _digest(connection: Connection, channel: Channel, now: int) -> int:
    query = (
        select(Delivery.id, Notice.id, Notice.kind, Notice.title, Notice.text)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Delivery.channel_id == channel.id, Delivery.state == "quiet")
        .order_by(Delivery.id)
        .limit(MOST_IN_DIGEST)
    )
    rows: Sequence[Any] = connection.execute(query).all()
    if not rows:
        return 0
    number = put_own(
        connection,
        channel.id,
        Kind.DIGEST,
        key=f"digest {channel.id} {rows[0][0]}",
        title=f"{len(rows)} notices",
        text="\n".join(f"- {title}: {text}" for _, _, _, title, text in rows),
        facts={"notices": [{"notice": each[1], "kind": each[2], "title": each[3]} for each in rows]},
        now=now,
    )
    gathered = Delivery.id.in_([each[0] for each in rows])
    values = {"state": "digested", "digest": number, "done_us": now}
    connection.execute(update(Delivery).where(gathered).values(**values))
    return 1


def _delay_us(attempts: int) -> int:
    seconds = DELAYS_S[attempts - 1]
    return int(seconds * 1_000_000 * (1 + random.uniform(-_JITTER, _JITTER)))  # noqa: S311 - no secret
