"""What an indexer serves to Prometheus is what the ledger, the reports and the endpoints say."""

import asyncio
import socket

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert

from indexer.ledger.models import Reconciliation
from indexer.sync.errors import MetricsPortError
from indexer.sync.metrics import serve_metrics
from simulation.proxy import Proxy
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import DEPLOYMENT, indexing
from tests.indexer.story import tell


async def scrape(port: int) -> dict[str, float]:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_are_the_ledgers_figures(engine: Engine, chain: PaperChain, proxy: Proxy) -> None:
    told, _ = tell(95, 20)
    chain.mine_all(told[:10], each=1, gap=0)
    async with (
        indexing(proxy.url, engine) as indexer,
        serve_metrics(("127.0.0.1", 0), engine, DEPLOYMENT, indexer) as port,
    ):
        assert port
        await indexer.backfill_to_head()
        first = await scrape(port)
        assert first["lockstep_checkpoint_block"] == first["lockstep_head_block"] == 10
        assert first["lockstep_lag_blocks"] == first["lockstep_lag_seconds"] == 0
        assert first["lockstep_logs_total"] == sum(len(events) for events in told[:10])
        assert first["lockstep_unknown_logs_total"] == first["lockstep_reorgs_total"] == 0
        assert first["lockstep_head_age_seconds"] < 60
        assert first["lockstep_endpoint_score"] == 1
        assert first["lockstep_endpoint_block"] == 10
        assert first["lockstep_endpoint_failures_total"] == 0
        assert "lockstep_reconcile_differences" not in first  # there was none yet
        snapshot = chain.snapshot()
        chain.mine()
        await indexer.backfill_to_head()
        chain.revert(snapshot)
        chain.mine_all(told[10:], each=1, gap=0, later=3)
        await indexer.backfill_to_head()
        with engine.begin() as connection:
            report = {"deployment_id": 1, "checked_us": 5_000_000, "block_number": 20, "block_hash": "0x"}
            connection.execute(insert(Reconciliation).values(**report, balances_checked=9, mismatches=2))
        then = await scrape(port)
    assert then["lockstep_checkpoint_block"] == 20
    assert (then["lockstep_reorgs_total"], then["lockstep_reorg_depth_max"]) == (1, 1)
    assert then["lockstep_reconcile_differences"] == 2
    assert then["lockstep_reconcile_timestamp_seconds"] == 5
    assert then["lockstep_endpoint_requests_total"] > first["lockstep_endpoint_requests_total"]
    await asyncio.sleep(0)
    with pytest.raises(httpx.ConnectError):
        await scrape(port)


async def test_port_that_is_taken_is_refused(engine: Engine, chain: PaperChain) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with indexing(chain.url, engine) as indexer:
            with pytest.raises(MetricsPortError, match=f"port {port}") as caught:
                async with serve_metrics(("127.0.0.1", port), engine, DEPLOYMENT, indexer):
                    pass
    assert "--metrics-port" in caught.value.remedy
