"""An inbox on each kind of database."""

import pytest
from sqlalchemy import Engine

from inbox.migrations import upgrade
from inbox.orders import Orders
from tests.databases import holds
from tests.inbox.people import CHAIN_ID, HUB


@pytest.fixture
def store(engine: Engine) -> Engine:
    holds(engine, "an inbox", upgrade)
    return engine


@pytest.fixture
def orders(store: Engine) -> Orders:
    return Orders(store, chain_id=CHAIN_ID, hub=HUB, by="test")
