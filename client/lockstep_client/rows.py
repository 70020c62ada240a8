"""Lists: row by row over all pages, or as a table of one block."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from lockstep_client.base import Model
from lockstep_client.http import Http
from lockstep_client.models import BlockRef

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped] # stubs are a package of their own
    import polars
    import pyarrow  # type: ignore[import-untyped] # no annotations

T = TypeVar("T", bound=Model)
T_co = TypeVar("T_co", bound=Model, covariant=True)

ARROW = "application/vnd.apache.arrow.stream"
MOST_ROWS = 100_000
"""Most rows of a table that one answer has."""

_PAGE = 100
_NEXT = re.compile(r'<[^>]*[?&]cursor=([^&>]+)[^>]*>; rel="next"')


class Page(Protocol[T_co]):
    """An answer with rows."""

    @property
    def as_of_block(self) -> BlockRef:
        """The block that it is of."""

    @property
    def data(self) -> Sequence[T_co]:
        """Its rows."""


class Rows(Generic[T]):
    """A list, which is read when it is iterated over, or when a frame is made of it.

    Iterating turns pages as it goes, so later rows may be of later blocks; rows that arrive meanwhile neither
    repeat nor hide others. A frame of up to `MOST_ROWS` rows is of one block, whose number and hash are in
    `frame.attrs["as_of_block"]` (pandas) or in the schema's metadata (Arrow).
    """

    def __init__(self, http: Http, path: str, page: type[Any], query: Mapping[str, Any]) -> None:
        self._http = http
        self._path = path
        self._page = page
        self._query = dict(query)

    def __iter__(self) -> Iterator[T]:
        """Give every row."""
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[Page[T]]:
        """Give every page, with the block that it is of."""
        query = dict(self._query)
        if "next_cursor" in self._page.model_fields:
            query.setdefault("limit", _PAGE)
        while True:
            page = self._page.model_validate_json(self._http.get(self._path, query).content)
            yield page
            cursor = getattr(page, "next_cursor", None)
            if cursor is None:
                return
            query["cursor"] = cursor

    def arrow(self, most: int = MOST_ROWS) -> "pyarrow.Table":
        """Return up to ``most`` rows as an Arrow table, text as the API tells it.

        More than `MOST_ROWS` are fetched in several answers, each of one block.
        """
        import pyarrow as pa

        tables, query, left = [], dict(self._query), most
        paged = "next_cursor" in self._page.model_fields
        while True:
            if paged:
                query["limit"] = min(left, MOST_ROWS)
            answer = self._http.get(self._path, query, {"Accept": ARROW})
            table = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()
            block = {"as_of_block": answer.headers["as-of-block"]}
            tables.append(table.replace_schema_metadata(block))
            left -= table.num_rows
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None or left <= 0:
                return tables[0] if len(tables) == 1 else pa.concat_tables(tables)
            query["cursor"] = following[1]

    def pandas(self, most: int = MOST_ROWS) -> "pandas.DataFrame":
        """Return up to ``most`` rows as a pandas frame: units are `int`, decimals `Decimal`, times UTC."""
        from lockstep_client.frames import to_pandas

        return to_pandas(self.arrow(most))

    def polars(self, most: int = MOST_ROWS) -> "polars.DataFrame":
        """Return up to ``most`` rows as a Polars frame: units `Int128`, decimals `Decimal`, times UTC.

        A column with a number too large for these (38 digits) stays text.
        """
        from lockstep_client.frames import to_polars

        return to_polars(self.arrow(most))
