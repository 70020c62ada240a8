"""Serves the dApp's built files beside the API, on what the API itself has no path for.

The page comes with a strict policy: scripts, styles and fonts of this server alone, no inline script, no
request to anywhere else, and no frame around it.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import FileResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",  # wallets announce their icons as data (EIP-6963)
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",  # keeps the page's files for when this server is away
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# A built file's name changes with its content; everything else may change under its name.
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}
_API_ALONE = "/v1/"


def install(app: FastAPI, folder: Path) -> None:
    """Serve the files in ``folder``, and its ``index.html`` for every address of a page."""
    app.add_middleware(_Pages, api=app, folder=folder.resolve())


class _Pages:
    """Answers what asks for a page or one of its files, and leaves everything else to the API."""

    def __init__(self, app: ASGIApp, api: FastAPI, folder: Path) -> None:
        self._app = app
        self._api = api
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._file(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        cache = _FOR_GOOD if scope["path"].startswith("/assets/") else _ASK_AGAIN
        await FileResponse(found, headers=_HEADERS | cache)(scope, receive, send)

    def _file(self, scope: Scope) -> Path | None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return None
        path = scope["path"]
        if path.startswith(_API_ALONE):
            return None
        named = self._named(path)
        if named is not None:
            return named
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        return self._folder / "index.html" if wants_page and not self._is_of_api(scope) else None

    def _named(self, path: str) -> Path | None:
        """The file that a path names: inside the folder, and nowhere else."""
        try:
            found = (self._folder / path.lstrip("/")).resolve()
        except ValueError:  # a path with a zero byte
            return None
        return found if found.is_relative_to(self._folder) and found.is_file() else None

    def _is_of_api(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self._api.routes)
