"""Requests: one connection pool, problems raised, and a wait where the server asks for one."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from lockstep_client.problems import NotReachedError, problem_of

_LONGEST_WAIT_S = 60.0


class Http:
    """Asks one API. ``wait`` is how long in all a request waits for a server that says `Retry-After`."""

    def __init__(self, client: httpx.Client, prefix: str, *, wait: float) -> None:
        self.client = client
        self._prefix = prefix
        self._wait = wait

    def get(
        self, path: str, query: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Return an answer with status 200. Raises `ProblemError` and `NotReachedError`."""
        left = self._wait
        while True:
            answer = self._send("GET", path, params=_told(query), headers=headers)
            pause = _retry_after(answer)
            if answer.is_success:
                return answer
            if pause is None or pause > left:
                raise problem_of(answer)
            time.sleep(pause)
            left -= pause

    def post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """Send a document, once. Raises `ProblemError` and `NotReachedError`."""
        answer = self._send("POST", path, json=body)
        if not answer.is_success:
            raise problem_of(answer)
        return answer

    @contextmanager
    def stream(
        self, path: str, query: Mapping[str, Any], headers: Mapping[str, str], timeout: float
    ) -> Iterator[httpx.Response]:
        """Yield an answer that is read as it comes. Raises `ProblemError` and `NotReachedError`."""
        url = self._prefix + path
        try:
            with self.client.stream(
                "GET", url, params=_told(query), headers=headers, timeout=timeout
            ) as answer:
                if not answer.is_success:
                    answer.read()
                    raise problem_of(answer)
                yield answer
        except httpx.TransportError as error:
            raise NotReachedError(f"{self.client.base_url}: {error}") from error

    def _send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        try:
            return self.client.request(method, self._prefix + path, **parts)
        except httpx.TransportError as error:
            raise NotReachedError(f"{self.client.base_url}: {error}") from error


def _told(query: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is None is not asked for."""
    return {name: value for name, value in (query or {}).items() if value is not None}


def _retry_after(answer: httpx.Response) -> float | None:
    given = answer.headers.get("retry-after", "")
    return min(float(given), _LONGEST_WAIT_S) if given.isdigit() else None
