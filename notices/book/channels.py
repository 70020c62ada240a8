"""People's channels: added, confirmed by a code that only they can have read, silenced, removed."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.orm import Session

from access.sealing import Seal
from inbox.clock import Clock, now_us
from inbox.writing import writing
from notices.book import codes, targets
from notices.book.errors import TooManyError, UnknownChannelError, WrongCodeError
from notices.book.kinds import Kind
from notices.book.models import Channel, Delivery, Rule, RuleKind
from notices.book.outbox import LOCK, put_own
from notices.book.quiet import NEVER, QuietHours
from notices.book.targets import ChannelKind, Receiver, Target

MOST = 10
MOST_A_DAY = 20
MOST_ROUNDS = 5
MOST_TRIES = 5
CODE_LIFE_US = 3_600_000_000
_BETWEEN_US = 60_000_000
_DAY_US = 86_400_000_000


class Channels:
    """The channels of a database. `local` lets trials reach servers on the same machine."""

    def __init__(self, engine: Engine, seal: Seal, *, local: bool = False, clock: Clock = now_us) -> None:
        self._engine = engine
        self._seal = seal
        self._local = local
        self._clock = clock

    def add(
        self,
        owner: str,
        kind: ChannelKind,
        address: str,
        *,
        label: str,
        secret: str | None = None,
        receiver: Receiver | None = None,
        quiet: QuietHours = NEVER,
    ) -> Channel:
        """Store a channel and have a code sent to it. Raises `BadTargetError` or `TooManyError`."""
        target = Target(kind, address, secret, secrets.token_hex(16), receiver)
        targets.check(target, local=self._local)
        now = self._clock()
        with writing(self._engine, LOCK) as connection:
            self._refuse_many(connection, owner, now)
            values = {
                "owner": owner,
                "kind": kind,
                "label": label,
                "sealed": self._seal.seal(target.document()),
                "shown": target.shown,
                "state": "pending",
                "round": 1,
                "tries": 0,
                "asked_us": now,
                "created_us": now,
                "quiet_from": quiet.since,
                "quiet_until": quiet.until,
                "zone": quiet.zone,
            }
            number = connection.execute(insert(Channel).values(**values).returning(Channel.id)).scalar_one()
            _ask(connection, number, 1, now)
        return self.get(owner, number)

    def ask_again(self, owner: str, number: int) -> Channel:
        """Have another code sent; the one before no longer counts. Raises `TooManyError`."""
        now = self._clock()
        with writing(self._engine, LOCK) as connection:
            found = _find(connection, owner, number)
            if found.state != "pending":
                raise UnknownChannelError(
                    f"Channel {number} waits for no code.", remedy="List the channels and their states."
                )
            if found.round >= MOST_ROUNDS or now < found.asked_us + _BETWEEN_US:
                raise TooManyError(
                    f"{found.round} codes were sent to channel {number}.",
                    remedy=f"Wait a minute between two; after {MOST_ROUNDS} remove it and add it anew.",
                )
            values = {"round": found.round + 1, "tries": 0, "asked_us": now}
            connection.execute(update(Channel).where(Channel.id == number).values(**values))
            _ask(connection, number, found.round + 1, now)
        return self.get(owner, number)

    def confirm(self, owner: str, number: int, code: str) -> Channel:
        """Take the channel for the owner's. Raises `WrongCodeError`; a wrong code is counted."""
        now = self._clock()
        with writing(self._engine, LOCK) as connection:
            found = _find(connection, owner, number)
            open_ = found.state == "pending" and found.tries < MOST_TRIES
            fits = (
                open_
                and now < found.asked_us + CODE_LIFE_US
                and codes.matches(self.target(found).salt, found.round, code)
            )
            values = {"state": "confirmed", "confirmed_us": now} if fits else {"tries": found.tries + 1}
            if open_:
                connection.execute(update(Channel).where(Channel.id == number).values(**values))
        if not fits and found.state != "confirmed":
            raise WrongCodeError(
                f"The code does not confirm channel {number}.",
                remedy=f"Send the last code within an hour and {MOST_TRIES} tries, or ask for another.",
            )
        return self.get(owner, number)

    def silence(self, owner: str, number: int, quiet: QuietHours) -> Channel:
        """Set the quiet hours."""
        with writing(self._engine, LOCK) as connection:
            _find(connection, owner, number)
            values = {"quiet_from": quiet.since, "quiet_until": quiet.until, "zone": quiet.zone}
            connection.execute(update(Channel).where(Channel.id == number).values(**values))
        return self.get(owner, number)

    def remove(self, owner: str, number: int) -> None:
        """Forget where a channel leads, its rules, and what was on its way; its log stays."""
        with writing(self._engine, LOCK) as connection:
            _find(connection, owner, number)
            close(connection, number, "removed", self._clock())
            rules = select(Rule.id).where(Rule.channel_id == number)
            connection.execute(delete(RuleKind).where(RuleKind.rule_id.in_(rules)))
            connection.execute(delete(Rule).where(Rule.channel_id == number))
            connection.execute(update(Channel).where(Channel.id == number).values(sealed=""))

    def get(self, owner: str, number: int) -> Channel:
        """One channel. Raises `UnknownChannelError`."""
        with self._engine.connect() as connection:
            return _find(connection, owner, number)

    def all(self, owner: str) -> Sequence[Channel]:
        """The owner's channels, oldest first."""
        query = select(Channel).where(Channel.owner == owner, Channel.state != "removed")
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(query.order_by(Channel.id)).all()

    def target(self, channel: Channel) -> Target:
        """Where a channel leads. Raises `AccessError` where the key is another."""
        return Target.read(self._seal.open(channel.sealed))

    @staticmethod
    def _refuse_many(connection: Connection, owner: str, now: int) -> None:
        theirs = select(func.count()).where(Channel.owner == owner)
        live = connection.scalar(theirs.where(Channel.state != "removed")) or 0
        lately = connection.scalar(theirs.where(Channel.created_us > now - _DAY_US)) or 0
        if live >= MOST or lately >= MOST_A_DAY:
            raise TooManyError(
                f"{owner} has {live} channels and added {lately} within a day.",
                remedy=f"At most {MOST} at a time, and {MOST_A_DAY} a day.",
            )


def close(connection: Connection, number: int, state: str, now: int) -> None:
    """Let nothing more go to a channel."""
    waiting = (Delivery.channel_id == number, Delivery.state.in_(("waiting", "quiet")))
    connection.execute(update(Delivery).where(*waiting).values(state="dropped", done_us=now))
    connection.execute(update(Channel).where(Channel.id == number).values(state=state))


def _find(connection: Connection, owner: str, number: int) -> Channel:
    query = select(Channel).where(Channel.id == number, Channel.owner == owner, Channel.state != "removed")
    with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
        found = session.scalars(query).one_or_none()
        session.expunge_all()
    if found is None:
        raise UnknownChannelError(
            f"There is no channel {number}.", remedy="List yours with GET /v1/notifications/channels."
        )
    return found


def _ask(connection: Connection, number: int, round_: int, now: int) -> None:
    put_own(
        connection,
        number,
        Kind.CONFIRMATION,
        key=f"confirm {number} {round_}",
        title="Confirm this channel",
        text="Somebody, we hope you, wants Lockstep's notices here. If it was not you, do nothing.",
        facts={},
        now=now,
    )
