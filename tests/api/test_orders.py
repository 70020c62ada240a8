from typing import Any

from fastapi.testclient import TestClient

from indexer.decode import events as e
from protocol.types import Reason, TradeKind
from tests.api.world import (
    ALICE,
    BIG_NONCE,
    BOB,
    CAROL,
    ETH,
    HALF_DONE,
    LEADER,
    NOBODY,
    POOL,
    SOLD_OUT,
    START_TIME,
    USD,
    USDC,
    WETH,
    Chain,
    cleared,
    trade_id,
)


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def filled(sequence: int, order: str, nonce: int, so_far: int, *, complete: bool) -> list[e.Event]:
    """A trade of one USDC for a wei, from an order that Alice carried."""
    trade = trade_id(1, sequence)
    return [
        e.TradeOpened(trade, LEADER, TradeKind.LEADER, POOL, USDC, WETH, ETH, 0, 0, 0, START_TIME + 900),
        cleared(trade, (USDC, USD), (WETH, 1), 1, cursor=0, portion=ETH // 8),
        e.TradeCopied(trade, 1, 0, USD, 0, 1, Reason.NONE),
        e.TradeCompleted(trade),
        e.OrderFilled(order, trade, LEADER, nonce, so_far, complete, ALICE),
    ]


def cancel(nonce: int, who: str = LEADER) -> e.OrdersCancelled:
    return e.OrdersCancelled(who, nonce >> 8, 1 << (nonce & 255))


def state(client: TestClient, order: str) -> tuple[str, bool, str, bool]:
    found = get(client, f"/v1/orders/{order}")
    return found["status"], found["closed"], found["filled"], found["cancelled"] is not None


def test_an_order_shows_its_terms_its_fills_and_that_it_is_open(client: TestClient) -> None:
    order = get(client, f"/v1/orders/{HALF_DONE}")
    assert (order["hash"], order["leader"], order["strategy_id"]) == (HALF_DONE, LEADER, 1)
    assert order["nonce"] == str(BIG_NONCE)
    assert (order["pool"], order["token_in"]["symbol"], order["token_out"]["symbol"]) == (
        POOL,
        "USDC",
        "WETH",
    )
    assert order["limit_price"] == get(client, "/v1/trades/1-3")["limit_price"] == "0.0004"
    [fill] = order["fills"]
    assert (fill["trade"], fill["portion_sold"], fill["filled"], fill["keeper"]) == ("1-3", "0.1", "0.1", BOB)
    assert fill["event"]["block"] == 17
    assert state(client, HALF_DONE) == ("open", False, "0.1", False)
    assert state(client, SOLD_OUT) == ("complete", True, "1", False)
    assert get(client, "/v1/orders/0x" + HALF_DONE[2:].upper()) == order


def test_orders_are_listed_newest_first_by_their_first_fill_and_found_by_leader(
    client: TestClient, chain: Chain
) -> None:
    def hashes(query: str = "") -> list[str]:
        return [order["hash"] for order in get(client, f"/v1/orders{query}")]

    assert hashes() == hashes(f"?leader={LEADER.lower()}") == [HALF_DONE, SOLD_OUT]
    assert hashes(f"?leader={NOBODY}") == []
    # A new order goes first; another fill of an old one leaves its place.
    new = "0x" + "11" * 32
    chain.mine(
        filled(4, new, 7, ETH // 8, complete=False), filled(5, HALF_DONE, BIG_NONCE, ETH, complete=True)
    )
    assert hashes() == [new, HALF_DONE, SOLD_OUT]
    listed = get(client, "/v1/orders")
    assert [[fill["trade"] for fill in order["fills"]] for order in listed] == [
        ["1-4"],
        ["1-3", "1-5"],
        ["1-2"],
    ]
    assert listed == [get(client, f"/v1/orders/{order['hash']}") for order in listed]


def test_an_order_that_is_filled_in_parts_is_closed_by_the_last(client: TestClient, chain: Chain) -> None:
    chain.mine(filled(4, HALF_DONE, BIG_NONCE, ETH // 5, complete=False))
    assert state(client, HALF_DONE) == ("open", False, "0.2", False)
    chain.mine(filled(5, HALF_DONE, BIG_NONCE, ETH // 4, complete=True))
    assert state(client, HALF_DONE) == ("complete", True, "0.25", False)
    fills = get(client, f"/v1/orders/{HALF_DONE}")["fills"]
    assert [(fill["trade"], fill["filled"], fill["complete"]) for fill in fills] == [
        ("1-3", "0.1", False),
        ("1-4", "0.2", False),
        ("1-5", "0.25", True),
    ]


def test_a_cancelled_nonce_closes_its_order_and_no_other(client: TestClient, chain: Chain) -> None:
    chain.mine([cancel(BIG_NONCE + 1), cancel(BIG_NONCE ^ 1 << 9), cancel(BIG_NONCE, CAROL)])
    assert state(client, HALF_DONE) == ("open", False, "0.1", False)
    chain.mine([cancel(BIG_NONCE)], [cancel(BIG_NONCE)])
    assert state(client, HALF_DONE) == ("cancelled", True, "0.1", True)
    assert get(client, f"/v1/orders/{HALF_DONE}")["cancelled"]["block"] == chain.number - 1


def test_to_cancel_a_complete_order_changes_nothing(client: TestClient, chain: Chain) -> None:
    chain.mine([cancel(40)])
    assert state(client, SOLD_OUT) == ("complete", True, "1", True)


def test_an_order_whose_nonce_another_one_completed_was_replaced(client: TestClient, chain: Chain) -> None:
    other = "0x" + "22" * 32
    chain.mine(filled(4, other, BIG_NONCE, 3 * ETH // 10, complete=False))
    # What one has filled counts for all.
    assert state(client, HALF_DONE) == state(client, other) == ("open", False, "0.3", False)
    chain.mine(filled(5, other, BIG_NONCE, ETH // 2, complete=True))
    assert state(client, HALF_DONE) == ("replaced", True, "0.5", False)
    assert state(client, other) == ("complete", True, "0.5", False)
    assert [len(get(client, f"/v1/orders/{each}")["fills"]) for each in (HALF_DONE, other)] == [1, 2]


def test_the_same_nonce_of_another_leader_is_another_order(client: TestClient, chain: Chain) -> None:
    trade = trade_id(2, 1)
    theirs = "0x" + "33" * 32
    chain.mine(
        [
            e.TradeOpened(trade, CAROL, TradeKind.LEADER, POOL, USDC, WETH, ETH, 0, 0, 0, START_TIME + 900),
            cleared(trade, (USDC, USD), (WETH, 1), 1, cursor=0),
            e.TradeCopied(trade, 5, 0, USD, 0, 1, Reason.NONE),
            e.TradeCompleted(trade),
            e.OrderFilled(theirs, trade, CAROL, BIG_NONCE, ETH, True, ALICE),
        ]
    )
    assert state(client, HALF_DONE) == ("open", False, "0.1", False)
    assert state(client, theirs) == ("complete", True, "1", False)
    assert [order["hash"] for order in get(client, f"/v1/orders?leader={CAROL}")] == [theirs]
