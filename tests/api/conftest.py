"""The API over a filled ledger, on SQLite and on PostgreSQL, called without a network between."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from tests.api.world import Chain, fill_world


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return fill_world(engine)


@pytest.fixture
def client(engine: Engine, chain: Chain) -> Iterator[TestClient]:
    with TestClient(create_app(engine), raise_server_exceptions=False) as opened:
        yield opened
