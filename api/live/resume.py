"""Finds the place of a client that comes back."""

import re
from dataclasses import dataclass

from api.live.happenings import END, Happening, Heard, Position, rollback
from api.live.repository import block_hash, lowest_ancestor
from api.problems import InvalidCursorError
from api.snapshot import Snapshot

ID_LENGTH = 64
_ID = re.compile(r"([0-9]{1,18})-([0-9]{1,10})-([0-9a-f]{8})(?:\.([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True)
class Resume:
    """Where a client goes on, and what it is told first."""

    position: Position
    news: int
    rollback: Happening | None = None

    def heard(self) -> Heard:
        """Up to where the client has heard."""
        return Heard(self.position, self.news)


def resume(snapshot: Snapshot, text: str) -> Resume:
    """Find a client's place again. Raises `InvalidCursorError` for what is no id of this stream."""
    found = _ID.fullmatch(text)
    if found is not None:
        number, index, start, news = int(found[1]), int(found[2]), found[3], int(found[4] or 0)
        kept = block_hash(snapshot, number)
        if kept is not None and kept[2:10] == start:
            return Resume(Position(number, min(index, END)), news)
        ancestor = lowest_ancestor(snapshot, of=number)
        if ancestor is not None:
            return Resume(Position(ancestor, END), news, rollback(ancestor))
        if kept is None and number < snapshot.block.number:
            return Resume(Position(number, min(index, END)), news)
    raise InvalidCursorError(
        f"{text} is not the id of an event of this stream.",
        remedy="Send the last `id` that was received, or none to hear what happens from now on.",
    )
