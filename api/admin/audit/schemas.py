"""What the API says of the audit log."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.paging import PageQuery
from api.schemas import Schema


class AuditQuery(PageQuery):
    """Parameters of the audit log."""

    actor: Annotated[
        str | None, Field(max_length=64, description="Only acts of this address, in lower case, or shell.")
    ] = None
    subject: Annotated[
        str | None, Field(max_length=128, description="Only acts on this, as `incident:4` or an address.")
    ] = None


class AuditEntry(Schema):
    """An administrative act. Rows are only ever added."""

    id: int = Field(description="Its number.", examples=[17])
    at: datetime = Field(description="When, UTC.", examples=["2024-01-05T11:59:00Z"])
    actor: str = Field(
        description="An address, or `shell:` and a user of the server.", examples=["shell:ann"]
    )
    act: str = Field(description="What was done.", examples=["role.granted"])
    subject: str = Field(description="To whom or what.", examples=["incident:4"])
    before: Any = Field(description="What was.", examples=[{"roles": []}])
    after: Any = Field(description="What is since.", examples=[{"roles": ["support"]}])
    why: str = Field(description="Why.", examples=["new colleague"])
    request_id: str = Field(description="`X-Request-Id` of the request.", examples=["a1b2c3"])
    hash: str = Field(description="SHA-256 over this row and the hash before it.", examples=["9b2d4c1f…"])


class AuditLog(Schema):
    """Part of the audit log, the newest row first."""

    head: str = Field(
        description="The last row's hash. Keep it elsewhere: a log that lost its end shows by it.",
        examples=["9b2d4c1f…"],
    )
    rows: int = Field(description="Rows in all.", examples=[17])
    data: list[AuditEntry] = Field(description="The rows.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page.", examples=["WyJhdWRpdCIsMTdd"]
    )
