"""Every page in both themes: axe finds nothing serious, a small phone shows all of it.

What it looks like is in build/screens afterwards.
"""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.anvil import CHAIN_ID
from demo.checkout import Checkout
from tests.web.people import OpenPage, connect, give_code, grant, sign_in
from tests.web.talk import something_is_said

SCREENS = Checkout.here().root / "build" / "screens"
AXE = Checkout.here().root / "web" / "node_modules" / "axe-core" / "axe.min.js"

DESKTOP, PHONE = 1280, 360


def follower(place: Place) -> tuple[Wallet, int]:
    """One of the demo's, whose vault has copied for a while."""
    vaults = place.get("/v1/vaults?strategy_id=1&status=Active&limit=100")["data"]
    most = max(
        (vault for vault in vaults if not vault["is_leader"]),
        key=lambda vault: vault["filled"] + vault["skipped"],
    )
    found = next(each for each in place.world.crowd.all if each.account.address == most["owner"])
    return Wallet(found.account, place.node, CHAIN_ID), most["id"]


def leader(place: Place) -> Wallet:
    """One of the demo's that signs orders."""
    found = place.get("/v1/orders?limit=1")["data"][0]["leader"]
    account = next(each.account for each in place.world.leaders.all if each.account.address == found)
    return Wallet(account, place.node, CHAIN_ID)


def who_looks(place: Place, who: str) -> tuple[Wallet, int]:
    """The wallet that is connected, and a vault of theirs or 0."""
    match who:
        case "leader":
            return leader(place), 0
        case "leading member":
            return Wallet(place.world.leaders.all[0].account, place.node, CHAIN_ID), 0
        case "staff":
            wallet = place.wallet(f"staff who looks {uuid4()}")  # each enrols an authenticator of their own
            for role in ("operator", "admin"):
                grant(place, wallet, role)
            return wallet, 0
        case _:
            return follower(place)


def play_money(place: Place) -> str:
    """A vault of play money that follows the first leader."""
    body = {"strategy_id": 1, "deposit": "1000000000"}
    opened: str = requests.post(f"{place.url}/v1/paper/vaults", json=body, timeout=30).json()["data"]["id"]
    return opened


def heading(name: str) -> Callable[[Page], None]:
    return lambda page: expect(page.get_by_role("heading", name=name).first).to_be_visible()


PAGES: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "discover": (
        "/",
        "",
        lambda page: expect(page.locator("tbody th a").nth(3)).to_be_visible(),
    ),
    "leader": (
        "/leaders/1",
        "",
        lambda page: expect(page.locator(".chart.market canvas").first).to_be_visible(),
    ),
    "try": ("/leaders/1/try", "", heading("3. What it would be for real")),
    "play": ("/play/{play}", "", heading("How it copies")),
    "compare": (
        "/compare/1,2,3,4",
        "",
        lambda page: expect(page.get_by_role("row", name="Turnover")).to_be_visible(),
    ),
    "copy": ("/leaders/1/copy", "follower", heading("3. What you agree to")),
    "dashboard": ("/dashboard", "follower", heading("Ether momentum")),
    "portfolio": ("/portfolio", "follower", heading("Fees by kind")),
    "vault": ("/vaults/{vault}", "follower", heading("Why it is not the leader's number")),
    "withdraw": (
        "/withdraw",
        "follower",
        lambda page: expect(page.get_by_text("Withdraw all of it").first).to_be_visible(),
    ),
    "desk": ("/desk", "leader", heading("Fee income")),
    "account": ("/account", "member", heading("Second factor")),
    "notices": ("/notices", "member", heading("What was told")),
    "watching": ("/watching", "member", heading("Whom you watch")),
    "profile": ("/profile", "leading member", heading("How this is known")),
    "claim": ("/profile", "member", heading("Claim a name")),
    "person": ("/people/{name}", "", heading("In their own words")),
    "referral": ("/referral", "leading member", heading("Income by month")),
    "staff": ("/operator", "staff", heading("Proposals to the owner")),
    "operator": ("/operator", "", heading("What the hub owes")),
    "nowhere": ("/nowhere", "", lambda page: expect(page.get_by_text("There is nothing")).to_be_visible()),
}


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", PAGES)
def test_it_is_accessible_and_fits_a_phone(place: Place, open_page: OpenPage, name: str, theme: str) -> None:
    path, who, is_there = PAGES[name]
    known = something_is_said(place)
    wallet, vault = who_looks(place, who)
    path = path.format(vault=vault, name=known, play=play_money(place) if name == "play" else "")
    page = open_page(path, wallet if who else None, theme=theme)
    if who:
        connect(page)
    if who == "staff":
        page.goto("/account")
        sign_in(page)
        page.get_by_role("button", name="Set up an authenticator").click()
        give_code(page)
        page.get_by_role("link", name="Operator").click()
    elif who.endswith("member"):
        page.get_by_role("button", name="Sign in", exact=True).click()
    is_there(page)
    if name == "copy":
        page.get_by_role("radio", name="My own").check()
        page.get_by_label("Copy with").fill("250")
    page.mouse.move(0, 0)
    draw(page, f"{name}-{theme}")
    assert violations(page) == []

    page.set_viewport_size({"width": PHONE, "height": 740})
    is_there(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    draw(page, f"{name}-{theme}-phone")
    assert wide == PHONE, f"{name} is {wide} pixels wide on a screen of {PHONE}"


def draw(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True, animations="disabled")


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first place of each."""
    page.evaluate(Path(AXE).read_text())  # as the driver's own script: the page's policy allows no other
    found = json.loads(page.evaluate("axe.run().then((result) => JSON.stringify(result.violations))"))
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
