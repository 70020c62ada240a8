"""Queries about leaders, each on the read model of their metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from api.leaders.query import LeadersFilter
from api.leaders.standing import suspended_leaders
from indexer.ledger.models import (
    CLEARING_OF_COPY,
    Amount,
    Clearing,
    Copy,
    Deployment,
    LeaderMetrics,
    Strategy,
    StrategyToken,
    Vault,
    amount_sum,
)


class StrategyCells(NamedTuple):
    """Whose strategy it is; names are those of the table's columns."""

    strategy_id: int
    name: str
    leader: str
    leader_vault_id: int
    base_token: str
    block_number: int
    log_index: int
    block_time: int
    tx_hash: str


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """A strategy's metrics over one window by their columns' names, and its leader's own vault.

    ``tokens`` are those the strategy may hold; empty in a list.
    """

    metrics: Mapping[str, Any]
    strategy: StrategyCells
    status: str
    opened_block: int
    opened: int
    tokens: frozenset[str]


def list_leaders(
    session: Session,
    deployment: Deployment,
    query: LeadersFilter,
    *,
    after: tuple[str | None, int] | None,
    limit: int,
) -> list[LeaderRow]:
    """Return strategies by a metric, those without a value last; given a key, after it."""
    column = _number(session, query.sort)
    down = query.order == "desc"
    number = LeaderMetrics.strategy_id
    of_window = select(LeaderMetrics).where(
        LeaderMetrics.deployment_id == deployment.id, LeaderMetrics.window == query.window
    )
    chosen = _filtered(session, of_window, query)
    suspended = None if query.suspended else suspended_leaders(session, deployment)
    if suspended is not None:
        theirs = select(Strategy.strategy_id).where(
            Strategy.deployment_id == deployment.id, func.lower(Strategy.leader).in_(suspended)
        )
        chosen = chosen.where(number.not_in(theirs))
    found: list[LeaderRow] = []
    if after is None or after[0] is not None:
        known = chosen.where(column.is_not(None))
        if after is not None and after[0] is not None:
            key, last = tuple_(column, number), (_literal(session, query.sort, Decimal(after[0])), after[1])
            known = known.where(key < last if down else key > last)
        order = (column.desc(), number.desc()) if down else (column, number)
        is_text = _is_text(session, getattr(LeaderMetrics, query.sort))

        def rank(row: LeaderRow) -> tuple[Any, int]:
            value = row.metrics[query.sort]
            return float(value) if is_text else value, row.strategy.strategy_id

        found = sorted(_read(session, known.order_by(*order).limit(limit)), key=rank, reverse=down)
    if len(found) < limit:
        unknown = chosen.where(column.is_(None))
        if after is not None and after[0] is None:
            unknown = unknown.where(number < after[1] if down else number > after[1])
        unknown = unknown.order_by(number.desc() if down else number)
        rows = _read(session, unknown.limit(limit - len(found)))
        found += sorted(rows, key=lambda row: row.strategy.strategy_id, reverse=down)
    return found


_METRICS = tuple(LeaderMetrics.__table__.columns.keys())
_STRATEGY = len(_METRICS)
_VAULT = _STRATEGY + len(StrategyCells._fields)


def _rows(metrics: Any) -> Select[Any]:
    """Metrics with whose they are."""
    return (
        select(
            *(getattr(metrics, name) for name in _METRICS),
            *(getattr(Strategy, name) for name in StrategyCells._fields),
            Vault.status,
            Vault.block_number,
            Vault.block_time,
        )
        .join(
            Strategy,
            and_(
                Strategy.deployment_id == metrics.deployment_id, Strategy.strategy_id == metrics.strategy_id
            ),
        )
        .join(
            Vault,
            and_(Vault.deployment_id == Strategy.deployment_id, Vault.vault_id == Strategy.leader_vault_id),
        )
    )


_WINDOWS = (
    _rows(LeaderMetrics)
    .where(
        LeaderMetrics.deployment_id == bindparam("deployment"),
        LeaderMetrics.strategy_id == bindparam("strategy", type_=BigInteger),
    )
    .add_columns(
        select(func.aggregate_strings(StrategyToken.token, ","))
        .where(
            StrategyToken.deployment_id == Strategy.deployment_id,
            StrategyToken.strategy_id == Strategy.strategy_id,
        )
        .correlate(Strategy)
        .scalar_subquery()
    )
)
_BOUGHT = (
    select(Clearing.token_out, amount_sum(Copy.amount_in))
    .join(
        Clearing,
        CLEARING_OF_COPY,
    )
    .where(
        Copy.deployment_id == bindparam("deployment"),
        Copy.vault_id == bindparam("vault", type_=BigInteger),
        Clearing.token_in == bindparam("base"),
    )
    .group_by(Clearing.token_out)
)


def list_windows(session: Session, deployment_id: int, strategy_id: int) -> dict[str, LeaderRow]:
    """Return window → a strategy's metrics, with the tokens that it may hold."""
    known = {"deployment": deployment_id, "strategy": strategy_id}
    rows = [_row(tuple(row)) for row in session.connection().execute(_WINDOWS, known)]
    return {row.metrics["window"]: row for row in rows}


def sum_bought(session: Session, deployment_id: int, strategy: StrategyCells) -> dict[str, int]:
    """Return token → base token units that the leader ever put into it."""
    known = {"deployment": deployment_id, "vault": strategy.leader_vault_id, "base": strategy.base_token}
    return {row[0]: row[1] for row in session.connection().execute(_BOUGHT, known)}


def _read(session: Session, chosen: Select[LeaderMetrics]) -> list[LeaderRow]:
    """Return rows in no order: they are chosen before it is looked up whose they are."""
    rows = session.connection().execute(_rows(aliased(LeaderMetrics, chosen.subquery())))
    return [_row(tuple(row)) for row in rows]


def _row(cells: tuple[Any, ...]) -> LeaderRow:
    status, block, time, *tokens = cells[_VAULT:]
    return LeaderRow(
        dict(zip(_METRICS, cells[:_STRATEGY], strict=True)),
        StrategyCells._make(cells[_STRATEGY:_VAULT]),
        status,
        block,
        time,
        frozenset(tokens[0].split(",")) if tokens else frozenset(),
    )


def _filtered(session: Session, chosen: Select[Any], query: LeadersFilter) -> Select[Any]:
    for name, lower, value in query.bounds():
        column, bound = _number(session, name), _literal(session, name, value)
        chosen = chosen.where(column >= bound if lower else column <= bound)
    if query.min_history_days is not None:
        chosen = chosen.where(LeaderMetrics.history_days >= query.min_history_days)
    theirs: list[ColumnElement[bool]] = []
    if query.base_token is not None:
        theirs.append(Strategy.base_token == query.base_token)
    if query.closed is not None:
        theirs.append((Vault.status == "Left") == query.closed)
    if query.search is not None:
        words = query.search.lower()
        called = func.lower(Strategy.name).contains(words, autoescape=True)
        address = func.lower(Strategy.leader).startswith(words, autoescape=True)
        theirs.append(or_(called, address) if words.startswith("0x") else called)
    if theirs:
        chosen = chosen.where(
            exists()
            .where(
                Strategy.deployment_id == LeaderMetrics.deployment_id,
                Strategy.strategy_id == LeaderMetrics.strategy_id,
                Vault.deployment_id == Strategy.deployment_id,
                Vault.vault_id == Strategy.leader_vault_id,
                *theirs,
            )
            .correlate(LeaderMetrics)
        )
    return chosen


def _number(session: Session, name: str) -> Any:
    """A metric as the database orders numbers: SQLite keeps amounts as text."""
    column = getattr(LeaderMetrics, name)
    return cast(column, Float) if _is_text(session, column) else column


def _literal(session: Session, name: str, value: Decimal) -> Any:
    """A bound of a metric: amounts are whole, and one between two units excludes neither."""
    column = getattr(LeaderMetrics, name)
    if not isinstance(column.type, Amount) or _is_text(session, column):
        return float(value)
    return value


def _is_text(session: Session, column: Any) -> bool:
    return isinstance(column.type, Amount) and session.get_bind().dialect.name == "sqlite"
