"""The book of what people say on each kind of database, with clocks that tests move."""

import pytest
from sqlalchemy import Engine

from access import migrations as access
from social.book import Book
from social.migrations import upgrade
from tests.access.conftest import PLACE, Moved

ANN, BEN, EVE, LEADER = ("0x" + digit * 40 for digit in "1234")


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def book(engine: Engine, clock: Moved) -> Book:
    access.upgrade(engine)
    upgrade(engine)
    return Book.of(engine, PLACE, b"secret", chain_clock=clock, clock=clock)
