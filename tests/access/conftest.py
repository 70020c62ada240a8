"""The access tables on each kind of database, with a clock that tests move."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

import access.migrations
import inbox.migrations
from access.desk import Desk
from access.sealing import Seal, new_key
from access.sign_in import Place, Site
from tests.databases import holds

SITE = Site(("lockstep.example", "127.0.0.1:8000"), secure=False)
PLACE = Place(31337, "0x8464135c8F25Da09e49BC8782676a84730C318bC")


@dataclass
class Moved:
    """A clock: unix microseconds, which stand still until they are moved."""

    now: int = 1_780_000_000_000_000

    def __call__(self) -> int:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += int(seconds * 1_000_000)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With the tables in it that the desk and its office would make."""
    holds(engine, "tables of access and of the inbox", _make_tables)
    return engine


def _make_tables(engine: Engine) -> None:
    access.migrations.upgrade(engine)
    inbox.migrations.upgrade(engine)


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def desk(engine: Engine, clock: Moved) -> Desk:
    return Desk(engine, SITE, seal=Seal(new_key()), clock=clock)
