"""Follows ledger and inbox, and puts down what people asked to hear of.

A step reads in one snapshot what came after the last one, and writes notices, deliveries and the new place in
one transaction, if nobody else has moved the place meanwhile: after a crash, and with two of these running,
every fact is put down once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection, Engine, delete, insert, select, update

from api.live.happenings import END, Happening, Position
from api.live.inbox import newest
from api.live.repository import block_hash, lowest_ancestor, read_chapter, read_reorg_id
from api.snapshot import Snapshot, Snapshots
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing
from indexer.ledger.models import Vault
from notices.book.kinds import FOR_STAFF, MEASURED, Audience, Draft, Kind
from notices.book.models import Alarm, Channel, Cursor
from notices.book.outbox import LOCK, put, take_back
from notices.book.rules import Rules, Standing
from notices.telling import trouble
from notices.telling.facts import draft_of
from notices.telling.measures import measure

MEASURE_EVERY_US = 5_000_000
"""How often what is measured is looked at, while blocks come; without a new block it stays as it is."""
_REST_US = 60_000_000

Staff = Callable[[Snapshot], frozenset[str]]
"""Who runs the place now: EIP-55 addresses."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Step:
    """What one step has found, before it is written."""

    place: tuple[int, str]
    cursor: Cursor
    until: Position
    reorg: int
    news: int
    more: bool
    ancestor: int | None
    drafts: list[tuple[Draft, list[Channel]]] = field(default_factory=list)
    begun: dict[str, tuple[int, Draft, list[Channel]]] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        cursor = self.cursor
        was = (cursor.block, cursor.log_index, cursor.reorg, cursor.news)
        now = (self.until.block, self.until.index, self.reorg, self.news)
        return was != now or bool(self.begun or self.over)


class Teller:
    """Puts down the notices of one hub."""

    def __init__(self, engine: Engine, snapshots: Snapshots, staff: Staff, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._snapshots = snapshots
        self._staff = staff
        self._clock = clock
        self._measured_us = 0
        self._measured_at = ""
        self._told: tuple[str, int, int] | None = None

    def step(self) -> bool:
        """Tell what came next; whether there may be more at once. Raises `LedgerNotReadyError`."""
        with self._snapshots.open() as snapshot:
            present = snapshot.block.hash, read_reorg_id(snapshot), newest(snapshot)
            if present == self._told and not self._due(snapshot):
                return False
            found = self._read(snapshot)
        if found is None:
            return True
        self._told = None if found.more else present
        if not found.changes:
            return False
        with writing(self._engine, LOCK) as connection:
            return self._write(connection, found)

    def _read(self, snapshot: Snapshot) -> _Step | None:
        """What is to be told; None where this is the first look of all, from which on things are told."""
        place = snapshot.deployment.chain_id, snapshot.deployment.hub
        cursor = snapshot.session.get(Cursor, place)
        if cursor is None:
            self._begin(snapshot, place)
            return None
        after = Position(cursor.block, cursor.log_index)
        ancestor = lowest_ancestor(snapshot, since=cursor.reorg)
        if ancestor is not None:
            after = min(after, Position(ancestor, END))
        chapter = read_chapter(snapshot, after, cursor.news)
        rules = Rules(self._engine, chain_id=place[0], hub=place[1])
        found = _Step(
            place, cursor, chapter.end, read_reorg_id(snapshot), chapter.news, chapter.more, ancestor
        )
        found.drafts = self._wanted(snapshot, rules, chapter.happenings)
        if not chapter.more and self._due(snapshot):
            self._measure(snapshot, rules, found)
        return found

    def _due(self, snapshot: Snapshot) -> bool:
        """Whether it is time to measure again: rarely while the chain stands still."""
        pause = MEASURE_EVERY_US if snapshot.block.hash != self._measured_at else _REST_US
        return self._clock() >= self._measured_us + pause

    def _begin(self, snapshot: Snapshot, place: tuple[int, str]) -> None:
        values = {
            "chain_id": place[0],
            "hub": place[1],
            "block": snapshot.block.number,
            "log_index": END,
            "reorg": read_reorg_id(snapshot),
            "news": newest(snapshot),
            "version": 1,
        }
        with writing(self._engine, LOCK) as connection:
            insert_new(connection, Cursor, **values)

    def _wanted(
        self, snapshot: Snapshot, rules: Rules, happenings: Sequence[Happening]
    ) -> list[tuple[Draft, list[Channel]]]:
        hashes: dict[int, str] = {}
        drafts: list[tuple[Draft, frozenset[str]]] = []
        for told in happenings:
            number = told.position.block
            if number not in hashes:
                hashes[number] = block_hash(snapshot, number) or ""
            if (draft := draft_of(told, hashes[number])) is not None:
                drafts.append((draft, self._concerned(snapshot, draft)))
        if not drafts:
            return []
        owners = {owner for _, concerned in drafts for owner in concerned}
        kinds = {draft.kind for draft, _ in drafts}
        standing = [*rules.wanting(snapshot.session, kinds - {Kind.LEADER_TRADED}, owners)]
        if Kind.LEADER_TRADED in kinds:
            standing += rules.wanting(snapshot.session, {Kind.LEADER_TRADED})
        matched = [(draft, _channels(draft, concerned, standing)) for draft, concerned in drafts]
        return [(draft, channels) for draft, channels in matched if channels]

    def _concerned(self, snapshot: Snapshot, draft: Draft) -> frozenset[str]:
        """Whose rules may ask for a draft; nobody in particular where a rule alone decides."""
        if draft.audience is Audience.OWNER:
            return frozenset({draft.subject})
        if draft.audience is Audience.STAFF:
            return self._staff(snapshot)
        if draft.audience is Audience.FOLLOWERS:
            query = select(Vault.owner).where(
                Vault.deployment_id == snapshot.deployment_id,
                Vault.strategy_id == draft.strategy_id,
                Vault.status != "Left",
                Vault.is_leader.is_(False),
            )
            return frozenset(snapshot.session.scalars(query.distinct()))
        return frozenset()

    def _measure(self, snapshot: Snapshot, rules: Rules, found: _Step) -> None:
        now = self._measured_us = self._clock()
        self._measured_at = snapshot.block.hash
        own = (Alarm.chain_id == found.place[0], Alarm.hub == found.place[1])
        held = snapshot.session.execute(select(Alarm.key, Alarm.block).where(*own))
        alarms = {key: block for key, block in held}  # noqa: C416 - rows are no pairs to `dict`
        if found.ancestor is not None:  # these go with the blocks that they were found in
            alarms = {key: block for key, block in alarms.items() if block <= found.ancestor}
        standing = rules.wanting(snapshot.session, MEASURED)
        by_rule = {str(each.rule.id): each for each in standing}
        measured = measure(snapshot, standing, alarms.keys())
        for key, draft in measured.begun.items():
            channel = by_rule[draft.subject].channel
            found.begun[key] = (snapshot.block.number, draft, [channel])
        staff = self._staff(snapshot)
        of_staff = rules.wanting(snapshot.session, FOR_STAFF, staff)
        troubles = trouble.look(snapshot, frozenset(alarms), now_us=now)
        for key, draft in troubles.begun.items():
            found.begun[key] = (0, draft, _channels(draft, staff, of_staff))
        found.over = measured.over | troubles.over

    def _write(self, connection: Connection, found: _Step) -> bool:
        """Write what was found. What somebody else has told meanwhile is left alone."""
        now, cursor = self._clock(), found.cursor
        own = (Cursor.chain_id == cursor.chain_id, Cursor.hub == cursor.hub)
        moved = {
            "block": found.until.block,
            "log_index": found.until.index,
            "reorg": found.reorg,
            "news": found.news,
            "version": cursor.version + 1,
        }
        unmoved = update(Cursor).where(*own, Cursor.version == cursor.version).values(**moved)
        if connection.execute(unmoved).rowcount != 1:
            return True  # somebody else has told all this
        alarms = (Alarm.chain_id == cursor.chain_id, Alarm.hub == cursor.hub)
        if found.ancestor is not None:
            gone = take_back(connection, found.place, found.ancestor, now=now)
            connection.execute(delete(Alarm).where(*alarms, Alarm.block > found.ancestor))
            log.info("notices_taken_back", ancestor=found.ancestor, notices=gone)
        for draft, channels in found.drafts:
            put(connection, found.place, draft, channels, now=now)
        if found.over:
            connection.execute(delete(Alarm).where(*alarms, Alarm.key.in_(found.over)))
        for key, (block, draft, channels) in found.begun.items():
            values = {"chain_id": cursor.chain_id, "hub": cursor.hub, "key": key, "block": block}
            connection.execute(insert(Alarm).values(**values))
            if channels:
                put(connection, found.place, draft, channels, now=now)
        return found.more


def _channels(draft: Draft, concerned: frozenset[str], standing: Sequence[Standing]) -> list[Channel]:
    """The channels on which somebody wants a draft, each once."""
    found: Mapping[int, Channel] = {
        each.channel.id: each.channel
        for each in standing
        if draft.kind in each.wish.kinds
        and (draft.audience is Audience.WATCHERS or each.rule.owner in concerned)
        and (draft.audience is Audience.STAFF or each.covers(draft.vault_id, draft.strategy_id))
    }
    return list(found.values())
