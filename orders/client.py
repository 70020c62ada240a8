"""A small client of the API's inbox, for leaders' programs: hand orders in, withdraw, list."""

from typing import Any

import requests

from orders.document import SignedOrder, to_json

_TIMEOUT_S = 15


class RefusedError(Exception):
    """The API refused; `str()` says why, `remedy` what to do, `kind` is the problem's stable name."""

    def __init__(self, problem: str, *, remedy: str, kind: str) -> None:
        super().__init__(problem)
        self.remedy = remedy
        self.kind = kind


class OrderClient:
    """A client of the API at `url`, as `http://127.0.0.1:8000`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/") + "/v1/orders"

    def submit(self, signed: SignedOrder) -> dict[str, Any]:
        """Hand an order in; the order as the API shows it. Sending it again is harmless.

        Raises `RefusedError`.
        """
        return self._data(self._ask("POST", "", json=to_json(signed)))

    def withdraw(self, digest: str, signature: bytes) -> dict[str, Any]:
        """Take an order out, by `sign_withdrawal`'s signature. Raises `RefusedError`."""
        body = {"signature": "0x" + signature.hex()}
        return self._data(self._ask("POST", f"/{digest}/withdrawal", json=body))

    def get(self, digest: str) -> dict[str, Any]:
        """One order. Raises `RefusedError`."""
        return self._data(self._ask("GET", f"/{digest}"))

    def list(self, *, leader: str | None = None, limit: int = 25) -> list[dict[str, Any]]:
        """The newest orders. Raises `RefusedError`."""
        query = {"limit": limit} | ({} if leader is None else {"leader": leader})
        found: list[dict[str, Any]] = self._ask("GET", "", params=query)["data"]
        return found

    @staticmethod
    def _data(answer: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = answer["data"]
        return found

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        try:
            answer = requests.request(method, self._url + path, timeout=_TIMEOUT_S, **what)
            body: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise RefusedError(
                f"The API at {self._url} does not answer: {error}.",
                remedy="Check that `lockstep serve` runs and that the URL is right.",
                kind="unreachable",
            ) from error
        if not answer.ok:
            raise RefusedError(
                str(body.get("detail", answer.reason)),
                remedy=str(body.get("remedy", "Read the API's log.")),
                kind=str(body.get("type", "")).rsplit(":", 1)[-1],
            )
        return body
