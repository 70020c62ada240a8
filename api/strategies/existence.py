"""Refuses a strategy that does not exist, for every resource that is asked about one."""

from api.problems import ApiError
from api.snapshot import Snapshot
from indexer.ledger.models import Strategy


class StrategyNotFoundError(ApiError):
    """No such strategy."""

    status, slug, title = 404, "strategy-not-found", "No such strategy"


def require_strategy(snapshot: Snapshot, strategy_id: int) -> Strategy:
    """Return a strategy's row. Raises `StrategyNotFoundError`."""
    block = snapshot.block
    found = snapshot.session.get(Strategy, (snapshot.deployment_id, strategy_id))
    if found is None:
        raise StrategyNotFoundError(
            f"No strategy {strategy_id} is known at block {block.number}.",
            remedy="List the strategies with GET /v1/strategies.",
        )
    return found
