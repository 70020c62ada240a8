"""The page without its server: installed, opened again, and good enough to withdraw."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from tests.web.people import OpenPage, connect


class Wire(socketserver.ThreadingTCPServer):
    """A line to the server that can be cut: as when it is away."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, url: str) -> None:
        found = urlsplit(url)
        self.far = (str(found.hostname), int(found.port or 80))
        self.open: list[socket.socket] = []
        super().__init__(("127.0.0.1", 0), _Ends)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def cut(self) -> None:
        """Nothing comes through any more."""
        self.shutdown()
        self.server_close()
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class _Ends(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        with socket.create_connection(self.server.far) as far:
            self.server.open += [self.request, far]
            threading.Thread(target=_pump, args=(far, self.request), daemon=True).start()
            _pump(self.request, far)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65_536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def wire(place: Place) -> Iterator[Wire]:
    with Wire(place.url) as opened:
        yield opened


def installed(page: Page) -> None:
    """Waits until the worker keeps every file of the page."""
    page.evaluate(
        """async () => {
            const kept = async () => {
                if (!navigator.serviceWorker.controller) return false;
                const files = await (await fetch('/assets.json')).json();
                return (await Promise.all(files.map((file) => caches.match(file)))).every(Boolean);
            };
            while (!(await kept())) await new Promise((resolve) => setTimeout(resolve, 250));
        }"""
    )


def test_it_can_be_installed(open_page: OpenPage) -> None:
    page = open_page()
    found = page.request.get("/manifest.webmanifest").json()
    assert found["display"] == "standalone"
    for icon in found["icons"]:
        answer = page.request.get(icon["src"])
        assert answer.status == 200
        assert answer.headers["content-type"] == icon["type"]
    assert {(icon["sizes"], icon["purpose"]) for icon in found["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


def test_who_was_here_before_withdraws_while_the_server_is_away(
    place: Place, open_page: OpenPage, wire: Wire
) -> None:
    page = open_page(wire.url, place.wallet("far away"))
    connect(page)
    installed(page)
    wire.cut()
    page.goto(f"{wire.url}/withdraw")
    expect(page.get_by_role("heading", name="Withdraw from the contract")).to_be_visible()
    expect(page.get_by_text("The records cannot be reached just now")).to_be_visible()
    expect(page.get_by_text("This address has no vault")).to_be_visible()  # said by the chain
    page.goto(f"{wire.url}/leaders/1")
    expect(page.get_by_role("alert")).to_contain_text("The API does not answer")


def test_no_answer_of_the_api_is_kept(open_page: OpenPage) -> None:
    page = open_page("/leaders/1")
    page.get_by_role("heading", name="Ether momentum").wait_for()
    installed(page)
    kept = page.evaluate(
        """async () => {
            const names = await caches.keys();
            const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
            return all.flat().map((request) => new URL(request.url).pathname);
        }"""
    )
    assert not [path for path in kept if path.startswith("/v1")]
    assert "/index.html" in kept
