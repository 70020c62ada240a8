"""Looks for what is wrong between nodes, database and ledger, and says what to do. Changes nothing."""

import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, func, select

from indexer.chain.endpoint import Endpoint
from indexer.chain.errors import ChainError, NodeRefusedError
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.rpc import RpcClient
from indexer.chain.types import Call
from indexer.chain.wire import WireHeader
from indexer.decode.decoder import Decoder
from indexer.errors import IndexerError
from indexer.ledger.database import snapshot
from indexer.ledger.leases import clock_us, read_lease
from indexer.ledger.models import Deployment as DeploymentRow
from indexer.ledger.models import RawLog, Reconciliation
from indexer.sync.deployment import Deployment
from indexer.sync.existing import require_ledger
from indexer.sync.lease import is_dead
from indexer.sync.parts import require_parts

MAX_SKEW_S = 15
MAX_LAG_BLOCKS = 10
QUIET_S = 300
RECONCILED_WITHIN_S = 86_400
LEAST_FREE_BYTES = 2**30


class Verdict(StrEnum):
    """How a check ended."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and what to do about it (empty when all is well)."""

    check: str
    verdict: Verdict
    found: str
    remedy: str = ""


def _good(check: str, found: str) -> Finding:
    return Finding(check, Verdict.GOOD, found)


def _warning(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, Verdict.WARNING, found, remedy)


def _bad(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, Verdict.BAD, found, remedy)


def _of_error(check: str, error: IndexerError) -> Finding:
    return _bad(check, str(error), error.remedy)


async def examine_chain(
    rpc: RpcClient, deployment: Deployment, *, now: Callable[[], float] = time.time
) -> AsyncIterator[Finding]:
    """Check each endpoint, their agreement, the clock, the hub's code, and that its logs are there."""
    for endpoint in rpc.endpoints:
        yield await _examine_endpoint(rpc, endpoint, deployment)
    reader = ChainReader(rpc)
    try:
        head = await reader.head()
    except ChainError as error:
        yield _of_error("head", error)
        return
    yield _good("head", f"block {head.number} ({head.hash})")
    yield _examine_clock(head.time, now())
    try:
        await require_parts(reader, deployment)
        yield _good("hub", f"code at {deployment.hub} emits every event of this version")
    except (ChainError, IndexerError) as error:
        yield _of_error("hub", error)
        return
    yield await _examine_first_logs(reader, deployment)


async def _examine_endpoint(rpc: RpcClient, endpoint: Endpoint, deployment: Deployment) -> Finding:
    check = f"node {endpoint.name}"
    try:
        [chain] = await rpc.ask(endpoint, "eth_chainId", [[]], str)
        [head] = await rpc.ask(endpoint, "eth_getBlockByNumber", [["latest", False]], WireHeader)
    except ChainError as error:
        return _of_error(check, error)
    if int(chain, 16) != deployment.chain_id:
        return _bad(
            check,
            f"is on chain {int(chain, 16)}, not on {deployment.chain_id}",
            f"Give the URL of a node of chain {deployment.chain_id}, or the right deployment file.",
        )
    latency_ms = endpoint.health.latency_s * 1000
    return _good(check, f"chain {int(chain, 16)}, block {int(head.number, 16)}, {latency_ms:.0f} ms")


def _examine_clock(block_time: int, now: float) -> Finding:
    ahead = block_time - now
    if ahead > MAX_SKEW_S:
        return _bad(
            "clock",
            f"the newest block is {ahead:.0f} s in this machine's future",
            "Set this machine's clock (NTP): the times at which blocks were seen are wrong.",
        )
    if -ahead > QUIET_S:
        return _warning(
            "clock",
            f"the newest block is {-ahead:.0f} s old",
            "If the chain makes blocks more often, the node is stuck, or this machine's clock is ahead.",
        )
    return _good("clock", f"the newest block is {max(0.0, -ahead):.0f} s old")


async def _examine_first_logs(reader: ChainReader, deployment: Deployment) -> Finding:
    """A node that has pruned old logs answers none; the header's bloom knows better."""
    check = "oldest logs"
    watch = Watch(deployment.hub, Decoder().topics)
    try:
        headers = await reader.headers(deployment.block, deployment.block)
        await reader.logs(watch, headers)
    except ChainError as error:
        return _bad(
            check,
            str(error),
            "The node has pruned the hub's first blocks: index from one that has them all. A ledger that is "
            "past them needs them no more, but `verify` does.",
        )
    return _good(check, f"block {deployment.block} is there")


async def examine_state(reader: ChainReader, engine: Engine, deployment: Deployment) -> Finding:
    """Check that the node has the state of the ledger's block, which `reconcile` asks for."""
    with engine.connect() as connection:
        row = connection.execute(
            select(DeploymentRow.checkpoint_number, DeploymentRow.checkpoint_hash).where(
                DeploymentRow.chain_id == deployment.chain_id, DeploymentRow.hub == deployment.hub
            )
        ).one()
    treasury = Call(deployment.hub, bytes.fromhex("61d027b3"))
    try:
        await reader.call_all([treasury], row.checkpoint_hash)
    except NodeRefusedError as error:
        return _warning(
            "state",
            str(error),
            "The node has pruned the state of the ledger's block, or has another block there: bring the "
            "ledger to the head with `lockstep index`, then reconcile.",
        )
    except ChainError as error:
        return _of_error("state", error)
    return _good("state", f"the node has that of the ledger's block {row.checkpoint_number}")


def examine_database(engine: Engine, deployment: Deployment) -> Iterator[Finding]:
    """Check tables, lease, lag, the last reconciliation, disk space and the database's clock."""
    try:
        deployment_id = require_ledger(engine, deployment)
    except IndexerError as error:
        yield _of_error("database", error)
        yield from _examine_disk(engine)
        return
    yield _good("database", "its tables are this version's and it holds this hub's ledger")
    with snapshot(engine) as connection:
        row = connection.execute(
            select(DeploymentRow.__table__).where(DeploymentRow.id == deployment_id)
        ).one()
        lease = read_lease(connection, deployment.chain_id, deployment.hub)
        last = connection.execute(
            select(Reconciliation.__table__)
            .where(Reconciliation.deployment_id == deployment_id)
            .order_by(Reconciliation.id.desc())
            .limit(1)
        ).one_or_none()
        unknown = connection.scalar(
            select(func.count()).where(RawLog.deployment_id == deployment_id, RawLog.event.is_(None))
        )
        skew_s = clock_us(connection) / 1_000_000 - time.time()
    if lease is None:
        yield _warning("indexer", "none runs", "Start `lockstep index`.")
    elif lease.expired or is_dead(lease.holder):
        yield _warning(
            "indexer",
            f"process {lease.holder.pid} died without giving its lease back",
            "Start `lockstep index`: it takes over.",
        )
    else:
        yield _good("indexer", f"process {lease.holder.pid} on {lease.holder.machine} writes")
    lag = max(0, (row.head_number or row.checkpoint_number) - row.checkpoint_number)
    if lag > MAX_LAG_BLOCKS:
        seconds = max(0, (row.head_time or 0) - row.checkpoint_time)
        yield _bad(
            "lag",
            f"the ledger is at block {row.checkpoint_number}, {lag} blocks and {seconds} s behind",
            "Check that `lockstep index` runs and that its node answers.",
        )
    else:
        yield _good("lag", f"the ledger is at block {row.checkpoint_number}, {lag} blocks behind")
    yield _examine_reconciliation(last)
    if unknown:
        yield _warning(
            "events",
            f"{unknown} logs of the hub are of events that this version does not know; kept raw",
            "Install the Lockstep that knows them, then run `lockstep rebuild`.",
        )
    if abs(skew_s) > MAX_SKEW_S:
        yield _bad(
            "database clock",
            f"it differs from this machine's by {skew_s:+.0f} s",
            "Set both clocks (NTP): leases and the times of what was seen go by them.",
        )
    yield from _examine_disk(engine)


def _examine_reconciliation(last: object | None) -> Finding:
    check = "reconciliation"
    if last is None:
        return _warning(check, "there was none yet", "Run `lockstep reconcile`.")
    mismatches, block = last.mismatches, last.block_number  # type: ignore[attr-defined] # a row
    if mismatches:
        return _bad(
            check,
            f"{mismatches} figures differed from the chain at block {block}",
            "Run `lockstep reconcile` again; if they stay, `lockstep rebuild`, and if they stay then, index "
            "into a new database.",
        )
    age_s = time.time() - last.checked_us / 1_000_000  # type: ignore[attr-defined] # a row
    if age_s > RECONCILED_WITHIN_S:
        return _warning(check, f"the last was {age_s / 3600:.0f} hours ago", "Run `lockstep reconcile`.")
    return _good(check, f"ledger and chain agreed at block {block}")


def _examine_disk(engine: Engine) -> Iterator[Finding]:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return  # a server's disk cannot be seen from here
    folder = Path(engine.url.database).resolve().parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield _bad(
            "disk",
            f"{free / 2**20:.0f} MiB are free in {folder}",
            "Make room: when the disk is full the indexer stops. What it wrote stays whole.",
        )
    else:
        yield _good("disk", f"{free / 2**30:.0f} GiB are free")
