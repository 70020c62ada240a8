"""Referral campaigns: codes that stand for a referrer, and what vaults' owners say brought them.

The chain knows who referred a vault, and no campaign. So a vault is its referrer's by the chain alone; to one
of the referrer's campaigns it is counted only where its owner says so, in a session, within a week of opening
it, and where what they say fits the chain: the vault names the campaign's referrer, it is under the
campaign's strategy, if that has one, and it was opened while the campaign ran. The first word stands. Where
several campaigns of a referrer run at once the owner's word decides between them; without it, none of them
gets the vault. Campaigns run on the chain's clock, which is the time of its last block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from access.sign_in import Place
from inbox.clock import Clock
from inbox.writing import insert_new, writing
from social.errors import (
    CampaignRefusedError,
    NameTakenError,
    NoteRefusedError,
    TooManyPostsError,
    UnknownCampaignError,
)
from social.models import Campaign, CampaignNote
from social.names import name_of, skeleton_of
from social.words import line

MOST = 50
MOST_TITLE = 80
NOTE_LIFE_S = 7 * 86_400
"""For how long after its opening a vault's owner may say which campaign brought them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a campaign is to be. ``starts_us`` is null for at once, ``ends_us`` for no end."""

    code: str
    title: str
    strategy_id: int | None
    starts_us: int | None
    ends_us: int | None


@dataclass(frozen=True, slots=True)
class OpenedVault:
    """What the ledger says of a vault's opening; ``time`` is unix seconds."""

    vault_id: int
    strategy_id: int
    referrer: str | None
    tx_hash: str
    time: int


class Campaigns:
    """The campaigns of one hub. `clock` is the chain's: unix microseconds."""

    def __init__(self, engine: Engine, place: Place, *, clock: Clock) -> None:
        self._engine = engine
        self._place: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._clock = clock

    def add(self, referrer: str, wish: Wish) -> Campaign:
        """Make a campaign whose code stands for a referrer.

        Raises `BadNameError`, `NameTakenError`, `BadTextError`, `CampaignRefusedError`, `TooManyPostsError`.
        """
        now, name = self._clock(), name_of(wish.code)
        title = line(wish.title, least=1, most=MOST_TITLE)
        starts = now if wish.starts_us is None else wish.starts_us
        _check_span(max(starts, now), wish.ends_us)
        values = {
            "code": name.shown,
            "referrer": referrer,
            "title": title,
            "strategy_id": wish.strategy_id,
            "starts_us": max(starts, now),  # nobody was brought by what was not there
            "ends_us": wish.ends_us,
            "created_us": now,
        }
        with writing(self._engine) as connection:
            theirs = select(func.count()).select_from(Campaign)
            made = connection.scalar(theirs.filter_by(**self._place, referrer=referrer)) or 0
            if made >= MOST:
                raise TooManyPostsError(f"You made {made} campaigns.", remedy="Use one of them again.")
            if not insert_new(connection, Campaign, **self._place, skeleton=name.skeleton, **values):
                raise NameTakenError(
                    f"{name.shown} is taken, or looks like one that is.", remedy="Take another code."
                )
        return self.get(name.shown)

    def change(self, referrer: str, code: str, title: str, ends_us: int | None) -> Campaign:
        """Give a referrer's campaign another title and end.

        Raises `UnknownCampaignError`, `BadTextError`, and `CampaignRefusedError` for one that is over.
        """
        words = line(title, least=1, most=MOST_TITLE)
        found = self._own(referrer, code)
        self._refuse_ended(found)
        _check_span(max(found.starts_us, self._clock()), ends_us)
        return self._set(found, title=words, ends_us=ends_us)

    def end(self, referrer: str, code: str) -> Campaign:
        """End a referrer's campaign now; its code stays taken. Raises as `change`."""
        found = self._own(referrer, code)
        self._refuse_ended(found)
        return self._set(found, ends_us=self._clock())

    def get(self, code: str) -> Campaign:
        """The campaign that goes by a code, or by one that looks like it. Raises `UnknownCampaignError`."""
        named = select(Campaign).filter_by(**self._place, skeleton=skeleton_of(code))
        with Session(self._engine, expire_on_commit=False) as session:
            found = session.scalars(named).one_or_none()
        if found is None:
            raise _unknown(code)
        return found

    def of(self, referrer: str) -> Sequence[Campaign]:
        """A referrer's campaigns, the newest first."""
        own = select(Campaign).filter_by(**self._place, referrer=referrer)
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(own.order_by(Campaign.created_us.desc(), Campaign.skeleton)).all()

    def note(self, code: str, vault: OpenedVault) -> None:
        """Keep what a vault's owner says brought them; whether it is theirs the caller has looked at.

        Raises `UnknownCampaignError` and `NoteRefusedError`.
        """
        found, now = self.get(code), self._clock()
        if problem := _misfit(found, vault, now):
            raise NoteRefusedError(problem, remedy="It stays with its referrer, as the chain has it.")
        values = {"vault_id": vault.vault_id, "tx_hash": vault.tx_hash, "skeleton": found.skeleton}
        with writing(self._engine) as connection:
            if not insert_new(connection, CampaignNote, **self._place, **values, noted_us=now):
                raise NoteRefusedError(
                    f"What brought vault {vault.vault_id} was said before.", remedy="The first word stands."
                )

    def _own(self, referrer: str, code: str) -> Campaign:
        found = self.get(code)
        if found.referrer != referrer:
            raise _unknown(code)
        return found

    def _refuse_ended(self, found: Campaign) -> None:
        if found.ends_us is not None and found.ends_us <= self._clock():
            raise CampaignRefusedError(f"{found.code} is over.", remedy="Make another campaign.")

    def _set(self, found: Campaign, **values: Any) -> Campaign:
        own = update(Campaign).filter_by(**self._place, skeleton=found.skeleton)
        with writing(self._engine) as connection:
            connection.execute(own.values(**values))
        return self.get(found.code)


def state_of(row: Campaign, now_us: int) -> str:
    """Return upcoming, open or ended."""
    if row.ends_us is not None and row.ends_us <= now_us:
        return "ended"
    return "open" if row.starts_us <= now_us else "upcoming"


def _misfit(found: Campaign, vault: OpenedVault, now: int) -> str | None:
    """What of a vault does not fit a campaign; None where all does."""
    opened = vault.time * 1_000_000
    if vault.referrer != found.referrer:
        return f"Vault {vault.vault_id} does not name the referrer of {found.code}."
    if found.strategy_id not in {None, vault.strategy_id}:
        return f"{found.code} is for strategy {found.strategy_id} alone."
    if opened < found.starts_us or (found.ends_us is not None and opened > found.ends_us):
        return f"Vault {vault.vault_id} was not opened while {found.code} ran."
    if now > opened + NOTE_LIFE_S * 1_000_000:
        return f"Vault {vault.vault_id} was opened more than a week ago."
    return None


def _check_span(starts_us: int, ends_us: int | None) -> None:
    if ends_us is not None and ends_us <= starts_us:
        raise CampaignRefusedError(
            "The campaign would end before it begins.", remedy="Set a later end, or none."
        )


def _unknown(code: str) -> UnknownCampaignError:
    return UnknownCampaignError(
        f"There is no campaign {code} that is yours or open to you.",
        remedy="List yours with GET /v1/campaigns.",
    )
