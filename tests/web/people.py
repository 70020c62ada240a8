"""Whom the tests share: a leader made on the leader's desk, and followers of theirs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyotp
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from cli.access import app

# The page waits for blocks and for the ledger: on a busy machine seconds, never this long.
PATIENCE_MS = 60_000
STAKE, COPIED = 2_000, 1_000
OpenPage = Callable[..., Page]
Leader = tuple[int, Callable[..., None]]
"""A strategy's id, and how its leader trades: side, and part in percent."""


def connect(page: Page) -> None:
    page.get_by_role("button", name="Connect a wallet").first.click()
    page.get_by_role("button", name="Test wallet").click()
    page.get_by_role("button", name="Wallet 0x").wait_for()


def until(page: Page, script: str) -> None:
    """Waits for a script to answer true. The page's own policy forbids what `wait_for_function` does."""
    for _ in range(PATIENCE_MS // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {script}")


def sign_in(page: Page) -> None:
    """By the wallet that is connected, on the account page."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Where you are signed in").wait_for()


def give_code(page: Page) -> None:
    """A code of the authenticator whose secret the page has just told."""
    secret = page.locator(".notice .address").inner_text()
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Give the code").click()
    expect(page.get_by_text("Given in this session")).to_be_visible()


def grant(place: Place, wallet: Wallet, role: str) -> None:
    """A role, as whoever has the server's shell grants it."""
    asked = ["grant", wallet.address, role, "--database-url", place.database, "--why", "a test"]
    assert CliRunner().invoke(app, asked).exit_code == 0


@contextmanager
def leader_on_the_desk(browser: Browser, place: Place) -> Iterator[Leader]:
    """A strategy opened and funded on the desk, and how its leader trades there: side and part."""
    wallet = place.wallet("desk leader", usdc=10_000)
    context = browser.new_context(base_url=place.url, locale="en-US", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wallet.join(page)
    page.goto("/desk")
    connect(page)
    page.get_by_label("Name").fill("Desk made")
    page.get_by_role("checkbox", name="WETH").check()
    page.get_by_role("button", name="Open the strategy").click()
    page.get_by_role("heading", name="Desk made").wait_for()
    page.get_by_label("Amount").fill(str(STAKE))
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Your stake has grown.").wait_for()
    expect(page.locator(".stat", has_text="Own stake")).to_contain_text("2,000.00")

    def trade(side: str, part: str) -> None:
        page.get_by_role("radio", name=side, exact=True).check()
        page.get_by_label("Part of your").fill(part)
        page.get_by_role("button", name="Sign the order").click()
        page.get_by_text("Signed and handed in.").wait_for()
        place.keep()

    strategies = place.get(f"/v1/strategies?leader={wallet.account.address}")["data"]
    yield strategies[0]["id"], trade
    context.close()


@contextmanager
def follower(
    place: Place, open_page: OpenPage, name: str, strategy: int, **limits: str
) -> Iterator[tuple[Page, Wallet, int]]:
    """Somebody who has just begun to copy, on the page of the vault."""
    wallet = place.wallet(name, usdc=5_000)
    page = open_page(f"/leaders/{strategy}/copy", wallet)
    connect(page)
    page.get_by_role("radio", name="My own").check()
    for label in (
        "Most in one token",
        "Most outside cash",
        "Daily loss",
        "Drawdown",
        "Stop-loss",
        "Worst price",
    ):
        field = page.get_by_label(label)
        if label == "Worst price":
            field.select_option("")
        else:
            field.fill(limits.get(label, ""))
    page.get_by_label("Copy with").fill(str(COPIED))
    page.get_by_role("checkbox", name="I can bear losing").check()
    page.get_by_role("button", name="Copy with").click()
    page.get_by_role("link", name="To the dashboard").click()
    page.get_by_role("heading", name="Desk made").click()
    page.get_by_role("heading", name="Control").wait_for()
    yield page, wallet, int(page.url.rsplit("/", 1)[1])
