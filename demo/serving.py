"""Serves the API beside the demo, on a port that is taken at once so that nobody waits for an error."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from sqlalchemy import Engine

from access.sealing import Seal, new_key
from access.sign_in import Site, local_domains
from api.app import create_app
from api.live.talk import MOST_TEXT
from api.snapshot import DeploymentKey
from demo.errors import DemoError
from notices.book.push_key import PushKey

_START_TIMEOUT_S = 20.0


def take_port(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes any free one.

    Raises:
        DemoError: the port is in use.
    """
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        raise DemoError(
            f"Port {port} is in use.", "Stop the program that listens there or choose another with --port."
        ) from None


@contextlib.contextmanager
def served(
    engine: Engine,
    deployment: DeploymentKey,
    listener: socket.socket,
    web: Path | None,
    *,
    seal: Seal | None = None,
    push_key: PushKey | None = None,
) -> Iterator[str]:
    """Serves the ledger in `engine`, and the dApp in `web`, while the block runs; gives the base URL.

    What is secret is sealed with a key that ends with the demo; channels may lead to this machine.
    """
    site = Site(local_domains(listener.getsockname()[1]), secure=False)
    app = create_app(
        engine,
        deployment,
        web=web,
        site=site,
        seal=seal or Seal(new_key()),
        push_key=None if push_key is None else push_key.public,
        local_channels=True,
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws_max_size=MOST_TEXT))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="api")
    thread.start()
    try:
        give_up = time.monotonic() + _START_TIMEOUT_S
        while not server.started:
            if not thread.is_alive() or time.monotonic() > give_up:
                raise DemoError("The API did not start.", "Read the lines above for the reason.")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        app.state.feeds.close()  # whoever listens to the live stream would keep it open
        server.should_exit = True
        thread.join()
