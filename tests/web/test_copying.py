"""Copying a leader, from connecting a wallet to the vault on chain, and what can come between."""

from typing import Any

from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from tests.web.people import OpenPage, connect

LEADER = 1


def vaults(place: Place, owner: str) -> list[Any]:
    found: list[Any] = place.get(f"/v1/vaults?owner={owner}")["data"]
    return found


def fill_in(page: Page, amount: str) -> None:
    page.get_by_label("Copy with").fill(amount)
    page.get_by_role("checkbox", name="I can bear losing").check()


def copy(page: Page) -> None:
    page.get_by_role("button", name="Copy with").click()


def test_a_permit_and_one_transaction_open_a_vault_with_ones_own_limits(
    place: Place, open_page: OpenPage
) -> None:
    wallet = place.wallet("own limits", usdc=5_000)
    page = open_page(f"/leaders/{LEADER}/copy", wallet)
    connect(page)
    page.get_by_role("radio", name="My own").check()
    for label, value in {
        "Largest entry": "250.5",
        "Most in one token": "35",
        "Drawdown": "12.5",
        "Stop-loss": "10",
        "Pause between entries": "5",
    }.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Worst price").select_option("0.5")
    fill_in(page, "1000")
    expect(page.get_by_text("Your stop-loss acts at a loss of 100 USDC.")).to_be_visible()
    expect(page.get_by_text("3,333.333334 USDC leaves your wallet")).to_be_visible()
    copy(page)
    expect(page.get_by_text("You now copy Ether momentum with 1,000 USDC.")).to_be_visible()

    assert wallet.asked == ["eth_requestAccounts", "eth_signTypedData_v4", "eth_sendTransaction"]
    page.get_by_role("link", name="To the dashboard").click()
    page.get_by_role("heading", name="Ether momentum").wait_for()
    (vault,) = vaults(place, wallet.account.address)
    hub = place.world.deployment.hub.functions
    policy = place.do(lambda: hub.policyOf(vault["id"]).call())
    # What was not touched is what the form began with: the balanced preset.
    positions, exposure, daily, budget = 8, 8_000, 700, 600
    token, drawdown, stop, slippage, cooldown, most = 3_500, 1_250, 1_000, 50, 300, 250_500_000
    begin = (0, 0, 3, positions, 0, slippage, token, exposure, daily)
    assert policy == (*begin, drawdown, stop, 0, budget, cooldown, 0, 0, most, 0)
    assert vault["balances"][0]["units"] == "1000000000"
    idle = place.do(lambda: hub.accountBalance(wallet.account.address, vault["balances"][0]["token"]).call())
    # 30% of all that came in may copy; the rest of 1,000 / 0.3, rounded up to the unit, waits.
    assert idle == 3_333_333_334 - 1_000_000_000


def test_a_higher_cap_of_ones_own_leaves_less_idle(place: Place, open_page: OpenPage) -> None:
    wallet = place.wallet("higher cap", usdc=5_000)
    page = open_page(f"/leaders/{LEADER}/copy", wallet)
    connect(page)
    fill_in(page, "1000")
    page.get_by_role("checkbox", name="Raise my own cap").check()
    expect(page.get_by_text("2,000 USDC leaves your wallet")).to_be_visible()
    copy(page)
    expect(page.get_by_text("You now copy")).to_be_visible()
    hub = place.world.deployment.hub.functions
    assert place.do(lambda: hub.leaderCapOf(wallet.account.address).call()) == 5_000


def test_what_the_wallet_lacks_is_said_before_anything_is_signed(place: Place, open_page: OpenPage) -> None:
    wallet = place.wallet("poor", usdc=100)
    page = open_page(f"/leaders/{LEADER}/copy", wallet)
    connect(page)
    fill_in(page, "1000")
    expect(page.get_by_text("Your wallet has 100 USDC: 3,233.333334 USDC too little")).to_be_visible()
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_disabled()
    page.get_by_label("Copy with").fill("1.1234567")
    expect(page.get_by_text("At most 6 digits after the point.")).to_be_visible()


def test_a_limit_that_the_contract_does_not_take_is_named(open_page: OpenPage) -> None:
    page = open_page(f"/leaders/{LEADER}/copy")
    page.get_by_role("radio", name="My own").check()
    page.get_by_label("Largest entry").fill("10")
    page.get_by_label("Smallest entry").fill("20")
    expect(page.get_by_text("Above the largest entry.")).to_be_visible()
    page.get_by_label("Smallest entry").fill("")
    page.get_by_label("Stop-loss").fill("101")
    expect(page.get_by_text("At most 100%.")).to_be_visible()


def test_declining_changes_nothing_and_can_be_tried_again(place: Place, open_page: OpenPage) -> None:
    wallet = place.wallet("hesitant", usdc=5_000)
    page = open_page(f"/leaders/{LEADER}/copy", wallet)
    connect(page)
    fill_in(page, "1000")
    wallet.rejects = True
    copy(page)
    expect(page.get_by_role("alert")).to_contain_text("You declined it in your wallet.")
    assert vaults(place, wallet.account.address) == []
    wallet.rejects = False
    copy(page)
    expect(page.get_by_text("You now copy")).to_be_visible()


def test_another_network_is_said_and_switched(place: Place, open_page: OpenPage) -> None:
    wallet = place.wallet("astray", usdc=5_000)
    wallet.network = 1
    page = open_page(f"/leaders/{LEADER}/copy", wallet)
    connect(page)
    expect(page.get_by_text("Your wallet is on another network (1)")).to_be_visible()
    fill_in(page, "1000")
    expect(page.get_by_role("button", name="Copy with")).to_be_disabled()
    page.get_by_role("button", name="Switch to Local test chain").click()
    expect(page.get_by_text("Your wallet is on another network")).to_be_hidden()
    copy(page)
    expect(page.get_by_text("You now copy")).to_be_visible()


def test_no_wallet_at_all_is_explained(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Connect a wallet").click()
    expect(page.get_by_text("No wallet was found in this browser")).to_be_visible()


def test_who_sent_somebody_is_written_into_the_vault_on_chain(place: Place, open_page: OpenPage) -> None:
    sender, wallet = place.wallet("sender"), place.wallet("sent", usdc=5_000)
    page = open_page(f"/?ref={sender.address}", wallet)
    connect(page)
    page.goto(f"/leaders/{LEADER}/copy")
    expect(page.get_by_text("sent you and is written into the vault")).to_be_visible()
    fill_in(page, "1000")
    copy(page)
    expect(page.get_by_text("You now copy")).to_be_visible()
    (vault,) = vaults(place, wallet.address)
    hub = place.world.deployment.hub.functions
    assert place.do(lambda: hub.referrerOf(vault["id"]).call()) == sender.address

    page.goto("/portfolio")
    expect(page.get_by_text(f"{place.url}/?ref={wallet.address}")).to_be_visible()
