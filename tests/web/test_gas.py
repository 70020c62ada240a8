"""Who paid the gas of a trade, a leader, a vault, a wallet, a keeper: as the API has it, apart from costs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.anvil import CHAIN_ID
from tests.web.people import OpenPage, connect


def exactly(coins: dict[str, str]) -> str:
    """What is to be the title of an amount of the chain's own coin."""
    return f"{Decimal(coins['decimal']):,f} ETH"


def row(of: Locator, label: str) -> Locator:
    """The figure beside a label in a list of pairs."""
    return of.locator("dt", has_text=label).locator("xpath=following-sibling::dd[1]").locator(".figure")


@pytest.mark.parametrize(
    ("strategy", "kind"),
    [
        (1, lambda trade: len(trade["transactions"]) > 1),  # the leader's own, and a keeper's for the rest
        (2, lambda trade: trade["order"]),  # signed, and carried by a keeper
    ],
)
def test_a_trade_names_each_sender_and_what_it_paid(
    place: Place, open_page: OpenPage, strategy: int, kind: Callable[[Any], Any]
) -> None:
    trades = place.get(f"/v1/trades?strategy_id={strategy}&kind=leader&limit=50")["data"]
    details = [place.get(f"/v1/trades/{each['id']}")["data"] for each in trades]
    place_of, trade = next((number, each) for number, each in enumerate(details) if kind(each))
    page = open_page(f"/leaders/{strategy}")
    page.get_by_role("button", name="Prices").nth(place_of).click()
    gas = page.get_by_role("region", name="Who paid the gas")
    expect(gas.get_by_role("listitem").first).to_be_visible()
    names: dict[str, Any] = {each["address"]: each["name"] for each in place.get("/v1/keepers")["keepers"]}
    for number, sent in enumerate(trade["transactions"]):
        item = gas.get_by_role("listitem").nth(number)
        expect(item.locator(".figure")).to_have_attribute("title", exactly(sent["paid"]))
        expect(item.locator(".address")).to_have_attribute("title", sent["sender"])
        expect(item).to_contain_text(
            "The leader" if sent["sender"] == trade["by"] else names.get(sent["sender"], "keeper")
        )
    paid = sum(int(sent["paid"]["units"]) for sent in trade["transactions"])
    assert paid == int(trade["gas_paid"]["units"]) > 0


def test_leader_vault_wallet_and_keepers_show_their_own_gas_apart_from_costs(
    place: Place, open_page: OpenPage
) -> None:
    vaults = place.get("/v1/vaults?strategy_id=1&status=Active&limit=100")["data"]
    vault = next(each for each in vaults if not each["is_leader"])
    owner = next(each for each in place.world.crowd.all if each.account.address == vault["owner"])
    page = open_page("/leaders/1", Wallet(owner.account, place.node, CHAIN_ID))
    connect(page)
    leader = place.get("/v1/leaders/1?window=all")["data"]["gas"]
    costs = page.locator(".panel", has=page.get_by_role("heading", name="What it costs"))
    expect(row(costs, "Gas paid by the leader")).to_have_attribute("title", exactly(leader["paid"]))

    page.goto(f"/vaults/{vault['id']}")
    statement = place.get(f"/v1/vaults/{vault['id']}/statement")["data"]
    own = page.locator(".panel", has=page.get_by_role("heading", name="Gas", exact=True))
    expect(row(own, "Paid by you")).to_have_attribute("title", exactly(statement["gas"]["paid"]))
    expect(own).to_contain_text(f"in {statement['gas']['transactions']} transaction")
    assert int(statement["gas"]["paid"]["units"]) > 0

    page.goto("/portfolio")
    account = place.get(f"/v1/accounts/{vault['owner']}")["data"]["gas"]
    whole = page.locator(".panel", has=page.get_by_role("heading", name="Account", exact=True))
    expect(row(whole, "Gas paid by this wallet")).to_have_attribute("title", exactly(account["paid"]))
    # Fees by kind are what they were: gas is none of them.
    (total,) = place.get(f"/v1/portfolios/{vault['owner']}")["data"]["totals"]
    fees = page.locator(".pairs .total .figure")
    expect(fees).to_have_attribute("title", f"{Decimal(total['costs']['total']['decimal']):,f} USDC")

    page.goto("/operator")
    for keeper in place.get("/v1/keepers")["keepers"]:
        found = page.get_by_role("row", name=keeper["name"])
        expect(found.locator("td.num .figure").last).to_have_attribute(
            "title", exactly(keeper["gas"]["paid"])
        )
