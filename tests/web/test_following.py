"""A follower's life on the page: copies and skips as they happen, a stop, and each way out."""

import re
from decimal import Decimal
from typing import Any

from eth_utils.crypto import keccak
from playwright.sync_api import Route, expect

from benchmarks.web.place import Place
from tests.web.people import Leader, OpenPage, follower


def vault(place: Place, number: int) -> Any:
    return place.get(f"/v1/vaults/{number}")["data"]


def test_a_leaders_trade_appears_live_at_the_leaders_price_and_equals_api_and_chain(
    place: Place, open_page: OpenPage, leader: Leader
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
    place: Place, open_page: OpenPage, leader: Leader
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
    place: Place, open_page: OpenPage, leader: Leader
) -> None:
    with follower(place, open_page, "changing", leader[0]) as (page, _, number):
        page.get_by_role("button", name="Change limits").click()
        page.get_by_label("Largest entry").fill("123.45")
        page.get_by_role("button", name="Set these limits").click()
        expect(page.get_by_text("The new limits hold")).to_be_visible()
        expect(page.get_by_text("Limits revision 2.")).to_be_visible()
        assert vault(place, number)["policy"]["max_trade"]["units"] == "123450000"


def test_a_stop_is_near_then_reached_and_a_keeper_sells_everything(
    place: Place, open_page: OpenPage, leader: Leader
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
    place: Place, open_page: OpenPage, leader: Leader
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
    place: Place, open_page: OpenPage, leader: Leader
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


def test_money_is_added_within_the_cap_and_part_of_it_taken_out_again(
    place: Place, open_page: OpenPage, leader: Leader
) -> None:
    with follower(place, open_page, "adding", leader[0]) as (page, wallet, number):
        page.get_by_role("button", name="Add money").click()
        page.get_by_label("Add to the vault").fill("300")
        expect(page.get_by_text("1,000 USDC leaves your wallet")).to_be_visible()  # 300 of 1,000: the cap
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("It is in your vault")).to_be_visible()
        assert vault(place, number)["balances"][0]["units"] == "1300000000"

        page.get_by_role("button", name="Take out").first.click()
        page.get_by_label("Take out of the vault").fill("1300.000001")
        expect(page.get_by_text("The vault holds 1,300 USDC.")).to_be_visible()
        page.get_by_label("Take out of the vault").fill("200.5")
        expect(page.get_by_text("No fee is due on it.")).to_be_visible()
        page.get_by_role("button", name="Take out").last.click()
        expect(page.get_by_text("It is in your account")).to_be_visible()
        assert vault(place, number)["balances"][0]["units"] == "1099500000"
        assert vault(place, number)["status"] == "Active"
        account = place.get(f"/v1/accounts/{wallet.account.address}")["data"]
        page.goto("/portfolio")
        page.get_by_role("button", name="Withdraw USDC").click()
        expect(page.get_by_text("It is in your wallet.")).to_be_visible()
        assert place.get(f"/v1/accounts/{wallet.account.address}")["data"]["idle"] == []
        assert account["idle"][0]["symbol"] == "USDC"


def test_who_joins_late_catches_up_with_what_the_leader_holds(
    place: Place, open_page: OpenPage, leader: Leader
) -> None:
    strategy, trade = leader
    trade("Buy", "50")
    with follower(place, open_page, "late", strategy) as (page, _, number):
        assert [each["symbol"] for each in vault(place, number)["balances"]] == ["USDC"]
        page.get_by_role("button", name="Catch up").click()
        # Half of 1,000, but for what the pool kept of the leader's half.
        expect(page.get_by_text(re.compile(r"Buy WETH for (49[5-9]|50[0-5])"))).to_be_visible()
        page.get_by_role("button", name="Catch up").last.click()
        expect(page.get_by_text("Bought: you hold the leader's mix.")).to_be_visible()
        expect(page.get_by_text("You hold the leader's mix already")).to_be_visible()
        statement = place.get(f"/v1/vaults/{number}/statement")["data"]
        assert Decimal(statement["tracking"]["sync_score"]) > Decimal("0.995")
    trade("Sell", "100")


def test_the_disclosure_that_was_accepted_is_signed_with_the_opening_and_read_from_the_chain(
    place: Place, open_page: OpenPage, leader: Leader
) -> None:
    with follower(place, open_page, "informed", leader[0]) as (page, _, number):
        expect(page.get_by_text("Risk disclosure 1 of")).to_be_visible()
        opened = vault(place, number)["opened"]["transaction"]
        page.goto(f"/leaders/{leader[0]}/copy")
        page.get_by_text("Risk disclosure, version 1").click()
        lines = page.locator(".disclosure li").all_inner_texts()
        signed = keccak(text="\n".join(["Lockstep risk disclosure 1", *lines])).hex()
        assert place.request("eth_getTransactionByHash", opened)["input"].endswith(signed)
        expect(page.locator(".disclosure .address")).to_have_text(f"0x{signed}")


def test_the_portfolio_adds_up_to_the_api_and_gives_the_month_on_paper(
    place: Place, open_page: OpenPage, leader: Leader
) -> None:
    strategy, trade = leader
    with follower(place, open_page, "collector", strategy) as (page, wallet, number):
        trade("Buy", "50")
        expect(page.get_by_text("Copied", exact=True)).to_have_count(1)
        page.get_by_role("link", name="Dashboard").click()
        page.get_by_role("link", name="Portfolio").click()
        found = place.get(f"/v1/portfolios/{wallet.account.address}")["data"]
        (total,) = found["totals"]
        equity = page.locator(".stat", has_text="Equity in USDC").locator(".figure")
        expect(equity).to_have_attribute("title", f"{Decimal(total['equity']['decimal']):,} USDC")
        fees = page.locator(".pairs .total .figure")
        expect(fees).to_have_attribute("title", f"{Decimal(total['costs']['total']['decimal']):,f} USDC")
        for balance in found["vaults"][0]["balances"]:
            row = page.locator("tr", has=page.get_by_role("rowheader", name=balance["amount"]["symbol"]))
            expect(row.first.locator(".figure").first).to_have_attribute(
                "title", f"{Decimal(balance['amount']['decimal']):,f} {balance['amount']['symbol']}"
            )
        with page.expect_download() as paper:
            page.get_by_role("button", name="Statement").click()
        month = place.get("/v1/protocol")["as_of_block"]["time"][:7]
        assert paper.value.suggested_filename == f"lockstep-vault-{number}-{month}.pdf"
        trade("Sell", "100")
