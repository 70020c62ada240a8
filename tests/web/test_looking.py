"""What a visitor without a wallet sees. Figures are those of the API."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from tests.web.people import OpenPage


def rows(page: Page) -> list[str]:
    return page.locator("table.leaders tbody th a").all_inner_texts()


def percent(ratio: str) -> str:
    return f"{Decimal(ratio) * 100:+.2f}%".replace("+0.00", "0.00").replace("-0.00", "0.00")


def test_every_leader_is_listed_by_return_with_the_figures_of_the_api(
    place: Place, open_page: OpenPage
) -> None:
    found = place.get("/v1/leaders?window=all&sort=cumulative_return&order=desc")["data"]
    page = open_page()
    expect(page.locator("table.leaders tbody th a")).to_have_count(len(found))
    assert rows(page) == [leader["name"] for leader in found]
    for row, leader in zip(page.locator("table.leaders tbody tr").all(), found, strict=True):
        assert percent(leader["metrics"]["cumulative_return"]) in row.inner_text()


def test_a_column_sorts_and_sorts_the_other_way(place: Place, open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Copiers").click()
    expect(page.get_by_role("columnheader", name="Copiers")).to_have_attribute("aria-sort", "descending")
    most = [each["name"] for each in place.get("/v1/leaders?window=all&sort=copiers&order=desc")["data"]]
    expect(page.locator("table.leaders tbody th a").first).to_have_text(most[0])
    assert rows(page) == most
    page.get_by_role("button", name="Copiers").click()
    expect(page.locator("table.leaders tbody th a").first).to_have_text(most[-1])


def test_a_range_narrows_the_list_and_nobody_left_is_said(place: Place, open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Return, at least").fill("0.5")
    kept = place.get("/v1/leaders?window=all&sort=cumulative_return&min_cumulative_return=0.005")["data"]
    everybody = place.get("/v1/leaders?window=all")["data"]
    assert 0 < len(kept) < len(everybody)
    expect(page.locator("table.leaders tbody th a")).to_have_count(len(kept))
    page.get_by_label("Return, at least").fill("90000")
    expect(page.get_by_text("Nobody fits")).to_be_visible()
    page.get_by_role("button", name="Clear search and filters").click()
    expect(page.locator("table.leaders tbody th a")).to_have_count(len(everybody))


def test_search_finds_by_name(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_label("Search by name or address").fill("bitcoin")
    expect(page.locator("table.leaders tbody th a")).to_have_text(["Bitcoin mean reversion"])


def test_two_leaders_are_compared_beside_each_other(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_role("checkbox").nth(3)).to_be_visible()  # other tests may have added some
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    names = rows(page)[:2]
    page.get_by_role("link", name="Compare").click()
    for name in names:
        expect(page.get_by_role("columnheader", name=name)).to_be_visible()
    expect(page.get_by_role("row", name="Largest fall")).to_be_visible()


def test_a_leader_page_opens_by_its_address_with_record_costs_and_trades(
    place: Place, open_page: OpenPage
) -> None:
    page = open_page("/leaders/1")
    expect(page.get_by_role("heading", name="Ether momentum", level=1)).to_be_visible()
    profile = place.get("/v1/leaders/1?window=all")["data"]
    metrics = next(each for each in profile["windows"] if each["window"] == "all")["metrics"]
    figures = page.locator(".stat dd")
    expect(figures.filter(has_text=percent(metrics["cumulative_return"])).first).to_be_visible()
    expect(page.locator(".chart canvas").first).to_be_visible()
    expect(page.get_by_text("0.05% of every copied trade.")).to_be_visible()
    page.get_by_role("button", name="Prices").first.click()
    trade = place.get("/v1/trades?strategy_id=1&kind=leader&limit=1")["data"][0]
    copies = place.get(f"/v1/trades/{trade['id']}/copies?limit=100")["data"]
    expect(page.locator("table.inner tbody tr")).to_have_count(len(copies))


@pytest.mark.parametrize("path", ["/nowhere", "/leaders/0", "/leaders/x"])
def test_an_address_of_nothing_says_so(open_page: OpenPage, path: str) -> None:
    expect(open_page(path).get_by_text("There is nothing at this address")).to_be_visible()


def test_a_leader_that_never_was_is_the_problem_of_the_api_in_words(open_page: OpenPage) -> None:
    page = open_page("/leaders/4294967")
    expect(page.get_by_role("alert")).to_contain_text("No such strategy")


def test_without_an_answer_the_page_says_what_still_works(place: Place, open_page: OpenPage) -> None:
    page = open_page("/leaders/1")
    page.get_by_role("heading", name="Ether momentum").wait_for()
    page.route("**/v1/**", lambda route: route.abort())
    expect(page.get_by_text("The records cannot be reached just now")).to_be_visible()
    expect(page.get_by_role("link", name="Withdraw from the contract").first).to_be_visible()


def test_the_market_is_drawn_with_the_leaders_trades_and_indicators_of_the_apis_candles(
    place: Place, open_page: OpenPage
) -> None:
    strategy = place.get("/v1/strategies/3")["data"]
    base = strategy["base_token"]["address"]
    token = next(each for each in strategy["tokens"] if each["address"] != base)
    page = open_page("/leaders/3")
    chart = page.locator(".chart.market")
    expect(chart.locator("canvas").first).to_be_visible()
    candles = place.get(f"/v1/prices?token={token['address']}&base={base}&step=1h&limit=300")["data"]
    fills = place.get(f"/v1/vaults/{strategy['leader_vault_id']}/copies?outcome=filled&limit=100")["data"]
    entries = sum(each["fill"]["bought"]["token"] == token["address"] for each in fills)
    exits = sum(each["fill"]["sold"]["token"] == token["address"] for each in fills)
    assert entries
    said = f"last {candles[0]['close']}; {entries} entr{'y' if entries == 1 else 'ies'} and {exits} exit"
    expect(chart).to_have_attribute("aria-label", re.compile(re.escape(said)))

    closes = [float(each["close"]) for each in reversed(candles)]
    expect(page.get_by_role("button", name="RSI")).to_contain_text(shown(rsi(closes)))
    page.get_by_role("button", name="RSI").click()
    page.get_by_role("button", name="MACD").click()
    expect(page.locator(".chart.market.panes-2 canvas").first).to_be_visible()
    page.get_by_role("radio", name="1 day").check()
    days = place.get(f"/v1/prices?token={token['address']}&base={base}&step=1d&limit=300")["data"]
    expect(chart).to_have_attribute("aria-label", re.compile(f"{len(days)} candle"))


def rsi(closes: list[float], period: int = 14) -> float | None:
    """Wilder's, by the definition: means of the first changes, smoothed from then on."""
    changes = [after - before for before, after in pairwise(closes)]
    if len(changes) < period:
        return None
    gain = sum(max(each, 0) for each in changes[:period]) / period
    loss = sum(max(-each, 0) for each in changes[:period]) / period
    for each in changes[period:]:
        gain = (gain * (period - 1) + max(each, 0)) / period
        loss = (loss * (period - 1) + max(-each, 0)) / period
    return 100 - 100 / (1 + gain / loss)


def shown(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:.2f}"
