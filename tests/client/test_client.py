"""The Python client against a running API: every operation, exact numbers, problems, frames, the stream."""

import inspect
import re
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from lockstep_client import BEGINNING, Event, Lockstep, NotReachedError, ProblemError, frames, http
from lockstep_client import models as m
from sqlalchemy import Engine

from indexer.decode import events as e
from indexer.ledger.database import open_engine
from protocol.types import Policy
from tests.api.world import (
    ALICE,
    CHAIN_ID,
    HUB,
    LEADER,
    SOLD_OUT,
    START_TIME,
    USD,
    USDC,
    WETH,
    Chain,
    fill_world,
)
from tests.client.conftest import VAULTS, Serving

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("strategy", "strategy_trades", "strategy_fees", "accrued_fees", "leader"), (1,)),
    **dict.fromkeys(("vault", "vault_copies", "vault_limits", "vault_equity", "statement", "tax_lots"), (2,)),
    **dict.fromkeys(("trade", "copies"), ("1-1",)),
    **dict.fromkeys(
        ("account", "account_fees", "account_transactions", "portfolio", "fee_statement"), (LEADER,)
    ),
    "order": (SOLD_OUT,),
    "statements": (2,),
    "monthly_statement": (2, "2024-01"),
    "events": (),
}
KEYWORDS: dict[str, dict[str, Any]] = {
    "events": {"after": BEGINNING},
    "correlations": {"strategy_id": [1, 2]},
    "candles": {"token": WETH, "base": USDC},
    **{name: {"strategy_id": 1} for name in ("annotations", "comments", "reviews")},
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "transaction": ("0x" + "00" * 32,),
    "profile": ("nobody",),
    "readiness": (),  # the small chain has stood still for years
    "paper_vault": ("x" * 22,),
    "withdraw_order": (SOLD_OUT, m.Withdrawal(signature="0x" + "00" * 65)),
    "post_order": (m.SignedOrder.model_construct(strategy_id="1"),),
    "open_paper_vault": (m.PaperOpening(strategy_id=77, deposit="5"),),
}


def test_every_operation_of_the_document_has_a_method(url: str, ledger: Engine) -> None:
    asked: set[tuple[str, str]] = set()
    with Lockstep(url) as api:
        document = httpx.get(f"{url}/openapi.json").json()
        api._http.client.event_hooks["request"] = [
            lambda request: asked.add((request.method.lower(), request.url.path))
        ]
        names = [name for name, _ in inspect.getmembers(Lockstep, inspect.isfunction) if name[0] != "_"]
        for name in set(names) - {"close"}:
            method = getattr(api, name)
            if name in REFUSED:
                with pytest.raises(ProblemError):
                    method(*REFUSED[name])
                continue
            answer = method(*ARGUMENTS.get(name, ()), **KEYWORDS.get(name, {}))
            if inspect.isgenerator(answer):
                assert next(answer)
                answer.close()
            elif hasattr(answer, "pages"):
                assert list(answer) or name in {
                    "orders",
                    "strategy_fees",
                    "vault_limits",
                    "account_transactions",
                    "annotations",
                }, name
            else:
                assert answer, name
    for path, methods in document["paths"].items():
        shape = re.compile(re.sub(r"{[^}]+}", "[^/]+", path))
        for method, operation in methods.items():
            if set(operation["tags"]) & TAGS:
                found = [each for each in asked if each[0] == method and shape.fullmatch(each[1])]
                assert found, f"{operation['operationId']} has no method"


TAGS = {
    "protocol",
    "strategies",
    "leaders",
    "vaults",
    "trades",
    "fees",
    "live",
    "accounts",
    "paper",
    "operations",
    "transactions",
}
"""What the client reads; what is the dApp's or an operator's alone is not its business."""


def test_amounts_are_numbers_and_times_are_times(api: Lockstep) -> None:
    answer = api.statement(1)
    equity = answer.data.profit.equity
    assert equity is not None
    assert isinstance(equity.units, int)
    assert equity.decimal == Decimal(equity.units) / 10**6
    assert isinstance(answer.data.returns.time_weighted_return, Decimal)
    assert answer.data.opened.time == datetime.fromtimestamp(START_TIME + 12, UTC)
    with pytest.raises(Exception, match="frozen"):
        equity.units = 5  # type: ignore[misc]


def test_lists_are_iterated_over_all_pages(api: Lockstep) -> None:
    ids = [vault.id for vault in api.vaults(limit=50)]
    assert ids == sorted(ids)
    assert len(ids) == VAULTS + 6
    assert [len(page.data) for page in api.vaults(limit=50).pages()] == [50, 50, 26]
    assert [trade.id for trade in api.trades(limit=1)] == ["1-3", "1-2", "1-1"]
    assert {token.symbol for token in api.tokens()} == {"USDC", "WETH"}
    lines = [line for page in api.statements(2, limit=1) for line in page.data.lines]
    assert len(lines) == len(api.statement(2, limit=100).data.lines) > 2


def test_frames_have_exact_numbers_of_one_block(api: Lockstep, chain: Chain) -> None:
    copies = {copy.vault_id: copy for copy in api.copies("1-1")}
    frame = api.copies("1-1").pandas()
    assert frame.attrs["as_of_block"].startswith(f"{chain.number} 0x")
    assert list(frame["vault_id"]) == list(copies)
    for row in frame.to_dict("records"):
        fill = copies[row["vault_id"]].fill
        if fill is None:
            assert row["fill.sold.units"] is None
            continue
        assert type(row["fill.sold.units"]) is int
        assert (row["fill.sold.units"], row["fill.sold.decimal"]) == (fill.sold.units, fill.sold.decimal)
        assert row["fill.price"] == fill.price
        assert row["event.time"] == pd.Timestamp(copies[row["vault_id"]].event.time)
    assert sum(units or 0 for units in frame["fill.sold.units"]) == 9_000 * USD
    told = api.copies("1-1").polars()
    assert told.schema["fill.sold.units"] == pl.Int128
    assert told["fill.sold.units"].sum() == 9_000 * USD
    assert told["fill.bought.decimal"].to_list() == list(frame["fill.bought.decimal"])
    assert told.schema["event.time"] == pl.Datetime("us", "UTC")
    assert told.schema["is_leader"] == pl.Boolean
    assert api.vaults().polars().height == VAULTS + 6
    assert [table.num_rows for table in (api.vaults().arrow(7), api.vaults(strategy_id=2).arrow())] == [7, 1]


def test_tables_go_on_where_one_answer_ends(api: Lockstep, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = api.vaults().arrow()
    monkeypatch.setattr("lockstep_client.rows.MOST_ROWS", 50)
    assert api.vaults().arrow(1_000).column("id").to_pylist() == whole.column("id").to_pylist()
    assert api.vaults().arrow(60).num_rows == 60


def test_numbers_too_large_for_a_frame_stay_text() -> None:
    def column(name: str, meaning: str) -> Any:
        return pa.field(name, pa.string(), metadata={"lockstep": meaning})

    schema = pa.schema([column("units", "integer"), column("decimal", "decimal"), column("small", "decimal")])
    most = 2**256 - 1
    rows = {
        "units": [str(most), None],
        "decimal": [f"{most}.5", "1"],
        "small": ["-0.000000000000000001", "12"],
    }
    table = pa.table(rows, schema=schema)
    found = frames.to_polars(table)
    assert found.schema == {"units": pl.String, "decimal": pl.String, "small": pl.Decimal(38, 18)}
    assert found["small"].to_list() == [Decimal("-1e-18"), Decimal(12)]
    assert list(frames.to_pandas(table)["units"]) == [most, None]
    empty = frames.to_polars(table.slice(0, 0))
    assert empty.schema == {"units": pl.Int128, "decimal": pl.Decimal(38, 0), "small": pl.Decimal(38, 0)}


def test_problems_are_exceptions_that_say_what_to_do(api: Lockstep) -> None:
    with pytest.raises(ProblemError, match="No vault 999") as caught:
        api.vault(999)
    assert (caught.value.kind, caught.value.status) == ("vault-not-found", 404)
    assert "GET /v1/vaults" in caught.value.remedy
    with pytest.raises(ProblemError) as refused:
        list(api.trades(limit=1_000))
    assert [error.at for error in refused.value.errors] == ["query.limit"]
    with Lockstep("http://127.0.0.1:1") as nowhere, pytest.raises(NotReachedError, match="127"):
        nowhere.protocol()


def test_a_hub_of_several_is_asked_by_its_path(url: str) -> None:
    with Lockstep(url, deployment=(CHAIN_ID, HUB)) as api:
        assert api.protocol().data.hub == HUB
        assert len(list(api.vaults(owner=ALICE))) == 1
        assert api.deployments().data[0].hub == HUB
    with Lockstep(url, deployment=(1, HUB)) as api, pytest.raises(ProblemError, match="no hub"):
        api.protocol()


def test_who_is_told_to_wait_waits_and_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait itself is not lived through: a transport of httpx answers."""
    slept: list[float] = []
    monkeypatch.setattr(http.time, "sleep", slept.append)
    problem = {
        "type": "urn:lockstep:problem:too-many-requests",
        "title": "",
        "status": 429,
        "detail": "Too many.",
    }
    full = httpx.Response(
        429, json={**problem, "remedy": "Wait.", "instance": "/"}, headers={"Retry-After": "20"}
    )

    def client(*answers: httpx.Response) -> http.Http:
        waiting = iter(answers)
        transport = httpx.MockTransport(lambda _: next(waiting))
        return http.Http(httpx.Client(base_url="http://api", transport=transport), "", wait=60.0)

    assert client(full, full, httpx.Response(200, json={})).get("/v1").status_code == 200
    assert slept == [20.0, 20.0]
    with pytest.raises(ProblemError, match="Too many"):
        client(full, full, full, full).get("/v1")
    assert slept == [20.0] * 5


@pytest.fixture
def second(tmp_path: Any) -> Any:
    engine = open_engine(f"sqlite:///{tmp_path / 'second.db'}")
    yield engine
    engine.dispose()


def test_the_stream_goes_on_after_a_server_was_gone(second: Engine, serve: Serving) -> None:
    chain = fill_world(second)
    seen: list[Event] = []
    with serve(second, 0) as url:
        port = int(url.rpartition(":")[2])
        api = Lockstep(url)

        def listen() -> None:
            for event in api.events(after=BEGINNING, patience=60):
                seen.append(event)
                if isinstance(event.data, m.PolicyHappened) and event.data.revision == 3:
                    return

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        _until(lambda: bool(seen) and seen[-1].id.startswith(f"{chain.number}-"))
    before = len(seen)
    chain.mine([e.PolicySet(2, 2, Policy())])
    with serve(second, port):
        chain.mine([e.PolicySet(2, 3, Policy())])
        listening.join(60)
        assert [x.data.revision for x in seen if isinstance(x.data, m.PolicyHappened)][-2:] == [2, 3]
        with Lockstep(url) as other:
            whole = other.events(after=BEGINNING)
            again = [next(whole) for _ in seen]
            whole.close()
    told = [(each.kind, each.id) for each in seen if each.kind != "block"]
    assert told == [(each.kind, each.id) for each in again if each.kind != "block"][: len(told)]
    assert len(set(told)) == len(told) > before // 2
    assert {type(each.data) for each in seen} >= {
        m.TradeHappened,
        m.CopyHappened,
        m.OrderHappened,
        m.BlockHappened,
    }
    api.close()


def _until(condition: Any) -> None:
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < 60
        time.sleep(0.02)
