"""Rows of leaders' offers."""

from dataclasses import asdict

from indexer.decode.events import (
    StrategyCreated,
    StrategyLimitsSet,
    StrategyPoolAdded,
    StrategyTokenAdded,
    TermsProposed,
    TermsSet,
)
from indexer.ledger.context import Context, Offer
from indexer.ledger.models import (
    Strategy,
    StrategyLimits,
    StrategyPool,
    StrategyToken,
    Terms,
    TermsProposal,
)
from indexer.ledger.rows import Place, Rows

StrategyEvent = (
    StrategyCreated | StrategyLimitsSet | StrategyTokenAdded | StrategyPoolAdded | TermsSet | TermsProposed
)


def post_strategy(rows: Rows, context: Context, place: Place, event: StrategyEvent) -> None:
    """Post a new strategy, or limits, a token, a pool or terms of one."""
    match event:
        case StrategyCreated():
            context.offers[event.strategy_id] = Offer(event.leader, event.protocol_bps)
            rows.add(
                Strategy,
                place,
                strategy_id=event.strategy_id,
                leader=event.leader,
                leader_vault_id=event.leader_vault,
                base_token=event.base_token,
                max_slippage_bps=event.max_slippage_bps,
                max_drift_bps=event.max_drift_bps,
                copy_window=event.copy_window,
                min_deposit=event.min_deposit,
                protocol_bps=event.protocol_bps,
                name=event.name,
            )
        case StrategyLimitsSet():
            rows.add(StrategyLimits, place, strategy_id=event.strategy_id, **asdict(event.limits))
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
        case TermsSet():
            terms = asdict(event.terms)
            rows.add(Terms, place, strategy_id=event.strategy_id, version=event.version, **terms)
        case TermsProposed():
            terms = asdict(event.terms)
            rows.add(TermsProposal, place, strategy_id=event.strategy_id, usable_from=event.from_, **terms)
