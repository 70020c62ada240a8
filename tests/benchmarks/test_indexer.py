"""The benchmark of the indexer runs and measures what it says. No test here asserts a time."""

import sys
from pathlib import Path

import pytest

from benchmarks.indexer import peers
from benchmarks.indexer.__main__ import QUICK, measure
from benchmarks.postgresql import PostgresqlMissingError, postgresql

pytestmark = pytest.mark.timeout(600)

KEYS = {
    "raw_fetch_events_per_s",
    "raw_rows_events_per_s",
    "raw_rows_to_raw_fetch_ratio",
    "ledger_events_per_s",
    "ledger_events_per_s_sqlite",
    "ponder_events_per_s",
    "ponder_lifted_events_per_s",
    "envio_events_per_s",
    "web3py_events_per_s",
    "latency100ms_ratio",
    "block_to_row_p50_ms",
    "block_to_row_p99_ms",
    "peak_rss_mb",
    "cost_ratio_10x",
    "mismatches",
    "reorg64_recovery_s",
}


def test_small_run_measures_every_figure_and_the_ledger_agrees_with_the_chain(
    postgresql_server: str,
) -> None:
    figures = measure(QUICK)
    assert figures.keys() >= KEYS
    assert {key for key in KEYS if figures[key] is None} == {
        "ponder_events_per_s",
        "ponder_lifted_events_per_s",
        "envio_events_per_s",
    }
    assert figures["mismatches"] == 0
    assert figures["events"] >= QUICK.dense.blocks * QUICK.dense.events_a_block


def test_peer_that_does_not_run_is_an_error_that_says_what_it_said(
    postgresql_server: str, tmp_path: Path
) -> None:
    with pytest.raises(peers.PeerMissingError, match="cannot go on"):
        peers._timed(
            tmp_path,
            [sys.executable, "-c", "raise SystemExit('cannot go on')"],
            {},
            database_url=f"{postgresql_server}/postgres",
            table=("public", "nothing"),
            ready="",
            events=1,
            patience_s=20,
        )


def test_missing_postgresql_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.postgresql._program", lambda _name: None)
    with pytest.raises(PostgresqlMissingError, match="not installed"), postgresql():
        pass
