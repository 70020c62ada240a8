"""One request, one transaction: the block an answer is as of and all its rows come from the same snapshot.

REPEATABLE READ on PostgreSQL, a deferred read transaction on SQLite; nothing here ever writes or commits.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, TypeVar

from eth_utils.address import is_address, to_checksum_address
from fastapi import Depends, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool
from sqlalchemy import Engine, Select, bindparam, func, select, text
from sqlalchemy.orm import Session

from api.problems import ApiError, LedgerNotReadyError
from api.schemas import BlockRef, utc
from api.shelf import Shelf
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
    """Open the request's snapshot when its turn has come.

    What follows from the chain alone is the same until the next block: its answer carries the block as
    `ETag`. Raises `NotModified` for a client that has it already.
    """
    snapshots: Snapshots = request.app.state.snapshots
    wanted = wanted_of(request.path_params)
    async with snapshots.turns, contextmanager_in_threadpool(snapshots.open(wanted)) as snapshot:
        found = snapshot.deployment
        tag = tag_of(request.url.path, found.checkpoint_hash, found.metrics_version)
        if tag is not None:
            if tag in request.headers.get("if-none-match", ""):
                raise NotModified(tag)
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = "no-cache"
        yield snapshot


_OF_THEIR_OWN = ("/v1/orders", "/v1/keepers", "/v1/paper", "/ready")
"""Paths whose answers change between two blocks, too."""


def tag_of(path: str, block_hash: str | None, metrics_version: int) -> str | None:
    """Return the `ETag` of what is answered about a block; None where that is not all that it depends on.

    Leaders' metrics are made after a block, so what shows them is tagged by their version, too.
    """
    if block_hash is None or any(part in path for part in _OF_THEIR_OWN):
        return None
    version = f"-{metrics_version}" if "/v1/leaders" in path else ""
    return f'W/"{block_hash[2:18]}{version}"'


def wanted_of(path: Mapping[str, Any]) -> DeploymentKey | None:
    """Return the deployment that the path begins with; None where it names none."""
    if "deployed_hub" not in path:
        return None
    hub = path["deployed_hub"]
    return DeploymentKey(path["deployed_chain"], to_checksum_address(hub) if is_address(hub) else hub)


OpenSnapshot = Annotated[Snapshot, Depends(open_snapshot)]
