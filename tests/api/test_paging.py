from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.paging import decode_cursor, encode_cursor
from api.problems import InvalidCursorError
from tests.api.world import CAROL, ETH, LEADER, START_TIME, USDC, WETH, Chain, joining, opened, trade_id

LISTS = [
    "/v1/strategies",
    "/v1/strategies/1/trades",
    "/v1/vaults",
    "/v1/vaults?strategy_id=1",
    "/v1/trades",
    "/v1/trades/1-1/copies",
    "/v1/orders",
    "/v1/vaults/6/statement",
    f"/v1/accounts/{LEADER}/fees",
]


def page(client: TestClient, path: str, **params: Any) -> tuple[list[Any], str | None]:
    glue = "&" if "?" in path else "?"
    query = "&".join(f"{name}={value}" for name, value in params.items() if value is not None)
    answer = client.get(path + glue + query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body["data"]["lines"] if "statement" in path else body["data"], body["next_cursor"]


def walk(client: TestClient, path: str, limit: int) -> list[Any]:
    found, cursor = page(client, path, limit=limit)
    while cursor is not None:
        more, cursor = page(client, path, limit=limit, cursor=cursor)
        assert more
        assert len(found) < 100, "the pages go round in a circle"
        found += more
    return found


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_any_size_make_up_the_list(client: TestClient, path: str, limit: int) -> None:
    whole, cursor = page(client, path, limit=100)
    assert cursor is None
    assert len(whole) > 1
    assert walk(client, path, limit) == whole


def test_rows_that_arrive_between_pages_neither_repeat_nor_hide_any(client: TestClient, chain: Chain) -> None:
    before = [trade["id"] for trade in page(client, "/v1/trades", limit=100)[0]]
    first, cursor = page(client, "/v1/trades", limit=1)
    new = trade_id(1, 4)
    chain.mine([opened(new, USDC, WETH, ETH, 0, 0, 0, START_TIME + 900)])
    rest, _ = page(client, "/v1/trades", limit=100, cursor=cursor)
    assert [trade["id"] for trade in first + rest] == before
    vaults, cursor = page(client, "/v1/vaults", limit=4)
    chain.mine(joining(7, CAROL, 4, 500))
    more, _ = page(client, "/v1/vaults", limit=100, cursor=cursor)
    assert [vault["id"] for vault in vaults + more] == [1, 2, 3, 4, 5, 6, 7]


def test_a_cursor_of_another_list_is_refused(client: TestClient) -> None:
    _, cursor = page(client, "/v1/trades", limit=1)
    for path in ("/v1/vaults", "/v1/strategies/1/trades", "/v1/trades/1-1/copies", "/v1/orders"):
        answer = client.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:lockstep:problem:invalid-cursor")


@given(key=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3))
def test_a_cursor_gives_its_key_back(key: list[int]) -> None:
    assert decode_cursor("list", len(key), encode_cursor("list", key)) == tuple(key)


@given(text=st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        decode_cursor("list", 1, text)
