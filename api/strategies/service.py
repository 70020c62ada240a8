"""Answers about strategies."""

from collections.abc import Sequence
from typing import get_args

from api.events import event_of
from api.halts import halted_among
from api.paging import cut, decode_cursor
from api.pools.repository import list_strategy_pools
from api.pools.service import present_pool
from api.schemas import Answer, Page
from api.snapshot import Snapshot
from api.statements.figures import returns
from api.statements.repository import list_strategy_tokens
from api.statements.standing import market_of, standing_of
from api.strategies import repository
from api.strategies.existence import require_strategy
from api.strategies.schemas import Followers, Limits, Strategy, StrategyDetail, Terms
from api.terms.repository import TermsCells, find_pending, list_terms
from api.terms.service import present_pending, present_terms
from api.vaults.schemas import VaultStatus
from api.vaults.service import require_vault
from indexer.ledger import models


def list_strategies(
    snapshot: Snapshot, *, leader: str | None, limit: int, cursor: str | None
) -> Page[Strategy]:
    """Return a page of strategies by id."""
    after = decode_cursor("strategies", 1, cursor)
    rows = repository.list_strategies(
        snapshot.session,
        snapshot.deployment_id,
        leader=leader,
        after=None if after is None else after[0],
        limit=limit + 1,
    )
    page, next_cursor = cut("strategies", limit, rows, lambda row: (row.strategy_id,))
    return Page(as_of_block=snapshot.block, data=_present(snapshot, page), next_cursor=next_cursor)


def get_strategy(snapshot: Snapshot, strategy_id: int) -> Answer[StrategyDetail]:
    """Return a strategy with what it may trade and its returns. Raises `StrategyNotFoundError`."""
    row = require_strategy(snapshot, strategy_id)
    session, deployment_id, tokens = snapshot.session, snapshot.deployment_id, snapshot.tokens
    vault = require_vault(snapshot, row.leader_vault_id).vault
    standing = standing_of(snapshot, vault, "average_cost", row, market_of(snapshot, row))
    equity = standing.profit.equity
    pools = list_strategy_pools(session, deployment_id, strategy_id)
    allowed = list_strategy_tokens(session, deployment_id, strategy_id)
    detail = StrategyDetail(
        **dict(_present(snapshot, [row])[0]),
        tokens=[tokens.by_address[address] for address in allowed],
        pools=[present_pool(snapshot, pool) for pool in pools],
        leader_equity=None if equity is None else tokens.amount(row.base_token, equity),
        returns=returns(standing),
    )
    return Answer(as_of_block=snapshot.block, data=detail)


def _present(snapshot: Snapshot, rows: Sequence[models.Strategy]) -> list[Strategy]:
    session, deployment_id, ids = snapshot.session, snapshot.deployment_id, [r.strategy_id for r in rows]
    followers = repository.count_followers(session, deployment_id, ids)
    trades = repository.count_trades(session, deployment_id, ids)
    halted = halted_among(session, deployment_id, ids)
    limits = repository.list_limits(session, deployment_id, ids)
    newest = {row.strategy_id: row for row in list_terms(session, deployment_id, ids).values()}
    return [
        Strategy(
            id=row.strategy_id,
            name=row.name,
            leader=row.leader,
            leader_vault_id=row.leader_vault_id,
            base_token=snapshot.tokens.by_address[row.base_token],
            terms=_terms(snapshot, row, newest[row.strategy_id]),
            limits=_limits(snapshot, row, limits.get(row.strategy_id)),
            halted=row.strategy_id in halted,
            followers=Followers(
                **{
                    status.lower(): followers.get((row.strategy_id, status), 0)
                    for status in get_args(VaultStatus)
                }
            ),
            trades=trades.get(row.strategy_id, 0),
            created=event_of(row),
        )
        for row in rows
    ]


def _terms(snapshot: Snapshot, row: models.Strategy, newest: TermsCells) -> Terms:
    tokens, base = snapshot.tokens, row.base_token
    pending = find_pending(snapshot.session, snapshot.deployment_id, newest)
    return Terms(
        fees=present_terms(newest, base, tokens),
        pending=None if pending is None else present_pending(pending, base, tokens),
        protocol_bps=row.protocol_bps,
        max_slippage_bps=row.max_slippage_bps,
        max_drift_bps=row.max_drift_bps,
        copy_window_seconds=row.copy_window,
        min_deposit=tokens.amount(base, row.min_deposit),
    )


def _limits(snapshot: Snapshot, row: models.Strategy, limits: models.StrategyLimits | None) -> Limits | None:
    if limits is None:
        return None
    return Limits(
        loss_budget_bps=limits.loss_budget_bps,
        max_drawdown_bps=limits.max_drawdown_bps,
        max_token_bps=limits.max_token_bps,
        max_exposure_bps=limits.max_exposure_bps,
        max_impact_bps=limits.max_impact_bps,
        stop_bps=limits.stop_bps or None,
        min_interval_seconds=limits.min_interval,
        max_round_trips=limits.max_round_trips,
        min_stake=snapshot.tokens.amount(row.base_token, limits.min_stake),
    )
