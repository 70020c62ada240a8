"""Prometheus metrics of an indexer, on a port of its own: read from ledger and endpoints when asked for."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, Row, func, select

from indexer.chain.endpoint import Endpoint
from indexer.ledger.database import snapshot
from indexer.ledger.models import Deployment as DeploymentRow
from indexer.ledger.models import Reconciliation, Reorg
from indexer.sync.deployment import Deployment
from indexer.sync.errors import MetricsPortError
from indexer.sync.service import Indexer

log = structlog.get_logger()


class IndexerCollector(Collector):
    """What there is to say of one indexer. Each scrape is three short queries."""

    def __init__(self, engine: Engine, deployment: Deployment, indexer: Indexer) -> None:
        self._engine = engine
        self._deployment = deployment
        self._indexer = indexer

    def collect(self) -> Iterator[Metric]:
        """Read everything anew."""
        with snapshot(self._engine) as connection:
            row = connection.execute(
                select(DeploymentRow.__table__).where(
                    DeploymentRow.chain_id == self._deployment.chain_id,
                    DeploymentRow.hub == self._deployment.hub,
                )
            ).one()
            yield from _of_the_ledger(row)
            yield from _of_the_past(connection, row.id)
        yield CounterMetricFamily(
            "lockstep_logs", "The hub's logs written since the start.", self._indexer.logs_written
        )
        yield CounterMetricFamily(
            "lockstep_unknown_logs",
            "Logs of the hub unknown to this version, since the start.",
            self._indexer.unknown_logs,
        )
        yield from _of_the_endpoints(self._indexer.reader.endpoints)


def _of_the_ledger(row: Row[Any]) -> Iterator[Metric]:
    checkpoint, head = row.checkpoint_number or 0, row.head_number or row.checkpoint_number or 0
    yield GaugeMetricFamily("lockstep_checkpoint_block", "Last block in the ledger.", checkpoint)
    yield GaugeMetricFamily("lockstep_head_block", "Newest block the nodes told of.", head)
    yield GaugeMetricFamily("lockstep_lag_blocks", "Blocks the ledger is behind.", max(0, head - checkpoint))
    behind_s = max(0, (row.head_time or 0) - (row.checkpoint_time or 0))
    yield GaugeMetricFamily("lockstep_lag_seconds", "Block time the ledger is behind.", behind_s)
    if row.head_seen_us is not None:
        age = max(0.0, time.time() - row.head_seen_us / 1_000_000)
        yield GaugeMetricFamily("lockstep_head_age_seconds", "Since a new head was last seen.", age)


def _of_the_past(connection: Connection, deployment_id: int) -> Iterator[Metric]:
    count, deepest = connection.execute(
        select(func.count(), func.max(Reorg.depth)).where(Reorg.deployment_id == deployment_id)
    ).one()
    yield CounterMetricFamily("lockstep_reorgs", "Rollbacks recorded in the database.", count)
    yield GaugeMetricFamily("lockstep_reorg_depth_max", "Blocks of the deepest rollback.", deepest or 0)
    last = connection.execute(
        select(Reconciliation.__table__)
        .where(Reconciliation.deployment_id == deployment_id)
        .order_by(Reconciliation.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        yield GaugeMetricFamily(
            "lockstep_reconcile_differences",
            "Figures that differed from the chain last time.",
            last.mismatches,
        )
        yield GaugeMetricFamily("lockstep_reconcile_block", "Block of that comparison.", last.block_number)
        yield GaugeMetricFamily(
            "lockstep_reconcile_timestamp_seconds", "When that was.", last.checked_us / 1_000_000
        )


def _of_the_endpoints(endpoints: tuple[Endpoint, ...]) -> Iterator[Metric]:
    label = ["endpoint"]
    score = GaugeMetricFamily("lockstep_endpoint_score", "How well it answers, 0 to 1.", labels=label)
    resting = GaugeMetricFamily("lockstep_endpoint_resting", "1: failed too often just now.", labels=label)
    latency = GaugeMetricFamily("lockstep_endpoint_latency_seconds", "Moving average.", labels=label)
    height = GaugeMetricFamily("lockstep_endpoint_block", "Newest block it told of.", labels=label)
    asked = CounterMetricFamily("lockstep_endpoint_requests", "Requests sent to it.", labels=label)
    failed = CounterMetricFamily("lockstep_endpoint_failures", "Requests it failed.", labels=label)
    for each in endpoints:
        health, name = each.health, [each.name]
        score.add_metric(name, health.score)
        resting.add_metric(name, float(health.resting))
        latency.add_metric(name, health.latency_s)
        height.add_metric(name, health.height)
        asked.add_metric(name, health.asked)
        failed.add_metric(name, health.failed)
    yield from (score, resting, latency, height, asked, failed)


@asynccontextmanager
async def serve_metrics(
    where: tuple[str, int] | None, engine: Engine, deployment: Deployment, indexer: Indexer
) -> AsyncIterator[int | None]:
    """Serve the metrics at a host and port (0: a free one) while the block runs; give the port.

    Raises `MetricsPortError` if the port is taken.
    """
    if where is None:
        yield None
        return
    registry = CollectorRegistry()
    registry.register(IndexerCollector(engine, deployment, indexer))
    host, port = where
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise MetricsPortError(
            f"Metrics cannot be served on {host} port {port}: {error.strerror or error}.",
            remedy="Give a free --metrics-port (0 takes any), or stop what listens there.",
        ) from error
    log.info("metrics_served", host=host, port=server.server_port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
