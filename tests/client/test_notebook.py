"""The notebook comes to the API's leaderboard from raw ledger rows alone."""

import json
import warnings
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest
from fastapi.testclient import TestClient
from nbclient import NotebookClient

from api.app import create_app
from indexer.ledger.database import open_engine
from indexer.ledger.dump import write_dump
from tests.api.test_correlations import trade_a_month

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "leaderboard.ipynb"


def test_its_leaderboard_is_that_of_the_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'lockstep.db'}")
    trade_a_month(engine)
    write_dump(engine, 1, tmp_path / "ledger")
    monkeypatch.setenv("LOCKSTEP_LEDGER", str(tmp_path / "ledger"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the kernel's own, of zmq and of paths
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    found = json.loads(notebook.cells[-1].outputs[0]["text"])
    with TestClient(create_app(engine)) as client:
        told = client.get("/v1/leaders?window=all&sort=cumulative_return").json()["data"]
    engine.dispose()
    assert [int(row["strategy_id"]) for row in found] == [row["strategy_id"] for row in told]
    for row, leader in zip(found, told, strict=True):
        figures = leader["metrics"]
        assert row["name"] == leader["name"]
        assert abs(Decimal(row["cumulative_return"]) - Decimal(figures["cumulative_return"])) <= Decimal(
            "1e-12"
        )
        assert row["own_stake"] == figures["own_stake"]["units"]
        assert int(row["copiers"]) == figures["copiers"]
        assert row["capital_under_copy"] == figures["capital_under_copy"]["units"]
    assert Decimal(found[0]["cumulative_return"]) > Decimal(found[1]["cumulative_return"])
