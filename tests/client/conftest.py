"""The API over a filled ledger on a real server, and the client that asks it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import uvicorn
from lockstep_client import Lockstep
from sqlalchemy import Engine

from api.app import create_app
from indexer.ledger.database import open_engine
from tests.api.world import CAROL, Chain, fill_world, joining

VAULTS = 120
"""More than a page has."""


@contextmanager
def serving(engine: Engine, port: int = 0) -> Iterator[str]:
    """A server of its own; the URL."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        app = create_app(engine)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=10))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        running.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            app.state.feeds.close()
            server.should_exit = True
            running.join(20)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path_factory.mktemp('client') / 'lockstep.db'}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def chain(ledger: Engine) -> Chain:
    chain = fill_world(ledger)
    chain.mine([event for number in range(VAULTS) for event in joining(100 + number, CAROL, number, 500)])
    return chain


@pytest.fixture(scope="module")
def url(ledger: Engine, chain: Chain) -> Iterator[str]:
    del chain
    with serving(ledger) as found:
        yield found


@pytest.fixture(scope="module")
def api(url: str) -> Iterator[Lockstep]:
    with Lockstep(url) as opened:
        yield opened


Serving = Callable[[Engine, int], AbstractContextManager[str]]


@pytest.fixture
def serve() -> Serving:
    """For tests that start and stop servers of their own."""
    return serving
