"""Answers about where vaults stand."""

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from accounting.book import COST_KINDS
from accounting.windows import WindowName, boundaries
from api.curves import CurvePoint, curve_of
from api.holdings.schemas import Portfolio, Total, VaultStanding
from api.paging import cut, decode_cursor
from api.schemas import Amount, Answer, Page, Token
from api.snapshot import Snapshot
from api.statements.figures import balances, flows, profit, returns
from api.statements.repository import list_strategy_tokens
from api.statements.schemas import Costs
from api.statements.standing import Standing, standings_of
from api.trades.repository import CopyRow, list_vault_copies
from api.trades.schemas import Copy, CopyStatus
from api.trades.service import present_copy
from api.vaults import repository
from api.vaults.repository import VaultRow
from api.vaults.schemas import VaultStatus
from api.vaults.service import require_vault
from indexer.derived.points import NOW, Point, Subject, read_points

MOST_VAULTS = 100


def list_copies(
    snapshot: Snapshot,
    vault_id: int,
    *,
    outcome: CopyStatus | None,
    reason: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Copy]:
    """Return a page of what trades did in a vault, newest first. Raises `VaultNotFoundError`."""
    name = f"copies into {vault_id}"
    before = cast(tuple[int, int] | None, decode_cursor(name, 2, cursor))
    require_vault(snapshot, vault_id)
    rows = list_vault_copies(
        snapshot.session,
        snapshot.deployment_id,
        vault_id,
        status=outcome,
        reason=reason,
        before=before,
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, _place)
    data = [present_copy(snapshot, row) for row in page]
    return Page(as_of_block=snapshot.block, data=data, next_cursor=next_cursor)


def get_equity(snapshot: Snapshot, vault_id: int, window: WindowName) -> Answer[list[CurvePoint]]:
    """Return a vault's equity over a window. Raises `VaultNotFoundError`."""
    row = require_vault(snapshot, vault_id)
    base = row.strategy.base_token
    tokens = list_strategy_tokens(snapshot.session, snapshot.deployment_id, row.vault.strategy_id)
    subject = Subject(vault_id, base, frozenset(tokens), row.vault.block_number, row.vault.block_time)
    times = [*boundaries(snapshot.time, subject.opened), NOW]
    connection = snapshot.session.connection()
    found = read_points(connection, snapshot.deployment_id, [subject], times)[vault_id]
    points = [Point(snapshot.time if at == NOW else at, day) for at, day in found]
    curve = curve_of(points, window, snapshot.time, snapshot.tokens.by_address[base])
    return Answer(as_of_block=snapshot.block, data=curve)


def get_portfolio(snapshot: Snapshot, owner: str) -> Answer[Portfolio]:
    """Return all that an owner has in vaults; every address has a portfolio, most are empty."""
    session, deployment_id = snapshot.session, snapshot.deployment_id
    rows = repository.list_vaults(session, deployment_id, owner=owner, limit=MOST_VAULTS)
    standings = standings_of(snapshot, [row.vault for row in rows], "fifo")
    found = [(row, standings[row.vault.vault_id]) for row in rows]
    portfolio = Portfolio(
        owner=owner,
        totals=[_total(snapshot.tokens.by_address[base], found) for base in _bases(rows)],
        vaults=[_vault(snapshot, row, standing) for row, standing in found],
        left_out=repository.count_vaults(session, deployment_id, owner) - len(rows),
    )
    return Answer(as_of_block=snapshot.block, data=portfolio)


def _place(row: CopyRow) -> tuple[int, int]:
    return row.copy.block_number, row.copy.log_index


def _bases(rows: Sequence[VaultRow]) -> list[str]:
    return list(dict.fromkeys(row.strategy.base_token for row in rows))


def _vault(snapshot: Snapshot, row: VaultRow, standing: Standing) -> VaultStanding:
    base = snapshot.tokens.by_address[row.strategy.base_token]
    score = standing.sync_score
    return VaultStanding(
        vault_id=row.vault.vault_id,
        strategy_id=row.vault.strategy_id,
        strategy_name=row.strategy.name,
        is_leader=row.vault.is_leader,
        status=cast(VaultStatus, row.vault.status),
        flows=flows(standing, base),
        balances=balances(standing, base, snapshot.tokens, standing.lots),
        profit=profit(standing, base, snapshot.tokens),
        returns=returns(standing),
        sync_score=None if score is None else Decimal(score).scaleb(-18),
    )


def _total(base: Token, found: Sequence[tuple[VaultRow, Standing]]) -> Total:
    chosen = [standing for row, standing in found if row.strategy.base_token == base.address]
    worths = [standing.profit.equity for standing in chosen]
    put_in = sum(standing.book.deposited - standing.book.withdrawn for standing in chosen)
    equity = None if None in worths else sum(worth for worth in worths if worth is not None)
    costs = {kind: sum(standing.book.costs[kind] for standing in chosen) for kind in COST_KINDS}
    return Total(
        base_token=base,
        equity=None if equity is None else Amount.of(base, equity),
        net_deposits=Amount.of(base, put_in),
        net_pnl=None if equity is None else Amount.of(base, equity - put_in),
        costs=Costs(
            **{kind: Amount.of(base, units) for kind, units in costs.items()},
            total=Amount.of(base, sum(costs.values())),
        ),
    )
