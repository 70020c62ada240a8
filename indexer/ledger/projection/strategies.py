"""Rows of leaders' offers."""

from indexer.decode.events import StrategyCreated, StrategyPoolAdded, StrategyTokenAdded
from indexer.ledger.models import Strategy, StrategyPool, StrategyToken
from indexer.ledger.rows import Place, Rows


def post_strategy(
    rows: Rows, place: Place, event: StrategyCreated | StrategyTokenAdded | StrategyPoolAdded
) -> None:
    """Post a new strategy, or a token or pool of one."""
    match event:
        case StrategyCreated():
            rows.add(
                Strategy,
                place,
                strategy_id=event.strategy_id,
                leader=event.leader,
                leader_vault_id=event.leader_vault,
                base_token=event.base_token,
                copy_fee_bps=event.copy_fee_bps,
                max_slippage_bps=event.max_slippage_bps,
                max_drift_bps=event.max_drift_bps,
                copy_window=event.copy_window,
                min_deposit=event.min_deposit,
                name=event.name,
            )
        case StrategyTokenAdded():
            rows.add(
                StrategyToken,
                place,
                strategy_id=event.strategy_id,
                token=event.token,
                token_index=event.index,
            )
        case StrategyPoolAdded():
            rows.add(StrategyPool, place, strategy_id=event.strategy_id, pool=event.pool)
