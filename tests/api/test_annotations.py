"""Leaders annotate their own trades: hindsight shows, and nothing is made unsaid."""

import pytest
from fastapi.testclient import TestClient

from indexer.decode import events as e
from protocol.types import TradeKind
from tests.api.people import Person, wallet
from tests.api.saying import ok, refused, roll_back
from tests.api.world import ETH, POOL, START_TIME, USDC, WETH, Chain, strategy, trade_id

TRADE = "3-1"


def opened(leader: str, sequence: int, kind: TradeKind = TradeKind.LEADER) -> e.TradeOpened:
    swap = (POOL, USDC, WETH, ETH // 2, 4 * 10**44, 0, 0, START_TIME + 9_999)
    return e.TradeOpened(trade_id(3, sequence), leader, kind, *swap)


@pytest.fixture
def lena(client: TestClient, chain: Chain) -> Person:
    """She leads strategy 3, and has traded."""
    account = wallet("lena")
    chain.mine([*strategy(3, account.address, 7, "Signed")], [opened(account.address, 1)])
    return Person(client, account).sign_in()


def test_annotation_says_how_long_after_the_trade_it_was_written(
    lena: Person, client: TestClient, chain: Chain
) -> None:
    early = ok(lena, "POST", "/annotations", {"trade_id": TRADE, "text": "Funding has turned."})
    assert (early["trade_id"], early["strategy_id"], early["after_trade_s"]) == (TRADE, 3, 0)
    chain.late += 3 * 3_600
    chain.mine([])
    late = ok(lena, "PUT", f"/annotations/{early['id']}", {"text": "As I said, it went up."})
    assert (late["text"], late["after_trade_s"]) == ("As I said, it went up.", 0)
    assert [(each["text"], each["after_trade_s"]) for each in late["revisions"]] == [
        ("Funding has turned.", 0),
        ("As I said, it went up.", 3 * 3_600 + 12),
    ]
    for query in ("strategy_id=3", f"trade_id={TRADE}", f"trade_id={trade_id(3, 1)}"):
        answer = client.get(f"/v1/annotations?{query}").json()
        assert answer["data"] == [late], query
        assert answer["as_of_block"]["number"] == chain.number
    assert client.get("/v1/annotations?strategy_id=1").json()["data"] == []


def test_what_was_taken_back_stays_to_be_read(lena: Person) -> None:
    made = ok(lena, "POST", "/annotations", {"trade_id": TRADE, "text": "To the moon."})
    gone = ok(lena, "DELETE", f"/annotations/{made['id']}")
    assert (gone["state"], gone["text"]) == ("withdrawn", None)
    assert [each["text"] for each in gone["revisions"]] == ["To the moon.", None]


def test_only_the_leader_and_only_own_trades(lena: Person, client: TestClient, chain: Chain) -> None:
    other = Person(client, wallet("other")).sign_in()
    body = {"trade_id": TRADE, "text": "Mine."}
    refused(other, "POST", "/annotations", body, 404, "trade-not-found")
    for foreign in ("1-1", "3-9", f"{2**31}-1"):
        refused(lena, "POST", "/annotations", body | {"trade_id": foreign}, 404, "trade-not-found")
    chain.mine([opened(lena.address, 2**31 + 1, TradeKind.CLOSE)])
    refused(lena, "POST", "/annotations", body | {"trade_id": "3-s1"}, 404, "trade-not-found")
    made = ok(lena, "POST", "/annotations", body)
    refused(lena, "POST", "/annotations", body, 409, "already-written")
    refused(other, "PUT", f"/annotations/{made['id']}", {"text": "Not mine."}, 404, "post-not-found")
    refused(other, "DELETE", f"/annotations/{made['id']}", None, 404, "post-not-found")
    refused(lena, "PUT", f"/annotations/{made['id']}", {"text": "a\u202eb"}, 422, "text-refused")


def test_annotation_goes_with_its_trade_and_stays_away_from_another_in_its_place(
    lena: Person, client: TestClient, chain: Chain
) -> None:
    made = ok(lena, "POST", "/annotations", {"trade_id": TRADE, "text": "Up."})
    roll_back(chain, chain.number - 1)
    assert client.get(f"/v1/annotations?trade_id={TRADE}").json()["data"] == []
    refused(lena, "PUT", f"/annotations/{made['id']}", {"text": "Still."}, 404, "post-not-found")
    chain.mine([], [opened(lena.address, 1)])  # the same number, in another transaction
    assert client.get("/v1/annotations?strategy_id=3").json()["data"] == []
    ok(lena, "POST", "/annotations", {"trade_id": TRADE, "text": "Down."})
    assert [each["text"] for each in client.get("/v1/annotations?strategy_id=3").json()["data"]] == ["Down."]


def test_lists_are_asked_about_something_in_pages_and_as_tables(
    lena: Person, client: TestClient, chain: Chain
) -> None:
    chain.mine([opened(lena.address, 2)], [opened(lena.address, 3)])
    for sequence in (1, 2, 3):
        ok(lena, "POST", "/annotations", {"trade_id": f"3-{sequence}", "text": f"Trade {sequence}."})
    found, path = [], "/v1/annotations?strategy_id=3&limit=2"
    while path:
        page = client.get(path).json()
        found += [each["trade_id"] for each in page["data"]]
        cursor = page["next_cursor"]
        path = f"/v1/annotations?strategy_id=3&limit=2&cursor={cursor}" if cursor else ""
    assert found == ["3-3", "3-2", "3-1"]
    table = client.get("/v1/annotations?strategy_id=3", headers={"Accept": "text/csv"}).text.splitlines()
    assert (table[0].split(",")[:2], len(table)) == (["id", "trade_id"], 4)
    assert client.get("/v1/annotations").status_code == 422
    assert client.get("/v1/annotations?strategy_id=77").status_code == 404
    assert client.get(f"/v1/annotations?trade_id={2**32 - 1}-1").json()["data"] == []
