"""The id of a request: the client's own, or a new one; told in the answer and kept in the audit log."""

import re
import uuid
from typing import Annotated

from fastapi import Header, Response

HEADER = "X-Request-Id"
_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")


async def request_id(
    response: Response,
    given: Annotated[
        str | None, Header(alias=HEADER, description="Your own name for this request.", examples=["a1b2c3"])
    ] = None,
) -> str:
    """Return the request's id. One that is not letters, digits, dots and dashes is replaced."""
    found = given if given is not None and _FORM.fullmatch(given) else uuid.uuid4().hex
    response.headers[HEADER] = found
    return found
