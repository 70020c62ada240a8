"""Orders that are handed in: taken, refused with a reason, joined to what the chain has filled."""

from typing import Any

import pytest
from eth_account import Account
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine

from api.app import create_app
from inbox.journal import Journal
from inbox.lifecycle import Change, Place, Status
from inbox.orders import Orders
from inbox.stops import Scope, Stops
from inbox.wallets import NodeWallets
from indexer.decode import events as e
from orders.document import SignedOrder, to_json
from orders.order import WAD, Order, OrderKind, Trade, sign, sign_withdrawal
from protocol.types import Reason, TradeKind
from tests.api.world import (
    CHAIN_ID,
    ETH,
    HALF_DONE,
    HUB,
    POOL,
    SOLD_OUT,
    START_TIME,
    USD,
    USDC,
    WETH,
    Chain,
    cleared,
    strategy,
    trade_id,
)

LEADER = Account.from_key("0x" + "77" * 32)
DEADLINE = START_TIME + 1_000


@pytest.fixture
def chain(chain: Chain) -> Chain:
    """The usual world, and a strategy whose leader has a key."""
    chain.mine(strategy(3, LEADER.address, 7, "Signed"))
    return chain


def signed(nonce: int = 2**200, *, deadline: int = DEADLINE, strategy_id: int = 3) -> SignedOrder:
    trade = Trade(strategy_id, POOL, USDC, WETH, WAD // 2, 4 * 10**44, deadline)  # type: ignore[arg-type]
    order = Order(trade, nonce, OrderKind.LIMIT)
    signature = sign(order, LEADER, chain_id=CHAIN_ID, hub=HUB)  # type: ignore[arg-type]
    return SignedOrder(CHAIN_ID, HUB, LEADER.address, order, signature)  # type: ignore[arg-type]


def post(client: TestClient, document: dict[str, Any]) -> Response:
    return client.post("/v1/orders", json=document)


def refused(answer: Response, status: int, slug: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:lockstep:problem:{slug}"
    assert answer.json()["remedy"]
    return str(answer.json()["detail"])


def test_order_is_taken_shown_with_its_terms_and_twice_is_once(client: TestClient) -> None:
    sent = signed()
    answer = post(client, to_json(sent))
    assert answer.status_code == 200, answer.text
    order = answer.json()["data"]
    assert order["hash"] == "0x" + sent.digest.hex()
    assert (order["status"], order["closed"], order["filled"], order["fills"]) == ("open", False, "0", [])
    assert (order["nonce"], order["limit_price"]) == (str(2**200), "0.0004")
    posted = order["posted"]
    assert (posted["kind"], posted["portion"], posted["status"]) == ("limit", "0.5", "received")
    assert (posted["trigger_price"], posted["min_fill"], posted["withdrawn"]) == (None, "1", False)
    [event] = posted["events"]
    assert (event["by"], event["block"], event["block_time"]) == ("api", None, None)
    assert event["seen"] <= event["processed"]
    again = post(client, to_json(sent)).json()["data"]
    assert again == order
    assert client.get(f"/v1/orders/{order['hash']}").json()["data"] == order


def test_list_has_posted_orders_before_those_of_the_chain_and_pages_through_both(client: TestClient) -> None:
    hashes = [post(client, to_json(signed(nonce))).json()["data"]["hash"] for nonce in (1, 2, 3)]
    expected = [*reversed(hashes), HALF_DONE, SOLD_OUT]
    listed = client.get("/v1/orders").json()["data"]
    assert [each["hash"] for each in listed] == expected
    assert [each["posted"] is None for each in listed] == [False] * 3 + [True] * 2
    found, cursor = [], ""
    for _ in expected:
        page = client.get(f"/v1/orders?limit=1{cursor}").json()
        found += [each["hash"] for each in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert found == expected
    assert page["next_cursor"] is None
    own = client.get(f"/v1/orders?leader={LEADER.address}").json()["data"]
    assert [each["hash"] for each in own] == expected[:3]


def test_order_that_the_chain_has_filled_is_one_order_with_both_views(
    client: TestClient, chain: Chain, engine: Engine
) -> None:
    sent = signed()
    digest = post(client, to_json(sent)).json()["data"]["hash"]
    trade = trade_id(3, 1)
    chain.mine(
        [
            e.TradeOpened(trade, LEADER.address, TradeKind.LEADER, POOL, USDC, WETH, ETH, 0, 0, 0, DEADLINE),
            cleared(trade, (USDC, USD), (WETH, 1), 1, cursor=0),
            e.TradeCopied(trade, 7, 0, USD, 0, 1, Reason.NONE),
            e.TradeCompleted(trade),
            e.OrderFilled(digest, trade, LEADER.address, 2**200, ETH // 2, True, HUB),
        ]
    )
    inbox = Orders(engine, chain_id=CHAIN_ID, hub=HUB, by="keeper-1")
    [row] = inbox.watched()
    place = Place(chain.number, "0x" + "01" * 32, START_TIME, "0x" + "02" * 32, trade)
    inbox.apply(row, Change(Status.FILLED, None, ETH // 2, place), seen_us=1)
    [order] = [each for each in client.get("/v1/orders").json()["data"] if each["hash"] == digest]
    assert (order["status"], order["closed"], order["filled"]) == ("complete", True, "0.5")
    assert [fill["trade"] for fill in order["fills"]] == ["3-1"]
    last = order["posted"]["events"][-1]
    assert (last["status"], last["by"], last["trade"], last["block"]) == (
        "filled",
        "keeper-1",
        "3-1",
        chain.number,
    )


def test_what_can_never_be_filled_is_refused_and_not_stored(client: TestClient, chain: Chain) -> None:
    good = to_json(signed())
    assert "led by" in refused(post(client, to_json(signed(strategy_id=1))), 422, "order-refused")
    assert "led by nobody" in refused(post(client, to_json(signed(strategy_id=99))), 422, "order-refused")
    assert "deadline" in refused(post(client, to_json(signed(deadline=1))), 422, "order-refused")
    assert "chain 1" in refused(post(client, good | {"chain_id": "1"}), 422, "order-refused")
    assert "portion" in refused(post(client, good | {"portion": "0"}), 422, "order-refused")
    refused(post(client, good | {"nonce": "5"}), 422, "bad-signature")
    refused(post(client, good | {"leader": HUB}), 422, "bad-signature")
    refused(post(client, good | {"deadline": str(2**40)}), 422, "invalid-request")
    refused(post(client, good | {"more": "1"}), 422, "invalid-request")
    refused(post(client, good | {"nonce": 5}), 422, "invalid-request")
    chain.mine([e.OrdersCancelled(LEADER.address, 0, 1 << 9)])
    assert "closed" in refused(post(client, to_json(signed(9))), 422, "order-refused")
    assert [each["posted"] for each in client.get("/v1/orders").json()["data"]] == [None, None]


def test_leader_that_floods_is_told_to_wait(client: TestClient) -> None:
    for nonce in range(50):
        assert post(client, to_json(signed(nonce))).status_code == 200
    assert "50 open" in refused(post(client, to_json(signed(50))), 429, "too-many-orders")


def test_leader_takes_an_order_out_by_signature_and_nobody_else_can(client: TestClient) -> None:
    sent = signed()
    post(client, to_json(sent))
    path = f"/v1/orders/0x{sent.digest.hex()}/withdrawal"
    stranger = Account.from_key("0x" + "78" * 32)
    for who in (stranger, LEADER):
        signature = sign_withdrawal(sent.digest, who, chain_id=CHAIN_ID, hub=HUB)  # type: ignore[arg-type]
        answer = client.post(path, json={"signature": "0x" + signature.hex()})
        if who is stranger:
            refused(answer, 422, "bad-signature")
        else:
            assert answer.json()["data"]["posted"]["withdrawn"] is True
    # The order's own signature withdraws nothing.
    refused(client.post(path, json={"signature": "0x" + sent.signature.hex()}), 422, "bad-signature")
    unknown = f"/v1/orders/0x{'00' * 32}/withdrawal"
    refused(client.post(unknown, json={"signature": "0x00"}), 404, "order-not-found")


def test_contract_wallets_are_asked_where_the_operator_has_given_a_node(engine: Engine, chain: Chain) -> None:
    class Wallets:
        def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
            return wallet == LEADER.address and signature == b"\x01"

    document = to_json(signed()) | {"signature": "0x01"}
    with TestClient(create_app(engine, wallets=Wallets())) as client:
        assert post(client, document).status_code == 200
    with TestClient(create_app(engine)) as client:
        refused(post(client, document), 422, "bad-signature")


def test_order_of_a_contract_wallet_is_not_taken_while_its_node_is_away(engine: Engine, chain: Chain) -> None:
    nobody = NodeWallets("http://127.0.0.1:9")
    document = to_json(signed()) | {"signature": "0x01"}
    with TestClient(create_app(engine, wallets=nobody)) as client:
        before = client.get("/v1/orders").json()["data"]
        refused(post(client, document), 503, "wallet-not-asked")
        assert client.get("/v1/orders").json()["data"] == before


def test_expired_and_rejected_orders_say_so(client: TestClient, chain: Chain, engine: Engine) -> None:
    late, bad = signed(1, deadline=START_TIME + 300), signed(2)
    for each in (late, bad):
        assert post(client, to_json(each)).status_code == 200
    inbox = Orders(engine, chain_id=CHAIN_ID, hub=HUB, by="keeper-1")
    rejected = inbox.find("0x" + bad.digest.hex())
    assert rejected is not None
    inbox.apply(rejected, Change(Status.REJECTED, "TokenNotAllowed(…)", 0, None), seen_us=1, settled=True)
    while chain.number < 10 + 300 // 12 + 1:
        chain.mine([])
    found = {each["hash"]: each for each in client.get("/v1/orders").json()["data"]}
    assert found["0x" + late.digest.hex()]["status"] == "expired"
    order = found["0x" + bad.digest.hex()]
    assert (order["status"], order["closed"], order["posted"]["why"]) == (
        "rejected",
        True,
        "TokenNotAllowed(…)",
    )


def test_keepers_and_stops_are_told_and_none_where_there_never_was_one(
    client: TestClient, engine: Engine
) -> None:
    assert client.get("/v1/keepers").json() == {"keepers": [], "stops": []}
    post(client, to_json(signed()))
    keeper = Journal(engine, chain_id=CHAIN_ID, hub=HUB, keeper="keeper-1", sender=LEADER.address)
    keeper.alive(
        started_us=1, head=(17, START_TIME), carries=1, breakers='{"gas_price": "stop"}', in_flight=2, held=3
    )
    Stops(engine, chain_id=CHAIN_ID, hub=HUB).set(Scope.ENTRIES, "", who="ann", why="odd prices")
    told = client.get("/v1/keepers").json()
    [found] = told["keepers"]
    assert (found["name"], found["alive"], found["carries"], found["head_block"]) == (
        "keeper-1",
        True,
        "stops",
        17,
    )
    assert (found["breakers"], found["in_flight"], found["held"]) == (
        [{"name": "gas_price", "carries": "stops"}],
        2,
        3,
    )
    [stop] = told["stops"]
    assert (stop["scope"], stop["subject"], stop["who"], stop["why"]) == (
        "entries",
        None,
        "ann",
        "odd prices",
    )
