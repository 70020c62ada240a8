"""A follower's life on the page: copies and skips as they happen, a stop, and each way out.

The leader is made for the folder's tests, on the leader's desk.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from tests.web.conftest import PATIENCE_MS, OpenPage, connect

STAKE, COPIED = 2_000, 1_000


@pytest.fixture(scope="module")
def leader(browser: Browser, place: Place) -> Iterator[tuple[int, Callable[..., None]]]:
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


def vault(place: Place, number: int) -> Any:
    return place.get(f"/v1/vaults/{number}")["data"]


def test_a_leaders_trade_appears_live_at_the_leaders_price_and_equals_api_and_chain(
    place: Place, open_page: OpenPage, leader: tuple[int, Callable[..., None]]
) -> None:
    strategy, trade = leader
    with follower(place, open_page, "live", strategy) as (page, _, number):
        expect(page.get_by_text("Copied", exact=True)).to_have_count(0)
        trade("Buy", "50")
        expect(page.get_by_text("Copied", exact=True)).to_have_count(1)
        expect(page.get_by_text("Price against the leader's: 0 bps")).to_be_visible()
        statement = place.get(f"/v1/vaults/{number}/statement")["data"]
        hub = place.world.deployment.hub.functions
        for balance in statement["balances"]:
            held = place.do(lambda token=balance["amount"]["token"]: hub.vaultBalance(number, token).call())
            assert str(held) == balance["amount"]["units"]
            row = page.locator("tr", has=page.get_by_role("rowheader", name=balance["amount"]["symbol"]))
            shown = row.locator("td").first.locator(".figure").get_attribute("title")
            assert shown is not None
            assert shown.replace(",", "") == f"{balance['amount']['decimal']} {balance['amount']['symbol']}"
        equity = page.locator(".stat", has_text="Equity").locator(".figure").first.get_attribute("title")
        assert equity is not None
        assert equity.replace(",", "") == f"{statement['profit']['equity']['decimal']} USDC"
        trade("Sell", "100")


def test_a_pause_skips_with_its_reason_and_what_to_do_and_resuming_copies_again(
    place: Place, open_page: OpenPage, leader: tuple[int, Callable[..., None]]
) -> None:
    strategy, trade = leader
    with follower(place, open_page, "pausing", strategy) as (page, _, number):
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("Paused by you")).to_be_visible()
        trade("Buy", "40")
        expect(page.get_by_text("Not copied", exact=True)).to_be_visible()
        expect(page.get_by_text("The owner had paused copying when the vault's turn came.")).to_be_visible()
        expect(page.get_by_text("Call resume to copy again")).to_be_visible()
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_text("Copying", exact=True)).to_be_visible()
        trade("Sell", "100")
        expect(page.get_by_text("Not copied", exact=True)).to_have_count(
            2
        )  # nothing to sell: it joined after the entry
        assert vault(place, number)["skipped"] == 2


def test_limits_are_changed_and_hold_as_a_new_revision(
    place: Place, open_page: OpenPage, leader: tuple[int, Callable[..., None]]
) -> None:
    with follower(place, open_page, "changing", leader[0]) as (page, _, number):
        page.get_by_role("button", name="Change limits").click()
        page.get_by_label("Largest entry").fill("123.45")
        page.get_by_role("button", name="Set these limits").click()
        expect(page.get_by_text("The new limits hold")).to_be_visible()
        expect(page.get_by_text("Limits revision 2.")).to_be_visible()
        assert vault(place, number)["policy"]["max_trade"]["units"] == "123450000"


def test_a_stop_is_near_then_reached_and_a_keeper_sells_everything(
    place: Place, open_page: OpenPage, leader: tuple[int, Callable[..., None]]
) -> None:
    strategy, trade = leader
    limits = {"Stop-loss": "3"}
    with follower(place, open_page, "stopped", strategy, **limits) as (page, _, number):
        expect(page.get_by_role("img", name="Stop-loss: 0% used up")).to_be_visible()
        trade("Buy", "80")
        expect(page.get_by_text("Copied", exact=True)).to_have_count(1)
        for times in (0.97, 0.95, 0.93, 0.93, 0.93, 0.93):
            place.tick(weth_times=times)
        place.keep()
        expect(page.get_by_text("Leaving: for sale")).to_be_visible()
        expect(page.get_by_text("The vault had lost as much of what is invested").first).to_be_visible()
        for _ in range(3):
            place.tick(weth_times=0.93)
        held = vault(place, number)["balances"]
        assert [balance["symbol"] for balance in held] == ["USDC"]
        page.get_by_role("button", name="Withdraw in kind").click()
        page.get_by_role("button", name="Yes, withdraw").click()
        expect(page.get_by_text("All of it is in your wallet.")).to_be_visible()
        trade("Sell", "100")


def test_everything_is_sold_when_asked_and_then_withdrawn(
    place: Place, open_page: OpenPage, leader: tuple[int, Callable[..., None]]
) -> None:
    strategy, trade = leader
    with follower(place, open_page, "leaving", strategy) as (page, _, number):
        trade("Buy", "50")
        expect(page.get_by_text("Copied", exact=True)).to_have_count(1)
        page.get_by_role("button", name="Sell everything").click()
        page.get_by_role("button", name="Yes, sell").click()
        expect(page.get_by_text("Leaving: for sale")).to_be_visible()
        place.keep()
        expect(page.get_by_role("rowheader", name="WETH")).to_have_count(0)
        assert [balance["symbol"] for balance in vault(place, number)["balances"]] == ["USDC"]
        trade("Sell", "100")


def test_with_the_api_gone_everything_is_withdrawn_in_kind_from_the_contract(
    place: Place, open_page: OpenPage, leader: tuple[int, Callable[..., None]]
) -> None:
    strategy, trade = leader
    with follower(place, open_page, "in kind", strategy) as (page, wallet, number):
        trade("Buy", "50")
        expect(page.get_by_text("Copied", exact=True)).to_have_count(1)

        def gone(route: Route) -> None:
            route.abort()

        page.route("**/v1/**", gone)
        page.goto("/withdraw")  # the deployment is remembered; the wallet is asked for everything else
        expect(page.get_by_text("The records cannot be reached just now")).to_be_visible()
        expect(page.get_by_role("heading", name=f"Vault {number},")).to_be_visible()
        hub = place.world.deployment.hub.functions
        tokens = place.world.market.exchange.tokens
        before = {
            name: place.do(lambda token=token: hub.vaultBalance(number, token.address).call())
            for name, token in tokens.items()
            if name != "WBTC"
        }
        assert all(before.values())
        usdc = tokens["USDC"].contract.functions
        had = place.do(lambda: usdc.balanceOf(wallet.account.address).call())
        page.get_by_role("button", name="Withdraw all of it").click()
        expect(page.get_by_text("All of it is in your wallet.")).to_be_visible()
        weth = tokens["WETH"].contract.functions
        assert place.do(lambda: weth.balanceOf(wallet.account.address).call()) == before["WETH"]
        assert place.do(lambda: usdc.balanceOf(wallet.account.address).call()) == had + before["USDC"]
        trade("Sell", "100")
