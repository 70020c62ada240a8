"""Keeps the boards of leaders: reads of the database what is newer than what is known, and nothing else.

Metrics carry the version with which they were written; what changes of a strategy is told by the states of
its leader's vault. After a reorg, or when metrics were taken away, everything is read anew.
"""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, func, select

from api.leaders.board import COLUMNS, Board, Columns, Known
from api.leaders.repository import StrategyCells
from api.snapshot import Snapshot
from indexer.ledger.models import LeaderMetrics, Reorg, Strategy, Vault, VaultState

_ATTEMPTS = 3

_METRICS = select(*(getattr(LeaderMetrics, name) for name in COLUMNS)).where(
    LeaderMetrics.deployment_id == bindparam("deployment"), LeaderMetrics.window == bindparam("window")
)
_NEWER = _METRICS.where(LeaderMetrics.made > bindparam("version", type_=BigInteger))
_KNOWN = (
    select(
        *(getattr(Strategy, name) for name in StrategyCells._fields),
        Vault.status,
        Vault.block_number,
        Vault.block_time,
    )
    .join(
        Vault,
        and_(Vault.deployment_id == Strategy.deployment_id, Vault.vault_id == Strategy.leader_vault_id),
    )
    .where(Strategy.deployment_id == bindparam("deployment"))
)
_THEIRS = _KNOWN.where(
    Vault.vault_id.in_(bindparam("vaults", expanding=True)), Strategy.strategy_id == Vault.strategy_id
)
_TOUCHED = (
    select(VaultState.vault_id)
    .distinct()
    .where(
        VaultState.deployment_id == bindparam("deployment"),
        VaultState.block_number > bindparam("above", type_=BigInteger),
    )
)
_REORGS = select(func.max(Reorg.id)).where(Reorg.deployment_id == bindparam("deployment"))


class _At(NamedTuple):
    """How far something was read: none of the three ever goes back, but for the block after a reorg."""

    reorg: int
    number: int
    version: int


class _Strategies(NamedTuple):
    at: _At
    known: Mapping[int, Known]


class _Kept(NamedTuple):
    at: _At
    block_hash: str | None
    board: Board


class Boards:
    """The newest board of each window of each deployment. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[int, str], _Kept] = {}
        self._strategies: dict[int, _Strategies] = {}

    def of(self, snapshot: Snapshot, window: str) -> Board:
        """Return the board that a snapshot sees, the same as long as it lives.

        A snapshot of which others know a newer board already begins again, if it has shown nothing yet.
        """
        key = ("leaders", window)
        for _ in range(_ATTEMPTS):
            if key not in snapshot.held:
                found = self._look(snapshot, window)
                if found is None and not snapshot.held:
                    snapshot.renew()
                    continue
                snapshot.held[key] = found or _read(snapshot, window)
            break
        else:
            snapshot.held[key] = _read(snapshot, window)
        board: Board = snapshot.held[key]
        return board

    def _look(self, snapshot: Snapshot, window: str) -> Board | None:
        """The board as of a snapshot; None where a newer one is known."""
        deployment = snapshot.deployment
        key, last = (deployment.id, window), deployment.checkpoint_hash
        kept = self._kept.get(key)
        if kept is not None and (kept.block_hash, kept.at.version) == (last, deployment.metrics_version):
            return kept.board
        with self._lock:
            at = _at(snapshot)
            kept = self._kept.get(key)
            if kept is not None and kept.at == at:
                return kept.board
            if kept is not None and (kept.at[:2] > at[:2] or kept.at.version > at.version):
                return None
            known = self._known(snapshot, at)
            if known is None:
                return None
            if kept is None or kept.at.version < deployment.metrics_taken:
                board = Board(window, _columns(snapshot, window), known)
            else:
                given = {"deployment": deployment.id, "window": window, "version": kept.at.version}
                rows = snapshot.session.connection().execute(_NEWER, given).all()
                board = kept.board
                if rows or known is not board.known:
                    board = Board(window, board.columns.with_rows(rows), known)
            self._kept[key] = _Kept(at, last, board)
            return board

    def _known(self, snapshot: Snapshot, at: _At) -> Mapping[int, Known] | None:
        """The strategies as of a snapshot; None where they are known as of a later one."""
        former = self._strategies.get(snapshot.deployment_id)
        taken = snapshot.deployment.metrics_taken
        known: Mapping[int, Known]
        if former is None or former.at.reorg < at.reorg or former.at.version < taken:
            known = _strategies(snapshot)
        elif former.at[:2] > at[:2]:
            return None
        elif former.at.number == at.number:
            return former.known
        else:
            changed = _changed(snapshot, former.at.number)
            known = {**former.known, **changed} if changed else former.known
        self._strategies[snapshot.deployment_id] = _Strategies(at, known)
        return known


def _at(snapshot: Snapshot) -> _At:
    found = snapshot.deployment
    reorg = snapshot.session.connection().scalar(_REORGS, {"deployment": found.id})
    number = -1 if found.checkpoint_number is None else found.checkpoint_number
    return _At(reorg or 0, number, found.metrics_version)


def _read(snapshot: Snapshot, window: str) -> Board:
    """A board of a snapshot's own, for which nothing that is known is of use."""
    return Board(window, _columns(snapshot, window), _strategies(snapshot))


def _columns(snapshot: Snapshot, window: str) -> Columns:
    given = {"deployment": snapshot.deployment_id, "window": window}
    return Columns.of(snapshot.session.connection().execute(_METRICS, given).all())


def _strategies(snapshot: Snapshot) -> dict[int, Known]:
    return _named(snapshot.session.connection().execute(_KNOWN, {"deployment": snapshot.deployment_id}).all())


def _changed(snapshot: Snapshot, above: int) -> dict[int, Known]:
    connection, given = snapshot.session.connection(), {"deployment": snapshot.deployment_id}
    touched = connection.scalars(_TOUCHED, {**given, "above": above}).all()
    return _named(connection.execute(_THEIRS, {**given, "vaults": touched}).all()) if touched else {}


def _named(rows: Sequence[Any]) -> dict[int, Known]:
    size = len(StrategyCells._fields)
    return {row[0]: Known(StrategyCells._make(row[:size]), *row[size:]) for row in rows}
