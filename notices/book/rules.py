"""What people want to hear: kinds, vaults and strategies, thresholds, and on which channel of theirs."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update
from sqlalchemy.orm import Session

from inbox.clock import Clock, now_us
from inbox.writing import writing
from notices.book.errors import BadRuleError, TooManyError, UnknownRuleError
from notices.book.kinds import FOLLOWING, FOR_STAFF, Kind
from notices.book.models import Channel, Rule, RuleKind
from notices.book.outbox import LOCK

MOST = 50
MOST_NAMED = 100
_OWNERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """A rule's content. Empty sets of vaults and strategies mean all; thresholds are basis points."""

    channel_id: int
    kinds: frozenset[Kind]
    vaults: frozenset[int] = frozenset()
    strategies: frozenset[int] = frozenset()
    stop_left_bps: int = 2_000
    drawdown_bps: int = 1_000
    sync_bps: int = 9_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule that holds, with its kinds and its channel."""

    rule: Rule
    wish: Wish
    channel: Channel

    def covers(self, vault_id: int | None, strategy_id: int | None) -> bool:
        """Whether a vault and a strategy are among those that the rule names; None is of no vault."""
        wish = self.wish
        return (vault_id is None or not wish.vaults or vault_id in wish.vaults) and (
            not wish.strategies or strategy_id in wish.strategies
        )


class Rules:
    """The rules of one hub."""

    def __init__(self, engine: Engine, *, chain_id: int, hub: str, clock: Clock = now_us) -> None:
        self._engine = engine
        self._place = (chain_id, hub)
        self._clock = clock

    def add(self, owner: str, wish: Wish, *, staff: bool) -> Standing:
        """Store a rule; `staff` says whether the owner runs the place.

        Raises `BadRuleError` or `TooManyError`.
        """
        with writing(self._engine, LOCK) as connection:
            _check(connection, owner, wish, staff=staff)
            theirs = select(func.count()).where(Rule.owner == owner)
            if (connection.scalar(theirs) or 0) >= MOST:
                raise TooManyError(f"{owner} has {MOST} rules.", remedy="Remove or change one.")
            values = {"owner": owner, "chain_id": self._place[0], "hub": self._place[1]}
            made = insert(Rule).values(**values, **_columns(wish), created_us=self._clock())
            number = connection.execute(made.returning(Rule.id)).scalar_one()
            _set_kinds(connection, number, wish.kinds)
        return self.get(owner, number)

    def change(self, owner: str, number: int, wish: Wish, *, staff: bool) -> Standing:
        """Give a rule another content. Raises as `add`, and `UnknownRuleError`."""
        with writing(self._engine, LOCK) as connection:
            own = (Rule.id == number, Rule.owner == owner, *self._mine)
            if connection.scalar(select(Rule.id).where(*own)) is None:
                raise _unknown(number)
            _check(connection, owner, wish, staff=staff)
            connection.execute(update(Rule).where(*own).values(**_columns(wish)))
            connection.execute(delete(RuleKind).where(RuleKind.rule_id == number))
            _set_kinds(connection, number, wish.kinds)
        return self.get(owner, number)

    def remove(self, owner: str, number: int) -> None:
        """Forget a rule. Raises `UnknownRuleError`."""
        with writing(self._engine, LOCK) as connection:
            own = (Rule.id == number, Rule.owner == owner, *self._mine)
            if connection.execute(delete(Rule).where(*own)).rowcount != 1:
                raise _unknown(number)
            connection.execute(delete(RuleKind).where(RuleKind.rule_id == number))

    def get(self, owner: str, number: int) -> Standing:
        """One rule. Raises `UnknownRuleError`."""
        found = [each for each in self.all(owner) if each.rule.id == number]
        if not found:
            raise _unknown(number)
        return found[0]

    def all(self, owner: str) -> Sequence[Standing]:
        """The owner's rules, oldest first."""
        with Session(self._engine, expire_on_commit=False) as session:
            return _read(session, (Rule.owner == owner, *self._mine))

    def wanting(
        self, session: Session, kinds: Iterable[Kind], owners: Iterable[str] | None = None
    ) -> Sequence[Standing]:
        """Every rule that asks for one of these kinds on a confirmed channel; only of some owners."""
        asked = select(RuleKind.rule_id).where(RuleKind.kind.in_(set(kinds)))
        where = (Rule.id.in_(asked), Channel.state == "confirmed", *self._mine)
        if owners is None:
            return _read(session, where)
        wanted, found = sorted(set(owners)), list[Standing]()
        for at in range(0, len(wanted), _OWNERS_AT_ONCE):
            found += _read(session, (*where, Rule.owner.in_(wanted[at : at + _OWNERS_AT_ONCE])))
        return found

    @property
    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return Rule.chain_id == self._place[0], Rule.hub == self._place[1]


def _read(session: Session, where: Iterable[ColumnElement[bool]]) -> list[Standing]:
    query = select(Rule, Channel).join(Channel, Channel.id == Rule.channel_id).order_by(Rule.id)
    rows = [(rule, channel) for rule, channel in session.execute(query.where(*where))]
    kinds: dict[int, set[Kind]] = {rule.id: set() for rule, _ in rows}
    asked = select(RuleKind.rule_id, RuleKind.kind).where(RuleKind.rule_id.in_(kinds))
    for number, kind in session.execute(asked):
        kinds[number].add(Kind(kind))
    return [Standing(rule, _wish(rule, kinds[rule.id]), channel) for rule, channel in rows]


def _wish(rule: Rule, kinds: Collection[Kind]) -> Wish:
    return Wish(
        rule.channel_id,
        frozenset(kinds),
        frozenset(json.loads(rule.vaults)),
        frozenset(json.loads(rule.strategies)),
        rule.stop_left_bps,
        rule.drawdown_bps,
        rule.sync_bps,
    )


def _columns(wish: Wish) -> dict[str, object]:
    return {
        "channel_id": wish.channel_id,
        "vaults": json.dumps(sorted(wish.vaults)),
        "strategies": json.dumps(sorted(wish.strategies)),
        "stop_left_bps": wish.stop_left_bps,
        "drawdown_bps": wish.drawdown_bps,
        "sync_bps": wish.sync_bps,
    }


def _set_kinds(connection: Connection, number: int, kinds: Iterable[Kind]) -> None:
    connection.execute(insert(RuleKind), [{"rule_id": number, "kind": kind} for kind in sorted(kinds)])


def _check(connection: Connection, owner: str, wish: Wish, *, staff: bool) -> None:
    if not wish.kinds or wish.kinds & FOLLOWING:
        raise BadRuleError("A rule asks for one kind at least.", remedy="Name kinds that can be asked for.")
    if wish.kinds & FOR_STAFF and not staff:
        raise BadRuleError(
            f"{', '.join(sorted(wish.kinds & FOR_STAFF))} is for whoever runs the place.",
            remedy="Leave it out, or ask an administrator for the role.",
        )
    if Kind.LEADER_TRADED in wish.kinds and not wish.strategies:
        raise BadRuleError(
            "leader_traded needs the strategies whose trades are meant.", remedy="Name them in `strategies`."
        )
    if max(len(wish.vaults), len(wish.strategies)) > MOST_NAMED:
        raise BadRuleError(f"A rule names {MOST_NAMED} of each at most.", remedy="Make two, or name none.")
    own = (Channel.id == wish.channel_id, Channel.owner == owner, Channel.state != "removed")
    if connection.scalar(select(Channel.id).where(*own)) is None:
        raise BadRuleError(
            f"You have no channel {wish.channel_id}.", remedy="Add one with POST /v1/notifications/channels."
        )


def _unknown(number: int) -> UnknownRuleError:
    return UnknownRuleError(
        f"There is no rule {number}.", remedy="List yours with GET /v1/notifications/rules."
    )
