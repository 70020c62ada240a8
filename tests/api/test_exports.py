"""Months as CSV and on paper, and tax lots: what they say adds up to the vault's statement."""

import csv
import io
import random
import zlib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from api.exports import month as months
from api.exports.cells import csv_lines, text_cell
from api.snapshot import Snapshots
from indexer.decode import events as e
from indexer.ledger.database import open_engine
from indexer.ledger.models import Strategy, Token, Vault
from tests.api.test_problems import check
from tests.api.world import ALICE, USD, USDC, Chain
from tests.indexer.story import tell
from tests.indexer.test_derived import hourly, write
from tests.indexer.test_ledger import in_blocks, new_ledger


def table(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_month_has_the_statement_s_lines_oldest_first(client: TestClient) -> None:
    rows = table(client, "/v1/vaults/2/statements/2024-01")
    lines = client.get("/v1/vaults/2/statement?limit=100").json()["data"]["lines"][::-1]
    assert [row["kind"] for row in rows] == [line["kind"] for line in lines]
    assert [row["kind"] for row in rows] == ["deposit", "fill", "withdrawal", "fill"]
    for row, line in zip(rows, lines, strict=True):
        assert row["realized_pnl"] == line["realized_pnl"]["decimal"]
        assert (int(row["block"]), row["transaction"]) == (
            line["event"]["block"],
            line["event"]["transaction"],
        )
    assert (rows[1]["sold"], rows[1]["sold_token"], rows[1]["fee"]) == ("2500", "USDC", "2.5")
    assert (rows[1]["bought"], rows[1]["bought_token"]) == ("1.247", "WETH")
    skips = table(client, "/v1/vaults/3/statements/2024-01")
    assert [row["reason"] for row in skips if row["kind"] == "skip"] == [
        "below_minimum_trade",
        "nothing_to_sell",
    ]


def test_the_next_month_begins_where_the_last_ended(client: TestClient, chain: Chain) -> None:
    chain.late += 40 * 86_400
    chain.mine([e.Deposited(ALICE, USDC, 10 * USD, ALICE), e.Allocated(2, ALICE, USDC, 10 * USD)])
    assert len(table(client, "/v1/vaults/2/statements/2024-01")) == 4
    assert [row["amount"] for row in table(client, "/v1/vaults/2/statements/2024-02")] == ["10"]


@pytest.mark.parametrize("month", ["2023-12", "2024-03"])
def test_a_month_outside_of_the_vault_s_life_is_not_there(client: TestClient, month: str) -> None:
    check(client.get(f"/v1/vaults/2/statements/{month}"), 404, "no-such-month")


@pytest.mark.parametrize("month", ["2024-13", "2024-1", "24-01", "1999-01", "2024-01-01", "٢٠٢٤-01"])
def test_what_is_no_month_is_refused(client: TestClient, month: str) -> None:
    check(client.get(f"/v1/vaults/2/statements/{month}"), 422, "invalid-request")


def test_a_month_of_too_much_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "MOST_LINES", 3)
    check(client.get("/v1/vaults/2/statements/2024-01"), 422, "too-many-lines")


@pytest.mark.parametrize("seed", [3, 4])
def test_what_lies_between_opening_and_closing_equity_adds_up(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over seeded lives of months, in pages of a few lines."""
    monkeypatch.setattr(months, "_PAGE", 7)
    engine = open_engine(f"sqlite:///{tmp_path / 'lockstep.db'}")
    told, _ = tell(seed, 200)
    blocks = hourly(in_blocks(told, random.Random(seed)))
    write(new_ledger(engine), blocks, random.Random(seed))
    known = 0
    with Session(engine) as session, Snapshots(engine, None).open() as snapshot:
        for vault in session.query(Vault):
            year, number = 2023, 11
            found = months.month_of(snapshot, vault.vault_id, f"{year}-{number}")
            begin, end = found.begin, found.end
            assert begin.equity == 0
            if end.equity is None or end.unrealized is None:
                continue
            result = end.realized + end.unrealized - sum(end.costs.values())
            assert end.equity == end.deposited - end.withdrawn + result
            lines = list(months.rows_of(found))
            assert len({(row[1], row[2], row[12]) for row in lines}) == len(lines)
            units = 10**found.base.decimals
            made = sum(Fraction(str(row[15] or 0)) for row in lines)
            paid = sum(Fraction(str(row[16] or 0)) for row in lines)
            assert (made * units, paid * units) == (end.realized, sum(end.costs.values()))
            known += 1
    engine.dispose()
    assert known > 2


def test_paper_is_the_same_each_time_and_says_what_the_table_says(client: TestClient) -> None:
    answer = client.get("/v1/vaults/2/statements/2024-01", headers={"Accept": "application/pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    again = client.get("/v1/vaults/2/statements/2024-01", headers={"Accept": "application/pdf"})
    assert answer.content == again.content
    assert answer.content.startswith(b"%PDF-")
    text = b"".join(
        zlib.decompress(part.split(b"\nendstream")[0])
        for part in answer.content.split(b"stream\n")[1:]
        if part.startswith(b"\x78")
    )
    for word in (
        b"Vault 2, 2024-01",
        b"Opening equity",
        b"Closing equity",
        b"the gas of 0 own",
        ALICE.encode(),
        b"1.247 WETH",
    ):
        assert word in text, word


def test_names_of_others_can_do_nothing(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(Token).where(Token.symbol == "WETH").values(symbol='=HYPERLINK("x")'))
        connection.execute(update(Strategy).values(name="\u202e名前" * 60))
    rows = table(client, "/v1/vaults/2/statements/2024-01")
    assert '\'=HYPERLINK("x")' in rows[1].values()
    answer = client.get("/v1/vaults/2/statements/2024-01", headers={"Accept": "application/pdf"})
    assert answer.status_code == 200


def test_tax_lots_add_up_to_what_was_sold(client: TestClient) -> None:
    (row,) = table(client, "/v1/vaults/2/tax-lots")
    # 1.247 ether for 2,502.5 with the fee; a tenth was withdrawn, the rest sold for 2,200 each less the fee.
    assert (row["token"], row["quantity"], row["base_token"]) == ("WETH", "1.147", "USDC")
    assert row["acquired"] == "2024-01-05T12:00:36+00:00"
    assert row["disposed"] == "2024-01-05T12:01:12+00:00"
    cost = Decimal("2502.5") * 1147 / 1247
    assert abs(Decimal(row["cost"]) - cost) < Decimal("0.00001")
    assert row["proceeds"] == "2520.8766"
    assert Decimal(row["gain"]) == Decimal(row["proceeds"]) - Decimal(row["cost"])
    assert table(client, "/v1/vaults/3/tax-lots") == []
    check(client.get("/v1/vaults/99/tax-lots"), 404, "vault-not-found")


def test_cells() -> None:
    assert [text_cell(text) for text in ("=1", "+1", "-x", "@x", "\t1", "USDC", "-1.5")] == [
        "'=1",
        "'+1",
        "'-x",
        "'@x",
        "'\t1",
        "USDC",
        "-1.5",
    ]
    assert list(csv_lines(("a", "b"), [(1, None), ('"', "x,y")])) == ["a,b\r\n", "1,\r\n", '"""","x,y"\r\n']
