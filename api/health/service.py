"""Answers about the API itself."""

from datetime import UTC, datetime, timedelta

from api.health import repository
from api.health.schemas import Readiness, ReconciliationReport
from api.problems import ApiError
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot

MAX_LAG_BLOCKS = 10
MAX_SILENCE = timedelta(minutes=5)


class NotReadyError(ApiError):
    """The ledger is behind the chain, or differs from it."""

    status, slug, title = 503, "not-ready", "The ledger is not to be relied on now"


def get_readiness(snapshot: Snapshot) -> Readiness:
    """Return lag and last reconciliation. Raises `NotReadyError` when either is bad or the indexer silent."""
    block, deployment = snapshot.block, snapshot.deployment
    head = deployment.head_number
    lag = None if head is None else max(head - block.number, 0)
    last = repository.last_reconciliation(snapshot.session, snapshot.deployment_id)
    if last is not None and last.mismatches:
        raise NotReadyError(
            f"{last.mismatches} balances differed from the chain at block {last.block_number}.",
            remedy="Run `lockstep reconcile` to see which; rebuild the ledger before anybody relies on it.",
        )
    if lag is not None and lag > MAX_LAG_BLOCKS:
        raise NotReadyError(
            f"The ledger is at block {block.number}, {lag} blocks behind the chain.",
            remedy="Check that `lockstep index` runs and that its node answers.",
        )
    seen = None if deployment.head_seen_us is None else utc_of_microseconds(deployment.head_seen_us)
    # An indexer that died leaves a lag of nothing behind: what it last saw is what it last wrote.
    if seen is not None and datetime.now(UTC) - seen > MAX_SILENCE:
        raise NotReadyError(
            f"The indexer has heard of no new block since {seen:%Y-%m-%d %H:%M:%S} UTC.",
            remedy="Check that `lockstep index` runs and that its node is not stuck.",
        )
    report = None
    if last is not None:
        report = ReconciliationReport(
            block=last.block_number,
            checked=utc_of_microseconds(last.checked_us),
            balances_checked=last.balances_checked,
            mismatches=last.mismatches,
        )
    return Readiness(
        as_of_block=block,
        head_block=head,
        lag_blocks=lag,
        head_seen=seen,
        reconciliation=report,
    )
