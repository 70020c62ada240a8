"""Lists as tables: CSV, Parquet or Arrow instead of JSON, where the client's `Accept` asks for one.

The same route, the same rows, one page: `Link` names the next. A row's nested parts become columns with dots,
what has no fixed parts becomes JSON text. The columns follow from the answer's model and not from its rows,
so every page has the same ones.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.exports.cells import csv_lines, text_cell
from api.problems import ApiError, problem_response

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"


class NotATableError(ApiError):
    """Only lists can be had as tables."""

    status, slug, title = 406, "not-a-table", "Not to be had in this form"


Column = tuple[str, type]
"""A name with dots, and whether it is `int`, `bool` or `str`."""


def columns_of(model: type[BaseModel], prefix: str = "") -> Iterator[Column]:
    """Give the columns of a row's model."""
    for name, field in model.model_fields.items():
        shown = prefix + (field.serialization_alias or field.alias or name)
        kind = _bare(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from columns_of(kind, f"{shown}.")
        else:
            yield shown, kind if kind in {int, bool} else str


def cells_of(row: Mapping[str, Any], columns: Sequence[Column]) -> list[Any]:
    """Return a row's cells; what is null on the way to one is None."""
    found = []
    for name, kind in columns:
        value: Any = row
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        plain = value is None or isinstance(value, kind)
        found.append(value if plain else json.dumps(value, separators=(",", ":")))
    return found


def as_csv(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows as CSV."""
    safe = ([text_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return "".join(csv_lines([name for name, _ in columns], safe)).encode()


def as_parquet(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows as a Parquet file."""
    import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 (large, seldom needed; no types)
    import pyarrow.parquet as pq  # type: ignore[import-untyped] # noqa: PLC0415

    sink = pa.BufferOutputStream()
    pq.write_table(_table(columns, rows), sink)
    return bytes(sink.getvalue())


def as_arrow(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows as an Arrow IPC stream."""
    import pyarrow as pa  # noqa: PLC0415

    table = _table(columns, rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


_WRITERS: Mapping[str, Callable[[Sequence[Column], Sequence[Sequence[Any]]], bytes]] = {
    CSV: as_csv,
    PARQUET: as_parquet,
    ARROW: as_arrow,
}


class Tables:
    """ASGI middleware that turns lists into tables."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and turn its answer into what it asks for."""
        form = _wanted(scope)
        if form is None:
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if not _is_json(message):
                    await send(message)
            elif start is not None and not _is_json(start):
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if start is not None and not message.get("more_body", False):
                    await _table_of(scope, start, bytes(body), form)(scope, receive, send)

        await self._app(scope, receive, hold)


def _table_of(scope: Scope, start: Message, body: bytes, form: str) -> Response:
    """What to answer instead of a JSON body."""
    request = Request(scope)
    model = _row_model(scope)
    if model is None:
        remedy = "Ask for application/json; lists can be had as tables."
        return problem_response(NotATableError(f"{request.url.path} is not a list.", remedy=remedy), request)
    answer = json.loads(body)
    columns = list(columns_of(model))
    table = _WRITERS[form](columns, [cells_of(row, columns) for row in answer["data"]])
    block = answer["as_of_block"]
    headers = {"Vary": "Accept", "As-Of-Block": f"{block['number']} {block['hash']}"}
    for name in ("ETag", "Cache-Control"):
        if (kept := Headers(raw=start["headers"]).get(name)) is not None:
            headers[name] = kept
    if answer.get("next_cursor"):
        query = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
        following = QueryParams([*query, ("cursor", answer["next_cursor"])])
        headers["Link"] = f'<{request.url.path}?{following}>; rel="next"'
    return Response(table, media_type=form, headers=headers)


def _wanted(scope: Scope) -> str | None:
    """The table that a request asks for; None for JSON."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    accepted = Headers(scope=scope).get("accept", "").partition(",")[0].partition(";")[0].strip().lower()
    return accepted if accepted in _WRITERS else None


def _is_json(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and kind.startswith("application/json")


def _row_model(scope: Scope) -> type[BaseModel] | None:
    """The model of a list's rows; None where the answer is no list."""
    answer = getattr(scope.get("route"), "response_model", None)
    if not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        return None
    fields = answer.model_fields
    if not {"data", "as_of_block"} <= fields.keys():
        return None
    kind = fields["data"].annotation
    row = _bare(get_args(kind)[0]) if get_origin(kind) is list else None
    return row if isinstance(row, type) and issubclass(row, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """A type without its annotations and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return _bare(kinds[0]) if len(kinds) == 1 else annotation
    return annotation


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    kinds = {int: pa.int64(), bool: pa.bool_(), str: pa.string()}
    fields = [pa.field(name, kinds[kind]) for name, kind in columns]
    values = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(fields)]
    return pa.Table.from_arrays(values, schema=pa.schema(fields))
