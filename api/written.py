"""Endpoints that write their answer in the thread that reads it, and end its transaction there.

The framework would go through several threads for each: to check what the endpoint returns, to write it, and
to give the snapshot back. What such an endpoint returns is a model of its annotation, or that model's JSON.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from fastapi import Response
from pydantic import BaseModel

from api.snapshot import Snapshot

P = ParamSpec("P")
A = TypeVar("A", bound=BaseModel | bytes)


def written(endpoint: Callable[P, A]) -> Callable[P, A]:
    """Make an endpoint answer with the bytes of what it returns; headers that dependencies set stay."""
    signature = inspect.signature(endpoint)

    @wraps(endpoint)
    def write(*args: Any, told: Response, **given: Any) -> Response:
        found = cast(Callable[..., A], endpoint)(*args, **given)
        body = found if isinstance(found, bytes) else found.model_dump_json(by_alias=True).encode()
        for each in given.values():
            if isinstance(each, Snapshot) and not each.is_shared:
                each.close()
        answer = Response(body, media_type="application/json")
        answer.headers.raw.extend(told.headers.raw)
        return answer

    headers = inspect.Parameter("told", inspect.Parameter.KEYWORD_ONLY, annotation=Response)
    parameters = [*signature.parameters.values(), headers]
    write.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # what FastAPI looks at
    return cast(Callable[P, A], write)
