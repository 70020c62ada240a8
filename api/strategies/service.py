"""Answers about strategies."""

from collections.abc import Sequence

from api.events import event_of
from api.halts import halted_among
from api.paging import cut, decode_cursor
from api.pools.repository import list_strategy_pools
from api.pools.service import present_pool
from api.schemas import Answer, Page
from api.snapshot import Snapshot
from api.statements.figures import returns
from api.statements.history import vault_history
from api.statements.repository import list_strategy_tokens
from api.strategies import repository
from api.strategies.existence import require_strategy
from api.strategies.schemas import Followers, Strategy, StrategyDetail, Terms
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
    history = vault_history(snapshot, vault, row, "average_cost").history
    equity = history.profit.equity
    pools = list_strategy_pools(session, deployment_id, strategy_id)
    allowed = list_strategy_tokens(session, deployment_id, strategy_id)
    detail = StrategyDetail(
        **dict(_present(snapshot, [row])[0]),
        tokens=[tokens.by_address[address] for address in allowed],
        pools=[present_pool(snapshot, pool) for pool in pools],
        leader_equity=None if equity is None else tokens.amount(row.base_token, equity),
        returns=returns(history),
    )
    return Answer(as_of_block=snapshot.block, data=detail)


def _present(snapshot: Snapshot, rows: Sequence[models.Strategy]) -> list[Strategy]:
    session, deployment_id, ids = snapshot.session, snapshot.deployment_id, [r.strategy_id for r in rows]
    followers = repository.count_followers(session, deployment_id, ids)
    trades = repository.count_trades(session, deployment_id, ids)
    halted = halted_among(session, deployment_id, ids)
    return [
        Strategy(
            id=row.strategy_id,
            name=row.name,
            leader=row.leader,
            leader_vault_id=row.leader_vault_id,
            base_token=snapshot.tokens.by_address[row.base_token],
            terms=Terms(
                copy_fee_bps=row.copy_fee_bps,
                max_slippage_bps=row.max_slippage_bps,
                max_drift_bps=row.max_drift_bps,
                copy_window_seconds=row.copy_window,
                min_deposit=snapshot.tokens.amount(row.base_token, row.min_deposit),
            ),
            halted=row.strategy_id in halted,
            followers=Followers(
                active=followers.get((row.strategy_id, "Active"), 0),
                paused=followers.get((row.strategy_id, "Paused"), 0),
                left=followers.get((row.strategy_id, "Left"), 0),
            ),
            trades=trades.get(row.strategy_id, 0),
            created=event_of(row),
        )
        for row in rows
    ]
