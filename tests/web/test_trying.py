"""Play money: tried without a wallet, beside the real thing, and copied for real with the same limits."""

from playwright.sync_api import expect

from benchmarks.web.place import Place
from tests.web.people import Leader, OpenPage, connect


def test_a_leader_is_tried_without_a_wallet_and_copied_for_real_with_the_same_limits(
    place: Place, open_page: OpenPage, leader: Leader
) -> None:
    page = open_page(f"/leaders/{leader[0]}")
    page.get_by_role("link", name="Try with play money").click()
    page.get_by_label("Begin with").fill("800")
    page.get_by_role("radio", name="My own").check()
    page.get_by_label("Largest entry").fill("111")
    page.get_by_role("button", name="Start with play money").click()
    expect(page.get_by_text("Nothing here is money")).to_be_visible()
    expect(page.get_by_text("Nothing yet")).to_be_visible()

    leader[1]("Buy", "50")
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    number = page.url.rsplit("/", 1)[1]
    found = place.get(f"/v1/paper/vaults/{number}")["data"]
    assert int(found["lines"][0]["sold"]["units"]) + int(found["lines"][0]["fee"]["units"]) <= 111_000_000
    expect(page.locator(".stat dd").first).to_contain_text("USDC")

    page.goto("/dashboard")  # no wallet: play money alone
    page.get_by_role("link", name="Desk made").click()
    expect(page.get_by_role("rowheader", name="WETH")).to_be_visible()
    page.get_by_role("link", name="Copy for real with these limits").click()
    expect(page.get_by_label("Copy with")).to_have_value("800")
    expect(page.get_by_label("Largest entry")).to_have_value("111")
    leader[1]("Sell", "100")


def test_play_money_that_the_server_has_dropped_is_forgotten(open_page: OpenPage) -> None:
    page = open_page(f"/play/{'0f' * 16}")
    expect(page.get_by_text("This play money is gone")).to_be_visible()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_what_the_hub_would_refuse_is_refused_in_words(open_page: OpenPage) -> None:
    page = open_page("/leaders/1/try")
    page.get_by_label("Begin with").fill("0.000001")
    page.get_by_role("button", name="Start with play money").click()
    expect(page.get_by_role("alert")).to_contain_text("The hub would refuse this vault")


def test_a_wallet_sees_play_money_beside_the_real(place: Place, open_page: OpenPage) -> None:
    page = open_page("/leaders/1/try", place.wallet("player"))
    page.get_by_role("button", name="Start with play money").click()
    expect(page.get_by_text("Nothing here is money")).to_be_visible()
    page.get_by_role("link", name="Dashboard").click()
    connect(page)
    expect(page.get_by_role("heading", name="Play money")).to_be_visible()
    expect(page.get_by_text("You copy nobody yet")).to_be_visible()
