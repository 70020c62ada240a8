"""The page without its server: installed, opened again, and good enough to withdraw."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from tests.web.people import OpenPage, connect


@contextmanager
def without_network(page: Page) -> Iterator[None]:
    """As when the server is away: of the browser, not of the wallet."""
    page.context.set_offline(True)
    (worker,) = page.context.service_workers
    assert not worker.evaluate("fetch('/health').then(() => true, () => false)")
    try:
        yield
    finally:
        page.context.set_offline(False)


def installed(page: Page) -> None:
    """Waits until the worker keeps every file of the page."""
    page.wait_for_function(
        """async () => {
            if (!navigator.serviceWorker.controller) return false;
            const files = await (await fetch('/assets.json')).json();
            const kept = await Promise.all(files.map((file) => caches.match(file)));
            return kept.every(Boolean);
        }""",
        polling=500,
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


def test_who_was_here_before_withdraws_while_the_server_is_away(place: Place, open_page: OpenPage) -> None:
    page = open_page("/", place.wallet("far away"))
    connect(page)
    installed(page)
    with without_network(page):
        page.goto("/withdraw")
        expect(page.get_by_role("heading", name="Withdraw from the contract")).to_be_visible()
        expect(page.get_by_text("The records cannot be reached just now")).to_be_visible()
        expect(page.get_by_text("This address has no vault")).to_be_visible()  # said by the chain
        page.goto("/leaders/1")
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
    assert "/" in kept
