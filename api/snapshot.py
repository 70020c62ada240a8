"""One request, one transaction: the block an answer is as of and all its rows come from the same snapshot.

REPEATABLE READ on PostgreSQL, a deferred read transaction on SQLite; nothing here ever writes or commits.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.problems import LedgerNotReadyError
from api.schemas import BlockRef, utc
from api.tokens.catalogue import TokenCatalogue
from indexer.ledger.models import Copy, Deployment
from protocol.identity import copy_id

MAX_READERS = 10
"""Snapshots open at once; others wait. Fewer than the engine's connections and the server's threads:
were every thread waiting for a connection, none would be left to finish a request and give one back.
"""

_REMEDY = "Run `lockstep index` against this database; try again when it has read its first blocks."


@dataclass(frozen=True, slots=True)
class DeploymentKey:
    """Which hub on which chain the API speaks for."""

    chain_id: int
    hub: str


@dataclass(frozen=True)
class Snapshot:
    """An open read transaction and the deployment it reads."""

    session: Session
    deployment: Deployment

    @property
    def deployment_id(self) -> int:
        """Key of the deployment's rows."""
        return self.deployment.id

    @cached_property
    def block(self) -> BlockRef:
        """The checkpoint. Raises `LedgerNotReadyError` before there is one."""
        found = self.deployment
        if found.checkpoint_number is None or found.checkpoint_hash is None or found.checkpoint_time is None:
            raise LedgerNotReadyError("No block of this deployment has been indexed yet.", remedy=_REMEDY)
        return BlockRef(
            number=found.checkpoint_number, hash=found.checkpoint_hash, time=utc(found.checkpoint_time)
        )

    @property
    def time(self) -> int:
        """Unix seconds of the checkpoint's block."""
        return int(self.block.time.timestamp())

    def copy_id(self, copy: Copy) -> str:
        """What the contracts call a copy."""
        at = self.deployment
        return copy_id(at.chain_id, at.hub, copy.trade_id, copy.vault_id, copy.policy_revision)

    @cached_property
    def tokens(self) -> TokenCatalogue:
        """The deployment's tokens."""
        return TokenCatalogue.load(self.session, self.deployment_id)


class Snapshots:
    """Opens snapshots of one database. Without a key the database must hold exactly one deployment."""

    def __init__(self, engine: Engine, key: DeploymentKey | None) -> None:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._engine = engine.execution_options(**options) if engine.dialect.name == "postgresql" else engine
        self._key = key
        self.turns = asyncio.Semaphore(MAX_READERS)

    @contextmanager
    def open(self) -> Iterator[Snapshot]:
        """Yield a snapshot; its transaction is rolled back afterwards."""
        with Session(self._engine, autoflush=False) as session:
            yield Snapshot(session, self._deployment(session))

    def _deployment(self, session: Session) -> Deployment:
        query = select(Deployment).order_by(Deployment.id).limit(2)
        if self._key is not None:
            query = query.where(Deployment.chain_id == self._key.chain_id, Deployment.hub == self._key.hub)
        found = session.scalars(query).all()
        if len(found) > 1:
            raise LedgerNotReadyError(
                "The database holds several deployments and the API was not told which to serve.",
                remedy="Start it with `lockstep serve --deployment path/to/deployment.json`.",
            )
        if not found:
            raise LedgerNotReadyError("The database holds no deployment yet.", remedy=_REMEDY)
        return found[0]


async def open_snapshot(request: Request) -> AsyncIterator[Snapshot]:
    """Open the request's snapshot when its turn has come."""
    snapshots: Snapshots = request.app.state.snapshots
    async with snapshots.turns, contextmanager_in_threadpool(snapshots.open()) as snapshot:
        yield snapshot


OpenSnapshot = Annotated[Snapshot, Depends(open_snapshot)]
