"""Answers about channels, rules and deliveries. Nothing is sent from here: `lockstep notify` does that."""

import threading
from typing import cast

from eth_utils.address import to_checksum_address
from fastapi import Request
from sqlalchemy import Engine

from access.roles import NEEDS_SECOND_FACTOR, STAFF
from access.sealing import VARIABLE, Seal
from api.access.caller import Caller
from api.notifications import repository, schemas
from api.notifications.problems import (
    ChannelRefusedError,
    NotificationsUnavailableError,
    refusals,
)
from api.notifications.repository import DeliveryRow
from api.paging import cut, decode_cursor
from api.schemas import utc, utc_of_microseconds
from api.snapshot import Snapshot
from notices.book import models, quiet
from notices.book.channels import Channels
from notices.book.kinds import Kind
from notices.book.migrations import upgrade
from notices.book.outbox import Outbox
from notices.book.push_key import VARIABLE as PUSH_KEY
from notices.book.rules import Rules, Standing, Wish
from notices.book.targets import ChannelKind, Receiver

_CURSOR = "deliveries"


class Notifications:
    """The tables of notices, made when the first asks for them. Without a seal there are none.

    `push_key` is the public half of the key that push messages are signed with; without it none are sent.
    """

    def __init__(
        self, engine: Engine, seal: Seal | None, *, push_key: str | None = None, local: bool = False
    ) -> None:
        self.push_key = push_key
        self._engine = engine
        self._seal = seal
        self._local = local
        self._ready = False
        self._lock = threading.Lock()

    @property
    def channels(self) -> Channels:
        """Everybody's channels. Raises `NotificationsUnavailableError`."""
        if self._seal is None:
            raise NotificationsUnavailableError(
                "This server has no key to keep channels with.", remedy=f"The operator sets {VARIABLE}."
            )
        self._make()
        return Channels(self._engine, self._seal, local=self._local)

    @property
    def made(self) -> Engine:
        """The database, with the tables in it."""
        self._make()
        return self._engine

    @property
    def outbox(self) -> Outbox:
        """Everybody's deliveries."""
        self._make()
        return Outbox(self._engine)

    def rules(self, snapshot: Snapshot) -> Rules:
        """Everybody's rules on a hub."""
        self._make()
        deployment = snapshot.deployment
        return Rules(self._engine, chain_id=deployment.chain_id, hub=deployment.hub)

    def _make(self) -> None:
        with self._lock:
            if not self._ready:
                upgrade(self._engine)
                self._ready = True


def notifications(request: Request) -> Notifications:
    """The app's notifications."""
    found: Notifications = request.app.state.notifications
    return found


def list_channels(of: Notifications, caller: Caller) -> schemas.Channels:
    """Return the caller's channels."""
    return schemas.Channels(channels=[_channel(each) for each in of.channels.all(_owner(caller))])


def add_channel(of: Notifications, caller: Caller, body: schemas.ChannelOrder) -> schemas.Channel:
    """Add a channel."""
    hours = quiet.NEVER if body.quiet_hours is None else _hours(body.quiet_hours)
    if body.kind is ChannelKind.PUSH and of.push_key is None:
        raise NotificationsUnavailableError(
            "This server has no key to sign push messages with.", remedy=f"The operator sets {PUSH_KEY}."
        )
    with refusals():
        made = of.channels.add(
            _owner(caller),
            body.kind,
            body.address,
            label=body.label,
            secret=body.secret,
            receiver=None if body.keys is None else Receiver(body.keys.p256dh, body.keys.auth),
            quiet=hours,
        )
    return _channel(made)


def ask_code(of: Notifications, caller: Caller, number: int) -> schemas.Channel:
    """Have another code sent."""
    with refusals():
        return _channel(of.channels.ask_again(_owner(caller), number))


def confirm(of: Notifications, caller: Caller, number: int, code: str) -> schemas.Channel:
    """Confirm a channel."""
    with refusals():
        return _channel(of.channels.confirm(_owner(caller), number, code))


def silence(of: Notifications, caller: Caller, number: int, body: schemas.QuietHours) -> schemas.Channel:
    """Set quiet hours."""
    with refusals():
        return _channel(of.channels.silence(_owner(caller), number, _hours(body)))


def remove_channel(of: Notifications, caller: Caller, number: int) -> schemas.Done:
    """Remove a channel."""
    with refusals():
        of.channels.remove(_owner(caller), number)
    return schemas.Done()


def list_rules(of: Notifications, caller: Caller, snapshot: Snapshot) -> schemas.Rules:
    """Return the caller's rules."""
    return schemas.Rules(rules=[_rule(each) for each in of.rules(snapshot).all(_owner(caller))])


def add_rule(of: Notifications, caller: Caller, snapshot: Snapshot, body: schemas.RuleOrder) -> schemas.Rule:
    """Add a rule."""
    with refusals():
        return _rule(of.rules(snapshot).add(_owner(caller), _wish(body), staff=_is_staff(caller)))


def change_rule(
    of: Notifications, caller: Caller, snapshot: Snapshot, number: int, body: schemas.RuleOrder
) -> schemas.Rule:
    """Change a rule."""
    owner, staff = _owner(caller), _is_staff(caller)
    with refusals():
        return _rule(of.rules(snapshot).change(owner, number, _wish(body), staff=staff))


def remove_rule(of: Notifications, caller: Caller, snapshot: Snapshot, number: int) -> schemas.Done:
    """Remove a rule."""
    with refusals():
        of.rules(snapshot).remove(_owner(caller), number)
    return schemas.Done()


def list_deliveries(
    of: Notifications,
    caller: Caller,
    *,
    channel_id: int | None,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> schemas.Deliveries:
    """Return a page of the log, newest first."""
    key = decode_cursor(_CURSOR, 1, cursor)
    rows = repository.list_deliveries(
        of.made,
        _owner(caller),
        channel_id=channel_id,
        state=state,
        before=None if key is None else key[0],
        limit=limit + 1,
    )
    page, next_cursor = cut(_CURSOR, limit, rows, lambda row: (row.delivery.id,))
    return schemas.Deliveries(deliveries=[_delivery(row) for row in page], next_cursor=next_cursor)


def retry(of: Notifications, caller: Caller, number: int) -> schemas.Done:
    """Attempt a dead delivery once more."""
    with refusals():
        of.outbox.retry(_owner(caller), number)
    return schemas.Done()


def _owner(caller: Caller) -> str:
    return str(to_checksum_address(caller.address))


def _is_staff(caller: Caller) -> bool:
    held = caller.roles & STAFF
    return bool(held - NEEDS_SECOND_FACTOR) or (bool(held) and caller.second_factor)


def _hours(body: schemas.QuietHours) -> quiet.QuietHours:
    if not quiet.is_zone(body.zone):
        raise ChannelRefusedError(
            f"There is no time zone {body.zone!r}.", remedy="Give an IANA name, as Europe/Berlin or UTC."
        )
    return quiet.QuietHours(_minutes(body.since), _minutes(body.until), body.zone)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _wish(body: schemas.RuleOrder) -> Wish:
    return Wish(
        body.channel_id,
        frozenset(map(Kind, body.kinds)),
        frozenset(body.vaults),
        frozenset(body.strategies),
        body.stop_left_bps,
        body.drawdown_bps,
        body.sync_bps,
    )


def _channel(row: models.Channel) -> schemas.Channel:
    hours = None
    if row.quiet_from != row.quiet_until:
        hours = schemas.QuietHours(since=_clock(row.quiet_from), until=_clock(row.quiet_until), zone=row.zone)
    return schemas.Channel(
        id=row.id,
        kind=ChannelKind(row.kind),
        label=row.label,
        leads_to=row.shown,
        state=cast(schemas.ChannelState, row.state),
        quiet_hours=hours,
        created=utc_of_microseconds(row.created_us),
        confirmed=None if row.confirmed_us is None else utc_of_microseconds(row.confirmed_us),
    )


def _rule(found: Standing) -> schemas.Rule:
    wish = found.wish
    return schemas.Rule(
        id=found.rule.id,
        channel_id=wish.channel_id,
        kinds=cast(list[schemas.RuleKind], sorted(wish.kinds)),
        vaults=sorted(wish.vaults),
        strategies=sorted(wish.strategies),
        stop_left_bps=wish.stop_left_bps,
        drawdown_bps=wish.drawdown_bps,
        sync_bps=wish.sync_bps,
        created=utc_of_microseconds(found.rule.created_us),
    )


def _delivery(row: DeliveryRow) -> schemas.Delivery:
    delivery, notice = row.delivery, row.notice
    block = None
    if notice.block_number is not None and notice.block_hash is not None:
        block = schemas.NoticeBlock(number=notice.block_number, hash=notice.block_hash)
    return schemas.Delivery(
        id=delivery.id,
        message_id=delivery.message,
        channel_id=delivery.channel_id,
        state=cast(schemas.DeliveryState, delivery.state),
        next_attempt=utc_of_microseconds(delivery.next_us) if delivery.state == "waiting" else None,
        notice=schemas.Notice(
            id=notice.id,
            kind=cast(schemas.NoticeKind, notice.kind),
            title=notice.title,
            text=notice.text,
            page=notice.path,
            vault_id=notice.vault_id,
            strategy_id=notice.strategy_id,
            block=block,
            transaction=notice.tx_hash,
            at=utc(notice.at),
            taken_back=None if notice.taken_back_us is None else utc_of_microseconds(notice.taken_back_us),
            takes_back=notice.of,
        ),
        attempts=[
            schemas.DeliveryAttempt(
                number=each.number,
                at=utc_of_microseconds(each.at_us),
                took_ms=None if each.took_us is None else each.took_us // 1_000,
                ok=each.ok,
                answer=each.answer,
            )
            for each in row.attempts
        ],
    )
