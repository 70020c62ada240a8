"""Lists as tables: the same routes and rows, where the client's `Accept` asks for CSV, Parquet or Arrow.

A table may have far more rows than a page (`limit` up to `MOST_ROWS`): it is read page by page in one
snapshot, so that all of it is of one block, into a temporary file, so that memory stays flat. It is sent when
it is whole: a slow client keeps no snapshot open, a failure is a problem document and no torn file, and
`Link`, which comes before the rows, can say where to go on.
"""

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.formats import WRITERS, Column, Writer, cells_of, columns_of, row_model
from api.problems import ApiError, FieldError, InvalidRequestError, TooSlowError, problem_response
from api.snapshot import KEPT_SNAPSHOT, KeptSnapshot

PAGE = 100
"""Most rows of a page."""

MOST_ROWS = 100_000
"""Most rows of one table."""

MOST_SECONDS = 180
"""What one table may take to be read."""

AT_ONCE = 2
"""Tables of more than a page that are read at once; others wait."""

_NUMBER = re.compile(r"[0-9]{1,20}")
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 16


class NotATableError(ApiError):
    """Only lists can be had as tables."""

    status, slug, title = 406, "not-a-table", "Not to be had in this form"


class LedgerMovedError(ApiError):
    """Two pages of one table are of different blocks."""

    status, slug, title = 503, "ledger-moved", "The ledger moved while it was read"


class NoRoomError(ApiError):
    """A table does not fit where it is collected."""

    status, slug, title = 503, "no-room", "There is no room for the table"


@dataclass(slots=True)
class _Answer:
    """What the app said to one request."""

    scope: Scope
    start: Message | None = None
    body: bytearray = field(default_factory=bytearray)
    passed_on: bool = False

    @property
    def is_page(self) -> bool:
        """Whether it is JSON that can become rows."""
        if self.start is None or self.passed_on:
            return False
        kind = Headers(raw=self.start["headers"]).get("content-type", "")
        return self.start["status"] == 200 and kind.startswith("application/json")


class Tables:
    """ASGI middleware that turns lists into tables."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._large = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and turn its answer into what it asks for."""
        form = _wanted(scope)
        if form is None:
            await self._app(scope, receive, send)
            return
        rows = _limit(QueryParams(scope["query_string"]))
        reading = _Reading(self._app, Request(scope, receive), send, form=form, rows=rows)
        if rows is None or rows <= PAGE:
            response = await reading.read(receive)
        elif rows > MOST_ROWS:
            response = problem_response(_too_many(), Request(scope))
        else:
            async with self._large:
                response = await reading.read(receive)
        if response is not None:
            await response(scope, receive, send)


class _Reading:
    """A table that is being read: ``rows`` of it at most, None for a page of the usual size."""

    def __init__(self, app: ASGIApp, client: Request, send: Send, *, form: str, rows: int | None) -> None:
        self._app = app
        self._client = client
        self._scope = client.scope
        self._send = send
        self._form = form
        self._rows = rows
        self._kept = KeptSnapshot()

    async def read(self, receive: Receive) -> Response | None:
        """Return the answer; None where the app's own, which is no page, has been sent."""
        try:
            first = await self._ask(receive, None if self._rows is None else min(self._rows, PAGE))
            return await self._table(first) if first.is_page else None
        except ApiError as error:
            return problem_response(error, self._client)
        except OSError:
            return problem_response(_no_room(), self._client)
        finally:
            await self._kept.close()

    async def _ask(self, receive: Receive, limit: int | None, cursor: str | None = None) -> _Answer:
        """Ask the app for a page; whatever is no page goes to the client as it comes."""
        query = [*QueryParams(self._scope["query_string"]).multi_items()]
        if limit is not None:
            query = [*(pair for pair in query if pair[0] != "limit"), ("limit", str(limit))]
        if cursor is not None:
            query = [*(pair for pair in query if pair[0] != "cursor"), ("cursor", cursor)]
        asked = {**self._scope, "query_string": str(QueryParams(query)).encode(), KEPT_SNAPSHOT: self._kept}
        if cursor is not None:
            asked["headers"] = [pair for pair in asked["headers"] if pair[0] != b"if-none-match"]
        answer = _Answer(asked)

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.start = message
                answer.passed_on = not answer.is_page
            elif not answer.passed_on:
                answer.body += message.get("body", b"")
            if answer.passed_on:
                await self._send(message)

        await self._app(asked, receive, hold)
        return answer

    async def _table(self, first: _Answer) -> Response | None:
        """Read the pages after the first one, and return the answer with all of them."""
        model = row_model(getattr(first.scope.get("route"), "response_model", None))
        if model is None:
            detail = f"{Request(first.scope).url.path} is not a list."
            raise NotATableError(detail, remedy="Ask for application/json; lists can be had as tables.")
        columns, until = list(columns_of(model)), time.monotonic() + MOST_SECONDS
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (closed when it is sent)
        writer = WRITERS[self._form](file, columns)
        try:
            body = await run_in_threadpool(_write, writer, columns, first.body)
            block, left = body["as_of_block"], (self._rows or 0) - len(body["data"])
            while left > 0 and body.get("next_cursor"):
                if time.monotonic() > until:
                    raise _too_slow()
                page = await self._ask(_nothing, min(left, PAGE), body["next_cursor"])
                if not page.is_page or await self._client.is_disconnected():
                    _abandon(writer, file)
                    return None
                body = await run_in_threadpool(_write, writer, columns, page.body)
                left -= len(body["data"])
                if body["as_of_block"] != block:
                    raise LedgerMovedError("A block came in between two pages.", remedy="Ask again.")
            await run_in_threadpool(writer.close)
        except BaseException:
            _abandon(writer, file)
            raise
        headers = {"Content-Length": str(file.tell()), **self._headers(first, block, body.get("next_cursor"))}
        file.seek(0)
        return StreamingResponse(_chunks(file), media_type=self._form, headers=headers)

    def _headers(self, first: _Answer, block: dict[str, Any], cursor: str | None) -> dict[str, str]:
        """Which block it is of, and how to go on."""
        headers = {"Vary": "Accept", "As-Of-Block": f"{block['number']} {block['hash']}"}
        told = Headers(raw=[] if first.start is None else first.start["headers"])
        headers |= {name: told[name] for name in ("ETag", "Cache-Control") if name in told}
        if cursor:
            asked = QueryParams(self._scope["query_string"]).multi_items()
            query = QueryParams([*(pair for pair in asked if pair[0] != "cursor"), ("cursor", cursor)])
            headers["Link"] = f'<{Request(first.scope).url.path}?{query}>; rel="next"'
        return headers


def _too_many() -> ApiError:
    detail = f"A table has at most {MOST_ROWS:,} rows."
    remedy = (
        f"Send limit={MOST_ROWS} and go on with `Link`, or take the whole ledger with "
        "`lockstep export --ledger`."
    )
    return InvalidRequestError(detail, remedy=remedy, errors=[FieldError(at="query.limit", detail=detail)])


def _no_room() -> ApiError:
    return NoRoomError(
        "The server's disk has no room for the table.",
        remedy="Send a smaller `limit` and go on with `Link`; the operator looks at its temporary folder.",
    )


def _too_slow() -> ApiError:
    return TooSlowError(
        f"The table was given up on after {MOST_SECONDS} seconds.",
        remedy="Send a smaller `limit` and go on with `Link`, or set filters.",
    )


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _write(writer: Writer, columns: Sequence[Column], body: bytes | bytearray) -> dict[str, Any]:
    """Write a page's rows, and return the page."""
    page: dict[str, Any] = json.loads(body)
    writer.write([cells_of(row, columns) for row in page["data"]])
    return page


def _abandon(writer: Writer, file: IO[bytes]) -> None:
    """Give up a table; a Parquet writer that is not closed would try to write its end later."""
    with suppress(OSError):
        writer.close()
    file.close()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _wanted(scope: Scope) -> str | None:
    """The table that a request asks for; None for JSON."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    accepted = Headers(scope=scope).get("accept", "").partition(",")[0].partition(";")[0].strip().lower()
    return accepted if accepted in WRITERS else None


def _limit(query: QueryParams) -> int | None:
    """The rows asked for; None where none, or no number, is: the app says what is wrong with it."""
    given = query.getlist("limit")
    if len(given) != 1 or not _NUMBER.fullmatch(given[0]):
        return None
    return min(int(given[0]), MOST_ROWS + 1)
