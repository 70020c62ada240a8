"""Campaigns: a code in a link becomes the referrer on chain; what came of it points at nobody."""

import time
from decimal import Decimal

from eth_account.signers.local import LocalAccount
from playwright.sync_api import expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.anvil import CHAIN_ID
from tests.web.people import OpenPage, connect, sign_in

STRATEGY = 1


def test_a_campaigns_link_opens_a_vault_with_its_referrer_and_who_came_says_so_or_not(
    place: Place, open_page: OpenPage
) -> None:
    sender = place.wallet("campaigner")
    page = open_page("/account", sender)
    connect(page)
    sign_in(page)
    page.goto("/referral")
    page.get_by_role("button", name="New campaign").click()
    page.get_by_label("Code").fill("SpringRun")
    page.get_by_label("Title").fill("Spring run")
    page.get_by_role("button", name="Begin").click()
    row = page.get_by_role("row", name="Spring run")
    expect(row).to_contain_text("Open")

    wallet = place.wallet("came by campaign", usdc=5_000)
    visitor = open_page("/?ref=SpringRun", wallet)
    connect(visitor)
    visitor.goto(f"/leaders/{STRATEGY}/copy")
    expect(visitor.get_by_text("“Spring run”")).to_be_visible()
    visitor.get_by_label("Copy with").fill("1000")
    visitor.get_by_role("checkbox", name="I can bear losing").check()
    visitor.get_by_role("button", name="Copy with").click()
    expect(visitor.get_by_text("You now copy")).to_be_visible()
    (vault,) = place.get(f"/v1/vaults?owner={wallet.address}")["data"]
    hub = place.world.deployment.hub.functions
    assert place.do(lambda: hub.referrerOf(vault["id"]).call()) == sender.address

    page.reload()
    none = page.get_by_role("row", name="Of none")
    expect(none.get_by_role("cell").nth(1)).to_have_text("1")  # the chain does not know campaigns
    expect(row.get_by_role("cell").nth(1)).to_have_text("0")
    visitor.get_by_role("button", name="Say so").click()
    expect(visitor.get_by_text("Said: you came by “Spring run”")).to_be_visible()
    page.reload()
    expect(row.get_by_role("cell").nth(1)).to_have_text("1")
    expect(none.get_by_role("cell").nth(1)).to_have_text("0")
    expect(page.get_by_text("fewer than 5")).to_be_visible()
    assert wallet.address.lower() not in page.content().lower()

    page.get_by_role("button", name="End Spring run").click()
    expect(row).to_contain_text("Ended")
    late = open_page("/?ref=SpringRun", place.wallet("too late"))
    connect(late)
    late.goto(f"/leaders/{STRATEGY}/copy")
    expect(late.get_by_role("heading", name="3. What you agree to")).to_be_visible()
    late.wait_for_load_state("networkidle")
    expect(late.get_by_text("is written into the vault")).to_have_count(0)


def test_income_is_the_ledgers_by_month_and_is_claimed_by_the_wallet(
    place: Place, open_page: OpenPage
) -> None:
    known = {each.account.address: each.account for each in place.world.crowd.all}
    account = known[_leave_with_a_gain(place, known)]
    wallet = Wallet(account, place.node, CHAIN_ID)
    page = open_page("/account", wallet)
    connect(page)
    sign_in(page)
    page.goto("/referral")
    found = page.request.get("/v1/referrals").json()["data"]
    income = page.locator(".stat", has_text="Your income").locator("dd").first
    for amount in found["total"]["income"]:
        shown = f"{Decimal(amount['decimal']):,f} {amount['symbol']}"
        expect(income.locator(f'.figure[title="{shown}"]')).to_have_count(1)
    months = page.request.get("/v1/referrals/statement").json()["data"]
    panel = page.locator(".panel", has=page.get_by_role("heading", name="Income by month"))
    expect(panel.locator("tbody tr")).to_have_count(len(months))
    with page.expect_download() as file:
        panel.get_by_role("button", name="CSV").click()
    assert file.value.suggested_filename == "lockstep-referrals.csv"
    lines = file.value.path().read_text().splitlines()
    assert len(lines) == len(months) + 1

    claimable = [each for each in found["balances"] if each["claim"]]
    assert claimable
    page.get_by_role("button", name=f"Claim {claimable[0]['claimable']['symbol']}").click()
    expect(page.get_by_text("It is in your account")).to_be_visible()
    after = place.get(f"/v1/accounts/{account.address}")["data"]
    idle = next(each for each in after["idle"] if each["token"] == claimable[0]["claimable"]["token"])
    assert int(idle["units"]) >= int(claimable[0]["claimable"]["units"])
    assert claimable[0]["claimable"]["token"] not in {each["token"] for each in after["claimable_fees"]}


def _leave_with_a_gain(place: Place, known: dict[str, LocalAccount]) -> str:
    """Somebody who was sent leaves and pays the performance fee; who sent them, and now has a part of it."""
    vaults = place.get(f"/v1/vaults?strategy_id={STRATEGY}&status=Active&limit=100")["data"]
    sent = [each for each in vaults if each["referrer"] in known and each["owner"] in known]
    found = max(sent, key=lambda each: _due(place, each["id"]))
    assert _due(place, found["id"]) > 0
    owner, tokens = known[found["owner"]], [each["token"] for each in found["balances"]]
    place.send(owner, place.world.deployment.hub.functions.exit(found["id"], tokens, owner.address))
    place.request("evm_mine")
    while place.get(f"/v1/vaults/{found['id']}")["data"]["status"] == "Active":
        time.sleep(0.1)
    return str(found["referrer"])


def _due(place: Place, vault: int) -> int:
    """What a vault would pay for its gain if it left now."""
    owed = place.get(f"/v1/vaults/{vault}/statement")["data"]["gain_fee"]
    return 0 if owed is None else int(owed["due"]["units"])
