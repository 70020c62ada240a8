"""Queries about leaders, each on the read model of their metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from sqlalchemy import BigInteger, and_, bindparam, func, select
from sqlalchemy.orm import Session

from api.leaders.schemas import MetricName
from indexer.ledger.models import LeaderMetrics, Strategy, StrategyToken, Vault, VaultHour, VaultPosition


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


_FACTS = ("window", "as_of_block", "as_of_time", "history_days", "bars", "warnings")
_METRICS = (*_FACTS, *get_args(MetricName))
_STRATEGY = len(_METRICS)
_VAULT = _STRATEGY + len(StrategyCells._fields)


_WINDOWS = (
    select(
        *(getattr(LeaderMetrics, name) for name in _METRICS),
        *(getattr(Strategy, name) for name in StrategyCells._fields),
        Vault.status,
        Vault.block_number,
        Vault.block_time,
        select(func.aggregate_strings(StrategyToken.token, ","))
        .where(
            StrategyToken.deployment_id == Strategy.deployment_id,
            StrategyToken.strategy_id == Strategy.strategy_id,
        )
        .correlate(Strategy)
        .scalar_subquery(),
    )
    .join(
        Strategy,
        and_(
            Strategy.deployment_id == LeaderMetrics.deployment_id,
            Strategy.strategy_id == LeaderMetrics.strategy_id,
        ),
    )
    .join(
        Vault,
        and_(Vault.deployment_id == Strategy.deployment_id, Vault.vault_id == Strategy.leader_vault_id),
    )
    .where(
        LeaderMetrics.deployment_id == bindparam("deployment"),
        LeaderMetrics.strategy_id == bindparam("strategy", type_=BigInteger),
    )
)
_BOUGHT = select(VaultPosition.token, VaultPosition.bought).where(
    VaultPosition.deployment_id == bindparam("deployment"),
    VaultPosition.vault_id == bindparam("vault", type_=BigInteger),
    VaultPosition.hour
    == select(func.max(VaultHour.hour))
    .where(
        VaultHour.deployment_id == bindparam("deployment"),
        VaultHour.vault_id == bindparam("vault", type_=BigInteger),
    )
    .scalar_subquery(),
)


def list_windows(session: Session, deployment_id: int, strategy_id: int) -> dict[str, LeaderRow]:
    """Return window → a strategy's metrics, with the tokens that it may hold."""
    known = {"deployment": deployment_id, "strategy": strategy_id}
    rows = [_row(tuple(row)) for row in session.connection().execute(_WINDOWS, known)]
    return {row.metrics["window"]: row for row in rows}


def list_bought(session: Session, deployment_id: int, vault_id: int) -> dict[str, int]:
    """Return token → base token units that a vault ever put into it."""
    known = {"deployment": deployment_id, "vault": vault_id}
    rows = session.connection().execute(_BOUGHT, known)
    return {token: units for token, units in rows if units}


def _row(cells: tuple[Any, ...]) -> LeaderRow:
    status, block, time, tokens = cells[_VAULT:]
    return LeaderRow(
        dict(zip(_METRICS, cells[:_STRATEGY], strict=True)),
        StrategyCells._make(cells[_STRATEGY:_VAULT]),
        status,
        block,
        time,
        frozenset(tokens.split(",")),
    )
