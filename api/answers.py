"""Gives an answer again for as long as it is what would be answered: until the next block.

Whether there is another block is asked for every request, after it has come; requests that come while that is
being asked wait for the next asking, together. An answer is kept under everything that was asked for, with
its `ETag`, and given again while that is the tag of the present.
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

from api.snapshot import DeploymentKey, tag_of, wanted_of
from indexer.ledger.models import Deployment

MOST_BYTES = 64 * 2**20
"""What is kept in all; what nobody asked for the longest time goes first."""

_LARGEST = 2**20
_PRESENT = select(Deployment.chain_id, Deployment.hub, Deployment.checkpoint_hash, Deployment.metrics_version)

Asked = tuple[str, bytes, str]
"""Path, query, and the form that was asked for."""

State = tuple[str | None, int]
"""A deployment's last block, and the number of its leaders' metrics."""


@dataclass(frozen=True, slots=True)
class _Answer:
    tag: str
    start: Message
    body: bytes


class Present:
    """Where the deployments of a database are."""

    def __init__(self, engine: Engine, key: DeploymentKey | None) -> None:
        # One statement alone needs no transaction around it.
        alone = {"isolation_level": "AUTOCOMMIT"}
        self._engine = engine.execution_options(**alone) if engine.dialect.name == "postgresql" else engine
        self._key = key
        self._asking: asyncio.Future[dict[DeploymentKey, State]] | None = None
        self._next: asyncio.Future[dict[DeploymentKey, State]] | None = None

    async def state(self, wanted: DeploymentKey | None) -> State | None:
        """Return the state of the deployment wanted, read after this was called; None where it is not clear
        which that is, or the database does not answer.
        """
        if self._next is None:
            self._next = asyncio.ensure_future(self._ask(self._asking))
        found = await asyncio.shield(self._next)
        key = wanted or self._key
        if key is None:
            return next(iter(found.values())) if len(found) == 1 else None
        return found.get(key)

    async def _ask(
        self, before: "asyncio.Future[dict[DeploymentKey, State]] | None"
    ) -> dict[DeploymentKey, State]:
        if before is not None:
            await asyncio.wait({before})
        self._asking, self._next = self._next, None
        try:
            return await run_in_threadpool(self._read)
        except SQLAlchemyError:
            return {}
        finally:
            self._asking = None

    def _read(self) -> dict[DeploymentKey, State]:
        with self._engine.connect() as connection:
            return {
                DeploymentKey(chain, hub): (last, version)
                for chain, hub, last, version in connection.execute(_PRESENT)
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
        place = _place(scope)
        state = None if place is None else await self._present.state(place[0])
        tag = None if place is None or state is None else tag_of(place[1], *state)
        if tag is None:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if tag in headers.get("if-none-match", ""):
            await Response(status_code=304, headers={"ETag": tag})(scope, receive, send)
            return
        asked = (scope["path"], scope["query_string"], headers.get("accept", ""))
        known = self._kept.get(asked)
        if known is not None and known.tag == tag:
            self._kept.move_to_end(asked)
            await send(known.start)
            await send({"type": "http.response.body", "body": known.body})
            return
        await self._app(scope, receive, self._keeping(asked, send))

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
        tag = Headers(raw=start["headers"]).get("etag")
        if start["status"] != 200 or tag is None or len(body) > _LARGEST:
            return
        former = self._kept.pop(asked, None)
        self._bytes += len(body) - (0 if former is None else len(former.body))
        self._kept[asked] = _Answer(tag, start, body)
        while self._bytes > MOST_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.body)


def _place(scope: Scope) -> tuple[DeploymentKey | None, str] | None:
    """The deployment that is asked about, and what of it; None for what is never kept."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path = scope["path"]
    if path.startswith("/v1/"):
        return None, path
    match path.split("/", 4):
        case ["", "deployments", chain, hub, rest] if chain.isdecimal() and rest.startswith("v1/"):
            return wanted_of({"deployed_chain": int(chain), "deployed_hub": hub}), "/" + rest
    return None
