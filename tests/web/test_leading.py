"""The leader's and the operator's desk: orders by every state they can be in, fees, and the halt."""

from decimal import Decimal

from eth_account import Account
from playwright.sync_api import expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.anvil import CHAIN_ID
from tests.web.people import OpenPage, connect

# The first of the keys that anvil prints for everybody: the demo's guardian and owner.
GUARDIAN = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


def leader(place: Place) -> Wallet:
    """The leader of the demo's first strategy."""
    return Wallet(place.world.leaders.all[0].account, place.node, CHAIN_ID)


def test_a_limit_order_waits_until_the_price_is_there_and_a_keeper_fills_it(
    place: Place, open_page: OpenPage
) -> None:
    wallet = leader(place)
    page = open_page("/desk", wallet)
    connect(page)
    place.keep()  # whatever the demo's own leaders have left
    newest = place.get("/v1/tokens")["data"]
    usdc, weth = ({each["symbol"]: each for each in newest}[name] for name in ("USDC", "WETH"))
    holds = {each["symbol"] for each in place.get("/v1/vaults/1")["data"]["balances"]}
    assert "USDC" in holds
    oracle = place.world.deployment.oracle.functions
    price = place.do(lambda: oracle.priceDown(weth["address"], usdc["address"]).call())
    now = Decimal(price) / 10**36 * 10**12
    page.get_by_role("radio", name="Buy", exact=True).check()
    page.get_by_label("Kind").select_option("limit")
    page.get_by_label("Part of your USDC").fill("10")
    page.get_by_label("Pay at most").fill(f"{now * Decimal('0.97'):.2f}")
    page.get_by_label("Good for").fill("200")
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_text("Signed and handed in.")).to_be_visible()
    assert wallet.asked[-1] == "eth_signTypedData_v4"
    row = page.locator("table tbody tr").first
    expect(row).to_contain_text("open")
    place.keep()
    expect(row).to_contain_text("open")
    for _ in range(12):
        place.tick(weth_times=0.8)
        if place.get("/v1/orders?leader=" + wallet.account.address)["data"][0]["closed"]:
            break
    expect(row).to_contain_text("complete")
    expect(row).to_contain_text("10.0%")


def test_an_order_is_withdrawn_for_free_and_another_cancelled_on_chain(
    place: Place, open_page: OpenPage
) -> None:
    wallet = leader(place)
    page = open_page("/desk", wallet)
    connect(page)
    page.get_by_label("Kind").select_option("limit")
    page.get_by_label("Part of your USDC").fill("1")
    page.get_by_label("Pay at most").fill("10")
    for which in ("Withdraw", "Cancel"):
        page.get_by_role("button", name="Sign the order").click()
        expect(page.get_by_text("Signed and handed in.")).to_be_visible()
        row = page.locator("table tbody tr").first
        expect(row).to_contain_text("open")
        row.get_by_role("button", name=which).click()
        expect(row.get_by_role("button")).to_have_count(0)
    states = [each["status"] for each in place.get(f"/v1/orders?leader={wallet.account.address}")["data"][:2]]
    assert states[0] == "cancelled"


def test_fees_are_claimed_to_the_unit(place: Place, open_page: OpenPage) -> None:
    wallet = leader(place)
    page = open_page("/desk", wallet)
    connect(page)
    due = place.get(f"/v1/accounts/{wallet.account.address}")["data"]["claimable_fees"]
    fee = next(each for each in due if each["symbol"] == "USDC")
    page.get_by_role("button", name="Claim USDC").click()
    expect(page.get_by_text("It is in your account")).to_be_visible()
    expect(page.get_by_role("button", name="Claim USDC")).to_be_hidden()
    hub = place.world.deployment.hub.functions
    held = place.do(lambda: hub.accountBalance(wallet.account.address, fee["token"]).call())
    assert held >= int(fee["units"])


def test_the_guardian_halts_entries_everybody_sees_it_and_nobody_else_can(
    place: Place, open_page: OpenPage
) -> None:
    stranger = open_page("/operator", place.wallet("stranger"))
    connect(stranger)
    stranger.get_by_role("button", name="Halt all").click()
    expect(stranger.get_by_role("alert")).to_contain_text("Only the operator")

    wallet = Wallet(Account.from_key(GUARDIAN), place.node, CHAIN_ID)
    page = open_page("/operator", wallet)
    connect(page)
    page.get_by_role("button", name="Halt all").click()
    expect(page.get_by_text("Halted. Exits and withdrawals go on.")).to_be_visible()
    expect(stranger.get_by_text("All trading is halted by the operator")).to_be_visible()
    assert place.get("/v1/protocol")["data"]["halted"]
    page.get_by_role("button", name="Resume all").click()
    expect(page.get_by_text("Trading goes on.")).to_be_visible()
    expect(stranger.get_by_text("All trading is halted by the operator")).to_be_hidden()


def test_the_whole_order_is_told_before_it_is_signed_as_the_chain_then_fills_it(
    place: Place, open_page: OpenPage
) -> None:
    wallet = leader(place)
    page = open_page("/desk", wallet)
    connect(page)
    place.keep()
    page.get_by_role("radio", name="Buy", exact=True).check()
    page.get_by_label("Part of your USDC").fill("7")
    preview = page.get_by_label("The whole order, if it were filled now")
    first = preview.locator(".stat .figure").first
    expect(first).to_be_visible()
    expect(preview).to_have_attribute("aria-busy", "false")
    told = [preview.locator(".stat .figure").nth(at).get_attribute("title") for at in (1, 2)]
    followers = int(first.inner_text())
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_text("Signed and handed in.")).to_be_visible()
    place.keep()
    trade = place.get(f"/v1/trades?kind=leader&limit=1&strategy_id={strategy_of(place, wallet)}")["data"][0]
    copies = place.get(f"/v1/trades/{trade['id']}/copies?limit=100")["data"]
    fills = [each["fill"] for each in copies if each["fill"] and each["fill"]["batch"] == 0]
    assert len(fills) - 1 == followers > 0
    sold = sum(Decimal(each["sold"]["decimal"]) + Decimal(each["fee"]["decimal"]) for each in fills)
    bought = sum(Decimal(each["bought"]["decimal"]) for each in fills)
    assert abs(amount(told[0]) / sold - 1) < Decimal("0.001")
    assert abs(amount(told[1]) / bought - 1) < Decimal("0.01")  # a keeper's gas is paid from it


def amount(told: str | None) -> Decimal:
    assert told is not None
    return Decimal(told.split()[0])


def strategy_of(place: Place, wallet: Wallet) -> int:
    found: int = place.get(f"/v1/strategies?leader={wallet.account.address}")["data"][0]["id"]
    return found


def test_what_the_contract_would_refuse_is_told_before_it_is_signed(
    place: Place, open_page: OpenPage
) -> None:
    page = open_page("/desk", leader(place))
    connect(page)
    page.get_by_role("radio", name="Buy", exact=True).check()
    # Of any holding this is less than a unit.
    page.get_by_label("Part of your USDC").fill("0.0000000000000001")
    expect(page.get_by_text("Filled now it would be refused")).to_be_visible()
