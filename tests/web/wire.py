"""A line between browser and server that can be cut, for pages and workers alike: the server is away."""

import socket
import socketserver
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit


class Wire(socketserver.ThreadingTCPServer):
    """Passes everything on to the server at `url`; its own address is another."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, url: str) -> None:
        found = urlsplit(url)
        self.far = (str(found.hostname), int(found.port or 80))
        self.held: list[socket.socket] = []
        super().__init__(("127.0.0.1", 0), _Ends)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._serving = threading.Thread(target=self.serve_forever, daemon=True)
        self._serving.start()

    def cut(self) -> None:
        """Let nothing through any more."""
        if self._serving.is_alive():
            self.shutdown()
            self._serving.join()
        self.server_close()
        for end in self.held:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up in the middle is no news."""


class _Ends(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        with socket.create_connection(self.server.far) as far:
            self.server.held += [self.request, far]
            back = threading.Thread(target=_pump, args=(far, self.request), daemon=True)
            back.start()
            _pump(self.request, far)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65_536):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
