"""Reads the API as any client would: over HTTP, page by page."""

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

_PAGE = 100
_TIMEOUT_S = 30


class ApiReader:
    """A client of the API at `base_url`."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def get(self, path: str, **query: str | int) -> Any:
        """One answer, as parsed JSON."""
        url = f"{self._base_url}{path}"
        if query:
            url += f"?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - our own loopback URL
            return json.load(answer)

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """All answers of a paged path, in order."""
        answer = self.get(path, limit=_PAGE, **query)
        yield answer
        while answer["next_cursor"] is not None:
            answer = self.get(path, limit=_PAGE, cursor=answer["next_cursor"], **query)
            yield answer

    def all(self, path: str, **query: str | int) -> list[Any]:
        """All rows of a list."""
        return [row for page in self.pages(path, **query) for row in page["data"]]
