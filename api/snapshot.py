"""One request, one transaction: the block an answer is as of and all its rows come from the same snapshot.

REPEATABLE READ on PostgreSQL, a deferred read transaction on SQLite; nothing here ever writes or commits.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, TypeVar

from eth_utils.address import is_address, to_checksum_address
from fastapi import Depends, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from sqlalchemy import Engine, Select, bindparam, func, select, text
from sqlalchemy.orm import Session

from api.beside import said_of_leaders
from api.problems import ApiError, LedgerNotReadyError
from api.schemas import BlockRef, utc
from api.shelf import Shelf
from api.tags import State, is_of_the_chain, shows_leaders, tag_of
from api.tokens.catalogue import TokenCatalogue
from api.trades.cells import CopyCells
from indexer.ledger.models import Copy, Deployment
from protocol.identity import copy_id

STATEMENT_TIMEOUT_MS = 5_000
"""What one statement may take on PostgreSQL before it is given up."""

T = TypeVar("T")

_TIMEOUT = text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}")

MAX_READERS = 10
"""Snapshots open at once; others wait. Fewer than the engine's connections and the server's threads:
were every thread waiting for a connection, none would be left to finish a request and give one back.
"""

_REMEDY = "Run `lockstep index` against this database; try again when it has read its first blocks."


class NotModified(Exception):  # noqa: N818 (no error: the client has what it asks for)
    """The client has the answer as of the last block already."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class DeploymentNotFoundError(ApiError):
    """The database does not hold the deployment."""

    status, slug, title = 404, "deployment-not-found", "No such deployment"


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
    shelf: Shelf

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

    def copy_id(self, copy: Copy | CopyCells) -> str:
        """What the contracts call a copy."""
        at = self.deployment
        return copy_id(at.chain_id, at.hub, copy.trade_id, copy.vault_id, copy.policy_revision)

    @cached_property
    def tokens(self) -> TokenCatalogue:
        """The deployment's tokens."""
        return self.kept("tokens", lambda: TokenCatalogue.load(self.session, self.deployment_id))

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` reads of the chain's part of the ledger, read once a block."""
        return self.shelf.get(self.deployment_id, self.deployment.checkpoint_hash, key, make)


class Snapshots:
    """Opens snapshots of one database. Without a key the database must hold exactly one deployment."""

    def __init__(self, engine: Engine, key: DeploymentKey | None) -> None:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._engine = engine.execution_options(**options) if engine.dialect.name == "postgresql" else engine
        self._key = key
        self._shelf = Shelf()
        self.turns = asyncio.Semaphore(MAX_READERS)

    @contextmanager
    def open(self, wanted: DeploymentKey | None = None) -> Iterator[Snapshot]:
        """Yield a snapshot of the deployment wanted; its transaction is rolled back afterwards."""
        with Session(self._engine, autoflush=False) as session:
            yield Snapshot(session, self._deployment(session, wanted), self._shelf)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a read transaction over every deployment of the database."""
        with Session(self._engine, autoflush=False) as session:
            if self._engine.dialect.name == "postgresql":
                session.execute(_TIMEOUT)
            yield session

    def _deployment(self, session: Session, wanted: DeploymentKey | None) -> Deployment:
        key = wanted or self._key
        known = {} if key is None else {"chain": key.chain_id, "hub": key.hub}
        query = _deployments(key is not None, self._engine.dialect.name == "postgresql")
        found: Sequence[Deployment] = session.scalars(query, known).all()
        if len(found) > 1:
            raise LedgerNotReadyError(
                "The database holds several deployments and the request does not say which is meant.",
                remedy="List them with GET /v1/deployments, and put /deployments/{chain_id}/{hub} before the "
                "path; or start the API with `lockstep serve --deployment path/to/deployment.json`.",
            )
        if not found and wanted is not None:
            raise DeploymentNotFoundError(
                f"The database holds no hub {wanted.hub} on chain {wanted.chain_id}.",
                remedy="List what it holds with GET /v1/deployments.",
            )
        if not found:
            raise LedgerNotReadyError("The database holds no deployment yet.", remedy=_REMEDY)
        return found[0]


KEPT_SNAPSHOT = "lockstep.kept_snapshot"
"""Where a request's scope has the `KeptSnapshot` that it shares with others."""


class KeptSnapshot:
    """One snapshot for requests in a row that are one answer together, such as the pages of a table."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._snapshot: Snapshot | None = None

    async def opened(self, snapshots: Snapshots, wanted: DeploymentKey | None) -> Snapshot:
        """Return the snapshot, which the first request opens."""
        if self._snapshot is None:
            await self._stack.enter_async_context(snapshots.turns)
            opening = contextmanager_in_threadpool(snapshots.open(wanted))
            self._snapshot = await self._stack.enter_async_context(opening)
        return self._snapshot

    async def close(self) -> None:
        """End its transaction."""
        await self._stack.aclose()


@cache
def _deployments(one: bool, timed: bool) -> Select[Any]:  # noqa: FBT001 (which parts it has)
    """Statements are made once: to make one takes longer than to run it."""
    query: Select[Any] = select(Deployment).order_by(Deployment.id).limit(2)
    if one:
        query = query.where(Deployment.chain_id == bindparam("chain"), Deployment.hub == bindparam("hub"))
    if timed:  # in the same round trip as what is asked first
        limit = func.set_config("statement_timeout", str(STATEMENT_TIMEOUT_MS), True)  # noqa: FBT003 (PostgreSQL's signature)
        query = query.add_columns(limit)
    return query


async def open_snapshot(request: Request, response: Response) -> AsyncIterator[Snapshot]:
    """Open the request's snapshot when its turn has come, or take the one that it shares.

    What follows from the chain alone is the same until the next block: its answer carries an `ETag`, and says
    `Cache-Control: no-cache`, which lets `Answers` keep it. Raises `NotModified` for a client that has it
    already.
    """
    snapshots: Snapshots = request.app.state.snapshots
    wanted = wanted_of(request.path_params)
    shared: KeptSnapshot | None = request.scope.get(KEPT_SNAPSHOT)
    kept = KeptSnapshot() if shared is None else shared
    try:
        snapshot = await kept.opened(snapshots, wanted)
        tag = await _tag(request, snapshot)
        if tag is not None:
            if tag in request.headers.get("if-none-match", ""):
                raise NotModified(tag)
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = "no-cache"
        yield snapshot
    finally:
        if shared is None:
            await kept.close()


async def _tag(request: Request, snapshot: Snapshot) -> str | None:
    path, found = request.scope["path"], snapshot.deployment
    if getattr(request.state, "private", False) or not is_of_the_chain(path):
        return None
    said = ""
    if shows_leaders(path):
        said = await run_in_threadpool(lambda: said_of_leaders(snapshot.session.connection()))
    return tag_of(path, State(found.checkpoint_hash, found.gas_number, found.metrics_version, said))


def keep_nowhere(request: Request, response: Response) -> None:
    """Say that an answer is for its caller alone: nobody on the way keeps it, and it has no `ETag`."""
    request.state.private = True
    response.headers["Cache-Control"] = "no-store"
    if "ETag" in response.headers:
        del response.headers["ETag"]


def wanted_of(path: Mapping[str, Any]) -> DeploymentKey | None:
    """Return the deployment that the path begins with; None where it names none."""
    if "deployed_hub" not in path:
        return None
    hub = path["deployed_hub"]
    return DeploymentKey(path["deployed_chain"], to_checksum_address(hub) if is_address(hub) else hub)


OpenSnapshot = Annotated[Snapshot, Depends(open_snapshot)]
