"""The page without a network: after one visit it opens, says what cannot be reached, and lets money out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.anvil import CHAIN_ID
from tests.web.people import OpenPage, connect, until
from tests.web.wire import Wire

_INSTALLED = """async () => {
    if (!navigator.serviceWorker.controller) return false;
    const files = await (await fetch('/assets.json')).json();
    return (await Promise.all(files.map((file) => caches.match(file)))).every(Boolean);
}"""


@pytest.fixture
def wire(place: Place) -> Iterator[Wire]:
    opened = Wire(place.url)
    yield opened
    opened.cut()


def visited(page: Page, wire: Wire) -> None:
    """The worker keeps every file of the page; then the network goes, for it and for the browser."""
    until(page, _INSTALLED)
    wire.cut()
    page.context.set_offline(True)


def test_every_page_opens_and_says_what_cannot_be_reached(open_page: OpenPage, wire: Wire) -> None:
    page = open_page(wire.url)
    visited(page, wire)
    for path, heading in (
        ("/", "Leaders"),
        ("/withdraw", "Withdraw from the contract"),
        ("/desk", "Leader's desk"),
    ):
        page.goto(f"{wire.url}{path}")
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        expect(page.get_by_text("The records cannot be reached just now")).to_be_visible()
    page.goto(f"{wire.url}/leaders/1")
    expect(page.get_by_role("alert")).to_contain_text("The API does not answer")
    expect(page.get_by_role("alert")).to_contain_text("withdrawing in kind asks only the contract")


def test_an_answer_of_the_api_is_never_kept(open_page: OpenPage, wire: Wire) -> None:
    page = open_page(f"{wire.url}/leaders/1")
    expect(page.get_by_role("heading", name="Ether momentum", level=1)).to_be_visible()
    visited(page, wire)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The API does not answer")
    kept = page.evaluate(
        """async () => {
            const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
            const requests = (await Promise.all(caches_.map((each) => each.keys()))).flat();
            return requests.map((each) => new URL(each.url).pathname);
        }"""
    )
    assert {path.split("/")[1] for path in kept} == {"assets", "index.html", "theme.js", "icon.svg"}


def test_everything_is_withdrawn_by_the_wallets_own_node(
    place: Place, open_page: OpenPage, wire: Wire
) -> None:
    vaults = place.get("/v1/vaults?strategy_id=2&status=Active&limit=100")["data"]
    vault = next(each for each in vaults if not each["is_leader"])
    owner = next(each for each in place.world.crowd.all if each.account.address == vault["owner"])
    wallet = Wallet(owner.account, place.node, CHAIN_ID)
    page = open_page(wire.url, wallet)
    connect(page)
    visited(page, wire)
    page.goto(f"{wire.url}/withdraw")
    expect(page.get_by_text("The records cannot be reached just now")).to_be_visible()
    panel = page.locator(".panel", has=page.get_by_role("heading", name=f"Vault {vault['id']}, strategy 2"))
    panel.get_by_role("button", name="Withdraw all of it").click()
    expect(panel.get_by_text("All of it is in your wallet.")).to_be_visible()
    hub = place.world.deployment.hub.functions
    for balance in vault["balances"]:
        left = place.do(lambda token=balance["token"]: hub.vaultBalance(vault["id"], token).call())
        assert left == 0
