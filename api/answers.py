"""Gives an answer again for as long as it is what would be answered: until the next block.

Whether there is another block is asked for every request that has an answer, after it has come; requests that
come while that is being asked wait for the next asking, together. An answer is kept under everything that was
asked for, with its `ETag`, and given again while that is the tag of the present.

What may be kept is named in `api/tags.py`, and says so itself: by its tag, and by `Cache-Control: no-cache`,
which `open_snapshot` gives to what looks at the chain alone. An answer that looked at its caller has neither.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.beside import said_of_leaders, tables_there
from api.snapshot import DeploymentKey, wanted_of
from api.tags import State, is_of_the_chain, shows_leaders, tag_of
from indexer.ledger.models import Deployment

MOST_BYTES = 64 * 2**20
"""What is kept in all; what nobody asked for the longest time goes first."""

_LARGEST = 2**20
_OVERHEAD = 2**10
"""What keeping an answer takes beside its bytes."""
_PRESENT = select(
    Deployment.chain_id,
    Deployment.hub,
    Deployment.checkpoint_hash,
    Deployment.gas_number,
    Deployment.metrics_version,
)

States = dict[DeploymentKey, State]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that an answer depends on beside the state of a deployment: who asks is not part of it."""

    path: str
    query: bytes
    accept: str


@dataclass(frozen=True, slots=True)
class _Answer:
    tag: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    size: int


class Present:
    """Where the deployments of a database are."""

    def __init__(self, engine: Engine, key: DeploymentKey | None) -> None:
        # One statement alone needs no transaction around it.
        alone = {"isolation_level": "AUTOCOMMIT"}
        self._engine = engine.execution_options(**alone) if engine.dialect.name == "postgresql" else engine
        self._key = key
        self._asking: asyncio.Future[States] | None = None
        self._next: asyncio.Future[States] | None = None
        self._of_leaders = False

    async def state(self, wanted: DeploymentKey | None, *, of_leaders: bool) -> State | None:
        """Return the state of the deployment wanted, read after this was called; None where it is not clear
        which that is, or the database does not answer. What is said of leaders is read only if it is wanted.
        """
        self._of_leaders |= of_leaders
        if self._next is None:
            self._next = asyncio.ensure_future(self._ask(self._asking))
        found = await asyncio.shield(self._next)
        key = wanted or self._key
        if key is None:
            return next(iter(found.values())) if len(found) == 1 else None
        return found.get(key)

    async def _ask(self, before: "asyncio.Future[States] | None") -> States:
        if before is not None:
            await asyncio.wait({before})
        self._asking, self._next = self._next, None
        of_leaders, self._of_leaders = self._of_leaders, False
        try:
            return await run_in_threadpool(self._read, of_leaders=of_leaders)
        except SQLAlchemyError:
            return {}
        finally:
            self._asking = None

    def _read(self, *, of_leaders: bool) -> States:
        with self._engine.connect() as connection:
            said = said_of_leaders(connection, tables_there(connection)) if of_leaders else ""
            return {
                DeploymentKey(chain, hub): State(last, gas, version, said)
                for chain, hub, last, gas, version in connection.execute(_PRESENT)
            }


class Answers:
    """ASGI middleware that keeps answers."""

    def __init__(self, app: ASGIApp, present: Present) -> None:
        self._app = app
        self._present = present
        self._kept: OrderedDict[Asked, _Answer] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give what is kept, or pass the request on."""
        asked = _asked(scope)
        if asked is None:
            await self._app(scope, receive, send)
            return
        tag = await self._present_tag(asked.path) if asked in self._kept else None
        known = self._kept.get(asked)
        if known is None or tag is None or known.tag != tag:
            await self._app(scope, receive, self._keeping(asked, send))
            return
        self._kept.move_to_end(asked)
        if tag in Headers(scope=scope).get("if-none-match", ""):
            await Response(status_code=304, headers={"ETag": tag})(scope, receive, send)
            return
        # A list of its own: what stands before this adds to it what is meant for this client.
        await send({"type": "http.response.start", "status": 200, "headers": list(known.headers)})
        await send({"type": "http.response.body", "body": known.body})

    async def _present_tag(self, path: str) -> str | None:
        """The tag that an answer at a path has in the present."""
        state = await self._present.state(_deployment(path), of_leaders=shows_leaders(path))
        return None if state is None else tag_of(path, state)

    def _keeping(self, asked: Asked, send: Send) -> Send:
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = {**message, "headers": list(message["headers"])}
            elif len(body) <= _LARGEST:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    self._put(asked, start, bytes(body))
            await send(message)

        return keep

    def _put(self, asked: Asked, start: Message, body: bytes) -> None:
        told = Headers(raw=start["headers"])
        tag = told.get("etag")
        if start["status"] != 200 or tag is None or len(body) > _LARGEST:
            return
        if told.getlist("cache-control") != ["no-cache"] or "set-cookie" in told:
            return
        headers = tuple(start["headers"])
        size = _OVERHEAD + len(body) + sum(len(name) + len(value) for name, value in headers)
        size += len(asked.path) + len(asked.query) + len(asked.accept)
        former = self._kept.pop(asked, None)
        self._bytes += size - (0 if former is None else former.size)
        self._kept[asked] = _Answer(tag, headers, body, size)
        while self._bytes > MOST_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size


def _asked(scope: Scope) -> Asked | None:
    """What is asked for; None for what is never kept."""
    if scope["type"] != "http" or scope["method"] != "GET" or not is_of_the_chain(scope["path"]):
        return None
    accept = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
    return Asked(scope["path"], scope["query_string"], accept)


def _deployment(path: str) -> DeploymentKey | None:
    """The deployment that a path names."""
    match path.split("/", 4):
        case ["", "deployments", chain, hub, _] if chain.isdecimal():
            return wanted_of({"deployed_chain": int(chain), "deployed_hub": hub})
    return None
