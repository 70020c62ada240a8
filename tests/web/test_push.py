"""Being told in the browser: allowed by a click, encrypted for it, shown by its worker, opened by a click.

A headless browser has no push service of its maker's, and nobody's finger on a notice. So a server here takes
what is pushed, where the page would hand in its maker's; the message goes on into the real worker as the
browser's own last step would bring it.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, Worker, expect

from benchmarks.web.place import Place
from notices.book.outbox import Outbox
from notices.sending.people import People
from notices.sending.post import Post
from notices.sending.push import Push
from notices.sending.sender import Sender
from notices.sending.webhooks import Webhooks
from tests.notices.browser import Subscriber
from tests.web.people import OpenPage, connect, sign_in, until

# What the browser's maker would answer: where to push to, and the keys that the browser made.
_SUBSCRIPTION = """(made) => {
    let standing = null;
    const subscription = (key) => ({
        options: { applicationServerKey: key.buffer },
        toJSON: () => made,
        unsubscribe: async () => { standing = null; return true; },
    });
    PushManager.prototype.subscribe = async ({ applicationServerKey }) =>
        (standing = subscription(applicationServerKey));
    PushManager.prototype.getSubscription = async () => standing;
}"""


class PushService:
    """Takes what is pushed, for one browser."""

    def __init__(self) -> None:
        self.browser = Subscriber()
        self.got: list[bytes] = []
        taken = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(201)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/for-one"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def subscription(self) -> dict[str, Any]:
        keys = self.browser.receiver
        return {"endpoint": self.url, "keys": {"p256dh": keys.p256dh, "auth": keys.auth}}


@pytest.fixture
def service() -> Iterator[PushService]:
    opened = PushService()
    yield opened
    opened.close()


def send(place: Place) -> None:
    """What `lockstep notify` does with what is due."""

    async def once() -> None:
        async with Post(local=True) as post:
            ways = (
                Webhooks(post),
                Push(post, place.push_key, contact="mailto:post@lockstep.example"),
                People(smtp=None, local=True),
            )
            sender = Sender(Outbox(place.engine), place.seal, *ways, link=place.url)
            while await sender.step():
                pass

    place.do(lambda: asyncio.run(once()))


def deliver(page: Page, origin: str, message: bytes) -> None:
    """The browser's own last step: the message, decrypted, to the worker."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    told = {"origin": origin, "registrationId": found[-1], "data": message.decode()}
    session.send("ServiceWorker.deliverPushMessage", told)
    session.detach()


def shown(worker: Worker) -> list[dict[str, Any]]:
    """The notices that the browser shows."""
    found: list[dict[str, Any]] = worker.evaluate(
        """async () => (await registration.getNotifications()).map(
            ({ title, body, data, requireInteraction }) => ({ title, body, data, requireInteraction })
        )"""
    )
    return found


def worker_of(page: Page) -> Worker:
    until(page, "navigator.serviceWorker.controller !== null")
    return page.context.service_workers[0]


def member(place: Place, open_page: OpenPage, name: str) -> Page:
    page = open_page("/account", place.wallet(name))
    connect(page)
    sign_in(page)
    page.get_by_role("heading", name="Notices in this browser").wait_for()
    return page


def test_a_browser_is_subscribed_by_a_click_confirms_itself_and_shows_what_is_pushed(
    place: Place, open_page: OpenPage, service: PushService
) -> None:
    page = member(place, open_page, "pushed")
    page.context.grant_permissions(["notifications"], origin=place.url)
    worker = worker_of(page)
    page.evaluate(_SUBSCRIPTION, service.subscription)
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_text("Waits for the first message")).to_be_visible()
    assert "for-one" not in page.content()

    send(place)
    message = service.browser.opened(service.got[-1])
    deliver(page, place.url, message)
    panel = page.locator(".panel", has=page.get_by_role("heading", name="Notices in this browser"))
    expect(panel.get_by_text("On", exact=True)).to_be_visible()  # its worker gave the code back
    (first,) = shown(worker)
    assert first["title"] == "You are told here from now on"
    assert json.loads(message)["confirms"]["code"] not in first["body"]

    panel.get_by_role("button", name="No more in this browser").click()
    expect(page.get_by_role("button", name="Tell me in this browser")).to_be_visible()
    assert page.request.get("/v1/notifications/channels").json() == {"channels": []}


def test_a_notice_is_shown_with_the_closed_page_in_mind_and_a_click_opens_its_page(
    place: Place, open_page: OpenPage
) -> None:
    page = open_page("/")
    page.context.grant_permissions(["notifications"], origin=place.url)
    worker = worker_of(page)
    told = {
        "id": "msg_1",
        "title": "Vault 42 has reached its stop loss",
        "text": "It had lost as much as its policy allows.",
        "page": "/vaults/42",
        "urgent": True,
        "at": 1_700_000_000,
    }
    for _ in range(2):  # a second attempt of the same delivery is one notice
        deliver(page, place.url, json.dumps(told).encode())
    page.wait_for_timeout(200)
    (notice,) = shown(worker)
    assert (notice["title"], notice["body"]) == (told["title"], told["text"])
    assert notice["requireInteraction"]

    opened = worker.evaluate(
        """async () => {
            const opened = [];
            clients.openWindow = async (url) => { opened.push(url); };  // needs a person's finger
            const [notification] = await registration.getNotifications();
            const click = new NotificationEvent("notificationclick", { notification });
            self.dispatchEvent(click);
            while (!opened.length) await new Promise((resolve) => setTimeout(resolve, 20));
            return opened;
        }"""
    )
    assert opened == [f"{place.url}/vaults/42"]
    assert shown(worker) == []


@pytest.mark.parametrize("page_of", ["https://evil.example/", "//evil.example/", "/\\evil.example/", 7, None])
def test_a_notice_never_leads_anywhere_but_to_this_page(
    place: Place, open_page: OpenPage, page_of: object
) -> None:
    page = open_page("/")
    page.context.grant_permissions(["notifications"], origin=place.url)
    worker = worker_of(page)
    deliver(page, place.url, json.dumps({"id": "x", "title": "t", "text": "x", "page": page_of}).encode())
    page.wait_for_timeout(200)
    assert [each["data"]["page"] for each in shown(worker)] == [f"{place.url}/"]


def test_who_says_no_is_told_where_to_allow_it(place: Place, open_page: OpenPage) -> None:
    page = member(place, open_page, "unpushed")
    page.context.clear_permissions()
    page.evaluate("Notification.requestPermission = async () => 'denied'")  # nobody is there to say no
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_text("This browser may not show notices of this page")).to_be_visible()
    assert page.request.get("/v1/notifications/channels").json() == {"channels": []}
