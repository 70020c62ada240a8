"""Several processes that listen on one port: the kernel deals connections out among them.

They share nothing but what is made before they part. When one ends, all do: whoever started the command
starts it again.
"""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait

from indexer.errors import IndexerError


class WorkerEndedError(IndexerError):
    """A process ended that should not have."""


def listeners(host: str, port: int, count: int) -> list[socket.socket]:
    """Return sockets that listen on one port, one for each process. Raises `OSError` when it is taken."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    if count == 1:
        return [socket.create_server((host, port), family=family)]
    # Sockets that share a port would share it with those of another program that does so, too.
    socket.create_server((host, port), family=family).close()
    found = [socket.create_server((host, port), family=family, reuse_port=True)]
    port = found[0].getsockname()[1]
    while len(found) < count:
        found.append(socket.create_server((host, port), family=family, reuse_port=True))
    return found


def run(work: Callable[[socket.socket], None], sockets: Sequence[socket.socket]) -> None:
    """Call `work` with each socket in a process of its own, until a signal ends them.

    Raises `WorkerEndedError` when one ends by itself. Open nothing before that processes cannot share.
    """
    context = multiprocessing.get_context("fork")

    def child(mine: socket.socket) -> None:
        for each in sockets:
            if each is not mine:
                each.close()
        work(mine)

    children = [context.Process(target=child, args=(each,)) for each in sockets]
    for process in children:
        process.start()
    for each in sockets:
        each.close()
    asked = False

    def end(number: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        for process in children:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    wait([process.sentinel for process in children])
    if not asked:
        end(signal.SIGTERM, None)
        asked = False
    for process in children:
        process.join()
    if not asked:
        raise WorkerEndedError(
            "One of the processes that serve has ended.", remedy="Its last lines say why. Start it again."
        )
