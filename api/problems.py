"""Every error the API answers with, as an RFC 9457 problem document, and how exceptions become one.

A problem's ``type`` is a stable name that a program can switch on; ``detail`` says what is wrong with this
request and ``remedy`` what to do about it. Nothing internal leaves the server: an unexpected failure is
logged and answered with its incident number.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:lockstep:problem:"

_UNREADABLE = 400
"""What the framework says of a body that it cannot read."""

_CANCELLED = "57014"
"""PostgreSQL's word for a statement that took longer than it may."""

log = structlog.get_logger()


class FieldError(BaseModel):
    """One part of the request that was not understood."""

    at: str = Field(description="Where: path or query, and the parameter.", examples=["query.limit"])
    detail: str = Field(
        description="What is wrong there.", examples=["Input should be less than or equal to 100"]
    )


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = Field(
        description="Stable name of the kind of problem.", examples=[f"{TYPE_PREFIX}vault-not-found"]
    )
    title: str = Field(description="The kind of problem in words.", examples=["No such vault"])
    status: int = Field(description="HTTP status, as in the answer's first line.", examples=[404])
    detail: str = Field(
        description="What is wrong with this request.", examples=["No vault 999 is known at block 1042."]
    )
    remedy: str = Field(
        description="What to do about it.",
        examples=["List the vaults of an owner with GET /v1/vaults?owner=0x…"],
    )
    instance: str = Field(description="Path of the request.", examples=["/v1/vaults/999"])
    errors: list[FieldError] = Field(
        default=[], description="The parts of the request at fault; empty where no single part is."
    )


class ApiError(Exception):
    """Base of every error the API answers on purpose. Subclasses set the kind; instances the case."""

    status: ClassVar[int]
    slug: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str, *, remedy: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.errors = list(errors)


class InvalidRequestError(ApiError):
    """The request's form is wrong."""

    status, slug, title = 422, "invalid-request", "The request was not understood"


class InvalidCursorError(ApiError):
    """The cursor was not made by the list it was sent to."""

    status, slug, title = 422, "invalid-cursor", "The cursor is not one of this list"


class LedgerNotReadyError(ApiError):
    """The database holds no indexed block of the deployment yet."""

    status, slug, title = 503, "ledger-not-ready", "The ledger has no block yet"


class DatabaseFailedError(ApiError):
    """The database did not answer."""

    status, slug, title = 503, "database-unavailable", "The ledger's database did not answer"


class TooSlowError(ApiError):
    """The database took longer than a request may."""

    status, slug, title = 503, "too-slow", "The answer would take too long"


class NodeAwayError(ApiError):
    """A contract wallet cannot be asked whether it signed."""

    status, slug, title = 503, "wallet-not-asked", "The contract wallet cannot be asked now"


class RouteError(ApiError):
    """There is nothing at the path, or not for the method."""

    status, slug, title = 404, "no-such-path", "There is nothing at this path"


class MethodError(ApiError):
    """The path answers other methods."""

    status, slug, title = 405, "method-not-allowed", "Not possible at this path"


class UnexpectedError(ApiError):
    """A defect of the server."""

    status, slug, title = 500, "unexpected", "The server failed"


def document(error: ApiError, request: Request) -> Problem:
    """Return the problem document of an error."""
    return Problem(
        type=TYPE_PREFIX + error.slug,
        title=error.title,
        status=error.status,
        detail=error.detail,
        remedy=error.remedy,
        instance=request.url.path,
        errors=error.errors,
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of the problem documents that an operation may answer with."""
    words = {
        401: "Nobody is signed in: no session or key, or one that is not valid here and now.",
        403: "You are known, and may not.",
        404: "It does not exist at this block.",
        409: "Something else was done meanwhile, or must be done first.",
        422: "The request was not understood.",
        429: "Too many of them: wait, or cancel some.",
        503: "The ledger has no block yet, or its database does not answer.",
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": words[status], "content": content} for status in (*statuses, 422, 503)}


def problem_response(error: ApiError, request: Request) -> JSONResponse:
    """Return an error as the answer to a request."""
    body = document(error, request).model_dump(mode="json")
    return JSONResponse(body, error.status, headers=dict(error.headers), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every failure of the app a problem document."""
    answer = problem_response

    @app.exception_handler(ApiError)
    async def _known(request: Request, error: Exception) -> JSONResponse:
        return answer(cast(ApiError, error), request)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: Exception) -> JSONResponse:
        found = [
            FieldError(at=".".join(str(part) for part in item["loc"]), detail=item["msg"])
            for item in cast(RequestValidationError, error).errors()
        ]
        detail = "; ".join(f"{item.at}: {item.detail}" for item in found)
        remedy = "Mend the parameters that `errors` names; /docs describes each."
        return answer(InvalidRequestError(detail, remedy=remedy, errors=found), request)

    @app.exception_handler(HTTPException)
    async def _routing(request: Request, error: Exception) -> JSONResponse:
        status = cast(HTTPException, error).status_code
        if status == _UNREADABLE:
            detail = "The request's body cannot be read: it is not UTF-8, or no JSON."
            found = [FieldError(at="body", detail=detail)]
            remedy = "Send JSON in UTF-8; /docs describes each body."
            return answer(InvalidRequestError(detail, remedy=remedy, errors=found), request)
        remedy = "See /docs for every path and its method."
        if status == MethodError.status:
            detail = f"{request.method} is not possible at {request.url.path}."
            return answer(MethodError(detail, remedy=remedy), request)
        return answer(RouteError(f"Nothing is served at {request.url.path}.", remedy=remedy), request)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeoutError)
    async def _database(request: Request, error: Exception) -> JSONResponse:
        if getattr(getattr(error, "orig", None), "sqlstate", None) == _CANCELLED:
            detail = "The database was given up on after the time that a request may take."
            remedy = "Ask for less: a smaller `limit`, more filters, a shorter span. Or try again later."
            return answer(TooSlowError(detail, remedy=remedy), request)
        log.error("api_database_failed", path=request.url.path, error=str(getattr(error, "orig", error)))
        detail = "The database refused or lost the connection, or its tables are not this version's."
        remedy = "Try again shortly; the operator finds the cause in the log and with `lockstep serve`."
        return answer(DatabaseFailedError(detail, remedy=remedy), request)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        incident = uuid.uuid4().hex[:12]
        log.error("api_unexpected", incident=incident, path=request.url.path, exc_info=error)
        remedy = f"Report incident {incident} with the request: it is a defect of the server."
        return answer(UnexpectedError("An unforeseen failure; nothing was changed.", remedy=remedy), request)
