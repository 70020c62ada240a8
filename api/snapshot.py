"""One request, one transaction: the block an answer is as of and all its rows come from the same snapshot.

REPEATABLE READ on PostgreSQL, a deferred read transaction on SQLite; nothing here ever writes or commits.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Annotated, Any, NamedTuple, TypeVar

from eth_utils.address import is_address, to_checksum_address
from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, Select, bindparam, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.beside import TABLES, said_of_leaders, tables_there
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

_COLUMNS = tuple(Deployment.__table__.columns.keys())
_BESIDE = sorted(TABLES)
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


class Found(NamedTuple):
    """A deployment, and those of `api.beside.TABLES` that are there, where that was asked with it."""

    deployment: Deployment
    beside: frozenset[str] | None


class Snapshot:
    """A read transaction, which begins when something is first read, and the deployment it reads.

    One thread at a time may use it.
    """

    def __init__(self, session: Session, find: Callable[[Session], "Found"], shelf: Shelf) -> None:
        self.shelf = shelf
        self.is_shared = False
        """Whether it goes on after the request: it is not for the request's thread to close it."""
        self.held: dict[Hashable, Any] = {}
        """What is to be the same as long as the snapshot lives."""
        self._session = session
        self._find = find
        self._beside: frozenset[str] | None = None
        self._tell: Callable[[Snapshot], None] | None = None

    @cached_property
    def deployment(self) -> Deployment:
        """The deployment as it is in the transaction; looking at it begins the transaction."""
        found, self._beside = self._find(self._session)
        self.__dict__["deployment"] = found  # for who is told of it
        if self._tell is not None:
            self._tell(self)
        return found

    @property
    def session(self) -> Session:
        """Reads in the transaction."""
        _ = self.deployment
        return self._session

    @property
    def is_open(self) -> bool:
        """Whether there is a transaction to end."""
        return self._session.in_transaction()

    def tell(self, tell: Callable[["Snapshot"], None]) -> None:
        """Call back when the transaction has begun, in the thread that reads; not if it has already."""
        self._tell = tell

    @cached_property
    def beside(self) -> frozenset[str]:
        """The names of those of `api.beside.TABLES` that anybody has made."""
        _ = self.deployment
        return self._beside if self._beside is not None else tables_there(self.session.connection())

    @cached_property
    def said(self) -> str:
        """Another text after whatever operators said of any leader."""
        return said_of_leaders(self.session.connection(), self.beside)

    def close(self) -> None:
        """End the transaction; what was read may be looked at on.

        PostgreSQL's is read-only, so there is nothing to take back: a rollback would make the driver forget
        the statements that the connection has planned, which takes several times as long as they do.
        """
        if self.is_open and self._session.get_bind().dialect.name == "postgresql":
            with suppress(SQLAlchemyError):  # whatever broke the connection has been told already
                self._session.commit()
        self._session.close()

    def renew(self) -> None:
        """Forget what was read, and begin again when something is read next."""
        self.close()
        self.held.clear()
        for name in ("deployment", "beside", "said", "block", "tokens"):
            self.__dict__.pop(name, None)

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
        """Yield a snapshot of the deployment wanted, as it is now; its transaction ends with the block."""
        snapshot = self.promise(wanted)
        try:
            _ = snapshot.deployment
            yield snapshot
        finally:
            snapshot.close()

    def promise(self, wanted: DeploymentKey | None) -> Snapshot:
        """Return a snapshot of the deployment wanted as it will be when something is first read."""
        find = partial(self._deployment, wanted=wanted)
        session = Session(self._engine, autoflush=False, expire_on_commit=False)
        return Snapshot(session, find, self._shelf)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a read transaction over every deployment of the database."""
        with Session(self._engine, autoflush=False) as session:
            if self._engine.dialect.name == "postgresql":
                session.execute(_TIMEOUT)
            yield session

    def _deployment(self, session: Session, wanted: DeploymentKey | None) -> Found:
        key = wanted or self._key
        known = {} if key is None else {"chain": key.chain_id, "hub": key.hub}
        query = _deployments(key is not None, self._engine.dialect.name == "postgresql")
        rows = session.connection().execute(query, known).all()
        found = [Deployment(**dict(zip(_COLUMNS, row, strict=False))) for row in rows]  # known to no session
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
        beside = rows[0][len(_COLUMNS) + 1 :]
        there = frozenset(name for name, one in zip(_BESIDE, beside, strict=True) if one) if beside else None
        return Found(found[0], there)


KEPT_SNAPSHOT = "lockstep.kept_snapshot"
"""Where a request's scope has the `KeptSnapshot` that it shares with others."""


class KeptSnapshot:
    """One snapshot for requests in a row that are one answer together, such as the pages of a table."""

    def __init__(self, *, is_shared: bool = True) -> None:
        self._is_shared = is_shared
        self._turns: asyncio.Semaphore | None = None
        self._snapshot: Snapshot | None = None

    async def opened(self, snapshots: Snapshots, wanted: DeploymentKey | None) -> Snapshot:
        """Return the snapshot, for which the first request waits its turn."""
        if self._snapshot is None:
            await snapshots.turns.acquire()
            self._turns = snapshots.turns
            self._snapshot = snapshots.promise(wanted)
            self._snapshot.is_shared = self._is_shared
        return self._snapshot

    async def close(self) -> None:
        """End its transaction, if that has not been done, and let the next have its turn."""
        try:
            if self._snapshot is not None and self._snapshot.is_open:
                await run_in_threadpool(self._snapshot.close)
        finally:
            if self._turns is not None:
                self._turns.release()
                self._turns = None


@cache
def _deployments(one: bool, timed: bool) -> Select[Any]:  # noqa: FBT001 (which parts it has)
    """Statements are made once: to make one takes longer than to run it."""
    query: Select[Any] = select(*Deployment.__table__.columns).order_by(Deployment.id).limit(2)
    if one:
        query = query.where(Deployment.chain_id == bindparam("chain"), Deployment.hub == bindparam("hub"))
    if timed:  # in the same round trip as what is asked first
        limit = func.set_config("statement_timeout", str(STATEMENT_TIMEOUT_MS), True)  # noqa: FBT003 (PostgreSQL's signature)
        query = query.add_columns(limit, *(func.to_regclass(name) for name in _BESIDE))
    return query


async def open_snapshot(request: Request, response: Response) -> AsyncIterator[Snapshot]:
    """Promise the request's snapshot when its turn has come, or take the one that it shares.

    It begins in the thread that reads first. What follows from the chain alone is the same until the next
    block: its answer carries an `ETag`, and says `Cache-Control: no-cache`, which lets `Answers` keep it; the
    first read raises `NotModified` for a client that has it already.
    """
    snapshots: Snapshots = request.app.state.snapshots
    wanted = wanted_of(request.path_params)
    shared: KeptSnapshot | None = request.scope.get(KEPT_SNAPSHOT)
    kept = KeptSnapshot(is_shared=False) if shared is None else shared
    try:
        snapshot = await kept.opened(snapshots, wanted)
        snapshot.tell(partial(_tell, request, response))
        yield snapshot
    finally:
        if shared is None:
            await kept.close()


def _tell(request: Request, response: Response, snapshot: Snapshot) -> None:
    tag = _tag(request, snapshot)
    if tag is None:
        return
    if tag in request.headers.get("if-none-match", ""):
        raise NotModified(tag)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache"


def _tag(request: Request, snapshot: Snapshot) -> str | None:
    path, found = request.scope["path"], snapshot.deployment
    if getattr(request.state, "private", False) or not is_of_the_chain(path):
        return None
    said = snapshot.said if shows_leaders(path) else ""
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
